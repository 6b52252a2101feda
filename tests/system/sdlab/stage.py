"""stage.py FOLDER: becomes the guest, in the mount and process namespaces that it is started in.
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


def mount(*arguments, cwd=None):
    subprocess.run(["mount", "-t", *arguments], check=True, cwd=cwd)


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
        with open(group + "/cgroup.procs", "w", encoding="ascii") as file:
            file.write("0")


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
        with open(f"{root}/etc/{name}", "w", encoding="ascii") as file:
            file.write(text)
    return root


def main():
    if sys.argv[1] == "--clean":
        return remove_groups(sys.argv[2])
    folder = sys.argv[1]
    root = root_file_system(folder)
    enter_groups(folder)
    # The guest's own tree of groups is one of version 2 also where this machine has both versions.
    environment = {**os.environ, "UNIFIED_CGROUP_HIERARCHY": "1", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    # bpf is for IPAddressDeny= and DevicePolicy=.
    os.execvpe("systemd-nspawn", [
        "systemd-nspawn", "--quiet", "--boot", "--directory", root, "--machine", "sdlab", "--register=no", "--keep-unit",
        "--console=read-only", "--private-network", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
        "--capability=CAP_BPF,CAP_NET_ADMIN", "--system-call-filter=bpf", "systemd.unit=basic.target"], environment)


if __name__ == "__main__":
    sys.exit(main())
