"""The schemas of the settings: files in `config/schemas`, in which every model has the settings of its kind."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from syncohort.core.errors import InputError
from syncohort.core.kinds import Kind, read_kind

# The same in C where it was built, ten times as fast: the schemas are read at every start.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SCHEMAS = Path(__file__).resolve().parents[3] / "config" / "schemas"


def read_schema(name: str) -> dict[str, Any]:
    """Read a schema, `config` or `cohort`, from `config/schemas`, with the files of its keys that have one (`$ref`)."""
    schema = yaml.load((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"), LOADER)
    parts = {key: rule["$ref"] for key, rule in schema.get("properties", {}).items() if "$ref" in rule}
    schema.get("properties", {}).update(
        {key: read_schema(file.removesuffix(".schema.yaml")) for key, file in parts.items()}
    )
    return schema


def with_kinds(rule: dict[str, Any], given: Any, key: str = "") -> dict[str, Any]:
    """Copy a schema in which every model has the settings of its kind.

    Parameters
    ----------
    rule
        Schema. A mapping of names to models is marked in it by `kinds` in `additionalProperties`: its `wing`, and
        `trained`, the settings that every kind which trains a network has besides its own.
    given
        What the schema is for; of interest are the names of the models and their kinds. It need not be valid.
    key
        Dotted key of `given`, for errors.

    Raises
    ------
    InputError
        When a kind is unknown or its file is faulty.
    """
    if not isinstance(given, Mapping) or not isinstance(rule, dict):
        return rule
    model = rule.get("additionalProperties")
    if isinstance(model, dict) and "kinds" in model:
        models = {name: value for name, value in given.items() if isinstance(value, Mapping)}
        return {**rule, "properties": {name: _of_kind(model, value, f"{key}.{name}") for name, value in models.items()}}
    below = {
        name: with_kinds(part, given.get(name, part.get("default")), f"{key}.{name}".removeprefix("."))
        for name, part in rule.get("properties", {}).items()
    }
    return {**rule, "properties": below} if below else rule


def _of_kind(model: dict[str, Any], given: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Schema of a model of a certain kind."""
    name = given.get("kind", model["properties"]["kind"]["default"])
    if not isinstance(name, str):
        return model
    try:
        kind = read_kind(name, model["kinds"]["wing"])
    except InputError as error:
        raise InputError(f"{key}.kind: {error}") from error
    return {**model, "properties": {**model["properties"], **settings_of(kind, model)}, "additionalProperties": False}


def settings_of(kind: Kind, model: dict[str, Any]) -> dict[str, Any]:
    """All settings of a kind but `kind` itself: its own, and with a network those of every training.

    Where a kind has one of the latter as well, what it says of it, such as another default, goes before.
    """
    shared = model["kinds"]["trained"] if kind.trained else {}
    own = {key: rule for key, rule in kind.settings.items() if key not in shared}
    return {**own, **{key: {**rule, **kind.settings.get(key, {})} for key, rule in shared.items()}}
