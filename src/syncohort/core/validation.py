"""Settings held against their schema, with errors that name the key, what was found and what was expected."""

import re
from typing import Any

import jsonschema

from syncohort.core.errors import InputError, suggest

TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
# A rule of the schema that asks for a placeholder, as in `{patient}/{slide}.svs`.
PLACEHOLDER = r"\\\{(?P<name>\w+)\\\}"


def validate(instance: Any, schema: dict[str, Any], where: str) -> None:
    """Check `instance` against `schema`.

    Raises
    ------
    InputError
        With the place, the dotted key, what was found and what was expected.
    """
    validator = jsonschema.Draft202012Validator(schema)
    error = next(iter(sorted(validator.iter_errors(instance), key=lambda found: list(map(str, found.path)))), None)
    if error is not None:
        raise InputError(f"{where}: {_explain(error)}")


def _explain(error: jsonschema.ValidationError) -> str:
    key = ".".join(map(str, error.path)) or "the file"
    rule, found = error.validator_value, show(error.instance)
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            unknown = next(name for name in error.instance if name not in known)
            prefix = f"{key}." if error.path else ""
            remedy = suggest(str(unknown), known, prefix) if known else "."
            return f"unknown key {prefix}{unknown}{remedy} Known keys here: {', '.join(known)}."
        case "required":
            missing = next(name for name in rule if name not in error.instance)
            return f"{key} lacks the key {missing}; add it (config/README.md explains each)."
        case "anyOf":
            *others, last = [option["required"][0] for option in rule]
            keys = f"{', '.join(others)} or {last}"
            return f"{key} names no data: it lacks the key {keys}; add one (config/README.md explains each)."
        case "type":
            types = [rule] if isinstance(rule, str) else rule
            expected = " or ".join(TYPES[name] for name in types)
            return f"{key} must be {expected}, found {found}.{_yaml_number(error.instance)}"
        case "enum":
            choices = [str(choice) for choice in rule]
            return f"{key} must be one of {', '.join(choices)}, found {found}{suggest(str(error.instance), choices)}"
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            words = {
                "minimum": "at least",
                "maximum": "at most",
                "exclusiveMinimum": "above",
                "exclusiveMaximum": "below",
            }
            return f"{key} must be {words[error.validator]} {rule}, found {found}."
        case "minProperties" | "maxProperties" if "source" in error.path:
            return f"{key} must name exactly one source of {', '.join(error.schema['properties'])}, found {found}."
        case "minItems" | "minProperties":
            return f"{key} must have at least {rule} {'entry' if rule == 1 else 'entries'}, found {found}."
        case "contains":
            return f"{key} must hold {rule['const']}, found {found}."
        case "pattern" if "propertyNames" in error.absolute_schema_path:
            return f"{key}: the name {error.instance!r} may only have lower-case letters, digits and hyphens."
        case "pattern" if placeholder := re.fullmatch(PLACEHOLDER, rule):
            name = placeholder["name"]
            return f"{key} must have {{{name}}} where the {name}'s name stands, found {found}."
        case "uniqueItems":
            return f"{key} names something twice: {found}."
        case _:
            return f"{key}: {error.message}."


def _yaml_number(value: Any) -> str:
    """Explain the one trap of YAML's numbers: 1e-4 is text to it, 1.0e-4 is not."""
    trapped = isinstance(value, str) and re.fullmatch(r"[+-]?\d+[eE][+-]?\d+", value)
    return " YAML reads it as text without a point: write 1.0e-4 for 1e-4." if trapped else ""


def show(value: Any) -> str:
    """Name a value of a YAML file as its writer knows it."""
    match value:
        case dict():
            return f"a mapping of {', '.join(map(str, value)) or 'nothing'}"
        case None:
            return "nothing"
        case str():
            return f"the text {value!r}"
        case _:
            return str(value)
