"""CGI programs in a cgroup each, in a guest whose kernel has the controllers (sdlab)."""
import json
import os
import pathlib
import shlex
import unittest

import sdlab
from units import units

PROGRAM = os.environ.get("WEBSERV_BIN", "")
BUILT = pathlib.Path(os.environ.get("WEBSERV_PROGRAMS", ""))
SCRIPTS = pathlib.Path(__file__).parents[1] / "programs"
UNIT_FOLDER = "/etc/systemd/system"
ESCAPED = 50
# In the fastest kind of guest: its system calls are a hundred times slower than this machine's, and other kinds are slower.
MOST_MILLISECONDS = 500
GUEST = None

SITE = """
[server]
workers = 2
[timeouts]
drain = "1s"
[listener.http]
[vhost."*"]
respond = { text = "unharmed" }
[vhost."*".route."/cgi/"]
cgi = { root = "/srv/programs" }
cgi_limits = { time = "60s", memory = "64M", tasks = 200 }
[vhost."*".route."/network/"]
cgi = { root = "/srv/programs" }
sandbox = { network = true }
[vhost."*".route."/brief/"]
cgi = { root = "/srv/programs" }
cgi_limits = { time = "8s", memory = "unlimited", tasks = 200 }
[vhost."*".route."/few/"]
cgi = { root = "/srv/programs" }
cgi_limits = { time = "5s", tasks = 20 }
"""


def setUpModule():
    global GUEST
    if os.environ.get("WEBSERV_SANITIZE"):
        sdlab.skip("the units' sandbox does not suit sanitizers")
    GUEST = sdlab.boot_kernel_guest()
    unittest.addModuleCleanup(GUEST.__exit__, None, None, None)
    GUEST.write("/usr/local/bin/webserv", pathlib.Path(PROGRAM).read_bytes(), 0o755)
    for path in [*BUILT.iterdir(), *SCRIPTS.glob("*.py")]:
        GUEST.write(f"/srv/programs/{path.name}", path.read_bytes(), 0o755)
    for name, text in units("/usr/local/bin").items():
        GUEST.write(f"{UNIT_FOLDER}/{name}", text)
    GUEST.write("/etc/webserv/webserv.toml", SITE)
    GUEST.run("systemctl daemon-reload")


class TheGuest(unittest.TestCase):
    """What the tests below need of it: without the controllers systemd takes limits and does nothing."""

    def test_it_has_the_controllers(self):
        controllers = GUEST.run("cat /sys/fs/cgroup/cgroup.controllers").stdout.split()
        self.assertLessEqual({"cpu", "memory", "pids"}, set(controllers))

    def test_limits_of_memory_and_tasks_hold(self):
        run = "systemd-run --quiet --pipe --wait"
        hog = GUEST.run(f"{run} --property=MemoryMax=32M python3 -c 'b\"x\" * (100 << 20)'", check=False)
        self.assertNotEqual(hog.returncode, 0)
        fork = GUEST.run(f"{run} --property=TasksMax=2 sh -c 'sleep 1 & sleep 1 & sleep 1 & wait'", check=False)
        self.assertIn("fork", fork.stderr)


class ServiceTest(unittest.TestCase):
    """Each test begins with the shipped service, running."""

    def setUp(self):
        self.addCleanup(self.clean)
        GUEST.run("systemctl start webserv.service")
        self.process = GUEST.show("webserv.service", "MainPID")

    def clean(self):
        if self._outcome.result.failures or self._outcome.result.errors:
            print(GUEST.run("journalctl --sync; journalctl -n 60 -o short-precise").stdout[-8000:])
        GUEST.run("systemctl stop webserv.service webserv.socket; systemctl reset-failed;"
                  "journalctl --rotate --vacuum-time=1us 2>/dev/null", check=False)

    def assert_unharmed(self):
        """The server is the same process, and answers."""
        self.assertEqual(GUEST.run("curl -sS -m 20 http://127.0.0.1/").stdout, "unharmed")
        self.assertEqual(GUEST.show("webserv.service", "MainPID", "NRestarts"), [self.process, "0"])

    def get(self, path):
        """Status and text of an answer."""
        text, _, status = GUEST.run(f"curl -sS -m 50 -w '\\n%{{http_code}}' {shlex.quote('http://127.0.0.1' + path)}",
                                    check=False).stdout.rpartition("\n")
        return int(status), text

    def watch(self, name, how, target):
        found = json.loads(GUEST.run(f"/srv/programs/watch {name} {how} '{target}'").stdout)
        print(self.id().rpartition(".")[2], found)
        return found

    def groups_of_runs(self):
        """The cgroups that were made for programs and are still there."""
        own = GUEST.run("find /sys/fs/cgroup/system.slice/webserv.service -mindepth 1 -type d").stdout.split()
        server = GUEST.run(f"cut -d: -f3 /proc/{self.process}/cgroup").stdout.strip()
        return [group for group in own if not f"/sys/fs/cgroup{server}/".startswith(group + "/")]


