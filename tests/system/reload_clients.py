"""reload_clients.py PORT CLIENTS: asks again and again until its standard input ends; prints the answers as JSON.

Half of the clients keep their connection, the others make a new one for each request. An answer is [when it was asked
for, when it was whole, its body], times of CLOCK_MONOTONIC; what fails is told with its reason.
"""
import json
import sys
import threading
import time

from server import Client

PORT, CLIENTS = int(sys.argv[1]), int(sys.argv[2])


def ask(client, *fields):
    asked = time.monotonic()
    response = client.ask("/", *fields)
    if response.status != 200:
        raise AssertionError(f"an answer of {response.status}")
    return [asked, time.monotonic(), response.body.decode()], response.closes


def keep(answers, end):
    while not end.is_set():
        with Client(("127.0.0.1", PORT), timeout=30) as client:
            closes = False
            while not closes and not end.is_set():
                answer, closes = ask(client)
                answers.append(answer)


def renew(answers, end):
    while not end.is_set():
        with Client(("127.0.0.1", PORT), timeout=30) as client:
            answers.append(ask(client, "Connection: close")[0])
            client.end()


def run(visit, answers, failures, end):
    try:
        visit(answers, end)
    except (OSError, AssertionError) as error:
        failures.append(repr(error))


def main():
    answers, failures, end = [], [], threading.Event()
    visitors = [threading.Thread(target=run, args=((keep, renew)[number % 2], answers, failures, end))
                for number in range(CLIENTS)]
    for each in visitors:
        each.start()
    sys.stdin.read()
    end.set()
    for each in visitors:
        each.join()
    json.dump({"answers": answers, "failures": failures}, sys.stdout)


main()
