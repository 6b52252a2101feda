"""Requests that are refused before, or instead of, what their host would answer: how they look, and what is logged."""
import json
import socket
import struct
import time
import unittest

from dialogue import head
from server import Server, wait_until

SITE = """
[server]
workers = 1
[log]
access = "json"
[limits]
connections_per_client = {most}
[timeouts]
head = "5s"
idle = "60s"
[vhost."*"]
root = "www"
fields = { X-Host = "any", Vary = "Origin", Content-Language = "de" }
error_pages = { 4xx = "any.html" }
[vhost."a.test"]
root = "www"
listing = true
fields = { X-Host = "a" }
error_pages = { 4xx = "a.html" }
[vhost."a.test".route."/take"]
respond = { text = "taken" }
methods = ["POST"]
body_size = 1000
[vhost."a.test".route."/drop/"]
respond = { text = "taken" }
methods = ["POST"]
body_size = 1000
fields = { X-Host = "drop" }
error_pages = { 4xx = "drop.html" }
[vhost."a.test".route."/drop"]
respond = { text = "another" }
[vhost."plain.test"]
root = "www"
fields = { Vary = "Origin" }
"""
ANY = b"<p>any" + b"x" * 40_000  # more than is gathered with a head
FILES = {"any.html": ANY, "a.html": "<p>a", "drop.html": "<p>drop", "www/a.txt": "text", "www/large": b"0123456789abcdef" * (1 << 19)}
CHUNKED = "Transfer-Encoding: chunked"


