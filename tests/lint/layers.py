#!/usr/bin/env python3
"""A file includes its own floor and the floors below it; libraries and the system's headers only where they belong.

The floors, and the rooms of the program, are those of src/README.md; http and io are side by side. No two files include each
other, over others or not, where x.h and x.cc count as one; and no two files of src have the same name. What
webserv/webserv.h includes, itself or over others, is for users: nothing of it is in the namespace webserv::detail alone.
"""
import re
import unittest
from pathlib import PurePosixPath

import lint

# What a room of the library may include beside itself.
LIBRARY = {
    "base": set(),
    "io": {"base"},
    "process": {"base", "io"},
    "http": {"base"},
    "server": {"base", "io", "http"},
    "server/h1": {"base", "io", "http", "server"},
    "handlers": {"base", "io", "http", "server"},
    "handlers/files": {"base", "io", "http", "server", "handlers"},
    "handlers/cgi": {"base", "io", "process", "http", "server", "handlers", "handlers/files"},
}
# Where a connection gets its protocol, and a worker what the connections of one share.
EXCEPTIONS = {
    ("webserv/server/worker_connection.cc", "webserv/server/h1/h1_connection.h"),
    ("webserv/server/worker_context.cc", "webserv/server/h1/h1_shared.h"),
}
# Likewise a room of the program, which is a folder of src/app: each sees floors of the library, and rooms above it here.
ROOMS = {
    "app/text": {"base", "http"},
    "app/schema": {"base", "app/text"},
    "app/toml": {"base", "app/text", "app/schema"},
    "app/routes": {"app/text", "app/schema", *LIBRARY},
    "app/config": {"app/text", "app/schema", "app/toml", "app/routes", *LIBRARY},
    "app/site": {"app/routes", "app/config", *LIBRARY},
    "app/command": {"base", "io", "app/text", "app/schema", "app/config"},
    "app/systemd": {"base", "io"},
    "app/serve": {"app/text", "app/config", "app/site", "app/command", "app/systemd", *LIBRARY},
    "app/explain": {"app/text", "app/routes", "app/config", "app/site", "app/command", *LIBRARY},
    "app/check": {"base", "io", "app/text", "app/routes", "app/config", "app/command"},
}
FLOORS = {**LIBRARY, **ROOMS, "app": LIBRARY.keys() | ROOMS.keys()}

# Headers of the system: a pattern, the folders that may include it, and the reason.
SYSTEM = [
    (r"systemd/.*", ("src/app/systemd",), "libsystemd is for src/app/systemd alone"),
    (r"fmt/.*", ("src/app",), "the library does not depend on fmt"),
    (r"toml\+\+/.*", ("src/app/toml",), "toml++ is for src/app/toml alone"),
    (r"CLI/.*", ("src/app/command",), "CLI11 is for src/app/command alone"),
    (r"(format|print|generator)", (), "libstdc++ 12 does not have it"),
    (r"(iostream|regex)", (), "it costs start time and size; use write(2), fmt in src/app, or the codecs"),
]
# The codecs are functions from bytes to values.
PURE_FLOOR = "http"
IMPURE = re.compile(r"(sys|net|netinet|linux)/.*|(unistd|fcntl|poll|signal|pthread)\.h"
                    r"|thread|mutex|condition_variable|fstream|filesystem|cstdio|coroutine")

# What users include, and what is reached by it though nobody is to use it: a member needs its size.
PUBLIC_HEADER = "webserv/webserv.h"
REACHED = {PUBLIC_HEADER, "webserv/handlers/name_table.h"}

# A row of the table of rooms in src/README.md.
ROOM_ROW = re.compile(r"^\| `(\w+)` \| .* \| ((?:`\w+`(?:, )?)*) ?\|$", re.M)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def floor_of(name):
    """The floor of a file or of an included path below src; None for what stands above the floors."""
    folders = name.split("/")[:-1]
    if folders[:1] == ["app"]:
        return "/".join(folders[:2])
    return "/".join(folders[1:]) or None


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
            elif floor and other != floor and other not in FLOORS.get(floor, ()) and (name, header) not in EXCEPTIONS:
                yield f"{place}: {floor} may not include {header}"
            continue
        if header.startswith(("webserv/", "app/")):
            yield f"{place}: <{header}> is ours: use quotes"
        for pattern, folders, why in SYSTEM:
            if re.fullmatch(pattern, header) and not f"src/{name}".startswith(tuple(f"{folder}/" for folder in folders)):
                yield f"{place}: <{header}>: {why}"
        if floor == PURE_FLOOR and IMPURE.fullmatch(header):
            yield f"{place}: <{header}>: {floor} is free of input, output and threads"


