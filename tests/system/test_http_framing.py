"""Where a request ends: Content-Length, Transfer-Encoding and chunks. RFC 9112 6 and 7.

Every dialogue is followed by one more request: so it shows when what is no body is taken for one, or the reverse.
"""
import socket
import unittest

from dialogue import CLOSED, SENTINEL, Dialogue, head, refused, run
from server import Server

SITE = SENTINEL + """
[limits]
body_size = "1K"
[vhost."*"]
root = "www"
[vhost."*".route."/take"]
respond = { text = "taken" }
methods = ["GET", "POST"]
"""
POST = "POST /take HTTP/1.1"
POST_OF_FILE = "POST / HTTP/1.1"
CHUNKED = "Transfer-Encoding: chunked"


def post(*lines, body=b"", request=POST):
    return head(*lines, request=request) + body


def chunks(body, *lines):
    return post(CHUNKED, *lines, body=body)


LENGTHS = [
    Dialogue("none", post(), [200]),
    Dialogue("zero", post("Content-Length: 0"), [200]),
    Dialogue("five", post("Content-Length: 5", body=b"hello"), [200]),
    Dialogue("leading zeros", post("Content-Length: 0005", body=b"hello"), [200]),
    Dialogue("blanks around it", post("Content-Length: \t5 ", body=b"hello"), [200]),
    Dialogue("a body for GET", post("Content-Length: 5", body=b"hello", request="GET / HTTP/1.1"), [200]),
    Dialogue(
    "a body that looks like a request",
    post(
        "Content-Length: 25",
        body=b"GET / HTTP/1.1\r\nHost: x\r\n"),
         [200]),
    Dialogue("a body in 1.0", post("Content-Length: 5", "Connection: keep-alive", body=b"hello",
                                   request="POST /take HTTP/1.0"), [200]),
    Dialogue("a body for HEAD", post("Content-Length: 5", body=b"hello", request="HEAD / HTTP/1.1"), [200],
             methods=["HEAD"]),
    Dialogue("two requests with bodies", 2 * post("Content-Length: 5", body=b"hello"), [200, 200]),
    Dialogue("a body for a method that is not taken", post("Content-Length: 5", body=b"hello",
                                                           request="DELETE /take HTTP/1.1"), [405]),
    Dialogue(
    "a field with an underscore",
    post(
        "Transfer_Encoding: chunked",
        "Content-Length: 5",
        body=b"hello"),
         [200]),
    *[refused(f"Content-Length: {value!r}", post(f"Content-Length: {value}", body=b"hello")) for value in (
        "", "+5", "-0", "-5", "0x5", "1_0", "5 5", "5;", "5.0", "5e0", "five", "'5'", '"5"', "5,", ",5", "5, 6",
        "5,\t6",
        "6, 5", "5, +5", "5, ", "18446744073709551616", "18446744073709551621", "99999999999999999999999999",
        "9223372036854775808", "\xb25", "5\x0b", "0\x005")],
    refused("two that differ", post("Content-Length: 5", "Content-Length: 6", body=b"hello!")),
    refused("two that differ, one zero", post("Content-Length: 0", "content-length: 5", body=b"hello")),
    refused("one that is good and one that is none", post("Content-Length: 5", "Content-Length: x", body=b"hello")),
]
# RFC 9110 8.6: equal ones in a list may be taken as one, or refused.
EQUAL_LENGTHS = [
    post("Content-Length: 5, 5", body=b"hello"),
    post("Content-Length: 5", "Content-Length: 5", body=b"hello"),
]

CODINGS = [
    Dialogue("chunked", chunks(b"5\r\nhello\r\n0\r\n\r\n"), [200]),
    Dialogue("in upper case", post("TRANSFER-ENCODING: CHUNKED", body=b"5\r\nhello\r\n0\r\n\r\n"), [200]),
    Dialogue("blanks around it", post("Transfer-Encoding:  \tchunked ", body=b"0\r\n\r\n"), [200]),
    refused("beside Content-Length", post(CHUNKED, "Content-Length: 5", body=b"0\r\n\r\n")),
    refused("behind Content-Length", post("Content-Length: 5", CHUNKED, body=b"0\r\n\r\n")),
    refused("in 1.0", post(CHUNKED, body=b"0\r\n\r\n", request="POST /take HTTP/1.0")),
    refused("in 1.0 with keep-alive", post(CHUNKED, "Connection: keep-alive", body=b"0\r\n\r\n",
                                           request="POST /take HTTP/1.0")),
    refused("two fields", post(CHUNKED, CHUNKED, body=b"0\r\n\r\n")),
    refused("twice", post("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n")),
    refused("not at the end", post("Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"), 400, 501),
    refused("not at the end, two fields", post(CHUNKED, "Transfer-Encoding: identity", body=b"0\r\n\r\n"), 400, 501),
    refused("empty", post("Transfer-Encoding:", body=b"0\r\n\r\n")),
    refused("with VT", post("Transfer-Encoding: chunked\x0b", body=b"0\r\n\r\n")),
    refused("with FF", post("Transfer-Encoding: \x0cchunked", body=b"0\r\n\r\n")),
    refused("with NUL", post("Transfer-Encoding: chunked\0", body=b"0\r\n\r\n")),
    refused("in quotes", post('Transfer-Encoding: "chunked"', body=b"0\r\n\r\n"), 400, 501),
    refused("with a parameter", post("Transfer-Encoding: chunked;a=b", body=b"0\r\n\r\n"), 400, 501),
    *[refused(f"unknown: {value}", post(f"Transfer-Encoding: {value}", body=b"0\r\n\r\n"), 501) for value in (
        "xchunked", "chunkedx", "x, chunked", "gzip, chunked", "foo")],
    *[refused(f"without chunked: {value}", post(f"Transfer-Encoding: {value}", body=b"0\r\n\r\n"), 400, 501)
      for value in ("identity", "gzip", "chunked, gzip")],
]

