#!/usr/bin/python3
"""Says as JSON what a program finds: its variables, descriptors, folder, process group and signals."""
import json
import os
import signal

descriptors = {}
for name in os.listdir("/proc/self/fd"):
    try:
        descriptors[name] = os.readlink(f"/proc/self/fd/{name}")
    except FileNotFoundError:
        pass  # that of the listing itself
blocked = sorted(int(each) for each in signal.pthread_sigmask(signal.SIG_BLOCK, []))
with open("/proc/self/status", encoding="ascii") as file:
    ignored = [line.split()[1] for line in file if line.startswith("SigIgn")][0]
print("Content-Type: application/json\n")
print(json.dumps({"variables": dict(os.environ), "descriptors": descriptors, "folder": os.getcwd(), "blocked": blocked,
                  "ignored": ignored, "leads_group": os.getpgrp() == os.getpid()}))
