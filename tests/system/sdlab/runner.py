"""runner.py FOLDER: runs, in a guest with a kernel of its own, the commands that the test's machine leaves in a folder both see.

N.command is a shell command. Its output goes to N.output and N.errors, and then its status to N.status. The file "ready" says
that commands are run now.
"""
import os
import pathlib
import subprocess
import sys
import time

FOLDER = pathlib.Path(sys.argv[1])
PAUSE = 0.03


def start(number):
    with open(FOLDER / f"{number}.output", "wb") as output, open(FOLDER / f"{number}.errors", "wb") as errors:
        command = (FOLDER / f"{number}.command").read_text(encoding="utf-8")
        return subprocess.Popen(["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd="/",
                                start_new_session=True)


def main():
    running = {}
    seen = set()
    (FOLDER / "ready").touch()
    while True:
        for name in os.listdir(FOLDER):
            number, _, kind = name.partition(".")
            if kind == "command" and number not in seen:
                seen.add(number)
                running[number] = start(number)
        for number, process in list(running.items()):
            if (status := process.poll()) is not None:
                part = FOLDER / f"{number}.part"
                part.write_text(str(status), encoding="ascii")
                part.rename(FOLDER / f"{number}.status")
                del running[number]
        time.sleep(PAUSE)


main()
