"""Socket activation and notification, with systemd-socket-activate and a manager that is faked: no systemd runs."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from server import PATIENCE, PROGRAM, free_port

TWO_LISTENERS = """
[listener.http]
[listener.admin]
[vhost."http.test"]
listeners = ["http"]
respond = { text = "public" }
[vhost."admin.test"]
listeners = ["admin"]
respond = { text = "private" }
"""
ONE_LISTENER = """
[listener.http]
[vhost."*"]
respond = { text = "hello" }
"""
DEADLINE = 20 * PATIENCE


def get(port, host="x"):
    """Status and body of an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        data = b""
        while more := connection.recv(65536):
            data += more
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


def wait_for_port(port):
    deadline = time.monotonic() + DEADLINE
    while True:
        # Not by a connection: that would start the server.
        listening = pathlib.Path("/proc/net/tcp").read_text(encoding="ascii")
        if f"0100007F:{port:04X} 00000000:0000 0A" in listening:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"nobody listens on {port}")
        time.sleep(0.01)


@unittest.skipUnless(shutil.which("systemd-socket-activate"), "needs systemd-socket-activate: apt-get install systemd")
class ActivationTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="webserv-activation-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(str(self.folder / "notify"))
        self.ports = [free_port(), free_port()]

    def start(self, toml, *options, listen=None):
        """Lets systemd-socket-activate wait at the addresses for a client; then it becomes the program."""
        (self.folder / "webserv.toml").write_text(toml, encoding="utf-8")
        addresses = [f"--listen=127.0.0.1:{port}" for port in (listen or self.ports)]
        return self.popen(["systemd-socket-activate", *addresses, "--setenv=NOTIFY_SOCKET", *options, PROGRAM])

    def popen(self, command, **environment):
        with open(self.folder / "errors", "wb") as errors:
            process = subprocess.Popen([*command, "serve", "--config", str(self.folder / "webserv.toml")],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                                       env={**os.environ, "NOTIFY_SOCKET": str(self.folder / "notify"), **environment})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def errors(self):
        return (self.folder / "errors").read_text(encoding="utf-8", errors="replace")

    def next_notice(self):
        """The lines of the next datagram."""
        self.manager.settimeout(DEADLINE)
        return self.manager.recv(8192).decode().splitlines()

    def notices(self):
        """The lines of all datagrams that wait."""
        lines = []
        self.manager.setblocking(False)
        try:
            while True:
                lines += self.manager.recv(8192).decode().splitlines()
        except BlockingIOError:
            return lines

    def expect_wrong_configuration(self, process, *texts):
        """It has ended with EX_CONFIG, has told each of the texts on stderr and one in its status, and was never ready."""
        self.assertEqual(process.wait(DEADLINE), 78, self.errors())
        errors, notices = self.errors(), self.notices()
        for text in texts:
            self.assertIn(text, errors)
        self.assertNotIn("READY=1", notices)
        status = [line for line in notices if line.startswith("STATUS=")]
        self.assertTrue(status and texts[0] in status[-1], notices)

    def test_the_first_connection_starts_it_and_is_served(self):
        process = self.start(ONE_LISTENER, "--fdname=http", listen=self.ports[:1])
        wait_for_port(self.ports[0])
        self.assertEqual(self.notices(), [])
        self.assertEqual(get(self.ports[0]), (200, "hello"))
        ready, status = self.next_notice()
        self.assertEqual(ready, "READY=1")
        self.assertGreater(len(status), len("STATUS="))
        self.assertEqual(get(self.ports[0]), (200, "hello"))
        process.send_signal(signal.SIGTERM)
        self.assertIn("STOPPING=1", self.next_notice())
        self.assertEqual(process.wait(DEADLINE), 0)

    def test_a_lone_socket_needs_no_name(self):
        self.start(ONE_LISTENER, listen=self.ports[:1])
        wait_for_port(self.ports[0])
        self.assertEqual(get(self.ports[0]), (200, "hello"))

    def test_names_say_which_listener_a_socket_is_for(self):
        for names in (["http", "admin"], ["admin", "http"]):
            with self.subTest(names):
                process = self.start(TWO_LISTENERS, f"--fdname={':'.join(names)}")
                for port, name in zip(self.ports, names):
                    wait_for_port(port)
                    self.assertEqual(get(port, f"{name}.test")[0], 200)
                    self.assertEqual(get(port, "admin.test" if name == "http" else "http.test")[0], 421)
                process.terminate()
                process.wait(DEADLINE)

    def test_sockets_that_nobody_named_are_refused_and_their_clients_told(self):
        process = self.start(TWO_LISTENERS)
        wait_for_port(self.ports[1])
        self.assertEqual(get(self.ports[0])[0], 503)
        self.expect_wrong_configuration(process, 'socket named "unknown"', 'the listener "http" has neither', 'listener "admin"')

    def test_a_datagram_socket_is_refused_by_its_number_and_name(self):
        process = self.start(ONE_LISTENER, "--datagram", "--fdname=http", listen=self.ports[:1])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            deadline = time.monotonic() + DEADLINE
            while process.poll() is None and time.monotonic() < deadline:
                client.sendto(b"x", ("127.0.0.1", self.ports[0]))
                time.sleep(0.05)
        self.expect_wrong_configuration(process, 'the descriptor 3 that systemd passed as "http" is not a stream socket')

    def test_all_errors_of_the_configuration_are_told_before_ready(self):
        process = self.start('[listener.http]\nadress = "x"\n[vhost."*"]\nrot = "www"\n[limits]\nfields = -1\n',
                             "--fdname=http", listen=self.ports[:1])
        wait_for_port(self.ports[0])
        self.assertEqual(get(self.ports[0])[0], 503)
        self.expect_wrong_configuration(process, "webserv.toml:2:1: error: ", "webserv.toml:4:1: error: ", "webserv.toml:6:")

    def test_sockets_of_another_process_are_left_alone(self):
        toml = ONE_LISTENER.replace("[listener.http]", f'[listener.http]\naddress = "127.0.0.1:{self.ports[0]}"')
        (self.folder / "webserv.toml").write_text(toml, encoding="utf-8")
        process = self.popen([PROGRAM], LISTEN_PID="1", LISTEN_FDS="1", LISTEN_FDNAMES="other")
        self.assertEqual(self.next_notice()[0], "READY=1")
        self.assertEqual(get(self.ports[0]), (200, "hello"))
        process.terminate()
        self.assertEqual(process.wait(DEADLINE), 0)


if __name__ == "__main__":
    unittest.main()
