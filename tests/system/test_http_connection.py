"""Connections: keep-alive, pipelining, half-close, and that no answer is lost. RFC 9112 9."""
import time
import unittest

from dialogue import CLOSED, SENTINEL, Dialogue, head, run
from server import Server, wait_until

SITE = SENTINEL + """
[limits]
requests_per_connection = 50
[vhost."*"]
root = "www"
[vhost."*".route."/take"]
respond = { text = "taken" }
methods = ["GET", "POST"]
"""
LARGE = bytes(i * i >> 3 & 255 for i in range(3_000_000))
FILES = {"www/large": LARGE, "www/index.html": "<p>index</p>",
         **{f"www/{i}": f"answer {i}" * (1 + i % 7) for i in range(60)}}
HTTP_1_0 = "GET / HTTP/1.0"


def says(text):
    """A check: what the Connection field of the last answer says."""
    def check(answers):
        assert answers[-1].members("Connection") == ([text] if text else []), answers
    return check


PERSISTENCE = [
    Dialogue("1.1 goes on", head(), [200], check=says(None)),
    Dialogue("1.1 with close", head("Connection: close"), [200], CLOSED),
    Dialogue("1.1 with close among others", head("Connection: foo,, , CLOSE ,bar"), [200], CLOSED),
    Dialogue("1.1 with close in a second field", head("Connection: foo", "Connection: close"), [200], CLOSED),
    Dialogue("1.1 with close and keep-alive", head("Connection: keep-alive, close"), [200], CLOSED),
    Dialogue("1.1 with what only contains close", head("Connection: closed, not-close"), [200]),
    Dialogue("1.1 with commas alone", head("Connection: , ,"), [200]),
    Dialogue("1.1 with an empty value", head("Connection:"), [200]),
    Dialogue("1.1 with an upgrade that is not there", head("Connection: Upgrade", "Upgrade: h2c"), [200]),
    Dialogue("1.0 ends", head(request=HTTP_1_0), [200], CLOSED),
    Dialogue("1.0 without Host", head(request=HTTP_1_0, host=None), [200], CLOSED),
    Dialogue("1.0 with keep-alive", head("Connection: Keep-Alive", request=HTTP_1_0), [200], check=says("keep-alive")),
    Dialogue("1.0 with keep-alive and close", head("Connection: keep-alive, close", request=HTTP_1_0), [200], CLOSED),
    Dialogue(
    "1.0 with what only contains keep-alive",
    head(
        "Connection: keep-alives",
        request=HTTP_1_0),
        [200],
         CLOSED),
    Dialogue("errors go on", head(request="GET /none HTTP/1.1") + head(), [404, 200]),
    Dialogue("HEAD among others", head() + head(request="HEAD /large HTTP/1.1") + head(), [200, 200, 200],
             methods=["GET", "HEAD", "GET"]),
    Dialogue("a request behind a large answer", head(request="GET /large HTTP/1.1") + head(), [200, 200]),
]


def get(target, *lines):
    return head(*lines, request=f"GET {target} HTTP/1.1")


