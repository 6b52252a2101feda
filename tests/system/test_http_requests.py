"""What the server makes of request lines, fields and methods. RFC 9110 and RFC 9112."""
import unittest

from dialogue import CLOSED, EITHER, SENTINEL, Dialogue, head, refused, run
from server import Server

SITE = SENTINEL + """
[limits]
head_size = "2K"
fields = 20
[vhost."*"]
root = "www"
[vhost."*".route."/take"]
respond = { text = "taken" }
methods = ["GET", "POST", "PUT"]
[vhost."other.test"]
[vhost."other.test".route."/"]
respond = { text = "other" }
"""
FILES = {"www/index.html": "<p>index</p>", "www/a.txt": "text"}


def body(*expected):
    """A check: these are the bodies of the answers."""
    def check(answers):
        assert [each.body for each in answers] == list(expected), answers
    return check


def field(name, expected):
    def check(answers):
        assert answers[0].field(name) == expected, answers
    return check


def allows(*methods):
    def check(answers):
        assert set(answers[0].members("Allow")) == {each.lower() for each in methods}, answers
    return check


def empty(answers):
    assert answers[0].body == b"", answers


def no_interim(answers):
    assert answers[0].interim == [], answers


REQUEST_LINES = [
    Dialogue("plain", head(), [200], check=body(b"<p>index</p>")),
    Dialogue("an empty line before it", b"\r\n" + head(), [200]),
    Dialogue("later minor version", head(request="GET / HTTP/1.9"), [200]),
    Dialogue("absolute form", head(request="GET http://test/a.txt HTTP/1.1"), [200], check=body(b"text")),
    Dialogue("absolute form, upper case, port", head(request="GET HTTP://TEST:80/a.txt HTTP/1.1"), [200]),
    Dialogue("absolute form without a path", head(request="GET http://test HTTP/1.1"), [200]),
    Dialogue("absolute form without a path, query", head(request="GET http://test?q HTTP/1.1"), [200]),
    Dialogue("absolute form overrides Host", head(request="GET http://other.test/ HTTP/1.1"), [200],
             check=body(b"other")),
    Dialogue("query", head(request="GET /a.txt?a=b&c HTTP/1.1"), [200], check=body(b"text")),
    Dialogue("every kind of character", head(request="GET /a.txt?!$&'()*+,;=:@/?-._~%7f HTTP/1.1"), [200]),
    refused("two spaces", head(request="GET  / HTTP/1.1")),
    refused("two spaces before the version", head(request="GET /  HTTP/1.1")),
    refused("tab", head(request="GET\t/ HTTP/1.1")),
    refused("tab before the version", head(request="GET /\tHTTP/1.1")),
    refused("space behind", head(request="GET / HTTP/1.1 ")),
    refused("space in front", head(request=" GET / HTTP/1.1")),
    refused("no version", head(request="GET /")),
    refused("no target", head(request="GET HTTP/1.1")),
    refused("no method", head(request=" / HTTP/1.1")),
    refused("method alone", head(request="GET")),
    refused("version without minor", head(request="GET / HTTP/1")),
    refused("version with more digits", head(request="GET / HTTP/1.10")),
    refused("version with zeros", head(request="GET / HTTP/01.01")),
    refused("version in lower case", head(request="GET / http/1.1")),
    refused("version with a comma", head(request="GET / HTTP/1,1")),
    refused("version of another protocol", head(request="GET / HTTQ/1.1")),
    refused("version with a space", head(request="GET / HTTP /1.1")),
    refused("version with a sign", head(request="GET / HTTP/+1.1")),
    refused("version 2.0", head(request="GET / HTTP/2.0"), 505),
    refused("version 3.7", head(request="GET / HTTP/3.7"), 505),
    refused("version 0.9", head(request="GET / HTTP/0.9"), 505, 400),
    refused("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, 400),
    refused("space in the target", head(request="GET /a b HTTP/1.1")),
    refused("fragment", head(request="GET /a#b HTTP/1.1")),
    refused("control byte in the target", head(request="GET /a\x01b HTTP/1.1")),
    refused("NUL in the target", head(request="GET /a\0b HTTP/1.1")),
    refused("DEL in the target", head(request="GET /a\x7fb HTTP/1.1")),
    refused("raw byte over 127 in the target", head(request="GET /\xe4 HTTP/1.1")),
    refused("bare CR in the target", head(request="GET /a\rb HTTP/1.1")),
    refused("encoded NUL", head(request="GET /a%00b HTTP/1.1")),
    refused("bad percent-encoding", head(request="GET /a%zz HTTP/1.1")),
    refused("cut percent-encoding", head(request="GET /a%2 HTTP/1.1")),
    refused("relative target", head(request="GET a.txt HTTP/1.1")),
    refused("asterisk for GET", head(request="GET * HTTP/1.1")),
    refused("authority for GET", head(request="GET test:80 HTTP/1.1")),
    refused("userinfo", head(request="GET http://user@test/ HTTP/1.1")),
    refused("another scheme", head(request="GET ftp://test/ HTTP/1.1")),
    refused("absolute form without a host", head(request="GET http:///a HTTP/1.1")),
    refused("LF alone ends the line", b"GET / HTTP/1.1\nHost: test\r\n\r\n"),
    refused("CR alone ends the line", b"GET / HTTP/1.1\rHost: test\r\n\r\n"),
    refused("CR CR LF ends the line", b"GET / HTTP/1.1\r\r\nHost: test\r\n\r\n"),
    refused("illegal method", head(request="G@T / HTTP/1.1")),
    refused("NUL in the method", head(request="G\0T / HTTP/1.1")),
    refused("TLS instead of HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
]

FIELDS = [
    Dialogue("no space behind the colon", head("A:b"), [200]),
    Dialogue("blanks around the value", head("A: \t b \t "), [200]),
    Dialogue("empty value", head("A:"), [200]),
    Dialogue("bytes over 127 in a value", head("A: \xe4\xff"), [200]),
    Dialogue("tab within a value", head("A: a\tb"), [200]),
    Dialogue("every kind of character in a name", head("!#$%&'*+-.^_`|~09AZaz: b"), [200]),
    refused("space before the colon", head("A : b")),
    refused("tab before the colon", head("A\t: b")),
    refused("space before the colon of Host", head("Host : test", host=None)),
    refused("space before the first field", head(" A: b", host=None)),
    refused("folded line", head("A: b", " c")),
    refused("folded line with a tab", head("A: b", "\tc")),
    refused("line of blanks", head(" ")),
    refused("empty name", head(": b")),
    refused("no colon", head("A")),
    refused("space in a name", head("A B: c")),
    refused("slash in a name", head("A/B: c")),
    refused("bracket in a name", head("A[]: c")),
    refused("control byte in a name", head("A\x01: c")),
    refused("NUL in a name", head("A\0: c")),
    refused("byte over 127 in a name", head("\xc4: c")),
    refused("control byte in a value", head("A: b\x01c")),
    refused("NUL in a value", head("A: b\0c")),
    refused("VT in a value", head("A: b\x0bc")),
    refused("DEL in a value", head("A: b\x7fc")),
    refused("bare CR in a value", head("A: b\rc")),
    refused("CR at the end of a value", head("A: b\r")),
    refused("LF alone ends a field", b"GET / HTTP/1.1\r\nHost: test\nA: b\r\n\r\n"),
    refused("LF alone ends the head", b"GET / HTTP/1.1\r\nHost: test\r\n\n"),
    refused("both ends by LF alone", b"GET / HTTP/1.1\nHost: test\n\n"),
    refused("CR without LF ends the head", b"GET / HTTP/1.1\r\nHost: test\r\n\rX"),
]

HOSTS = [
    Dialogue("with a port", head(host="Host: test:8080"), [200]),
    Dialogue("in upper case", head(host="Host: OTHER.TEST"), [200], check=body(b"other")),
    Dialogue("with a dot behind", head(host="Host: other.test."), [200], check=body(b"other")),
    Dialogue("IPv4", head(host="Host: 127.0.0.1"), [200]),
    Dialogue("IPv6", head(host="Host: [::1]:80"), [200]),
    Dialogue("empty port", head(host="Host: test:"), [200]),
    refused("none", head(host=None)),
    refused("none, absolute form", head(request="GET http://test/ HTTP/1.1", host=None)),
    refused("two that are equal", head("Host: test")),
    refused("two that differ", head("host: other.test")),
    refused("two in 1.0", head("Host: other.test", request="GET / HTTP/1.0")),
    refused("empty", head(host="Host:")),
    refused("userinfo", head(host="Host: user@test")),
    refused("path", head(host="Host: test/a")),
    refused("query", head(host="Host: test?a")),
    refused("comma", head(host="Host: test, other.test")),
    refused("space", head(host="Host: te st")),
    refused("port that is none", head(host="Host: test:http")),
    refused("port that is too large", head(host="Host: test:99999")),
    refused("negative port", head(host="Host: test:-1")),
    refused("open bracket", head(host="Host: [::1")),
    refused("bad percent-encoding", head(host="Host: te%zzst")),
    refused("quote", head(host='Host: "test"')),
    refused("raw byte over 127", head(host="Host: t\xe4st")),
    refused("malformed beside absolute form", head(request="GET http://test/ HTTP/1.1", host="Host: a b")),
]

METHODS = [
    Dialogue("HEAD", head(request="HEAD / HTTP/1.1"), [200], methods=["HEAD"], check=field("Content-Length", "12")),
    Dialogue("HEAD of an error", head(request="HEAD /none HTTP/1.1"), [404], methods=["HEAD"]),
    Dialogue("OPTIONS", head(request="OPTIONS /a.txt HTTP/1.1"), [(200, 204)], check=allows("GET", "HEAD", "OPTIONS")),
    Dialogue("OPTIONS of more", head(request="OPTIONS /take HTTP/1.1"), [(200, 204)],
             check=allows("GET", "HEAD", "OPTIONS", "POST", "PUT")),
    Dialogue("OPTIONS *", head(request="OPTIONS * HTTP/1.1"), [(200, 204)], check=empty),
    Dialogue("POST to a file", head("Content-Length: 0", request="POST /a.txt HTTP/1.1"), [405],
             check=allows("GET", "HEAD", "OPTIONS")),
    Dialogue("DELETE of a file", head(request="DELETE /a.txt HTTP/1.1"), [405], check=allows("GET", "HEAD", "OPTIONS")),
    Dialogue("DELETE where POST is taken", head(request="DELETE /take HTTP/1.1"), [405],
             check=allows("GET", "HEAD", "OPTIONS", "POST", "PUT")),
    Dialogue("TRACE", head(request="TRACE / HTTP/1.1"), [405]),
    Dialogue("CONNECT", head(request="CONNECT test:443 HTTP/1.1"), [405]),
    Dialogue("unknown method", head(request="BREW / HTTP/1.1"), [501], EITHER),
    Dialogue("method in lower case", head(request="get / HTTP/1.1"), [501], EITHER),
    Dialogue("unknown method with punctuation", head(request="M-SEARCH!#$ / HTTP/1.1"), [501], EITHER),
    refused("asterisk for an unknown method", head(request="BREW * HTTP/1.1"), 400, 501),
]

EXPECTATIONS = [
    Dialogue("100-continue without a body", head("Expect: 100-continue"), [200], check=no_interim),
    Dialogue("100-continue in 1.0", head("Expect: 100-continue", request="GET / HTTP/1.0"), [200], CLOSED,
             check=no_interim),
    refused("unknown expectation", head("Expect: a-miracle"), 417),
    refused("unknown expectation beside the known one", head("Expect: 100-continue, a-miracle"), 417),
]


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SITE, FILES))

    def test_request_lines(self):
        run(self, self.server.address, REQUEST_LINES)

    def test_field_lines(self):
        run(self, self.server.address, FIELDS)

    def test_hosts(self):
        run(self, self.server.address, HOSTS)

    def test_methods(self):
        run(self, self.server.address, METHODS)

    def test_expectations(self):
        run(self, self.server.address, EXPECTATIONS)

    def test_limits_of_the_head(self):
        line = "GET / HTTP/1.1"
        run(self, self.server.address, [
            Dialogue("many fields", head(*["A: b"] * 19), [200]),
            refused("one field too many", head(*["A: b"] * 20), 431),
            Dialogue("long field", head("A: " + "b" * 1900), [200]),
            refused("too long a field", head("A: " + "b" * 2100), 431),
            refused("too long a name", head("A" * 2100 + ": b"), 431),
            refused("too much in all", head(*["A: " + "b" * 200] * 11), 431),
            Dialogue("long target", head(request="GET /?" + "a" * 1800 + " HTTP/1.1"), [200]),
            refused("too long a target", head(request="GET /" + "a" * 2100 + " HTTP/1.1"), 414),
            refused("too long a method", head(request="A" * 2100 + line[3:]), 414, 431, 501),
            refused("a head without an end", (line + "\r\n").encode() + b"A: " + b"b" * 100_000, 431),
            refused("a target without an end", b"GET /" + b"a" * 100_000, 414),
            refused("a method without an end", b"A" * 100_000, 414, 431, 501),
            refused("empty lines without an end", b"\r\n" * 50_000, 400, 414, 431),
        ])


if __name__ == "__main__":
    unittest.main()
