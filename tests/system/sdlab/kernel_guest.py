"""Machines with a kernel of their own, for what this machine's kernel does not give to guests: cgroups with the controllers
memory, pids, cpu and io.

They boot from this machine's own root file system, and what they write goes to memory. Everything costs more there: nothing is
measured.
"""
import itertools
import os
import shlex
import subprocess
import time

from . import guest, stage

SET_ENVIRONMENT = "export " + shlex.join(f"{name}={value}" for name, value in guest.ENVIRONMENT.items()) + "; "


class KernelGuest(guest.Guest):
    """As Guest, but commands run without streams: run() alone, from any thread. What shall go on is for systemd-run."""

    name = ""  # for people
    needs = {}  # {path: package}
    slowness = 1  # how many times longer than in the fastest kind something may take

    def __init__(self):
        super().__init__()
        self._numbers = itertools.count(1)

    @classmethod
    def missing(cls):
        """Why this machine cannot boot such a guest, as text, or None if it can."""
        lacking = [f"needs {path} ({package})" for path, package in cls.needs.items() if not os.path.exists(path)]
        return lacking[0] if lacking else guest.missing()

    def path(self, name):
        return super().path(stage.ROOT + name)

    def run(self, command, check=True, timeout=60):
        seconds = timeout * self.slowness
        number = next(self._numbers)
        if not self.path("/sdlab/ready").exists():
            return subprocess.CompletedProcess(command, 127, "", "the guest has not booted")
        files = {kind: self.path(f"/sdlab/{number}.{kind}") for kind in ("part", "command", "output", "errors", "status")}
        files["part"].write_text(f"{SET_ENVIRONMENT}exec timeout --kill-after=1 {seconds} /bin/sh -c {shlex.quote(command)}", encoding="utf-8")
        files["part"].rename(files["command"])
        deadline = time.monotonic() + 2 * seconds
        while not files["status"].exists():
            self._check()
            if time.monotonic() > deadline:
                raise AssertionError(f"{command!r} did not end")
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

    def until(self, condition, seconds=15):
        return super().until(condition, seconds * self.slowness)


class UserModeLinux(KernelGuest):
    """Its kernel is a program of this machine with one processor, to which each system call costs a hundred times more. It
    boots in some ten seconds. Of processors with AMX it knows nothing: there it panics before its first process begins."""

    name = "User Mode Linux"
    kind = "uml"
    init = "linux.uml"
    boot_seconds = 120
    needs = {"/usr/bin/linux.uml": "user-mode-linux"}


class Emulator(KernelGuest):
    """A whole machine with two processors, whose instructions QEMU translates: it runs everywhere, and all takes ten times
    longer. It boots in some ten seconds too, if nothing else runs beside it."""

    name = "QEMU"
    kind = "qemu"
    init = "qemu-system-x86"  # as much as the kernel keeps of a name
    boot_seconds = 240
    slowness = 4
    needs = {"/usr/bin/qemu-system-x86_64": "qemu-system-x86", "/usr/lib/qemu/virtiofsd": "qemu-system-common",
             stage.KERNEL: "cmake/install-packages.sh emulator", stage.BUSYBOX: "cmake/install-packages.sh emulator"}

    def write(self, name, content, mode=0o644):
        # Its kernel asks once for what is in the root file system: it must make the change itself.
        part = self.path(f"/sdlab/{next(self._numbers)}.content")
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        self.run(f"install -D --mode={mode:o} /sdlab/{part.name} {shlex.quote(name)}")
        part.unlink()


def boot_kernel_guest():
    """Gives back a booted guest, of the first kind that boots here. Where none does, the test is skipped."""
    reasons = []
    for kind in (UserModeLinux, Emulator):
        reason = kind.missing()
        if not reason:
            try:
                booted = kind().__enter__()
                print(f"the guest is {kind.name}", flush=True)
                return booted
            except guest.Stopped as error:
                reason = str(error)
        reasons.append(f"{kind.name}: {reason}")
        print("no guest by " + reasons[-1], flush=True)
    guest.skip("; ".join(reasons))
