"""A machine with a kernel of its own (User Mode Linux), for what this machine's kernel does not give to guests: cgroups with
the controllers memory, pids, cpu and io.

It boots in some ten seconds from this machine's own root file system, and what it writes goes to memory. Its kernel is a
program of this machine with one processor, to which each system call costs a hundred times more: nothing is measured there.
"""
import itertools
import os
import pathlib
import shlex
import subprocess
import time

from . import guest

SET_ENVIRONMENT = "export " + shlex.join(f"{name}={value}" for name, value in guest.ENVIRONMENT.items()) + "; "


def missing():
    """Why this machine cannot boot such a guest, as text, or None if it can."""
    if os.path.exists("/usr/bin/linux.uml"):
        return guest.missing()
    return "needs /usr/bin/linux.uml: apt-get install user-mode-linux"


class KernelGuest(guest.Guest):
    """As Guest, but commands run without streams: run() alone, from any thread. What shall go on is for systemd-run."""

    kind = "kernel"
    init = "linux.uml"

    def __init__(self):
        super().__init__()
        self._numbers = itertools.count(1)

    def path(self, name):
        return pathlib.Path(f"/proc/{self.pid}/root{self._folder}/stage/root{name}")

    def run(self, command, check=True, timeout=60):
        number = next(self._numbers)
        files = {kind: self.path(f"/sdlab/{number}.{kind}") for kind in ("part", "command", "output", "errors", "status")}
        if not files["part"].parent.is_dir():
            return subprocess.CompletedProcess(command, 127, "", "the guest has not booted")
        files["part"].write_text(f"{SET_ENVIRONMENT}exec timeout --kill-after=1 {timeout} /bin/sh -c {shlex.quote(command)}", encoding="utf-8")
        files["part"].rename(files["command"])
        deadline = time.monotonic() + 2 * timeout
        while not files["status"].exists():
            if self._stage.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{command!r} did not end: the guest has stopped")
            time.sleep(0.01)
        result = subprocess.CompletedProcess(command, int(files["status"].read_text()), files["output"].read_text(errors="replace"),
                                             files["errors"].read_text(errors="replace"))
        for file in files.values():
            file.unlink(missing_ok=True)
        if check and result.returncode:
            raise AssertionError(f"{command!r} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
        return result

    def start(self, command, **more):
        raise NotImplementedError("systemd-run starts what goes on")
