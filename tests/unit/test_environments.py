"""The environments agree: conda names the pip lock's versions, and the lock is exact."""

import re
from pathlib import Path

import yaml

ENVS = Path(__file__).resolve().parents[2] / "envs"
PIP_NAME = {"matplotlib-base": "matplotlib", "pytorch": "torch"}


def locked(name: str) -> dict[str, str]:
    lines = [line for line in (ENVS / name).read_text().splitlines() if not line.startswith("#")]
    pins = [re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.]*)", line) for line in lines]
    assert all(pins), f"{name} has a line that is not an exact public version"
    return {pin[1].lower().replace("_", "-"): pin[2] for pin in pins}


def test_conda_environment_has_the_versions_of_the_lock():
    lock = locked("requirements.lock")
    for dependency in yaml.safe_load((ENVS / "syncohort.yaml").read_text())["dependencies"]:
        name, version = dependency.split(" =")
        if name != "python":
            assert lock[PIP_NAME.get(name, name)] == version, f"{name}: conda {version}"


def test_conda_environment_has_every_dependency_of_the_package():
    project = (ENVS.parent / "pyproject.toml").read_text()
    needed = re.findall(r'^    "([a-z0-9-]+)>=', project, flags=re.MULTILINE)
    conda = [line.split(" =")[0] for line in yaml.safe_load((ENVS / "syncohort.yaml").read_text())["dependencies"]]
    assert set(needed) == {PIP_NAME.get(name, name) for name in conda if name != "python"}


def test_test_lock_adds_and_never_contradicts():
    assert not set(locked("requirements.lock")) & set(locked("requirements-test.lock"))


def test_the_container_is_built_from_the_lock_and_repeats_no_version():
    definition = (ENVS / "syncohort.def").read_text()
    assert "envs/requirements.lock /opt/syncohort/requirements.lock" in definition
    assert "--requirement /opt/syncohort/requirements.lock" in definition
    assert not [
        name for name in locked("requirements.lock") if re.search(rf"(?i)\b{re.escape(name)}\b *[=<>]", definition)
    ]
