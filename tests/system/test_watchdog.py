"""What systemd does about a server that hangs or cannot start, and what holds of its processes: the shipped units in a guest (sdlab)."""
import json
import pathlib
import time
import unittest

import service_guest
from service_guest import GUEST, SITE, UNIT_FOLDER, UnitTest
from units import SOURCE

FORGER = pathlib.Path(__file__).parents[1] / "programs/journal_forger.py"

setUpModule = service_guest.setUpModule

# Of the watchdog in these tests, seconds.
PATIENCE = 4
# Between the end of the watchdog's patience and the next start: the promise, and what a busy machine may take beside.
RESTART = 1
ROOM = 3

# hold.py TID: keeps one thread from running, as root. Ends with the thread, of which it has to take note: else it would not be gone.
HOLD = """
import ctypes, os, sys
thread = int(sys.argv[1])
call = ctypes.CDLL(None, use_errno=True).ptrace
call.argtypes = [ctypes.c_long] * 4
SEIZE, INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
for request in (SEIZE, INTERRUPT):
    if call(request, thread, 0, 0) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
while os.WIFSTOPPED(os.waitpid(thread, WALL)[1]):
    print("held", flush=True)
"""


class Watchdog(UnitTest):
    def setUp(self):
        super().setUp()
        self.drop_in(f"[Service]\nWatchdogSec={PATIENCE}\n")
        GUEST.write("/opt/hold.py", HOLD)
        GUEST.run("systemctl start webserv.service")
        self.process = int(self.service("MainPID"))

    def threads(self):
        """The first thread, and those that it has started, in their order; those of a pool have a name of their own."""
        threads = sorted(int(thread) for thread in GUEST.run(f"ls /proc/{self.process}/task").stdout.split())
        return [thread for thread in threads if GUEST.run(f"cat /proc/{self.process}/task/{thread}/comm").stdout == "webserv\n"]

    def hold(self, thread):
        holder = GUEST.start(f"exec python3 /opt/hold.py {thread} 2>&1", stdout=-1, text=True)
        self.addCleanup(holder.communicate)
        self.addCleanup(holder.kill)
        self.assertEqual(holder.stdout.readline(), "held\n")

    def assert_restarted(self, since):
        """By the journal's clock, which is that of this machine."""
        GUEST.until(lambda: self.service("NRestarts", "ActiveState") == ["1", "active"], 60)
        self.assertEqual(self.get("http://127.0.0.1/"), (200, "<p>hello</p>\n"))
        GUEST.run("journalctl --sync")
        lines = GUEST.run("journalctl --unit webserv.service --output json _PID=1").stdout.splitlines()
        started = [int(record["__MONOTONIC_TIMESTAMP"]) / 1e6 for record in map(json.loads, lines) if record["MESSAGE"].startswith("Started ")]
        self.assertEqual(len(started), 2)
        print(f"{self.id().rpartition('.')[2]}: started again {started[1] - since:.2f} s after, with WatchdogSec={PATIENCE}")
        self.assertLess(started[1] - since, PATIENCE + RESTART + ROOM)
        self.assertIn("Watchdog timeout", GUEST.journal("webserv.service"))

    def test_a_stopped_process_is_started_again(self):
        since = time.monotonic()
        GUEST.run(f"kill -STOP {self.process}")
        self.assert_restarted(since)

    def test_a_worker_that_hangs_is_named_and_the_server_started_again(self):
        worker = self.threads()[1]
        since = time.monotonic()
        self.hold(worker)
        told = GUEST.until(lambda: (text := self.service("StatusText")).startswith("no answer from ") and text, PATIENCE)
        self.assertRegex(told, r"^no answer from worker 1 of \d+; serving at ")
        self.assert_restarted(since)
        self.assertIn("a worker does not answer", GUEST.journal("webserv.service"))

    def test_a_first_thread_that_hangs_makes_it_start_again(self):
        since = time.monotonic()
        self.hold(self.process)
        self.assert_restarted(since)

    def test_one_that_answers_is_left_alone_however_busy_the_machine_is(self):
        busy = "systemd-run --quiet --unit=webserv-busy sh -c 'for each in $(seq 16); do while :; do :; done & done; wait'"
        GUEST.run(busy)
        with GUEST.start(f"python3 /opt/load.py {2 * PATIENCE} 4", stdout=-1, text=True) as load:
            counts = json.loads(load.stdout.readlines()[-1])
        self.assertEqual(counts["failed"], 0)
        self.assertEqual(self.service("MainPID", "NRestarts"), [str(self.process), "0"])


