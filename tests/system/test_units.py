"""The units as systemd reads them, without running them."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from units import SOURCE, settings, units

# Of systemd-analyze(1), 0 to 10; a server that serves files alone needs no more than this.
MOST_EXPOSURE = 0.4


@unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze: apt-get install systemd")
class Units(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="webserv-units-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        program = self.folder / "bin" / "webserv"
        program.parent.mkdir()
        program.symlink_to("/bin/true")
        for name, text in units(program.parent).items():
            (self.folder / name).write_text(text, encoding="utf-8")
            # Templates are read with a name in them.
            (self.folder / name.replace("@", "@blog")).write_text(text, encoding="utf-8")

    def analyze(self, *arguments):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "", "SYSTEMD_UNIT_PATH": f"{self.folder}:"}
        return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, env=environment, check=False)

    def test_systemd_has_nothing_to_say_against_them(self):
        names = ["webserv.socket", "webserv.service", "webserv@blog.socket", "webserv@blog.service"]
        result = self.analyze("verify", *(str(self.folder / name) for name in names))
        complaints = [line for line in result.stderr.splitlines() if "webserv" in line]
        self.assertEqual((result.returncode, complaints), (0, []))

    def test_services_expose_little(self):
        for name in ("webserv.service", "webserv@blog.service"):
            with self.subTest(name):
                result = self.analyze("security", "--offline=true", "--no-pager", str(self.folder / name))
                score = re.search(r"Overall exposure level for \S+: (\S+)", result.stdout)
                self.assertIsNotNone(score, result.stdout + result.stderr)
                self.assertLessEqual(float(score[1]), MOST_EXPOSURE, result.stdout)

    def test_templates_differ_in_names_alone(self):
        texts = units("/usr/bin")
        for kind, names in (("service", ("Description", "ExecStart", "Requires", "After", "Also", "User",
                                         "StateDirectory", "RuntimeDirectory", "ReadWritePaths")),
                            ("socket", ("Description", "ListenStream"))):
            with self.subTest(kind):
                plain, template = ([line for line in settings(texts[f"webserv{at}.{kind}"]) if line.split("=")[0] not in names]
                                   for at in ("", "@"))
                self.assertEqual(plain, template)

    def test_the_drop_in_for_later_versions_leaves_the_signal_to_systemd(self):
        text = (SOURCE / "optional" / "notify-reload.conf.in").read_text(encoding="utf-8")
        self.assertEqual(settings(text), ["[Service]", "Type=notify-reload", "ExecReload=",
                                          "ExecReload=@CMAKE_INSTALL_FULL_BINDIR@/webserv check"])
        version = int(re.match(r"systemd (\d+)", self.analyze("--version").stdout)[1])
        if version < 253:
            self.skipTest(f"systemd {version} does not know it")
        drop_in = self.folder / "webserv.service.d" / "notify-reload.conf"
        drop_in.parent.mkdir()
        drop_in.write_text(text.replace("@CMAKE_INSTALL_FULL_BINDIR@", str(self.folder / "bin")), encoding="utf-8")
        result = self.analyze("verify", str(self.folder / "webserv.service"))
        self.assertEqual([line for line in result.stderr.splitlines() if "webserv" in line], [])

    def test_programs_get_cgroups_of_their_own(self):
        for name in ("webserv.service", "webserv@.service"):
            self.assertLessEqual({"Delegate=yes", "OOMPolicy=continue", "ProtectControlGroups=yes"}, set(settings(units("/usr/bin")[name])))

    def test_limits_of_starts_are_explicit(self):
        texts = units("/usr/bin")
        self.assertIn("StartLimitIntervalSec=0", settings(texts["webserv.service"]))
        self.assertIn("RestartPreventExitStatus=78", settings(texts["webserv.service"]))
        self.assertTrue(any(line.startswith("TriggerLimitBurst=") for line in settings(texts["webserv.socket"])))


if __name__ == "__main__":
    unittest.main()
