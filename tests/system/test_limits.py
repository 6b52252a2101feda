"""Deadlines and ceilings: whoever is slow or takes too much ends, while all others are served."""
import contextlib
import socket
import subprocess
import time
import unittest

from dialogue import head
from server import PATIENCE, SANITIZED, ProtocolError, Server, listening_socket, raise_descriptor_limit, wait_until

SITE = """
[server]
workers = 1
[vhost."*"]
root = "www"
[vhost."*".route."/take"]
respond = { text = "taken" }
methods = ["GET", "POST"]
"""
FILES = {"www/a.txt": "text", "www/large": b"0123456789abcdef" * (1 << 20)}
# Longer than a client may be kept from its turn that has just connected.
SHORT = '[timeouts]\nhead = "1s"\nbody = "1s"\nwrite = "1s"\nidle = "1s"\n'
PATIENT = '[timeouts]\nhead = "60s"\nbody = "60s"\nwrite = "60s"\nidle = "60s"\n'


class Deadlines(unittest.TestCase):
    """Times are never compared exactly: what counts is that it ends, long before the default would have ended it."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SITE + SHORT, FILES))
        cls.sockets = cls.server.descriptors("socket")  # while there is no connection

    def assert_others_are_served(self):
        self.assertEqual(self.server.get("/a.txt").body, b"text")

    def test_a_head_that_does_not_come_whole_is_408(self):
        for sent in (b"G", b"GET / HTTP/1.1", b"GET / HTTP/1.1\r\nHost: test\r\n",
                     b"GET / HTTP/1.1\r\nHost: test\r\n\r"):
            with self.subTest(sent), self.server.client(timeout=6) as client:
                client.send(sent)
                self.assert_others_are_served()
                self.assertEqual(client.response().status, 408)
                client.end()

    def test_a_head_that_comes_byte_by_byte_has_the_same_deadline(self):
        with self.server.client(timeout=6) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: test\r\nX: ")
            start = time.monotonic()
            while client.is_silent(0.05):
                self.assertLess(time.monotonic() - start, 6 * PATIENCE, "every byte moves the deadline")
                client.send(b"x")
                self.assert_others_are_served()
            self.assertEqual(client.response().status, 408)
            client.end()

    def test_the_head_of_a_later_request_has_a_deadline_too(self):
        with self.server.client(timeout=6) as client:
            client.send(head() + b"GET / HTTP/1.1\r\n")
            self.assertEqual(client.response().status, 404)
            self.assertEqual(client.response().status, 408)
            client.end()

    def test_an_idle_connection_ends_silently(self):
        for requests in (0, 1):
            with self.subTest(requests=requests), self.server.client(timeout=6) as client:
                for _ in range(requests):
                    self.assertEqual(client.ask("/a.txt").status, 200)
                self.assert_others_are_served()
                client.end()

    def test_a_body_that_does_not_come_whole_ends_the_connection(self):
        bodies = {"none of it": ("Content-Length: 10", b""), "a part": ("Content-Length: 10", b"12345"),
                  "no chunk": ("Transfer-Encoding: chunked", b""), "a part of a chunk": ("Transfer-Encoding: chunked",
                                                                                         b"5\r\na"),
                  "no last chunk": ("Transfer-Encoding: chunked", b"5\r\nhello\r\n")}
        for name, (line, body) in bodies.items():
            with self.subTest(name), self.server.client(timeout=6) as client:
                client.send(head(line, request="POST /take HTTP/1.1") + body)
                self.assert_others_are_served()
                response = client.response()
                self.assertIn(response.status, (200, 408))
                client.end()

    def test_a_body_that_trickles_ends_the_connection(self):
        with self.server.client(timeout=6) as client:
            client.send(head("Content-Length: 60000", request="POST /take HTTP/1.1"))
            start = time.monotonic()
            with contextlib.suppress(ConnectionError):
                while time.monotonic() - start < 8 * PATIENCE:
                    client.send(b"x")
                    if not client.is_silent(0.1):
                        break
            self.assertLess(time.monotonic() - start, 8 * PATIENCE, "a byte now and then keeps the connection for ever")
            self.assert_others_are_served()

    def test_a_client_that_reads_nothing_is_cut_off(self):
        self.assertTrue(wait_until(lambda: self.server.descriptors("socket") == self.sockets))
        with self.server.client(timeout=6, receive_buffer=4096) as client:
            client.send(head(request="GET /large HTTP/1.1") * 4)
            self.assertFalse(client.is_silent(5))
            self.assert_others_are_served()
            self.assertTrue(wait_until(lambda: self.server.descriptors("socket") == self.sockets, 8), "the connection is still there")
            with self.assertRaises((ConnectionError, ProtocolError)):
                for _ in range(4):
                    client.response()

    def test_a_client_that_reads_slowly_gets_all(self):
        with self.server.client(timeout=6, receive_buffer=1 << 16) as client:
            client.send(head(request="GET /large HTTP/1.1"))
            received = bytearray()
            while len(received) < len(FILES["www/large"]):
                piece = client.socket.recv(1 << 18)
                self.assertTrue(piece, f"the answer ends after {len(received)} bytes")
                received += piece
                time.sleep(0.01)
            self.assertEqual(received.split(b"\r\n\r\n", 1)[1][:100], FILES["www/large"][:100])


class Connections(unittest.TestCase):
    def test_above_the_limit_of_connections_new_ones_wait(self):
        request = head(request="GET /a.txt HTTP/1.1")
        with Server(SITE + "[limits]\nconnections = 4\n" + PATIENT, FILES) as server:
            clients = [server.client() for _ in range(4)]
            for each in clients:
                self.assertEqual(each.ask("/a.txt").status, 200)
                each.send(request[:9])  # those that idle would make room
            with server.client() as late:
                late.send(request)
                self.assertTrue(late.is_silent(0.5))
                clients[0].send(request[9:] + request[:9])
                self.assertEqual(clients[0].response().status, 200)
                self.assertTrue(late.is_silent(0.1))
                clients[1].close()
                self.assertEqual(late.response().status, 200)
            for each in clients:
                each.close()

    def test_near_the_limit_of_connections_those_that_idle_longest_make_room(self):
        with Server(SITE + "[limits]\nconnections = 40\n" + PATIENT, FILES) as server:
            clients = [server.client() for _ in range(40)]
            for each in clients:
                self.assertEqual(each.ask("/a.txt").status, 200)
            for _ in range(10):
                with server.client(timeout=20) as late:  # they may idle for a minute
                    self.assertEqual(late.ask("/a.txt").status, 200)
            self.assertGreater(len([each for each in clients if each.is_silent(0.01)]), 10)
            for each in clients:
                each.close()

    def test_above_the_limit_of_one_client_new_ones_are_503(self):
        with Server(SITE + "[limits]\nconnections_per_client = 3\n" + PATIENT, FILES) as server:
            clients = [server.client() for _ in range(3)]
            for each in clients:
                self.assertEqual(each.ask("/a.txt").status, 200)
            for _ in range(5):
                with server.client() as late:
                    late.send(head(request="GET /a.txt HTTP/1.1"))
                    response = late.response()
                    self.assertEqual(response.status, 503)
                    late.end()
            with self.other_address(server) as other:
                other.send(head(request="GET /a.txt HTTP/1.1", host="Host: test"))
                self.assertIn(b" 200 ", other.recv(100))
            clients.pop().close()
            self.assertTrue(wait_until(lambda: server.get("/a.txt").status == 200))
            for each in clients:
                each.close()

    def test_one_client_shuts_nobody_out(self):
        with Server(SITE + "[limits]\nconnections = 60\nconnections_per_client = 5\n" + PATIENT, FILES) as server:
            with contextlib.ExitStack() as stack:
                many = []
                for _ in range(300):
                    # Of those above what is turned away at a time, the kernel may tell as early as this.
                    with contextlib.suppress(ConnectionResetError):
                        many.append(stack.enter_context(server.client()))
                for _ in range(5):
                    for each in many:
                        with contextlib.suppress(OSError):
                            each.socket.send(b"G", socket.MSG_DONTWAIT)
                    with self.other_address(server) as other:
                        other.send(head(request="GET /a.txt HTTP/1.1", host="Host: test"))
                        self.assertIn(b" 200 ", other.recv(100))

    def other_address(self, server):
        other = socket.socket()
        other.settimeout(5 * PATIENCE)
        other.bind(("127.0.0.2", 0))
        other.connect(server.address)
        return other

    def test_a_thousand_connections_are_held(self):
        if not raise_descriptor_limit(4096):
            self.skipTest("needs 4096 descriptors")
        with Server(SITE + "[limits]\nconnections_per_client = 2000\n" + PATIENT, FILES) as server:
            clients = [server.client() for _ in range(1000)]
            for _ in range(2):
                for each in clients:
                    each.send(head(request="GET /a.txt HTTP/1.1"))
                for each in clients:
                    self.assertEqual(each.response().body, b"text")
            for each in clients:
                each.close()


class Descriptors(unittest.TestCase):
    # The undefined behaviour sanitizer looks at memory by way of a pipe: without descriptors it takes all for broken.
    @unittest.skipIf(SANITIZED, "sanitizers need descriptors themselves")
    def test_the_server_survives_that_no_descriptor_is_left(self):
        for inherited in (False, True):
            with self.subTest(inherited=inherited), contextlib.ExitStack() as stack:
                sockets = [stack.enter_context(listening_socket())] if inherited else []
                server = stack.enter_context(Server(SITE + PATIENT, FILES, inherit=sockets))
                self.assertEqual(server.get("/take").status, 200)
                room = server.descriptors() + 12
                subprocess.run(["prlimit", "--pid", str(server.pid), f"--nofile={room}:{room}"], check=True)
                clients = [stack.enter_context(server.client()) for _ in range(40)]
                for each in clients:
                    each.send(head(request="GET /take HTTP/1.1"))
                served = [each for each in clients if not each.is_silent(0.05)]
                self.assertGreater(len(served), 5)
                self.assertLess(len(served), 40)
                self.assert_rests(server)
                self.assert_all_get_their_turn(clients, served)
                self.assertEqual(server.errors().count("descriptor"), 1, server.errors())

    def assert_rests(self, server):
        before = server.cpu_seconds()
        time.sleep(1)
        self.assertLess(server.cpu_seconds() - before, 0.25, "the server spins")

    def assert_all_get_their_turn(self, clients, served):
        """Whoever has its answer leaves: then there is room for the others."""
        waiting = [each for each in clients if each not in served]
        while served:
            for each in served:
                self.assertEqual(each.response().body, b"taken")
                each.close()
            if not waiting:
                return
            self.assertTrue(wait_until(lambda: any(not each.is_silent(0.005) for each in waiting)))
            served = [each for each in waiting if not each.is_silent(0.02)]
            waiting = [each for each in waiting if each not in served]


if __name__ == "__main__":
    unittest.main()
