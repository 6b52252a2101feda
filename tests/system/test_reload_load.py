"""A thousand reloads while clients ask: none is lost, none gets a wrong answer, and no memory is left behind."""
import bisect
import json
import os
import re
import subprocess
import sys
import time
import unittest

from server import SANITIZED, Server, wait_until, write_files

RELOADS = 200 if SANITIZED else 1000
CLIENTS = 64
MORE_MEMORY = 1.05

# What is served changes with each number, the listeners with some.
SITE = """
[server]
workers = 2
[limits]
requests_per_connection = 500
connections_per_client = 300
[log]
access = "off"
{listeners}
[vhost."*"]
respond = {{ text = "{number}" }}
[vhost."files.test"]
root = "www"
{hosts}
"""
WRONG = "[vhost.\"*\"]\nrespond = { text = 'wrong' }\nlistin = true\n[limits]\nfields = \"many\"\n"


def site(number, port):
    listeners = f'[listener.http]\naddress = "127.0.0.1:{port}"\n'
    if number % 4 == 0:
        listeners += '[listener.more]\naddress = "127.0.0.1:0"\n'
    hosts = "".join(f'[vhost."h{each}.test"]\nroot = "www"\n[vhost."h{each}.test".route."/a/b/"]\nroot = "www"\n'
                    for each in range(number % 50))
    return SITE.format(number=number, listeners=listeners, hosts=hosts)


class History:
    """When which configuration may have been the one that answers."""

    def __init__(self):
        self.begun, self.done = [], []  # when, of each number

    def begin(self):
        self.begun.append(time.monotonic())
        return len(self.begun) - 1

    def end(self):
        self.done.append(time.monotonic())

    def is_right(self, asked, answered, body):
        """Whether the number was not yet replaced when it was asked for, and begun when the answer came."""
        number = int(body)
        oldest = bisect.bisect_right(self.done, asked) - 1
        newest = bisect.bisect_right(self.begun, answered) - 1
        return oldest <= number <= newest


class ReloadsUnderLoad(unittest.TestCase):
    def replace(self, server, text):
        # At once, as editors and package managers do it.
        write_files(server.folder, {"next.toml": text})
        os.rename(server.path("next.toml"), server.path("webserv.toml"))
        return server.reload()[-1]

    def memory(self, server):
        """Resident memory of the program in KiB, in a state that it is in before and after: no client, a usual site."""
        self.replace(server, site(20, server.address[1]))
        with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])

    def load(self, port):
        """Starts the clients, which end with their standard input."""
        clients = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reload_clients.py")
        load = subprocess.Popen([sys.executable, clients, str(port), str(CLIENTS)], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
        self.addCleanup(load.kill)
        return load

    def test_nothing_is_lost_and_nothing_grows(self):
        history = History()
        with Server(SITE.format(number=0, listeners="", hosts=""), {"www/index.html": "file"}) as server:
            port = server.address[1]
            with self.load(port) as load:
                time.sleep(1)
                load.communicate()
            before, descriptors = self.memory(server), server.descriptors()
            history.begin()
            self.replace(server, site(0, port))
            history.end()
            with self.load(port) as load:
                for count in range(RELOADS):
                    if count % 2:
                        self.assertIn(b"the reload failed", self.replace(server, WRONG))
                        continue
                    number = history.begin()
                    self.assertIn(b"STATUS=serving", self.replace(server, site(number, port)))
                    history.end()
                result = json.loads(load.communicate()[0])
            after = self.memory(server)
            self.assertTrue(wait_until(lambda: server.descriptors() <= descriptors))
        print(f"{RELOADS} reloads, {len(result['answers'])} answers; memory {before} KiB, then {after} KiB", flush=True)
        self.assertEqual(result["failures"], [])
        self.assertEqual([each for each in result["answers"] if not history.is_right(*each)], [])
        self.assertGreater(len(result["answers"]), RELOADS)
        if not SANITIZED:
            self.assertLessEqual(after, before * MORE_MEMORY)


if __name__ == "__main__":
    unittest.main()
