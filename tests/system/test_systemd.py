"""The program and its units under a real systemd, in a guest (sdlab)."""
import json
import os
import re
import time
import unittest

import service_guest
from service_guest import GUEST, SITE, UNIT_FOLDER, UnitTest

DYNAMIC_USERS = range(61184, 65520)  # systemd.exec(5), DynamicUser=
BIG = 48 << 20


def setUpModule():
    service_guest.setUpModule()
    GUEST.write("/srv/site/big", os.urandom(BIG))


def counts_of(load):
    """What the load has come to, once it has ended."""
    return json.loads(load.stdout.readlines()[-1])


class Activation(UnitTest):
    def test_the_first_connection_starts_the_service(self):
        GUEST.run("systemctl start webserv.socket")
        self.assertEqual(self.service("ActiveState"), "inactive")
        self.assertEqual(self.get("http://127.0.0.1/"), (200, "<p>hello</p>\n"))
        self.assertEqual(self.service("ActiveState", "SubState"), ["active", "running"])
        self.assertNotEqual(self.service("StatusText"), "")
        self.assertEqual(self.get("http://[::1]/")[0], 200)
        self.assertIn(self.service("StatusText"), GUEST.run("systemctl status webserv").stdout)

    def test_a_started_service_answers_at_once(self):
        for _ in range(10):
            GUEST.run("systemctl start webserv.service")
            self.assertEqual(self.get("http://127.0.0.1/")[0], 200)
            GUEST.run("systemctl stop webserv.service webserv.socket")

    def test_the_socket_outlives_the_service(self):
        GUEST.run("systemctl start webserv.service && systemctl stop webserv.service")
        self.assertEqual(GUEST.show("webserv.socket", "ActiveState"), "active")
        self.assertEqual(self.get("http://127.0.0.1/")[0], 200)

    def test_sockets_find_their_listeners_by_name_in_any_order(self):
        self.configure("""
            [listener.http]
            [listener.admin]
            [vhost."http.test"]
            listeners = ["http"]
            respond = { text = "public" }
            [vhost."admin.test"]
            listeners = ["admin"]
            respond = { text = "private" }
            """)
        self.write_unit("webserv-admin.socket", """
            [Socket]
            ListenStream=127.0.0.1:8081
            ListenStream=/run/webserv-admin.sock
            FileDescriptorName=admin
            Service=webserv.service
            """)
        GUEST.run("systemctl daemon-reload")
        expected = {"http://127.0.0.1/": (200, 421), "http://127.0.0.1:8081/": (421, 200),
                    "--unix-socket /run/webserv-admin.sock http://x/": (421, 200)}
        for order in ("webserv.socket webserv-admin.socket", "webserv-admin.socket webserv.socket"):
            with self.subTest(order):
                for socket in order.split():
                    GUEST.run(f"systemctl start {socket}")
                for target, statuses in expected.items():
                    *options, url = target.split()
                    for host, status in zip(("http.test", "admin.test"), statuses):
                        self.assertEqual(self.get(url, f"-H 'Host: {host}'", *options)[0], status, (target, host))
                GUEST.run(f"systemctl stop webserv.service {order}")

    def test_each_instance_serves_its_own_site(self):
        for name in ("blog", "shop"):
            self.configure(f'[listener.http]\n[vhost."*"]\nrespond = {{ text = "the {name}" }}\n', name)
        GUEST.run("systemctl start webserv@blog.socket webserv@shop.socket")
        for name in ("blog", "shop", "blog"):
            self.assertEqual(self.get("http://x/", f"--unix-socket /run/webserv-{name}.sock"), (200, f"the {name}"))
        GUEST.run("systemctl stop webserv@blog.service")
        self.assertEqual(self.get("http://x/", "--unix-socket /run/webserv-blog.sock"), (200, "the blog"))
        self.assertTrue(GUEST.path("/var/lib/private/webserv-shop").is_dir())


