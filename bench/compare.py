#!/usr/bin/env python3
"""Compares webserv with Debian's nginx: both run at the same time, the load alternates between them, and every ratio is
one of measurements that follow each other. How to read the table is told in README.md beside this file.

    bench/compare.py [--webserv build/bench/webserv] [--scenario small,close] [--rounds 9] [--seconds 2]

Needs nginx, wrk and taskset. All it opens is on the loopback interface and in a temporary folder.
"""
import argparse
import contextlib
import dataclasses
import gzip
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
IDLE_CONNECTIONS = 5000
NGINX = """
daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 65535; pid {folder}/pid; error_log stderr warn;
events {{ worker_connections 32768; }}
http {{
  default_type application/octet-stream; types {{ text/html html; }}
  sendfile on; tcp_nopush on; keepalive_timeout 600s; keepalive_requests 1000000000; gzip_static {gzip};
  open_file_cache max=1000 inactive=60s; open_file_cache_valid 1s; access_log {log}; server_tokens off;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{ listen 127.0.0.1:{port} backlog=4096; root {root}; }}
}}
"""
WEBSERV = """
[server]
workers = 1
[listener.http]
address = "127.0.0.1:{port}"
[limits]
connections = 100000
connections_per_client = "unlimited"
requests_per_connection = "unlimited"
[timeouts]
idle = "600s"
[log]
access = "{log}"
[vhost."*"]
root = "{root}"
precompressed = {gzip}
"""
# Prints the figures of a run in one line, and with a depth sends so many requests at once.
WRK = """
local depth = %d
init = function()
  local requests = {}
  for i = 1, depth do requests[i] = wrk.format() end
  all = table.concat(requests)
end
request = function() return all end
done = function(summary)
  local e = summary.errors
  print(string.format("FIGURES %%d %%d", summary.requests, e.connect + e.read + e.write + e.timeout + e.status))
end
"""


@dataclasses.dataclass
class Scenario:
    what: str
    target: str = "/small.html"
    connections: int = 64
    fields: tuple = ()
    depth: int = 1
    log: bool = False
    gzip: bool = False


SCENARIOS = {
    "small": Scenario("1 KiB, kept connections"),
    "small-log": Scenario("the same with an access log", log=True),
    "pipe16": Scenario("the same, 16 requests at once", depth=16),
    "close": Scenario("1 KiB, a connection for each request", fields=("Connection: close",)),
    "gzip-pre": Scenario("1 KiB, its .gz is sent", fields=("Accept-Encoding: gzip",), gzip=True),
    "file100k": Scenario("100 KiB", "/100k.bin", 16),
    "range": Scenario("100 kB out of 10 MiB", "/10m.bin", 16, ("Range: bytes=1000000-1099999",)),
    "file10m": Scenario("10 MiB", "/10m.bin", 8),
    "idle": Scenario("memory of an idle connection"),
}


def make_root(folder):
    """The files that both serve, by their target."""
    chance = random.Random(7)
    files = {"/small.html": ("<!DOCTYPE html>\n" + "".join(chance.choices("etaoin shrdlu\n", k=1008))).encode(),
             "/100k.bin": chance.randbytes(100 << 10), "/10m.bin": chance.randbytes(10 << 20)}
    root = folder / "root"
    root.mkdir()
    for target, content in files.items():
        (root / target[1:]).write_bytes(content)
    (root / "small.html.gz").write_bytes(gzip.compress(files["/small.html"], mtime=0))
    return root, files


class Running:
    """One of the two servers, on a processor of its own where there are two."""

    def __init__(self, name, command, configuration, scenario, folder, root, port):
        self.name, self.address = name, ("127.0.0.1", port)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=name + "-", dir=folder))
        log = {"nginx": f"{self.folder}/log" if scenario.log else "off",
            "webserv": "json" if scenario.log else "off"}[name]
        gzip_ = {"nginx": ("off", "on"), "webserv": ("false", "true")}[name][scenario.gzip]
        path = self.folder / "configuration"
        path.write_text(configuration.format(port=port, root=root, folder=self.folder, log=log, gzip=gzip_), "ascii")
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(["taskset", "-c", "0", *command, str(path)], stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output, preexec_fn=raise_descriptor_limit)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def output(self):
        return (self.folder / "output").read_text("utf-8", "replace")

    def cpu_seconds(self):
        """The processor time of all threads, as exactly as the kernel tells it."""
        total = 0.0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                total += int((task / "schedstat").read_text("ascii").split()[0]) / 1e9
                continue
            fields = (task / "stat").read_text("ascii").rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return total

    def memory(self):
        """Bytes of memory: what is shared with other processes counts by its share."""
        text = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text("ascii")
        return int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) * 1024


