"""Proxies in front: nginx, HAProxy and Caddy as docs/proxies.md has them, and what others say who are not trusted.

The blocks of the page are what runs here; where a program is missing, its test is skipped.
"""
import collections
import contextlib
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import threading
import unittest

from server import PATIENCE, PROGRAM, Server, free_port, wait_until

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "proxies.md")

WHO = """#!/bin/sh
printf 'Content-Type: text/plain\\n\\n'
for name in REMOTE_ADDR REMOTE_PORT REQUEST_SCHEME HTTPS SERVER_NAME SERVER_PORT HTTP_FORWARDED HTTP_X_FORWARDED_FOR \\
    HTTP_X_FORWARDED_PROTO HTTP_X_FORWARDED_HOST HTTP_X_FORWARDED_PORT; do
  eval "value=\\${$name-}"
  [ -z "$value" ] || printf '%s=%s\\n' "$name" "$value"
done
"""
FILES = {"www/index.html": "<p>home", "www/large": b"0123456789abcdef" * (1 << 18), "bin/who": WHO}
HOST = """
[log]
access = "json"
[vhost."*"]
root = "www"
[vhost."*".route."/who"]
cgi = { program = "bin/who" }
"""


def site(trusted, *more, limits="", host=HOST):
    """A listener at 127.0.0.1:{port} and at a unix socket."""
    lines = [f"trusted_proxies = {json.dumps(trusted)}", *more] if trusted is not None else list(more)
    return "\n".join(["[listener.http]", 'address = ["127.0.0.1:{port}", "unix:{folder}/http.sock"]', *lines, limits, host])


@contextlib.contextmanager
def serving(text):
    port = free_port()
    with Server(text.replace("{port}", str(port)), FILES) as server:
        os.chmod(server.path("bin", "who"), 0o755)
        server.address = ("127.0.0.1", port)
        yield server


def variables(answer):
    assert answer.status == 200, answer
    return dict(line.split("=", 1) for line in answer.body.decode("latin-1").split("\n") if line)


def who(server, *fields):
    return variables(server.get("/who", *fields))


def log_lines(server):
    lines = []
    for line in server.errors().splitlines():
        with contextlib.suppress(ValueError):
            lines.append(json.loads(line))
    return lines


def logged(server, target):
    """The line of the request in the log."""
    found = []
    assert wait_until(lambda: found.extend(each for each in log_lines(server) if each.get("http_target") == target) or found)
    return found[-1]


def events(server, name):
    text = server.errors()
    return [line for line in text.splitlines() if name in line]


