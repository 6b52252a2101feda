#!/usr/bin/python3
"""A script that tries all that it can name against what is not its own: files, processes, sockets, the kernel.

It prints a line for each attempt that succeeded, and how many it made. $TARGETS says as JSON what there is:

    files      that it may not read or change           folders    whose content it may not see or change
    processes  that it may not touch (the server is)    sockets    abstract names that it may not reach
    groups     cgroups of the service                   ports      of TCP at 127.0.0.1 that it may not reach
    services   paths of local sockets                   datagrams  the same, that take what is sent to them

The query says what else there is to do: "files" is all but what is done to processes and to the kernel, "processes" what is done to those
that $TARGETS names, "leave" leaves all that the next run could find, "find" looks for that, "wait" waits to be attacked itself.
"""
import ctypes
import errno
import fcntl
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
REFUSED = (errno.EPERM, errno.EACCES)
# Not there, or no longer: nothing was reached.
ABSENT = (errno.ENOENT, errno.ESRCH, errno.ENOSYS, errno.ENOTDIR, errno.EXDEV, errno.EROFS, errno.EAFNOSUPPORT, errno.ENODEV,
          errno.ENXIO, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT, errno.ECONNREFUSED, errno.ENOTSUP, errno.EISDIR)
# By name: those of x86-64, and of AArch64.
CALLS = {
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "ptrace": (101, 117), "kcmp": (312, 272),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "perf_event_open": (298, 241), "bpf": (321, 280),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "userfaultfd": (323, 282),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsmount": (432, 432),
    "mount_setattr": (442, 442), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "process_mrelease": (448, 448),
    "move_pages": (279, 239), "migrate_pages": (256, 238), "sched_setattr": (314, 274), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "ioprio_set": (251, 30), "tkill": (200, 130), "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "prlimit64": (302, 261), "shmget": (29, 194),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "mq_unlink": (241, 181), "reboot": (169, 142),
    "kexec_load": (246, 104), "init_module": (175, 105), "delete_module": (176, 106), "swapon": (167, 224), "acct": (163, 89),
    "syslog": (103, 116), "sethostname": (170, 161), "quotactl": (179, 60), "clone": (56, 220), "clone3": (435, 435), "personality": (135, 92),
    "name_to_handle_at": (303, 264), "renameat2": (316, 276), "fchmodat2": (452, 452), "openat2": (437, 437),
}
ARCHITECTURE = 1 if platform.machine() == "aarch64" else 0
CLONE_NEWUSER = 0x10000000
NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, CLONE_NEWUSER, 0x20000000, 0x40000000)
IS_ROOT = os.geteuid() == 0
OWN_TMPDIR = os.environ.get("TMPDIR", "/tmp")


class Attempts:
    """Counts attempts, and keeps the names of those that succeeded."""

    def __init__(self):
        self.made = 0
        self.succeeded = []

    def make(self, name, action):
        """An attempt succeeds where it ends without an error and does not give False."""
        self.made += 1
        try:
            outcome = action()
        except OSError as error:
            # Any other error means that the kernel was willing, and only what was asked for did not suit it.
            if error.errno not in REFUSED + ABSENT and not isinstance(error, TimeoutError):
                self.succeeded.append(f"{name}: {errno.errorcode.get(error.errno, error.errno)}")
            return
        if outcome is not False:
            self.succeeded.append(f"{name}: {str(outcome)[:100]!r}")