class Crash(UnitTest):
    def test_starts_are_spaced_out_where_systemd_can(self):
        version = int(GUEST.run("systemctl --version").stdout.split()[1])
        if version < 254:
            self.skipTest(f"systemd {version} does not know RestartSteps=")
        self.write_unit("webserv.service.d/spaced.conf", (SOURCE / "optional/spaced-restarts.conf").read_text(encoding="utf-8"))
        self.drop_in("[Service]\nExecStart=\nExecStart=/bin/false\n")
        GUEST.run("systemctl start webserv.socket")
        with GUEST.start("curl -sS -m 120 http://127.0.0.1/", stdout=-1, text=True) as client:
            GUEST.until(lambda: int(self.service("NRestarts")) >= 5, 60)
            self.assertNotEqual(*self.service("RestartUSec", "RestartUSecNext"))
            self.assertEqual(GUEST.show("webserv.socket", "ActiveState"), "active")
            GUEST.run(f"rm {UNIT_FOLDER}/webserv.service.d/test.conf; systemctl daemon-reload")
            # The connection has waited all the time.
            self.assertEqual(client.communicate(timeout=120)[0], "<p>hello</p>\n")


class WrongAddress(UnitTest):
    """A listener that cannot be opened is a wrong configuration: no start mends it."""

    def assert_refused_once(self, reason):
        GUEST.run("systemctl start webserv.socket")
        self.assertEqual(self.get("http://127.0.0.1/")[0], 503)
        GUEST.until(lambda: self.service("ActiveState") == "failed")
        time.sleep(0.5)  # more than RestartSec=
        self.assertEqual(self.service("Result", "ExecMainStatus", "NRestarts"), ["exit-code", "78", "0"])
        self.assertRegex(self.service("StatusText"), "^wrong configuration: .*" + reason)
        journal = GUEST.journal("webserv.service")
        self.assertEqual(journal.count("Starting webserv.service"), 1, journal)
        self.assertEqual(GUEST.show("webserv.socket", "ActiveState"), "active")

    def test_an_address_that_the_unit_forbids(self):
        self.configure(SITE + '[listener.own]\naddress = "127.0.0.1:8080"\n')
        self.assert_refused_once("listener `own` cannot listen at 127.0.0.1:8080: .*its unit")

    def test_an_address_that_is_in_use(self):
        self.drop_in("[Service]\nPrivateNetwork=no\nRestrictAddressFamilies=AF_INET AF_INET6\nIPAddressDeny=\n")
        self.write_unit("webserv-other.socket", "[Socket]\nListenStream=127.0.0.1:8080\nService=webserv-other.service\n")
        self.write_unit("webserv-other.service", "[Service]\nExecStart=/bin/true\n")
        GUEST.run("systemctl daemon-reload; systemctl start webserv-other.socket")
        self.configure(SITE + '[listener.own]\naddress = "127.0.0.1:8080"\n')
        self.assert_refused_once("listener `own` cannot listen at 127.0.0.1:8080: ")

    def test_once_it_is_right_the_next_client_is_served(self):
        self.configure(SITE + '[listener.own]\naddress = "127.0.0.1:8080"\n')
        self.assert_refused_once("")
        self.configure(SITE)
        self.assertEqual(self.get("http://127.0.0.1/")[0], 200)


class ProgramTest(UnitTest):
    """With a program that the server may run."""

    def setUp(self):
        super().setUp()
        GUEST.write("/srv/programs/journal_forger.py", FORGER.read_bytes(), 0o755)
        self.configure(SITE + '[vhost."*".route."/programs/"]\ncgi.root = "/srv/programs"\nsandbox = { network = true }\n')


