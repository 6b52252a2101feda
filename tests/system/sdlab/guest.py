"""The machine as its tests see it; stage.py is what boots it."""
import os
import pathlib
import secrets
import shlex
import signal
import subprocess
import sys
import time
import unittest

STAGE = pathlib.Path(__file__).with_name("stage.py")
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
               "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"}


def missing():
    """Why this machine cannot boot a guest, as text, or None if it can."""
    if os.geteuid() != 0:
        return "needs root"
    for program in ("/usr/bin/systemd-nspawn", "/usr/lib/systemd/systemd", "/usr/bin/unshare", "/usr/bin/nsenter"):
        if not os.path.exists(program):
            return f"needs {program}: apt-get install systemd-container util-linux"
    if os.stat("/usr").st_dev != os.stat("/").st_dev:
        return "needs /usr on the root file system"
    attempt = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "sdlab", "/mnt"], capture_output=True, text=True)
    return f"needs to mount: {attempt.stderr.strip()}" if attempt.returncode else None


def skip(reason):
    """Ends the test that calls this, with success. ctest tells a skipped test by the line."""
    print(f"the whole test is skipped: {reason}", flush=True)
    raise unittest.SkipTest(reason)


class Stopped(Exception):
    """The guest has ended, or did not boot in time."""


class Guest:
    """Boots at the beginning of a with statement and ends with it, or with this process."""

    kind = "container"  # what stage.py makes of it
    init = "systemd"  # the name of the process that is the guest's process 1, or of one that sees its files
    boot_seconds = 60

    def __init__(self):
        self.pid = None  # of the process `init`, as this machine sees it
        self._group = "sdlab-" + secrets.token_hex(4)
        self._console = os.memfd_create("console")
        self._stage = None

    def __enter__(self):
        try:
            self._stage = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                 sys.executable, str(STAGE), self.kind, self._group],
                stdin=subprocess.DEVNULL, stdout=self._console, stderr=self._console, start_new_session=True)
            self._wait_until_booted(time.monotonic() + self.boot_seconds)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind, value, trace):
        if self._stage:
            # Its death is that of all processes in its namespace, and of their mounts and network.
            self._stage.kill()
            self._stage.wait()
        subprocess.run([sys.executable, str(STAGE), "--clean", self._group], check=False)
        os.close(self._console)

    def _wait_until_booted(self, deadline):
        state = ""
        while state not in ("running", "degraded"):
            self._check()
            if time.monotonic() > deadline:
                raise Stopped(f"it did not boot within {self.boot_seconds} s (state {state!r}):\n{self.console()[-4000:]}")
            time.sleep(0.05)
            self.pid = self.pid or init_below(self._stage.pid, self.init)
            if self.pid:
                state = self.run("systemctl is-system-running", check=False).stdout.strip()

    def _check(self):
        """Raises Stopped with the reason where the guest has ended, or its kernel says that it cannot go on."""
        ended = self._stage.poll() is not None
        console = self.console()
        if "Kernel panic - " in console:
            lines = console.splitlines()
            panic = next(number for number, line in enumerate(lines) if "Kernel panic - " in line)
            raise Stopped("; ".join(lines[max(panic - 1, 0):panic + 1]))  # the line before it often says more
        if ended:
            raise Stopped(f"it ended; its console's end is\n{console[-4000:]}")

    def console(self):
        """What it has printed until now."""
        return os.pread(self._console, os.fstat(self._console).st_size, 0).decode(errors="replace")

    def run(self, command, check=True, timeout=60):
        """Runs a shell command in it, and gives back the completed process with text. Fails on another status than 0."""
        with self.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                output, errors = process.communicate(timeout=timeout)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        result = subprocess.CompletedProcess(command, process.returncode, output, errors)
        if check and result.returncode:
            raise AssertionError(f"{command!r} ended with {result.returncode}:\n{output}{errors}")
        return result

    def start(self, command, **more):
        """Starts a shell command, or a list of arguments, in it: a subprocess.Popen with a process group of its own."""
        arguments = ["/bin/sh", "-c", command] if isinstance(command, str) else list(command)
        return subprocess.Popen(["nsenter", "--target", str(self.pid), "--all", "--wdns=/", *arguments], env=ENVIRONMENT,
                                stdin=subprocess.DEVNULL, start_new_session=True, **more)

    def path(self, name):
        """Where this machine finds a file of the guest."""
        return pathlib.Path(f"/proc/{self.pid}/root{name}")

    def write(self, name, content, mode=0o644):
        """Writes a file, and the folders it needs."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)

    def show(self, unit, *names):
        """Properties of a unit: one as text, several as a list."""
        lines = self.run(shlex.join(["systemctl", "show", unit, *(f"--property={name}" for name in names)])).stdout.splitlines()
        values = dict(line.split("=", 1) for line in lines)
        return values[names[0]] if len(names) == 1 else [values[name] for name in names]

    def journal(self, unit):
        """The messages of a unit's processes and of systemd about it."""
        return self.run(f"journalctl --sync; journalctl --unit {shlex.quote(unit)} --output cat").stdout

    def until(self, condition, seconds=15):
        """Waits until the condition gives something true, and gives it back."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s")
            time.sleep(0.05)
        return value


def init_below(pid, init):
    """The descendant of that name, which is or runs process 1 of the guest, once there is one."""
    children = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                children += file.read().split()
        for child in children:
            with open(f"/proc/{child}/comm", encoding="ascii") as file:
                name = file.read().strip()
            if name == init:
                return int(child)
            if found := init_below(int(child), init):
                return found
    except (FileNotFoundError, ProcessLookupError):  # it has ended; the latter between open and read
        pass
    return None