class Fields(unittest.TestCase):
    """Of trusted peers and of all others."""

    @classmethod
    def setUpClass(cls):
        cls.trusting = cls.enterClassContext(serving(site(["127.0.0.0/8"])))
        cls.strict = cls.enterClassContext(serving(site(["10.0.0.0/8"])))
        cls.plain = cls.enterClassContext(serving(site(None)))

    def test_a_trusted_peer_names_the_client_everywhere(self):
        got = who(self.trusting, "X-Forwarded-For: 203.0.113.9:4711", "X-Forwarded-Proto: https", "X-Forwarded-Host: a.test")
        self.assertEqual((got["REMOTE_ADDR"], got["REMOTE_PORT"]), ("203.0.113.9", "4711"))
        self.assertEqual((got["REQUEST_SCHEME"], got["HTTPS"], got["SERVER_PORT"]), ("https", "on", "443"))
        self.assertEqual(got["SERVER_NAME"], "test", "Host says which host is asked")
        self.assertEqual(got["HTTP_X_FORWARDED_HOST"], "a.test", "a program may think otherwise")
        got = who(self.trusting, 'Forwarded: for="[2001:db8::9]:80";proto=https')
        self.assertEqual((got["REMOTE_ADDR"], got["REMOTE_PORT"], got["HTTPS"]), ("2001:db8::9", "80", "on"))
        self.trusting.get("/?named", "X-Forwarded-For: 203.0.113.9")
        self.assertEqual(logged(self.trusting, "/?named")["remote_addr"], "203.0.113.9")

    def test_of_all_others_nothing_is_seen(self):
        fields = ("X-Forwarded-For: 203.0.113.9", "x-forwarded-proto: https", "X-Forwarded-Host: a.test",
                  "X-Forwarded-Port: 1", "Forwarded: for=203.0.113.9;proto=https")
        for server in (self.strict, self.plain):
            got = who(server, *fields)
            self.assertEqual(got["REMOTE_ADDR"], "127.0.0.1")
            self.assertEqual(got["REQUEST_SCHEME"], "http")
            self.assertEqual([name for name in got if "FORWARDED" in name], [])
            server.get("/?forged", *fields)
            self.assertEqual(logged(server, "/?forged")["remote_addr"], "127.0.0.1")

    def test_forged_doubled_mapped_and_garbage_fields(self):
        rows = [
            (["X-Forwarded-For: 198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For: 203.0.113.9, 127.0.0.7"], "203.0.113.9"),
            (["X-Forwarded-For: ::ffff:203.0.113.9, ::ffff:127.0.0.7"], "203.0.113.9"),
            (["X-Forwarded-For: " + "198.51.100.1, " * 1100 + "203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For: 198.51.100.1, garbage"], "127.0.0.1"),
            (["X-Forwarded-For: 198.51.100.1, , 127.0.0.7"], "127.0.0.7"),
            (["X-Forwarded-For: \xff\xfe, 203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For: 198.51.100.1, _hidden"], "127.0.0.1"),
            (["Forwarded: for=198.51.100.1, for=unknown"], "127.0.0.1"),
            (['Forwarded: for="evil, for=203.0.113.9'], "203.0.113.9"),
            (["Forwarded: for=198.51.100.1", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For:"], "127.0.0.1"),
        ]
        for fields, client in rows:
            with self.subTest(fields[0][:80]):
                got = who(self.trusting, *fields)
                self.assertEqual(got["REMOTE_ADDR"], client)
                self.assertEqual(who(self.strict, *fields)["REMOTE_ADDR"], "127.0.0.1")
        got = who(self.trusting, "Forwarded: for=198.51.100.1", "X-Forwarded-For: 203.0.113.9")
        self.assertNotIn("HTTP_FORWARDED", got, "what does not count is seen by nobody")

    def test_ten_thousand_elements_are_read_where_heads_may_be_so_large(self):
        with serving(site(["127.0.0.0/8"], limits='[limits]\nhead_size = "1M"')) as server:
            for others, client in (("198.51.100.1, ", "203.0.113.9"), ("127.0.0.2, ", "203.0.113.9")):
                server.get("/?many", f"X-Forwarded-For: {others * 10_000}{client}")
                self.assertEqual(logged(server, "/?many")["remote_addr"], client)

    def test_a_unix_socket_is_trusted_by_its_name(self):
        with serving(site(["unix"])) as server:
            server.address = server.path("http.sock")
            self.assertEqual(who(server, "X-Forwarded-For: 203.0.113.9")["REMOTE_ADDR"], "203.0.113.9")
        self.strict.get("/")
        over_tcp = who(self.strict, "X-Forwarded-For: 203.0.113.9")
        self.assertEqual(over_tcp["REMOTE_ADDR"], "127.0.0.1")


class Limits(unittest.TestCase):
    def test_400_connections_of_one_proxy_are_all_served(self):
        with serving(site(["127.0.0.0/8"])) as server, contextlib.ExitStack() as stack:
            got = collections.Counter()
            for number in range(400):
                client = stack.enter_context(server.client())
                got[client.ask("/", f"X-Forwarded-For: 192.0.2.{number % 250}").status] += 1
            self.assertEqual(got, {200: 400})

    def test_what_looks_like_a_proxy_is_told_once(self):
        with serving(site(None, limits="[limits]\nconnections_per_client = 3")) as server, contextlib.ExitStack() as stack:
            for _ in range(3):
                client = stack.enter_context(server.client())
                self.assertEqual(client.ask("/", "X-Forwarded-For: 192.0.2.7").status, 200)
            for _ in range(3):
                with server.client() as client:
                    self.assertEqual(client.response().status, 503)
            self.assertEqual(len(events(server, "proxy_not_trusted")), 1)
            self.assertIn("trusted_proxies", events(server, "proxy_not_trusted")[0])

    def test_a_reload_changes_who_is_trusted(self):
        with serving(site(None)) as server, server.client() as kept:
            ask = lambda: variables(kept.ask("/who", "X-Forwarded-For: 203.0.113.9"))["REMOTE_ADDR"]
            self.assertEqual(ask(), "127.0.0.1")
            text = site(["127.0.0.0/8"]).replace("{port}", str(server.address[1])).replace("{folder}", server.folder)
            with open(server.path("webserv.toml"), "w", encoding="utf-8") as file:
                file.write(text)
            server.reload()
            self.assertEqual(ask(), "203.0.113.9")
            with open(server.path("webserv.toml"), "w", encoding="utf-8") as file:
                file.write(text.replace("[listener.http]", "[listener.http]\nproxy_protocol = true"))
            server.reload()
            with server.client() as client:
                client.send(b"PROXY TCP4 203.0.113.8 10.0.0.1 4711 80\r\n")
                self.assertEqual(variables(client.ask("/who"))["REMOTE_ADDR"], "203.0.113.8")


SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def binary(command=0x21, family=0x11, rest=None):
    if rest is None:
        rest = socket.inet_aton("203.0.113.9") + socket.inet_aton("10.0.0.1") + struct.pack(">HH", 4711, 80)
    return SIGNATURE + bytes([command, family]) + struct.pack(">H", len(rest)) + rest


def unknown_values():
    rest = binary()[16:]
    return binary(rest=rest + b"\xea\0\5other" + b"\x04\0\0")


LINE = b"PROXY TCP4 203.0.113.9 10.0.0.1 4711 80\r\n"
REQUEST = b"GET /who HTTP/1.1\r\nHost: test\r\n\r\n"


class ProxyProtocol(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(serving(site(["127.0.0.0/16"], "proxy_protocol = true")))

    def ask(self, *pieces):
        with self.server.client() as client:
            for piece in pieces:
                client.send(piece)
            return variables(client.response())

    def test_heads_that_are_right(self):
        for head in (LINE, binary(), unknown_values()):
            got = self.ask(head + REQUEST)
            self.assertEqual((got["REMOTE_ADDR"], got["REMOTE_PORT"]), ("203.0.113.9", "4711"), head)
        for head in (b"PROXY UNKNOWN\r\n", binary(0x20), binary(0x20, 0, b""), binary(0x21, 0, b"x"),
                     binary(0x21, 0x31, b"/" * 216)):
            self.assertEqual(self.ask(head + REQUEST)["REMOTE_ADDR"], "127.0.0.1", head)

    def test_a_head_tells_of_tls(self):
        got = self.ask(binary(rest=binary()[16:] + b"\x20\0\5\1\0\0\0\0") + REQUEST)
        self.assertEqual((got["HTTPS"], got["REQUEST_SCHEME"]), ("on", "https"))

    def test_a_head_split_at_every_byte(self):
        for head in (LINE, binary()):
            for cut in range(1, len(head) + 1):
                self.assertEqual(self.ask(head[:cut], head[cut:] + REQUEST)["REMOTE_ADDR"], "203.0.113.9", cut)

    def test_others_are_closed_without_a_word(self):
        wrong = [REQUEST, b"PROXY TCP4 203.0.113.9\r\n" + REQUEST, binary(0x31), binary(rest=b"1234"),
                 SIGNATURE + b"\x21\x11\xff\xff" + b"x" * 70_000, binary(rest=binary()[16:] + b"\x04\xff\xff"),
                 binary(0x21, 0x13), b"PROXY UNKNOWN " + b"x" * 100]
        for head in wrong:
            with self.server.client() as client, contextlib.suppress(ConnectionError):
                client.send(head)
                self.assertEqual(client.socket.recv(100), b"", head[:60])
        self.assertTrue(wait_until(lambda: events(self.server, "proxy_refused")))
        self.assertLessEqual(len(events(self.server, "proxy_refused")), os.cpu_count(), "once a minute for each worker")

    def test_an_absent_or_late_head_ends_the_connection(self):
        for begun in (b"", b"PROXY TCP4 "):
            with self.server.client(timeout=20) as client:
                client.send(begun)
                client.end()

    def test_those_who_are_not_trusted_are_closed(self):
        with socket.socket() as client:
            client.settimeout(8 * PATIENCE)
            client.bind(("127.1.0.1", 0))
            client.connect(self.server.address)
            with contextlib.suppress(ConnectionError):
                client.sendall(LINE + REQUEST)
                self.assertEqual(client.recv(100), b"")

    def test_fields_of_the_client_are_dropped(self):
        request = b"GET /who HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n"
        got = self.ask(LINE + request)
        self.assertEqual(got["REMOTE_ADDR"], "203.0.113.9")
        self.assertNotIn("HTTP_X_FORWARDED_FOR", got)


class Explain(unittest.TestCase):
    def explain(self, toml, *arguments):
        folder = self.enterContext(serving(toml)).folder
        command = [PROGRAM, "explain", "--config", os.path.join(folder, "webserv.toml"), "--json", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        text = subprocess.run([each for each in command if each != "--json"], capture_output=True, text=True, timeout=60,
                              check=True).stdout
        return json.loads(done.stdout)["explanations"][0], text

    def times(self, explanation):
        return {each["key"]: each["value"] for each in explanation["timeouts"]}

    def test_it_sees_the_client_that_the_server_sees(self):
        told, text = self.explain(site(["10.0.0.0/8"]), "--from", "10.1.2.3", "-H", "X-Forwarded-For: 203.0.113.9",
                                  "-H", "X-Forwarded-Proto: https", "GET", "/")
        self.assertEqual(told["client"]["address"], "203.0.113.9")
        self.assertIn("named by the trusted proxy 10.1.2.3, over https", told["client"]["note"])
        self.assertRegex(text, r"(?m)^client +203\.0\.113\.9, named by the trusted proxy 10\.1\.2\.3, over https +\S+:3$")
        told, _ = self.explain(site(["10.0.0.0/8"]), "--from", "192.0.2.1", "-H", "X-Forwarded-For: 203.0.113.9", "GET", "/")
        self.assertEqual(told["client"]["address"], "192.0.2.1")
        self.assertIn("dropped", told["client"]["note"])
        told, _ = self.explain(site(["unix"]), "--from", "unix", "GET", "/")
        self.assertEqual(told["client"], {"address": "unix", "note": "a trusted proxy that names no client", "line": 3})
        told, _ = self.explain(site(None), "GET", "/")
        self.assertNotIn("client", told)

    def test_connections_of_proxies_have_longer_defaults(self):
        told, text = self.explain(site(["10.0.0.0/8"]), "--from", "10.1.2.3", "GET", "/")
        self.assertEqual((self.times(told)["idle"], self.times(told)["write"]), ("75s", "5m"))
        self.assertIn('idle = "75s"', text)
        told, _ = self.explain(site(["10.0.0.0/8"]), "--from", "192.0.2.1", "GET", "/")
        self.assertEqual((self.times(told)["idle"], self.times(told)["write"]), ("15s", "30s"))
        own = site(["10.0.0.0/8"], limits='[timeouts]\nidle = "9s"\nwrite = "8s"')
        told, _ = self.explain(own, "--from", "10.1.2.3", "GET", "/")
        self.assertEqual((self.times(told)["idle"], self.times(told)["write"]), ("9s", "8s"))

    def test_who_is_named_wrongly(self):
        for wrong in ("localhost", "127.0.0.1:80", "", "[::1]"):
            done = subprocess.run([PROGRAM, "explain", "--from", wrong, "GET", "/"], capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--from", done.stderr)


def blocks(heading):
    """The examples of the page below a heading, by the language that they name."""
    with open(PAGE, encoding="utf-8") as file:
        section = re.search(rf"(?ms)^## {heading}$(.*?)(?=^## |\Z)", file.read())[1]
    found = collections.defaultdict(list)
    for language, text in re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", section):
        found[language].append(text)
    return found


class InFront(unittest.TestCase):
    """A program in front, by the lines of the page. Each gets names and addresses of this test in place of the page's."""

    def start(self, command, port):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, "HOME": self.folder, "XDG_DATA_HOME": self.folder,
                                        "XDG_CONFIG_HOME": self.folder})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.terminate)

        def is_open():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return True
            self.assertIsNone(process.poll(), "the proxy has ended")
            return False

        self.assertTrue(wait_until(is_open, 20), "the proxy does not listen")

    def serve(self, toml):
        """The example's listener in a site of this test, at a port of its own."""
        port = free_port()
        text = toml.replace("127.0.0.1:8080", f"127.0.0.1:{port}").replace("unix:/run/webserv/http.sock",
                                                                          "unix:{folder}/http.sock")
        server = self.enterContext(serving(text + HOST))
        server.address = ("127.0.0.1", port)
        self.folder = server.folder
        return server

    def check_client(self, server, port, scheme="http"):
        """Whoever asks by the proxy is seen, whatever is said of others."""
        with socket.socket() as client:
            client.settimeout(8 * PATIENCE)
            client.bind(("127.3.2.1", 0))
            client.connect(("127.0.0.1", port))
            client.sendall(b"GET /who HTTP/1.1\r\nHost: site.test\r\nX-Forwarded-For: 198.51.100.1\r\n"
                           b"X-Forwarded-Proto: https\r\nForwarded: for=198.51.100.2;proto=https\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        got = dict(re.findall(r"(?m)^([A-Z_]+)=(.*?)\r?$", answer.decode()))
        self.assertEqual(got["REMOTE_ADDR"], "127.3.2.1", answer)
        self.assertEqual(got["REQUEST_SCHEME"], scheme, answer)
        self.assertEqual(got["SERVER_NAME"], "site.test", answer)
        self.assertNotIn("HTTP_FORWARDED", got)

    def check_many(self, port, clients=500):
        """Clients at the same time, all of one proxy."""
        got = collections.Counter()
        lock = threading.Lock()
        begin = threading.Barrier(20)

        def ask(first):
            begin.wait(30)
            for number in range(first, clients, 20):
                with socket.socket() as client:
                    client.settimeout(20 * PATIENCE)
                    client.bind((f"127.4.{number // 250}.{number % 250 + 1}", 0))
                    client.connect(("127.0.0.1", port))
                    client.sendall(b"GET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n")
                    status = client.recv(12)[9:12]
                with lock:
                    got[status] += 1

        threads = [threading.Thread(target=ask, args=(first,)) for first in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(got, {b"200": clients})

    def nginx(self, example, server, port):
        text = example.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(
            "127.0.0.1:8080", f"127.0.0.1:{server.address[1]}").replace("unix:/run/webserv/http.sock",
                                                                        f"unix:{server.path('http.sock')}")
        paths = "\n".join(f"{name}_temp_path {self.folder}/{name};" for name in
                          ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(os.path.join(self.folder, "nginx.conf"), "w", encoding="utf-8") as file:
            file.write(f"daemon off; pid {self.folder}/nginx.pid; error_log stderr; worker_processes 1;\n"
                       f"events {{ worker_connections 2048; }}\nhttp {{ access_log off; {paths}\n{text}\n}}\n")
        os.chmod(self.folder, 0o755)
        user = ["-g", "user root;"] if os.getuid() == 0 else []
        self.start([shutil.which("nginx"), "-p", self.folder, "-c", "nginx.conf", *user], port)

    @unittest.skipUnless(shutil.which("nginx"), "needs nginx")
    def test_nginx(self):
        for number, example in enumerate(blocks("nginx")["nginx"]):
            with self.subTest(number):
                server, port = self.serve(blocks("nginx")["toml"][0]), free_port()
                self.nginx(example, server, port)
                self.check_client(server, port)
                self.check_many(port)

    @unittest.skipUnless(shutil.which("nginx"), "needs nginx")
    def test_a_client_that_takes_little_behind_nginx(self):
        """nginx takes nothing for longer than `write` would be, since its client does not; here both are short."""
        toml = blocks("nginx")["toml"][0]
        port, own = free_port(), free_port()
        text = toml.replace("127.0.0.1:8080", f"127.0.0.1:{own}").replace("unix:/run/webserv/http.sock",
                                                                         "unix:{folder}/http.sock")
        server = self.enterContext(serving(text + HOST))
        server.address, self.folder = ("127.0.0.1", own), server.folder
        example = blocks("nginx")["nginx"][0].replace("location / {", "location / { proxy_max_temp_file_size 0;")
        self.nginx(example, server, port)
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(20 * PATIENCE)
            client.connect(("127.0.0.1", port))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n")
            self.assertFalse(wait_until(lambda: not client, 1.5))
            got = 0
            while piece := client.recv(1 << 16):
                got += len(piece)
        self.assertGreater(got, len(FILES["www/large"]))
        self.assertEqual(logged(server, "/large")["http_status"], 200)

    @unittest.skipUnless(shutil.which("haproxy"), "needs haproxy")
    def test_haproxy(self):
        found = blocks("HAProxy")
        for number, (example, toml) in enumerate(zip(found["haproxy"], found["toml"], strict=True)):
            with self.subTest(number):
                server, port = self.serve(toml), free_port()
                text = example.replace("bind :80", f"bind 127.0.0.1:{port}").replace(
                    "127.0.0.1:8080", f"127.0.0.1:{server.address[1]}")
                with open(server.path("haproxy.cfg"), "w", encoding="utf-8") as file:
                    file.write("defaults\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n" + text)
                self.start([shutil.which("haproxy"), "-db", "-f", server.path("haproxy.cfg")], port)
                self.check_client(server, port)
                self.check_many(port)

    @unittest.skipUnless(shutil.which("caddy"), "needs caddy")
    def test_caddy(self):
        found = blocks("Caddy")
        server, port = self.serve(found["toml"][0]), free_port()
        text = found["caddy"][0].replace("example.org {", f"http://site.test:{port} {{").replace(
            "127.0.0.1:8080", f"127.0.0.1:{server.address[1]}")
        with open(server.path("Caddyfile"), "w", encoding="utf-8") as file:
            file.write("{\n  admin off\n  auto_https off\n}\n" + text)
        self.start([shutil.which("caddy"), "run", "--adapter", "caddyfile", "--config", server.path("Caddyfile")], port)
        self.check_client(server, port)
        self.check_many(port)

    def test_cloudflare(self):
        """Its addresses are not ours to have: a client from another one does as it does."""
        toml = blocks("Cloudflare")["toml"][0]
        self.assertIn("173.245.48.0/20", toml)
        text = toml.replace('"*:80"', '"127.0.0.1:{port}"').replace('"173.245.48.0/20"', '"173.245.48.0/20", "127.0.0.1"')
        with serving(text + HOST) as server:
            got = who(server, "CF-Connecting-IP: 203.0.113.9", "X-Forwarded-For: 198.51.100.1, 203.0.113.9",
                      "X-Forwarded-Proto: https", 'CF-Visitor: {"scheme":"https"}')
            self.assertEqual((got["REMOTE_ADDR"], got["HTTPS"]), ("203.0.113.9", "on"))


if __name__ == "__main__":
    unittest.main()
