#!/usr/bin/env python3
"""Each header compiles alone: it includes what it uses. And it is guarded.

The build itself proves it for x.h where x.cc includes it first; the others are compiled here. headers.py --build FOLDER
takes the compiler and its flags from FOLDER/compile_commands.json. What compiled is remembered in FOLDER/headers.json, and
compiled again only after a change of the header, of a file it includes, or of the command.
"""
import argparse
import hashlib
import json
import os
import re
import shlex
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lint

WITH_VALUE = {"-o", "-MT", "-MF", "-MQ"}
ALONE = {"-c", "-MD", "-MMD"}


def flags_of(command, source):
    """The compiler and flags of a compile command, without launcher, source, outputs and dependencies."""
    words = shlex.split(command)
    if os.path.basename(words[0]) in ("ccache", "sccache"):
        words = words[1:]
    kept, words = [words[0]], iter(words[1:])
    for word in words:
        if word in WITH_VALUE:
            next(words)
        elif word not in ALONE and word != source:
            kept.append(word)
    return kept


def command_for(name, commands):
    """The command of a source of the same folder or else of the same top folder, which has the libraries that it needs."""
    def nearness(source):
        return len(os.path.commonpath([source, name])), source
    return flags_of(commands[nearest := max(commands, key=nearness)]["command"], commands[nearest]["file"])


def proved_by_build(header):
    """Whether the source of the same name begins with this header."""
    source = header.with_suffix(".cc")
    first = re.search(r'^#include "(.*)"|^#include <', source.read_text(), re.M) if source.exists() else None
    return bool(first and first[1] and header.as_posix().endswith("/" + first[1]))


def compile_header(command, header):
    """(what the compiler said, or nothing; the files that it read) for the header given by its path."""
    with tempfile.NamedTemporaryFile("r", suffix=".d") as made:
        run = subprocess.run([*command, "-fsyntax-only", "-MMD", "-MF", made.name, "-x", "c++", "-"],
                             input=f'#include "{header}"\n', capture_output=True, text=True)
        read = made.read().replace("\\\n", " ").split(":", 1)[-1].split()
    return (run.stderr.strip() if run.returncode else ""), [file for file in read if os.path.isfile(file)]


def digest(command, files):
    made = hashlib.sha256(json.dumps(command).encode())
    for file in files:
        made.update(Path(file).read_bytes() if os.path.isfile(file) else b"gone")
    return made.hexdigest()


def check(root, build):
    commands = {os.path.relpath(entry["file"], root): entry
                for entry in json.loads((build / "compile_commands.json").read_text())}
    memory = build / "headers.json"
    known = json.loads(memory.read_text()) if memory.exists() else {}

    headers = list(lint.files(root, ".h", below=("src/", "tests/", "bench/")))
    found = [f"{path.relative_to(root)} has no #pragma once" for path in headers
             if not re.search(r"^#pragma once$", path.read_text(), re.M)]

    def one(path):
        name = path.relative_to(root).as_posix()
        command = command_for(name, commands)
        old = known.get(name)
        if old and old["digest"] == digest(command, old["files"]):
            return name, "", old
        said, read = compile_header(command, path)
        return name, said, {"digest": digest(command, read), "files": read}

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(one, [path for path in headers if not proved_by_build(path)]))
    memory.write_text(json.dumps({name: entry for name, said, entry in results if not said}))
    return found + [f"{name} does not compile alone:\n{said}" for name, said, _ in results if said]


class SelfTest(unittest.TestCase):
    def project(self, folder, headers):
        root = Path(folder)
        (root / "src").mkdir()
        (root / "src/a.cc").write_text("")
        for name, text in headers.items():
            (root / "src" / name).write_text(text)
        command = f"ccache c++ -std=c++20 -I{root}/src -Wall -Werror -MD -MT a.o -MF a.d -o a.o -c {root}/src/a.cc"
        entry = {"file": f"{root}/src/a.cc", "directory": folder, "command": command}
        (root / "compile_commands.json").write_text(json.dumps([entry]))
        return root

    def test_finds_headers_that_do_not_stand_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            root = self.project(folder, {
                "good.h": "#pragma once\n#include <string>\nstd::string f();\nstruct S {};\n",
                "needs.h": "#pragma once\nstd::string g();\n",
                "unguarded.h": "struct T {};\n",
            })
            found = check(root, root)
            self.assertEqual(["src/needs.h", "src/unguarded.h"], sorted(problem.split()[0] for problem in found))

    def test_leaves_to_the_build_what_it_compiles_alone(self):
        for source, left in (('#include "a.h"\n', True), ("#include <string>\n#include \"a.h\"\n", False),
                             ('#include "b.h"\n#include "a.h"\n', False)):
            with tempfile.TemporaryDirectory() as folder:
                root = self.project(folder, {"a.h": "#pragma once\nstd::string a();\n"})
                (root / "src/a.cc").write_text("// why\n\n" + source)
                self.assertEqual(left, not check(root, root), source)

    def test_looks_again_only_after_a_change(self):
        with tempfile.TemporaryDirectory() as folder:
            root = self.project(folder, {"a.h": '#pragma once\n#include "b.h"\nB a();\n', "b.h": "#pragma once\nstruct B {};\n"})
            self.assertEqual([], check(root, root))
            first = (root / "headers.json").read_text()
            self.assertEqual([], check(root, root))
            self.assertEqual(first, (root / "headers.json").read_text())
            (root / "src/b.h").write_text("#pragma once\nstruct C {};\n")
            self.assertEqual(["src/a.h"], [problem.split()[0] for problem in check(root, root)])


def from_build(root):
    options = argparse.ArgumentParser()
    options.add_argument("--build", type=Path, required=True)
    return check(root, options.parse_args().build)


if __name__ == "__main__":
    lint.main(from_build)
