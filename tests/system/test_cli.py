"""The command line: what is printed, how the program ends, and what it says of mistakes."""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from server import PATIENCE, PROGRAM, Client, Server, free_port, listening_socket, wait_until, write_files

RIGHT = '[vhost."*".route."/"]\nrespond = { text = "here" }\n'
WRONG = """\
[server]
workers = "many"
[listener.http]
adress = "127.0.0.1:8080"
[limits]
body_size = "12 M"
[vhost."*"]
root = "www"
[vhost."*".route."/x/"]
redirect = { to = "/y/", status = 200 }
root = "www"
[vhost."*".route."/up/"]
upload = { directory = "up" }
"""


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=20 * PATIENCE, check=False,
                          stdin=subprocess.DEVNULL, **options)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def write(self, text, name="webserv.toml"):
        write_files(self.folder, {name: text})
        return os.path.join(self.folder, name)


class Information(unittest.TestCase):
    def test_version(self):
        result = run("--version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^webserv \d+\.\d+\.\d+\n$")

    def test_help(self):
        for arguments in (["--help"], ["serve", "--help"]):
            with self.subTest(arguments):
                result = run(*arguments)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                for word in ("--config", "--listen", "--workers"):
                    self.assertIn(word, result.stdout + run("serve", "--help").stdout)

    def test_help_where_nobody_reads_it(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("needs /dev/full")
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE,
                                    timeout=20 * PATIENCE, check=False)
        self.assertIn(result.returncode, (0, 1))


class Mistakes(Folder):
    def test_a_wrong_command_line_is_2(self):
        good = self.write(RIGHT)
        for line in ("--nonsense", "serve --nonsense", "serve --config", "serve --workers many", "serve --workers -1",
                     "serve a b", "serve --listen nowhere", "serve --listen 127.0.0.1:99999",
                     f"serve --listen x=y=z --config {good}"):
            arguments = line.split()
            with self.subTest(arguments):
                result = run(*arguments)
                self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
                self.assertTrue(result.stderr.strip())

    def test_a_folder_that_is_not_there_is_told(self):
        result = run("serve", os.path.join(self.folder, "none"), "--listen", f"127.0.0.1:{free_port()}")
        self.assertIn(result.returncode, (1, 2, 78))
        self.assertIn("none", result.stderr)

    def test_a_command_that_is_mistyped(self):
        rows = (("chek", "did you mean `webserv check`?"), ("shema", "did you mean `webserv schema`?"),
                ("help", "did you mean `webserv --help`?"), ("site.toml", "write --config site.toml"),
                ("none", "name one, or use --config FILE"))
        for word, advice in rows:
            with self.subTest(word):
                result = run(word, cwd=self.folder)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertEqual(result.stderr, f"webserv: {word} is no directory that can be served; {advice}\n")

    def test_a_wrong_configuration_is_78_with_all_its_mistakes(self):
        path = self.write(WRONG)
        result = run("serve", "--config", path)
        self.assertEqual(result.returncode, 78, result.stderr)
        for line, word in ((2, "workers"), (4, "adress"), (6, "body_size"), (10, "status"), (11, "root"), (13, "upload")):
            with self.subTest(line=line):
                self.assertRegex(result.stderr, rf"(?m)^{re.escape(path)}:{line}:\d+: error: .*{word}")
        self.assertIn("address", result.stderr)

    def test_the_column_is_that_of_the_token(self):
        path = self.write(WRONG)
        places = {int(line): int(column) for line, column in re.findall(
            r"webserv\.toml:(\d+):(\d+): error", run("serve", "--config", path).stderr)}
        self.assertEqual({line: places.get(line) for line in (4, 6)}, {4: 1, 6: 13})
        self.assertIn(places.get(2), (1, 11))

    def test_syntax_errors_have_a_place(self):
        for text, line in (("[server\n", 1), ("a = 1\nb = \n", 2), ("[server]\nworkers = 1\nworkers = 2\n", 3),
                           ('[server]\nx = "\x01"\n', 2),
                           ("[server]\n\0", 2), ("\ufeff[server]\nworkers = x\n",
                            None), ("a." * 20_000 + "b = 1\n", 1), ("[" * 20_000, 1),
                           ("x = " + "[" * 100_000, 1), ("# \udcff\n", 1)):
            with self.subTest(text[:20]):
                path = os.path.join(self.folder, "bad.toml")
                with open(path, "wb") as file:
                    file.write(text.encode("utf-8", "surrogateescape"))
                result = run("serve", "--config", path)
                self.assertEqual(result.returncode, 78, result.stderr[:500])
                self.assertRegex(result.stderr, rf"(?m)^{re.escape(path)}:{line or '[0-9]+'}:\d+: error: ")

    def test_a_configuration_that_is_not_there_is_told(self):
        path = os.path.join(self.folder, "none.toml")
        result = run("serve", "--config", path)
        self.assertIn(result.returncode, (1, 78))
        self.assertIn(path, result.stderr)

    def test_an_address_that_is_taken_is_78(self):
        with listening_socket() as taken:
            path = self.write(RIGHT + f'[listener.http]\naddress = "127.0.0.1:{taken.getsockname()[1]}"\n')
            result = run("serve", "--config", path)
        self.assertEqual(result.returncode, 78, result.stderr)
        self.assertIn(str(taken_port(path)), result.stderr)

    def test_control_bytes_of_a_configuration_reach_no_terminal(self):
        result = run("serve", "--config", self.write('[server]\n"\\u001b[31mred" = 1\n[vhost."*"]\nroot = "x"\n'))
        self.assertEqual(result.returncode, 78)
        self.assertNotIn("\x1b[31mred", result.stderr)


