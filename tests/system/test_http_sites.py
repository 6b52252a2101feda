"""Virtual hosts, routes, redirects, fixed answers, error pages, added fields and listings."""
import html.parser
import json
import os
import socket
import time
import unittest
import urllib.parse

from server import Client, Server, free_port, wait_until, write_files


def answers(text, extra=""):
    return f'respond = {{ text = "{text}" }}\n{extra}'


class Hosts(unittest.TestCase):
    def test_a_host_is_found_by_its_name(self):
        site = "".join(f'[vhost."{name}"]\n{more}[vhost."{name}".route."/"]\n{answers(name)}' for name, more in (
            ("one.test", 'aliases = ["uno.test", "*.uno.test"]\n'), ("*.wild.test", ""), ("deep.wild.test", ""),
            ("*.very.wild.test", ""), ("[::1]", ""), ("127.0.0.1", "")))
        cases = {"one.test": "one.test", "ONE.Test:8080": "one.test", "one.test.": "one.test", "uno.test": "one.test",
                 "a.uno.test": "one.test", "a.b.uno.test": "one.test", "a.wild.test": "*.wild.test",
                 "a.b.wild.test": "*.wild.test",
                 "deep.wild.test": "deep.wild.test", "x.deep.wild.test": "*.wild.test",
                 "a.very.wild.test": "*.very.wild.test",
                 "very.wild.test": "*.wild.test", "[::1]": "[::1]", "[::1]:80": "[::1]", "127.0.0.1:1": "127.0.0.1",
                 "wild.test": None, "xone.test": None, "one.test.evil": None, "one": None, "[::2]": None,
                 "one.test..": None}
        with Server(site) as server, server.client() as client:
            for host, expected in cases.items():
                with self.subTest(host):
                    response = client.ask("/", f"Host: {host}")
                    if expected:
                        self.assertEqual((response.status, response.body.decode()), (200, expected))
                    else:
                        self.assertIn(response.status, (421, 400) if host.endswith("..") else (421,))
                        if response.status == 400:
                            client = self.enterContext(server.client())
            self.assertEqual(client.ask("http://uno.test/", "Host: a.wild.test").body, b"one.test")
            client.send(b"GET / HTTP/1.0\r\n\r\n")
            self.assertEqual(client.response().status, 421)

    def test_the_default_host_answers_for_all_others(self):
        site = f'[vhost."*".route."/"]\n{answers("any")}[vhost."a.test".route."/"]\n{answers("a")}'
        with Server(site) as server, server.client() as client:
            self.assertEqual([client.ask("/", f"Host: {host}").body for host in ("a.test", "b.test")], [b"a", b"any"])
            client.send(b"GET / HTTP/1.0\r\n\r\n")
            self.assertEqual(client.response().body, b"any")

    def test_a_host_answers_at_its_listeners_alone(self):
        ports = {name: free_port() for name in ("in", "out")}
        site = "".join(f'[listener.{name}]\naddress = "127.0.0.1:{port}"\n' for name, port in ports.items())
        site += f'[vhost."a.test"]\nlisteners = ["in"]\n[vhost."a.test".route."/"]\n{answers("a inside")}'
        site += f'[vhost."*"]\nlisteners = ["out"]\n[vhost."*".route."/"]\n{answers("any outside")}'
        site += f'[vhost."b.test".route."/"]\n{answers("b everywhere")}'
        expected = {("in", "a.test"): b"a inside", ("out", "a.test"): b"any outside", ("in", "b.test"): b"b everywhere",
                    ("out", "b.test"): b"b everywhere", ("in", "c.test"): 421, ("out", "c.test"): b"any outside"}
        with Server(site):
            for (listener, host), content in expected.items():
                with self.subTest(listener=listener, host=host), Client(("127.0.0.1", ports[listener])) as client:
                    response = client.ask("/", f"Host: {host}")
                    self.assertIn(content, (response.status, response.body))

    def test_several_addresses_and_unix_sockets(self):
        port = free_port()
        site = f'[listener.http]\naddress = ["127.0.0.1:{port}", "[::1]:{port}", "unix:{{folder}}/http.sock"]\n'
        with Server(site + f'[vhost."*".route."/"]\n{answers("here")}') as server:
            for address in (("127.0.0.1", port), server.path("http.sock")):
                with self.subTest(address), Client(address) as client:
                    self.assertEqual(client.ask("/").body, b"here")
            with socket.create_connection(("::1", port), 5) as client:
                client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                self.assertIn(b"here", client.makefile("rb").read())


