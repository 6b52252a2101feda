#!/usr/bin/python3
"""Tells systemd lies about the service, as the server would tell it the truth (sd_notify(3))."""
import socket

said = "nothing"
try:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.connect("/run/systemd/notify")
        notify.send(b"STATUS=forged\nSTOPPING=1\nMAINPID=1\n")
        said = "sent"
except OSError as error:
    said = str(error)
print(f"Content-Type: text/plain\n\n{said}")
