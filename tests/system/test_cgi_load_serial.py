"""Many runs of a program, many at a time: nothing of them stays."""
import pathlib
import subprocess
import threading
import time
import unittest

from server import SANITIZED, Server, wait_until

HELLO = pathlib.Path(__file__).parents[2] / "examples/cgi-bin/hello.c"
CLIENTS = 64
RUNS = 640 if SANITIZED else 10_000
# Counted and measured is once all that is kept for later has been made.
FIRST_RUNS = RUNS // 5
MOST_GROWTH = 1 << 20


class Load(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(f"""
            [vhost."*".route."/bin/"]
            cgi = {{ root = "bin" }}
            cgi_limits = {{ concurrency = {CLIENTS} }}
            """, {"bin/": ""}))
        subprocess.run(["cc", "-O1", "-static", "-o", cls.server.path("bin", "hello"), str(HELLO)], check=True)

    def run_many(self, count):
        """Answers that were not as they should be, of so many runs, CLIENTS at a time."""
        wrong = []

        def ask(runs):
            with self.server.client(timeout=60) as client:
                for number in range(runs):
                    answer = client.ask(f"/bin/hello/{number}?q")
                    if (answer.status, answer.body) != (200, f"GET /{number}?q 0\n".encode()):
                        wrong.append(answer)
        threads = [threading.Thread(target=ask, args=(count // CLIENTS,)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return wrong

    def memory(self):
        with open(f"/proc/{self.server.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS:"))

    def test_nothing_of_them_stays(self):
        sockets = self.server.descriptors("socket:")
        self.assertEqual(self.run_many(FIRST_RUNS), [])
        self.assertTrue(wait_until(lambda: self.server.descriptors("socket:") <= sockets))
        descriptors = self.server.descriptors()
        memory = self.memory()
        start = time.monotonic()
        self.assertEqual(self.run_many(RUNS - FIRST_RUNS), [])
        growth = self.memory() - memory
        print(f"{(RUNS - FIRST_RUNS) / (time.monotonic() - start):.0f} runs/s, {CLIENTS} at a time; memory {memory >> 10} KiB "
              f"and {growth >> 10} KiB more")
        self.assertTrue(wait_until(lambda: not self.server.children()), self.server.children())
        self.assertTrue(wait_until(lambda: self.server.descriptors() <= descriptors),
                        f"{self.server.descriptors()} descriptors, and {descriptors} before")
        if not SANITIZED:  # these keep freed memory for a while
            self.assertLessEqual(growth, MOST_GROWTH)


if __name__ == "__main__":
    unittest.main()
