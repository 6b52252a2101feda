"""What webserv check says of the files in tests/config: to each in mistakes/ belongs NAME.expected, its whole output; those
in right/ have none. After a change of messages, read what has changed:

    WEBSERV_BIN=build/release/webserv tests/system/test_check.py --update && git diff tests/config
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from server import PATIENCE, SANITIZED, free_port, listening_socket, write_files
from server import PROGRAM as GIVEN_PROGRAM

PROGRAM = os.path.abspath(GIVEN_PROGRAM)
CORPUS = pathlib.Path(__file__).parent.parent / "config"
HOST = '[vhost."*"]\nroot = "www"\n'


def check(*arguments, folder=None, text=None, **environment):
    keep = {key: value for key, value in os.environ.items() if key != "CONFIGURATION_DIRECTORY"}
    return subprocess.run([PROGRAM, "check", *arguments], cwd=folder, input=text, capture_output=True, check=False,
                          timeout=20 * PATIENCE, env={**keep, **environment})


def files(kind):
    return sorted((CORPUS / kind).glob("*.toml"))


def output_of(file):
    """What is said of a file; it is named without its folder."""
    result = check("--config", file.name, folder=file.parent)
    return result.returncode, result.stdout + result.stderr


class Corpus(unittest.TestCase):
    maxDiff = None

    def test_mistakes_are_told_as_expected(self):
        self.assertGreaterEqual(len(files("mistakes")), 80)
        for file in files("mistakes"):
            with self.subTest(file.stem):
                status, output = output_of(file)
                self.assertEqual(status, 78)
                self.assertEqual(output.decode(), file.with_suffix(".expected").read_text(encoding="utf-8"))

    def test_right_files_pass(self):
        self.assertGreaterEqual(len(files("right")), 20)
        for file in files("right"):
            with self.subTest(file.stem):
                status, output = output_of(file)
                self.assertEqual(status, 0, output.decode())
                self.assertRegex(output.decode(), rf"^{re.escape(file.name)}: \d+ hosts?, \d+ routes?, no mistakes\n$")

    def test_what_serves_is_told_the_same_way(self):
        for file in files("mistakes"):
            with self.subTest(file.stem):
                result = subprocess.run([PROGRAM, "serve", "--config", file.name], cwd=file.parent, capture_output=True,
                                        timeout=20 * PATIENCE, check=False)
                self.assertEqual(result.returncode, 78)
                heads = [line for line in output_of(file)[1].decode().splitlines() if ": error: " in line]
                for head, line in zip(heads, result.stderr.decode().splitlines()):
                    self.assertEqual(head.split(" ")[0], line.split(" ")[0])

    def test_json_says_the_same_and_is_valid(self):
        for file in files("mistakes"):
            with self.subTest(file.stem):
                result = check("--config", file.name, "--json", folder=file.parent)
                self.assertEqual((result.returncode, result.stderr), (78, b""))
                errors = json.loads(result.stdout.decode())
                places = [f"{each['file']}:{each['line']}:{each['column']}" for each in errors if each["line"]]
                heads = re.findall(r"(?m)^(\S+?:\d+:\d+): error: ", output_of(file)[1].decode())
                self.assertEqual(places, heads)
                for each in errors:
                    self.assertEqual(set(each), {"file", "line", "column", "endLine", "endColumn", "severity", "message",
                                                 "suggestion"})
                    self.assertLessEqual((each["line"], each["column"]), (each["endLine"], each["endColumn"]))


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="webserv-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, text):
        write_files(self.folder, {"webserv.toml": text})

    def test_json_of_a_right_file_is_an_empty_list(self):
        self.write(HOST)
        result = check("--config", "webserv.toml", "--json", folder=self.folder)
        self.assertEqual((result.returncode, json.loads(result.stdout)), (0, []))

    def test_the_file_is_found_as_serve_finds_it(self):
        self.write(HOST)
        result = check(folder="/", CONFIGURATION_DIRECTORY=self.folder)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertIn(self.folder.encode(), result.stdout)

    def test_standard_input_is_a_file(self):
        result = check("--config", "-", text=b"rot = 1\n" + HOST.encode())
        self.assertEqual(result.returncode, 78)
        self.assertIn(b"<stdin>:1:1: error: ", result.stderr)

    def test_a_file_that_is_not_there(self):
        result = check("--config", "none.toml", folder=self.folder)
        self.assertEqual(result.returncode, 78)
        self.assertIn(b"none.toml: error: the configuration cannot be read: No such file", result.stderr)

    def test_a_pipe_gets_no_colours(self):
        self.write("rot = 1\n")
        self.assertNotIn(b"\x1b", check("--config", "webserv.toml", folder=self.folder).stderr)

    def test_a_terminal_gets_colours_unless_it_refuses_them(self):
        self.write("rot = 1\n")
        for environment, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                                      ({"TERM": "dumb"}, False)):
            with self.subTest(environment):
                output = on_terminal("check", "--config", "webserv.toml", folder=self.folder, environment=environment)
                self.assertEqual(b"\x1b[" in output, coloured, output)

    def test_serve_shows_the_lines_on_a_terminal(self):
        self.write("rot = 1\n")
        output = on_terminal("serve", "--config", "webserv.toml", folder=self.folder, environment={"NO_COLOR": "1"})
        self.assertIn(b"  1 | rot = 1", output)

    def test_nothing_that_the_file_names_need_be_there(self):
        self.write('[listener.http]\naddress = "192.0.2.1:1"\n[vhost."no.such.host"]\nroot = "/no/such/folder"\n')
        self.assertEqual(check("--config", "webserv.toml", folder=self.folder).returncode, 0)


class Size(unittest.TestCase):
    MOST_MEMORY = 64 << 20

    @unittest.skipIf(SANITIZED, "a sanitizer has memory of its own")
    def test_a_thousand_hosts_with_ten_thousand_routes(self):
        parts = []
        for host in range(1000):
            parts.append(f'[vhost."h{host}.example"]\naliases = ["www.h{host}.example"]\nroot = "/srv/{host}"\n')
            parts += [f'[vhost."h{host}.example".route."/{route}/"]\nredirect = {{ to = "/{route + 1}/" }}\n'
                      for route in range(9)]
        with tempfile.TemporaryDirectory(prefix="webserv-test-") as folder:
            for text, status in (("".join(parts), 0), ("".join(parts).replace('root = "', 'rot = '), 78)):
                write_files(folder, {"webserv.toml": text})
                with subprocess.Popen([PROGRAM, "check", "--config", "webserv.toml"], cwd=folder,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                    _, wait_status, usage = os.wait4(process.pid, 0)
                    process.returncode = os.waitstatus_to_exitcode(wait_status)
                self.assertEqual(process.returncode, status)
                self.assertLess(usage.ru_maxrss * 1024, self.MOST_MEMORY)


class Live(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="webserv-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def live(self, text, files=None):
        write_files(self.folder, {"webserv.toml": text, **(files or {})})
        self.assertEqual(check("--config", "webserv.toml", folder=self.folder).returncode, 0)
        return json.loads(check("--config", "webserv.toml", "--live", "--json", folder=self.folder).stdout)

    def errors(self, text, files=None):
        return [(each["line"], each["message"].replace(self.folder + "/", "")) for each in self.live(text, files)]

    def test_each_is_told_at_the_value_that_is_wrong(self):
        with listening_socket() as taken:
            text = ('[listener.http]\naddress = ["127.0.0.1:0", @"127.0.0.1:PORT"@]\n' + HOST +
                    'fallback = @"/none.html"@\nerror_pages = { 404 = "404.html", 500 = @"none.html"@ }\n'
                    'symlinks = ["more", @"none"@]\nscripts = { ".cgi" = "", ".php" = @"/none/php"@ }\nsendfile_roots = @\'none\'@\n'
                    '[vhost."*".route."/x/"]\nroot = @"none"@\n[vhost."*".route."/a/"]\n'
                    'cgi = { interpreters = { ".sh" = "/bin/sh", ".x" = @"/none/x"@ }, root = @"none"@ }\nsymlinks = @"none"@\n'
                    '[vhost."*".route."/b/".cgi]\nprogram = @"none"@\n').replace("PORT", str(taken.getsockname()[1]))
            errors = self.live(text.replace("@", ""), {"www/": "", "404.html": "", "more/": ""})
        wanted = []
        for number, line in enumerate(text.splitlines(), 1):
            wanted += [(number, marked) for marked in re.findall("@([^@]*)@", line)]
        lines = text.replace("@", "").splitlines()
        told = [(each["line"], lines[each["line"] - 1][each["column"] - 1:each["endColumn"] - 1]) for each in errors]
        self.assertEqual(told, wanted)


    def test_what_is_there_passes(self):
        text = f'[listener.http]\naddress = "127.0.0.1:{free_port()}"\n' + HOST
        text += 'fallback = "/index.html"\nerror_pages = { 404 = "404.html" }\nsymlinks = "more"\n'
        text += '[vhost."*".route."/one"]\nroot = "one.txt"\n'
        self.assertEqual(self.errors(text, {"www/index.html": "", "404.html": "", "more/": "", "one.txt": ""}), [])

    def test_folders_and_files_that_are_missing(self):
        text = HOST + ('fallback = "/index.html"\nerror_pages = { 404 = "404.html" }\nsymlinks = "more"\n'
                       '[vhost."*".route."/x/"]\nroot = "file"\n[vhost."*".route."/y/"]\nroot = "none"\n')
        self.assertEqual(self.errors(text, {"www/": "", "file": ""}), [
            (3, "the file `www/index.html` cannot be opened: No such file or directory"),
            (4, "the file `404.html` cannot be opened: No such file or directory"),
            (5, "the folder `more` cannot be opened: No such file or directory"),
            (7, "`file` is no folder"),
            (9, "the folder `none` cannot be opened: No such file or directory"),
        ])

    def test_programs_and_their_folders(self):
        text = ('[vhost."*"]\nroot = "www"\nscripts = { ".php" = "/none/php", ".cgi" = "" }\n[vhost."*".route."/a/"]\n'
                'cgi = { root = "scripts", interpreters = { ".x" = "SELF/data", ".sh" = "/bin/sh" } }\nsendfile_roots = "private"\n'
                '[vhost."*".route."/b/"]\ncgi = { program = "www" }\n[vhost."*".route."/c/"]\ncgi = { program = "/bin/sh" }\n')
        self.assertEqual(self.errors(text.replace("SELF", self.folder), {"www/": "", "data": ""}), [
            (3, "the program `/none/php` cannot be run: No such file or directory"),
            (5, "the folder `scripts` cannot be opened: No such file or directory"),
            (5, "the program `data` cannot be run by this user: Permission denied"),
            (6, "the folder `private` cannot be opened: No such file or directory"),
            (8, "`www` is no program"),
        ])

    def test_what_a_sandbox_opens(self):
        text = ('[vhost."*".route."/a/"]\ncgi.root = "bin"\nsandbox = { read = ["data", "file", "link", "none"], write = ["data",\n"gone"] }\n'
                '[vhost."*".route."/b/"]\ncgi.root = "bin"\nsandbox = { read = ["run/own"], write = "state" }\n')
        files = {"bin/": "", "data/": "", "file": "", "run/own/": "", "state/": ""}
        os.symlink("data", os.path.join(self.folder, "link"))
        self.assertEqual(self.errors(text, files), [(3, "`none` cannot be opened by programs: No such file or directory"),
                                                    (4, "`gone` cannot be opened by programs: No such file or directory")])

    def test_a_sandbox_that_opens_what_is_the_servers_own(self):
        text = ('[vhost."*".route."/a/"]\ncgi.root = "bin"\nsandbox = { read = ["link", "run/own"], write = "run" }\n')
        write_files(self.folder, {"etc/webserv.toml": text, "etc/bin/": "", "etc/run/own/": ""})
        os.symlink("../etc", os.path.join(self.folder, "etc/link"))
        result = check("--live", "--json", "--config", "etc/webserv.toml", folder=self.folder, RUNTIME_DIRECTORY=f"{self.folder}/etc/run")
        told = [(each["column"], each["message"].replace(self.folder, "")) for each in json.loads(result.stdout)]
        self.assertEqual(told, [
            (21, "`/etc/link` opens the configuration by a link to `/etc`, which is the server's own: `/etc/webserv.toml`"),
            (49, "`/etc/run` opens a folder of $RUNTIME_DIRECTORY, which is the server's own: `/etc/run`")])
        for command in ("serve", "explain"):
            more = ["GET", "/a/"] if command == "explain" else []
            result = subprocess.run([PROGRAM, command, "--config", "etc/webserv.toml", *more], cwd=self.folder, capture_output=True, check=False,
                                    timeout=20 * PATIENCE, env={**os.environ, "RUNTIME_DIRECTORY": f"{self.folder}/etc/run"})
            self.assertEqual(result.returncode, 78)
            self.assertIn(b"opens the configuration by a link", result.stderr)

    def test_an_address_that_another_program_has(self):
        with listening_socket() as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            errors = self.errors(f'[listener.http]\naddress = "{address}"\n' + HOST, {"www/": ""})
        self.assertEqual([line for line, _ in errors], [2])
        self.assertIn(f"`{address}` is in use by", errors[0][1])

    def test_an_address_that_this_machine_does_not_have(self):
        errors = self.errors('[listener.http]\naddress = "192.0.2.1:8080"\n' + HOST, {"www/": ""})
        self.assertEqual(errors, [(2, "`192.0.2.1:8080` cannot be bound: Cannot assign requested address")])


def on_terminal(*arguments, folder, environment):
    """What the program writes to standard error where that is a terminal."""
    master, terminal = os.openpty()
    with subprocess.Popen([PROGRAM, *arguments], cwd=folder, stderr=terminal, stdout=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], **environment}) as process:
        os.close(terminal)
        output = b""
        try:
            while piece := os.read(master, 1 << 16):
                output += piece
        except OSError:  # the other end is closed
            pass
        process.wait(20 * PATIENCE)
    os.close(master)
    return output


def update():
    for file in files("mistakes"):
        file.with_suffix(".expected").write_bytes(output_of(file)[1])


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        unittest.main()
