#!/usr/bin/env python3
"""Nothing unfinished and nothing private in the tree: no marks of work to do, no paths of a developer's machine, no notes to
oneself, and lock files that point to public registries alone."""
import re
import unittest

import lint

FORBIDDEN = [
    (r"\b(TODO|FIXME|XXX|HACK)\b", "unfinished: do it, or open an issue"),
    (r"(?<![\w.-])/(work|home/(?!anna\b)\w+|Users)/\w", "a path of one machine"),
    (r"\.\./shared/", "a path outside the project"),
    (r"(?i)(?<!user[-_ ])\bagents?\b(?!\s*[:=])", "speaks of who worked on it"),
    (r"(?i)\b(this|previous|earlier|last|next) (work )?session\b(?!')", "speaks of who worked on it"),
    (r"(?i)\b(language model|chatbot|ai[- ]generated|as an ai)\b", "speaks of who worked on it"),
    (r"(?i)\bcommented out\b|^\s*//\s*(if|for|while|return|auto|const)\b.*[;{]\s*$", "code left as a comment"),
    (r"^(<{7}|>{7}|={7})( |$)", "a merge conflict"),
    (r"\b(GTEST_SKIP|DISABLED_\w+)|@unittest\.skip\b", "a test that does not run"),
]
LOCK_FILES = re.compile(r"(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|flake\.lock|\.npmrc|requirements.*\.txt)$")
REGISTRIES = {"registry.npmjs.org", "github.com", "codeload.github.com", "opencollective.com", "www.patreon.com", "paypal.me",
              "pypi.org", "files.pythonhosted.org"}

# This file, which must name the words; and texts of others, kept as they are.
EXCEPT = re.compile(r"^tests/lint/words\.py$|^tests/fuzz/corpus/|^\.git/")


def breaches(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, why in FORBIDDEN:
            match = re.search(pattern, line)
            if match:
                yield f"{name}:{number}: {match.group().strip()!r}: {why}"
        if LOCK_FILES.search(name):
            for host in re.findall(r"https?://([^/\"'\s:]+)", line):
                if host not in REGISTRIES:
                    yield f"{name}:{number}: {host} is no public registry"


def problems(root):
    for path in lint.files(root):
        name = path.relative_to(root).as_posix()
        data = path.read_bytes()
        if not EXCEPT.search(name) and b"\0" not in data:
            yield from breaches(name, data.decode(errors="replace"))


class SelfTest(unittest.TestCase):
    WRONG = [
        "// TODO: later", "# FIXME", "see /work/main/x", "see ../shared/design", "path = /home/joe/src", "the agent wrote it",
        "in an earlier session", "// return x;", "<<<<<<< HEAD", "GTEST_SKIP();", "TEST(A, DISABLED_b)",
    ]
    RIGHT = [
        "User-Agent: curl", "HTTP_USER_AGENT user_agent", "every user agent", "the session of a client", "a todo list",
        "WorkingDirectory=/srv/work/", "the session's values", "// for a reason: it waits", "/home/anna/site", "xxx",
        "static network/work/", "the next session's cookie",
    ]

    def test_finds_each_word(self):
        for line in self.WRONG:
            self.assertEqual(1, len(list(breaches("a.cc", line))), line)

    def test_lets_plain_text_pass(self):
        for line in self.RIGHT:
            self.assertEqual([], list(breaches("a.cc", line)), line)

    def test_looks_at_hosts_in_lock_files_only(self):
        line = '"resolved": "https://npm.mirror.example/left-pad"'
        self.assertEqual(1, len(list(breaches("web/package-lock.json", line))))
        self.assertEqual([], list(breaches("README.md", line)))
        self.assertEqual([], list(breaches("package-lock.json", '"https://registry.npmjs.org/left-pad"')))


if __name__ == "__main__":
    lint.main(problems)
