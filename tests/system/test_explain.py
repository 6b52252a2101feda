"""`webserv explain` against what the running server answers: both are asked, and must agree."""
import gzip
import json
import os
import re
import ssl
import subprocess
import time
import unittest

from server import PATIENCE, PROGRAM, Client, Server, free_port

SITE = {
    "www/index.html": "<p>home",
    "www/plain.txt": "0123456789" * 10,
    "www/large.bin": b"\0" * 100_000,
    "www/.hidden": "secret",
    "www/.well-known/acme": "token",
    "www/folder/index.html": "<p>inside",
    "www/empty/x.txt": "x",
    "www/a b.txt": "space",
    "www/style.css": "body {}" * 100,
    "www/style.css.gz": gzip.compress(b"body {}" * 100),
    "errors/404.html": "<p>nothing here",
    "errors/4xx.html": "<p>your mistake",
    "list/one.txt": "1",
    "list/sub/two.txt": "2",
    "spa/index.html": "<p>app",
    "spa/app.js": "go()",
    "one.txt": "a single file",
    "all/index.html": "all others",
    "programs/page.sh": "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\nprintf 'Content-Type: text/plain\\r\\n\\r\\nran'\n",
    "programs/page.run": "printf 'Content-Type: text/plain\\r\\n\\r\\nran'\n",
}

TOML = """
[listener.http]
address = "127.0.0.1:{http}"
[listener.admin]
address = "127.0.0.1:{admin}"
[server]
workers = 1
[log]
access = "json"
[limits]
head_size = "4K"
fields = 20
[timeouts]
write = "5s"

[vhost."site.test"]
aliases = ["www.site.test", "*.apps.site.test"]
root = "www"
precompressed = true
error_pages = {{ 404 = "errors/404.html", 4xx = "errors/4xx.html", 5xx = "errors/missing.html" }}
fields = {{ X-Frame-Options = "DENY", Server = "" }}
cache_control = "max-age=60"
[vhost."site.test".route."/list/"]
root = "list"
listing = true
fields = {{ X-Frame-Options = "SAMEORIGIN", X-Own = "1" }}
[vhost."site.test".route."/list/sub/secret/"]
respond = {{ status = 403, text = "no" }}
[vhost."site.test".route."/app/"]
root = "spa"
fallback = "/index.html"
[vhost."site.test".route."/one"]
root = "one.txt"
[vhost."site.test".route."/exact"]
respond = {{ text = "exactly" }}
[vhost."site.test".route."/old/"]
redirect = {{ to = "/new/" }}
[vhost."site.test".route."/away"]
redirect = {{ to = "https://other.test/?fixed", status = 302 }}
[vhost."site.test".route."/form/"]
respond = {{ status = 201, text = "made", type = "text/plain" }}
methods = ["POST", "PUT"]
body_size = 1000
[vhost."site.test".route."/gone/"]
root = "nowhere"
[vhost."site.test".route."/none"]
respond = {{ status = 204 }}

[vhost."site.test".route."/cgi/"]
cgi = {{ root = "programs", interpreters = {{ ".run" = "/bin/sh" }} }}
environment = {{ KEY = "hidden value" }}
cgi_limits = {{ time = "7s" }}
[vhost."site.test".route."/mixed/"]
root = "programs"
scripts = {{ ".run" = "/bin/sh" }}
index = ["page.run"]
cgi_limits = {{ time = "unlimited", memory = "unlimited" }}
sandbox = {{ read = "/srv/a", write = ["/srv/b"], network = true }}
[vhost."site.test".route."/open/"]
cgi.root = "programs"
sandbox = "off"

[vhost."*.wild.test"]
respond = {{ text = "wild" }}
[vhost."deep.wild.test".route."/only/"]
respond = {{ text = "deep" }}
[vhost."inside.test"]
listeners = ["admin"]
respond = {{ text = "inside" }}
[vhost."rest.test"]
aliases = ["*"]
listeners = ["admin"]
root = "all"
hidden_files = true
"""


class Case:
    """A request: target, fields, host, method, listener, and bytes of a body. `host` None sends none but for a field."""

    def __init__(self, target, *fields, host="site.test", method="GET", listener="http", body=b""):
        self.target, self.fields, self.host, self.method, self.listener = target, fields, host, method, listener
        self.body = body

    def __str__(self):
        return f"{self.method} {self.host} {self.target} {self.fields} at {self.listener}"

    def url(self, port):
        if self.host is None or not self.target.startswith("/"):
            return self.target
        return f"http://{self.host}:{port}{self.target}"

    def bytes(self, port):
        names = [field.split(":")[0].lower() for field in self.fields]
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        if "host" not in names:
            lines.append(f"Host: {self.host}:{port}")
        return "\r\n".join([*lines, *self.fields, "", ""]).encode("latin-1", "surrogateescape") + self.body