def raise_descriptor_limit():
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def check(running, scenario, files, client_of):
    """Wrong answers are not worth measuring."""
    deadline = time.monotonic() + 10
    while True:
        try:
            client = client_of(running.address)
            break
        except OSError as error:
            if time.monotonic() > deadline or running.process.poll() is not None:
                raise SystemExit(f"{running.name} does not listen:\n{running.output()}") from error
            time.sleep(0.02)
    with client:
        for _ in range(2 if "Connection: close" not in scenario.fields else 1):
            answer = client.ask(scenario.target, *scenario.fields)
            body, content = answer.body, files[scenario.target]
            if scenario.gzip:
                assert answer.field("Content-Encoding") == "gzip", (running.name, answer)
                body = gzip.decompress(body)
            if wanted := re.search(r"bytes=(\d+)-(\d+)", str(scenario.fields)):
                assert answer.status == 206, (running.name, answer)
                content = content[int(wanted[1]):int(wanted[2]) + 1]
            assert body == content, f"{running.name} sends wrong bytes: {answer}"


def measure(running, scenario, seconds, script):
    """(requests a second, microseconds of processor time a request, errors) of one run of wrk."""
    fields = [part for field in scenario.fields for part in ("-H", field)]
    command = ["taskset", "-c", str(min(1, os.cpu_count() - 1)), "wrk", "-t1", f"-c{scenario.connections}",
               f"-d{seconds}s", "-s", str(script),
               *fields, f"http://{running.address[0]}:{running.address[1]}{scenario.target}"]
    before = running.cpu_seconds()
    start = time.monotonic()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    took = time.monotonic() - start
    spent = running.cpu_seconds() - before
    requests, errors = (int(number) for number in re.search(r"FIGURES (\d+) (\d+)", output).groups())
    return requests / took, spent * 1e6 / max(requests, 1), errors


def idle_bytes(running, client_of):
    """Memory that a connection takes which had one request and now waits."""
    before = running.memory()
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE_CONNECTIONS):
            stack.enter_context(client_of(running.address)).ask("/small.html")
        time.sleep(1)
        return (running.memory() - before) / IDLE_CONNECTIONS


def spread(values):
    """Median and quartiles."""
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return f"{middle:.2f} [{low:.2f}-{high:.2f}]"


def compare(name, servers, arguments, script):
    """One row of the table."""
    scenario = SCENARIOS[name]
    figures = {each.name: [] for each in servers}
    for each in servers:
        measure(each, scenario, 1, script)  # both are warm when it begins
    for turn in range(arguments.rounds):
        for each in servers if turn % 2 == 0 else servers[::-1]:
            figures[each.name].append(measure(each, scenario, arguments.seconds, script))
    ours, theirs = figures["webserv"], figures["nginx"]
    median = {key: [statistics.median(run[i] for run in runs) for i in (0, 1)] for key, runs in figures.items()}
    errors = sum(run[2] for runs in figures.values() for run in runs)
    print(f"| {name} | {scenario.what} | {median['webserv'][1]:.2f} | {median['nginx'][1]:.2f} "
          f"| {spread([a[1] / b[1] for a, b in zip(ours, theirs)])} "
          f"| {spread([a[0] / b[0] for a, b in zip(ours, theirs)])} | {errors} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--webserv", default=os.environ.get("WEBSERV_BIN", str(HERE.parent / "build/bench/webserv")))
    parser.add_argument("--scenario", default=",".join(SCENARIOS), help="some of: " + ", ".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=2, help="of one run of wrk")
    arguments = parser.parse_args()
    path = os.environ["PATH"] + ":/usr/sbin"
    missing = [each for each in ("nginx", "wrk", "taskset", arguments.webserv) if not shutil.which(each, path=path)]
    unknown = [each for each in arguments.scenario.split(",") if each not in SCENARIOS]
    if missing or unknown:
        sys.exit(f"compare.py: not there: {', '.join(missing + unknown)}")
    sys.path.insert(0, str(HERE.parent / "tests/system"))
    from server import Client, free_port

    raise_descriptor_limit()
    print("| scenario | what | webserv: us of processor time a request | nginx | ratio | ratio of requests a second "
          "| errors |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="webserv-compare-") as text:
        folder = pathlib.Path(text)
        folder.chmod(0o755)
        root, files = make_root(folder)
        for name in arguments.scenario.split(","):
            scenario = SCENARIOS[name]
            script = folder / "wrk.lua"
            script.write_text(WRK % scenario.depth, "ascii")
            commands = {"nginx": ([shutil.which("nginx", path=path), "-e", "stderr", "-c"], NGINX),
                        "webserv": ([arguments.webserv, "serve", "--config"], WEBSERV)}
            servers = []
            try:
                for each, (command, configuration) in commands.items():
                    servers.append(Running(each, command, configuration, scenario, folder, root, free_port()))
                for each in servers:
                    check(each, scenario, files, Client)
                if name == "idle":
                    memory = {each.name: idle_bytes(each, Client) for each in servers}
                    print(f"| idle | {scenario.what}, in bytes | {memory['webserv']:.0f} | {memory['nginx']:.0f} "
                          f"| {memory['webserv'] / memory['nginx']:.2f} | - | 0 |", flush=True)
                else:
                    compare(name, servers, arguments, script)
            finally:
                for each in servers:
                    each.stop()


if __name__ == "__main__":
    main()
