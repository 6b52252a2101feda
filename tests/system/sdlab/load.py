"""load.py SECONDS CLIENTS [PORT]: GET / over a new connection each time; prints "begun" behind the first whole answer, and at
the end the counts as JSON.

It runs in the guest. A request has failed unless its whole answer arrived.
"""
import collections
import json
import socket
import sys
import threading
import time

SECONDS, CLIENTS = float(sys.argv[1]), int(sys.argv[2])
PORT = int(sys.argv[3]) if len(sys.argv) > 3 else 80


def request():
    with socket.create_connection(("127.0.0.1", PORT), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while more := connection.recv(65536):
            data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    if not head.startswith(b"HTTP/1.1 200 ") or not length or int(length[0].split(b":")[1]) != len(body):
        raise ValueError(f"answer {data[:60]!r}")


def begin(lock=threading.Lock()):
    if lock.acquire(blocking=False):  # the first one, who never gives it back
        print("begun", flush=True)


def client(counts, end):
    while time.monotonic() < end:
        try:
            request()
            counts["ok"] += 1
            begin()
        except (OSError, ValueError) as error:
            counts[repr(error)] += 1
            time.sleep(0.01)


def main():
    everyone = [collections.Counter() for _ in range(CLIENTS)]
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=client, args=(counts, end)) for counts in everyone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(everyone, collections.Counter())
    print(json.dumps({"ok": total.pop("ok", 0), "failed": sum(total.values()), "errors": total}))


main()
