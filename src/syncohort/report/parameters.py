"""The effective settings as a flat table and as a file to use again."""

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True)
class Parameter:
    """One setting; `changed` when it differs from its default."""

    key: str
    value: str
    changed: bool


def flatten(settings: Mapping[str, Any], changed: Set[str]) -> list[Parameter]:
    """List the settings by dotted key; a changed mapping marks everything within it."""
    return [Parameter(key, _text(value), _within(key, changed)) for key, value in _leaves(settings, "")]


def to_yaml(settings: Mapping[str, Any]) -> bytes:
    """Give the settings as a cohort file."""
    return yaml.safe_dump(json.loads(json.dumps(settings)), sort_keys=False, allow_unicode=True, width=100).encode()


def _leaves(settings: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _within(key: str, changed: Set[str]) -> bool:
    parts = key.split(".")
    return any(".".join(parts[:depth]) in changed for depth in range(1, len(parts) + 1))