class Restart(UnitTest):
    def load(self, seconds, clients=4):
        return GUEST.start(f"python3 /opt/load.py {seconds} {clients}", stdout=-1, text=True)

    def test_restarts_under_load_lose_no_connection(self):
        GUEST.run("systemctl start webserv.service")
        with self.load(6) as load:
            for _ in range(8):
                time.sleep(0.5)
                GUEST.run("systemctl restart webserv.service")
            counts = counts_of(load)
        self.assertEqual(counts["failed"], 0, counts)
        self.assertGreater(counts["ok"], 200)

    def test_the_load_would_notice_a_loss(self):
        GUEST.run("systemctl start webserv.service")
        with self.load(8) as load:
            self.assertEqual(load.stdout.readline(), "begun\n")
            GUEST.run("systemctl stop webserv.service webserv.socket")
            counts = counts_of(load)
        self.assertGreater(counts["ok"], 0)
        self.assertGreater(counts["failed"], 0)

    def test_stop_lets_a_request_end_and_is_clean(self):
        GUEST.run("systemctl start webserv.service")
        # Reads a third, says so, and the rest when it is told to.
        GUEST.write("/opt/slow.py", f"""
import os, socket, time
connection = socket.socket()
connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
connection.connect(("127.0.0.1", 80))
connection.sendall(b"GET /big HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
total = 0
while data := connection.recv(1 << 20):
    before, total = total, total + len(data)
    if before < {BIG // 3} <= total:
        print("reading", flush=True)
        while not os.path.exists("/opt/read-on"):
            time.sleep(0.01)
print(total, flush=True)
""")
        with GUEST.start("python3 /opt/slow.py", stdout=-1, text=True) as client:
            self.assertEqual(client.stdout.readline(), "reading\n")
            GUEST.run("systemctl stop --no-block webserv.service")
            GUEST.until(lambda: self.service("ActiveState") == "deactivating")
            self.assertEqual(self.service("SubState"), "stop-sigterm")
            self.assertNotEqual(self.service("StatusText"), "")
            GUEST.write("/opt/read-on", "")
            self.assertGreater(int(client.stdout.readline()), BIG)
        GUEST.until(lambda: self.service("ActiveState") == "inactive")
        self.assertEqual(self.service("Result", "ExecMainCode", "ExecMainStatus"), ["success", "1", "0"])

    def test_a_crash_is_followed_by_a_start(self):
        GUEST.run("systemctl start webserv.service && systemctl kill --signal=SEGV webserv.service")
        GUEST.until(lambda: self.service("NRestarts") == "1")
        self.assertEqual(self.get("http://127.0.0.1/")[0], 200)
        self.assertEqual(self.service("NRestarts"), "1")

    def test_crashes_without_end_leave_the_port_open(self):
        self.drop_in("[Service]\nExecStart=\nExecStart=/bin/false\n")
        GUEST.run("systemctl start webserv.socket")
        with GUEST.start("curl -sS -m 120 http://127.0.0.1/", stdout=-1, text=True) as client:
            GUEST.until(lambda: int(self.service("NRestarts")) >= 25, 60)
            self.assertEqual(GUEST.show("webserv.socket", "ActiveState"), "active")
            GUEST.run(f"rm -r {UNIT_FOLDER}/webserv.service.d; systemctl daemon-reload")
            # The connection has waited all the time.
            self.assertEqual(client.communicate(timeout=120)[0], "<p>hello</p>\n")


