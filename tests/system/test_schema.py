"""What is made from the schema: JSON Schema as editors use it, the manual pages, the reference. Nothing of it is stale."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from server import PATIENCE, PROGRAM

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ("serve", "check", "explain", "schema")

# What editors are to mark. Most of the mistakes that the program finds cannot be said in a schema.
WRONG = {
    "an unknown key": '[vhost.a]\nroot = "x"\nlistng = true\n',
    "an unknown table": '[vhosts.a]\nroot = "x"\n',
    "no host": "[server]\nworkers = 1\n",
    "a key in the wrong table": '[vhost.a]\nroot = "x"\n[server]\nhead_size = 4096\n',
    "a bare number for a time": '[timeouts]\nidle = 15\n[vhost.a]\nroot = "x"\n',
    "a time with a space": '[timeouts]\nidle = "15 s"\n[vhost.a]\nroot = "x"\n',
    "a size with a wrong unit": '[limits]\nhead_size = "16KB"\n[vhost.a]\nroot = "x"\n',
    "a number over its range": '[server]\nworkers = 2000\n[vhost.a]\nroot = "x"\n',
    "unlimited where that cannot be": '[limits]\nhead_size = "unlimited"\n[vhost.a]\nroot = "x"\n',
    "a text for a number": '[server]\nworkers = "2"\n[vhost.a]\nroot = "x"\n',
    "a number in a list of texts": '[vhost.a]\nroot = "x"\nindex = ["a.html", 3]\n',
    "an unknown level": '[log]\nlevel = "loud"\n[vhost.a]\nroot = "x"\n',
    "an unknown method": '[vhost.a]\nroot = "x"\nmethods = ["get"]\n',
    "two handlers": '[vhost.a.route."/"]\nroot = "x"\nredirect = { to = "/y" }\n',
    "two handlers of a host": '[vhost.a]\nroot = "x"\nredirect = { to = "/y" }\n',
    "no handler": '[vhost.a.route."/"]\nmethods = ["GET"]\n',
    "no handler of a host": '[vhost.a]\naliases = ["b"]\n',
    "a key whose handler the route lacks": '[vhost.a.route."/"]\nredirect = { to = "/y" }\nlisting = true\n',
    "a status that is no redirect": '[vhost.a]\nredirect = { to = "/y", status = 304 }\n',
    "a redirect to nowhere": "[vhost.a]\nredirect = { status = 301 }\n",
    "a route without a slash": '[vhost.a.route.x]\nroot = "x"\n',
    "a host with a port": '[vhost."a:80"]\nroot = "x"\n',
    "a field name with a space": '[vhost.a]\nroot = "x"\nfields = { "A b" = "c" }\n',
    "a page for what is no error": '[vhost.a]\nroot = "x"\nerror_pages = { 200 = "a.html" }\n',
    "a word for a sandbox": '[vhost.a.route."/x/"]\ncgi.root = "x"\nsandbox = "on"\n',
    "a truth value for a sandbox": '[vhost.a.route."/x/"]\ncgi.root = "x"\nsandbox = false\n',
    "an unknown key of a sandbox": '[vhost.a.route."/x/"]\ncgi.root = "x"\nsandbox = { reads = "/x" }\n',
    "an empty path": '[vhost.a]\nroot = ""\n',
    "an address without a port": '[listener.http]\naddress = "127.0.0.1"\n[vhost.a]\nroot = "x"\n',
}


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=60 * PATIENCE, check=False,
                          stdin=options.pop("stdin", subprocess.DEVNULL) if "input" not in options else None, **options)


def printed_schema():
    result = run(PROGRAM, "schema")
    assert result.returncode == 0, result.stderr
    return result.stdout


def reference(*arguments):
    result = run(sys.executable, str(ROOT / "docs/reference.py"), *arguments, input=printed_schema())
    assert result.returncode == 0, result.stderr
    return result.stdout


def taplo():
    """The checker of TOML files that editors use. It is installed beside the program, once for each state of its lock file."""
    source, folder = ROOT / "tests/taplo", pathlib.Path(PROGRAM).parent / "taplo"
    program, lock = folder / "node_modules/.bin/taplo", folder / "installed-lock.json"
    wanted = (source / "package-lock.json").read_text(encoding="utf-8")
    if program.exists() and lock.exists() and lock.read_text(encoding="utf-8") == wanted:
        return program
    if not shutil.which("npm"):
        raise AssertionError("npm is needed to install @taplo/cli: apt-get install nodejs npm")
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder)
    result = run("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
    if result.returncode != 0:
        raise AssertionError(f"npm cannot install @taplo/cli:\n{result.stderr}")
    lock.write_text(wanted, encoding="utf-8")
    return program


class Schema(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="webserv-schema-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_is_json_and_says_what_it_is(self):
        schema = json.loads(printed_schema())
        self.assertEqual("https://json-schema.org/draft/2020-12/schema", schema["$schema"])
        self.assertIn("vhost", schema["required"])

    def test_every_key_is_described(self):
        def walk(table, path):
            self.assertIs(False, table["additionalProperties"], path)
            for name, key in table["properties"].items():
                where = f"{path}.{name}"
                self.assertTrue(key["description"].endswith("."), where)
                self.assertTrue({"type", "anyOf", "enum"} & key.keys(), where)
                key = next((each for each in key.get("anyOf", []) if "properties" in each), key)
                if "properties" in key:
                    walk(key, where)
                elif "properties" in key.get("additionalProperties", {}):
                    walk(key["additionalProperties"], where)
        walk(json.loads(printed_schema()), "")

    def marked(self, files):
        """Those of the files that editors find wrong, and all that they say."""
        schema = self.folder / "schema.json"
        schema.write_text(printed_schema(), encoding="utf-8")
        result = run(str(taplo()), "check", "--schema", schema.as_uri(), *map(str, files))
        names = set(re.findall(r'invalid file .*path="([^"]+)"', result.stderr))
        self.assertEqual(bool(names), result.returncode != 0, result.stderr)
        return {file for file in files if str(file) in names}, result.stderr

    def test_right_files_are_right_for_editors(self):
        files = [file for folder in ("conf", "tests/config/right") for file in (ROOT / folder).rglob("*.toml")]
        self.assertGreater(len(files), 3)
        marked, said = self.marked(files)
        self.assertEqual(set(), marked, said)

    def test_editors_mark_mistakes(self):
        files = {self.folder / f"{number}.toml": what for number, what in enumerate(WRONG)}
        for file, what in files.items():
            file.write_text(WRONG[what], encoding="utf-8")
            self.assertEqual(78, run(PROGRAM, "check", "--config", str(file)).returncode, what)
        marked = self.marked(list(files))[0]
        self.assertEqual([], [what for file, what in files.items() if file not in marked])


class Documents(unittest.TestCase):
    def test_the_reference_is_that_of_the_program(self):
        text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
        self.assertEqual(reference("markdown"), text, "docs/configuration.md is stale: run make docs")

    def page(self, name):
        template = ROOT / "man" / f"{name}.in"
        return reference("man", str(template)) if name.endswith(".5") else template.read_text(encoding="utf-8")

    def test_groff_and_mandoc_have_nothing_to_say_against_the_manual_pages(self):
        for name in ("webserv.1", "webserv.toml.5"):
            with tempfile.TemporaryDirectory(prefix="webserv-man-") as folder, self.subTest(name):
                file = pathlib.Path(folder, name)
                file.write_text(self.page(name), encoding="utf-8")
                man = run("man", "--warnings", "-E", "UTF-8", "-l", str(file))
                self.assertEqual((0, ""), (man.returncode, man.stderr))
                self.assertIn("webserv", man.stdout)
                lint = run("mandoc", "-Tlint", "-Wstyle", str(file))
                self.assertEqual((0, ""), (lint.returncode, lint.stdout))

    def test_the_manual_page_has_every_option(self):
        text = self.page("webserv.1").replace("\\-", "-")
        for command in COMMANDS:
            for option in re.findall(r"^  (?:-\w,)?(-[-\w]+)", run(PROGRAM, command, "--help").stdout, re.M):
                with self.subTest(f"{command} {option}"):
                    self.assertRegex(text, rf"(?m)(^| ){option}\b")

    def test_the_manual_page_has_every_key(self):
        text = self.page("webserv.toml.5")
        for name in re.findall(r"^\| `(\w+)` ", (ROOT / "docs/configuration.md").read_text(encoding="utf-8"), re.M):
            with self.subTest(name):
                self.assertIn(f"\n.B {name}\n", text)


if __name__ == "__main__":
    unittest.main()
