"""Clients that send much, or strange things, for as long as they can: the server keeps its time and its memory."""
import random
import re
import unittest

from dialogue import head
from server import PATIENCE, SANITIZED, ProtocolError, Server

SITE = """
[server]
workers = 1
[vhost."*"]
root = "www"
[vhost."*".route."/take"]
respond = { text = "taken" }
methods = ["GET", "POST"]
body_size = "unlimited"
"""
FILES = {"www/a.txt": "text", "www/large": bytes(1 << 20)}
GOOD = [head(), head(request="GET /a.txt HTTP/1.1"), head("Range: bytes=0-1", 'If-None-Match: "a", W/"b"'),
        head("Transfer-Encoding: chunked", request="POST /take HTTP/1.1") + b"5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
        head("Content-Length: 5", "Expect: 100-continue", request="POST /take HTTP/1.1") + b"hello",
        head("Accept-Encoding: gzip;q=0.5, br", "Accept: text/html", "Connection: keep-alive",
             request="HEAD http://test/a%20b?c HTTP/1.1")]


class Floods(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SITE, FILES))

    def tearDown(self):
        self.assertEqual(self.server.get("/a.txt").body, b"text")

    def memory(self):
        """What the program holds, in bytes."""
        with open(f"/proc/{self.server.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) * 1024

    def assert_memory_kept(self, before):
        if not SANITIZED:  # they keep freed memory back
            self.assertLess(self.memory() - before, 20 << 20)

    def test_a_head_of_megabytes(self):
        before = self.memory()
        for start in (b"", b"GET /", b"GET / HTTP/1.1\r\nHost: test\r\nA: b", b"GET / HTTP/1.1\r\nHost: test\r\n"):
            for filling in (b"a" * 1000, b"A: b\r\n" * 200, b"%41" * 300, b"\r\n" * 500):
                if b"Host" in start and filling.startswith(b"\r"):
                    continue  # that is a whole head
                with self.subTest(start=start, filling=filling[:6]), self.server.client() as client:
                    client.send(start, filling * 4000)
                    self.assertIn(client.response().status, (400, 414, 431, 501))
                    client.end()
        self.assert_memory_kept(before)

    def test_a_body_of_megabytes_for_who_does_not_read_it(self):
        before = self.memory()
        cases = {"length": (head("Content-Length: 50000000", request="POST /take HTTP/1.1"), b"a" * 50_000_000),
                 "chunks": (head("Transfer-Encoding: chunked", request="POST /take HTTP/1.1"),
                            b"1000\r\n" + b"a" * 4096 + b"\r\n")}
        for name, (start, body) in cases.items():
            with self.subTest(name), self.server.client() as client:
                client.send(start)
                try:
                    client.send(*[body] * (50_000_000 // len(body)))
                except (ConnectionError, TimeoutError):
                    continue  # it has heard enough
                self.assertIn(client.response().status, (200, 413))
        self.assert_memory_kept(before)

    def test_answers_that_nobody_reads_are_not_piled_up(self):
        before = self.memory()
        clients = [self.server.client(receive_buffer=4096) for _ in range(20)]
        for each in clients:
            each.socket.settimeout(0.2 * PATIENCE)
            try:
                each.send(head(request="GET /large HTTP/1.1") * 20_000)
            except TimeoutError:
                pass
        self.assertEqual(self.server.get("/a.txt").status, 200)
        self.assert_memory_kept(before)
        for each in clients:
            each.close()

    def test_many_connections_that_come_and_go(self):
        for _ in range(300):
            with self.server.client() as client:
                client.send(head()[:20])
        for _ in range(300):
            self.assertEqual(self.server.get("/a.txt").status, 200)

    def test_long_lists(self):
        fields = {"Accept-Encoding": "gzip;q=0.5," * 1000, "If-None-Match": '"a",' * 3000, "Accept": "a/b;c=d," * 1500,
                  "Range": "bytes=" + "0-0," * 3000,
                  "Connection": "a," * 6000, "Cookie": "a=b;" * 3000, "Content-Length": "0," * 6000,
                  "Transfer-Encoding": "a," * 6000,
                  "If-Range": '"' * 10_000, "Host": "a." * 5000, "Expect": "a," * 5000,
                  "If-Modified-Since": "Mon, " * 2000, "Upgrade": "a," * 5000}
        for name, value in fields.items():
            with self.subTest(name), self.server.client() as client:
                before = self.server.cpu_seconds()
                client.send(
    head(
        f"{name}: {value}",
        host=None if name == "Host" else "Host: test",
         request="GET /a.txt HTTP/1.1"))
                client.response()
                self.assertLess(self.server.cpu_seconds() - before, 0.2 * PATIENCE)

    def test_mutations_of_good_requests(self):
        """Whatever arrives, what leaves is HTTP; and the program lives."""
        chance = random.Random(20)
        for number in range(600):
            data = bytearray(b"".join(chance.choices(GOOD, k=chance.randint(1, 3))))
            for _ in range(chance.randint(1, 4)):
                place = chance.randrange(len(data))
                what = chance.randrange(4)
                if what == 0:
                    data[place] = chance.randrange(256)
                elif what == 1:
                    del data[place:place + chance.randint(1, 8)]
                elif what == 2:
                    data[place:place] = bytes(chance.choices(b"\r\n\0 :;,\xff0aZ%/", k=chance.randint(1, 5)))
                else:
                    data[place:place] = data[max(0, place - chance.randint(1, 40)):place]
            with self.subTest(number, sent=bytes(data)), self.server.client() as client:
                client.send(bytes(data))
                client.half_close()
                self.read_all(client)

    def read_all(self, client):
        """Reads until the server ends. Which answers are to HEAD nobody can tell, so only the first is looked at."""
        text = b""
        while piece := client.socket.recv(1 << 16):
            text += piece
        if text and not re.match(rb"HTTP/1\.1 \d{3} ", text):
            raise ProtocolError(text[:200])


if __name__ == "__main__":
    unittest.main()
