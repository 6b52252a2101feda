"""A script that attacks everything that is not its own (programs/attacker.py) reaches nothing: without systemd, as a user of its own
and as root.
"""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import unittest

from server import PATIENCE, Server

ATTACKER = pathlib.Path(__file__).parents[1] / "programs/attacker.py"
# Of nobody else, so that what reaches all processes of a user reaches those of the test alone.
USER = 61234
SITE = """
[vhost."*"]
respond = { text = "unharmed" }
[vhost."*".route."/attack/"]
cgi = { root = "site/attack" }
environment = { TARGETS = '{targets}' }
cgi_limits = { time = "100s" }
sandbox = { read = "site/shared" }
[vhost."*".route."/victim/"]
cgi = { root = "site/victim" }
environment = { TARGETS = '{}', SECRET = "of another route" }
cgi_limits = { time = "100s" }
[vhost."*".route."/other/"]
root = "site/other"
"""
FILES = {"run/control": "control", "credentials/key": "secret", "state/data": "state", "cache/data": "cache", "logs/log": "log",
         "site/other/index.html": "other", "site/other/.hidden": "hidden", "site/shared/data": "shared", "site/attack/": "",
         "site/victim/": "", "private/id": "of the server's user"}
FOLDERS = {"RUNTIME_DIRECTORY": "run", "CREDENTIALS_DIRECTORY": "credentials", "STATE_DIRECTORY": "state", "CACHE_DIRECTORY": "cache",
           "LOGS_DIRECTORY": "logs"}


def tree(folder):
    """All below a folder, as it is: nothing of it may change."""
    found = {}
    for here, _, files in os.walk(folder):
        for path in [here, *(os.path.join(here, name) for name in files)]:
            status = os.lstat(path)
            content = pathlib.Path(path).read_bytes() if stat.S_ISREG(status.st_mode) else b""
            found[path] = (status.st_mode, status.st_uid, status.st_nlink, content)
    return found


def standing(pid):
    """What others could do to a process without its help: how it runs, and what it may use."""
    def text(name):
        return pathlib.Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    fields = text("stat").rpartition(")")[2].split()
    status = dict(line.split(":\t", 1) for line in text("status").splitlines() if ":\t" in line)
    return {"stopped": fields[0] in "Tt", "group": fields[2], "nice": fields[16], "policy": os.sched_getscheduler(pid), "limits": text("limits"),
            "processors": status["Cpus_allowed_list"], "killer": text("oom_score_adj"), "cgroup": text("cgroup"), "traced by": status["TracerPid"]}


