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
    """Calls by name of a whole run of the program. Those that failed count as "NAME in vain"."""
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder, "calls")
        # -D: the program stays our child, and the tracer does not.
        with workload.start(["strace", "-D", "-f", "-qq", "-c", "-U", "calls,errors,name", "-o", str(table)]) as server:
            workload.run(server, count)
            server.stop()
        wait_until(lambda: table.exists() and "total" in table.read_text("ascii"))  # the tracer ends a little later
        rows = [line.split() for line in table.read_text("ascii").splitlines()]
    counted = {}
    for made, *failed, name in (row for row in rows if row and row[0].isdigit() and row[-1] != "total"):
        in_vain = int(failed[0]) if failed else 0
        counted.update({name: int(made) - in_vain, name + " in vain": in_vain})
    assert counted.get("accept4 in vain", 0) <= sum(counted.get(name, 0) for name in TURN), counted
    return counted


def can_trace():
    return shutil.which("strace") and subprocess.run(
        ["strace", "-D", "-f", "-qq", "-o", os.devnull, "true"], check=False).returncode == 0


RECEIVE = ("recvfrom", "recvmsg", "read", "readv")
SEND = ("sendto", "sendmsg", "write", "writev")
ACCEPT = ("accept4",)
CLOSE = ("close",)
IN_VAIN = ("recvfrom in vain", "recvmsg in vain", "read in vain", "readv in vain")
# What no request needs: to be registered anew, a timer, the time (which the vDSO tells where it can).
NEVER = ("epoll_ctl", "epoll_ctl in vain", "timerfd_settime", "timer_settime", "setitimer", "clock_gettime", "gettimeofday", "time",
         "setsockopt", "fcntl", "ioctl")
# The scheduler decides how many requests and connections a turn of the loop finds, and whether the acceptor finds its queue empty,
# which it does at most once in a turn.
TURN = ("epoll_wait", "epoll_pwait", "epoll_pwait2")
SCHEDULED = (*TURN, *(name + " in vain" for name in TURN), "futex", "futex in vain", "accept4 in vain")
A_FEW = 0.001  # two calls in both runs: start and end are not always the same
# By the clock files are looked at again, and log lines written. A slow run sees more of it.
BY_THE_CLOCK = 0.05
LOG_WRITES = 0.1


@unittest.skipUnless(can_trace(), "needs strace, and the right to trace")
class SystemCalls(unittest.TestCase):
    def assert_calls(self, workload, due, log_writes=0):
        """A request costs the calls that are due, a number by names, and no others but those that the scheduler decides."""
        counted = per_request(workload, calls, 256, 2304)

        def number(names):
            return sum(counted.get(name, 0) for name in names)

        shown = {name: round(count, 3) for name, count in counted.items() if abs(count) > 0.0005}
        print(self.id().rpartition(".")[2], {name: count for name, count in shown.items() if name not in SCHEDULED},
              "and as the scheduler wants", {name: count for name, count in shown.items() if name in SCHEDULED}, flush=True)
        more = {SEND: log_writes, CLOSE: BY_THE_CLOCK}
        for names, right in due.items():
            self.assertGreaterEqual(number(names), 0.99 * right - A_FEW, (names, shown))
            self.assertLessEqual(number(names), 1.01 * right + A_FEW + more.get(names, 0), (names, shown))
        self.assertLessEqual(number(IN_VAIN + NEVER), 3 * A_FEW, shown)
        others = set(counted) - {name for names in due for name in names} - set(SCHEDULED)
        self.assertLessEqual(number(others), BY_THE_CLOCK, shown)

    def test_a_request_on_a_kept_connection_is_received_and_answered(self):
        self.assert_calls(KEPT, {RECEIVE: 1, SEND: 1})

    def test_requests_that_come_together_are_answered_together(self):
        self.assert_calls(PIPELINED, {RECEIVE: 1 / 16, SEND: 1 / 16})

    def test_a_connection_is_accepted_answered_and_closed(self):
        self.assert_calls(CLOSED, {ACCEPT: 1, RECEIVE: 1, SEND: 1, CLOSE: 1})

    def test_log_lines_are_written_together(self):
        self.assert_calls(LOGGED, {RECEIVE: 1, SEND: 1}, LOG_WRITES)


if __name__ == "__main__":
    unittest.main()
