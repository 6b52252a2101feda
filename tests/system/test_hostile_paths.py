"""Nothing outside a root is ever served, and nobody learns what is there."""
import itertools
import os
import unittest

from server import Server

SITE = """
[vhost."*"]
root = "www"
listing = true
[vhost."*".route."/allowed/"]
root = "www"
symlinks = ["{folder}/store"]
[vhost."*".route."/link/"]
root = "link"
"""
SECRET = b"nobody may read this"
FILES = {"secret.txt": SECRET, "www/a.txt": "a", "www/sub/b.txt": "b", "wwwx/secret.txt": SECRET,
         "store/s.txt": "stored",
         "stored/secret.txt": SECRET}
DOTS = [
    "..",
    "%2e%2e",
    "%2E.",
    ".%2e",
    "%252e%252e",
    "..%00",
    "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae",
    "..;",
    "..\\",
     "%u002e."]
SLASHES = ["/", "%2f", "%5c", "\\", "%c0%af", "%252f", "//", "/./"]


class Paths(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SITE, FILES))
        links = {"www/inside": "sub", "www/inside.txt": "a.txt", "www/up": "..", "www/secret": "../secret.txt",
                 "www/absolute": cls.server.path("secret.txt"), "www/sub/round": "../../www/a.txt",
                 "www/wwwx": "../wwwx",
                 "www/loop": "loop", "www/dangling": "none", "www/proc": "/proc/self/root", "www/back": "sub/../a.txt",
                 "www/store": "../store", "www/stored": "../stored", "link": "www"}
        for name, target in links.items():
            os.symlink(target, cls.server.path(name))

    def ask(self, target):
        with self.server.client() as client:
            return client.ask(target)

    def assert_refused(self, target, *statuses):
        response = self.ask(target)
        self.assertNotIn(SECRET, response.body)
        self.assertNotIn(b"root:", response.body)
        self.assertIn(response.status, statuses or (400, 403, 404), response)

    def test_traversal_never_leaves_the_root(self):
        for dots, slash, depth in itertools.product(DOTS, SLASHES, (1, 2, 6)):
            for start in ("/", "/sub/", "/none/", "/allowed/"):
                climb = (dots + slash) * depth
                for name in ("secret.txt", f"etc{slash}passwd"):
                    target = start + climb + name
                    with self.subTest(target):
                        self.assert_refused(target)

    def test_traversal_at_the_edges(self):
        for target in ("/..", "/../", "/sub/../..", "/%2e%2e", "/...", "/sub/.../secret.txt", "/wwwx/../../secret.txt",
                       "/sub//../../secret.txt", "http://test/../secret.txt", "/allowed/../../secret.txt",
                       "/allowed/..%2fsecret.txt"):
            with self.subTest(target):
                self.assert_refused(target)

    def test_encoded_slashes_and_nul_bytes(self):
        self.assert_refused("/sub%2fb.txt", 404)
        self.assert_refused("/sub%2Fb.txt", 404)
        self.assert_refused("/a.txt%00", 400)
        self.assert_refused("/a.txt%00.html", 400)
        self.assert_refused("/%00/a.txt", 400)

    def test_bytes_that_are_no_utf8_and_long_names_are_names_of_nothing(self):
        for target in ("/%ff", "/%c0%80", "/" + "%41" * 200, "/" + "a" * 4000, "/" + "a/" * 3000, "/" + "../" * 3000,
                       "/%0a", "/%7f",
                       "/a.txt%20", "/a.txt.", "/a.txt::$DATA", "/a.txt%2e", "/a.tx%u0074"):
            with self.subTest(target[:30]):
                self.assert_refused(target)

    def test_symlinks_within_the_root_are_followed(self):
        for target, body in {"/inside.txt": b"a", "/inside/b.txt": b"b",
            "/back": b"a", "/sub/b.txt": b"b", "/link/a.txt": b"a"}.items():
            with self.subTest(target):
                response = self.ask(target)
                self.assertEqual((response.status, response.body), (200, body))

    def test_symlinks_out_of_the_root_are_not(self):
        for target in ("/up/secret.txt", "/up/", "/secret", "/absolute", "/wwwx/secret.txt", "/wwwx/", "/loop",
                       "/dangling", "/proc/etc/passwd",
                       "/proc/", "/store/s.txt", "/stored/secret.txt", "/allowed/stored/secret.txt", "/allowed/secret",
                       "/allowed/up/secret.txt",
                       "/allowed/absolute", "/link/secret", "/link/up/secret.txt"):
            with self.subTest(target):
                self.assert_refused(target, 403, 404)

    def test_symlinks_into_a_folder_that_is_allowed_are_followed(self):
        response = self.ask("/allowed/store/s.txt")
        self.assertEqual((response.status, response.body), (200, b"stored"))

    def test_a_listing_tells_nothing_of_what_may_not_be_read(self):
        body = self.ask("/").body
        self.assertIn(b"a.txt", body)
        for name in (b"secret.txt", b"/proc"):
            self.assertNotIn(name, body)


if __name__ == "__main__":
    unittest.main()