class Strangers(ProgramTest):
    def user_of(self, process):
        return GUEST.run(f"awk '/^Uid:/ {{ print $2 }}' /proc/{process}/status").stdout.strip()

    def test_a_configuration_of_the_services_user_is_refused(self):
        GUEST.run("systemctl start webserv.service")
        user = self.user_of(self.service("MainPID"))
        for path in ("/etc/webserv/webserv.toml", "/etc/webserv"):
            with self.subTest(path):
                self.addCleanup(GUEST.run, f"chown root: {path}", check=False)
                GUEST.run(f"chown {user} {path}; systemctl stop webserv.service")
                self.assertNotEqual(GUEST.run("systemctl start webserv.service", check=False).returncode, 0)
                self.assertEqual(self.service("ExecMainStatus", "NRestarts"), ["78", "0"])
                self.assertRegex(self.service("StatusText"), f"^wrong configuration: {path}: error: .* belongs to the server's own user .uid {user}.*"
                                                             f"chown -h root: '{path}'")
                GUEST.run(f"chown root: {path}; systemctl start webserv.service")
        self.assertEqual(self.get("http://127.0.0.1/")[0], 200)

    def test_the_folder_of_the_configuration_is_roots_and_read_only(self):
        GUEST.run("systemctl start webserv.service")
        process = self.service("MainPID")
        self.assertEqual(GUEST.run("stat -c %U:%a /etc/webserv").stdout, "root:755\n")
        writing = GUEST.run(f"nsenter --target {process} --mount touch /etc/webserv/more.toml", check=False)
        self.assertIn("Read-only file system", writing.stderr)

    def test_instances_have_users_of_their_own_and_cannot_signal_each_other(self):
        for name in ("blog", "shop"):
            self.configure(f'[listener.http]\n[vhost."*"]\nrespond = {{ text = "the {name}" }}\n', name)
        GUEST.run("systemctl start webserv@blog.service webserv@shop.service")
        blog, shop = (GUEST.show(f"webserv@{name}.service", "MainPID") for name in ("blog", "shop"))
        users = [self.user_of(process) for process in (blog, shop)]
        self.assertNotEqual(*users)
        self.assertEqual([GUEST.show(f"webserv@{name}.service", "User") for name in ("blog", "shop")], ["webserv-blog", "webserv-shop"])
        signalled = GUEST.run(f"setpriv --reuid={users[0]} --clear-groups sh -c 'kill -STOP {shop}'", check=False)
        self.assertIn("not permitted", signalled.stderr)
        GUEST.run(f"setpriv --reuid={users[0]} --clear-groups sh -c 'kill -0 {blog}'")  # what is its own it may
        self.assertEqual(self.get("http://x/", "--unix-socket /run/webserv-shop.sock"), (200, "the shop"))

    def test_its_own_user_cannot_look_into_it(self):
        # A namespace of users would keep others of the same user out, too.
        self.drop_in("[Service]\nPrivateUsers=no\n")
        GUEST.run("systemctl start webserv.service")
        process = self.service("MainPID")
        user = self.user_of(process)
        as_user = f"setpriv --reuid={user} --regid={user} --clear-groups"
        GUEST.run(f"systemd-run --quiet --unit=webserv-sleeper {as_user} sleep 1000")
        sleeper = GUEST.show("webserv-sleeper.service", "MainPID")
        GUEST.until(lambda: self.user_of(sleeper) == user)
        GUEST.run(f"{as_user} cat /proc/{sleeper}/environ /proc/{sleeper}/maps; {as_user} ls -l /proc/{sleeper}/fd")
        for name in ("environ", "maps", "mem", "auxv"):
            self.assertIn("Permission denied", GUEST.run(f"{as_user} cat /proc/{process}/{name}", check=False).stderr, name)
        self.assertIn("Permission denied", GUEST.run(f"{as_user} ls /proc/{process}/fd", check=False).stderr)


class ForgedRecords(ProgramTest):
    """docs/logging.md says how to tell them. By cgroups: test_cgi_isolation.py."""

    def records(self, matches):
        lines = GUEST.run(f"journalctl --sync; journalctl --output json {matches}").stdout.splitlines()
        return [(record["MESSAGE"], record["_PID"]) for record in map(json.loads, lines)]

    def test_records_of_the_server_have_its_process_id(self):
        GUEST.run("systemctl start webserv.service")
        status, script = self.get("http://127.0.0.1/programs/journal_forger.py")
        self.assertEqual(status, 200, script)
        # By the name that it gives itself: the journal may come to a record when its process has ended, and knows no unit then.
        of_script = ("notice: forged by a script", script)
        GUEST.until(lambda: [each for each in self.records("--identifier webserv") if "forged" in each[0]] == [of_script] * 2)
        own = self.records("--unit webserv.service _PID=$(systemctl show --property MainPID --value webserv.service)")
        self.assertTrue(any("serving at" in message for message, _ in own), own)
        self.assertEqual({process for _, process in own}, {self.service("MainPID")})


if __name__ == "__main__":
    unittest.main()
