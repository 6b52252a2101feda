"""Starts the program for a test, and talks to it over plain sockets.

WEBSERV_BIN is the program. A Server runs it with a configuration of its own in a temporary folder, a Client sends bytes
and reads answers strictly: what breaks the grammar of HTTP/1.1 in an answer is an error here.
"""
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ.get("WEBSERV_BIN", "")
SANITIZED = bool(os.environ.get("WEBSERV_SANITIZE"))

# How much longer than usual things may take.
PATIENCE = 5 if SANITIZED else 1

# Gives the program the sockets as systemd does: from descriptor 3 on, and with its own process id.
ACTIVATE = """
import fcntl, os, sys
given = [int(number) for number in sys.argv[1].split(",")]
spare = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64) for fd in given]
for fd in given:
    os.close(fd)
for place, fd in enumerate(spare):
    os.dup2(fd, 3 + place, inheritable=True)
os.environ["LISTEN_FDS"] = str(len(given))
os.environ["LISTEN_FDNAMES"] = sys.argv[2]
os.environ["LISTEN_PID"] = str(os.getpid())
os.execvp(sys.argv[3], sys.argv[3:])
"""


def free_port():
    """A port that nothing listens on, and that no other test gets while this process lives. It is below those that the
    kernel gives to clients of other tests.
    """
    while True:
        port = random.randrange(15000, 32000)
        with contextlib.suppress(OSError), socket.socket() as probe, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mark:
            probe.bind(("127.0.0.1", port))
            mark.bind(f"\0webserv-test-port-{port}")
            mark.detach()  # the name is taken until this process ends
            return port


def listening_socket(backlog=4096):
    """A socket to be inherited by one program after the other."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", free_port()))
    listener.listen(backlog)
    return listener


def raise_descriptor_limit(wanted):
    """Lets this process, and what it starts, have as many descriptors; False where the machine does not allow it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted and hard != resource.RLIM_INFINITY and hard < wanted:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    return True


def write_files(folder, files):
    """Writes {name: str or bytes} below the folder, and the folders they need. A name that ends in a slash is one."""
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(path if name.endswith("/") else os.path.dirname(path), exist_ok=True)
        if not name.endswith("/"):
            with open(path, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)


