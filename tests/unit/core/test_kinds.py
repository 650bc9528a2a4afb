"""Kinds of generators: what their files declare, and the exact words when one does not."""

import pytest

from syncohort.core.config import load_settings
from syncohort.core.errors import InputError
from syncohort.core.kinds import read_kind, shipped_kinds
from syncohort.core.schema import settings_of, with_kinds

GOOD = '''"""Draws nothing much.

More words.
"""

SETTINGS = {"size": {"description": "How much.", "type": "number", "minimum": 0, "default": 2}}
METHODS = "draws {{ size }} (Me, 2020)."
REFERENCES = {"Me, 2020": "Me. On nothing. 2020."}


def fit(expression, conditions, settings, seed):
    raise RuntimeError("reading a kind must not run it")


def sample(weights, conditions, settings, seed):
    pass


raise RuntimeError("reading a kind must not run it")
'''


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Give a function that writes a generator of one's own into the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(text: str = GOOD) -> str:
        (tmp_path / "mine.py").write_text(text)
        return "mine.py"

    return write


@pytest.mark.parametrize("name", shipped_kinds("expression"))
def test_shipped_kinds_are_described(name):
    kind = read_kind(name, "expression")
    assert kind.description.endswith(".")
    assert kind.methods
    for key, citation in kind.references.items():
        assert key in kind.methods, "a reference that is not cited"
        assert citation.endswith(".")
    for key, rule in kind.settings.items():
        assert "description" in rule or key in ("monitor", "max_steps", "validate_every", "patience", "smoothing")


def test_a_file_is_read_and_not_run(mine):
    kind = read_kind(mine(), "expression")
    assert (kind.name, kind.own, kind.trained) == ("mine.py", True, False)
    assert kind.description == "Draws nothing much."
    assert kind.settings["size"]["default"] == 2
    assert kind.methods == "draws {{ size }} (Me, 2020)."
    assert kind.references == {"Me, 2020": "Me. On nothing. 2020."}


def test_task_in_place_of_fit_means_training(mine):
    assert read_kind(mine(GOOD.replace("def fit", "def task")), "expression").trained


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "def fit(a): pass\n",
            "mine.py must define the function sample, and fit or task, found fit "
            "(docs/adding-a-generator.md explains them).",
        ),
        ("def sample(a): pass\n", "mine.py must define the function sample, and fit or task, found sample "),
        ("x = 1\n", "mine.py must define the function sample, and fit or task, found none "),
        ("def fit(:\n", "mine.py is not valid Python: invalid syntax, line 1."),
        (
            GOOD.replace('"default": 2', '"default": 1 + one'),
            "SETTINGS of mine.py, line 6, must be a literal, since it is read without running the file: write its "
            "values out.",
        ),
        (
            GOOD.replace(', "default": 2', ""),
            "SETTINGS of mine.py: size must be a mapping with a description and a default.",
        ),
        (
            GOOD.replace('"number"', '"numbr"'),
            "SETTINGS of mine.py: size is not JSON Schema: 'numbr' is not valid under any of the given schemas.",
        ),
    ],
)
def test_a_faulty_file_is_told_what_it_lacks(mine, text, message):
    with pytest.raises(InputError) as error:
        read_kind(mine(text), "expression")
    assert str(error.value).startswith(message)


def cohort(folder, name, models):
    (folder / f"{name}.yaml").write_text(f"source: {{simulated: {{}}}}\nexpression: {{models: {models}}}\n")