def call(name, *arguments):
    """A system call as it is; raises OSError."""
    result = LIBC.syscall(ctypes.c_long(CALLS[name][ARCHITECTURE]),
                          *(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def read(path, size=16):
    with open(path, "rb") as file:
        return file.read(size)


def write(path, mode="r+b"):
    with open(path, mode) as file:
        return file.fileno()


def put(path, text):
    with open(path, "w", encoding="ascii") as file:
        return file.write(text)


def attack_file(attempts, path):
    """Reads, changes, replaces and removes it, by its path and by others that lead there."""
    own = os.path.join(OWN_TMPDIR, "own")
    put(own, "forged")
    link = os.path.join(OWN_TMPDIR, "link")
    os.symlink(path, link)
    ways = {"path": path, "symbolic link": link, "relative": os.path.relpath(path), "own root": f"/proc/self/root{path}",
            "root of the server": f"/proc/{os.getppid()}/root{path}", "dots": f"/usr/bin/../..{path}"}
    for way, where in ways.items():
        attempts.make(f"read {path} by {way}", lambda where=where: read(where))
        attempts.make(f"write {path} by {way}", lambda where=where: write(where))
    changes = {
        "truncate": lambda: os.truncate(path, 1), "append to": lambda: write(path, "ab"),
        "rename": lambda: os.rename(path, path + ".old"), "take": lambda: os.rename(path, own + ".taken"),
        "replace": lambda: os.rename(own, path), "link": lambda: os.link(path, own + ".link"),
        "exchange": lambda: call("renameat2", -100, path.encode(), -100, own.encode(), 2),
        "remove": lambda: os.unlink(path),
        "run": lambda: os.posix_spawn(path, [path], {}),
        "reopen": lambda: read(f"/proc/self/fd/{os.open(path, os.O_PATH)}"),
        "chmod": lambda: os.chmod(path, 0o666), "chown": lambda: os.chown(path, os.geteuid(), -1), "utime": lambda: os.utime(path),
        "fchmodat2": lambda: call("fchmodat2", -100, path.encode(), 0o666, 0),
        "set an attribute of": lambda: os.setxattr(path, "user.a", b"b"),
        "remove an attribute of": lambda: os.removexattr(path, "user.a"),
        "chmod by /proc": lambda: os.chmod(f"/proc/self/fd/{os.open(path, os.O_PATH)}", 0o666),
        "lead there by file handle": lambda: open_by_handle(path),
    }
    for how, action in changes.items():
        attempts.make(f"{how} {path}", action)
    os.unlink(link)
    os.path.exists(own) and os.unlink(own)


def open_by_handle(path):
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    mount = ctypes.c_int()
    call("name_to_handle_at", -100, path.encode(), handle, ctypes.byref(mount), 0)
    return call("open_by_handle_at", os.open("/usr", os.O_RDONLY), handle, os.O_RDONLY)


def attack_folder(attempts, path):
    name = f"{path}/attacker-{os.getpid()}"

    def bind():
        os.chdir(path)  # a name of a socket has 107 bytes at most
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("attacker")

    actions = {
        "list": lambda: os.listdir(path), "make a file in": lambda: write(name, "xb"), "make a folder in": lambda: os.mkdir(name),
        "make a pipe in": lambda: os.mkfifo(name), "make a socket in": bind, "link in": lambda: os.symlink("/", name),
        "make a device in": lambda: os.mknod(name, 0o600 | 0o060000, os.makedev(7, 0)),
        "rename": lambda: os.rename(path, path + ".old"), "remove": lambda: os.rmdir(path), "chmod": lambda: os.chmod(path, 0o777),
        "make a nameless file in": lambda: os.open(path, os.O_TMPFILE | os.O_RDWR),
        "list by /proc": lambda: os.listdir(f"/proc/self/root{path}"),
        "list from within": lambda: (os.chdir(path), os.listdir("."))[1],
    }
    here = os.getcwd()
    for how, action in actions.items():
        attempts.make(f"{how} {path}", action)
        os.chdir(here)


def sched_attr(policy):
    return ctypes.create_string_buffer(struct.pack("IIQiIQQQ", 48, policy, 0, 0, 0, 0, 0, 0))


def attack_process(attempts, pid):
    """What one process may do to another of its user: end, stop, slow down, starve, read and change it."""
    memory = ctypes.create_string_buffer(16)
    vector = ctypes.create_string_buffer(struct.pack("PN", ctypes.addressof(memory), 16))
    anywhere = ctypes.create_string_buffer(struct.pack("PN", 0x400000, 16))
    information = ctypes.create_string_buffer(struct.pack("iii", signal.SIGCONT, 0, -1) + bytes(116))
    zero = ctypes.create_string_buffer(64)
    idle, batch = 5, 3

    def by_descriptor(action):
        descriptor = call("pidfd_open", pid, 0)
        try:
            return action(descriptor)
        finally:
            os.close(descriptor)

    signals = {
        f"kill with {number}": lambda number=number: os.kill(pid, number)
        for number in (0, signal.SIGCONT, signal.SIGSTOP, signal.SIGHUP, signal.SIGTERM, signal.SIGKILL)}
    actions = {
        "tkill": lambda: call("tkill", pid, signal.SIGSTOP), "tgkill": lambda: call("tgkill", pid, pid, signal.SIGSTOP),
        "queue a signal to": lambda: call("rt_sigqueueinfo", pid, signal.SIGCONT, information),
        "queue a signal to a thread of": lambda: call("rt_tgsigqueueinfo", pid, pid, signal.SIGCONT, information),
        "signal by descriptor": lambda: by_descriptor(lambda fd: call("pidfd_send_signal", fd, signal.SIGSTOP, None, 0)),
        "take a descriptor of": lambda: by_descriptor(lambda fd: call("pidfd_getfd", fd, 0, 0)),
        "advise the memory of": lambda: by_descriptor(lambda fd: call("process_madvise", fd, vector, 1, 20, 0)),
        "reap the memory of": lambda: by_descriptor(lambda fd: call("process_mrelease", fd, 0)),
        "enter the namespaces of": lambda: by_descriptor(lambda fd: call("setns", fd, CLONE_NEWUSER)),
        "trace": lambda: call("ptrace", 16, pid, None, None), "seize": lambda: call("ptrace", 0x4206, pid, None, None),
        "read the memory of": lambda: call("process_vm_readv", pid, vector, 1, anywhere, 1, 0),
        "write the memory of": lambda: call("process_vm_writev", pid, vector, 1, anywhere, 1, 0),
        "compare with": lambda: call("kcmp", os.getpid(), pid, 1, 0, 0),
        "move pages of": lambda: call("move_pages", pid, 0, None, None, None, 0),
        "migrate": lambda: call("migrate_pages", pid, 64, zero, zero),
        "make idle": lambda: call("sched_setattr", pid, sched_attr(idle), 0),
        "make idle by scheduler": lambda: call("sched_setscheduler", pid, idle, zero),
        "make batch": lambda: os.sched_setscheduler(pid, batch, os.sched_param(0)),
        "set the parameter of": lambda: call("sched_setparam", pid, zero),
        "nice": lambda: os.setpriority(os.PRIO_PROCESS, pid, 19), "nice the group of": lambda: os.setpriority(os.PRIO_PGRP, pid, 19),
        "pin": lambda: os.sched_setaffinity(pid, {0}),
        "slow the disk of": lambda: call("ioprio_set", 1, pid, 3 << 13),
        "leave few descriptors to": lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (12, 12)),
        "read the limits of": lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE),
        "forbid memory to": lambda: resource.prlimit(pid, resource.RLIMIT_AS, (1 << 20, 1 << 20)),
        "watch by perf": lambda: call("perf_event_open", ctypes.create_string_buffer(struct.pack("IIQ", 1, 112, 0) + bytes(96)), pid, -1, -1, 0),
        "kill the group of": lambda: os.killpg(pid, signal.SIGSTOP),
    }
    for how, action in actions.items():
        attempts.make(f"{how} {pid}", action)
    attempts_at_proc(attempts, pid)
    signals["signal by a pipe"] = lambda: signal_by_pipe(pid)
    for how, action in signals.items():
        attempts.make(f"{how} {pid}", action)


