"""Instructions that the server itself spends on a request, counted by callgrind: no change may cost 3 % unnoticed.

The ceilings stand in ceilings.json, for the optimized program that g++ makes; where an improvement is kept, lower them
to what the test prints. Other compilers make other counts: for them nothing is compared.
"""
import json
import os
import re
import shutil
import unittest

from workload import Workload, per_request

ALLOWED = 1.03  # of the ceiling
WORKLOADS = {
    "small": Workload(),
    "small_json_log": Workload(access="json"),
    "pipelined_16": Workload(depth=16),
    "precompressed_gzip": Workload(precompressed=True),
    "close": Workload(close=True),
}
# The same functions of the C library on every processor: those that need nothing newer than what all of them have.
SAME_LIBRARY = "glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-ERMS,-FSRM,-SSE4_2"


HERE = os.path.dirname(os.path.abspath(__file__))


def instructions(workload, count):
    """Of a whole run of the program."""
    callgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    with workload.start(callgrind, {"GLIBC_TUNABLES": SAME_LIBRARY}) as server:
        workload.run(server, count)
        server.stop()
        return {"instructions": int(re.search(r"Collected\s*:\s*(\d+)", server.errors())[1])}


class Instructions(unittest.TestCase):
    @unittest.skipUnless(shutil.which("valgrind"), "needs valgrind")
    @unittest.skipUnless(os.environ.get("WEBSERV_COMPILER", "GNU") == "GNU", "the ceilings are those of g++")
    def test_no_request_costs_more_than_its_ceiling(self):
        with open(os.path.join(HERE, "ceilings.json"), encoding="ascii") as file:
            ceilings = json.load(file)
        for name, workload in WORKLOADS.items():
            with self.subTest(name):
                counted = per_request(workload, instructions, 480, 4480)["instructions"]
                print(f"{name}: {counted:.0f} instructions a request; the ceiling is {ceilings[name]}", flush=True)
                self.assertLessEqual(counted, ceilings[name] * ALLOWED)


if __name__ == "__main__":
    unittest.main()
