#!/usr/bin/python3
"""Leaves a process in a session of its own behind, which ends a moment later: whoever adopts it must reap it."""
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3):
            os.close(number)
        time.sleep(0.1)
    os._exit(0)
os.wait()
print("Content-Type: text/plain\n\nleft one")