def lasting(fields):
    """The fields but for what is another one with each answer."""
    return [(name, re.sub("boundary=.*", "boundary", value)) for name, value in fields if name != "Date"]


def every(method, *targets, **options):
    return [Case(target, method=method, **options) for target in targets]


DEEP = "/" + "a/" * 30
HOSTS = ["site.test", "SITE.Test", "site.test.", "www.site.test", "x.apps.site.test", "x.y.apps.site.test", "apps.site.test",
         "a.wild.test", "wild.test", "deep.wild.test", "a.deep.wild.test", "inside.test", "rest.test", "unknown.test", "127.0.0.1",
         "sit.test", "a_b.test", "[::1]"]
FILES = ["/", "/index.html", "/plain.txt", "/plain.txt/", "/large.bin", "/nothing", "/nothing/", "/folder", "/folder/",
         "/folder?a=b", "/folder/index.html", "/empty", "/empty/", "/a%20b.txt", "/.hidden", "/.well-known/acme", "/.well-known/x",
         "/./plain.txt", "/folder/../plain.txt", "/%2e%2e/plain.txt", "/../plain.txt", "/..%2fone.txt", "/folder%2findex.html",
         "/plain.txt%00", "/%zz", "//plain.txt", "/plain.txt?x", "/style.css", "/style.css.gz", DEEP, "/" + "x" * 300]
ROUTES = ["/list", "/list/", "/list/one.txt", "/list/sub", "/list/sub/", "/list/sub/secret", "/list/sub/secret/x", "/lists", "/app",
          "/app/", "/app/app.js", "/app/deep/link", "/app/.hidden", "/one", "/one/", "/one/x", "/exact", "/exact/", "/old", "/old/",
          "/old/a%20b?q", "/away", "/away?q", "/form", "/form/", "/gone/", "/gone/x", "/none"]