def attempts_at_proc(attempts, pid):
    for name in ("mem", "environ", "fd", "fdinfo", "maps", "cwd", "root", "exe", "cmdline", "comm", "status", "stat", "task", "cgroup",
                 "mountinfo", "net", "ns", "auxv", "io", "limits", "oom_score_adj", "clear_refs", "setgroups", "coredump_filter",
                 "timerslack_ns", "attr/current", f"task/{pid}/mem", "fd/0", "root/etc/passwd", "cwd/.", "map_files"):
        path = f"/proc/{pid}/{name}"
        attempts.make(f"open {path}", lambda path=path: os.listdir(path) if os.path.isdir(path) else read(path))
        attempts.make(f"write {path}", lambda path=path: os.close(os.open(path, os.O_WRONLY)))  # never O_TRUNC: as root without a sandbox it would succeed


def signal_by_pipe(pid):
    """Whoever owns a pipe gets a signal when something can be read: which one, and who, is said by who has it."""
    reading, writing = os.pipe()
    try:
        fcntl.fcntl(reading, 10, signal.SIGKILL)  # F_SETSIG
        fcntl.fcntl(reading, fcntl.F_SETOWN, pid)
        fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
        os.write(writing, b"x")
    finally:
        os.close(reading)
        os.close(writing)
    return False  # that it was delivered can be seen in the other process alone