CHUNKS = [
    Dialogue("none but the last", chunks(b"0\r\n\r\n"), [200]),
    Dialogue("last with zeros", chunks(b"0000\r\n\r\n"), [200]),
    Dialogue("several", chunks(b"1\r\na\r\nA\r\n0123456789\r\n00b\r\n0123456789a\r\n0\r\n\r\n"), [200]),
    Dialogue("looks like a request", chunks(b"12\r\nGET / HTTP/1.1\r\n\r\n\r\n0\r\n\r\n"), [200]),
    Dialogue("looks like a chunk", chunks(b"5\r\n0\r\n\r\n\r\n0\r\n\r\n"), [200]),
    Dialogue("extension", chunks(b"5;a=b\r\nhello\r\n0;c\r\n\r\n"), [200]),
    Dialogue("quoted extension", chunks(b'5;a="b;\\"\\r c"\r\nhello\r\n0\r\n\r\n'), [200]),
    Dialogue("trailer", chunks(b"0\r\nX-Sum: 1\r\nX-More:2\r\n\r\n"), [200]),
    Dialogue("pipelined", 3 * chunks(b"5\r\nhello\r\n0\r\n\r\n"), [200, 200, 200]),
    *[refused(f"size {size!r}", chunks(size + b"\r\nhello\r\n0\r\n\r\n")) for size in (
        b"+5", b"-5", b"0x5", b"5_0", b" 5", b"5 ", b"\t5", b"5\t", b"", b"g", b"5h", b"5.", b"-0", b"5,5",
        b"ffffffffffffffff5", b"10000000000000005", b"ffffffffffffffff", b"8000000000000000", b"\xb25", b"5\0",
        b"5\x0b")],
    *[refused(f"extension {text!r}", chunks(b"5" + text + b"\r\nhello\r\n0\r\n\r\n")) for text in (
        b";", b";;", b";=", b";a=", b";=b", b";a=b=c", b";a b", b";a,b", b';a="b', b';a="b"c', b";a=\x01", b";\xe4",
        b";a\0",
        b"a=b;", b";[]")],
    refused("LF alone behind the size", chunks(b"5\nhello\r\n0\r\n\r\n")),
    refused("CR alone behind the size", chunks(b"5\rhello\r\n0\r\n\r\n")),
    refused("CR CR LF behind the size", chunks(b"5\r\r\nhello\r\n0\r\n\r\n")),
    refused("LF within an extension", chunks(b"5;a\nhello\r\n0\r\n\r\n")),
    refused("CR within an extension", chunks(b"5;a\rb\r\nhello\r\n0\r\n\r\n")),
    refused("LF in a quoted extension", chunks(b'5;a="\n"\r\nhello\r\n0\r\n\r\n')),
    refused("LF alone behind the data", chunks(b"5\r\nhello\n0\r\n\r\n")),
    refused("CR alone behind the data", chunks(b"5\r\nhello\r0\r\n\r\n")),
    refused("nothing behind the data", chunks(b"5\r\nhello0\r\n\r\n")),
    refused("more data than declared", chunks(b"5\r\nhello!\r\n0\r\n\r\n")),
    refused("less data than declared", chunks(b"5\r\nhell\r\n0\r\n\r\n")),
    refused("LF alone behind the last", chunks(b"0\n\r\n")),
    refused("LF alone at the end", chunks(b"0\r\n\n")),
    refused("forbidden trailer: Content-Length", chunks(b"0\r\nContent-Length: 5\r\n\r\n")),
    refused("forbidden trailer: Transfer-Encoding", chunks(b"0\r\nTransfer-Encoding: chunked\r\n\r\n")),
    refused("forbidden trailer: Host", chunks(b"0\r\nHost: test\r\n\r\n")),
    refused("trailer without a colon", chunks(b"0\r\nX-Sum\r\n\r\n")),
    refused("trailer with a space before the colon", chunks(b"0\r\nX-Sum : 1\r\n\r\n")),
    refused("trailer that is folded", chunks(b"0\r\nX-Sum: 1\r\n 2\r\n\r\n")),
    refused("trailer without a name", chunks(b"0\r\n: 1\r\n\r\n")),
    refused("trailer with LF alone", chunks(b"0\r\nX-Sum: 1\n\r\n")),
    refused("trailer with NUL", chunks(b"0\r\nX-Sum: \0\r\n\r\n")),
    refused("long extension", chunks(b"5;a=" + b"b" * 5000 + b"\r\nhello\r\n0\r\n\r\n"), 431, 400),
    refused("extension without an end", chunks(b"5;" + b"b" * 100_000), 431, 400),
    refused("long trailers", chunks(b"0\r\n" + b"X-Sum: 1\r\n" * 1000 + b"\r\n"), 431, 400),
    refused("size without an end", chunks(b"0" * 100_000), 431, 400),
    refused("chunks of one byte above the limit", chunks(b"1\r\na\r\n" * 1025 + b"0\r\n\r\n"), 413),
    refused("one chunk above the limit", chunks(b"401\r\n" + b"a" * 1025 + b"\r\n0\r\n\r\n"), 413),
    Dialogue("exactly the limit", chunks(b"400\r\n" + b"a" * 1024 + b"\r\n0\r\n\r\n"), [200]),
]

