"""stage.py KIND GROUP: becomes the guest, in the mount and process namespaces that it is started in. KIND is "container", "uml"
or "qemu".
stage.py --clean GROUP: removes what is left once all its processes have ended, its cgroups. All else of it, files too, is in
the namespaces.
"""
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

# Units of the basic system alone, and every record of the journal.
JOURNAL = "[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n"
MACHINE_ID = "5d1ab05d1ab05d1ab05d1ab05d1ab05d\n"
# Where all is in the guest's own mount namespace.
STAGE = "/mnt"
ROOT = STAGE + "/root"

# What else is to be tested, such as a newer systemd: a folder with its files, as debootstrap(8) makes them. The libraries that the server needs
# have to be in it, and python3, curl and dbus.
SYSTEM = os.environ.get("WEBSERV_GUEST_ROOT", "/")

# For a guest with a kernel of its own.
HERE = os.path.dirname(os.path.abspath(__file__))
MEMORY = "1024M"
KERNEL_LINE = ("quiet", "panic=-1", "systemd.show_status=1")
UML_MODULES = "/usr/lib/uml/modules"
# Packages that cmake/install-packages.sh has unpacked for QEMU.
UNPACKED = os.path.normpath(HERE + "/../../../build/unpacked")
KERNEL = UNPACKED + "/linux-image-cloud-amd64"
BUSYBOX = UNPACKED + "/busybox-static/bin/busybox"
# In the order in which they need each other.
QEMU_MODULES = ("virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "fuse", "virtiofs")
# When it ends because something has failed, the kernel panics.
QEMU_INIT = """#!/bin/busybox sh
for module in /modules/*; do busybox insmod $module || exit; done
busybox mount -t virtiofs root /root && exec busybox switch_root /root /lib/systemd/systemd
"""
RUNNER = HERE + "/runner.py"
RUNNER_UNIT = """[Service]
Type=exec
ExecStart=/usr/bin/python3 -SE /usr/local/lib/sdlab-runner.py /sdlab
# Commands go on when one of them runs out of memory, and may leave processes.
OOMPolicy=continue
TasksMax=infinity
"""
NEEDLESS_UNITS = ("getty.target", "kmod-static-nodes.service", "proc-sys-fs-binfmt_misc.automount", "systemd-binfmt.service", "systemd-logind.service",
                  "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service", "apt-daily.timer",
                  "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer", "man-db.timer")


def mount(*arguments, cwd=None):
    subprocess.run(["mount", "-t", *arguments], check=True, cwd=cwd)


def write(name, text):
    with open(name, "w", encoding="ascii") as file:
        file.write(text)


def new_folder(name):
    os.makedirs(name, exist_ok=True)
    return name


def cgroup_parents():
    """This process's own groups, as folders, in the hierarchies that systemd uses: that of version 2 and "name=systemd"."""
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        groups = {kind: path for _, kind, path in (line.strip().split(":", 2) for line in file)}
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        mounts = [line.split() for line in file]
    for fields in mounts:
        kind, options = fields[fields.index("-") + 1], fields[-1].split(",")
        name = "" if kind == "cgroup2" else "name=systemd"
        if name in groups and (kind == "cgroup2" or (kind == "cgroup" and name in options)):
            yield (fields[4] + groups[name]).rstrip("/")


def enter_groups(name):
    """Groups of its own, so that guests do not meet in this machine's groups."""
    for parent in list(cgroup_parents()):
        group = f"{parent}/{name}"
        os.makedirs(group, exist_ok=True)
        write(group + "/cgroup.procs", "0")


def remove_groups(name):
    for parent in cgroup_parents():
        for group, _, _ in os.walk(f"{parent}/{name}", topdown=False):
            # Processes that were just killed leave it a moment later.
            for _ in range(100):
                with contextlib.suppress(OSError):
                    os.rmdir(group)
                if not os.path.exists(group):
                    break
                time.sleep(0.02)


def make_root():
    """This machine's root file system, or that of another system, with changes in memory, at ROOT."""
    mount("tmpfs", "-o", "size=2g", "sdlab", STAGE)
    for name in ("upper", "work", "root"):
        os.mkdir(f"{STAGE}/{name}")
    mount("overlay", "-o", f"lowerdir={SYSTEM},upperdir=upper,workdir=work", "sdlab", "root", cwd=STAGE)
    shutil.rmtree(ROOT + "/etc/systemd", ignore_errors=True)
    os.makedirs(ROOT + "/etc/systemd/system")
    for name, text in (("systemd/journald.conf", JOURNAL), ("machine-id", MACHINE_ID), ("fstab", ""), ("hostname", "sdlab\n")):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{ROOT}/etc/{name}")
        write(f"{ROOT}/etc/{name}", text)


def become_container(group):
    enter_groups(group)
    # The guest's own tree of groups is one of version 2 also where this machine has both versions.
    environment = {**os.environ, "UNIFIED_CGROUP_HIERARCHY": "1", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    # bpf is for IPAddressDeny= and DevicePolicy=, the others for sandboxes of programs.
    os.execvpe("systemd-nspawn", [
        "systemd-nspawn", "--quiet", "--boot", "--directory", ROOT, "--machine", "sdlab", "--register=no", "--keep-unit",
        "--console=read-only", "--private-network", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
        "--capability=CAP_BPF,CAP_NET_ADMIN", "--system-call-filter=bpf landlock_create_ruleset landlock_add_rule landlock_restrict_self",
        "systemd.unit=basic.target"], environment)


def prepare_runner():
    shutil.copy(RUNNER, ROOT + "/usr/local/lib/sdlab-runner.py")
    units = ROOT + "/etc/systemd/system"
    write(units + "/sdlab-runner.service", RUNNER_UNIT)
    os.symlink("../sdlab-runner.service", new_folder(units + "/multi-user.target.wants") + "/sdlab-runner.service")
    for unit in NEEDLESS_UNITS:
        os.symlink("/dev/null", f"{units}/{unit}")
    # Each reload of systemd would run them all.
    generators = ROOT + "/usr/lib/systemd/system-generators"
    for name in os.listdir(generators):
        if name != "systemd-fstab-generator":
            os.unlink(f"{generators}/{name}")
    new_folder(ROOT + "/sdlab")
    # systemd empties /tmp when it boots: this machine's would take it minutes.
    write(ROOT + "/etc/fstab", "tmpfs /tmp tmpfs\n")


def run_as_child(arguments, **more):
    """Runs the guest's machine and gives back its status. As process 1 of the namespace it would survive its own abort()."""
    machine = subprocess.Popen(arguments, **more)
    while True:
        pid, status = os.wait()
        if pid == machine.pid:
            return os.waitstatus_to_exitcode(status)


def run_uml():
    mount("none", "-o", "bind", UML_MODULES, new_folder(ROOT + "/usr/lib/modules"))
    # The guest's memory is a file in TMPDIR, of which parts are executed.
    mount("tmpfs", "-o", "size=90%", "sdlab", "/dev/shm")
    # In HOME it leaves files of its own.
    return run_as_child([
        "linux.uml", f"mem={MEMORY}", "root=/dev/root", "rootfstype=hostfs", f"rootflags={ROOT}", "rw", "con=null", "con0=fd:0,fd:1",
        "ssl=null", "init=/lib/systemd/systemd", *KERNEL_LINE], env={**os.environ, "TMPDIR": "/dev/shm", "HOME": STAGE})


def find_file(pattern):
    return next(pathlib.Path(KERNEL).glob(pattern))


def initial_files():
    """An archive of the files that the kernel begins with, which reach the root file system; gives back its name."""
    tree = STAGE + "/initial"
    for name in ("bin", "modules", "root"):
        os.makedirs(f"{tree}/{name}")
    shutil.copy(BUSYBOX, tree + "/bin")
    for number, name in enumerate(QEMU_MODULES):
        shutil.copy(find_file(f"lib/modules/**/{name}.ko"), f"{tree}/modules/{number}")
    write(tree + "/init", QEMU_INIT)
    os.chmod(tree + "/init", 0o755)
    with open(tree + ".cpio", "wb") as archive:
        names = subprocess.run([BUSYBOX, "find", "."], cwd=tree, stdout=subprocess.PIPE, check=True).stdout
        subprocess.run([BUSYBOX, "cpio", "-o", "-H", "newc"], cwd=tree, input=names, stdout=archive, check=True)
    return archive.name


def share(tag, folder, cache):
    """Shares a folder with the guest, for as long as this process lives; gives back the arguments for QEMU."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{STAGE}/{tag}.socket")
    listener.listen()
    options = ",".join([f"source={folder}", f"cache={cache}", "xattr", "log_level=err"])
    subprocess.Popen(["/usr/lib/qemu/virtiofsd", f"--fd={listener.fileno()}", "-o", options], pass_fds=[listener.fileno()])
    return ["-chardev", f"socket,id={tag},path={STAGE}/{tag}.socket", "-device", f"vhost-user-fs-pci,chardev={tag},tag={tag}"]


def run_qemu():
    # Without a cache each reads at once what the other has written. For all files that would cost too much.
    with open(ROOT + "/etc/fstab", "a", encoding="ascii") as file:
        file.write("sdlab /sdlab virtiofs\n")
    return run_as_child([
        "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-nodefaults", "-no-user-config", "-display", "none",
        "-no-reboot", "-serial", "stdio", "-m", MEMORY, "-object", f"memory-backend-memfd,id=memory,size={MEMORY},share=on",
        "-machine", "memory-backend=memory", *share("root", ROOT, "always"), *share("sdlab", ROOT + "/sdlab", "none"),
        "-kernel", find_file("boot/vmlinuz-*"), "-initrd", initial_files(),
        "-append", " ".join(["console=ttyS0", "mitigations=off", *KERNEL_LINE])])


def main():
    if sys.argv[1] == "--clean":
        return remove_groups(sys.argv[2])
    kind, group = sys.argv[1:]
    make_root()
    if kind == "container":
        return become_container(group)
    prepare_runner()
    return run_uml() if kind == "uml" else run_qemu()


if __name__ == "__main__":
    sys.exit(main())
