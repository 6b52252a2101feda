"""Programs of the world behind the server, driven by their own clients: git, cgit, PHP, and scripts in C, Python and for the shell."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest

from server import PATIENCE, Server

PROGRAMS = pathlib.Path(__file__).parents[1] / "programs"
EXAMPLES = pathlib.Path(__file__).parents[2] / "examples/cgi-bin"
MANY = 50 << 20


def run(*command, **more):
    """Standard output of a program that must succeed."""
    result = subprocess.run(command, capture_output=True, check=False, timeout=120 * PATIENCE, **more)
    if result.returncode:
        raise AssertionError(f"{command} ended with {result.returncode}:\n{result.stdout[-2000:]!r}\n{result.stderr[-4000:]!r}")
    return result.stdout


class Scripts(unittest.TestCase):
    """The same program in three languages."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("""
            [vhost."*".route."/bin/"]
            cgi = { root = "bin", interpreters = { ".txt" = "/bin/sh" } }
            sendfile_roots = "private"
            body_size = "8M"
            """, {"bin/not-executable": "#!/bin/sh\n"}))
        for name in ("hello.py", "hello.sh"):
            shutil.copy(EXAMPLES / name, cls.server.path("bin", name))
        shutil.copyfile(EXAMPLES / "hello.sh", cls.server.path("bin", "hello.txt"))
        run("cc", "-O1", "-o", cls.server.path("bin", "hello"), str(EXAMPLES / "hello.c"))
        cls.url = "http://{}:{}/bin/".format(*cls.server.address)

    def test_each_sees_path_query_and_body(self):
        for name in ("hello", "hello.py", "hello.sh", "hello.txt"):
            with self.subTest(name):
                self.assertEqual(run("curl", "-sSf", f"{self.url}{name}"), b"GET ? 0\n")
                self.assertEqual(run("curl", "-sSf", f"{self.url}{name}/a%20b/c?d=e;f"), b"GET /a b/c?d=e;f 0\n")
                for fields in ([], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]):
                    sent = run("curl", "-sSf", "--data-binary", "@-", *fields, f"{self.url}{name}", input=bytes(3 << 20))
                    self.assertEqual(sent, f"POST ? {3 << 20}\n".encode())

    def test_every_method_that_a_client_may_choose(self):
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            self.assertEqual(run("curl", "-sSf", "-X", method, f"{self.url}hello"), f"{method} ? 0\n".encode())
        self.assertIn(b"Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH",
                      run("curl", "-sS", "-i", "-X", "OPTIONS", f"{self.url}hello"))
        self.assertEqual(run("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", "-I", f"{self.url}hello"), b"200 0")

    def test_a_file_that_a_script_names(self):
        content = bytes(range(256)) * 400
        private = self.server.path("private")
        os.mkdir(private)
        pathlib.Path(private, "a.bin").write_bytes(content)
        script = pathlib.Path(self.server.path("bin", "private.sh"))
        script.write_text("#!/bin/sh\nprintf 'Content-Type: application/x-own\\nX-Sendfile: %s\\n\\n' \"$QUERY_STRING\"\n", encoding="utf-8")
        script.chmod(0o755)
        file = f"{self.url}private.sh?{private}/a.bin"
        self.assertEqual(run("curl", "-sSf", file), content)
        self.assertEqual(run("curl", "-sSf", "-r", "1000-2999", file), content[1000:3000])
        self.assertIn(b"Content-Type: application/x-own\r\n", run("curl", "-sSfI", file))
        for other in (f"{private}/../webserv.toml", f"{private}/none", "/etc/passwd"):
            status = run("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", f"{self.url}private.sh?{other}")
            self.assertEqual(status, b"404", other)

    def test_what_cannot_run(self):
        for name, status in (("none", b"404"), ("", b"404"), ("not-executable", b"403")):
            self.assertEqual(run("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", f"{self.url}{name}"), status, name)


class Git(unittest.TestCase):
    """git http-backend, with bodies that are gathered and bodies that are streamed."""

    ROUTES = ("gathered", "streamed")

    @classmethod
    def setUpClass(cls):
        cls.home = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="webserv-git-"))
        cls.environment = {"PATH": os.environ["PATH"], "HOME": cls.home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
                           "LC_ALL": "C.UTF-8", "GIT_AUTHOR_NAME": "Anna", "GIT_AUTHOR_EMAIL": "anna@example.test",
                           "GIT_COMMITTER_NAME": "Anna", "GIT_COMMITTER_EMAIL": "anna@example.test"}
        pathlib.Path(cls.home, "projects").mkdir()
        # Its processor's time is git's alone, and no part of what is tested.
        pathlib.Path(cls.home, ".gitconfig").write_text("[core]\ncompression = 0\n", encoding="ascii")
        cls.server = cls.enterClassContext(Server(f"""
            [vhost."*"]
            body_size = "200M"
            [vhost."*".route."/gathered/"]
            cgi = {{ program = "{cls.backend()}" }}
            environment = {{ GIT_PROJECT_ROOT = "{cls.home}/projects", GIT_HTTP_EXPORT_ALL = "1" }}
            cgi_limits = {{ time = "5m", memory = "1G" }}
            sandbox = {{ write = "{cls.home}/projects" }}
            [vhost."*".route."/streamed/"]
            cgi = {{ program = "{cls.backend()}" }}
            cgi_body = "stream"
            environment = {{ GIT_PROJECT_ROOT = "{cls.home}/projects", GIT_HTTP_EXPORT_ALL = "1" }}
            cgi_limits = {{ time = "5m", memory = "1G" }}
            sandbox = {{ write = "{cls.home}/projects" }}
            """))
        for route in cls.ROUTES:
            cls.make_project(route)

    @classmethod
    def backend(cls):
        return os.path.join(run("git", "--exec-path").decode().strip(), "git-http-backend")

    @classmethod
    def git(cls, *arguments, folder="."):
        return run("git", *arguments, cwd=os.path.join(cls.home, folder), env=cls.environment)

    @classmethod
    def make_project(cls, name):
        """A bare repository with a history of three commits, that may be pushed to."""
        cls.git("init", "--quiet", "--bare", "--initial-branch=main", f"projects/{name}.git")
        cls.git("config", "http.receivepack", "true", folder=f"projects/{name}.git")
        cls.git("init", "--quiet", "--initial-branch=main", f"origin-{name}")
        for number in range(3):
            cls.commit(f"origin-{name}", f"file-{number}", os.urandom(100_000))
        cls.git("push", "--quiet", f"{cls.home}/projects/{name}.git", "main", folder=f"origin-{name}")

    @classmethod
    def commit(cls, folder, name, content):
        pathlib.Path(cls.home, folder, name).write_bytes(content)
        cls.git("add", name, folder=folder)
        cls.git("commit", "--quiet", "--message", name, folder=folder)

    def url(self, route):
        return "http://{}:{}/{}/{}.git".format(*self.server.address, route, route)

    def test_clone_fetch_and_shallow_clone(self):
        for route in self.ROUTES:
            with self.subTest(route):
                clone = f"clone-{route}"
                self.git("clone", "--quiet", self.url(route), clone)
                self.git("fsck", "--strict", folder=clone)
                self.assertEqual(self.git("rev-parse", "HEAD", folder=clone), self.git("rev-parse", "HEAD", folder=f"origin-{route}"))
                self.git("clone", "--quiet", "--depth=1", self.url(route), f"shallow-{route}")
                self.assertEqual(self.git("rev-list", "--count", "HEAD", folder=f"shallow-{route}"), b"1\n")
                self.git("fetch", "--quiet", "--unshallow", folder=f"shallow-{route}")
                self.assertEqual(self.git("rev-list", "--count", "HEAD", folder=f"shallow-{route}"), b"3\n")
                # The oldest protocol asks with bodies that git compresses.
                self.git("-c", "protocol.version=0", "clone", "--quiet", self.url(route), f"old-{route}")

    def test_push_of_much(self):
        for route in self.ROUTES:
            with self.subTest(route):
                clone = f"pusher-{route}"
                self.git("clone", "--quiet", self.url(route), clone)
                content = os.urandom(MANY)
                self.commit(clone, "much", content)
                # What does not fit into http.postBuffer (1 MiB) is sent in chunks.
                self.git("push", "--quiet", "origin", "main", folder=clone)
                project = f"projects/{route}.git"
                self.git("fsck", "--strict", folder=project)
                self.assertEqual(hashlib.sha256(self.git("show", "main:much", folder=project)).digest(),
                                 hashlib.sha256(content).digest())
                # And back.
                self.git("pull", "--quiet", self.url(route), "main", folder=f"origin-{route}")
                self.git("reset", "--hard", "--quiet", "HEAD~1", folder=clone)
                self.git("push", "--quiet", "--force", "origin", "main", folder=clone)

    def test_what_is_not_there(self):
        with self.assertRaisesRegex(AssertionError, "not found"):
            self.git("clone", "--quiet", self.url("gathered").replace("gathered.git", "none.git"), "none")


@unittest.skipUnless(os.path.exists("/usr/lib/cgit/cgit.cgi"), "needs /usr/lib/cgit/cgit.cgi: apt-get install cgit")
class Cgit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        Git.setUpClass()
        cls.addClassCleanup(Git.doClassCleanups)
        cls.server = cls.enterClassContext(Server(f"""
            [vhost."*".route."/cgit/"]
            cgi = {{ program = "/usr/lib/cgit/cgit.cgi" }}
            environment = {{ CGIT_CONFIG = "{{folder}}/cgitrc" }}
            sandbox = {{ read = ["{{folder}}/cgitrc", "{Git.home}/projects"] }}
            [vhost."*".route."/cgit-css/"]
            root = "/usr/share/cgit"
            """, {"cgitrc": f"css=/cgit-css/cgit.css\nsnapshots=tar.gz\nsafe-directory=*\nscan-path={Git.home}/projects\n"}))
        cls.url = "http://{}:{}".format(*cls.server.address)

    def get(self, path, status=200):
        text, _, code = run("curl", "-sS", "-w", "\n%{http_code}", self.url + path).rpartition(b"\n")
        self.assertEqual(int(code), status, path)
        return text

    def test_pages(self):
        self.assertIn(b"gathered.git", self.get("/cgit/"))
        for path, text in (("/", b"file-2"), ("/log/", b"file-0"), ("/tree/", b"file-1"), ("/refs/", b"main"),
                           ("/log/?h=main&ofs=1", b"file-1")):
            self.assertIn(text, self.get("/cgit/gathered.git" + path), path)
        self.assertEqual(self.get("/cgit/gathered.git/plain/file-1"), Git.git("show", "HEAD:file-1", folder="origin-gathered"))
        self.assertIn(b"cgit", self.get("/cgit-css/cgit.css"))
        self.get("/cgit/none/", 404)

    def test_a_snapshot(self):
        archive = self.server.path("snapshot.tar.gz")
        pathlib.Path(archive).write_bytes(self.get("/cgit/gathered.git/snapshot/gathered-main.tar.gz"))
        with tarfile.open(archive) as files:
            self.assertIn("gathered-main/file-0", files.getnames())


@unittest.skipUnless(os.path.exists("/usr/bin/php-cgi"), "needs /usr/bin/php-cgi: apt-get install php-cgi")
class Php(unittest.TestCase):
    """Scripts among files."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("""
            [vhost."*"]
            root = "site"
            index = ["index.php", "index.html"]
            scripts = { ".php" = "/usr/bin/php-cgi" }
            environment = { SESSIONS = "{folder}/sessions", PHP_INI_SCAN_DIR = ":{folder}/ini" }
            sandbox = { read = "ini", write = "sessions" }
            body_size = "8M"
            """, {"sessions/": "", "ini/opcache.ini": "opcache.lockfile_path = ${TMPDIR}\n", "site/plain.txt": "plain", "site/sub/index.html": "<p>html"}))
        for path in (PROGRAMS / "php").iterdir():
            shutil.copy(path, cls.server.path("site", path.name))
        cls.url = "http://{}:{}".format(*cls.server.address)

    def ask(self, path, *options, **more):
        return json.loads(run("curl", "-sSf", *options, self.url + path, **more))

    def test_forms(self):
        for options in ([], ["-H", "Transfer-Encoding: chunked"]):
            found = self.ask("/index.php?a=1&b%5B%5D=x;y", "-d", "name=Zo%C3%AB", "-d", "empty=", *options)
            self.assertEqual((found["method"], found["get"], found["post"]),
                             ("POST", {"a": "1", "b": ["x;y"]}, {"name": "Zoë", "empty": ""}))

    def test_uploads(self):
        content = os.urandom(1_500_000)
        for options in ([], ["-H", "Transfer-Encoding: chunked"]):
            found = self.ask("/index.php", "-F", "note=with a file", "-F", "file=@-;filename=ä.bin", *options, input=content)
            self.assertEqual(found["post"], {"note": "with a file"})
            self.assertEqual(found["files"]["file"], {"name": "ä.bin", "size": len(content), "error": 0,
                                                      "sha256": hashlib.sha256(content).hexdigest()})

    def test_a_body_of_its_own_kind(self):
        self.assertEqual(self.ask("/index.php", "-T", "-", input=bytes(5 << 20))["input"], 5 << 20)

    def test_sessions(self):
        jar = self.server.path("jar")
        visits = [run("curl", "-sSf", "-b", jar, "-c", jar, self.url + "/visits.php") for _ in range(3)]
        self.assertEqual(visits, [b"1", b"2", b"3"])
        self.assertEqual(run("curl", "-sSf", self.url + "/visits.php"), b"1")

    def test_an_index_and_a_path_behind_a_script(self):
        found = self.ask("/")
        self.assertEqual((found["php_self"], found["path_info"], found["script"]),
                         ("/index.php", "", self.server.path("site", "index.php")))
        found = self.ask("/index.php/a%20b/c?d=e")
        self.assertEqual((found["php_self"], found["path_info"], found["get"]), ("/index.php/a b/c", "/a b/c", {"d": "e"}))

    def test_other_files_are_files(self):
        self.assertEqual(run("curl", "-sSf", self.url + "/plain.txt"), b"plain")
        self.assertEqual(run("curl", "-sSf", self.url + "/sub/"), b"<p>html")
        code = run("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-d", "a=b", self.url + "/plain.txt")
        self.assertEqual(code, b"405")

    def test_answers_that_are_no_plain_200(self):
        def answer(kind):
            return run("curl", "-sS", "-i", f"{self.url}/answers.php?kind={kind}").decode()
        self.assertRegex(answer("missing"), r"^HTTP/1.1 404 .*\r\n(?s:.*)\r\n\r\nanswer$")
        self.assertRegex(answer("redirect"), r"^HTTP/1.1 302 .*\r\n(?s:.*)Location: https://elsewhere.test/\r\n")
        cookies = [line for line in answer("cookies").split("\r\n") if line.startswith("Set-Cookie: ")]
        self.assertEqual(cookies, ["Set-Cookie: a=of%20a", "Set-Cookie: b=of%20b"])


if __name__ == "__main__":
    unittest.main()
