"""Static files: validators, preconditions, ranges, variants, and which names are served. RFC 9110 8.8, 13 and 14."""
import email.utils
import os
import re
import time
import unittest

from server import Server

TEXT = "".join(f"line {i}\n" for i in range(2000))
LARGE = bytes(i * i >> 3 & 255 for i in range(1_000_000))
SITE = """
[vhost."*"]
root = "www"
cache_control = "public, max-age=60"
[vhost."*".route."/pre/"]
root = "pre"
precompressed = true
[vhost."*".route."/spa/"]
root = "spa"
fallback = "/index.html"
[vhost."*".route."/dots/"]
root = "www"
hidden_files = true
[vhost."*".route."/index/"]
root = "index"
index = ["first.html", "second.html"]
"""
FILES = {
    "www/index.html": "<p>index</p>", "www/a.txt": TEXT, "www/large": LARGE, "www/empty": "", "www/b.CSS": "b {}",
    "www/c.unknown-thing": "?", "www/d.tar.gz": "d", "www/folder/index.html": "<p>folder</p>", "www/bare/x": "x",
    "www/.hidden": "secret", "www/.git/config": "secret", "www/.well-known/security.txt": "Contact: x",
    "www/ä ö.txt": "umlaut",
    "www/a%20b.txt": "percent", "www/plus+plus.txt": "plus", "www/line\nbreak.txt": "break",
    "pre/p.html": "<p>plain</p>" * 50, "pre/p.html.br": "brotli", "pre/p.html.zst": "zstd",
    "pre/p.html.gz": "gzip bytes",
    "pre/only.html": "<p>only gzip</p>", "pre/only.html.gz": "gzip", "pre/old.html": "<p>newer</p>",
    "pre/old.html.gz": "outdated",
    "spa/index.html": "<p>app</p>", "spa/a.js": "run()", "spa/.hidden": "secret", "index/second.html": "<p>second</p>",
}


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SITE, FILES))
        past = time.time() - 1000
        for folder, _, names in os.walk(cls.server.folder):
            for name in names:
                os.utime(os.path.join(folder, name), (past, past))
        os.utime(cls.server.path("pre/old.html.gz"), (past - 1000, past - 1000))
        time.sleep(1.1)  # what was looked at before is looked at again

    def setUp(self):
        self.client = self.enterContext(self.server.client())

    def get(self, target, *fields, method="GET"):
        return self.client.ask(target, *fields, method=method)

    def test_files_are_sent_whole_with_their_type(self):
        types = {"/": ("text/html", "www/index.html"), "/a.txt": ("text/plain", "www/a.txt"),
                 "/b.CSS": ("text/css", "www/b.CSS"), "/empty": ("application/octet-stream", "www/empty"),
                 "/large": ("application/octet-stream", "www/large"), "/d.tar.gz": ("application/gzip", "www/d.tar.gz"),
                 "/c.unknown-thing": ("application/octet-stream", "www/c.unknown-thing"),
                 "/%C3%A4%20%c3%b6.txt": ("text/plain", "www/ä ö.txt"),
                 "/a%2520b.txt": ("text/plain", "www/a%20b.txt"),
                 "/plus+plus.txt": ("text/plain", "www/plus+plus.txt"),
                 "/line%0Abreak.txt": ("text/plain", "www/line\nbreak.txt"),
                 "/%61.txt": ("text/plain", "www/a.txt"), "//a.txt": ("text/plain", "www/a.txt"),
                 "/folder/../a.txt": ("text/plain", "www/a.txt"), "/folder/%2e%2E/a.txt": ("text/plain", "www/a.txt"),
                 "/./folder/./": ("text/html", "www/folder/index.html"), "/index/": ("text/html", "index/second.html")}
        for target, (kind, name) in types.items():
            with self.subTest(target):
                response = self.get(target)
                content = FILES[name]
                self.assertEqual((response.status, response.body),
                                 (200, content.encode() if isinstance(content, str) else content))
                self.assertEqual(response.field("Content-Type").split(";")[0], kind)
                self.assertIsNotNone(response.field("ETag"))
        self.assertEqual(self.get("/a.txt").field("Cache-Control"), "public, max-age=60")
        self.assertIn("utf-8", self.get("/a.txt").field("Content-Type").lower())

    def test_what_is_not_there_or_not_meant_to_be_seen_is_404(self):
        for target in ("/none", "/a.txt/", "/a.txt/b", "/bare/", "/.hidden", "/.git/config", "/.git/", "/folder/.x",
                       "/%2ehidden",
                       "/folder/../.hidden", "/bare/none/x", "/spa/.hidden", "/index.html%2f", "/" + "a" * 300,
                       "/" + "a/" * 2500, "/.", "/.well-known/none"):
            with self.subTest(target):
                self.assertEqual(self.get(target).status, 404 if target != "/." else 200)

    def test_dotfiles_are_served_where_that_is_allowed(self):
        self.assertEqual(self.get("/dots/.hidden").body, b"secret")
        self.assertEqual(self.get("/.well-known/security.txt").body, b"Contact: x")

    def test_a_folder_without_its_slash_is_redirected_with_the_query(self):
        for target, location in {"/folder": "/folder/", "/folder?a=b&c": "/folder/?a=b&c", "//folder": "/folder/",
                                 "/spa": "/spa/", "/spa?x": "/spa/?x"}.items():
            with self.subTest(target):
                response = self.get(target)
                self.assertEqual((response.status, response.field("Location")), (308, location))

    def test_fallback_answers_for_what_is_not_there(self):
        self.assertEqual(self.get("/spa/a.js").body, b"run()")
        for target in ("/spa/", "/spa/user/7", "/spa/none.js", "/spa/user/7?x"):
            with self.subTest(target):
                response = self.get(target)
                self.assertEqual((response.status, response.body), (200, b"<p>app</p>"))

    def test_etag_and_last_modified(self):
        first = self.get("/a.txt")
        self.assertRegex(first.field("ETag"), r'^"[!#-~]+"$')
        modified = email.utils.parsedate_to_datetime(first.field("Last-Modified")).timestamp()
        self.assertEqual(modified, int(os.stat(self.server.path("www/a.txt")).st_mtime))
        self.assertEqual(first.field("Accept-Ranges"), "bytes")
        tags = [self.get(target).field("ETag") for target in ("/", "/a.txt", "/large", "/empty", "/b.CSS")]
        self.assertEqual(len(set(tags)), len(tags))

    def test_preconditions(self):
        etag, modified = self.get("/a.txt").field("ETag"), self.get("/a.txt").field("Last-Modified")
        earlier, later = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
        cases = [
            (304, f"If-None-Match: {etag}"), (304, f"If-None-Match: W/{etag}"), (304, "If-None-Match: *"),
            (304, f'If-None-Match: "x", {etag} , "y"'), (304, 'If-None-Match: "x"', f"If-None-Match: {etag}"),
            (200, 'If-None-Match: "x"'), (200, "If-None-Match: garbage"), (200, f"If-None-Match: {etag[:-1]}"),
            (200, f"If-None-Match: {etag.strip(chr(34))}"),
            (304, f"If-Modified-Since: {modified}"), (200,
             f"If-Modified-Since: {earlier}"), (304, f"If-Modified-Since: {later}"),
            (200, "If-Modified-Since: yesterday"), (200, "If-Modified-Since: 0"), (200, "If-Modified-Since:"),
            (200, 'If-None-Match: "x"', f"If-Modified-Since: {modified}"),
            (304, f"If-None-Match: {etag}", f"If-Modified-Since: {earlier}"),
            (200, f"If-Match: {etag}"), (200, "If-Match: *"), (412, 'If-Match: "x"'), (412, f"If-Match: W/{etag}"),
            (200, f'If-Match: "x", {etag}'), (412, f'If-Match: "x"', f"If-None-Match: {etag}"),
            (200, f"If-Unmodified-Since: {modified}"), (412,
             f"If-Unmodified-Since: {earlier}"), (200, "If-Unmodified-Since: x"),
            (200, f"If-Match: {etag}", f"If-Unmodified-Since: {earlier}"),
            (304, f"If-Match: {etag}", f"If-None-Match: {etag}"),
        ]
        for status, *fields in cases:
            for method in ("GET", "HEAD"):
                with self.subTest(fields, method=method):
                    response = self.get("/a.txt", *fields, method=method)
                    self.assertEqual(response.status, status)
                    if status in (200, 304):
                        self.assertEqual(response.field("ETag"), etag)
                    if status == 304:
                        self.assertEqual(response.field("Cache-Control"), "public, max-age=60")
                        self.assertIsNone(response.field("Content-Type"))
        self.assertEqual(self.get("/none", "If-None-Match: *").status, 404)
        self.assertEqual(self.get("/none", "If-Match: *").status, 404)

    def test_dates_come_in_three_forms(self):
        at = email.utils.parsedate_to_datetime(self.get("/a.txt").field("Last-Modified"))
        for form in ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"):
            with self.subTest(form):
                self.assertEqual(self.get("/a.txt", "If-Modified-Since: " + at.strftime(form)).status, 304)

    def test_single_ranges(self):
        for target, content in (("/a.txt", TEXT.encode()), ("/large", LARGE)):
            size = len(content)
            for text, first, end in (("0-0", 0, 1), ("0-99", 0, 100), ("5-", 5, size), ("-7", size - 7, size),
                                     (f"{size - 1}-", size - 1, size), (f"-{size + 5}",
                                      0, size), (f"10-{size + 9}", 10, size),
                                     ("4095-8193", 4095, 8194), ("0-99999999999999999999", 0, size)):
                with self.subTest(target, range=text):
                    response = self.get(target, f"Range: bytes={text}")
                    self.assertEqual((response.status, response.body), (206, content[first:end]))
                    self.assertEqual(response.field("Content-Range"), f"bytes {first}-{end - 1}/{size}")
                    self.assertIsNotNone(response.field("ETag"))

    def test_ranges_that_cannot_be_met_are_416(self):
        for target, text, size in (("/a.txt", f"{len(TEXT)}-", len(TEXT)), ("/a.txt", "-0", len(TEXT)),
                                   ("/a.txt", "99999999999999999999-", len(TEXT)),
                                   ("/large", "2000000-2000001,3000000-", len(LARGE))):
            with self.subTest(target, range=text):
                response = self.get(target, f"Range: bytes={text}")
                self.assertEqual((response.status, response.field("Content-Range")), (416, f"bytes */{size}"))

    def test_ranges_that_are_none_are_ignored(self):
        for field in ("bytes=", "bytes=a-b", "bytes=2-1", "bytes=1", "bytes=-", "bytes=--1", "bytes=0x1-5",
                      "bytes=1-2;3-4", "bytes 1-2",
                      "lines=1-2", "bytes=1-2,x", "bytes=+1-2", "=1-2", "bytes=1 - 2"):
            with self.subTest(field):
                response = self.get("/a.txt", f"Range: {field}")
                self.assertEqual((response.status, response.body), (200, TEXT.encode()))
        response = self.get("/a.txt", "Range: bytes=0-1", method="HEAD")
        self.assertEqual((response.status, response.field("Content-Length")), (200, str(len(TEXT))))

    def test_several_ranges(self):
        for target, content in (("/a.txt", TEXT.encode()), ("/large", LARGE)):
            with self.subTest(target):
                response = self.get(target, "Range: bytes=0-9, 200-299,-5")
                self.assertEqual(response.status, 206)
                parts = parts_of(response)
                size = len(content)
                self.assertEqual([each[1] for each in parts], [content[:10], content[200:300], content[-5:]])
                self.assertEqual([each[0]["content-range"] for each in parts],
                                 [f"bytes 0-9/{size}", f"bytes 200-299/{size}", f"bytes {size - 5}-{size - 1}/{size}"])
                self.assertEqual({each[0]["content-type"] for each in parts}, {self.get(target).field("Content-Type")})
        response = self.get("/a.txt", f"Range: bytes=0-9,{len(TEXT)}-")
        self.assertEqual((response.status, response.body), (206, TEXT[:10].encode()))

    def test_ranges_of_every_size_one_after_the_other(self):
        for length in (300, 8000, 10_000, 15_000, 16_384, 16_385, 40_000, 90_000, 500):
            for first in (0, 1, 3796, 4096, 983_881, len(LARGE) - length):
                with self.subTest(first=first, length=length):
                    last = min(first + length, len(LARGE)) - 1
                    response = self.get("/large", f"Range: bytes={first}-{last}")
                    self.assertEqual(response.body, LARGE[first:last + 1])

    def test_several_large_ranges(self):
        for several in ([(0, 300), (1000, 1300), (5000, 6000), (9000, 13_000), (20_000, 30_000)],
                        [(100, 16_000), (20_001, 50_000), (60_000, 61_000), (983_881, len(LARGE))]):
            field = ",".join(f"{first}-{end - 1}" for first, end in several)
            parts = parts_of(self.get("/large", f"Range: bytes={field}"))
            self.assertEqual([each[1] for each in parts], [LARGE[slice(*each)] for each in several])

    def test_a_flood_of_ranges_costs_little(self):
        for text in (",".join("0-" for _ in range(1000)), ",".join(f"{i}-{i}" for i in range(0, 2000, 2)),
                     ",".join(f"{i}-" for i in range(1000))):
            with self.subTest(text[:20]):
                response = self.get("/large", f"Range: bytes={text}")
                self.assertIn(response.status, (200, 206, 416))
                self.assertLess(len(response.body), len(LARGE) * 1.2)

    def test_if_range(self):
        etag, modified = self.get("/a.txt").field("ETag"), self.get("/a.txt").field("Last-Modified")
        for status, value in ((206, etag), (200, '"x"'), (200, f"W/{etag}"), (200, modified),
                              (200, "Mon, 01 Jan 2001 00:00:00 GMT"),
                              (200, "Fri, 01 Jan 2100 00:00:00 GMT"), (200, "garbage")):
            with self.subTest(value):
                self.assertEqual(self.get("/a.txt", "Range: bytes=0-9", f"If-Range: {value}").status, status)
        self.assertEqual(self.get("/a.txt", f"If-Range: {etag}").status, 200)
        self.assertEqual(self.get("/a.txt", "Range: bytes=0-9", 'If-Match: "x"').status, 412)
        self.assertEqual(self.get("/a.txt", "Range: bytes=0-9", f"If-None-Match: {etag}").status, 304)

    def test_a_file_from_1970_has_a_strong_etag_that_follows_its_content(self):
        path = self.server.path("www/nix.html")
        tags = set()
        for content in ("one", "two", "one"):
            with open(path + ".new", "w", encoding="ascii") as file:
                file.write(content)
            os.utime(path + ".new", (1, 1))
            os.replace(path + ".new", path)
            time.sleep(1.2)
            response = self.get("/nix.html")
            self.assertEqual(response.body, content.encode())
            self.assertIsNone(response.field("Last-Modified"))
            tags.add(response.field("ETag"))
            self.assertEqual(self.get("/nix.html", f"If-None-Match: {response.field('ETag')}").status, 304)
        self.assertGreaterEqual(len(tags), 2)

    def test_last_modified_is_never_in_the_future(self):
        path = self.server.path("www/future.html")
        with open(path, "w", encoding="ascii") as file:
            file.write("later")
        os.utime(path, (time.time() + 5000, time.time() + 5000))
        response = self.get("/future.html")
        dates = [email.utils.parsedate_to_datetime(response.field(name) or response.field("Date"))
                 for name in ("Last-Modified", "Date")]
        self.assertLessEqual(dates[0], dates[1])


