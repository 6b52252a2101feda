"""What a CGI program leaves behind, with all it can do to escape, is gone soon after its run, with and without cgroups."""
import os
import signal
import time
import unittest

import server

# In a session of its own, with no parent left, deaf to signals, and holding none of the pipes.
ESCAPES = """#!/bin/sh
setsid sh -c '(trap "" TERM HUP INT; cd "$TMPDIR"; echo $(exec sh -c "echo \\$PPID") > left.part; mv left.part left
  exec sleep 1000) > /dev/null 2>&1 &' > /dev/null 2>&1
until [ -e "$TMPDIR/left" ]; do sleep 0.01; done
echo "Content-Type: text/plain"
echo
cat "$TMPDIR/left"
"""


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the latter where it ends between open and read
        return False


class Escape(unittest.TestCase):
    def test_nothing_outlives_its_run(self):
        route = '[vhost."*".route."/cgi/"]\ncgi = { root = "cgi" }\n'
        with server.Server(route, {"cgi/escape": ESCAPES}) as running:
            os.chmod(running.path("cgi/escape"), 0o755)
            response = running.get("/cgi/escape")
            self.assertEqual(response.status, 200)
            left = int(response.body)
            deadline = time.monotonic() + 20
            try:
                while is_running(left) and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertFalse(is_running(left), "it goes on after its run")
            finally:
                if is_running(left):
                    os.kill(left, signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
