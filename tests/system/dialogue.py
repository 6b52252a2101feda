"""Scripted dialogues: bytes that a client sends, and the answers that it must get, however the bytes are cut up."""
import dataclasses
import time

from server import Client, ProtocolError

OPEN = "open"      # the connection goes on: the next request on it is answered
CLOSED = "closed"  # the server ends the connection behind its last answer
EITHER = "either"  # whatever the last answer says

# Served by every configuration that dialogues are run against.
SENTINEL = '[vhost."*".route."/sentinel"]\nrespond = { text = "still in step" }\n'
LAST = b"GET /sentinel HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"


@dataclasses.dataclass
class Dialogue:
    """What is sent, the status of each answer (several where the standard leaves the choice), and how it ends."""
    name: str
    sent: bytes
    statuses: list
    end: str = OPEN
    methods: list = ()       # of the requests, where an answer depends on it
    check: object = None     # called with the list of answers


def head(*lines, request="GET / HTTP/1.1", host="Host: test"):
    """The bytes of a request's head."""
    every = [request, host, *lines] if host else [request, *lines]
    return b"".join(each.encode("latin-1") + b"\r\n" for each in every) + b"\r\n"


def refused(name, sent, *statuses):
    """A dialogue whose request is refused; a second request behind it is never looked at."""
    return Dialogue(name, sent + LAST, [statuses or (400,)], CLOSED)


def ways_to_cut(data):
    """How the bytes may arrive: at once, one by one, and in two parts."""
    step = 1 if len(data) <= 4096 else 997
    yield "at once", [data], 0
    yield "one by one", [data[i:i + step] for i in range(0, len(data), step)], 0
    first_line = data.find(b"\n") + 1
    for place in sorted({max(1, first_line - 1), max(1, len(data) // 2), len(data) - 1}):
        yield f"cut at {place}", [data[:place], data[place:]], 0.002


def run(test, address, dialogues):
    """Runs each dialogue in every way as a subtest."""
    for each in dialogues:
        for way, pieces, pause in ways_to_cut(each.sent):
            with test.subTest(each.name, way=way):
                converse(test, address, each, pieces, pause)


def converse(test, address, dialogue, pieces, pause):
    with Client(address) as client:
        for piece in pieces:
            client.send(piece)
            time.sleep(pause)
        answers = []
        for place, allowed in enumerate(dialogue.statuses):
            method = dialogue.methods[place] if dialogue.methods else "GET"
            try:
                answers.append(client.response(method))
            except TimeoutError:
                test.fail(f"no answer; {dialogue.statuses} expected, {answers} came")
            allowed = allowed if isinstance(allowed, tuple) else (allowed,)
            test.assertIn(answers[-1].status, allowed, answers[-1])
        if dialogue.end == OPEN or dialogue.end == EITHER and not answers[-1].closes:
            client.send(LAST)
            try:
                last = client.response()
            except (ProtocolError, OSError) as error:
                test.fail(f"the connection does not go on: {error!r} after {answers}")
            test.assertEqual(last.body, b"still in step", last)
        elif answers:
            test.assertTrue(answers[-1].closes, f"the last answer does not say that it is the last: {answers[-1]}")
        client.end()
        if dialogue.check:
            dialogue.check(answers)
