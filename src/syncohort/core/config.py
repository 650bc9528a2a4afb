"""Settings: defaults ← cohort file ← overrides, validated, with errors that name cohort, key and remedy."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from syncohort.core.consistency.between_cohorts import check_kinds, check_outside
from syncohort.core.consistency.cohort import check_meaning
from syncohort.core.defaults import changed_keys, with_defaults
from syncohort.core.errors import InputError, suggest
from syncohort.core.naming import IMAGE_WINGS
from syncohort.core.schema import read_schema, with_kinds
from syncohort.core.validation import show, validate

# Wing → the key of a cohort file that gives a cohort data for it.
WINGS = {"expression": "source", **{wing: wing for wing in (*IMAGE_WINGS, "radiogenomics")}}
# Keys that say something about expression and nothing without it.
OF_EXPRESSION = ("samples", "covariates", "expression", "radiogenomics")
# Optional key → the key in it that gives a cohort data; overrides of the others are meant for cohorts that have it.
OPTIONAL = {**dict.fromkeys(IMAGE_WINGS, "source"), "radiogenomics": "features"}


@dataclass(frozen=True)
class CohortSettings:
    """Effective settings of one cohort.

    Parameters
    ----------
    name
        The cohort's name, that of its file.
    values
        Nested settings, every key present.
    changed
        Dotted keys whose value is not the default (or, for a model, not that of its preset).
    """

    name: str
    values: dict[str, Any]
    changed: frozenset[str]

    @property
    def wings(self) -> list[str]:
        """Wings that the cohort has data for, in the order of the report."""
        return [wing for wing, key in WINGS.items() if key in self.values]


@dataclass(frozen=True)
class Settings:
    """Effective settings of a run.

    Parameters
    ----------
    cohorts
        Name → its settings.
    seed
        Seed of everything random.
    cache
        Folder of downloaded datasets.
    mirrors
        Source → address to download from instead of the official one.
    """

    cohorts: dict[str, CohortSettings]
    seed: int
    cache: str
    mirrors: dict[str, str]


def load_settings(config: dict[str, Any], folders: Sequence[Path]) -> Settings:
    """Validate the workflow's configuration and resolve the settings of its cohorts.

    Parameters
    ----------
    config
        Content of `config.yaml` with what the command line laid over it.
    folders
        Folders searched for `<cohort>.yaml`, the first that has it wins.

    Raises
    ------
    InputError
        For an unknown key, a wrong type or value, or an unknown cohort.
    """
    schema = read_schema("config")
    validate(config, schema, "config/config.yaml")
    config = with_defaults(config, schema)
    cohorts = {name: load_cohort(name, folders, config["overrides"]) for name in config["cohorts"]}
    values = {name: cohort.values for name, cohort in cohorts.items()}
    check_kinds(values)
    check_outside(values)
    return Settings(cohorts, config["seed"], config["cache"].rstrip("/") or "/", config["mirrors"])


def load_cohort(name: str, folders: Sequence[Path], overrides: dict[str, Any]) -> CohortSettings:
    """Resolve the effective settings of one cohort.

    Raises
    ------
    InputError
        When the cohort has no file, or its file or the overrides hold something the schema does not allow.
    """
    path = next((folder / f"{name}.yaml" for folder in folders if (folder / f"{name}.yaml").is_file()), None)
    if path is None:
        known = sorted({file.stem for folder in folders for file in folder.glob("[!_]*.yaml")})
        raise InputError(
            f"Unknown cohort {name!r}{suggest(name, known)} Known cohorts: {', '.join(known)}. "
            f"To add it, copy config/cohorts/_template.yaml to config/cohorts/{name}.yaml."
        )
    where = f"Cohort {name} ({path.parent.parent.name}/{path.parent.name}/{path.name})"
    given = read_yaml(path)
    fitting = _fitting(overrides, given)
    try:
        schema = with_kinds(read_schema("cohort"), merge(given, fitting))
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    given = merge(given, read_scalars(fitting, schema))
    validate(given, schema, where)
    values = with_defaults(given, schema)
    values["title"] = values["title"] or name
    if "source" not in values:
        _check_no_expression(given, where)
        values = {key: value for key, value in values.items() if key not in OF_EXPRESSION}
    check_meaning(values, where)
    return CohortSettings(name, values, frozenset(changed_keys(values, schema)))


def _fitting(overrides: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Give the overrides that concern a cohort: those of a wing it has no data for are meant for other cohorts."""
    expression = "source" in {**given, **overrides}
    return {
        key: value
        for key, value in overrides.items()
        if (expression or key not in OF_EXPRESSION)
        and (key not in OPTIONAL or key in given or OPTIONAL[key] in (value or {}))
    }


def _check_no_expression(given: dict[str, Any], where: str) -> None:
    """Refuse settings of expression in a cohort that has none."""
    useless = next((key for key in OF_EXPRESSION if key in given), None)
    if useless:
        raise InputError(
            f"{where}: {useless} is about gene expression, and the cohort has none. Add source, or remove {useless}."
        )


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping.

    Raises
    ------
    InputError
        When the file is not YAML or not a mapping.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not valid YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} holds {show(content)}, and must hold a mapping of keys to values.")
    return content


def read_scalars(value: Any, rule: dict[str, Any]) -> Any:
    """Give text the type that its key has in the schema, for `snakemake --config` makes all in a mapping text.

    Parameters
    ----------
    value
        Value of the key, possibly a mapping.
    rule
        Schema of the key; text stays text where it allows text, or where the key is unknown.
    """
    text_allowed = any(isinstance(choice, str) for choice in rule.get("enum", [""]))
    types = rule.get("type", "string" if text_allowed else "number")
    match value:
        case dict():
            rules = rule.get("properties", {})
            other = rule.get("additionalProperties") or {}
            return {key: read_scalars(item, rules.get(key, other)) for key, item in value.items()}
        case list():
            return [read_scalars(item, rule.get("items", {})) for item in value]
        case str() if value == "null" and "null" in types:
            return None
        case str() if "string" not in types:
            return yaml.safe_load(value)
        case _:
            return value


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Lay `over` on `base`: mappings merge, everything else, lists too, replaces."""
    merged = copy.deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = merge(merged[key], value) if both else copy.deepcopy(value)
    return merged
