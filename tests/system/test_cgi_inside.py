"""What a program finds of the server: what it was given, and nothing else."""
import json
import pathlib
import shutil
import signal
import unittest

from server import Server, listening_socket, wait_until

PROGRAMS = pathlib.Path(__file__).parents[1] / "programs"
SECRETS = {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1", "CREDENTIALS_DIRECTORY": "/run/credentials/x", "INVOCATION_ID": "x",
           "JOURNAL_STREAM": "1:2", "STATE_DIRECTORY": "/var/lib/x", "TOKEN": "secret", "LANG": "C.UTF-8", "TZ": "UTC"}
SITE = """
[listener.http]
[vhost."*".route."/cgi/"]
cgi = { root = "programs" }
environment = { OWN = "of the route", SERVER_NAME = "renamed" }
"""
# What RFC 3875 and docs/cgi.md promise, of a GET without a body and a path behind the script.
EXPECTED = {"DOCUMENT_ROOT", "GATEWAY_INTERFACE", "HTTP_HOST", "LANG", "OWN", "PATH", "QUERY_STRING", "REDIRECT_STATUS", "REMOTE_ADDR",
            "REMOTE_HOST", "REMOTE_PORT", "REQUEST_ID", "REQUEST_METHOD", "REQUEST_SCHEME", "REQUEST_URI", "SCRIPT_FILENAME",
            "SCRIPT_NAME", "SERVER_ADDR", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE", "TMPDIR", "TZ"}


class Inside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # As under systemd: sockets, and all variables that it sets.
        listener = listening_socket()
        cls.addClassCleanup(listener.close)
        cls.server = cls.enterClassContext(Server(SITE, {"programs/": ""}, inherit=[listener], environment=SECRETS))
        for path in PROGRAMS.glob("*.py"):
            shutil.copy(path, cls.server.path("programs", path.name))

    def inside(self, *fields):
        return json.loads(self.server.get("/cgi/inside.py", *fields).body)

    def test_variables(self):
        variables = self.inside()["variables"]
        # What shells and Python's start add by themselves.
        names = {name for name in variables if name not in ("PWD", "SHLVL", "_", "LC_CTYPE", "OLDPWD")}
        self.assertEqual(names, EXPECTED)
        self.assertEqual((variables["OWN"], variables["SERVER_NAME"], variables["TZ"]), ("of the route", "renamed", "UTC"))

    def test_fields_that_would_pose_as_others_are_dropped(self):
        variables = self.inside("Proxy: http://evil.test/", "X_Y: poses", "X-Y: is", "X-Y: repeated")["variables"]
        self.assertEqual(variables["HTTP_X_Y"], "is, repeated")
        self.assertNotIn("HTTP_PROXY", variables)

    def test_descriptors_folder_and_signals(self):
        with self.server.client() as other:
            other.ask("/")  # a connection that must not be inherited
            found = self.inside()
        self.assertLessEqual(set(found["descriptors"]), {"0", "1", "2"}, found)
        self.assertEqual(found["folder"], self.server.path("programs"))
        self.assertEqual((found["blocked"], set(found["ignored"]) - {signal.SIGPIPE, signal.SIGXFSZ}), ([], set()))  # Python's own
        self.assertTrue(found["leads_group"])

    def test_what_is_not_guaranteed_is_told_once(self):
        def told():
            return [line for line in self.server.errors().splitlines() if "programs_not_confined" in line]
        with open("/proc/self/cgroup", encoding="utf-8") as file:
            if any(":memory:" in line for line in file):
                self.assertTrue(wait_until(told), self.server.errors())
        self.assertLessEqual(len(told()), 1)

    def test_orphans_leave_no_zombies(self):
        self.server.get("/cgi/orphan.py")
        self.assertTrue(wait_until(lambda: not self.server.children()), self.server.children())


if __name__ == "__main__":
    unittest.main()
