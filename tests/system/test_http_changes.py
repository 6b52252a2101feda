"""Files that change while they are served: seen within a second, and never torn."""
import os
import threading
import time
import unittest

from server import PATIENCE, ProtocolError, Server, wait_until

SITE = """
[server]
workers = 2
[vhost."*"]
root = "www"
listing = true
[vhost."*".route."/pre/"]
root = "www"
precompressed = true
[vhost."*".route."/errors/"]
root = "www"
error_pages = { 404 = "www/404.html" }
"""
# "Within one second" and what a busy machine adds.
SOON = 1.6


def replace(path, content):
    """Writes the file as careful programs do: whole, beside it, and then renamed over it."""
    with open(path + "~", "wb") as file:
        file.write(content)
    os.replace(path + "~", path)


def overwrite(path, content):
    with open(path, "wb") as file:
        file.write(content)


class Changes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SITE, {"www/": "", "www/404.html": "first"}))

    def setUp(self):
        self.client = self.enterContext(self.server.client())

    def assert_soon(self, target, status, body, *fields):
        """Who asks later than that is told of the change; how long the answer takes is something else."""
        changed = time.monotonic()
        while True:
            asked = time.monotonic()
            response = self.client.ask(target, *fields)
            if response.status == status and body in (None, response.body):
                break
            self.assertLess(asked - changed, SOON * PATIENCE, f"{target} is {response}")
            time.sleep(0.01)

    def test_changed_content_is_seen(self):
        for write in (overwrite, replace):
            for size in (100, 300_000):
                with self.subTest(write.__name__, size=size):
                    path = self.server.path(f"www/{write.__name__}{size}")
                    tags = set()
                    for content in (b"a" * size, b"b" * size, b"c" * (size + 1), b"", b"d" * (size // 2)):
                        write(path, content)
                        self.assert_soon("/" + os.path.basename(path), 200, content)
                        tags.add(self.client.ask("/" + os.path.basename(path)).field("ETag"))
                    self.assertEqual(len(tags), 5)

    def test_a_change_that_keeps_size_and_mtime_is_seen(self):
        path = self.server.path("www/same")
        for content in (b"one", b"two"):
            replace(path, content)
            os.utime(path, (1, 1))
            self.assert_soon("/same", 200, content)

    def test_files_that_come_and_go_are_seen(self):
        path = self.server.path("www/guest")
        self.assert_soon("/guest", 404, None)
        for _ in range(2):
            overwrite(path, b"here")
            self.assert_soon("/guest", 200, b"here")
            os.unlink(path)
            self.assert_soon("/guest", 404, None)
        os.mkdir(path)
        self.assert_soon("/guest", 308, None)
        self.assert_soon("/guest/", 200, None)
        overwrite(path + "/index.html", b"index")
        self.assert_soon("/guest/", 200, b"index")

    def test_sidecars_that_come_and_go_are_seen(self):
        accept = "Accept-Encoding: gzip"
        overwrite(self.server.path("www/p.txt"), b"plain")
        self.assert_soon("/pre/p.txt", 200, b"plain", accept)
        overwrite(self.server.path("www/p.txt.gz"), b"packed")
        self.assert_soon("/pre/p.txt", 200, b"packed", accept)
        time.sleep(0.05)
        overwrite(self.server.path("www/p.txt"), b"newer")
        self.assert_soon("/pre/p.txt", 200, b"newer", accept)

    def test_error_pages_that_change_are_seen(self):
        self.assert_soon("/errors/none", 404, b"first")
        replace(self.server.path("www/404.html"), b"second")
        self.assert_soon("/errors/none", 404, b"second")

    def test_a_file_that_cannot_be_read_is_refused(self):
        if os.getuid() == 0:
            self.skipTest("root may read everything")
        overwrite(self.server.path("www/closed"), b"secret")
        os.chmod(self.server.path("www/closed"), 0)
        self.assert_soon("/closed", 403, None)

    def test_what_is_no_file_is_not_opened(self):
        os.mkfifo(self.server.path("www/pipe"))
        self.assertIn(self.client.ask("/pipe").status, (403, 404))
        self.assertIn(self.client.ask("/pipe").status, (403, 404))


class Torn(unittest.TestCase):
    """Every answer is one version of the file, whole, however often it is replaced meanwhile."""

    def test_no_answer_mixes_two_versions(self):
        with Server(SITE, {"www/": ""}) as server:
            sizes = {"small": 900, "medium": 40_000, "large": 400_000}
            writer = Writer(server.path("www"), sizes)
            writer.start()
            readers = [Reader(server, f"/{name}", size) for name, size in sizes.items() for _ in range(2)]
            for each in readers:
                each.start()
            time.sleep(3)
            wait_until(lambda: all(each.failure or each.answers > 20 and len(each.versions) > 1 for each in readers), 30)
            writer.done = True
            writer.join()
            for each in readers:
                each.done = True
                each.join()
            self.assertEqual([each.failure for each in readers], [None] * len(readers))
            self.assertGreater(min(each.answers for each in readers), 20)
            self.assertGreater(min(len(each.versions) for each in readers), 1)

    def test_a_file_that_is_truncated_while_it_is_sent_ends_the_connection(self):
        size = 32 << 20
        with Server(SITE, {"www/shrinks": bytes(size)}) as server, server.client(receive_buffer=4096) as client:
            client.send(b"GET /shrinks HTTP/1.1\r\nHost: test\r\n\r\n")
            self.assertFalse(client.is_silent(5))
            os.truncate(server.path("www/shrinks"), 1000)
            with self.assertRaises((ProtocolError, ConnectionError)):
                client.response()
            with server.client() as other:
                self.assertTrue(wait_until(lambda: other.ask("/shrinks").body == bytes(1000)))


class Writer(threading.Thread):
    """Replaces the files again and again: a version is one letter, repeated, and its length differs a little."""

    def __init__(self, folder, sizes):
        super().__init__(daemon=True)
        self.folder, self.sizes, self.done, self.version = folder, sizes, False, 0
        self.write()

    def write(self):
        self.version += 1
        for name, size in self.sizes.items():
            replace(os.path.join(self.folder, name), bytes([97 + self.version % 26]) * (size + self.version % 26))

    def run(self):
        while not self.done:
            self.write()
            time.sleep(0.002)


class Reader(threading.Thread):
    def __init__(self, server, target, size):
        super().__init__(daemon=True)
        self.server, self.target, self.size = server, target, size
        self.answers, self.versions, self.failure, self.done = 0, set(), None, False

    def run(self):
        try:
            with self.server.client() as client:
                while not self.done:
                    body = client.ask(self.target).body
                    letters = set(body)
                    version = next(iter(letters)) - 97
                    if len(letters) != 1 or len(body) - self.size != version:
                        self.failure = f"{len(body)} bytes of versions {letters}"
                        return
                    self.versions.add(version)
                    self.answers += 1
        except (OSError, AssertionError, StopIteration) as error:
            self.failure = repr(error)


class Fairness(unittest.TestCase):
    def test_small_requests_are_answered_while_large_files_are_sent(self):
        size = 100 << 20
        with Server(SITE.replace("workers = 2", "workers = 1"), {"www/huge": b"", "www/small": "small"}) as server:
            os.truncate(server.path("www/huge"), size)
            large = [threading.Thread(target=self.drop, args=(server, size), daemon=True) for _ in range(4)]
            with server.client() as client:
                client.ask("/small")
                for each in large:
                    each.start()
                waits = []
                while any(each.is_alive() for each in large):
                    start = time.monotonic()
                    self.assertEqual(client.ask("/small").body, b"small")
                    waits.append(time.monotonic() - start)
            self.assertGreater(len(waits), 20, "the small requests had to wait for the large files")
            self.assertLess(sorted(waits)[len(waits) // 2], 0.1 * PATIENCE)

    def drop(self, server, size):
        with server.client() as client:
            client.send(b"GET /huge HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
            received = 0
            while piece := client.socket.recv(1 << 20):
                received += len(piece)
            assert received > size, received


if __name__ == "__main__":
    unittest.main()
