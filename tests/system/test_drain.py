"""What becomes of connections and of the socket when the server is stopped, restarted or killed."""
import contextlib
import errno
import os
import signal
import socket
import threading
import time
import unittest

from dialogue import head
from server import PATIENCE, Client, ProtocolError, Server, listening_socket, wait_until

SITE = """
[server]
workers = 2
[vhost."*"]
root = "www"
[timeouts]
drain = "%s"
"""
LARGE = b"0123456789abcdef" * (1 << 20)
FILES = {"www/a.txt": "text", "www/large": LARGE}
GET = head(request="GET /a.txt HTTP/1.1")


def end_of(server, seconds=10):
    """Waits until the program has ended, and sees that it did so cleanly."""
    server.wait(seconds)
    server.check_end()


class Drain(unittest.TestCase):
    def test_without_connections_the_server_ends_at_once(self):
        with Server(SITE % "5m", FILES) as server:
            server.signal(signal.SIGTERM)
            end_of(server)

    def test_a_request_in_flight_is_finished(self):
        with Server(SITE % "30s", FILES) as server, server.client(receive_buffer=1 << 16) as client:
            client.send(head(request="GET /large HTTP/1.1"))
            self.assertFalse(client.is_silent(5))
            server.signal(signal.SIGTERM)
            time.sleep(1)
            self.assertEqual(client.response().body, LARGE)
            client.end()
            end_of(server)

    def test_idle_connections_end_in_order(self):
        with Server(SITE % "30s", FILES) as server:
            clients = [server.client() for _ in range(20)]
            for each in clients[:10]:
                self.assertEqual(each.ask("/a.txt").status, 200)
            server.signal(signal.SIGTERM)
            for each in clients:
                each.end()
                each.close()
            end_of(server)

    def test_a_request_that_comes_with_the_signal_is_answered_as_the_last(self):
        with Server(SITE % "30s", FILES) as server, server.client() as client:
            self.assertFalse(client.ask("/a.txt").closes)
            # Both are there when the server comes to look.
            server.signal(signal.SIGSTOP)
            server.signal(signal.SIGTERM)
            client.send(GET)
            server.signal(signal.SIGCONT)
            self.assertEqual(client.response().body, b"text")
            client.end()
            end_of(server)

    def test_a_head_that_has_begun_is_waited_for(self):
        with Server(SITE % "30s", FILES) as server, server.client() as client:
            self.assertFalse(client.ask("/a.txt").closes)
            client.send(GET[:10])
            time.sleep(0.1)
            server.signal(signal.SIGTERM)
            self.assertTrue(wait_until(lambda: self.is_refused(server.address)))
            client.send(GET[10:])
            response = client.response()
            self.assertEqual((response.body, response.closes), (b"text", True))
            client.end()
            end_of(server)

    def test_new_clients_are_refused_and_a_successor_has_the_address(self):
        with Server(SITE % "30s", FILES) as server, server.client(receive_buffer=1 << 16) as client:
            client.send(head(request="GET /large HTTP/1.1"))
            self.assertFalse(client.is_silent(5))
            server.signal(signal.SIGTERM)
            self.assertTrue(wait_until(lambda: self.is_refused(server.address)))
            with socket.create_server(server.address):
                pass
            self.assertEqual(client.response().body, LARGE)
            client.end()
            end_of(server)

    @staticmethod
    def is_refused(address):
        with socket.socket() as probe:
            return probe.connect_ex(address) == errno.ECONNREFUSED

    def test_who_does_not_end_is_cut_off_when_the_time_is_over(self):
        with Server(SITE % "1s", FILES) as server, server.client(receive_buffer=4096) as client:
            client.send(head(request="GET /large HTTP/1.1") * 4)
            self.assertFalse(client.is_silent(5))
            server.signal(signal.SIGTERM)
            end_of(server)
            with self.assertRaises((ProtocolError, ConnectionError)):
                for _ in range(4):
                    client.response()

    def test_a_second_signal_does_no_harm(self):
        with Server(SITE % "30s", FILES) as server, server.client(receive_buffer=1 << 16) as client:
            client.send(head(request="GET /large HTTP/1.1"))
            self.assertFalse(client.is_silent(5))
            for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
                server.signal(number)
                time.sleep(0.05)
            client.close()
            server.wait()

    def test_sigint_drains_too(self):
        with Server(SITE % "30s", FILES) as server, server.client() as client:
            self.assertEqual(client.ask("/a.txt").status, 200)
            server.signal(signal.SIGINT)
            client.end()
            end_of(server)