class Connections(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SITE, FILES))
        cls.sockets = cls.server.descriptors("socket")  # while there is no connection

    def test_persistence(self):
        run(self, self.server.address, PERSISTENCE)

    def assert_answers(self, client, numbers):
        for number in numbers:
            response = client.response()
            self.assertEqual((response.status, response.body), (200, FILES[f"www/{number}"].encode()))

    def test_forty_requests_in_one_write_are_answered_in_order(self):
        with self.server.client() as client:
            client.send(b"".join(get(f"/{i}") for i in range(40)))
            self.assert_answers(client, range(40))
            self.assertTrue(client.is_silent(0.05))
            client.send(get("/0", "Connection: close"))
            self.assert_answers(client, [0])
            client.end()

    def test_pipelined_requests_with_large_answers_keep_their_order(self):
        with self.server.client() as client:
            client.send(b"".join(get(f"/{i}") + get("/large") for i in range(10)))
            for i in range(10):
                self.assert_answers(client, [i])
                self.assertEqual(client.response().body, LARGE)

    def test_a_bad_request_behind_good_ones_is_the_last_that_is_answered(self):
        bad = {"syntax": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "framing": head("Content-Length: x"),
               "host": head(host=None), "path": get("/%00")}
        for name, last in bad.items():
            for count in (0, 1, 15, 16, 17, 31, 40):
                with self.subTest(name, count=count), self.server.client() as client:
                    client.send(b"".join(get(f"/{i}") for i in range(count)) + last + get("/1"))
                    self.assert_answers(client, range(count))
                    response = client.response()
                    self.assertEqual(response.status, 400)
                    self.assertTrue(response.closes)
                    client.end()

    def test_nothing_behind_the_last_request_is_answered(self):
        for last in (head("Connection: close"), head(request=HTTP_1_0)):
            with self.subTest(last), self.server.client() as client:
                client.send(head() + last + head())
                self.assertEqual([client.response().closes for _ in range(2)], [False, True])
                client.end()

    def test_answers_come_before_the_rest_of_a_cut_request(self):
        with self.server.client() as client:
            client.send(get("/1") + get("/2") + b"GET /3 HT")
            self.assert_answers(client, [1, 2])
            client.send(b"TP/1.1\r\nHost: test\r\n\r\n")
            self.assert_answers(client, [3])

    def test_a_connection_answers_exactly_as_many_requests_as_configured(self):
        for way in ("one by one", "pipelined"):
            with self.subTest(way), self.server.client() as client:
                if way == "pipelined":
                    client.send(get("/1") * 55)
                for i in range(1, 51):
                    response = client.response() if way == "pipelined" else client.ask("/1")
                    self.assertEqual((response.status, response.closes), (200, i == 50), f"answer {i}")
                client.end()

    def test_a_client_that_half_closes_gets_its_answers(self):
        cases = {"small": (get("/1"), [FILES["www/1"].encode()]), "large": (get("/large"), [LARGE]),
                 "pipelined": (get("/1") + get("/large") + get("/2"),
                               [FILES["www/1"].encode(), LARGE, FILES["www/2"].encode()]),
                 "none": (b"", []), "cut": (b"GET / HTTP/1.1\r\nHost:", [])}
        for name, (sent, bodies) in cases.items():
            with self.subTest(name), self.server.client() as client:
                client.send(sent)
                client.half_close()
                self.assertEqual([client.response().body for _ in bodies], bodies)
                client.end()

    def test_a_client_that_ends_within_a_body_gets_an_end(self):
        for lines in (["Content-Length: 10"], ["Transfer-Encoding: chunked"]):
            with self.subTest(lines[0]), self.server.client() as client:
                client.send(head(*lines, request="POST /take HTTP/1.1") + b"5\r\nab")
                client.half_close()
                response = client.response()
                self.assertIn(response.status, (200, 400))
                client.end()

    def test_a_refused_upload_is_answered_although_the_client_sends_all_of_it(self):
        cases = {"405": (head("Content-Length: 1000000", request="POST / HTTP/1.1"), 405),
                 "413": (head("Content-Length: 9000000", request="POST /take HTTP/1.1"), 413),
                 "400": (head("Content-Length: x", request="POST /take HTTP/1.1"), 400)}
        for name, (start, status) in cases.items():
            for round_ in range(70):
                with self.subTest(name, round=round_), self.server.client() as client:
                    client.send(start, b"a" * 1_000_000)
                    response = client.response()
                    self.assertEqual(response.status, status)
                    self.assertTrue(response.body, "an error has a page")
                    client.end()

    def test_a_client_that_leaves_does_no_harm(self):
        for sent in (b"", b"GET", get("/large"), get("/large") * 20, b"POST /take HTTP/1.1\r\nContent-Length: 9\r\n"):
            for _ in range(10):
                with self.server.client() as client:
                    client.send(sent)
        self.assertEqual(self.server.get("/1").status, 200)
        self.assertTrue(wait_until(lambda: self.server.descriptors("socket") == self.sockets))


class HeadsOfHead(unittest.TestCase):
    """RFC 9110 9.3.2: HEAD says what GET would, without the body."""

    def test_fields_are_those_of_get(self):
        with Server(SITE, FILES) as server, server.client() as client:
            time.sleep(0.3)  # the tag of a file that has just been written may change
            for target in ("/", "/1", "/large", "/none", "/sentinel"):
                with self.subTest(target):
                    get_, head_ = client.ask(target), client.ask(target, method="HEAD")
                    self.assertEqual(head_.status, get_.status)
                    without_date = [[pair for pair in each.fields if pair[0] != "Date"] for each in (head_, get_)]
                    self.assertEqual(*without_date)


if __name__ == "__main__":
    unittest.main()
