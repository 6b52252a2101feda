#!/usr/bin/python3
"""Writes records into the journal that look as if the server had, by both of its sockets, and answers with its process id."""
import os
import socket

FORGED = "notice: forged by a script"

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
    fields = ("PRIORITY=5", f"MESSAGE={FORGED}", "SYSLOG_IDENTIFIER=webserv", "_PID=1", "_SYSTEMD_CGROUP=/system.slice/webserv.service/server")
    journal.sendto("".join(f"{field}\n" for field in fields).encode(), "/run/systemd/journal/socket")
with socket.socket(socket.AF_UNIX) as journal:
    journal.connect("/run/systemd/journal/stdout")
    # sd_journal_stream_fd(3): identifier, unit, priority, whether lines have one, and where else they go.
    journal.sendall(f"webserv\nwebserv.service\n5\n1\n0\n0\n0\n<5>{FORGED}\n".encode())
print(f"Content-Type: text/plain\n\n{os.getpid()}", end="")
