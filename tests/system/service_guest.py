"""A guest (sdlab) in which the shipped units run: what tests of them share. A test has setUpModule of here, or one that calls it."""
import os
import pathlib
import textwrap
import unittest

import sdlab
from units import units

UNIT_FOLDER = "/etc/systemd/system"
SITE = """
[listener.http]
[vhost."*"]
root = "/srv/site"
"""
GUEST = sdlab.Guest()


def setUpModule():
    if os.environ.get("WEBSERV_SANITIZE"):
        sdlab.skip("the units' sandbox does not suit sanitizers")
    if reason := sdlab.missing():
        sdlab.skip(reason)
    unittest.addModuleCleanup(GUEST.__exit__, None, None, None)
    GUEST.__enter__()
    GUEST.write("/usr/local/bin/webserv", pathlib.Path(os.environ["WEBSERV_BIN"]).read_bytes(), 0o755)
    GUEST.write("/opt/load.py", pathlib.Path(sdlab.__file__).with_name("load.py").read_bytes())
    GUEST.write("/srv/site/index.html", "<p>hello</p>\n")


class UnitTest(unittest.TestCase):
    """Each test begins with the shipped units, the configuration SITE, and nothing running."""

    def setUp(self):
        for name, text in units("/usr/local/bin").items():
            self.write_unit(name, text)
        self.configure(SITE)
        GUEST.run("systemctl daemon-reload")
        self.addCleanup(self.clean)

    def clean(self):
        if self._outcome.result.failures or self._outcome.result.errors:
            print(GUEST.run("journalctl --sync; journalctl -n 60 -o short-precise").stdout[-6000:])
        GUEST.run("cd /etc/systemd/system; systemctl stop 'webserv*' --all; systemctl reset-failed; rm -rf webserv* /etc/webserv;"
                  "journalctl --rotate --vacuum-time=1us 2>/dev/null", check=False)

    def configure(self, text, name="webserv"):
        GUEST.write(f"/etc/webserv/{name}.toml", text)

    def write_unit(self, name, text):
        GUEST.write(f"{UNIT_FOLDER}/{name}", textwrap.dedent(text))

    def drop_in(self, text, unit="webserv.service"):
        self.write_unit(f"{unit}.d/test.conf", text)
        GUEST.run("systemctl daemon-reload")

    def get(self, url, *options):
        """Status and text of an answer."""
        command = f"curl -sS -m 20 -w '\\n%{{http_code}}' {' '.join(options)} '{url}'"
        text, _, status = GUEST.run(command).stdout.rpartition("\n")
        return int(status), text

    def service(self, *names):
        return GUEST.show("webserv.service", *names)