CASES = [
    *[Case("/", host=host) for host in HOSTS],
    *[Case("/", host=host, listener="admin") for host in HOSTS],
    *every("GET", *FILES),
    *every("GET", *ROUTES),
    *every("GET", "/cgi/", "/cgi/nothing", "/cgi", "/mixed/page.sh", "/mixed/nothing", "/mixed"), Case("/mixed/page.sh", method="POST"),
    *every("HEAD", "/", "/plain.txt", "/nothing", "/list/", "/exact", "/old/x"),
    *every("POST", "/", "/exact", "/form/", "/old/", "/nothing", "/list"),
    *every("OPTIONS", "/", "/form/", "/exact", "*"),
    *[Case("/plain.txt", method=method) for method in ("PUT", "DELETE", "PATCH", "TRACE", "FOO", "get", "PROPFIND")],
    Case("site.test:443", method="CONNECT"),
    Case("/only/x", host="deep.wild.test"), Case("/", host="deep.wild.test"), Case("/.hidden", host="rest.test", listener="admin"),
    # Content negotiation, ranges and preconditions.
    *[Case("/style.css", f"Accept-Encoding: {value}") for value in ("gzip", "br", "gzip;q=0", "identity;q=0.1, gzip", "*")],
    *[Case("/list/", f"Accept: {value}") for value in ("application/json", "text/html", "application/json;q=0.1, text/html")],
    *[Case("/nothing/", f"Accept: {value}") for value in ("text/html", "text/plain")],
    *[Case("/plain.txt", f"Range: {value}") for value in ("bytes=0-9", "bytes=-5", "bytes=90-", "bytes=200-", "bytes=0-1,5-6",
                                                          "lines=1-2", "bytes=9-0")],
    Case("/plain.txt", "Range: bytes=0-9", method="HEAD"),
    Case("/large.bin", "Range: bytes=5-"), Case("/plain.txt", "If-None-Match: *"), Case("/plain.txt", "If-Match: \"other\""),
    Case("/plain.txt", "If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT"),
    Case("/plain.txt", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"),
    Case("/plain.txt", "If-Modified-Since: yesterday"),
    # Bodies.
    Case("/form/", "Content-Length: 4", method="POST", body=b"\0" * 4),
    Case("/form/", "Content-Length: 1001", method="POST", body=b"\0" * 1001),
    Case("/form/", "Content-Length: 2000000", "Expect: 100-continue", method="POST"),
    Case("/form/", "Content-Length: +4", method="POST"), Case("/form/", "Content-Length: 4", "Content-Length: 5", method="POST"),
    Case("/form/", "Transfer-Encoding: chunked", method="POST", body=b"0\r\n\r\n"),
    Case("/form/", "Transfer-Encoding: gzip", method="POST"),
    Case("/form/", "Content-Length: 0", "Transfer-Encoding: chunked", method="POST", body=b"0\r\n\r\n"),
    Case("/form/", "Expect: wonders", method="POST"), Case("/plain.txt", "Content-Length: 3", body=b"\0" * 3),
    # Heads that are refused.
    Case("/", "Host: a", "Host: b"), Case("/", "Host: a b"), Case("/", "Host: user@site.test"), Case("/", "Host:"),
    Case("/", "X: " + "y" * 5000), Case("/" + "z" * 5000), Case("/", *[f"X-{i}: 1" for i in range(25)]), Case("/a b"),
    Case("/", "B@d: x"), Case("/\x7f"), Case("/caf\xe9"), Case("/", "Connection: close"), Case("ftp://site.test/", host="site.test"),
]


class Explain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ports = {"http": free_port(), "admin": free_port()}
        cls.server = Server(TOML.format(**cls.ports), SITE)
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        # What has changed a moment ago is looked at again and again: not what this is about.
        time.sleep(0.3)

    def explain(self, *arguments, check=True):
        result = subprocess.run([PROGRAM, "explain", "--config", "webserv.toml", *arguments], capture_output=True, text=True,
                                timeout=20 * PATIENCE, cwd=self.server.folder, check=False)
        if check:
            self.assertEqual((0, ""), (result.returncode, result.stderr))
        return result

    def explained(self, case):
        fields = [part for field in case.fields for part in ("-H", field)]
        result = json.loads(self.explain("--json", *fields, "--", case.method, case.url(self.ports[case.listener])).stdout)
        for each in result["explanations"]:
            if case.listener in [listener["name"] for listener in each["listeners"]]:
                return each
        raise AssertionError(f"{case}: no explanation for its listener")

    def answered(self, case):
        with Client(("127.0.0.1", self.ports[case.listener])) as client:
            client.send(case.bytes(self.ports[case.listener]))
            return client.response(case.method)

    def log(self, lines):
        """The access log, once it has so many lines."""
        deadline = time.monotonic() + 10 * PATIENCE
        while time.monotonic() < deadline:
            entries = [json.loads(line) for line in self.server.errors().splitlines() if line.startswith("{")]
            entries = [entry for entry in entries if "http_status" in entry]
            if len(entries) >= lines:
                return entries
            time.sleep(0.05)
        raise AssertionError(f"{len(entries)} of {lines} requests are logged")

    def test_agrees_with_the_server(self):
        self.assertGreater(len(CASES), 100)
        answers = [self.answered(case) for case in CASES]
        entries = self.log(len(CASES))
        for case, answer, entry in zip(CASES, answers, entries):
            with self.subTest(str(case)[:200]):
                told = self.explained(case)
                self.assertEqual(answer.status, entry["http_status"])
                self.assertEqual(answer.status, told["answer"]["status"])
                self.assertEqual(answer.reason, told["answer"]["phrase"])
                self.assertEqual(entry.get("vhost"), told.get("vhost", {}).get("name"))
                self.assertEqual(entry.get("route"), told.get("route", {}).get("path"))
                self.assertEqual(lasting(answer.fields),
                                 lasting((field["name"], field["value"]) for field in told["answer"]["fields"]))
                for name in [field["name"] for field in told["answer"].get("removed", [])]:
                    self.assertIsNone(answer.field(name))
                if entry.get("error"):
                    self.assertEqual(entry["error"], told["answer"]["reason"])

    def test_the_file_is_the_one_that_is_sent(self):
        for case in CASES:
            told = self.explained(case)
            if told["answer"].get("status") != 200 or "file" not in told or not os.path.isfile(told["file"]) or case.method != "GET":
                continue
            with self.subTest(str(case)):
                with open(told["file"], "rb") as file:
                    self.assertEqual(file.read(), self.answered(case).body)

    def line(self, number):
        with open(self.server.path("webserv.toml"), encoding="utf-8") as file:
            return file.read().splitlines()[number - 1]

    def test_lines_are_those_of_the_file(self):
        told = self.explained(Case("/list/one.txt", host="x.apps.site.test"))
        self.assertIn('[vhost."site.test"]', self.line(told["vhost"]["line"]))
        self.assertIn("aliases", self.line(told["vhost"]["matched_line"]))
        self.assertEqual("*.apps.site.test", told["vhost"]["matched"])
        self.assertIn('route."/list/"', self.line(told["route"]["line"]))
        self.assertIn('root = "list"', self.line(told["handler"]["line"]))
        self.assertEqual(["/"], told["shorter"])
        lines = {field["name"]: field.get("line") for field in told["answer"]["fields"]}
        self.assertIn("X-Own", self.line(lines["X-Frame-Options"]))
        self.assertIsNone(lines["ETag"])
        limits = {limit["key"]: limit for limit in told["limits"] + told["timeouts"]}
        self.assertEqual(("4K", "head_size"), (limits["head_size"]["value"], self.line(limits["head_size"]["line"]).split()[0]))
        self.assertEqual(("5s", "write"), (limits["write"]["value"], self.line(limits["write"]["line"]).split()[0]))
        self.assertNotIn("line", limits["idle"])
        limits = {limit["key"]: limit for limit in self.explained(Case("/form/"))["limits"]}
        self.assertEqual(1000, limits["body_size"]["value"])

    def test_people_see_why(self):
        rows = [
            (["GET", "http://site.test/nothing"], ["404 Not Found: no such file", "www/nothing", "error page", "webserv.toml:"]),
            (["GET", "http://sit.test/"], ["none has the name sit.test", "site.test is close"]),
            (["GET", "http://www.site.test/"], ["site.test, by its alias www.site.test", "the index of the folder"]),
            (["GET", "http://q.wild.test/"], ["*.wild.test, which stands for q.wild.test"]),
            (["GET", "http://deep.wild.test/onyl/x"], ["none has the path /onyl/x", "/only/ is close"]),
            (["GET", "http://site.test/lits/x"], ["/list/ is close"]),
            (["GET", "/app/x/y"], ["host site.test (none was named)", "the fallback, for there is no such file"]),
            (["GET", "http://site.test/folder"], ["a folder, whose path ends with a slash", "Location: /folder/"]),
            (["GET", "http://site.test/list"], ["the path lacks the slash that its route ends with"]),
            (["POST", "http://site.test/plain.txt"], ["405", "GET, HEAD, OPTIONS", "errors/4xx.html"]),
            (["GET", "http://site.test:1/"], ["none has the port 1", "no connection can be made"]),
            (["GET", "unix:/nowhere:/x"], ["none is at /nowhere"]),
            (["-H", "Accept-Encoding: gzip", "GET", "http://site.test/style.css"], ["www/style.css.gz", "the compressed file"]),
            (["-H", "If-None-Match: *", "GET", "http://site.test/"], ["304 Not Modified: the client has it"]),
            (["-H", "Host: site.test", "GET", "http://127.0.0.1/exact"], ["host site.test", "respond.status = 200"]),
            (["GET", "site.test/exact"], ["host site.test", "200 OK"]),
            (["GET", "http://user:secret@site.test/#part"], ["GET /, host site.test\n"]),
        ]
        for arguments, parts in rows:
            with self.subTest(arguments):
                text = self.explain(*arguments).stdout
                for part in parts:
                    self.assertIn(part, text)
                self.assertNotIn("\x1b", text)

    def test_a_url_of_https_is_told_that_nothing_speaks_it(self):
        port = self.ports["http"]
        plain = f"the URL without TLS is http://site.test:{port}/exact?q\n"
        broken = "a client of https gets 400 Bad Request"
        rows = [
            (f"https://site.test:{port}/exact?q", ["no listener speaks TLS: https needs a proxy", broken, plain, "200 OK"], []),
            ("https://site.test/exact?q", ["no listener speaks TLS: https needs a proxy", plain, "200 OK"], [broken]),
            ("https://site.test:1/", ["no listener speaks TLS\n", "none has the port 1"], ["without TLS"]),
            (f"http://site.test:{port}/exact", ["200 OK"], ["TLS"]),
        ]
        for url, parts, others in rows:
            with self.subTest(url):
                text = self.explain("GET", url).stdout
                for part in parts:
                    self.assertIn(part, text)
                for part in others:
                    self.assertNotIn(part, text)
        text = self.explain("-H", "Host: [::1]", "GET", rows[0][0]).stdout
        self.assertIn(f"the URL without TLS is http://[::1]:{port}/exact?q\n", text)
        notes = json.loads(self.explain("--json", "GET", rows[0][0]).stdout)["notes"]
        self.assertEqual(notes[-1] + "\n", plain)
        self.assertNotIn("notes", json.loads(self.explain("--json", "GET", "/").stdout))

    def test_listeners_that_differ_are_told_apart(self):
        text = self.explain("GET", "http://inside.test/").stdout
        self.assertEqual(2, text.count("request "))
        self.assertIn("421", text)
        self.assertIn("200 OK", text)
        self.assertEqual(1, self.explain("GET", "http://site.test/").stdout.count("request "))

    def test_programs_are_named_and_not_run(self):
        rows = [
            ("/cgi/page.sh/more/path", ["programs/page.sh\n", "SCRIPT_NAME = /cgi/page.sh", "PATH_INFO = /more/path"]),
            ("/cgi/page.run", ["programs/page.run\n", "interpreter = /bin/sh", 'time = "7s"']),
            ("/mixed/", ["programs/page.run\n", "interpreter = /bin/sh", "SCRIPT_NAME = /mixed/page.run",
                         'time = "unlimited", memory = "unlimited"']),
        ]
        os.chmod(self.server.path("programs/page.sh"), 0o755)
        for target, parts in rows:
            with self.subTest(target):
                text = self.explain("POST", f"http://site.test{target}").stdout
                for part in [*parts, "what the program says: it is not run for this", "X-Frame-Options: DENY"]:
                    self.assertIn(part, text)
                self.assertNotIn("hidden value", text)
        told = self.explained(Case("/cgi/page.sh"))
        self.assertNotIn("status", told["answer"])
        self.assertEqual(self.server.path("programs/page.sh"), told["program"])
        self.assertFalse(os.path.exists(self.server.path("programs/ran")))

    def test_the_sandbox_of_programs(self):
        programs = self.server.path("programs")
        rows = [
            ("/cgi/page.sh", [f'sandbox.read = ["{programs}", "/bin/sh", "the programs and libraries of the system"]',
                              'sandbox.write = ["a folder of the run, $TMPDIR"]', "sandbox.network = false"], False),
            ("/mixed/", [f'sandbox.read = ["{programs}", "/bin/sh", "the programs and libraries of the system", "/srv/a"]',
                         'sandbox.write = ["a folder of the run, $TMPDIR", "/srv/b"]', "sandbox.network = true"], True),
            ("/open/", ['sandbox = "off"'], True),
        ]
        for target, lines, is_said in rows:
            with self.subTest(target):
                text = self.explain("GET", f"http://site.test{target}").stdout
                found = {line.strip().split("  ")[0]: line for line in text.splitlines() if " sandbox" in line}
                self.assertEqual(lines, list(found))
                self.assertEqual([is_said] * len(lines), ["webserv.toml:" in line for line in found.values()])
                told = [each for each in self.explained(Case(target))["options"] if each["key"].startswith("sandbox")]
                self.assertEqual([is_said] * len(lines), [self.line(each["line"]).startswith("sandbox =") if is_said else "line" in each for each in told])

    def test_wrong_command_lines_and_files(self):
        for arguments in (["GET", ""], ["GET", "/a\nb"], ["", "/"], ["GET\r\n", "/"]):
            result = self.explain(*arguments, check=False)
            self.assertEqual((2, ""), (result.returncode, result.stdout), arguments)
        result = subprocess.run([PROGRAM, "explain", "--config", "/nonexistent.toml", "GET", "/"], capture_output=True, text=True,
                                check=False)
        self.assertEqual((78, ""), (result.returncode, result.stdout))
        self.assertIn("/nonexistent.toml", result.stderr)

    def test_nothing_of_it_can_move_a_terminal(self):
        text = self.explain("-H", "X: \x1b[2J", "GET", "http://site.test/\x1b[31m").stdout
        self.assertNotIn("\x1b", text)


class Tls(unittest.TestCase):
    def test_a_client_of_https_gets_what_is_told(self):
        hello = ssl.MemoryBIO()
        with self.assertRaises(ssl.SSLWantReadError):
            ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="site.test").do_handshake()
        port = free_port()
        with Server(TOML.format(http=port, admin=free_port()), SITE), Client(("127.0.0.1", port)) as client:
            client.send(hello.read())
            self.assertEqual(client.response("GET").status, 400)


if __name__ == "__main__":
    unittest.main()