class Server:
    """The program, running. Use it in a with statement: at the end it is stopped, and must have ended cleanly.

    `toml` is the configuration; a listener "http" on a free port is added, unless sockets are inherited or the text has
    listeners itself. Relative paths in it start at `folder`, where `files` are written first; a listener may be at
    `unix:SOCKET` there.
    """

    def __init__(self, toml, files=None, inherit=(), names="http", wrapper=(), environment=None, arguments=None,
                 start_seconds=20):
        self.folder = tempfile.mkdtemp(prefix="webserv-test-")
        self.address = ("127.0.0.1", free_port())
        self.returncode = None
        self._process = None
        self._start_seconds = start_seconds * PATIENCE
        write_files(self.folder, files or {})
        if inherit:
            self.address = inherit[0].getsockname()
        elif "[listener." not in toml:
            toml += f'\n[listener.http]\naddress = "{self.address[0]}:{self.address[1]}"\n'
        write_files(self.folder, {"webserv.toml": toml.replace("{folder}", self.folder)})
        if arguments is None:
            arguments = ["serve", "--config", self.path("webserv.toml")]
        self._command = [*wrapper, PROGRAM, *(each.replace("{folder}", self.folder) for each in arguments)]
        if inherit:
            numbers = ",".join(str(each.fileno()) for each in inherit)
            self._command = [sys.executable, "-c", ACTIVATE, numbers, names, *self._command]
        self._inherit = [each.fileno() for each in inherit]
        more = {name: value.replace("{folder}", self.folder) for name, value in (environment or {}).items()}
        # Started by hand, whoever hears what it tells: SYSTEMD_EXEC_PID is of another process.
        self._environment = {**os.environ, "NOTIFY_SOCKET": self.path("notify"), "SYSTEMD_EXEC_PID": "0", **more}
        self._notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notified.bind(self.path("notify"))

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self._clean()
            raise
        return self

    def __exit__(self, kind, value, trace):
        try:
            if self._process.poll() is not None and self.returncode is None:
                self.returncode = self._process.returncode
                raise AssertionError(f"the program ended by itself, with {self.returncode}:\n{self.errors()}")
            if self.returncode is None:
                self.stop()
        finally:
            self._clean()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        """Starts the program and waits until it says that it is ready."""
        with open(self.path("stderr"), "wb") as errors, open(self.path("stdout"), "wb") as output:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                                             env=self._environment, pass_fds=self._inherit)
        deadline = time.monotonic() + self._start_seconds
        self._notified.settimeout(0.1)
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                if b"READY=1" in self._notified.recv(4096).split(b"\n"):
                    return
            if self._process.poll() is not None:
                break
        raise AssertionError(f"the program is not ready; exit code {self._process.poll()}:\n{self.errors()}")

    def reload(self, seconds=20):
        """Lets the program read its configuration again; gives back what it told systemd meanwhile, the end last."""
        self.signal(signal.SIGHUP)
        messages = [self.notified(seconds)]
        while not messages[-1].startswith(b"READY=1\n"):
            messages.append(self.notified(seconds))
        return messages

    def notified(self, seconds=20):
        """The next message to systemd, whose queue is short: the program waits where nobody takes them."""
        self._notified.settimeout(seconds * PATIENCE)
        return self._notified.recv(4096)

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self, seconds=10):
        """Waits until the program has ended and returns its exit code."""
        self.returncode = self._process.wait(seconds * PATIENCE)
        return self.returncode

    def stop(self):
        """Ends the program as systemd does. It must end cleanly, and no sanitizer may have complained."""
        self.signal(signal.SIGTERM)
        try:
            self.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the program did not end after SIGTERM:\n{self.errors()}") from None
        self.check_end()

    def check_end(self):
        assert self.returncode == 0, f"exit code {self.returncode}:\n{self.errors()}"
        complaint = re.search(r"^.*(Sanitizer|runtime error:).*$", self.errors(), re.M)
        assert not complaint, self.errors()

    def kill(self):
        """Ends the program at once, as the kernel would when memory is short."""
        self.signal(signal.SIGKILL)
        self.wait()

    def errors(self):
        with open(self.path("stderr"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def descriptors(self, kind=""):
        """How many descriptors the program has open; of a kind: "socket", ..."""
        count = 0
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                count += os.readlink(f"/proc/{self.pid}/fd/{name}").startswith(kind)
        return count

    def children(self):
        """The states of the program's children: "Z" is a zombie (proc(5))."""
        states = []
        for process in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
                    state, parent = file.read().rpartition(")")[2].split()[:2]
                if int(parent) == self.pid:
                    states.append(state)
        return states

    def cpu_seconds(self):
        """The processor time that the program has used."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def client(self, **options):
        return Client(self.address, **options)

    def get(self, target, *fields, method="GET"):
        """The answer to one request on a connection of its own."""
        with self.client() as client:
            return client.ask(target, *fields, "Connection: close", method=method)

    def _clean(self):
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._notified.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class ProtocolError(AssertionError):
    """An answer that HTTP/1.1 does not allow."""


class Response:
    """An answer. `fields` are its pairs of name and value in their order; names are found without case."""

    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 ([1-5]\d\d) ([\t -~]*)", lines[0])
        if not match:
            raise ProtocolError(f"bad status line: {lines[0]!r}")
        self.status, self.reason = int(match[1]), match[2]
        self.fields, self.body, self.interim = [], b"", []
        for line in lines[1:]:
            match = re.fullmatch(
    r"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([!-~\x80-\xff]([\t -~\x80-\xff]*[!-~\x80-\xff])?)?", line)
            if not match:
                raise ProtocolError(f"bad field line: {line!r}")
            self.fields.append((match[1], match[2] or ""))

    def all(self, name):
        return [value for each, value in self.fields if each.lower() == name.lower()]

    def field(self, name):
        """The value of a field that is there once; None where it is not there."""
        values = self.all(name)
        if len(values) > 1:
            raise ProtocolError(f"{name} is there {len(values)} times")
        return values[0] if values else None

    def members(self, name):
        """The members of a field that is a list, in lower case."""
        return [each.strip().lower() for value in self.all(name) for each in value.split(",") if each.strip()]

    @property
    def closes(self):
        return "close" in self.members("Connection")

    def check(self):
        """What holds for every answer, whatever it says."""
        for name in ("Content-Type", "Content-Length", "ETag", "Last-Modified", "Location", "Content-Range"):
            self.field(name)
        if self.status >= 200 and not re.fullmatch(DATE, self.field("Date") or ""):
            raise ProtocolError(f"Date is {self.all('Date')}")
        length = self.field("Content-Length")
        if length is not None and not re.fullmatch(r"0|[1-9]\d*", length):
            raise ProtocolError(f"Content-Length is {length!r}")
        framed = length is not None or self.all("Transfer-Encoding")
        if framed and (self.status < 200 or self.status in (204, 304)):
            raise ProtocolError(f"{self.status} says how long its body is, and has none")
        if self.status == 405 and self.field("Allow") is None:
            raise ProtocolError("405 without Allow")

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.body[:60]!r}{'...' if len(self.body) > 60 else ''}>"


DATE = (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
        r"\d\d:\d\d:\d\d GMT")


class Client:
    """A connection. Reading ends with an error where nothing came for a while."""

    def __init__(self, address, timeout=8, receive_buffer=None):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout * PATIENCE)
        self.socket.connect(address)
        if family == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, *pieces):
        for piece in pieces:
            self.socket.sendall(piece)

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def ask(self, target, *fields, method="GET"):
        """Sends a request without a body, for the host "test" unless a field says another, and reads the answer."""
        lines = [f"{method} {target} HTTP/1.1", *fields]
        if not any(each.lower().startswith("host:") for each in fields):
            lines.insert(1, "Host: test")
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
        return self.response(method)

    def response(self, method="GET"):
        """Reads the next answer, which is one to a request with this method. 1xx answers before it are in `interim`."""
        interim = []
        while True:
            response = Response(self._read_to(b"\r\n\r\n"))
            response.check()
            if response.status >= 200:
                break
            interim.append(response)
        response.interim = interim
        if method != "HEAD" and response.status not in (204, 304):
            response.body = self._read_body(response)
        return response

    def end(self):
        """Asserts that the server sends nothing more and has ended its side in order."""
        rest = bytes(self._received) or self.socket.recv(4096)
        if rest:
            raise ProtocolError(f"bytes that belong to no answer: {rest[:200]!r}")

    def is_silent(self, seconds):
        """Whether nothing comes for so long: neither bytes nor the end."""
        if self._received:
            return False
        timeout = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            self._receive()
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(timeout)

    def _receive(self):
        piece = self.socket.recv(1 << 18)
        self._received += piece
        return len(piece)

    def _read_to(self, mark):
        searched = 0
        while (place := self._received.find(mark, searched)) < 0:
            searched = max(0, len(self._received) - len(mark))
            if not self._receive():
                raise ProtocolError(f"the connection ended within an answer's head: {bytes(self._received)!r}")
        text = bytes(self._received[:place])
        del self._received[:place + len(mark)]
        return text

    def _read(self, length):
        while len(self._received) < length:
            if not self._receive():
                raise ProtocolError(f"the connection ended with {length - len(self._received)} of {length} bytes due")
        text = bytes(self._received[:length])
        del self._received[:length]
        return text

    def _read_body(self, response):
        if response.all("Transfer-Encoding"):
            return self._read_chunks(response)
        length = response.field("Content-Length")
        if length is not None:
            return self._read(int(length))
        if not response.closes:
            raise ProtocolError(f"a body whose end cannot be told: {response}")
        while self._receive():
            pass
        body = bytes(self._received)
        self._received.clear()
        return body

    def _read_chunks(self, response):
        if response.members("Transfer-Encoding") != ["chunked"] or response.field("Content-Length") is not None:
            raise ProtocolError(f"bad framing: {response}")
        body = b""
        while size := int(re.fullmatch(rb"[0-9A-Fa-f]+", self._read_to(b"\r\n"))[0], 16):
            body += self._read(size)
            if self._read(2) != b"\r\n":
                raise ProtocolError("no CRLF behind a chunk's data")
        while self._read_to(b"\r\n"):
            pass
        return body


def wait_until(holds, seconds=5, every=0.01):
    """Waits until the condition holds; False if it does not in time."""
    deadline = time.monotonic() + seconds * PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