class Variants(unittest.TestCase):
    setUpClass = classmethod(Files.setUpClass.__func__)
    setUp = Files.setUp
    get = Files.get

    def test_precompressed_variants_by_the_clients_choice(self):
        cases = {"gzip": "gzip", "br": "br", "zstd": "zstd", "gzip, br": "br", "gzip, br, zstd": "zstd", "*": "zstd",
                 "gzip;q=0.9, br;q=0.5": "gzip", "br;q=0, *": "zstd", "zstd;q=0, br;q=0, gzip": "gzip",
                 "identity": None, "": None,
                 "GZIP": "gzip", "x-gzip": "gzip", "deflate": None, "gzip;q=0": None, "*;q=0": None,
                 "gzip;q=0.5, identity": None,
                 "gzip;q=1.0, identity;q=0.5": "gzip", "gzip;q=0.001": "gzip"}
        bodies = {"br": b"brotli", "zstd": b"zstd", "gzip": b"gzip bytes", None: FILES["pre/p.html"].encode()}
        tags = {}
        for accepted, coding in cases.items():
            with self.subTest(accepted):
                response = self.get("/pre/p.html", *([f"Accept-Encoding: {accepted}"] if accepted else []))
                if accepted == "x-gzip" and response.field("Content-Encoding") is None:
                    continue  # RFC 9110 8.4.1.3: should, not must
                self.assertEqual((response.status, response.field("Content-Encoding"),
                                 response.body), (200, coding, bodies[coding]))
                self.assertIn("accept-encoding", response.members("Vary"))
                self.assertEqual(response.field("Content-Type").split(";")[0], "text/html")
                self.assertEqual(tags.setdefault(coding, response.field("ETag")), response.field("ETag"))
        self.assertEqual(len(set(tags.values())), 4)

    def test_a_variant_has_validators_and_ranges_of_its_own(self):
        gzip_field = "Accept-Encoding: gzip"
        etag, plain = self.get("/pre/p.html", gzip_field).field("ETag"), self.get("/pre/p.html").field("ETag")
        response = self.get("/pre/p.html", gzip_field, f"If-None-Match: {etag}")
        self.assertEqual(response.status, 304)
        self.assertIn("accept-encoding", response.members("Vary"))
        self.assertEqual(self.get("/pre/p.html", gzip_field, f"If-None-Match: {plain}").status, 200)
        response = self.get("/pre/p.html", gzip_field, "Range: bytes=5-9")
        self.assertEqual((response.status, response.body, response.field(
            "Content-Range")), (206, b"bytes", "bytes 5-9/10"))

    def test_a_variant_that_is_missing_or_outdated_is_not_sent(self):
        every = "Accept-Encoding: br, zstd, gzip"
        self.assertEqual(self.get("/pre/only.html", every).body, b"gzip")
        response = self.get("/pre/old.html", every)
        self.assertEqual((response.body, response.field("Content-Encoding")), (b"<p>newer</p>", None))
        self.assertIn("accept-encoding", response.members("Vary"))
        response = self.get("/pre/p.html.gz")
        self.assertEqual((response.body, response.field("Content-Encoding")), (b"gzip bytes", None))

    def test_head_says_the_same(self):
        response = self.get("/pre/p.html", "Accept-Encoding: gzip", method="HEAD")
        self.assertEqual((response.field("Content-Encoding"), response.field("Content-Length")), ("gzip", "10"))


def parts_of(response):
    """The parts of a multipart/byteranges body as pairs of fields and bytes. RFC 9110 14.6."""
    boundary = re.fullmatch(
    r'multipart/byteranges; ?boundary="?([\w\'()+,./:=?-]+)"?',
     response.field("Content-Type"))[1].encode()
    assert response.field("Content-Range") is None
    pieces = (b"\r\n" + response.body).split(b"\r\n--" + boundary)
    assert pieces[0] == b"" and pieces[-1].rstrip(b"\r\n") == b"--", pieces[-1]
    parts = []
    for piece in pieces[1:-1]:
        head, content = piece.removeprefix(b"\r\n").split(b"\r\n\r\n", 1)
        fields = dict(line.split(": ", 1) for line in head.decode("ascii").split("\r\n"))
        parts.append(({name.lower(): value for name, value in fields.items()}, content))
    return parts


if __name__ == "__main__":
    unittest.main()
