"""The layers of the house: imports go one way, and what must stay light stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "syncohort"
WINGS = ("expression", "mri", "radiogenomics", "nodule", "histology")
MAY_IMPORT = {
    "core": set(),
    "sources": {"core"},
    "training": {"core"},
    "realism": {"core"},
    **{wing: {"core", "sources", "training", "realism"} for wing in WINGS},
    "report": {"core", "sources", "realism", *WINGS},
}
WITHOUT_TORCH = ("core", "sources", "realism", "report")


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_layers(path):
    room = path.relative_to(PACKAGE).parts[0]
    if room == "__init__.py":
        return
    names = imported(path)
    rooms = {name.split(".")[1] for name in names if name.startswith("syncohort.")}
    assert rooms - {"__version__"} <= MAY_IMPORT[room] | {room}
    assert not {name for name in names if name.split(".")[0] == "snakemake"}


@pytest.mark.parametrize("room", WITHOUT_TORCH)
def test_room_loads_without_torch(room):
    modules = [
        f"syncohort.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}"
        for path in (PACKAGE / room).rglob("*.py")
        if path.stem != "__init__"
    ]
    code = f"import sys\nfor m in {modules!r}: __import__(m)\nassert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(ROOT / "src")})


def test_what_the_snakefile_imports_is_light():
    names = [name for name in imported_by_rules() if name.startswith("syncohort.")]
    assert names
    code = "import sys\n" + "\n".join(f"import {name}" for name in names)
    code += "\nassert not {'numpy', 'pandas', 'torch', 'anndata'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(ROOT / "src")})


def imported_by_rules() -> list[str]:
    lines = [line for path in (ROOT / "rules").glob("*.smk") for line in path.read_text().splitlines()]
    return [line.split()[1] for line in lines if line.startswith("from ")]


def test_every_rule_has_a_script_log_and_benchmark_of_its_name():
    for rules in (ROOT / "rules").glob("*.smk"):
        for block in rules.read_text().split("\n\n\nrule ")[1:]:
            name = block.split(":")[0]
            wing, stage = name.split("_", 1)
            assert f'"../scripts/{wing}/{stage}.py"' in block, name
            assert (ROOT / "scripts" / wing / f"{stage}.py").is_file(), name
            assert f"/{name}" in block.split("log:")[1].split("\n")[1], name


def test_scripts_are_thin():
    for script in (ROOT / "scripts").rglob("*.py"):
        assert len(script.read_text().splitlines()) <= 60, script
