"""The attacker (programs/attacker.py) under the shipped units: a script of one instance reaches neither its own server nor another
instance, in a guest (sdlab).
"""
import json
import os
import pathlib
import shlex
import unittest

import sdlab
from units import units

PROGRAM = os.environ.get("WEBSERV_BIN", "")
ATTACKER = pathlib.Path(__file__).parents[1] / "programs/attacker.py"
UNIT_FOLDER = "/etc/systemd/system"
SITE = """
[listener.http]
[vhost."*"]
respond = {{ text = "unharmed" }}
[vhost."*".route."/other/"]
root = "/srv/{name}/other"
[vhost."*".route."/attack/"]
cgi.root = "/srv/{name}/attack"
environment = {{ TARGETS = '{targets}' }}
cgi_limits = {{ time = "100s" }}
[vhost."*".route."/victim/"]
cgi.root = "/srv/{name}/victim"
environment = {{ TARGETS = '{{}}' }}
cgi_limits = {{ time = "100s" }}
"""
DROP_IN = """
[Service]
SetCredential=key:secret
CacheDirectory=webserv-%i
LogsDirectory=webserv-%i
"""
INSTANCES = ("a", "b")
GUEST = None


def setUpModule():
    global GUEST
    if os.environ.get("WEBSERV_SANITIZE"):
        sdlab.skip("the units' sandbox does not suit sanitizers")
    if reason := sdlab.missing():
        sdlab.skip(reason)
    GUEST = sdlab.Guest()
    unittest.addModuleCleanup(GUEST.__exit__, None, None, None)
    GUEST.__enter__()
    GUEST.write("/usr/local/bin/webserv", pathlib.Path(PROGRAM).read_bytes(), 0o755)
    for name, text in units("/usr/local/bin").items():
        GUEST.write(f"{UNIT_FOLDER}/{name}", text)
    GUEST.write(f"{UNIT_FOLDER}/webserv@.service.d/test.conf", DROP_IN)
    for name in INSTANCES:
        for route in ("attack", "victim"):
            GUEST.write(f"/srv/{name}/{route}/attacker.py", ATTACKER.read_bytes(), 0o755)
        GUEST.write(f"/srv/{name}/other/index.html", f"other of {name}")
        GUEST.write(f"/etc/webserv/{name}.toml", SITE.format(name=name, targets=json.dumps(targets())))
    GUEST.run("systemctl daemon-reload")


def targets():
    """All that belongs to the instances, but for the folder of the attacker itself."""
    found = {"files": [], "folders": ["/etc/webserv", "/srv/a/other", "/srv/b/other", "/srv/b/attack", "/srv/a/victim", "/srv/a", "/srv/b",
                                      "/run/credentials", "/var/lib/private", "/var/cache/private"], "groups": ["/sys/fs/cgroup"],
             "ports": [80], "sockets": ["webserv-test-attacked"]}
    for name in INSTANCES:
        unit = f"webserv@{name}.service"
        folders = [f"/run/webserv-{name}", f"/var/lib/webserv-{name}", f"/var/cache/webserv-{name}", f"/var/log/webserv-{name}"]
        found["folders"] += [*folders, f"/run/credentials/{unit}"]
        found["files"] += [f"/etc/webserv/{name}.toml", f"/srv/{name}/other/index.html", f"/srv/{name}/victim/attacker.py",
                           f"/run/credentials/{unit}/key", *(f"{folder}/own" for folder in folders)]
        group = f"/sys/fs/cgroup/system.slice/system-webserv.slice/{unit}"
        found["groups"] += [group, f"{group}/server", "/sys/fs/cgroup/system.slice"]
    found["files"] += ["/srv/b/attack/attacker.py", "/etc/shadow", "/etc/systemd/system/webserv@.service"]
    return found