def load(folder, overrides=None, names=("one",)):
    return load_settings({"cohorts": list(names), "overrides": overrides or {}}, [folder]).cohorts


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (
            "{a: {kind: smot}}",
            "expression.models.a.kind: it must be one of bootstrap, copula, cvae, normal, permuted, smote, wgan-gp, or "
            "the path of a Python file of yours, found the text 'smot'; did you mean smote?",
        ),
        (
            "{a: {kind: other.py}}",
            "expression.models.a.kind: there is no file other.py in {folder}. Correct the path or put the file there.",
        ),
        (
            "{a: {kind: smote, neighbors: 3}}",
            "unknown key expression.models.a.neighbors; did you mean expression.models.a.neighbours? "
            "Known keys here: kind, neighbours, bandwidth.",
        ),
        (
            "{a: {kind: smote, preset: thesis}}",
            "unknown key expression.models.a.preset. Known keys here: kind, neighbours, bandwidth.",
        ),
        (
            "{a: {kind: bootstrap, max_steps: 5}}",
            "unknown key expression.models.a.max_steps. Known keys here: kind, bandwidth.",
        ),
        ("{a: {kind: mine.py, size: -1}}", "expression.models.a.size must be at least 0, found -1."),
        ("{a: {kind: 5}}", "expression.models.a.kind must be a text, found 5."),
        ("{a: smote}", "expression.models.a must be a mapping, found the text 'smote'."),
        ("[a]", "expression.models must be a mapping, found ['a']."),
    ],
)
def test_settings_of_another_kind_are_refused(mine, tmp_path, models, message):
    mine()
    cohort(tmp_path, "one", models)
    with pytest.raises(InputError) as error:
        load(tmp_path)
    where = f"Cohort one ({tmp_path.parent.name}/{tmp_path.name}/one.yaml): "
    assert str(error.value) == where + message.replace("{folder}", str(tmp_path))


def test_every_model_has_the_defaults_of_its_kind_and_marks_what_was_changed(mine, tmp_path):
    mine()
    cohort(tmp_path, "one", "{a: {}, b: {kind: smote, neighbours: 3}, c: {kind: mine.py}, d: {kind: cvae}}")
    settings = load(tmp_path)["one"]
    models = settings.values["expression"]["models"]
    assert models["a"]["kind"] == "wgan-gp"
    assert models["b"] == {"kind": "smote", "neighbours": 3, "bandwidth": 0.5}
    assert models["c"] == {"kind": "mine.py", "size": 2}
    assert models["d"]["max_steps"] == read_kind("cvae", "expression").settings["max_steps"]["default"]
    assert models["d"]["patience"] == 10
    changed = {key for key in settings.changed if key.startswith("expression")}
    assert changed == {f"expression.models.{key}" for key in ("b.kind", "b.neighbours", "c.kind", "d.kind")}


def test_text_of_the_command_line_gets_the_type_that_its_key_has_in_the_kind(mine, tmp_path):
    mine()
    cohort(tmp_path, "one", "{b: {kind: smote}}")
    overrides = {"expression": {"models": {"b": {"neighbours": "7"}, "c": {"kind": "mine.py", "size": "0.5"}}}}
    models = load(tmp_path, overrides)["one"].values["expression"]["models"]
    assert (models["b"]["neighbours"], models["c"]["size"]) == (7, 0.5)


def test_a_name_stands_for_one_kind_in_all_cohorts(tmp_path):
    cohort(tmp_path, "one", "{a: {kind: smote}}")
    cohort(tmp_path, "two", "{a: {kind: smote, neighbours: 2}}")
    assert load(tmp_path, names=("one", "two"))
    cohort(tmp_path, "two", "{a: {kind: normal}}")
    with pytest.raises(InputError) as error:
        load(tmp_path, names=("one", "two"))
    assert str(error.value) == (
        "Cohort two: expression.models.a is of the kind normal, and in cohort one a model of that name is of the kind "
        "smote. Models are compared over cohorts by their names: give one of the two another."
    )


def test_training_kinds_share_settings_and_may_have_other_defaults():
    model = {"kinds": {"trained": {"max_steps": {"description": "d", "default": 1}, "rest": {"default": 2}}}}
    merged = settings_of(read_kind("cvae", "expression"), model)
    assert merged["max_steps"] == {"description": "d", "default": 5000}
    assert merged["rest"] == {"default": 2}
    assert "rest" not in settings_of(read_kind("smote", "expression"), model)


def test_a_schema_without_kinds_stays_as_it_is():
    schema = {"properties": {"a": {"type": "object", "properties": {"b": {"type": "integer"}}}}}
    assert with_kinds(schema, {"a": {"b": 1}}) == schema