class Routes(unittest.TestCase):
    def test_the_longest_route_answers(self):
        paths = {
    "/": "root",
    "/a": "a alone",
    "/a/": "below a",
    "/a/b/": "below a/b",
    "/c/": "below c",
     "/c/d": "d alone"}
        site = '[vhost."*"]\n' + "".join(f'[vhost."*".route."{path}"]\n{answers(text)}' for path, text in paths.items())
        cases = {"/": "root", "/x": "root", "/a": "a alone", "/a/": "below a", "/a/x": "below a", "/ab": "root",
                 "/a/b/": "below a/b",
                 "/a/b/c": "below a/b", "/a/bc": "below a", "/c/d": "d alone", "/c/d/": "below c", "/c/d/e": "below c",
                 "/%61/x": "below a",
                 "/c/../a/b/": "below a/b", "/A/": "root", "//a//b//": "below a/b"}
        with Server(site) as server, server.client() as client:
            for target, text in cases.items():
                with self.subTest(target):
                    self.assertEqual(client.ask(target).body.decode(), text)
            for target, location in {"/a/b": "/a/b/", "/c?x=/y": "/c/?x=/y"}.items():
                response = client.ask(target)
                self.assertEqual((response.status, response.field("Location")), (308, location))

    def test_methods_of_a_route(self):
        site = '[vhost."*".route."/"]\n' + answers("x", 'methods = ["GET"]\n')
        with Server(site) as server, server.client() as client:
            response = client.ask("/", method="POST")
            self.assertEqual((response.status, set(response.members("Allow"))), (405, {"get", "head", "options"}))

    def test_redirects(self):
        site = """
[vhost."*".route."/one"]
redirect = { to = "/new" }
[vhost."*".route."/two"]
redirect = { to = "https://a.test/x?y", status = 301 }
[vhost."*".route."/tree/"]
redirect = { to = "https://b.test/base", status = 307 }
"""
        cases = {"/one": (308, "/new"), "/one?a=b%20c": (308, "/new?a=b%20c"), "/two": (301, "https://a.test/x?y"),
                 "/two?z": (301, "https://a.test/x?y"), "/tree/": (307, "https://b.test/base"),
                 "/tree/a/b?c": (307, "https://b.test/base/a/b?c"), "/tree/%0d%0aSet-Cookie:x": None,
                 "/tree/%40evil": None,
                 "/tree/%3fa%23b": (307, "https://b.test/base/%3Fa%23b")}
        with Server(site) as server, server.client() as client:
            for target, expected in cases.items():
                with self.subTest(target):
                    response = client.ask(target)
                    location = response.field("Location")
                    if expected:
                        self.assertEqual((response.status, location.replace("%3f", "%3F")), expected)
                    self.assertIsNone(response.field("Set-Cookie"))
                    self.assertNotRegex(location, r"[^!-~]")
                    if target.startswith("/tree/"):
                        self.assertEqual(urllib.parse.urlsplit(location).netloc, "b.test")
            self.assertEqual(client.ask("/one", method="DELETE").status, 308)

    def test_fixed_answers(self):
        site = """
[vhost."*".route."/text"]
respond = { text = "hello" }
[vhost."*".route."/teapot"]
respond = { status = 418, text = "{}", type = "application/json" }
[vhost."*".route."/empty"]
respond = { status = 204 }
[vhost."*".route."/gone"]
respond = { status = 410, text = "gone" }
"""
        with Server(site) as server, server.client() as client:
            response = client.ask("/text")
            self.assertEqual((response.status, response.body, response.field("Content-Type")),
                             (200, b"hello", "text/plain; charset=utf-8"))
            response = client.ask("/teapot")
            self.assertEqual((response.status, response.body, response.field(
                "Content-Type")), (418, b"{}", "application/json"))
            response = client.ask("/empty")
            self.assertEqual((response.status, response.field("Content-Type")), (204, None))
            self.assertEqual(client.ask("/gone").body, b"gone")
            self.assertEqual(client.ask("/text", method="HEAD").field("Content-Length"), "5")


