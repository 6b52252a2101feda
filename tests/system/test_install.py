"""What `cmake --install` makes outside its prefix: the folder of the configuration."""
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

BUILD = next((folder for folder in pathlib.Path(os.environ.get("WEBSERV_BIN", "/")).absolute().parents if (folder / "CMakeCache.txt").exists()), None)


@unittest.skipUnless(BUILD and shutil.which("cmake"), "needs cmake and the folder of a build")
class ConfigurationFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="webserv-install-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.config = self.root / "etc/webserv"

    def install(self):
        # Whatever the mask of the one who installs is.
        subprocess.run(["sh", "-c", 'umask 077; exec cmake --install "$0"', str(BUILD)], check=True, capture_output=True,
                       env={**os.environ, "DESTDIR": str(self.root)})

    def test_it_belongs_to_who_installs_and_everyone_may_read_it(self):
        self.install()
        status = self.config.stat()
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_uid, os.listdir(self.config)), (0o755, os.geteuid(), []))

    def test_one_that_is_there_is_left_alone(self):
        self.config.mkdir(parents=True)
        self.config.chmod(0o750)
        (self.config / "webserv.toml").write_text("own", encoding="utf-8")
        self.install()
        self.assertEqual(stat.S_IMODE(self.config.stat().st_mode), 0o750)
        self.assertEqual((self.config / "webserv.toml").read_text(encoding="utf-8"), "own")


if __name__ == "__main__":
    unittest.main()
