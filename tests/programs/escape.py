#!/usr/bin/python3
"""Leaves processes behind that do all they can to outlive it, and goes on itself for as long as it may.

Each is in a session of its own, has no parent but process 1 or whoever adopts it, and ignores every signal that can be. The query
is how many; the answer's head is written where the path behind the program says "/answer".
"""
import os
import signal
import sys
import time

NAME = b"escaped"


def ignore_signals():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)


def escape():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    ignore_signals()
    with open("/proc/self/comm", "wb") as file:
        file.write(NAME)
    nothing = os.open("/dev/null", os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    time.sleep(600)
    os._exit(0)


ignore_signals()
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
for _ in range(int(os.environ["QUERY_STRING"])):
    escape()
if os.environ.get("PATH_INFO") == "/answer":
    print("Content-Type: text/plain\n\nescaped", flush=True)
print("ready", file=sys.stderr, flush=True)
time.sleep(600)
