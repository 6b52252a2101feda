"""Reloads: what a right and a wrong configuration change, what systemd is told, and what no reload can change."""
import contextlib
import os
import re
import resource
import signal
import socket
import sys
import time
import unittest

from server import PATIENCE, SANITIZED, Client, Server, free_port, listening_socket, wait_until, write_files

SITE = """
[server]
workers = 2
[vhost."*"]
respond = { text = "%s" }
"""
WRONG = """
[server]
wrokers = 2
[vhost."*"]
respond = { txt = "new" }
"""
READY = b"READY=1\nSTATUS=serving at http://%s:%d/\n"


class ReloadTest(unittest.TestCase):
    def serve(self, toml=SITE % "old", files=None, **more):
        """A server whose configuration `change` replaces. Its port stays."""
        self.server = self.enterContext(Server(toml, files, **more))
        return self.server

    def change(self, toml, listeners=None):
        """Writes the configuration anew, with the listener that it has or with others."""
        address = "%s:%d" % self.server.address
        toml += listeners if listeners is not None else f'\n[listener.http]\naddress = "{address}"\n'
        write_files(self.server.folder, {"webserv.toml": toml})

    def reload(self):
        """Reloads, and gives back what the log says of it."""
        size = len(self.server.errors())
        self.messages = self.server.reload()
        return self.server.errors()[size:]

    def text(self, address=None, target="/"):
        with Client(address or self.server.address) as client:
            return client.ask(target, "Connection: close").body.decode()


class Right(ReloadTest):
    def test_systemd_is_told_byte_by_byte(self):
        server = self.serve()
        self.change(SITE % "new")
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.reload()
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.assertEqual(len(self.messages), 2, self.messages)
        match = re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=([1-9]\d*)\n", self.messages[0])
        self.assertTrue(match, self.messages)
        self.assertTrue(before <= int(match[1]) <= after)
        self.assertEqual(self.messages[1], READY % (server.address[0].encode(), server.address[1]))

    def test_every_connection_sees_the_new_configuration_once_systemd_is_told(self):
        server = self.serve()
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(server.client()) for _ in range(20)]
            for number in range(10):
                self.change(SITE % f"number {number}")
                self.reload()
                for client in clients:
                    self.assertEqual(client.ask("/").body.decode(), f"number {number}")
                self.assertEqual(self.text(), f"number {number}")

    def test_an_answer_that_is_being_sent_is_finished(self):
        large = b"0123456789abcdef" * (1 << 20)
        server = self.serve('[vhost."*"]\nroot = "www"\n', {"www/large": large})
        with server.client(receive_buffer=1 << 16) as client:
            client.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertFalse(client.is_silent(5))
            self.change(SITE % "new")
            self.reload()
            os.unlink(server.path("www", "large"))
            self.assertEqual(client.response().body, large)
            self.assertEqual(client.ask("/large").body, b"new")

    def test_the_log_says_what_came_and_went(self):
        host = '[vhost."%s"]\nrespond = { text = "x" }\n'
        self.serve(SITE % "old" + host % "gone.test")
        self.change(SITE % "new" + host % "came.test")
        self.assertRegex(self.reload(), '"event":"reloaded","message":"reloaded: hosts added: came.test; hosts removed: gone.test"')
        self.assertIn("reloaded: the same hosts and listeners", self.reload())
        self.change(SITE % "new" + "".join(host % f"h{number}.test" for number in range(1000)))
        self.assertRegex(self.reload(), r"hosts added: h0.test, h1.test, .* and 990 more; hosts removed: came.test")

    def test_limits_and_timeouts_hold_from_then_on(self):
        server = self.serve()
        with server.client() as client:
            self.assertFalse(client.ask("/").closes)
            self.change(SITE % "new" + '[limits]\nhead_size = "1K"\n[timeouts]\nidle = "1s"\n')
            self.reload()
            self.assertEqual(client.ask("/", "X: " + "x" * 2000).status, 431)
        with server.client() as client:
            self.assertFalse(client.ask("/").closes)
            client.end()
        self.change(SITE % "new" + '[limits]\nhead_size = "64K"\nrequests_per_connection = 2\n')
        self.reload()
        with server.client() as client:
            self.assertFalse(client.ask("/", "X: " + "x" * 50_000).closes)
            self.assertTrue(client.ask("/").closes)

    def test_the_log_changes(self):
        server = self.serve(SITE % "old" + '[log]\naccess = "off"\n')
        with server.client() as client:
            client.ask("/one")
            self.change(SITE % "new" + '[log]\naccess = "json"\nlevel = "warning"\n')
            self.reload()
            client.ask("/two")
            self.change(SITE % "new" + '[log]\naccess = "combined"\n')
            self.reload()
            client.ask("/three")
        self.assertTrue(wait_until(lambda: "/three" in server.errors()))
        self.assertNotIn("/one", server.errors())
        self.assertRegex(server.errors(), r'(?m)^\{"time":.*"http_target":"/two"')
        self.assertRegex(server.errors(), r'(?m)^127.0.0.1 - - .*"GET /three HTTP/1.1" 200')

    def test_the_command_line_still_wins(self):
        port = free_port()
        server = self.serve(arguments=["serve", "--config", "{folder}/webserv.toml", "--listen", f"127.0.0.1:{port}",
                                       "--workers", "1"])
        server.address = ("127.0.0.1", port)
        self.change(SITE % "new", '[listener.http]\naddress = "127.0.0.1:1"\n')
        self.assertNotIn("restart", self.reload())
        self.assertEqual(self.text(), "new")

    def test_the_end_of_a_reload_can_be_waited_for(self):
        server = self.serve(files={"run/": ""}, environment={"RUNTIME_DIRECTORY": "{folder}/run:/nowhere"})
        request = server.path("run", "reload")
        for toml, left in ((SITE % "new", None), (WRONG, "failed\n"), (SITE % "newer", None)):
            write_files(server.folder, {"run/reload": ""})
            self.change(toml)
            self.reload()
            self.assertTrue(wait_until(lambda: not os.path.exists(request) or os.path.getsize(request)))
            self.assertEqual(left is not None, os.path.exists(request))
            if left:
                with open(request, encoding="ascii") as file:
                    self.assertEqual(file.read(), left)


