#!/usr/bin/env python3
"""The sources look as clang-format 14 writes them; `make format` does it. Other versions differ, so none is used in its place."""
import os
import shutil
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

import lint

TOOL = "clang-format-14"


def breaches(paths):
    """The first difference of each file, as clang-format tells it."""
    def check(path):
        run = subprocess.run([TOOL, "--dry-run", "-Werror", "--ferror-limit=1", path], capture_output=True, text=True)
        return run.stderr.splitlines()[:1] if run.returncode else []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(check, paths):
            yield from found


def problems(root):
    yield from breaches(lint.files(root, ".h", ".cc"))


class SelfTest(unittest.TestCase):
    def test_tells_formatted_from_unformatted(self):
        for text, wrong in (("int f() { return 1; }\n", False), ("int f(){return 1;}\n", True), ("int* a, *b;\n", True)):
            run = subprocess.run([TOOL, "--dry-run", "-Werror", f"--style=file:{lint.ROOT}/.clang-format"],
                                 input=text, capture_output=True, text=True)
            self.assertEqual(wrong, run.returncode != 0, text)


if __name__ == "__main__":
    if not shutil.which(TOOL):
        sys.exit(f"{TOOL} is missing; cmake/install-packages.sh test installs it")
    lint.main(problems)