class InheritedSocket(unittest.TestCase):
    def test_what_comes_after_the_signal_is_for_the_successor(self):
        with listening_socket() as listener:
            with Server(SITE % "30s", FILES,
                        inherit=[listener]) as server, server.client(receive_buffer=1 << 16) as busy:
                busy.send(head(request="GET /large HTTP/1.1"))
                self.assertFalse(busy.is_silent(5))
                self.assertTrue(self.is_watched(server, listener))
                server.signal(signal.SIGTERM)
                self.assertTrue(wait_until(lambda: not self.is_watched(server, listener)))
                with Client(listener.getsockname()) as queued:
                    queued.send(GET)
                    self.assertTrue(queued.is_silent(0.5))
                    self.assertEqual(busy.response().body, LARGE)
                    end_of(server)
                    with Server(SITE % "30s", FILES, inherit=[listener]):
                        self.assertEqual(queued.response().body, b"text")

    @staticmethod
    def is_watched(server, listener):
        """Whether a worker of the program still waits for connections at the socket: proc(5), /proc/pid/fdinfo."""
        target = f" ino:{os.fstat(listener.fileno()).st_ino:x} "
        for name in os.listdir(f"/proc/{server.pid}/fdinfo"):
            with contextlib.suppress(FileNotFoundError), open(f"/proc/{server.pid}/fdinfo/{name}", encoding="ascii") as file:
                if any(line.startswith("tfd:") and target in line for line in file):
                    return True
        return False

    def test_a_killed_server_leaves_a_socket_that_works(self):
        with listening_socket() as listener:
            for _ in range(3):
                with Server(SITE % "30s", FILES, inherit=[listener]) as server:
                    self.assertEqual(server.get("/a.txt").body, b"text")
                    server.kill()
                with Client(listener.getsockname()) as queued:
                    queued.send(GET)
                    with Server(SITE % "30s", FILES, inherit=[listener]):
                        self.assertEqual(queued.response().body, b"text")

    def test_restarts_under_load_lose_nothing(self):
        with listening_socket() as listener:
            visitors = [Visitor(listener.getsockname()) for _ in range(4)]
            for each in visitors:
                each.start()
            try:
                for _ in range(4):
                    with Server(SITE % "30s", FILES, inherit=[listener]):
                        seen = [each.answers for each in visitors]
                        self.assertTrue(wait_until(lambda: all(a.answers > b + 20 for a, b in zip(visitors, seen)), 30))
            finally:
                for each in visitors:
                    each.leaving = True
            with Server(SITE % "30s", FILES, inherit=[listener]):
                for each in visitors:
                    each.join(20 * PATIENCE)
            self.assertEqual([each.failure for each in visitors], [None] * 4)


class Visitor(threading.Thread):
    """Asks again and again, each time on a connection of its own, until it leaves or something fails."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.leaving, self.answers, self.failure = address, False, 0, None

    def run(self):
        while not self.leaving and not self.failure:
            try:
                with Client(self.address, timeout=20) as client:
                    client.send(GET)
                    if client.response().body != b"text":
                        raise ProtocolError("a wrong body")
                    self.answers += 1
            except (OSError, AssertionError) as error:
                self.failure = repr(error)


if __name__ == "__main__":
    unittest.main()
