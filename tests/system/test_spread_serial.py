"""Connections spread over the workers, also where all of them share one inherited socket."""
import glob
import os
import unittest

from dialogue import head
from server import Server, listening_socket, raise_descriptor_limit, wait_until

CONNECTIONS = 1000
SITE = """
[server]
workers = %d
[limits]
connections_per_client = 2000
[timeouts]
idle = "60s"
head = "60s"
[vhost."*".route."/"]
respond = { text = "here" }
"""


def watched(server):
    """How many descriptors each epoll instance of the program watches; every worker has one."""
    counts = []
    for link in glob.glob(f"/proc/{server.pid}/fd/*"):
        if "eventpoll" in os.readlink(link):
            with open(link.replace("/fd/", "/fdinfo/"), encoding="ascii") as file:
                counts.append(sum(line.startswith("tfd:") for line in file))
    return counts


class Spread(unittest.TestCase):
    def setUp(self):
        if not raise_descriptor_limit(4096):
            self.skipTest("needs 4096 descriptors")

    def connect_in_a_burst(self, server):
        clients = [server.client(timeout=30) for _ in range(CONNECTIONS)]
        for each in clients:
            each.send(head())
        return clients

    def connect_one_after_the_other(self, server):
        clients = []
        for _ in range(CONNECTIONS):
            clients.append(server.client(timeout=30))
            clients[-1].send(head())
            clients[-1].socket.recv(1, 2)  # MSG_PEEK: the answer is there, and stays for later
        return clients

    def connect_without_a_request(self, server):
        return [server.client(timeout=30) for _ in range(CONNECTIONS)]

    def test_no_worker_of_an_inherited_socket_holds_much_more_than_its_share(self):
        for workers in (2, 4):
            for connect in (self.connect_in_a_burst, self.connect_one_after_the_other, self.connect_without_a_request):
                with self.subTest(connect.__name__, workers=workers), listening_socket() as listener:
                    with Server(SITE % workers, inherit=[listener]) as server:
                        self.assert_spread(server, workers, connect)

    def test_workers_of_a_socket_of_their_own_share_too(self):
        for workers in (2, 4):
            with self.subTest(workers=workers), Server(SITE % workers) as server:
                self.assert_spread(server, workers, self.connect_in_a_burst)

    def assert_spread(self, server, workers, connect):
        idle = sum(watched(server))
        clients = connect(server)
        try:
            if connect != self.connect_without_a_request:
                for each in clients:
                    self.assertEqual(each.response().body, b"here")
            self.assertTrue(wait_until(lambda: sum(watched(server)) >= idle + CONNECTIONS), watched(server))
            counts = sorted(watched(server))[-workers:]
            share = CONNECTIONS / workers
            self.assertLessEqual(max(counts) - idle / workers, 1.25 * share, counts)
        finally:
            for each in clients:
                each.close()


if __name__ == "__main__":
    unittest.main()
