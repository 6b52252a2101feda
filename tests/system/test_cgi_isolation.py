"""CGI programs in a cgroup each, in a guest whose kernel has the controllers (sdlab)."""
import os
import pathlib
import textwrap
import unittest

import sdlab
from units import units

PROGRAM = os.environ.get("WEBSERV_BIN", "")
GUEST = None


def setUpModule():
    global GUEST
    if os.environ.get("WEBSERV_SANITIZE"):
        raise unittest.SkipTest("the units' sandbox does not suit sanitizers")
    if reason := sdlab.kernel_missing():
        raise unittest.SkipTest(reason)
    GUEST = sdlab.KernelGuest()
    unittest.addModuleCleanup(GUEST.__exit__, None, None, None)
    GUEST.__enter__()
    GUEST.write("/usr/local/bin/webserv", pathlib.Path(PROGRAM).read_bytes(), 0o755)
    for name, text in units("/usr/local/bin").items():
        GUEST.write(f"/etc/systemd/system/{name}", text)
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

    def test_the_shipped_service_starts(self):
        GUEST.write("/etc/webserv/webserv.toml", textwrap.dedent("""
            [listener.http]
            [vhost."*"]
            respond = { text = "hello" }
            """))
        GUEST.run("systemctl start webserv.service")
        self.assertEqual(GUEST.run("curl -sS -m 20 http://127.0.0.1/").stdout, "hello")


if __name__ == "__main__":
    unittest.main()
