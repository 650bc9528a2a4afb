"""Kinds of models: Python files that declare settings of their own, read here without being imported.

A cohort's settings name the `kind` of each model: a module in the wing's folder of kinds (`generators/`,
`predictors/`), or the path of a Python file of the user's own. The file's literals `SETTINGS` (JSON Schema of its
keys), `METHODS` (template of a sentence for the Methods text) and `REFERENCES`, and the names of its functions, tell
all that the workflow must know before a job runs, so that parsing the workflow loads neither NumPy nor torch.
"""

import ast
import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema

from syncohort.core.errors import InputError, suggest

PACKAGE = Path(__file__).resolve().parents[1]
TASK = "task"


@dataclass(frozen=True)
class Contract:
    """What the files of a wing's kinds must have.

    Parameters
    ----------
    folder
        Package of the wing with a file per kind.
    needed
        Function that every file has; empty for none.
    alternatives
        Functions of which it has at least one; with `task` it trains a network.
    explained
        The page of the documentation that says more.
    """

    folder: str
    needed: str
    alternatives: tuple[str, ...]
    explained: str

    def fulfilled(self, functions: set[str]) -> bool:
        """Whether a file with these functions is a kind."""
        return (not self.needed or self.needed in functions) and not functions.isdisjoint(self.alternatives)

    def __str__(self) -> str:
        return ", and ".join(filter(None, [self.needed, " or ".join(self.alternatives)]))


CONTRACTS = {
    "expression": Contract("generators", "sample", ("fit", TASK), "docs/adding-a-generator.md"),
    "radiogenomics": Contract("predictors", "", ("fit_predict", TASK), "docs/methods-radiogenomics.md"),
}


@dataclass(frozen=True)
class Kind:
    """What the file of a kind declares.

    Parameters
    ----------
    name
        Name of the kind, or path of the user's file, as in the settings.
    path
        The file.
    description
        First line of its docstring.
    settings
        Setting → JSON Schema with `description` and `default` (or `presets`, the default by the value of `preset`).
    methods
        Jinja template that goes on from “The generator … ” or “The model … ”, with the settings as variables.
    references
        Citation in the template → reference.
    trained
        Whether it trains a network (has `task`).
    """

    name: str
    path: Path
    description: str
    settings: Mapping[str, Any]
    methods: str
    references: Mapping[str, str]
    trained: bool

    @property
    def own(self) -> bool:
        """Whether it is a file of the user's own."""
        return is_own(self.name)


def is_own(name: str) -> bool:
    """Whether a kind is the path of a file of the user's own."""
    return name.endswith(".py")


def shipped_kinds(wing: str) -> list[str]:
    """Name the kinds of a wing that are shipped."""
    files = (PACKAGE / wing / CONTRACTS[wing].folder).glob("[!_]*.py")
    return sorted(file.stem.replace("_", "-") for file in files)


def read_kind(name: str, wing: str) -> Kind:
    """Read what the file of a kind declares.

    Parameters
    ----------
    name
        A kind of the wing, or the path of a Python file.
    wing
        Package of the wing, as `expression`.

    Raises
    ------
    InputError
        When there is no such kind, or its file does not declare what it must.
    """
    shipped, contract = shipped_kinds(wing), CONTRACTS[wing]
    if is_own(name):
        path = Path(name)
        if not path.is_file():
            raise InputError(f"there is no file {name} in {Path.cwd()}. Correct the path or put the file there.")
    elif name in shipped:
        path = PACKAGE / wing / contract.folder / f"{name.replace('-', '_')}.py"
    else:
        raise InputError(
            f"it must be one of {', '.join(shipped)}, or the path of a Python file of yours, found the text {name!r}"
            f"{suggest(name, shipped)}"
        )
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise InputError(f"{path} is not valid Python: {error.msg}, line {error.lineno}.") from error
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if not contract.fulfilled(functions):
        raise InputError(
            f"{path} must define the function {contract}, found {', '.join(sorted(functions)) or 'none'} "
            f"({contract.explained} explains them)."
        )
    kind = Kind(
        name=name,
        path=path,
        description=(ast.get_docstring(tree) or "").split("\n")[0],
        settings=_literal(tree, "SETTINGS", path) or {},
        methods=_literal(tree, "METHODS", path) or "",
        references=_literal(tree, "REFERENCES", path) or {},
        trained=TASK in functions,
    )
    for key, rule in kind.settings.items():
        _check_rule(key, rule, path)
    return kind


def load_kind(name: str, wing: str) -> ModuleType:
    """Import the file of a kind: one of the wing's, or the user's own."""
    kind = read_kind(name, wing)
    if not kind.own:
        return importlib.import_module(f"syncohort.{wing}.{CONTRACTS[wing].folder}.{kind.path.stem}")
    spec = importlib.util.spec_from_file_location(kind.path.stem, kind.path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _literal(tree: ast.Module, name: str, path: Path) -> Any:
    """Value of a literal assigned at the top of a module; None without one."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == [name]:
            try:
                return ast.literal_eval(node.value)
            except ValueError as error:
                raise InputError(
                    f"{name} of {path}, line {node.lineno}, must be a literal, since it is read without running the "
                    "file: write its values out."
                ) from error
    return None


def _check_rule(key: str, rule: Any, path: Path) -> None:
    """Refuse a setting that cannot be checked, explained or left out."""
    known = isinstance(rule, Mapping) and (rule.keys() & {"default", "presets"})
    if not known:
        raise InputError(f"SETTINGS of {path}: {key} must be a mapping with a description and a default.")
    try:
        jsonschema.Draft202012Validator.check_schema(rule)
    except jsonschema.SchemaError as error:
        raise InputError(f"SETTINGS of {path}: {key} is not JSON Schema: {error.message}.") from error