class Wrong(ReloadTest):
    def assert_refused(self, *reasons):
        log = self.reload()
        self.assertEqual(len(self.messages), 2, self.messages)
        self.assertTrue(self.messages[0].startswith(b"RELOADING=1\nMONOTONIC_USEC="))
        self.assertTrue(self.messages[1].startswith(b"READY=1\nSTATUS=the reload failed, and everything is as before: "))
        self.assertIn('"event":"reload_failed"', log)
        for reason in reasons:
            self.assertRegex(log, f'"event":"config_error".*{reason}')
        self.assertRegex(self.messages[1].decode(), reasons[0])
        self.assertEqual(self.text(), "old")

    def test_all_errors_are_told_and_nothing_changes(self):
        server = self.serve()
        with server.client() as kept:
            self.assertEqual(kept.ask("/").body, b"old")
            self.change(WRONG)
            self.assert_refused(r"webserv\.toml:3:1", r"webserv\.toml:5:13")
            self.assertIn(b"(and 1 more, in the log)", self.messages[1])
            self.assertEqual(kept.ask("/").body, b"old")
            self.change(SITE % "new")
            self.reload()
            self.assertEqual(kept.ask("/").body, b"new")

    def test_a_file_that_is_gone_or_no_file(self):
        server = self.serve()
        os.unlink(server.path("webserv.toml"))
        self.assert_refused("webserv.toml.*cannot be read")
        os.mkdir(server.path("webserv.toml"))
        self.assert_refused("webserv.toml.*cannot be read")

    def test_a_port_that_is_taken(self):
        self.serve()
        with listening_socket() as taken:
            port = taken.getsockname()[1]
            address = "%s:%d" % self.server.address
            self.change(SITE % "new", f"""
[listener.http]
address = "{address}"
[listener.more]
address = ["127.0.0.1:{free_port()}", "127.0.0.1:{port}"]
""")
            self.assert_refused(f"listener `more` cannot listen at 127.0.0.1:{port}: Address already in use")
        self.reload()
        self.assertEqual(self.text(("127.0.0.1", port)), "new")


