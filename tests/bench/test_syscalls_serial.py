"""System calls of a request, counted by strace: the kernel's work is most of what a request costs."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from workload import Workload, per_request
from server import wait_until  # found by the path that workload adds

KEPT = Workload(connections=64)
PIPELINED = Workload(connections=16, depth=16)
CLOSED = Workload(connections=64, close=True)
LOGGED = Workload(connections=64, access="json")


def calls(workload, count):
    """Calls by name of a whole run of the program."""
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder, "calls")
        # -D: the program stays our child, and the tracer does not.
        with workload.start(["strace", "-D", "-f", "-qq", "-c", "-U", "calls,name", "-o", str(table)]) as server:
            workload.run(server, count)
            server.stop()
        wait_until(lambda: table.exists() and "total" in table.read_text("ascii"))  # the tracer ends a little later
        rows = [line.split() for line in table.read_text("ascii").splitlines()]
    return {name: int(number) for number, name in (row for row in rows if len(row)
                      == 2 and row[0].isdigit()) if name != "total"}


def can_trace():
    return shutil.which("strace") and subprocess.run(
        ["strace", "-D", "-f", "-qq", "-o", os.devnull, "true"], check=False).returncode == 0


RECEIVE = ("recvfrom", "recvmsg", "read", "readv")
SEND = ("sendto", "sendmsg", "write", "writev")


@unittest.skipUnless(can_trace(), "needs strace, and the right to trace")
class SystemCalls(unittest.TestCase):
    def assert_calls(self, workload, due, others):
        """A request costs the calls that are due (number by names), and beyond them no more than so many others."""
        counted = per_request(workload, calls, 256, 2304)
        print({name: round(number, 3) for name, number in counted.items() if abs(number) > 0.001}, flush=True)
        for names, number in due.items():
            self.assertGreaterEqual(sum(counted.get(name, 0) for name in names), 0.97 * number, names)
        self.assertLessEqual(sum(counted.values()), sum(due.values()) + others, counted)

    def test_a_request_on_a_kept_connection_is_received_and_answered(self):
        self.assert_calls(KEPT, {RECEIVE: 1, SEND: 1}, 0.1)

    def test_requests_that_come_together_are_answered_together(self):
        self.assert_calls(PIPELINED, {RECEIVE: 1 / 16, SEND: 1 / 16}, 1 / 16)

    def test_a_connection_is_accepted_answered_and_closed(self):
        self.assert_calls(CLOSED, {("accept4",): 1, RECEIVE: 1, SEND: 1, ("close",): 1}, 0.3)

    def test_log_lines_are_written_together(self):
        self.assert_calls(LOGGED, {RECEIVE: 1, SEND: 1}, 0.15)


if __name__ == "__main__":
    unittest.main()
