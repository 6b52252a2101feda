#!/usr/bin/python3
"""watch.py NAME HOW TARGET: asks the server at port 80 for TARGET, whose program leaves processes called NAME, and tells what becomes
of them as JSON: how many were seen at a time, the answer's status, and after how many milliseconds none was left.

HOW is "answer": the time counts from the answer's last byte; or a number: the client leaves when so many of them are there.
"""
import json
import os
import socket
import sys
import time

PATIENCE = 60

def count(name):
    found = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/comm", encoding="utf-8", errors="replace") as file:

                found += file.read().strip() == name
        except OSError:
            pass
    return found

def main():
    name, how, target = sys.argv[1:]
    most = 0
    with socket.create_connection(("127.0.0.1", 80), timeout=PATIENCE) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
        if how != "answer":
            answer = client.recv(65536)
            while (most := count(name)) < int(how):
                time.sleep(0.01)
        else:
            client.settimeout(0.1)
            answer = b""
            while True:
                most = max(most, count(name))
                try:
                    data = client.recv(65536)
                except TimeoutError:
                    continue
                if not data:
                    break
                answer += data
    ended = time.monotonic()
    while (left := count(name)) and time.monotonic() < ended + 5:
        time.sleep(0.002)
    gone = round(1000 * (time.monotonic() - ended))
    print(json.dumps({"most": most, "status": int(answer.split()[1]), "left": left, "milliseconds": gone}))

main()
