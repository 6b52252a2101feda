#!/usr/bin/env python3
"""A CGI program in Python: says what it was asked, and how long the body was."""
import os
import sys

body = sys.stdin.buffer.read()
print("Content-Type: text/plain\n")
print(f"{os.environ['REQUEST_METHOD']} {os.environ.get('PATH_INFO', '')}?{os.environ['QUERY_STRING']} {len(body)}")
