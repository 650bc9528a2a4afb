"""The text of `config/README.md`, written from the schemas: `python -m syncohort.core.config_reference`."""

import re
import sys
from collections.abc import Iterator
from typing import Any

import yaml

from syncohort.core.kinds import read_kind, shipped_kinds
from syncohort.core.schema import read_schema, settings_of
from syncohort.core.validation import TYPES

INTRODUCTION = """\
# Configuration

Two kinds of files:

- `config/config.yaml` says which cohorts to work on. It is the file you edit first.
- `config/cohorts/<name>.yaml` describes one cancer type. Copy `config/cohorts/_template.yaml` to start a new one.

The effective settings of a cohort are the defaults below, under its file, under the `overrides` of `config.yaml`.
Mappings merge; everything else, lists included, replaces. Unknown keys are refused with a hint. Changing a value
re-runs the jobs that use it and no others; adding a cohort runs only its jobs.

Files are looked for in the working directory first and then beside the Snakefile, so that a shared checkout can serve
many people: `snakemake --snakefile /path/to/syncohort/Snakefile` uses your own `config/` where you have one.

This page is made from `config/schemas/` by `make config-reference`; a test holds them equal.
"""


def render() -> str:
    """Render the reference of every key: type, default, unit, sentence."""
    parts = []
    for name in ("config", "cohort"):
        schema = read_schema(name)
        parts.append(f"## `{schema['title']}`\n\n{schema['description']}\n")
        parts.extend(_sections(schema, ""))
    text = "\n".join(parts)
    return f"{INTRODUCTION}\n{_contents(text)}\n{text}"


def _contents(text: str) -> str:
    """List the mappings of the first two levels, with links to their sections."""
    names = re.findall(r"^### `(.+)`$", text, flags=re.MULTILINE)
    lines = []
    for name in [name for name in names if "." not in name]:
        below = [other for other in names if re.fullmatch(rf"{name}\.\w+(\.<name>)?", other)]
        links = [_link(other, other.split(".")[1]) for other in below]
        lines.append(f"- {': '.join([_link(name, name), *([', '.join(links)] if links else [])])}\n")
    return "".join(lines)


def _link(name: str, shown: str) -> str:
    """Link to the section of a mapping, whose anchor is its name without marks."""
    anchor = re.sub(r"[^\w-]", "", name).lower()
    return f"[`{shown}`](#{anchor})"


def _sections(schema: dict[str, Any], prefix: str) -> Iterator[str]:
    """Give a table of a mapping's plain keys, then the sections of its mappings."""
    nested = {key: rule for key, rule in schema["properties"].items() if "properties" in _content(rule)}
    rows = [
        f"| `{prefix}{key}` | {_type(rule)} | {_default(rule, key in schema.get('required', []))} "
        f"| {rule.get('unit', '')} | {' '.join(rule['description'].split())} |"
        for key, rule in schema["properties"].items()
        if key not in nested
    ]
    if rows:
        yield "| key | type | default | unit | meaning |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    for key, rule in nested.items():
        content = _content(rule)
        name = f"{prefix}{key}" if content is rule else f"{prefix}{key}.<name>"
        yield f"### `{name}`\n\n{' '.join(rule['description'].split())}\n"
        if content is not rule:
            yield f"{' '.join(content['description'].split())} Default: {_default(rule, False)}.\n"
        yield from _sections(content, f"{name}.")
        if "kinds" in content:
            yield from _kinds(content, name)


def _kinds(model: dict[str, Any], name: str) -> Iterator[str]:
    """Give a table of the settings of every kind."""
    wing = model["kinds"]["wing"]
    for kind in (read_kind(shipped, wing) for shipped in shipped_kinds(wing)):
        yield f"#### `{name}` with `kind: {kind.name}`\n\n{kind.description}\n"
        yield from _sections({"properties": settings_of(kind, model)}, f"{name}.")


def _content(rule: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of a mapping's values when its keys are names of the user's choice, else the schema itself."""
    other = rule.get("additionalProperties")
    return other if isinstance(other, dict) and "properties" in other else rule


def _type(rule: dict[str, Any]) -> str:
    if "enum" in rule:
        return " \\| ".join(f"`{choice}`" for choice in rule["enum"])
    types = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    return " or ".join(TYPES[name] for name in types)


def _default(rule: dict[str, Any], required: bool) -> str:
    if "presets" in rule:
        values = {preset: _value(value) for preset, value in rule["presets"].items()}
        if len(set(values.values())) == 1:
            return next(iter(values.values()))
        return ", ".join(f"{preset} {value}" for preset, value in values.items())
    return "required" if required else _value(rule["default"]) if "default" in rule else "none"


def _value(value: Any) -> str:
    return f"`{yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix('...' + chr(10)).strip()}`"


if __name__ == "__main__":
    sys.stdout.write(render())