class Refusals(unittest.TestCase):
    MOST = 20  # connections of a client

    def setUp(self):
        self.server = self.enterContext(Server(SITE.replace("{most}", str(self.MOST)), FILES))
        self.sockets = self.server.descriptors("socket")  # while there is no connection

    def logged(self, count):
        """The requests that were logged, so many of them."""
        def lines():
            found = [json.loads(line) for line in self.server.errors().splitlines() if line.startswith("{")]
            return [each for each in found if each["event"] == "request"]
        self.assertTrue(wait_until(lambda: len(lines()) >= count))
        return lines()

    def ask(self, sent, method="GET"):
        with self.server.client() as client:
            client.send(sent)
            response = client.response(method)
            if response.closes:
                client.end()
            return response

    def test_they_look_as_their_host_says(self):
        refused = {
            404: [head(request="GET /a%2fb HTTP/1.1", host="Host: a.test")],
            400: [head(request="GET /%00 HTTP/1.1", host="Host: a.test"),
                  head(request="GET /../x HTTP/1.1", host="Host: a.test"),
                  head("Content-Length: x", host="Host: a.test"),
                  head(CHUNKED, request="POST /take HTTP/1.1", host="Host: a.test") + b"x\r\n"],
            417: [head("Expect: much", host="Host: a.test")],
            413: [head(CHUNKED, request="POST /take HTTP/1.1", host="Host: a.test") + b"7d0\r\n" + b"x" * 2000],
        }
        for status, requests in refused.items():
            for sent in requests:
                with self.subTest(sent[:60]):
                    response = self.ask(sent)
                    self.assertEqual((response.status, response.field("X-Host"), response.body), (status, "a", b"<p>a"))
        self.assertEqual({each["vhost"] for each in self.logged(7)}, {"a.test"})

    def test_within_a_body_they_look_as_their_route_says(self):
        """The answer of `respond` does not care for the body: it is read, and refused, behind the route's back."""
        bodies = {400: [b"x\r\n", b"3\r\nabcd\r\n0\r\n\r\n"], 413: [b"7d0\r\n" + b"x" * 2000]}
        for status, sent in ((status, body) for status, all_of_it in bodies.items() for body in all_of_it):
            with self.subTest(status, sent=sent[:10]):
                response = self.ask(head(CHUNKED, request="POST /drop/%61/b HTTP/1.1", host="Host: a.test") + sent)
                self.assertEqual((response.status, response.field("X-Host"), response.body), (status, "drop", b"<p>drop"))
        self.assertEqual({(each["vhost"], each["route"]) for each in self.logged(3)}, {("a.test", "/drop/")})

    def test_before_their_route_they_look_as_their_host_says(self):
        response = self.ask(head("Content-Length: x", request="POST /drop/a HTTP/1.1", host="Host: a.test"))
        self.assertEqual((response.status, response.field("X-Host"), response.body), (400, "a", b"<p>a"))

    def test_without_a_host_they_look_as_the_default_says_and_a_large_page_is_whole(self):
        for sent in (b"GET / HTTP/1.1\r\n\r\n", b"\x01\r\n\r\n", head("a b: c")):
            with self.subTest(sent):
                response = self.ask(sent)
                self.assertEqual((response.status, response.field("X-Host"), response.body), (400, "any", ANY))

    def test_head_has_no_body(self):
        for sent in (b"HEAD / HTTP/1.1\r\n\r\n", head(request="HEAD /a%2fb HTTP/1.1"),
                     head("a b: c", request="HEAD / HTTP/1.1")):
            with self.subTest(sent):
                self.assertIn(self.ask(sent, "HEAD").status, (400, 404))

    def test_the_log_tells_nothing_of_others(self):
        with self.server.client() as client:
            client.send(head("Content-Length: 6", "User-Agent: alice", request="POST /secret-of-alice?token=abc HTTP/1.1",
                             host="Host: a.test") + b"secret")
            client.response()
        self.ask(b"\x01\x02\r\n\r\n")
        self.ask(b"G")  # and nothing more
        self.assertTrue(wait_until(lambda: self.server.descriptors("socket") == self.sockets))
        clients = [self.server.client() for _ in range(self.MOST)]
        for each in clients:
            self.assertEqual(each.ask("/a.txt").status, 200)
        self.assertEqual(self.ask(b"").status, 503)
        for each in clients:
            each.close()
        refused = [each for each in self.logged(4 + self.MOST) if each["http_status"] in (400, 408, 503)]
        self.assertEqual([each["http_status"] for each in refused], [400, 408, 503])
        for each in refused:
            self.assertEqual(each["request_bytes"], 0)
            self.assertFalse({"http_method", "http_target", "http_user_agent", "vhost", "http_version"} & each.keys(), each)

    def test_after_a_reload_with_larger_heads_the_log_tells_of_the_right_bytes(self):
        with self.server.client() as client:
            client.send(head(request="GET /a.txt?first HTTP/1.1") + b"G")
            self.assertEqual(client.response().status, 200)
            with open(self.server.path("webserv.toml"), encoding="utf-8") as file:
                text = file.read().replace("[limits]", '[limits]\nhead_size = "256K"')
            with open(self.server.path("webserv.toml"), "w", encoding="utf-8") as file:
                file.write(text)
            self.server.reload()
            client.send(b"\x01\r\n\r\n")
            self.assertEqual(client.response().status, 400)
            client.end()
        self.assertNotIn("http_target", self.logged(2)[-1])

    def test_a_silent_client_has_the_time_of_a_head(self):
        with self.server.client(timeout=20) as client:
            client.end()

    def test_an_answer_is_not_lost_to_what_follows_the_body(self):
        large = head("Content-Length: 100000", "Connection: close", request="POST /large HTTP/1.1")
        for _ in range(5):
            with self.server.client(receive_buffer=1 << 14) as client:
                client.send(head(request="GET /large HTTP/1.1"), large + b"x" * 100_000 + b"\r\n")
                time.sleep(0.1)
                self.assertEqual(len(client.response().body), len(FILES["www/large"]))
                self.assertEqual(client.response().status, 405)
                client.end()

    def test_what_was_cut_off_is_logged_as_such(self):
        with self.server.client(receive_buffer=1 << 14) as client:
            client.send(head(request="GET /large HTTP/1.1"))
            self.assertFalse(client.is_silent(5))
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
        line = self.logged(1)[-1]
        self.assertLess(line["response_bytes"], len(FILES["www/large"]))
        self.assertEqual(line["error"], "the answer was cut off")

    def test_preconditions_hold_for_what_has_no_validators(self):
        for status, field in ((412, 'If-Match: "x"'), (200, "If-Match: *"), (304, "If-None-Match: *"),
                              (200, 'If-None-Match: "x"'), (200, "Range: bytes=0-1")):
            with self.subTest(field):
                self.assertEqual(self.server.get("/", "Host: a.test", field).status, status)

    def test_what_is_negotiated_is_told_beside_other_fields(self):
        response = self.server.get("/none", "Host: plain.test", "Accept: image/png", "Accept: text/html")
        self.assertEqual(sorted(response.members("Vary")), ["accept", "origin"])
        self.assertEqual(response.field("Content-Type"), "text/html; charset=utf-8")
        etag = self.server.get("/a.txt").field("ETag")
        response = self.server.get("/a.txt", f"If-None-Match: {etag}")
        self.assertEqual((response.status, response.field("Content-Language")), (304, "de"))


if __name__ == "__main__":
    unittest.main()