def taken_port(path):
    with open(path, encoding="utf-8") as file:
        return int(re.search(r":(\d+)", file.read())[1])


class Serving(Folder):
    def serve(self, *arguments, **environment):
        return Server(RIGHT, arguments=["serve", *arguments], environment=environment)

    def test_a_folder_is_served_with_a_listing_and_its_url_is_printed(self):
        self.write("hello", "site/a.txt")
        port = free_port()
        with self.serve(os.path.join(self.folder, "site"), "--listen", f"127.0.0.1:{port}") as server:
            with Client(("127.0.0.1", port)) as client:
                self.assertEqual(client.ask("/a.txt").body, b"hello")
                self.assertIn(b"a.txt", client.ask("/").body)
            with open(server.path("stdout"), encoding="utf-8") as file:
                self.assertIn(f"http://127.0.0.1:{port}/", file.read() + server.errors())

    def test_a_relative_folder_and_no_subcommand(self):
        self.write("hello", "site/a.txt")
        port = free_port()
        previous = os.getcwd()
        os.chdir(self.folder)
        try:
            with Server(RIGHT, arguments=["--listen", f"127.0.0.1:{port}",
                                          "site"]), Client(("127.0.0.1", port)) as client:
                self.assertEqual(client.ask("/a.txt").body, b"hello")
        finally:
            os.chdir(previous)

    def test_a_unix_socket(self):
        path = os.path.join(self.folder, "http.sock")
        config = self.write(RIGHT)
        for _ in range(2):  # the second start finds the path of the first
            with self.serve("--config", config, "--listen", f"unix:{path}"):
                result = subprocess.run(["curl", "-sS", "--unix-socket", path, "http://test/"], capture_output=True,
                                        text=True,
                                        timeout=20 * PATIENCE, check=False)
                self.assertEqual((result.stdout, result.stderr), ("here", ""))

    def test_a_unix_socket_that_somebody_serves_is_not_taken_away(self):
        path = os.path.join(self.folder, "http.sock")
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(path)
            other.listen()
            result = run("serve", "--config", self.write(RIGHT), "--listen", f"unix:{path}")
            self.assertEqual(result.returncode, 78, result.stderr)
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(path)

    def test_listen_overrides_the_address_of_a_listener_by_its_name(self):
        ports = [free_port() for _ in range(3)]
        config = self.write(
    RIGHT +
     f'[listener.http]\naddress = "127.0.0.1:{ports[0]}"\n[listener.more]\naddress = "127.0.0.1:{ports[1]}"\n')
        with self.serve("--config", config, "--listen", f"more=127.0.0.1:{ports[2]}"):
            for port in (ports[0], ports[2]):
                with Client(("127.0.0.1", port)) as client:
                    self.assertEqual(client.ask("/").body, b"here")
            with self.assertRaises(ConnectionRefusedError):
                Client(("127.0.0.1", ports[1]))

    def test_workers_are_as_many_as_asked_for(self):
        config = self.write(RIGHT)
        for workers in (1, 4):
            with self.serve("--config", config, "--workers", str(workers), "--listen", f"127.0.0.1:{free_port()}") as server:
                # And the one of the signals, and one that waits for the workers' end: it starts when they serve already.
                # The thread sanitizer has one of its own.
                expected = workers + 2 + (os.environ.get("WEBSERV_SANITIZE") == "thread")
                self.assertTrue(wait_until(lambda: self.threads(server) >= expected, 20))
                time.sleep(0.2 * PATIENCE)  # for those that should not be
                self.assertEqual(self.threads(server), expected)

    def threads(self, server):
        return len(os.listdir(f"/proc/{server.pid}/task"))

    def test_the_configuration_folder_of_systemd_is_used(self):
        port = free_port()
        self.write(RIGHT + f'[listener.http]\naddress = "127.0.0.1:{port}"\n')
        with self.serve(CONFIGURATION_DIRECTORY=self.folder), Client(("127.0.0.1", port)) as client:
            self.assertEqual(client.ask("/").body, b"here")

    def test_without_a_configuration_the_welcome_site_is_served(self):
        if os.path.exists("/etc/webserv/webserv.toml"):
            self.skipTest("this machine has a configuration")
        port = free_port()
        with self.serve("--listen", f"127.0.0.1:{port}",
                        CONFIGURATION_DIRECTORY=self.folder), Client(("127.0.0.1", port)) as client:
            response = client.ask("/", "Accept: text/html")
            self.assertEqual((response.status, response.field("Content-Type").split(";")[0]), (200, "text/html"))
            links = {link for link in re.findall(r'href="(/[^"/][^"]*)"', response.body.decode())}
            for link in links:
                with self.subTest(link):
                    self.assertIn(client.ask(link).status // 100, (4,) if "no-such" in link else (2, 3))


class Logs(Folder):
    SITE = '[server]\nworkers = 1\n[log]\naccess = "%s"\n[vhost."*".route."/"]\nrespond = { text = "here" }\n'

    def lines(self, access):
        with Server(self.SITE % access) as server:
            with server.client() as client:
                client.ask("/a?b", "User-Agent: test\xff\"\\\x09x", "Referer: http://r/")
                client.ask("/%1b%0a", method="HEAD")
                client.send(b"BAD \x1b[31m / HTTP/1.1\r\n\r\n")
                client.response()
            server.stop()
            return server.errors()

    def test_json(self):
        events = [json.loads(line) for line in self.lines("json").splitlines()]
        requests = [each for each in events if "http_status" in each]
        self.assertEqual([int(each["http_status"]) for each in requests], [200, 200, 400])
        first = requests[0]
        self.assertEqual((first["http_method"], first["http_target"], first["remote_addr"], first["vhost"],
                          first["route"], first["listener"]),
                         ("GET", "/a?b", "127.0.0.1", "*", "/", "http"))
        self.assertEqual((first["http_version"], int(first["response_bytes"]),
                         first["http_referer"]), ("1.1", 4, "http://r/"))
        self.assertEqual(len({each["request_id"] for each in requests}), 3)

    def test_combined(self):
        lines = [line for line in self.lines("combined").splitlines() if "HTTP/1.1\"" in line]
        self.assertRegex(
    lines[0],
     r'^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET /a\?b HTTP/1\.1" 200 4 "http://r/" "test')

    def test_no_control_byte_of_a_client_is_logged(self):
        for access in ("json", "combined", "journal"):
            with self.subTest(access):
                self.assertNotRegex(self.lines(access), r"[\x00-\x08\x0b-\x1f\x7f]")

    def test_off(self):
        self.assertNotIn("/a?b", self.lines("off"))

    def test_a_log_that_nobody_reads_stops_no_answer(self):
        reader, writer = os.pipe()
        port = free_port()
        path = self.write(self.SITE % "json" + f'[listener.http]\naddress = "127.0.0.1:{port}"\n')
        with subprocess.Popen([PROGRAM, "serve", "--config", path], stderr=writer, stdin=subprocess.DEVNULL) as process:
            try:
                os.close(writer)
                answers = ask_often(port, 3000)
                self.assertEqual(answers, 3000)
                drain = threading.Thread(target=self.read, args=(reader,), daemon=True)
                drain.start()
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(20 * PATIENCE), 0)
                drain.join(5)
            finally:
                if process.poll() is None:
                    process.kill()
                os.close(reader)

    def read(self, reader):
        while os.read(reader, 1 << 16):
            pass


def ask_often(port, count):
    """How many of so many requests on one connection are answered."""
    with contextlib.ExitStack() as stack:
        for _ in range(200 * PATIENCE):
            with contextlib.suppress(ConnectionRefusedError):
                client = stack.enter_context(Client(("127.0.0.1", port)))
                break
            threading.Event().wait(0.05)
        return sum(client.ask("/" + "x" * 200).status == 200 for _ in range(count))


if __name__ == "__main__":
    unittest.main()