class Reload(UnitTest):
    def reload(self, text):
        """The exit status of "systemctl reload", and what the service says of itself then."""
        self.configure(text)
        status = GUEST.run("systemctl reload webserv.service", check=False).returncode
        self.assertEqual(self.service("ActiveState", "SubState"), ["active", "running"])
        self.assertEqual(GUEST.run("ls /run/webserv").stdout, "")
        return status, self.service("StatusText")

    def test_a_right_file_holds_when_reload_returns_and_a_wrong_one_makes_it_fail(self):
        GUEST.run("systemctl start webserv.service")
        process = self.service("MainPID")
        with GUEST.start("python3 /opt/load.py 5 4", stdout=-1, text=True) as load:
            for number in range(4):
                text = SITE + f'[vhost."a.test"]\nrespond = {{ text = "number {number}" }}\n'
                status, told = self.reload(text)
                self.assertEqual(status, 0)
                self.assertTrue(told.startswith("serving at "), told)
                self.assertEqual(self.get("http://127.0.0.1/", "-H 'Host: a.test'")[1], f"number {number}")
                status, told = self.reload(SITE + "listin = true\n[nonsense]\n")
                self.assertEqual(status, 1)
                self.assertRegex(told, r"the reload failed, .*webserv.toml:5:1: error: .*`listin`.* \(and 1 more, in the log\)")
                self.assertEqual(self.get("http://127.0.0.1/", "-H 'Host: a.test'")[1], f"number {number}")
            counts = counts_of(load)
        self.assertEqual(counts["failed"], 0, counts)
        self.assertGreater(counts["ok"], 50)
        self.assertEqual(self.service("MainPID", "NRestarts"), [process, "0"])
        journal = GUEST.journal("webserv.service")
        self.assertIn("error: /etc/webserv/webserv.toml:6:2: error: ", journal)
        self.assertIn("reloaded: hosts added: a.test", journal)

    def test_what_only_the_running_server_finds_makes_it_fail_too(self):
        GUEST.run("systemctl start webserv.service")
        # The unit's sandbox has no such sockets.
        status, told = self.reload(SITE + '[listener.own]\naddress = "127.0.0.1:8080"\n')
        self.assertEqual(status, 1)
        self.assertIn("listener `own` cannot listen at 127.0.0.1:8080", told)
        self.assertEqual(self.reload(SITE)[0], 0)

    def test_a_signal_alone_is_seen_by_systemd(self):
        GUEST.run("systemctl start webserv.service")
        self.configure(SITE.replace("root", "wroot"))
        GUEST.run("systemctl kill --signal=HUP --kill-who=main webserv.service")
        GUEST.until(lambda: self.service("StatusText").startswith("the reload failed"))
        self.assertEqual(self.service("ActiveState", "SubState"), ["active", "running"])


class WrongConfiguration(UnitTest):
    def setUp(self):
        super().setUp()
        self.configure('[listener.http]\nadress = "127.0.0.1:80"\n[vhost."*"]\nroot = "/srv/site"\nlistin = true\n')

    def test_a_start_fails_once_and_says_why(self):
        started = GUEST.run("systemctl start webserv.service", check=False)
        self.assertEqual(started.returncode, 1, started)
        time.sleep(0.5)  # more than RestartSec=
        self.assertEqual(self.service("Result", "ExecMainStatus", "NRestarts"), ["exit-code", "78", "0"])
        journal = GUEST.journal("webserv.service")
        self.assertIn("/etc/webserv/webserv.toml:2:1: error: ", journal)
        self.assertIn("/etc/webserv/webserv.toml:5:1: error: ", journal)
        self.assertRegex(self.service("StatusText"), "webserv.toml:2:1")
        self.assertIn("adress", GUEST.run("systemctl status webserv", check=False).stdout)

    def test_clients_that_wait_do_not_start_it_for_ever(self):
        GUEST.run("systemctl start webserv.socket")
        for _ in range(3):
            self.assertEqual(self.get("http://127.0.0.1/")[0], 503)
            # Else the process that has answered this one may find the next one waiting, too.
            GUEST.until(lambda: self.service("ActiveState") == "failed")
        time.sleep(1)
        starts = len(re.findall("Starting webserv.service", GUEST.journal("webserv.service")))
        self.assertIn(starts, range(3, 7))
        self.assertEqual(GUEST.show("webserv.socket", "ActiveState"), "active")
        # Once it is right again, the next client is served.
        self.configure(SITE)
        self.assertEqual(self.get("http://127.0.0.1/")[0], 200)

    def test_a_socket_without_a_listener_is_told(self):
        self.configure('[listener.web]\n[listener.tls]\naddress = "127.0.0.1:8443"\n[vhost."*"]\nroot = "/srv/site"\n')
        self.assertEqual(GUEST.run("systemctl start webserv.service", check=False).returncode, 1)
        self.assertEqual(self.service("ExecMainStatus", "NRestarts"), ["78", "0"])
        self.assertIn('"http"', self.service("StatusText"))
        journal = GUEST.journal("webserv.service")
        self.assertIn('systemd passed a socket named "http"', journal)
        self.assertIn('the listener "web" has neither an address nor a socket', journal)


