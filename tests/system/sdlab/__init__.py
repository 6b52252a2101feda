"""A machine with a real systemd as process 1, for tests of units: it boots in about a second and leaves nothing behind.

    with sdlab.Guest() as guest:
        guest.write("/etc/systemd/system/hello.service", text)
        guest.run("systemctl daemon-reload && systemctl start hello")

The guest is a container made from this machine's own root file system: its programs and libraries are there, what it
writes goes to memory, and it has a network of its own with a loopback interface only. None of this machine's own units run in it.

sdlab.boot_kernel_guest() gives the same with a kernel of its own, for what this machine's kernel does not give to a container.
"""
from .guest import Guest, missing, skip
from .kernel_guest import boot_kernel_guest

__all__ = ["Guest", "boot_kernel_guest", "missing", "skip"]
