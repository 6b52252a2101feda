#!/usr/bin/python3
"""Takes memory without end."""
taken = []
while True:
    taken.append(b"x" * (1 << 20))