class Journal(UnitTest):
    def records(self):
        GUEST.run("journalctl --sync")
        lines = GUEST.run("journalctl --unit webserv.service --output json").stdout.splitlines()
        return [record for record in map(json.loads, lines) if record.get("_COMM") == "webserv"]

    def test_events_have_priorities_and_requests_are_json(self):
        GUEST.run("systemctl start webserv.service")
        self.assertEqual(self.get("http://127.0.0.1/index.html", "-A 'a\"b'")[0], 200)
        requests = GUEST.until(lambda: [r["MESSAGE"] for r in self.records() if r["MESSAGE"].startswith("{")])
        request = json.loads(requests[0])
        self.assertEqual((request["event"], request["http_target"], request["http_status"], request["remote_addr"],
                          request["listener"], request["http_user_agent"]),
                         ("request", "/index.html", 200, "127.0.0.1", "http", 'a"b'))
        events = [(r["PRIORITY"], r["MESSAGE"]) for r in self.records() if not r["MESSAGE"].startswith("{")]
        self.assertTrue(any(priority == "5" and message.startswith("notice: ") for priority, message in events), events)
        GUEST.run("systemctl stop webserv.service")
        self.assertEqual(len([r for r in self.records() if r["MESSAGE"].startswith("{")]), 1)


class Sandbox(UnitTest):
    def test_it_runs_as_a_user_of_its_own_without_rights(self):
        GUEST.run("systemctl start webserv.service")
        process = int(self.service("MainPID"))
        status = dict(line.split(":\t", 1) for line in GUEST.path(f"/proc/{process}/status").read_text().splitlines() if ":\t" in line)
        for kind in ("Uid", "Gid"):
            self.assertIn(int(status[kind].split()[0]), DYNAMIC_USERS)
        self.assertEqual((status["CapEff"].strip("0"), status["CapBnd"].strip("0")), ("", ""))
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
        self.assertEqual(GUEST.run(f"stat -Lc %u /var/lib/webserv /run/webserv").stdout.split(), [status["Uid"].split()[0]] * 2)

    def test_home_is_hidden_unless_bound(self):
        GUEST.write("/home/anna/site/index.html", "from home\n")
        self.configure('[listener.http]\n[vhost."*"]\nroot = "/home/anna/site"\n')
        GUEST.run("systemctl start webserv.service")
        self.assertIn(self.get("http://127.0.0.1/")[0], (403, 404))
        self.drop_in("[Service]\nBindReadOnlyPaths=/home/anna/site:/srv/home-site\n")
        self.configure('[listener.http]\n[vhost."*"]\nroot = "/srv/home-site"\n')
        GUEST.run("systemctl restart webserv.service")
        self.assertEqual(self.get("http://127.0.0.1/"), (200, "from home\n"))

    def test_no_system_call_it_makes_is_refused(self):
        # A refused call would end it here, instead of failing as it does in the shipped unit.
        self.drop_in("[Service]\nSystemCallErrorNumber=kill\n")
        GUEST.run("systemctl start webserv.service")
        self.assertEqual(self.get("http://127.0.0.1/big", "-o /dev/null")[0], 200)
        self.assertEqual(self.get("http://127.0.0.1/big", "-o /dev/null -r 1000-2000")[0], 206)
        self.assertEqual(self.get("http://127.0.0.1/none")[0], 404)
        GUEST.run("systemctl stop webserv.service")
        self.assertEqual(self.service("Result", "NRestarts"), ["success", "0"])

    def test_addresses_of_its_own_need_the_settings_that_the_unit_names(self):
        self.configure('[listener.http]\n[listener.own]\naddress = "127.0.0.1:8080"\n[vhost."*"]\nroot = "/srv/site"\n')
        self.drop_in("[Service]\nPrivateNetwork=no\nRestrictAddressFamilies=AF_INET AF_INET6\nIPAddressDeny=\n")
        GUEST.run("systemctl start webserv.service")
        self.assertEqual(self.get("http://127.0.0.1:8080/")[0], 200)

    def test_live_exposure_is_low(self):
        GUEST.run("systemctl start webserv.service")
        report = GUEST.run("systemd-analyze security webserv.service --no-pager").stdout
        self.assertLessEqual(float(re.search(r"exposure level for webserv.service: (\S+)", report)[1]), 0.4)


if __name__ == "__main__":
    unittest.main()
