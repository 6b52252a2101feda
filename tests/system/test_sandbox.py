"""What programs may do in their sandbox, and how a route widens it; what they may not is test_attacker.py's."""
import os
import pathlib
import socket
import unittest

from server import Server, wait_until

# Runs a command of the request in a shell, and says how it ended.
RUN = """#!/bin/sh
printf 'Content-Type: text/plain\\n\\n'
eval "$HTTP_X_RUN" 2>&1
echo "status $?"
"""
SITE = """
[vhost."*".route."/usual/"]
cgi = { root = "bin", interpreters = { ".py" = "/usr/bin/python3" } }
[vhost."*".route."/read/"]
cgi.root = "bin"
sandbox = { read = ["data", "one.txt", "link", "none", "changing"] }
[vhost."*".route."/write/"]
cgi.root = "bin"
sandbox = { write = ["data", "one.txt"] }
[vhost."*".route."/network/"]
cgi.root = "bin"
sandbox.network = true
[vhost."*".route."/off/"]
cgi.root = "bin"
sandbox = "off"
[vhost."*".route."/program/"]
cgi.program = "alone/run.sh"
[vhost."*".route."/site/"]
root = "site"
scripts = { ".sh" = "/bin/sh" }
"""
FILES = {"bin/run.sh": RUN, "bin/template.txt": "template", "bin/more/part.txt": "part", "data/a.txt": "a", "data/deep/b.txt": "b",
         "one.txt": "one", "two.txt": "two", "changing/e.txt": "old", "elsewhere/c.txt": "c", "alone/run.sh": RUN, "alone/beside.txt": "beside",
         "site/run.sh": RUN, "site/page.html": "page", "bin/say.py": "import ssl, sqlite3, json; print('Content-Type: text/plain\\n\\nsaid')"}