TOO_LARGE = [
    Dialogue("exactly the limit", post("Content-Length: 1024", body=b"a" * 1024), [200]),
    refused("one byte more", post("Content-Length: 1025", body=b"a" * 1025), 413),
    refused("much more", post("Content-Length: 100000", body=b"a" * 100_000), 413),
    refused("more than there is", post("Content-Length: 9223372036854775807"), 413),
    refused("asked for first", post("Content-Length: 1025", "Expect: 100-continue"), 413),
    refused("for a method that is not offered", post("Content-Length: 1025", body=b"a" * 1025, request=POST_OF_FILE), 405),
    refused("much more for a method that is not offered",
            post("Content-Length: 100000", body=b"a" * 100_000, request=POST_OF_FILE), 405),
    refused("in chunks for a method that is not offered",
            post(CHUNKED, body=b"401\r\n" + b"a" * 1025 + b"\r\n0\r\n\r\n", request=POST_OF_FILE), 405),
    refused("malformed for a method that is not offered", post(CHUNKED, body=b"5\r\nhello0\r\n\r\n", request=POST_OF_FILE)),
    Dialogue("cut off", post("Content-Length: 100000"), [413], CLOSED),
]


class Framing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SITE, {"www/index.html": "<p>index</p>"}))

    def test_content_length(self):
        run(self, self.server.address, LENGTHS)

    def test_a_client_that_waits_for_100_is_told_to_go_on_or_answered_for_good(self):
        start = post("Content-Length: 5", "Expect: 100-Continue")
        for body in (b"hello", b"5\r\nhello\r\n0\r\n\r\n"):
            with self.subTest(body), self.server.client() as client:
                client.send(start if body == b"hello" else post(CHUNKED, "Expect: 100-continue"))
                first = client.socket.recv(12, socket.MSG_PEEK)
                if first == b"HTTP/1.1 100":
                    client.send(body)
                    response = client.response()
                    self.assertEqual([each.status for each in response.interim], [100])
                    self.assertEqual(client.ask("/").body, b"<p>index</p>")
                else:
                    response = client.response()
                    self.assertTrue(response.closes)
                    client.end()
                self.assertEqual(response.body, b"taken")

    def test_a_client_that_does_not_wait_for_100_is_answered_once(self):
        with self.server.client() as client:
            client.send(post("Content-Length: 5", "Expect: 100-continue", body=b"hello"))
            response = client.response()
            self.assertEqual(response.body, b"taken")
            if not response.closes:
                self.assertEqual(client.ask("/").body, b"<p>index</p>")

    def test_equal_content_lengths_are_one_or_refused(self):
        for sent in EQUAL_LENGTHS:
            with self.server.client() as client:
                client.send(sent + head("Connection: close"))
                first = client.response()
                self.assertIn(first.status, (200, 400))
                if first.status == 200:
                    self.assertEqual(client.response().body, b"<p>index</p>")
                client.end()

    def test_transfer_encoding(self):
        run(self, self.server.address, CODINGS)

    def test_chunks(self):
        run(self, self.server.address, CHUNKS)

    def test_bodies_above_the_limit(self):
        run(self, self.server.address, TOO_LARGE)


if __name__ == "__main__":
    unittest.main()
