#!/usr/bin/env python3
"""The project's Python compiles without a warning, imports nothing that it does not use, and catches no bare exception."""
import ast
import unittest
import warnings

import lint


def breaches(name, text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = compile(text, name, "exec", ast.PyCF_ONLY_AST)
            compile(tree, name, "exec")
    except (SyntaxError, Warning) as error:
        yield f"{name}:{getattr(error, 'lineno', None) or 1}: {error}"
        return
    imported, used = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                imported[(alias.asname or alias.name).split(".")[0]] = node.lineno
        elif isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            used.add(node.value)  # a name in __all__, or a type as text
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"{name}:{node.lineno}: a bare except"
    if not name.endswith("__init__.py"):
        for module in imported.keys() - used:
            yield f"{name}:{imported[module]}: {module} is imported and not used"


def problems(root):
    for path in lint.files(root, ".py"):
        yield from breaches(path.relative_to(root).as_posix(), path.read_text())


class SelfTest(unittest.TestCase):
    def test_finds_what_is_wrong(self):
        for text in ("def f(:\n", "import os\n", "from a import b as c\nb()\n", "try:\n    f()\nexcept:\n    g()\n",
                     "x = '\\d'\n", "assert (x, 'y')\n"):
            self.assertEqual(1, len(list(breaches("a.py", text))), text)

    def test_lets_good_code_pass(self):
        text = "import os.path\nfrom a import b as c\n__all__ = ['d']\nfrom e import d\nprint(os.path.sep, c.x)\n"
        self.assertEqual([], list(breaches("a.py", text)))


if __name__ == "__main__":
    lint.main(problems)
