"""A thousand hosts with ten routes each: what a request costs against one host, and what the start costs."""
import dataclasses
import shutil
import unittest

from test_instructions_serial import instructions
from workload import FILES, Workload, per_request
from server import Server  # found by the path that workload adds

MOST = 1.1  # times the instructions of a request with one host
MOST_AT_START = 1_200_000_000  # instructions: 300 ms where a processor does four in a nanosecond
HOSTS, ROUTES = 1000, 10
SITE = """
[server]
workers = 1
[limits]
requests_per_connection = "unlimited"
[timeouts]
idle = "600s"
[log]
access = "off"
"""
HOST = '[vhost."h{0}.example.test"]\naliases = ["www.h{0}.example.test"]\nroot = "www"\n'
ROUTE = '[vhost."h{0}.example.test".route."/section{1}/part/"]\nroot = "www"\n'


@dataclasses.dataclass
class Site(Workload):
    """One host with one route beside its "/", or a thousand hosts with ten routes each: the asked for one is in both."""
    many: bool = False

    def start(self, wrapper, environment=None):
        hosts = range(HOSTS) if self.many else [HOSTS // 2]
        routes = range(ROUTES - 1) if self.many else [ROUTES // 2]
        tables = "".join(HOST.format(host) + "".join(ROUTE.format(host, route) for route in routes) for host in hosts)
        return Server(SITE + tables, FILES, wrapper=wrapper, environment=environment, start_seconds=120)

    def request(self):
        return (f"GET /section{ROUTES // 2}/part/small.html HTTP/1.1\r\nHost: h{HOSTS // 2}.example.test\r\n\r\n").encode()


@unittest.skipUnless(shutil.which("valgrind"), "needs valgrind")
class ManyHosts(unittest.TestCase):
    def test_a_request_costs_no_more_than_with_one_host(self):
        one, many = (per_request(Site(many=each), instructions, 480, 2480)["instructions"] for each in (False, True))
        print(f"one host: {one:.0f} instructions a request; {HOSTS} hosts: {many:.0f}, {many / one:.3f} times", flush=True)
        self.assertLessEqual(many, MOST * one)

    def test_the_start_takes_a_moment(self):
        counted = instructions(Site(many=True), 0)["instructions"]
        print(f"{counted} instructions to start and stop with {HOSTS} hosts and {HOSTS * ROUTES} routes", flush=True)
        self.assertLessEqual(counted, MOST_AT_START)


if __name__ == "__main__":
    unittest.main()
