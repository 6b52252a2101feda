"""stage.py KIND FOLDER: becomes the guest, in the mount and process namespaces that it is started in. KIND is "container" or
"kernel".
stage.py --clean FOLDER: removes what is left once all its processes have ended.
"""
import contextlib
import os
import shutil
import subprocess
import sys
import time

# Units of the basic system alone, and every record of the journal.
JOURNAL = "[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n"
MACHINE_ID = "5d1ab05d1ab05d1ab05d1ab05d1ab05d\n"
# For a guest with a kernel of its own.
MEMORY = "1024M"
UML_MODULES = "/usr/lib/uml/modules"
RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "runner.py")
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


def group_name(folder):
    return os.path.basename(folder)


def enter_groups(folder):
    """Groups of its own, so that guests do not meet in this machine's groups."""
    for parent in list(cgroup_parents()):
        group = f"{parent}/{group_name(folder)}"
        os.makedirs(group, exist_ok=True)
        write(group + "/cgroup.procs", "0")


def remove_groups(folder):
    for parent in cgroup_parents():
        for group, _, _ in os.walk(f"{parent}/{group_name(folder)}", topdown=False):
            # Processes that were just killed leave it a moment later.
            for _ in range(100):
                with contextlib.suppress(OSError):
                    os.rmdir(group)
                if not os.path.exists(group):
                    break
                time.sleep(0.02)


def root_file_system(folder):
    """This machine's root file system with changes in memory; gives back the folder."""
    stage = folder + "/stage"
    os.mkdir(stage)
    mount("tmpfs", "-o", "size=2g", "sdlab", stage)
    for name in ("upper", "work", "root"):
        os.mkdir(f"{stage}/{name}")
    mount("overlay", "-o", "lowerdir=/,upperdir=upper,workdir=work", "sdlab", "root", cwd=stage)
    root = stage + "/root"
    shutil.rmtree(root + "/etc/systemd", ignore_errors=True)
    os.makedirs(root + "/etc/systemd/system")
    for name, text in (("systemd/journald.conf", JOURNAL), ("machine-id", MACHINE_ID), ("fstab", ""), ("hostname", "sdlab\n")):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{root}/etc/{name}")
        write(f"{root}/etc/{name}", text)
    return root


def become_container(folder, root):
    enter_groups(folder)
    # The guest's own tree of groups is one of version 2 also where this machine has both versions.
    environment = {**os.environ, "UNIFIED_CGROUP_HIERARCHY": "1", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    # bpf is for IPAddressDeny= and DevicePolicy=.
    os.execvpe("systemd-nspawn", [
        "systemd-nspawn", "--quiet", "--boot", "--directory", root, "--machine", "sdlab", "--register=no", "--keep-unit",
        "--console=read-only", "--private-network", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
        "--capability=CAP_BPF,CAP_NET_ADMIN", "--system-call-filter=bpf", "systemd.unit=basic.target"], environment)


def become_kernel(root):
    mount("none", "-o", "bind", UML_MODULES, new_folder(root + "/usr/lib/modules"))
    shutil.copy(RUNNER, root + "/usr/local/lib/sdlab-runner.py")
    write(root + "/etc/systemd/system/sdlab-runner.service", RUNNER_UNIT)
    os.symlink("../sdlab-runner.service", new_folder(root + "/etc/systemd/system/multi-user.target.wants") + "/sdlab-runner.service")
    for unit in NEEDLESS_UNITS:
        os.symlink("/dev/null", f"{root}/etc/systemd/system/{unit}")
    new_folder(root + "/sdlab")
    # The guest's memory is a file in TMPDIR, of which parts are executed.
    mount("tmpfs", "-o", "size=90%", "sdlab", "/dev/shm")
    os.execve("/usr/bin/linux.uml", [
        "linux.uml", f"mem={MEMORY}", "root=/dev/root", "rootfstype=hostfs", f"rootflags={root}", "rw", "con=null", "con0=fd:0,fd:1",
        "ssl=null", "init=/lib/systemd/systemd", "quiet", "panic=-1", "systemd.show_status=1"], {**os.environ, "TMPDIR": "/dev/shm"})


def main():
    if sys.argv[1] == "--clean":
        return remove_groups(sys.argv[2])
    kind, folder = sys.argv[1:]
    root = root_file_system(folder)
    if kind == "kernel":
        return become_kernel(root)
    return become_container(folder, root)


if __name__ == "__main__":
    sys.exit(main())