def stem_of(name):
    """What x.h and x.cc have in common."""
    return PurePosixPath(name).with_suffix("").as_posix()


def circles(includes):
    """The files that include each other over others or not; includes maps a name to the names that it includes."""
    graph = {}
    for name, headers in includes.items():
        graph.setdefault(stem_of(name), set()).update({stem_of(header) for header in headers} - {stem_of(name)})
    # On no circle is what includes nothing that is left, and what nothing that is left includes.
    while True:
        graph = {stem: headers & graph.keys() for stem, headers in graph.items()}
        included = set().union(*graph.values())
        kept = {stem: headers for stem, headers in graph.items() if headers and stem in included}
        if len(kept) == len(graph):
            break
        graph = kept
    for stem, headers in sorted(graph.items()):
        yield f"src/{stem}: on a circle of includes with {', '.join(f'src/{header}' for header in sorted(headers))}"


def internals_for_users(texts):
    """The headers that users get with the public one, though all of them is internal; texts maps a name to its text."""
    reached, waiting = set(), [PUBLIC_HEADER] if PUBLIC_HEADER in texts else []
    while waiting:
        name = waiting.pop()
        if name not in reached and name in texts:
            reached.add(name)
            waiting += [header for bracket, header in INCLUDE.findall(texts[name]) if bracket == '"']
    for name in sorted(reached - REACHED):
        if not re.search(r"^namespace webserv \{", texts[name], re.M):
            yield f"src/{name}: is internal, and {PUBLIC_HEADER} includes it"


def same_names(names):
    """The files that have the name of another one."""
    seen = {}
    for name in sorted(names):
        other = seen.setdefault(PurePosixPath(name).name, name)
        if other != name:
            yield f"src/{name}: has the name of src/{other}"


def other_rooms(text):
    """The rooms of which src/README.md, whose text is given, says something else than the table here."""
    described = {f"app/{room}": {f"app/{other}" for other in re.findall(r"\w+", others)} for room, others in ROOM_ROW.findall(text)}
    for room in sorted(described.keys() | ROOMS.keys()):
        if described.get(room) != (ROOMS[room] - LIBRARY.keys() if room in ROOMS else None):
            yield f"src/README.md: the room {room} is not as in {PurePosixPath(__file__).name}"


def problems(root):
    yield from other_rooms((root / "src/README.md").read_text())
    includes, texts = {}, {}
    for path in lint.files(root, ".h", ".cc", below=("src/",)):
        name = path.relative_to(root / "src").as_posix()
        texts[name] = path.read_text()
        includes[name] = [header for bracket, header in INCLUDE.findall(texts[name])
                          if bracket == '"' and (name, header) not in EXCEPTIONS]
        parts = name.split("/")
        if parts[0] not in ("app", "webserv") or (floor_of(name) or "app") not in FLOORS:
            yield f"src/{name}: lies on no floor and in no room"
        else:
            yield from breaches(name, texts[name], lambda header: (root / "src" / header).is_file())
    yield from circles(includes)
    yield from internals_for_users(texts)
    yield from same_names(includes)


