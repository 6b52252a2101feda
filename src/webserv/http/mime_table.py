#!/usr/bin/env python3
"""Writes mime_table.inc, the types that mime.cc compiles in, from Debian's package media-types and the few below.

    python3 src/webserv/http/mime_table.py [/etc/mime.types] > src/webserv/http/mime_table.inc

The build does not run this: the table is kept in the repository, so that every build has the same types.
"""

import re
import sys

# What the package lacks, or has for formats that nobody serves today.
OVERRIDES = {
    "cjs": "text/javascript",
    "map": "application/json",      # source maps, ECMA-426
    "rss": "application/rss+xml",
    "toml": "application/toml",
    "ts": "video/mp2t",             # segments of HLS, RFC 8216; the package: Qt's linguist
    "yaml": "application/yaml",     # RFC 9512
    "yml": "application/yaml",
}

# The extensions that mime.cc can number. The rest have a second dot, or are backup files' endings.
USABLE = re.compile(r"[a-z0-9+_-]{1,12}\Z")


def read(path):
    """The type of each extension; the first line that names one counts: later ones are chemistry and other niches."""
    types = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            words = line.partition("#")[0].split()
            for extension in words[1:]:
                if USABLE.match(extension.lower()):
                    types.setdefault(extension.lower(), words[0])
    return types


def main():
    types = read(sys.argv[1] if len(sys.argv) > 1 else "/etc/mime.types") | OVERRIDES
    print("// Made by mime_table.py from Debian's media-types; do not edit.")
    print(f"// {len(types)} extensions. Types stand one after the other, each with a NUL; extensions name theirs by offset.")
    print("constexpr char type_texts[] =")
    offsets = {}
    offset = 0
    for name in sorted(set(types.values())):
        text = name + "; charset=utf-8" if name.startswith("text/") else name
        offsets[name] = offset
        offset += len(text) + 1
        print(f'    "{text}\\0"')
    print("    ;")
    print("constexpr Extension extensions[] = {")
    for extension in sorted(types):
        print(f'    {{"{extension}", {offsets[types[extension]]}}},  // {types[extension]}')
    print("};")


if __name__ == "__main__":
    main()