class Attack:
    """The tests, for a server of one user."""

    user = None

    @classmethod
    def setUpClass(cls):
        cls.abstract = cls.enterClassContext(socket.socket(socket.AF_UNIX))
        cls.name = f"webserv-test-attacked-{os.getpid()}-{cls.__name__}"
        cls.abstract.bind("\0" + cls.name)
        cls.abstract.listen()
        cls.server = Server(SITE, FILES, wrapper=cls.wrapper(), environment={name: f"{{folder}}/{path}" for name, path in FOLDERS.items()})
        cls.listen("service", socket.SOCK_STREAM).listen()
        cls.listen("datagrams", socket.SOCK_DGRAM)
        for route in ("attack", "victim"):
            shutil.copy(ATTACKER, cls.server.path("site", route))
        cls.give_folder()
        cls.enterClassContext(cls.server)

    @classmethod
    def listen(cls, name, kind):
        """A local socket of a service that is the user's, too."""
        listener = cls.enterClassContext(socket.socket(socket.AF_UNIX, kind))
        listener.bind(cls.server.path(name))
        return listener

    @classmethod
    def wrapper(cls):
        return () if cls.user in (None, 0) else ("setpriv", f"--reuid={cls.user}", f"--regid={cls.user}", "--clear-groups")

    @classmethod
    def give_folder(cls):
        """All of it is the server's user's, as it is where an ordinary user serves a folder."""
        folder = cls.server.path()
        targets = {"files": [os.path.join(folder, name) for name in FILES if not name.endswith("/") and "shared" not in name] +
                            [os.path.join(folder, "webserv.toml"), os.path.join(folder, "stderr"), os.path.join(folder, "site/victim/attacker.py"),
                             os.path.join(folder, "site/attack/attacker.py.none")],
                   "folders": [folder, *(os.path.join(folder, name) for name in ("run", "credentials", "state", "cache", "logs", "site",
                                                                                 "site/other", "site/victim", "private"))],
                   "ports": [cls.server.address[1]], "sockets": [cls.name],
                   "services": [os.path.join(folder, "service")], "datagrams": [os.path.join(folder, name) for name in ("notify", "datagrams")], "groups": cls.groups()}
        file = pathlib.Path(folder, "webserv.toml")
        file.write_text(file.read_text(encoding="utf-8").replace("{targets}", json.dumps(targets)), encoding="utf-8")
        for here, folders, files in os.walk(folder):
            for name in (here, *(os.path.join(here, each) for each in folders + files)):
                if cls.user:
                    os.chown(name, cls.user, cls.user)

    @staticmethod
    def groups():
        """The cgroups that this test and so the server is in."""
        lines = pathlib.Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
        paths = [f"/sys/fs/cgroup{mount}{line.split(':')[2]}" for line in lines for mount in ("", "/unified", "/memory", "/systemd")]
        return sorted({path.rstrip("/") for path in paths if os.path.exists(path)})

    def ask(self, path, targets=None):
        fields = [f"X-Targets: {json.dumps(targets)}"] if targets else []
        with self.server.client(timeout=120) as client:
            return client.ask(path, *fields)

    def assert_nothing_reached(self, answer, least):
        self.assertEqual(answer.status, 200)
        lines = answer.body.decode().splitlines()
        self.assertEqual([line for line in lines if line.startswith("succeeded: ")], [])
        self.assertRegex(lines[-1], r"^attempts: \d+$", self.server.errors())
        self.assertGreater(int(lines[-1].split()[1]), least)
        print(self.id().rpartition(".")[2], lines[-1])

    @contextlib.contextmanager
    def victim(self, path):
        """A run that goes on meanwhile: its process, and the folder of the run."""
        connection = http.client.HTTPConnection(*self.server.address, timeout=60 * PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path + "?wait")
            yield json.loads(connection.getresponse().readline())

    def test_the_server_and_another_run(self):
        for path in ("/attack/attacker.py", "/victim/attacker.py"):
            with self.subTest(path), self.victim(path) as victim:
                targets = {"processes": [victim["pid"]], "files": [os.path.join(victim["folder"], "secret")],
                           "folders": [victim["folder"], os.path.dirname(victim["folder"])]}
                files = tree(self.server.path())
                files.pop(self.server.path("stderr"))
                before = [standing(pid) for pid in (self.server.pid, victim["pid"])]
                answer = self.ask("/attack/attacker.py", targets)
                self.assertEqual([standing(pid) for pid in (self.server.pid, victim["pid"])], before)
                after = tree(self.server.path())
                after.pop(self.server.path("stderr"))
                self.assertEqual(after, files)
                self.assertEqual(pathlib.Path(victim["folder"], "secret").read_text(encoding="ascii"), "secret")
                self.assert_nothing_reached(answer, 1000)
                self.assertEqual(self.ask("/").body, b"unharmed")

    def test_the_next_run(self):
        files = tree(self.server.path("site"))
        self.assert_nothing_reached(self.ask("/attack/attacker.py?leave"), 8)
        for path in ("/attack/attacker.py?find", "/victim/attacker.py?find"):
            for _ in range(3):
                self.assert_nothing_reached(self.ask(path), 8)
        self.assertEqual(tree(self.server.path("site")), files)


class AsAnOrdinaryUser(Attack, unittest.TestCase):
    user = USER if os.geteuid() == 0 else None


@unittest.skipUnless(os.geteuid() == 0, "needs root")
class AsRoot(Attack, unittest.TestCase):
    user = 0


class WithoutASandbox(unittest.TestCase):
    def test_the_attacks_are_real(self):
        text = SITE.replace('sandbox = { read = "site/shared" }', 'sandbox = "off"').replace("environment = { ", 'environment = { TMPDIR = "{folder}/tmp", ')
        text = text.replace("{targets}", '{"files": ["{folder}/state/data"], "folders": ["{folder}/site/other"]}')
        with Server(text, {**FILES, "tmp/": ""}) as server, subprocess.Popen(["sleep", "1000"]) as process:
            shutil.copy(ATTACKER, server.path("site", "attack"))
            lines = server.get("/attack/attacker.py?files").body.decode().splitlines()
            lines += server.get("/attack/attacker.py?processes", f'X-Targets: {{"processes": [{process.pid}]}}').body.decode().splitlines()
            process.kill()
        data, other = server.path("state/data"), server.path("site/other")
        for attempt in (f"read {data} by path", f"write {data} by symbolic link", f"read {data} by root of the server", f"rename {data}",
                        f"list {other}", f"make a socket in {other}", "a socket of TCP", "a local socket", f"make idle {process.pid}", f"nice {process.pid}",
                        f"leave few descriptors to {process.pid}", f"signal by descriptor {process.pid}", f"kill with 9 {process.pid}",
                        f"open /proc/{process.pid}/environ"):
            self.assertTrue(any(line.startswith(f"succeeded: {attempt}: ") for line in lines), (attempt, lines))


if __name__ == "__main__":
    unittest.main()