def attack_all_processes(attempts):
    """Whoever is there, without knowing: the numbers around its own, and all at once."""
    own = os.getpid()
    for pid in range(max(1, own - 400), own + 50):
        if pid != own:
            attempts.make(f"kill {pid}", lambda pid=pid: os.kill(pid, 0))
    for name in ("/proc", "/proc/1", "/proc/self/fd", "/proc/self/environ", "/proc/self/status", "/proc/thread-self", "/proc/sys/kernel",
                 "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/keys", "/proc/net/tcp", "/proc/mounts", "/proc/kcore",
                 "/proc/meminfo", "/proc/self/mem", "/proc/self/oom_score_adj"):
        attempts.make(f"open {name}", lambda name=name: os.listdir(name) if os.path.isdir(name) else read(name))
    if IS_ROOT:
        return  # else all of the machine would pay for a sandbox that does not hold
    attempts.make("kill all", lambda: (os.kill(-1, signal.SIGTERM), False)[1])
    attempts.make("nice all of this user", lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19))
    attempts.make("slow the disk of all of this user", lambda: call("ioprio_set", 3, os.getuid(), 3 << 13))


def attack_kernel(attempts):
    zero = ctypes.create_string_buffer(128)
    tests = {
        "add_key": (b"user", b"attacker", b"x", 1, -4), "request_key": (b"user", b"attacker", None, -4), "keyctl": (0, -4, 1),
        "perf_event_open": (zero, 0, -1, -1, 0), "bpf": (5, zero, 128), "io_uring_setup": (1, zero), "io_uring_enter": (-1, 1, 0, 0, None, 0),
        "io_uring_register": (-1, 0, None, 0), "userfaultfd": (1,), "mount": (b"none", OWN_TMPDIR.encode(), b"tmpfs", 0, None),
        "umount2": (b"/proc", 2), "pivot_root": (OWN_TMPDIR.encode(), OWN_TMPDIR.encode()), "chroot": (OWN_TMPDIR.encode(),),
        "open_tree": (-100, b"/", 1), "move_mount": (-1, b"", -1, b"", 0), "fsopen": (b"tmpfs", 0), "fsmount": (-1, 0, 0),
        "mount_setattr": (-1, b"", 0, zero, 32), "fanotify_init": (0, 0), "setns": (0, 0), "ptrace": (0, 0, None, None),
        "shmget": (0x5150, 4096, 0o1666), "semget": (0x5150, 1, 0o1666), "msgget": (0x5150, 0o1666),
        "mq_open": (b"attacker", os.O_CREAT | os.O_RDWR, 0o666, None), "mq_unlink": (b"attacker",), "reboot": (0, 0, 0, None),
        "kexec_load": (0, 0, None, 0), "init_module": (None, 0, b""), "delete_module": (b"attacker", 0), "swapon": (b"/dev/null", 0),
        "acct": (b"/dev/null",), "syslog": (3, zero, 16), "sethostname": (b"attacker", 8), "quotactl": (0x800001 << 8, None, 0, None),
        "personality": (0x0400000,),
    }
    for name, arguments in tests.items():
        attempts.make(name, lambda name=name, arguments=arguments: call(name, *arguments))
    for flag in NAMESPACES:
        attempts.make(f"unshare {flag:#x}", lambda flag=flag: call("unshare", flag))
        attempts.make(f"clone {flag:#x}", lambda flag=flag: clone(flag))
        attempts.make(f"clone3 {flag:#x}", lambda flag=flag: clone3(flag))
    attempts.make("type into the terminal", lambda: fcntl.ioctl(0, 0x5412, b"x"))
    attempts.make("gain rights", gain_rights)
    for path in ("/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/vhost-vsock", "/dev/tty", "/dev/console",
                 "/dev/loop0", "/dev/vda", "/dev/sda", "/dev/input/event0", "/dev/userfaultfd", "/dev/log"):
        attempts.make(f"open {path}", lambda path=path: os.open(path, os.O_RDWR | os.O_NONBLOCK))


