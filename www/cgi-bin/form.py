#!/usr/bin/env python3
"""Says what a form has sent, by GET or by POST."""
import html
import os
import sys
import urllib.parse

if os.environ["REQUEST_METHOD"] == "POST":
    # As many bytes as the request has: what follows is not ours to wait for.
    sent = sys.stdin.buffer.read(int(os.environ["CONTENT_LENGTH"])).decode()
else:
    sent = os.environ["QUERY_STRING"]

rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>\n"
               for name, value in urllib.parse.parse_qsl(sent, keep_blank_values=True))
print(f"""Content-Type: text/html; charset=utf-8
Cache-Control: no-store

<!doctype html>
<html lang="en">
<title>What was sent</title>
<link rel="stylesheet" href="/style.css">
<body class="answer">
<p>Sent by <code>{html.escape(os.environ["REQUEST_METHOD"])}</code>:</p>
<table>
{rows}</table>""")
