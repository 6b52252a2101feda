#!/usr/bin/env python3
"""Makes the reference of the configuration from its schema, which `webserv schema` prints.

    webserv schema | docs/reference.py markdown               docs/configuration.md
    webserv schema | docs/reference.py man TEMPLATE           a manual page: @KEYS@ of the template becomes the keys
"""
import json
import re
import sys
import textwrap

HEADERS = {
    "vhost": "[vhost.NAME]",
    "route": "[vhost.NAME.route.PATH]",
    "listener": "[listener.NAME]",
}
KINDS = {"boolean": "truth value", "integer": "number", "duration": "time", "texts": "list of texts", "paths": "list of paths",
         "map": "table of texts", "tables": "tables"}


class Section:
    """A table of the configuration: its header, what it is for, and pairs of a name and a schema."""

    def __init__(self, header, text, table, keys=None, note=""):
        self.header, self.text, self.note = header, text, note
        self.keys = keys or inside(table)
        self.required = table.get("required", [])


def inside(schema):
    """The keys of a table, or of each of those that have free names. A word may stand instead of a table."""
    schema = next((each for each in schema.get("anyOf", []) if "properties" in each), schema)
    return schema.get("properties") or schema["additionalProperties"]["properties"]


def header_of(name, schema, within):
    if within:
        return f"{name} = {{ ... }}"
    return HEADERS.get(name, f"[{name}.{schema['x-webserv']['names']}]" if "names" in schema["x-webserv"] else f"[{name}]")


def sections(schema):
    """All tables in the order of the schema; those that are values of keys follow the table of these."""
    for name, table in schema["properties"].items():
        if name == "vhost":
            yield from host_sections(table)
        else:
            yield from section(name, table)


def section(name, table, within=""):
    yield Section(header_of(name, table, within), table["description"], table)
    for key, inner in inside(table).items():
        if inner["x-webserv"]["type"] == "table":
            yield from section(key, inner, within=name)


def host_sections(table):
    """A host has keys of its own, and all those of its route "/"."""
    keys = inside(table)
    route = keys["route"]
    own = {name: key for name, key in keys.items() if key["x-webserv"].get("role") == "host" and name != "route"}
    yield Section(HEADERS["vhost"], table["description"], table, own,
                  'Keys of a route may stand here, too: they are those of the host\'s route "/".')
    yield from section("route", route)


def kind_of(schema):
    """What may stand as a value, for people: "size, 1K to 1M"."""
    about = schema["x-webserv"]
    choices = schema.get("enum") or schema.get("anyOf", [{}])[0].get("enum")
    if choices and about["type"] == "texts":
        return "list of " + ", ".join(choices)
    if choices and about["type"] == "table":
        return "table, or " + ", ".join(json.dumps(each) for each in choices)
    if choices:
        return ", ".join(json.dumps(each) for each in choices)
    kind = KINDS.get(about["type"], about["type"])
    if "least" in about:
        kind += f", {about['least']} to {about['most']}"
    if about.get("unlimited"):
        kind += ', or "unlimited"'
    return kind


def default_of(schema, section, name):
    """What holds without the key, for people; in a host and in a route limits are those of what is around it."""
    about = schema["x-webserv"]
    if "default" in schema:
        return json.dumps(schema["default"])
    if about.get("role") == "host" and "least" in about:
        server = "[timeouts]" if about["type"] == "duration" else "[limits]"
        return f"that of {server}" if section.header == HEADERS["vhost"] else f"that of the host, or of {server}"
    return "required" if name in section.required else ""


def beside(schema):
    handlers = schema["x-webserv"].get("beside")
    return " or ".join(handlers) if handlers else ""


def markdown(schema):
    yield "# Every key of webserv.toml"
    yield ""
    yield "Made from the program's own schema by `make docs`: change `src/app/schema`, not this file. How the keys act together"
    yield "is in [manual.md](manual.md)."
    yield ""
    yield "A size is a number of bytes, or a number and K, M or G: `\"16K\"`. A time is one number and one of the units ms, s, m, h"
    yield "and d: `\"15s\"`. A single text may stand for a list of one. Relative paths start at the folder of the file."
    for each in sections(schema):
        yield ""
        yield f"## `{each.header}`"
        yield ""
        yield each.text
        yield ""
        yield "| key | value | default | |"
        yield "| --- | --- | --- | --- |"
        for name, key in each.keys.items():
            default = default_of(key, each, name)
            with_quotes = f"`{default}`" if "default" in key else default
            text = key["description"] + (f" Beside `{beside(key).replace(' or ', '` or `')}`." if beside(key) else "")
            cells = [f"`{name}`", kind_of(key), with_quotes, text]
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        if each.note:
            yield ""
            yield each.note


def roff(text):
    """Lines of text that groff shows as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    for line in textwrap.wrap(text, 78, break_long_words=False, break_on_hyphens=False):
        yield re.sub(r"^([.'])", r"\\&\1", line)


def man(schema):
    for each in sections(schema):
        yield f'.SS "{each.header}"'
        yield from roff(each.text)
        yield from roff(each.note)
        for name, key in each.keys.items():
            default = default_of(key, each, name)
            yield f".TP\n.B {name}"
            yield from roff(kind_of(key) + ("; default " if "default" in key else "; " if default else "") + default)
            yield ".br"
            yield from roff(key["description"])
            if beside(key):
                yield from roff(f"Beside {beside(key)}.")


def main(form, template=""):
    schema = json.load(sys.stdin)
    if form == "markdown":
        lines = markdown(schema)
    else:
        with open(template, encoding="utf-8") as file:
            text = file.read()
        lines = text.replace("@KEYS@", "\n".join(man(schema))).splitlines()
    print("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