class Journal(ServiceTest):
    def test_records_of_the_server_are_those_of_its_cgroup(self):
        status, script = self.get("/network/journal_forger.py")
        self.assertEqual(status, 200, script)

        def records(matches):
            lines = GUEST.run(f"journalctl --sync; journalctl --output json {matches}").stdout.splitlines()
            return [(record["MESSAGE"], record["_PID"]) for record in map(json.loads, lines)]

        # By the name that it gives itself: of a process that has ended the journal knows no unit.
        of_script = ("notice: forged by a script", script)
        GUEST.until(lambda: [each for each in records("--identifier webserv") if "forged" in each[0]] == [of_script] * 2)
        own = records("_SYSTEMD_CGROUP=/system.slice/webserv.service/server")
        self.assertTrue(any("serving at" in message for message, _ in own), own)
        self.assertEqual({process for _, process in own}, {self.process})


class Ending(ServiceTest):
    """What a program has started is gone when the program is, whatever it does to stay."""

    def assert_gone(self, found, status):
        self.assertEqual((found["most"], found["status"], found["left"]), (ESCAPED, status, 0), found)
        self.assertLessEqual(found["milliseconds"], MOST_MILLISECONDS * GUEST.slowness)
        self.assert_unharmed()
        GUEST.until(lambda: not self.groups_of_runs())

    def test_when_its_time_is_up(self):
        self.assert_gone(self.watch("escaped", "answer", f"/brief/escape?{ESCAPED}"), 504)

    def test_when_the_client_leaves(self):
        self.assert_gone(self.watch("escaped", ESCAPED, f"/cgi/escape/answer?{ESCAPED}"), 200)

    def test_when_the_server_stops(self):
        # systemd alone would end all of the service's processes: here it ends the server only.
        GUEST.write(f"{UNIT_FOLDER}/webserv.service.d/test.conf", "[Service]\nKillMode=process\n")
        self.addCleanup(GUEST.run, f"rm -r {UNIT_FOLDER}/webserv.service.d; systemctl daemon-reload")
        GUEST.run("systemctl daemon-reload; systemctl restart webserv.service")
        GUEST.run(f"systemd-run --quiet curl -sS -N http://127.0.0.1/cgi/escape/answer?{ESCAPED}")
        GUEST.until(lambda: GUEST.run("grep -lx escaped /proc/[0-9]*/comm | wc -l", check=False).stdout.strip() == str(ESCAPED), 30)
        GUEST.run("systemctl stop webserv.service")
        self.assertEqual(GUEST.run("grep -lx escaped /proc/[0-9]*/comm | wc -l", check=False).stdout.strip(), "0")


class Limits(ServiceTest):
    def test_a_program_without_measure_ends_alone(self):
        self.assertIn(self.get("/cgi/hungry.py")[0], (502, 503))
        self.assert_unharmed()
        self.assertIn("memory", GUEST.journal("webserv.service"))

    def test_a_program_that_starts_processes_without_end_is_bounded(self):
        found = self.watch("bomb", "answer", "/few/bomb")
        self.assertGreater(found["most"], 10)
        self.assertLessEqual(found["most"], 20)
        self.assertEqual((found["status"], found["left"]), (504, 0))
        self.assert_unharmed()


class Sharing(ServiceTest):
    def test_the_server_weighs_as_much_as_ten_runs(self):
        group = GUEST.run(f"cut -d: -f3 /proc/{self.process}/cgroup").stdout.strip()
        self.assertEqual(GUEST.run(f"cat /sys/fs/cgroup{group}/cpu.weight").stdout.strip(), "1000")


class Contact(ServiceTest):
    """What a program finds of the server and of systemd."""

    def test_it_gets_nothing_of_the_service(self):
        status, text = self.get("/cgi/inside.py")
        self.assertEqual(status, 200)
        inside = json.loads(text)
        for name in inside["variables"]:
            self.assertNotRegex(name, "^(LISTEN_|WATCHDOG_|NOTIFY_SOCKET|CREDENTIALS_DIRECTORY|INVOCATION_ID|JOURNAL_STREAM)")
        self.assertLessEqual(set(inside["descriptors"]), {"0", "1", "2"})

    def test_it_cannot_speak_for_the_service(self):
        before = GUEST.show("webserv.service", "StatusText", "ActiveState")
        self.assertEqual(self.get("/cgi/forge.py")[0], 200)
        self.assertEqual(GUEST.show("webserv.service", "StatusText", "ActiveState"), before)
        self.assert_unharmed()


if __name__ == "__main__":
    unittest.main()
