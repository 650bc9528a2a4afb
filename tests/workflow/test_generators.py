"""Every kind of generator through the workflow, and the guide's example as the guide gives it."""

import re
from pathlib import Path

import yaml

from syncohort.core.config import merge
from syncohort.core.io import read_json, read_tsv
from syncohort.core.kinds import shipped_kinds

GUIDE = Path(__file__).resolve().parents[2] / "docs/adding-a-generator.md"
OTHERS = [kind for kind in shipped_kinds("expression") if kind != "wgan-gp"]
SHORT = {"cvae": {"layers": [16], "max_steps": 30, "validate_every": 10}}


def test_every_kind_goes_from_the_configuration_to_samples(finished, tiny):
    models = {kind: {"kind": kind, **SHORT.get(kind, {})} for kind in OTHERS}
    finished.configure(tiny=merge(tiny, {"expression": {"models": models}}))
    folder = "results/tiny/expression/pathway/full"
    wanted = [f"{folder}/{kind}/synthetic.h5ad" for kind in OTHERS]
    jobs = {"expression_train_generator": 1, "expression_fit_generator": 5, "expression_sample_generator": 6}
    assert finished.planned(*wanted) == jobs
    finished.run(*wanted)
    for kind in OTHERS:
        files = {path.name for path in (finished / folder / kind).iterdir()}
        trained = {"history.tsv"} if kind == "cvae" else set()
        assert files == {"model.safetensors", "model.json", "synthetic.h5ad"} | trained
        assert ("best_step" in read_json(finished / folder / kind / "model.json")) == bool(trained)
    assert finished.planned(*wanted) == {}


def test_the_example_of_the_guide_works_and_a_change_of_it_is_seen(finished, tiny):
    text = GUIDE.read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (line,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    added = yaml.safe_load(line)
    ((name, settings),) = added["expression"]["models"].items()
    assert len(line.splitlines()) == 3, "one line below expression and models"
    own = finished / settings["kind"]
    own.parent.mkdir()
    own.write_text(code)
    finished.configure(tiny=merge(merge(tiny, added), {"expression": {"selections": ["pathway"]}}))
    assert finished.planned() == {
        "expression_fit_generator": 3,
        "expression_sample_generator": 3,
        "expression_evaluate_fold": 2,
        "expression_cross_validate": 1,
        "report_write_cohort": 1,
        "report_write_index": 1,
        "report_write_leaderboard": 1,
    }
    finished.run()
    page = (finished / "results/tiny/report.html").read_text()
    assert f"The generator “{name}” adds normal noise of 0.3 standard deviations to training samples" in page
    assert "Without a network, and so without a course of training: jitter." in page
    assert set(re.findall(r'<figure class="figure" id="pathway-(\S+)-training"', page)) == {"wgan-gp"}
    record = read_json(finished / f"results/tiny/expression/pathway/full/{name}/model.json")["provenance"]
    assert set(record["inputs"]) == {"normalised", "code"}
    scores = read_tsv(finished / f"results/tiny/expression/pathway/cross_validation/{name}.tsv").set_index(
        ["metric", "space"]
    )
    near = scores.loc[("gamma_distances", "selected genes")]
    assert near["value"] > (near["ceiling"] + near["floor"]) / 2, "real samples with little noise are nearly real"

    own.write_text(code.replace("standard_normal", "normal"))
    assert finished.planned()["expression_fit_generator"] == 3