class MemoryShort(ReloadTest):
    @unittest.skipIf(SANITIZED, "sanitizers take all of the address space")
    def test_a_reload_that_it_does_not_suffice_for_changes_nothing_and_the_next_one_is_one(self):
        server = self.serve()
        self.reload()  # it has done all that belongs to its start
        self.change(SITE % "new" + "".join(f'[vhost."h{number}.test"]\nrespond = {{ text = "x" }}\n' for number in range(3000)))
        with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
            size = int(re.search(r"VmSize:\s+(\d+) kB", file.read())[1]) << 10
        unlimited = resource.prlimit(server.pid, resource.RLIMIT_AS)
        resource.prlimit(server.pid, resource.RLIMIT_AS, (size, unlimited[1]))
        for _ in range(3):
            self.assertNotIn('"reloaded"', self.reload())
            self.assertNotIn(b"serving", self.messages[-1])  # there are words only where they have memory
        resource.prlimit(server.pid, resource.RLIMIT_AS, unlimited)
        self.assertEqual(self.text(), "old")
        self.assertIn('"reloaded"', self.reload())
        self.assertEqual(self.text(), "new")


class Listeners(ReloadTest):
    def listen(self, *addresses):
        """Reloads with these; gives back the log."""
        self.change(SITE % "new", "[listener.http]\naddress = [%s]\n" % ", ".join(f'"{each}"' for each in addresses))
        return self.reload()

    def test_they_come_and_go(self):
        server = self.serve()
        old, new = "127.0.0.1:%d" % server.address[1], f"127.0.0.1:{free_port()}"
        path = server.path("socket")
        with server.client() as kept:
            self.assertIn(f"listeners added: http ({new}), http (unix:{path}); listeners removed: http ({old})",
                          self.listen(new, f"unix:{path}"))
            self.assertIn(f"STATUS=serving at http://{new}/, unix:{path}".encode(), self.messages[-1])
            self.assertEqual(kept.ask("/").body, b"new")
        with self.assertRaises(ConnectionRefusedError):
            server.client()
        self.assertEqual(self.text(("127.0.0.1", int(new.split(":")[1]))), "new")
        self.assertEqual(self.text(path), "new")
        self.listen(old)
        self.assertFalse(os.path.exists(path))
        self.assertEqual(self.text(), "new")

    def test_the_same_address_stays_the_same_socket_under_another_name(self):
        server = self.serve(SITE % "old" + '[limits]\nconnections = 1\n')
        address = "%s:%d" % server.address
        with server.client() as first:
            first.ask("/")
            first.send(b"GET / HTTP/1.1\r\n")  # one that idles would make room
            with server.client() as queued:  # above the limit: it waits in the queue of the socket
                queued.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                self.change(SITE % "new" + '[limits]\nconnections = 1\n', f'[listener.other]\naddress = "{address}"\n')
                self.reload()
                self.assertTrue(queued.is_silent(0.3))
                first.close()
                self.assertEqual(queued.response().body, b"new")

    def test_an_address_may_widen_and_narrow(self):
        port = self.serve().address[1]
        for address in (f"*:{port}", f"127.0.0.1:{port}", f"0.0.0.0:{port}", f"[::1]:{port}", f"*:{port}"):
            with self.subTest(address):
                self.assertNotIn("config_error", self.listen(address))
                host = "::1" if "[" in address else "127.0.0.1"
                with socket.create_connection((host, port)):
                    pass

    def test_a_host_answers_at_its_listeners(self):
        server = self.serve()
        port = free_port()
        self.change("""
[vhost."*"]
listeners = ["http"]
respond = { text = "public" }
[vhost."admin"]
aliases = ["test"]
listeners = ["admin"]
respond = { text = "private" }
""", f'[listener.http]\naddress = "127.0.0.1:{server.address[1]}"\n[listener.admin]\naddress = "127.0.0.1:{port}"\n')
        self.reload()
        self.assertEqual((self.text(), self.text(("127.0.0.1", port))), ("public", "private"))


