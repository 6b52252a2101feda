#!/usr/bin/env python3
"""A file includes its own floor and the floors below it; libraries and the system's headers only where they belong.

The floors are those of src/README.md; http and io are side by side.
"""
import re
import unittest

import lint

# What a floor may include beside itself.
FLOORS = {
    "base": set(),
    "io": {"base"},
    "process": {"base", "io"},
    "http": {"base"},
    "server": {"base", "io", "http"},
    "handlers": {"base", "io", "process", "http", "server"},
    "app": {"base", "io", "process", "http", "server", "handlers"},
}

# Headers of the system: a pattern, the folders that may include it, and the reason.
SYSTEM = [
    (r"systemd/.*", ("src/app/systemd",), "libsystemd is for src/app/systemd alone"),
    (r"(toml\+\+|fmt|CLI)/.*", ("src/app",), "the library depends on no toml++, fmt or CLI11"),
    (r"(format|print|generator)", (), "libstdc++ 12 does not have it"),
    (r"(iostream|regex)", (), "it costs start time and size; use write(2), fmt in src/app, or the codecs"),
]
# The codecs are functions from bytes to values.
PURE_FLOOR = "http"
IMPURE = re.compile(r"(sys|net|netinet|linux)/.*|(unistd|fcntl|poll|signal|pthread)\.h"
                    r"|thread|mutex|condition_variable|fstream|filesystem|cstdio|coroutine")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def floor_of(name):
    """The floor of a file or of an included path below src; None for what stands above the floors."""
    parts = name.split("/")
    if parts[0] == "app":
        return "app"
    return parts[1] if parts[0] == "webserv" and len(parts) > 2 else None


def breaches(name, text, exists):
    """What is wrong in the file src/NAME; exists(path) tells whether src/path is there."""
    floor = floor_of(name)
    for match in INCLUDE.finditer(text):
        place = f"src/{name}:{text.count(chr(10), 0, match.start()) + 1}"
        bracket, header = match.groups()
        if bracket == '"':
            other = floor_of(header)
            if not exists(header):
                yield f"{place}: no src/{header}; paths of ours begin at src, others stand in <>"
            elif floor and other != floor and other not in FLOORS[floor]:
                yield f"{place}: floor {floor} may not include {header}"
            continue
        if header.startswith(("webserv/", "app/")):
            yield f"{place}: <{header}> is ours: use quotes"
        for pattern, folders, why in SYSTEM:
            if re.fullmatch(pattern, header) and not f"src/{name}".startswith(tuple(f"{folder}/" for folder in folders)):
                yield f"{place}: <{header}>: {why}"
        if floor == PURE_FLOOR and IMPURE.fullmatch(header):
            yield f"{place}: <{header}>: floor {floor} is free of input, output and threads"


def problems(root):
    for path in lint.files(root, ".h", ".cc", below=("src/",)):
        name = path.relative_to(root / "src").as_posix()
        parts = name.split("/")
        if parts[0] not in ("app", "webserv") or (floor_of(name) or "app") not in FLOORS:
            yield f"src/{name}: lies on no floor"
        else:
            yield from breaches(name, path.read_text(), lambda header: (root / "src" / header).is_file())


class SelfTest(unittest.TestCase):
    def of(self, name, include):
        return list(breaches(name, f"// comment\n#include {include}\n", lambda header: "absent" not in header))

    def test_every_floor_may_include_itself_and_what_the_table_says(self):
        for floor, others in FLOORS.items():
            name = "app/a.cc" if floor == "app" else f"webserv/{floor}/a.cc"
            for other in FLOORS:
                include = '"app/b.h"' if other == "app" else f'"webserv/{other}/b.h"'
                allowed = other == floor or other in others
                self.assertEqual(allowed, not self.of(name, include), f"{floor} includes {other}")

    def test_names_file_line_and_header(self):
        self.assertEqual(["src/webserv/http/a.h:2: floor http may not include webserv/io/b.h"],
                         self.of("webserv/http/a.h", '"webserv/io/b.h"'))

    def test_the_umbrella_header_includes_every_floor_of_the_library(self):
        self.assertEqual([], self.of("webserv/webserv.h", '"webserv/server/server.h"'))

    def test_paths_begin_at_src(self):
        self.assertTrue(self.of("webserv/http/a.h", '"absent.h"'))
        self.assertTrue(self.of("app/a.h", "<webserv/io/b.h>"))

    def test_libraries_stay_in_their_folders(self):
        self.assertEqual([], self.of("app/systemd/a.cc", "<systemd/sd-daemon.h>"))
        self.assertTrue(self.of("app/a.cc", "<systemd/sd-daemon.h>"))
        self.assertEqual([], self.of("app/a.cc", "<toml++/toml.h>"))
        for library in ("<toml++/toml.h>", "<fmt/core.h>", "<CLI/CLI.hpp>"):
            self.assertTrue(self.of("webserv/base/a.cc", library), library)

    def test_the_codecs_are_pure(self):
        for header in ("<unistd.h>", "<sys/socket.h>", "<thread>", "<cstdio>"):
            self.assertTrue(self.of("webserv/http/a.cc", header), header)
            self.assertEqual([], self.of("webserv/io/a.cc", header), header)
        self.assertEqual([], self.of("webserv/http/a.cc", "<string_view>"))


if __name__ == "__main__":
    lint.main(problems)
