"""The units of systemd/ as the installation makes them."""
import pathlib

SOURCE = pathlib.Path(__file__).parents[2] / "systemd"


def units(binary_folder):
    """{name: text} of all units, for a program in that folder."""
    found = {}
    for path in SOURCE.iterdir():
        if path.name.endswith((".socket", ".service", ".service.in")):
            text = path.read_text(encoding="utf-8").replace("@CMAKE_INSTALL_FULL_BINDIR@", str(binary_folder))
            found[path.name.removesuffix(".in")] = text
    return found


def settings(text):
    """The lines of a unit but for comments and blank ones."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]