class Programs(ReloadTest):
    PROGRAM = """#!/bin/sh
mkdir "$FOLDER/inside" || : > "$FOLDER/crowd"
echo >> "$FOLDER/begun"
while ! test -e "$FOLDER/go"; do sleep 0.02; done
rmdir "$FOLDER/inside"
printf 'Content-Type: text/plain\\n\\nran'
"""
    ROUTE = """
[server]
workers = 2
[vhost."*".route."/run"]
cgi = { program = "{folder}/program" }
cgi_limits = { concurrency = 1 }
environment = { FOLDER = "{folder}/runs", NUMBER = "%s" }
sandbox = { write = "{folder}/runs" }
"""

    def begun(self):
        with contextlib.suppress(FileNotFoundError):
            return os.path.getsize(self.server.path("runs/begun"))
        return 0

    def test_those_of_a_route_count_together_whichever_configuration_they_began_with(self):
        server = self.serve(self.ROUTE % 0, {"program": self.PROGRAM, "runs/": ""})
        os.chmod(server.path("program"), 0o755)
        request = b"GET /run HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(server.client(timeout=20))]
            clients[0].send(request)
            self.assertTrue(wait_until(lambda: self.begun() == 1))
            for number in range(1, 6):
                self.change((self.ROUTE % number).replace("{folder}", server.folder))
                self.assertIn('"reloaded"', self.reload())
                clients.append(stack.enter_context(server.client(timeout=20)))
                clients[-1].send(request)
            self.assertFalse(wait_until(lambda: self.begun() > 1, 0.3 / PATIENCE), "they run at once")
            write_files(server.folder, {"runs/go": ""})
            for client in clients:
                self.assertEqual(client.response().body, b"ran")
        self.assertEqual(self.begun(), len(clients))
        self.assertFalse(os.path.exists(server.path("runs/crowd")), "they ran at once")


class NeedsRestart(ReloadTest):
    def test_the_number_of_workers(self):
        self.serve()
        self.change((SITE % "new").replace("workers = 2", "workers = 3"))
        self.assertRegex(self.reload(), '"event":"restart_needed","message":"server.workers = 3 .*2 are running')
        self.assertIn(b"needs a restart: server.workers = 3", self.messages[-1])
        self.assertEqual(self.text(), "new")
        self.change(SITE % "newer")
        self.assertNotIn("restart", self.reload())

    def test_sockets_of_systemd(self):
        with listening_socket() as first, listening_socket() as second:
            self.serve(SITE % "old" + "[listener.http]\n[listener.admin]\n", inherit=[first, second], names="http:admin")
            # An address that is not used: said, and all else holds.
            self.change(SITE % "new", '[listener.http]\naddress = "127.0.0.1:1"\n[listener.admin]\n')
            self.assertRegex(self.reload(), "restart_needed.*listener `http` keeps the socket that systemd made")
            self.assertIn(b"ListenStream=", self.messages[-1])
            self.assertEqual([self.text(each.getsockname()) for each in (first, second)], ["new"] * 2)
            # What would not start does not hold.
            for listeners, reason in (("[listener.http]\n", 'systemd passed a socket named .*admin'),
                                      ("[listener.http]\n[listener.admin]\n[listener.more]\n", "listener .*more.* has neither")):
                self.change(SITE % "newest", listeners)
                self.assertRegex(self.reload(), reason)
                self.assertIn(b"the reload failed", self.messages[-1])
                self.assertEqual([self.text(each.getsockname()) for each in (first, second)], ["new"] * 2)
            # Beside them addresses come and go.
            port = free_port()
            self.change(SITE % "last", f'[listener.http]\n[listener.admin]\n[listener.own]\naddress = "127.0.0.1:{port}"\n')
            self.reload()
            self.assertEqual([self.text(each) for each in (first.getsockname(), ("127.0.0.1", port))], ["last"] * 2)

    def test_nothing_to_reload(self):
        port = free_port()
        for arguments, reason in ((["serve", "--listen", f"127.0.0.1:{port}", "{folder}"], "a folder is served"),
                                  (["serve", "--listen", f"127.0.0.1:{port}"], "there is no configuration yet")):
            with self.subTest(reason):
                if len(arguments) == 3 and os.path.exists("/etc/webserv/webserv.toml"):
                    self.skipTest("this machine has a configuration")
                with Server("", arguments=arguments) as self.server:
                    self.server.address = ("127.0.0.1", port)
                    self.assertRegex(self.reload(), f"reload_ignored.*nothing to reload: {reason}")
                    self.assertEqual(self.messages[1], READY % (b"127.0.0.1", port))
                    self.assertEqual(self.server.get("/").status, 200)

    def test_the_built_in_site_gives_way_to_a_configuration(self):
        port = free_port()
        self.serve(arguments=["serve", "--listen", f"127.0.0.1:{port}"], files={"etc/": ""},
                   environment={"CONFIGURATION_DIRECTORY": "{folder}/etc"})
        self.server.address = ("127.0.0.1", port)
        if os.path.exists("/etc/webserv/webserv.toml"):
            self.skipTest("this machine has a configuration")
        write_files(self.server.folder, {"etc/webserv.toml": SITE % "new"})
        self.reload()
        self.assertEqual(self.text(), "new")
        os.unlink(self.server.path("etc", "webserv.toml"))
        self.assertIn("the configuration is gone", self.reload())
        self.assertEqual(self.text(), "new")