def clone(flag):
    pid = call("clone", flag | signal.SIGCHLD, None, None, None, None)
    if pid == 0:
        os._exit(0)
    return os.waitpid(pid, 0)


def clone3(flag):
    arguments = ctypes.create_string_buffer(struct.pack("QQQQQQQQ", flag, 0, 0, 0, signal.SIGCHLD, 0, 0, 0))
    pid = call("clone3", arguments, 64)
    if pid == 0:
        os._exit(0)
    return pid


def gain_rights():
    """A program of root's with the setuid bit gives no right."""
    program = "/usr/bin/su" if os.path.exists("/usr/bin/su") else "/bin/su"
    if IS_ROOT:
        return False
    pid = os.posix_spawn(program, ["su", "-c", "id"], {}, file_actions=[(os.POSIX_SPAWN_OPEN, n, "/dev/null", os.O_RDWR, 0) for n in range(3)])
    return os.waitpid(pid, 0)[1] == 0


def attack_network(attempts, targets):
    kinds = {"TCP": (socket.AF_INET, socket.SOCK_STREAM), "UDP": (socket.AF_INET, socket.SOCK_DGRAM),
             "TCP of IPv6": (socket.AF_INET6, socket.SOCK_STREAM), "UDP of IPv6": (socket.AF_INET6, socket.SOCK_DGRAM),
             "raw": (socket.AF_INET, socket.SOCK_RAW), "ping": (socket.AF_INET, socket.SOCK_DGRAM, 1), "packet": (17, socket.SOCK_DGRAM),
             "netlink": (16, socket.SOCK_RAW), "audit": (16, socket.SOCK_RAW, 9), "vsock": (40, socket.SOCK_STREAM),
             "crypto": (38, 5), "bluetooth": (31, socket.SOCK_STREAM), "xdp": (44, socket.SOCK_RAW), "can": (29, socket.SOCK_RAW),
             "mptcp": (socket.AF_INET, socket.SOCK_STREAM, 262), "rds": (21, 5), "tipc": (30, 1), "smc": (43, 1), "qrtr": (42, 2)}
    for name, kind in kinds.items():
        attempts.make(f"a socket of {name}", lambda kind=kind: socket.socket(*kind).close())
    attempts.make("a local socket", lambda: socket.socket(socket.AF_UNIX).close())
    user = os.geteuid()
    for path in [*targets.get("services", []), f"/run/user/{user}/bus", f"/run/user/{user}/systemd/private", "/run/systemd/private",
                 "/run/dbus/system_bus_socket", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/systemd/journal/stdout"]:
        attempts.make(f"connect to {path}", lambda path=path: connect_path(path, socket.SOCK_STREAM))
    for path in [*targets.get("datagrams", []), "/run/systemd/notify", "/run/systemd/journal/socket", "/run/systemd/journal/dev-log", "/dev/log"]:
        attempts.make(f"send to {path}", lambda path=path: connect_path(path, socket.SOCK_DGRAM))
        attempts.make(f"send to {path} by one of a pair", lambda path=path: send_by_pair(path))
    for port in targets.get("ports", []):
        attempts.make(f"connect to port {port}", lambda port=port: socket.create_connection(("127.0.0.1", port), timeout=5).close())
    for name in targets.get("sockets", []):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            attempts.make(f"connect to the abstract socket {name}", lambda name=name, kind=kind: connect_abstract(name, kind))


def connect_path(path, kind):
    with socket.socket(socket.AF_UNIX, kind) as client:
        client.connect(path)


def send_by_pair(path):
    """From one of a pair, which nobody has to open."""
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        return one.sendto(b"forged", path)


def connect_abstract(name, kind):
    with socket.socket(socket.AF_UNIX, kind) as client:
        try:
            client.connect(f"\0{name}")
        except OSError as error:
            if error.errno == errno.EPROTOTYPE:  # it is of another kind
                return False
            raise
    return True


def attack_descriptors(attempts):
    """What the server has forgotten to close."""
    for number in range(3, 256):
        try:
            fcntl.fcntl(number, fcntl.F_GETFD)
            attempts.make(f"use descriptor {number}", lambda number=number: number)
        except OSError:
            attempts.made += 1


def attack_group(attempts, group):
    """A cgroup: out of the own one, and into the hands of others."""
    for name, text in (("cgroup.procs", str(os.getpid())), ("cgroup.threads", str(os.getpid())), ("cgroup.kill", "1"), ("cgroup.freeze", "1"),
                       ("memory.max", "1M"), ("cpu.weight", "1"), ("pids.max", "1"), ("cgroup.subtree_control", "-pids"), ("cpu.max", "1000 1000000")):
        attempts.make(f"write {group}/{name}", lambda name=name, text=text: put(f"{group}/{name}", text))
        attempts.make(f"read {group}/{name}", lambda name=name: read(f"{group}/{name}"))
    attempts.make(f"make a cgroup in {group}", lambda: os.mkdir(f"{group}/attacker"))
    attempts.make(f"remove {group}", lambda: os.rmdir(group))


LEFT = {"/tmp": "folder", "/var/tmp": "folder", "/dev/shm": "folder", "/run": "folder", "/run/lock": "folder", "/var/lock": "folder"}


def leave(attempts):
    """All that the next run could find; only what is its own may be written to."""
    for folder in LEFT:
        attempts.make(f"leave a file in {folder}", lambda folder=folder: write(f"{folder}/attacker-left", "wb"))
    script = os.path.abspath(__file__)
    attempts.make("change the script", lambda: write(script))
    attempts.make("replace the script", lambda: os.rename(script, script + ".old"))
    attempts.make("leave a file beside the script", lambda: write(os.path.join(os.path.dirname(script), "left"), "wb"))
    attempts.make("leave a library", lambda: write(os.path.join(os.path.dirname(json.__file__), "left.py"), "wb"))
    put(os.path.join(OWN_TMPDIR, "attacker-left"), "left")
    os.mkdir(os.path.join(OWN_TMPDIR, "attacker-folder"), 0o000)
    if os.fork() == 0:
        stay()


def stay():
    """Goes on behind the run's end, with a name that the next run knows."""
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0attacker-left")
    listener.listen()
    for number in range(3):
        os.close(number)
    time.sleep(60)
    os._exit(0)


def find(attempts):
    for folder in LEFT:
        attempts.make(f"find what was left in {folder}", lambda folder=folder: read(f"{folder}/attacker-left"))
    attempts.make("find something in the own folder", lambda: os.listdir(OWN_TMPDIR) or False)
    attempts.make("find what was left of memory", lambda: call("shmget", 0x5150, 1, 0o666))
    attempts.make("find a key", lambda: call("request_key", b"user", b"attacker", None, 0))
    attempts.make("reach who has stayed", lambda: connect_abstract("attacker-left", socket.SOCK_STREAM))
    attempts.make("see other folders", lambda: os.listdir(os.path.dirname(OWN_TMPDIR)))


def attack_files(attempts, targets):
    attack_descriptors(attempts)
    for path in targets.get("files", []):
        attack_file(attempts, path)
    for path in targets.get("folders", []):
        attack_folder(attempts, path)
    for group in targets.get("groups", []):
        attack_group(attempts, group)
    attack_network(attempts, targets)


def attack(attempts, targets):
    attack_files(attempts, targets)
    attack_kernel(attempts)
    for pid in (os.getppid(), *targets.get("processes", [])):
        attack_process(attempts, pid)
    attack_all_processes(attempts)


def wait():
    """Tells who and where it is, and waits to be attacked."""
    put(os.path.join(OWN_TMPDIR, "secret"), "secret")
    print(json.dumps({"pid": os.getpid(), "folder": OWN_TMPDIR}), flush=True)
    time.sleep(120)


def main():
    print("Content-Type: text/plain\n", flush=True)
    targets = json.loads(os.environ["TARGETS"])
    if os.environ.get("HTTP_X_TARGETS"):
        targets.update(json.loads(os.environ["HTTP_X_TARGETS"]))
    attempts = Attempts()
    query = os.environ["QUERY_STRING"]
    if query == "wait":
        return wait()
    if query == "leave":
        leave(attempts)
    elif query == "find":
        find(attempts)
    elif query == "files":
        attack_files(attempts, targets)
    elif query == "processes":
        for pid in targets["processes"]:
            attack_process(attempts, pid)
    else:
        attack(attempts, targets)
    for line in attempts.succeeded:
        print("succeeded:", line)
    print("attempts:", attempts.made)
    return None


if __name__ == "__main__":
    sys.exit(main())