class Sandboxes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(SITE, FILES)
        os.symlink("elsewhere", cls.server.path("link"))
        for name in ("bin/run.sh", "alone/run.sh"):
            os.chmod(cls.server.path(name), 0o755)
        cls.enterClassContext(cls.server)

    def run_in(self, route, command, script="run.sh"):
        """What a command prints and how it ends, in the sandbox of a route."""
        answer = self.server.get(f"/{route}/{script}", f"X-Run: {command.replace('{folder}', self.server.folder)}")
        self.assertEqual(answer.status, 200, self.server.errors())
        text, _, status = answer.body.decode().rpartition("status ")
        return text.rstrip("\n"), int(status)

    def assert_works(self, route, command, text=None, **more):
        found, status = self.run_in(route, command, **more)
        self.assertEqual(status, 0, (route, command, found))
        if text is not None:
            self.assertEqual(found, text, (route, command))

    def assert_refused(self, route, command, reason="ermission denied|not permitted", **more):
        found, status = self.run_in(route, command, **more)
        self.assertNotEqual(status, 0, (route, command, found))
        self.assertRegex(found, reason, (route, command))

    def test_its_own_root_is_read_and_run(self):
        self.assert_works("usual", "cat template.txt more/part.txt", "templatepart")
        self.assert_works("usual", "cp /usr/bin/true $TMPDIR && ls", None)
        self.assert_refused("usual", "echo x >template.txt")
        self.assert_refused("usual", "echo x >new.txt")
        self.assert_works("program", "true", script="")
        self.assert_refused("program", "cat {folder}/alone/beside.txt", script="")
        self.assert_works("site", "cat page.html", "page")

    def test_the_system_is_read_and_run(self):
        for command in ("ls /usr/bin", "id", "date", "/usr/bin/python3 -c 'import ssl, socket, subprocess'", "perl -e 'use strict; print 1'",
                        "cat /etc/passwd /etc/mime.types | wc -l", "head -c 4 /dev/zero >/dev/null", "awk 'BEGIN { print 1 }'",
                        "echo b | sort | sed s/b/c/", "sh -c 'sleep 0.01 & wait'", "kill -0 $$", "nice -n 1 true", "git --version"):
            self.assert_works("usual", command)
        self.assertEqual(self.server.get("/usual/say.py").body, b"said\n")

    def test_a_folder_of_the_run_is_written_and_ends_with_it(self):
        self.assert_works("usual", 'cd "$TMPDIR" && echo x >a && mkdir b && mv a b/c && ln -s c b/d && cat b/d && mkfifo e && chmod 600 b/c || cat b/c')
        for _ in range(3):
            self.assert_works("usual", 'ls -A "$TMPDIR" && touch "$TMPDIR/left"', "")
        folder, _ = self.run_in("usual", 'touch "$TMPDIR/left"; echo "$TMPDIR"')
        self.assertTrue(folder.startswith("/"), folder)
        self.assertTrue(wait_until(lambda: not os.path.exists(f"{folder}/left")), folder)
        self.assert_works("usual", "mktemp", None)

    def test_read_widens_it(self):
        self.assert_refused("usual", "cat {folder}/data/a.txt")
        self.assert_works("read", "cat {folder}/data/a.txt {folder}/data/deep/b.txt {folder}/one.txt {folder}/link/c.txt {folder}/elsewhere/c.txt", "abonecc")
        self.assert_refused("read", "cat {folder}/two.txt")
        self.assert_refused("read", "echo x >{folder}/data/a.txt")
        self.assert_refused("read", "echo x >{folder}/data/new.txt")

    def test_write_widens_it(self):
        self.assert_works("write", "cd {folder}/data && echo x >new && cat new && mkdir f && mv new f && rm -r f", "x")
        self.assert_works("write", "cd {folder}/data && echo y >n && chmod 640 n && touch -d 2001-01-01 n && rm n")
        self.assert_works("write", "echo one >>{folder}/one.txt")
        self.assert_refused("write", "echo x >{folder}/two.txt")
        self.assert_refused("write", "rm {folder}/one.txt")
        self.assert_refused("write", "cp /usr/bin/true {folder}/data/program && {folder}/data/program")

    def test_network_opens_local_sockets_too(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.server.path("local"))
            listener.listen()
            connect = "/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"{folder}/local\")'"
            self.assert_refused("usual", connect)
            self.assert_works("network", connect)
        self.assert_works("usual", "/usr/bin/python3 -c 'import socket; socket.socketpair()'")

    def test_network_widens_it(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            connect = f"/usr/bin/python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", {listener.getsockname()[1]}))'"
            self.assert_refused("usual", connect)
            self.assert_works("network", connect)
            self.assert_works("off", connect)
        self.assert_works("network", "/usr/bin/python3 -c 'import socket; socket.getaddrinfo(\"localhost\", 80)'")

    def test_off_opens_it(self):
        self.assert_works("off", "cat {folder}/two.txt && echo x >{folder}/made && cat /proc/self/status >/dev/null && ls /proc /tmp >/dev/null")
        self.assertTrue(pathlib.Path(self.server.path("made")).exists())
        self.assert_works("off", "kill -0 $PPID")
        self.assert_refused("usual", "kill -0 $PPID")

    def test_what_comes_later_and_is_replaced_is_reached(self):
        self.assert_refused("read", "cat {folder}/none/d.txt", "No such file")
        os.mkdir(self.server.path("none"))
        pathlib.Path(self.server.path("none/d.txt")).write_text("d", encoding="ascii")
        self.assert_works("read", "cat {folder}/none/d.txt", "d")
        self.assert_works("read", "cat {folder}/changing/e.txt", "old")
        os.rename(self.server.path("changing"), self.server.path("changed"))
        os.mkdir(self.server.path("changing"))
        pathlib.Path(self.server.path("changing/e.txt")).write_text("new", encoding="ascii")
        self.assert_works("read", "cat {folder}/changing/e.txt", "new")
        self.assert_refused("read", "cat {folder}/changed/e.txt")

    def test_what_is_not_as_usual_is_told_once(self):
        told = self.server.errors()
        self.assertEqual(told.count("sandbox_path_missing"), 1, told)
        self.assertIn(self.server.path("none"), told)
        self.assertEqual(told.count("sandbox_off"), 1, told)
        self.assertIn("* /off/", told)


if __name__ == "__main__":
    unittest.main()