class SignalsTogether(ReloadTest):
    def test_many_at_once_end_with_the_last_file(self):
        server = self.serve()
        for number in range(100):
            self.change(SITE % f"number {number}")
            server.signal(signal.SIGHUP)
            for _ in range(2 * (number % 3 == 0)):
                server.notified()
        last = b""

        def told():
            nonlocal last
            with contextlib.suppress(TimeoutError):
                last = server.notified(0.1)
            return last.startswith(b"READY=1\nSTATUS=serving") and self.text() == "number 99"
        self.assertTrue(wait_until(told, 30), last)
        with contextlib.suppress(TimeoutError):
            while True:
                last = server.notified(0.5)
        self.assertTrue(last.startswith(b"READY=1\nSTATUS=serving"), last)
        self.assertEqual(self.text(), "number 99")

    def test_during_a_drain_it_is_ignored(self):
        server = self.serve(SITE % "old" + '[timeouts]\nbody = "9s"\n')
        with server.client() as client:
            client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
            time.sleep(0.2)
            server.signal(signal.SIGTERM)
            self.assertTrue(wait_until(lambda: '"stopping"' in server.errors()))
            self.change(SITE % "new")
            server.signal(signal.SIGHUP)
            self.assertTrue(wait_until(lambda: "reload_ignored" in server.errors()))
            client.send(b"12345")
            self.assertEqual(client.response().body, b"old")
        self.assertEqual(server.wait(), 0)
        server.check_end()

    def test_a_stop_during_a_reload(self):
        for _ in range(10):
            with Server(SITE % "old") as server:
                server.signal(signal.SIGHUP)
                server.signal(signal.SIGTERM)
                self.assertEqual(server.wait(), 0)
                server.check_end()

    def test_before_it_is_ready(self):
        """The signal waits until the server can obey it. It is sent as early as the program can hold it."""
        hup_blocked = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP]); " \
            "os.kill(os.getpid(), signal.SIGHUP); os.execv(sys.argv[1], sys.argv[1:])"
        server = self.serve(wrapper=[sys.executable, "-c", hup_blocked])
        self.assertTrue(wait_until(lambda: '"reloaded"' in server.errors()))
        self.assertLess(server.errors().index('"ready"'), server.errors().index('"reloaded"'))
        self.assertEqual(self.text(), "old")


if __name__ == "__main__":
    unittest.main()
