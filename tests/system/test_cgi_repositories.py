"""gitweb, Mercurial and Fossil in their sandboxes, with the lines that docs/cgi.md and examples/ give, driven by their own clients."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from server import PATIENCE, Server

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
# Fossil run by root goes into a jail of its own (chroot), which no sandbox allows: as an ordinary user it does not.
USER = 61235


def needs(*paths):
    missing = [path for path in paths if not os.path.exists(path)]
    return unittest.skipIf(missing, f"needs {missing}: apt-get install gitweb libcgi-pm-perl mercurial fossil")


class Repositories(unittest.TestCase):
    """Each begins with an example whose folders are elsewhere."""

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="webserv-repositories-"))
        os.chmod(self.folder, 0o755)
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.path("home"), "HGUSER": "anna", "USER": "anna", "LC_ALL": "C.UTF-8",
                            "GIT_AUTHOR_NAME": "Anna", "GIT_AUTHOR_EMAIL": "anna@example.test", "GIT_COMMITTER_NAME": "Anna",
                            "GIT_COMMITTER_EMAIL": "anna@example.test"}
        os.mkdir(self.path("home"))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text, mode=0o644):
        path = pathlib.Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def run_client(self, *command, folder="."):
        result = subprocess.run(command, cwd=self.path(folder), env=self.environment, capture_output=True, check=False, timeout=60 * PATIENCE)
        self.assertEqual(result.returncode, 0, (command, result.stdout, result.stderr))
        return result.stdout.decode(errors="replace")

    def serve(self, example, more="", changes=()):
        """The server of an example, with /srv in the folder of the test."""
        text = (EXAMPLES / example).read_text(encoding="utf-8").replace('"/srv/', f'"{self.folder}/') + more
        for old, new in changes:
            text = text.replace(old, new)
        for here, folders, files in os.walk(self.folder):
            for path in (here, *(os.path.join(here, name) for name in folders + files)):
                if os.geteuid() == 0:
                    os.chown(path, USER, USER)
        wrapper = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups") if os.geteuid() == 0 else ()
        server = Server(text, wrapper=wrapper)
        for name in ("", "webserv.toml", "notify"):
            os.chmod(server.path(name), 0o777)
        self.enterContext(server)
        self.server = server
        return "http://{}:{}".format(*server.address)

    def get(self, path, status=200):
        answer = self.server.get(path)
        self.assertEqual(answer.status, status, (answer.body[-2000:], self.server.errors()))
        return answer.body.decode(errors="replace")

    @needs("/usr/share/gitweb/gitweb.cgi", "/usr/share/perl5/CGI.pm")
    def test_gitweb(self):
        self.run_client("git", "init", "--quiet", "--initial-branch=main", "git/project")
        self.write("git/project/file.txt", "some content\n")
        self.run_client("git", "add", "file.txt", folder="git/project")
        self.run_client("git", "commit", "--quiet", "--message", "first words", folder="git/project")
        self.write("gitweb.conf", f'$projectroot = "{self.path("git")}";\n1;\n')
        # /etc/gitweb.conf is in the sandbox by default.
        self.serve("gitweb.toml", changes=[
            ("GIT_CONFIG_COUNT", f'GITWEB_CONFIG = "{self.path("gitweb.conf")}"\nGIT_CONFIG_COUNT'),
            (f'sandbox = {{ read = "{self.path("git")}" }}', f'sandbox = {{ read = ["{self.path("git")}", "{self.path("gitweb.conf")}"] }}')])
        self.assertIn("project", self.get("/gitweb/"))
        self.assertIn("first words", self.get("/gitweb/?p=project/.git;a=shortlog"))
        self.assertIn("some content", self.get("/gitweb/?p=project/.git;a=blob_plain;f=file.txt"))
        self.assertIn("404", self.get("/gitweb/?p=none;a=summary", 404))
        self.assertIn("body", self.get("/gitweb/static/gitweb.css"))

    @needs("/usr/bin/hg")
    def test_mercurial(self):
        self.write("bin/hgweb.cgi", f"#!/usr/bin/python3\nfrom mercurial.hgweb import hgweb, wsgicgi\n"
                                    f"wsgicgi.launch(hgweb(b\"{self.path('hg')}/hgweb.config\"))\n", 0o755)
        self.write("hg/hgweb.config", f"[paths]\n/ = {self.path('hg')}/*\n[web]\nallow-push = *\npush_ssl = false\n")
        self.run_client("hg", "init", "hg/project")
        self.write("hg/project/file.txt", "some content\n")
        self.run_client("hg", "commit", "--addremove", "--message", "first words", folder="hg/project")
        url = self.serve("hg.toml")
        self.assertIn("first words", self.get("/hg/project/shortlog"))
        self.run_client("hg", "clone", f"{url}/hg/project", "clone")
        self.write("clone/more.txt", "more\n")
        self.run_client("hg", "commit", "--addremove", "--message", "pushed words", folder="clone")
        self.run_client("hg", "push", folder="clone")
        self.assertIn("pushed words", self.get("/hg/project/shortlog"))

    @needs("/usr/bin/fossil")
    def test_fossil(self):
        self.write("bin/fossil.cgi", f"#!/usr/bin/fossil\ndirectory: {self.path('fossil')}\n", 0o755)
        os.mkdir(self.path("fossil"))
        self.run_client("fossil", "init", "--admin-user", "anna", "fossil/project.fossil")
        self.run_client("fossil", "user", "password", "anna", "secret", "-R", "fossil/project.fossil")
        self.run_client("fossil", "user", "capabilities", "nobody", "ghoi", "-R", "fossil/project.fossil")
        url = self.serve("fossil.toml")
        self.assertIn("initial empty check-in", self.get("/fossil/project/timeline"))
        self.run_client("fossil", "clone", f"{url}/fossil/project".replace("//", "//anna:secret@", 1), "clone.fossil", "--admin-user",
                        "anna", "--save-http-password")
        os.mkdir(self.path("clone"))
        self.run_client("fossil", "open", "../clone.fossil", folder="clone")
        self.write("clone/file.txt", "some content\n")
        self.run_client("fossil", "add", "file.txt", folder="clone")
        self.run_client("fossil", "commit", "--no-warnings", "-m", "pushed words", folder="clone")
        self.assertIn("pushed words", self.get("/fossil/project/timeline"))


if __name__ == "__main__":
    unittest.main()