class Instances(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.clean)
        GUEST.run("systemctl start webserv@a.service webserv@b.service")
        self.processes = {name: GUEST.show(f"webserv@{name}.service", "MainPID") for name in INSTANCES}
        for name in INSTANCES:
            for folder in ("/run", "/var/lib", "/var/cache", "/var/log"):
                owner = f"--reference={folder}/webserv-{name}/"
                GUEST.run(f"cd {folder}/webserv-{name}/ && echo own >own && chown {owner} own && chmod 666 own")

    def clean(self):
        if self._outcome.result.failures or self._outcome.result.errors:
            print(GUEST.run("journalctl --sync; journalctl -n 60 -o short-precise").stdout[-8000:])
        GUEST.run("systemctl stop 'webserv@*' --all; systemctl reset-failed; journalctl --rotate --vacuum-time=1us 2>/dev/null", check=False)

    def ask(self, path, more=None, instance="a"):
        field = f"-H {shlex.quote('X-Targets: ' + json.dumps(more))}" if more else ""
        return GUEST.run(f"curl -sSf -m 110 {field} --unix-socket /run/webserv-{instance}.sock {shlex.quote('http://x' + path)}", timeout=120).stdout

    def standing(self):
        """What could be done to the processes of the servers, and to their files."""
        found = {}
        for name, pid in self.processes.items():
            fields = GUEST.run(f"cat /proc/{pid}/stat").stdout.rpartition(")")[2].split()
            found[name] = (fields[0] in "Tt", fields[16], GUEST.run(f"chrt -p {pid}; cat /proc/{pid}/limits /proc/{pid}/cgroup").stdout,
                           GUEST.show(f"webserv@{name}.service", "MainPID", "NRestarts", "ActiveState", "StatusText", "NotifyAccess"))
        found["files"] = GUEST.run("find /etc/webserv /srv /run/webserv-a/ /run/webserv-b/ /var/lib/webserv-?/ /var/cache/webserv-?/ /var/log/webserv-?/ "
                                   "-type f -exec sha256sum {} + -exec stat -c '%n %U %a' {} + | sort").stdout
        return found

    def assert_nothing_reached(self, text, least):
        lines = text.splitlines()
        self.assertEqual([line for line in lines if line.startswith("succeeded: ")], [])
        self.assertRegex(lines[-1], r"^attempts: \d+$")
        self.assertGreater(int(lines[-1].split()[1]), least)
        print(self.id().rpartition(".")[2], lines[-1])

    def test_one_reaches_neither_itself_nor_the_other(self):
        self.assertIn("own", GUEST.run("cat /run/webserv-a/own /var/lib/webserv-b/own").stdout)
        before = self.standing()
        for name in INSTANCES:
            GUEST.run(f"systemd-run --quiet --unit=victim-{name} curl -sSN --unix-socket /run/webserv-{name}.sock -o /victim-{name} 'http://x/victim/attacker.py?wait'")
        self.addCleanup(GUEST.run, "systemctl stop 'victim-*' --all; rm -f /victim-*", check=False)
        victims = [json.loads(GUEST.until(lambda name=name: GUEST.run(f"cat /victim-{name}", check=False).stdout)) for name in INSTANCES]
        more = {"processes": [int(pid) for pid in self.processes.values()] + [victim["pid"] for victim in victims]}
        text = self.ask("/attack/attacker.py", more)
        self.assertEqual(self.standing(), before)
        for victim in victims:
            self.assertNotIn(GUEST.run(f"cut -d' ' -f3 /proc/{victim['pid']}/stat").stdout.strip(), ("T", "t", "Z"))
        self.assert_nothing_reached(text, 1000)
        for name in INSTANCES:
            self.assertEqual(self.ask("/", instance=name), "unharmed")

    def test_the_next_run_finds_nothing(self):
        self.assert_nothing_reached(self.ask("/attack/attacker.py?leave"), 8)
        for name in INSTANCES:
            for route in ("attack", "victim"):
                self.assert_nothing_reached(self.ask(f"/{route}/attacker.py?find", instance=name), 8)


class WithoutLandlock(unittest.TestCase):
    """A unit, or a kernel, that has none of it."""

    def run_without(self, arguments):
        return GUEST.run("systemd-run --quiet --pipe --wait --property=SystemCallFilter=~landlock_create_ruleset "
                         f"--property=SystemCallErrorNumber=EPERM /usr/local/bin/webserv {arguments}", check=False)

    def test_a_check_says_so(self):
        result = self.run_without("check --live --config /etc/webserv/a.toml")
        self.assertEqual((result.returncode, result.stdout), (0, "/etc/webserv/a.toml: 1 host, 4 routes, no mistakes\n"))
        self.assertRegex(result.stderr, "^/etc/webserv/a.toml: note: the kernel has no Landlock")
        self.assertEqual(json.loads(self.run_without("check --live --json --config /etc/webserv/a.toml").stdout), [])
        self.assertEqual(GUEST.run("webserv check --live --config /etc/webserv/a.toml").stderr, "")

    def test_the_log_says_so_once_and_no_signal_reaches_the_server(self):
        GUEST.write(f"{UNIT_FOLDER}/webserv@b.service.d/without.conf", "[Service]\nSystemCallFilter=~landlock_create_ruleset\n")
        self.addCleanup(GUEST.run, f"systemctl stop 'webserv@*' --all; rm -r {UNIT_FOLDER}/webserv@b.service.d; systemctl daemon-reload")
        GUEST.run("systemctl daemon-reload; systemctl start webserv@b.service")
        process = GUEST.show("webserv@b.service", "MainPID")
        targets = json.dumps({"processes": [int(process)]})
        text = GUEST.run(f"curl -sSf --unix-socket /run/webserv-b.sock -H 'X-Targets: {targets}' 'http://x/attack/attacker.py?processes'").stdout
        self.assertEqual([line for line in text.splitlines() if line.startswith("succeeded: ") and "/proc/" not in line], [])
        self.assertEqual(GUEST.journal("webserv@b.service").count("the kernel has no Landlock"), 1)
        self.assertEqual(GUEST.show("webserv@b.service", "MainPID", "NRestarts"), [process, "0"])


if __name__ == "__main__":
    unittest.main()