class Errors(unittest.TestCase):
    SITE = """
[vhost."*"]
root = "www"
error_pages = { 404 = "errors/404.html", 4xx = "errors/4xx.html" }
fields = { X-Frame-Options = "DENY", X-Host = "host" }
[vhost."*".route."/a/"]
root = "www"
error_pages = { 404 = "errors/a.html" }
fields = { X-Host = "route", X-Frame-Options = "", X-More = "more" }
[vhost."*".route."/gone"]
respond = { status = 404, text = "fixed" }
[vhost."plain.test"]
root = "www"
"""
    FILES = {
    "www/x.txt": "0123456789",
    "errors/404.html": "<p>lost</p>",
    "errors/4xx.html": "<p>wrong</p>",
     "errors/a.html": "<p>a lost</p>"}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(cls.SITE, cls.FILES))

    def setUp(self):
        self.client = self.enterContext(self.server.client())

    def test_errors_have_the_configured_pages(self):
        for target, fields, method, status, page in (
                ("/none", [], "GET", 404, b"<p>lost</p>"), ("/a/none", [], "GET", 404, b"<p>a lost</p>"),
                ("/x.txt", [], "DELETE", 405, b"<p>wrong</p>"), ("/a/x.txt", [], "DELETE", 405, b"<p>wrong</p>"),
                ("/x.txt", ["Range: bytes=99-"], "GET", 416, b"<p>wrong</p>"), ("/x.txt",
                 ["If-Match: x"], "GET", 412, b"<p>wrong</p>"),
                ("/gone", [], "GET", 404, b"fixed"), ("/none", ["Range: bytes=0-1"], "GET", 404, b"<p>lost</p>"),
                ("/none", ["If-None-Match: *", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"], "GET", 404,
                 b"<p>lost</p>")):
            with self.subTest(target, fields=fields, method=method):
                response = self.client.ask(target, *fields, method=method)
                self.assertEqual((response.status, response.body), (status, page))
                if status == 416:
                    self.assertEqual(response.field("Content-Range"), "bytes */10")
                if page.startswith(b"<p>"):
                    self.assertEqual(response.field("Content-Type").split(";")[0], "text/html")
        self.assertEqual(self.client.ask("/none", method="HEAD").field("Content-Length"), "11")

    def test_errors_without_a_page_have_a_built_in_one(self):
        response = self.client.ask("/none", "Host: plain.test", "Accept: text/html,*/*;q=0.8")
        self.assertEqual((response.status, response.field("Content-Type").split(";")[0]), (404, "text/html"))
        self.assertIn(b"404", response.body)
        response = self.client.ask("/none", "Host: plain.test", "Accept: */*")
        self.assertEqual((response.status, response.field("Content-Type").split(";")[0]), (404, "text/plain"))
        self.assertNotIn(b"<", response.body)

    def test_what_the_client_sent_is_not_in_the_page(self):
        for host in ("test", "plain.test"):
            response = self.client.ask("/%3Cscript%3E", f"Host: {host}", "Accept: text/html")
            self.assertNotIn(b"script", response.body)

    def test_malformed_requests_get_the_page_too(self):
        with self.server.client() as client:
            client.send(b"nonsense\r\n\r\n")
            response = client.response()
            self.assertEqual((response.status, response.body), (400, b"<p>wrong</p>"))

    def test_fields_are_added_to_every_answer(self):
        for target, status, expected in (("/x.txt", 200, ("DENY", "host", None)),
                                         ("/none", 404, ("DENY", "host", None)),
                                         ("/gone", 404, ("DENY", "host", None)),
                                         ("/a/x.txt", 200, (None, "route", "more")),
                                         ("/a/none", 404, (None, "route", "more"))):
            with self.subTest(target):
                response = self.client.ask(target)
                self.assertEqual(response.status, status)
                self.assertEqual(
    tuple(
        response.field(name) for name in (
            "X-Frame-Options",
            "X-Host",
            "X-More")),
             expected)
        response = self.client.ask("/x.txt", "If-None-Match: *")
        self.assertEqual((response.status, response.field("X-Host")), (304, "host"))


class ErrorPagesThatArePipes(unittest.TestCase):
    """To open a pipe waits for its other end, and to read it for what is written: nobody waits for either."""
    SITE = """
[server]
workers = 1
[vhost."*"]
root = "www"
error_pages = { 404 = "404.html", 405 = "pipe" }
"""

    def setUp(self):
        files = {"www/x.txt": "x", "404.html": "<p>lost</p>"}
        self.server = Server(self.SITE, files)
        os.mkfifo(self.server.path("pipe"))
        self.enterContext(self.server)
        self.client = self.enterContext(self.server.client())

    def assert_served(self):
        """On a connection of before and on a new one, by the only worker."""
        self.assertEqual(self.client.ask("/x.txt").body, b"x")
        self.assertEqual(self.server.get("/x.txt").body, b"x")

    def test_one_that_is_a_pipe_from_the_start_counts_as_missing(self):
        for _ in range(3):
            response = self.client.ask("/x.txt", method="DELETE")
            self.assertEqual(response.status, 405)
            self.assertIn(b"405", response.body)
            self.assert_served()
        self.assertRegex(self.server.errors(), '"error_page_missing".*/pipe')

    def test_one_that_becomes_a_pipe_does_too_with_and_without_a_writer(self):
        path = self.server.path("404.html")
        self.assertEqual(self.client.ask("/none").body, b"<p>lost</p>")
        os.mkfifo(path + ".new")
        os.rename(path + ".new", path)
        # What was read before stands for a second.
        self.assertTrue(wait_until(lambda: b"lost" not in self.client.ask("/none").body))
        self.assert_served()
        with open(path, "r+b", buffering=0):  # a writer that writes nothing
            end = time.monotonic() + 1.2
            while time.monotonic() < end:  # it is looked at again meanwhile
                self.assertNotIn(b"lost", self.client.ask("/none").body)
                time.sleep(0.02)
            self.assert_served()
        write_files(self.server.folder, {"404.html.new": "<p>found</p>"})
        os.rename(path + ".new", path)
        self.assertTrue(wait_until(lambda: self.client.ask("/none").body == b"<p>found</p>"))

    def test_a_reload_does_not_wait_either(self):
        self.assertTrue(self.server.reload()[-1].startswith(b"READY=1\nSTATUS=serving"))
        self.assert_served()


class Page(html.parser.HTMLParser):
    """The links and the text of a page, in their order."""

    def __init__(self, text):
        super().__init__()
        self.links, self.scripts, self.text = [], 0, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script" or any(name.startswith("on") for name, _ in attributes)
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_data(self, data):
        self.text += data


class Listings(unittest.TestCase):
    SITE = '[vhost."*"]\nroot = "www"\nlisting = true\n[vhost."*".route."/below/"]\nroot = "www"\nlisting = true\n'
    NAMES = [
    "b.txt",
    "A.txt",
    "c.bin",
    "<script>alert(1)<",
    "a&b?c#d",
    'quo"te\'s',
    "100%.txt",
    "ä ö.txt",
    "new\nline",
    "a:b",
     "sub/"]
    FILES = {"www/" + name: "x" * (i * 700) for i, name in enumerate(NAMES)
                                   } | {"www/.hidden": "secret", "www/sub/index.html": "sub"}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(cls.SITE, cls.FILES))
        with open(os.path.join(os.fsencode(cls.server.path("www")), b"bad\xff.txt"), "wb") as file:
            file.write(b"bad")
        os.utime(cls.server.path("www/b.txt"), (1_000_000_000, 1_000_000_000))
        os.utime(cls.server.path("www/c.bin"), (1_100_000_000, 1_100_000_000))

    def setUp(self):
        self.client = self.enterContext(self.server.client())

    def test_html_lists_all_names_and_every_link_leads_to_its_file(self):
        for target in ("/", "/below/"):
            response = self.client.ask(target, "Accept: text/html")
            self.assertEqual((response.status, response.field("Content-Type").split(";")[0]), (200, "text/html"))
            self.assertIn("accept", response.members("Vary"))
            page = Page(response.body.decode())
            self.assertEqual(page.scripts, 0)
            self.assertNotIn(".hidden", page.text)
            for name in self.NAMES:
                self.assertIn(name.replace("\n", "").strip("/")[:3], page.text)
            links = [link for link in page.links if not link.startswith(("?", "..", "/?")) and link not in ("/", "./")]
            found = {}
            for link in links:
                self.assertNotRegex(link, r"[^!-~]")
                answer = self.client.ask(urllib.parse.urljoin(target, link))
                self.assertEqual(answer.status, 200, link)
                found[urllib.parse.unquote_to_bytes(link).removeprefix(
                    b"./").removeprefix(target.encode())] = len(answer.body)
            expected = {name.encode(): i * 700 for i, name in enumerate(self.NAMES)} | {b"bad\xff.txt": 3, b"sub/": 3}
            self.assertEqual(found, expected)

    def test_json_where_it_is_preferred(self):
        response = self.client.ask("/", "Accept: application/json")
        self.assertEqual((response.status, response.field("Content-Type").split(";")[0]), (200, "application/json"))
        self.assertIn("accept", response.members("Vary"))
        entries = json.loads(response.body)
        self.assertEqual(entries[0]["type"], "directory")
        by_name = {each["name"].rstrip("/"): each for each in entries}
        self.assertEqual(set(by_name), {name.rstrip("/") for name in self.NAMES} | {"bad\ufffd.txt"})
        self.assertEqual({key: by_name["b.txt"][key] for key in ("type", "size", "mtime")},
                         {"type": "file", "size": 0, "mtime": "2001-09-09T01:46:40Z"})
        self.assertEqual(self.client.ask("/" + by_name["bad\ufffd.txt"]["href"].removeprefix("/")).body, b"bad")
        for accept, kind in (("*/*", "text/html"), ("application/json, text/html", "text/html"),
                             ("text/html;q=0.5, application/json", "application/json"),
                             ("application/json;q=0.5, */*", "text/html"),
                             ("text/html;q=0, application/json;q=0.1", "application/json")):
            with self.subTest(accept):
                self.assertEqual(self.client.ask("/", f"Accept: {accept}").field("Content-Type").split(";")[0], kind)

    def test_sorting(self):
        names = {each: [entry["name"] for entry in json.loads(self.client.ask("/?" + each,
                                                                              "Accept: application/json").body)]
                 for each in ("sort=size&order=asc", "sort=size&order=desc", "sort=mtime&order=asc",
                              "sort=name&order=desc", "sort=nonsense&order=x")}
        files = [name for name in names["sort=size&order=asc"] if not name.startswith("sub")]
        self.assertEqual([name for name in names["sort=size&order=desc"] if not name.startswith("sub")][0], files[-1])
        sizes = {
    name.replace(
        "bad\xff",
        "bad\ufffd"): i *
        700 for i,
        name in enumerate(
            self.NAMES)} | {
                "bad\ufffd.txt": 3}
        self.assertEqual([sizes[name] for name in files], sorted(sizes[name] for name in files))
        by_time = [name for name in names["sort=mtime&order=asc"] if not name.startswith("sub")]
        self.assertEqual(by_time[:2], ["b.txt", "c.bin"])
        self.assertEqual(len(names["sort=nonsense&order=x"]), len(self.NAMES) + 1)

    def test_head_and_methods(self):
        self.assertEqual(self.client.ask("/", method="HEAD").status, 200)
        self.assertEqual(self.client.ask("/", method="POST").status, 405)

    def test_an_index_stands_before_the_listing(self):
        self.assertEqual(self.client.ask("/sub/").body, b"sub")


if __name__ == "__main__":
    unittest.main()