class SelfTest(unittest.TestCase):
    def of(self, name, include):
        return list(breaches(name, f"// comment\n#include {include}\n", lambda header: "absent" not in header))

    @staticmethod
    def file_of(floor, name):
        return f"{floor}/{name}" if floor.startswith("app") else f"webserv/{floor}/{name}"

    def test_every_floor_may_include_itself_and_what_the_table_says(self):
        for floor, others in FLOORS.items():
            for other in FLOORS:
                allowed = other == floor or other in others
                found = self.of(self.file_of(floor, "a.cc"), f'"{self.file_of(other, "b.h")}"')
                self.assertEqual(allowed, not found, f"{floor} includes {other}")

    def test_no_floor_sees_one_that_sees_it(self):
        seen = set()
        for floor, others in FLOORS.items():
            self.assertLessEqual(set(others), seen, floor)
            seen.add(floor)

    def test_a_folder_of_the_program_that_is_no_room_includes_nothing(self):
        self.assertTrue(self.of("app/attic/a.cc", '"webserv/base/b.h"'))
        self.assertTrue(self.of("app/a.cc", '"app/attic/b.h"'))

    def test_names_file_line_and_header(self):
        self.assertEqual(["src/webserv/http/a.h:2: http may not include webserv/io/b.h"],
                         self.of("webserv/http/a.h", '"webserv/io/b.h"'))

    def test_rooms_of_the_library_are_folders_in_its_floors(self):
        self.assertTrue(self.of("webserv/server/a.cc", '"webserv/server/h1/b.h"'))
        self.assertEqual([], self.of("webserv/server/worker_context.cc", '"webserv/server/h1/h1_shared.h"'))
        self.assertTrue(self.of("webserv/server/worker_context.h", '"webserv/server/h1/h1_shared.h"'))

    def test_sees_internals_that_users_get(self):
        public = {PUBLIC_HEADER: '#include "webserv/a.h"\n', "webserv/a.h": 'namespace webserv {\n'}
        self.assertEqual([], list(internals_for_users(public)))
        public["webserv/a.h"] += '#include "webserv/b.h"\n'
        public["webserv/b.h"] = "namespace webserv::detail {\n"
        self.assertEqual(1, len(list(internals_for_users(public))))

    def test_the_umbrella_header_includes_every_floor_of_the_library(self):
        self.assertEqual([], self.of("webserv/webserv.h", '"webserv/server/server.h"'))

    def test_paths_begin_at_src(self):
        self.assertTrue(self.of("webserv/http/a.h", '"absent.h"'))
        self.assertTrue(self.of("app/a.h", "<webserv/io/b.h>"))

    def test_libraries_stay_in_their_folders(self):
        for header, room in (("<systemd/sd-daemon.h>", "systemd"), ("<toml++/toml.h>", "toml"), ("<CLI/CLI.hpp>", "command")):
            self.assertEqual([], self.of(f"app/{room}/a.cc", header))
            self.assertTrue(self.of("app/text/a.cc", header))
            self.assertTrue(self.of("webserv/base/a.cc", header))
        self.assertEqual([], self.of("app/text/a.cc", "<fmt/core.h>"))
        self.assertTrue(self.of("webserv/base/a.cc", "<fmt/core.h>"))

    def test_sees_circles_of_headers_and_sources(self):
        self.assertEqual([], list(circles({"a.h": [], "a.cc": ["a.h", "b.h"], "b.cc": ["b.h", "c.h"], "c.h": []})))
        self.assertEqual(2, len(list(circles({"a.h": ["b.h"], "b.h": [], "b.cc": ["b.h", "a.h"], "c.h": []}))))
        circle = {"a.h": ["b.h"], "b.h": ["c.h"], "c.h": ["a.h", "e.h"], "d.h": ["a.h"], "e.h": []}
        self.assertEqual(["src/a: on a circle of includes with src/b", "src/b: on a circle of includes with src/c",
                          "src/c: on a circle of includes with src/a"], list(circles(circle)))

    def test_sees_a_room_that_the_readme_describes_otherwise(self):
        rows = [f"| `{room[4:]}` | what, `it` holds | {', '.join(f'`{other[4:]}`' for other in sorted(others - LIBRARY.keys()))} |"
                for room, others in ROOMS.items()]
        self.assertEqual([], list(other_rooms("\n".join(rows))))
        self.assertEqual(1, len(list(other_rooms("\n".join(rows[1:])))))
        self.assertEqual(1, len(list(other_rooms("\n".join(rows).replace(", `config`", "", 1)))))
        self.assertEqual(1, len(list(other_rooms("\n".join(rows) + "\n| `attic` | old things | |"))))

    def test_sees_two_files_of_one_name(self):
        self.assertEqual([], list(same_names(["a/x.h", "a/x.cc", "b/y.h"])))
        self.assertEqual(["src/b/x.h: has the name of src/a/x.h"], list(same_names(["b/x.h", "a/x.h"])))

    def test_the_codecs_are_pure(self):
        for header in ("<unistd.h>", "<sys/socket.h>", "<thread>", "<cstdio>"):
            self.assertTrue(self.of("webserv/http/a.cc", header), header)
            self.assertEqual([], self.of("webserv/io/a.cc", header), header)
        self.assertEqual([], self.of("webserv/http/a.cc", "<string_view>"))


if __name__ == "__main__":
    lint.main(problems)
