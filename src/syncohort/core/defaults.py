"""What a schema says of keys that are left out: their defaults, those of presets, and which keys differ from them."""

import copy
from collections.abc import Iterator
from typing import Any


def with_defaults(given: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Copy a valid mapping with every absent key set to its default, or to the value of the mapping's preset."""
    filled = copy.deepcopy(given)
    for key, rule in schema.get("properties", {}).items():
        if key not in filled and has_default(rule):
            filled[key] = copy.deepcopy(default_of(rule, filled))
    for key, rule in _rules(filled, schema):
        if isinstance(filled[key], dict):
            filled[key] = with_defaults(filled[key], rule)
    return filled


def changed_keys(values: dict[str, Any], schema: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Give the dotted keys of complete settings whose value is not the default; keys without default count as well."""
    for key, rule in _rules(values, schema):
        if isinstance(values[key], dict) and (
            "properties" in rule or isinstance(rule.get("additionalProperties"), dict)
        ):
            yield from changed_keys(values[key], rule, f"{prefix}{key}.")
        elif not has_default(rule) or values[key] != default_of(rule, values):
            yield f"{prefix}{key}"


def has_default(rule: dict[str, Any]) -> bool:
    """Whether a key may be left out."""
    return "default" in rule or "presets" in rule


def default_of(rule: dict[str, Any], siblings: dict[str, Any]) -> Any:
    """Give the default of a key; with presets it is that of the mapping's `preset`."""
    return rule["presets"][siblings["preset"]] if "presets" in rule else rule["default"]


def _rules(values: dict[str, Any], schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pair every key of a mapping with the schema of its value."""
    properties, other = schema.get("properties", {}), schema.get("additionalProperties")
    for key in list(values):
        rule = properties.get(key, other)
        if isinstance(rule, dict):
            yield key, rule
