"""What the lints have in common: the files of the project, and how a lint is run.

A lint is a program beside this file with a function problems(root), which yields one line of text for each breach below the
folder root, and a unittest class that proves that it sees a breach. `LINT.py` checks the project, `LINT.py --self-test` the lint.
"""
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", "build", "node_modules", "__pycache__"}


def files(root, *suffixes, below=("",)):
    """The project's files with one of the suffixes (all, if none is given) below the folders, in order.

    What git ignores is left out; without git, what is known to be made by a build.
    """
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, text=True) if (root / ".git").exists() else None
    if listed and listed.returncode == 0:
        names = [root / name for name in listed.stdout.split("\0") if name]
    else:
        names = [path for path in root.rglob("*") if not NOT_OURS & set(path.relative_to(root).parts)]
    for path in sorted(set(names)):
        relative = path.relative_to(root).as_posix()
        if path.is_file() and (not suffixes or path.suffix in suffixes) and relative.startswith(tuple(below)):
            yield path


def main(problems):
    """Runs the lint, or its self-test, as the command line says."""
    if "--self-test" in sys.argv:
        unittest.main(module="__main__", argv=sys.argv[:1])
    found = list(problems(ROOT))
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)
