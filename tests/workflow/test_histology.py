"""Histology in the real workflow: simulated slides to synthetic tiles, ready tiles without expression, bad settings."""

import copy
import re

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from syncohort.core.io import read_json, read_tsv
from syncohort.report.inspection import find_faults

MODEL = {"width": 4, "batch_size": 8, "max_steps": 4, "validate_every": 2, "components": 4, "noise_dimensions": 8}
COHORT = {
    "source": {"simulated": {"patients": 16, "genes": 60, "modules": 3, "module_size": 12, "pathway_size": 14, "up": 2,
                             "down": 2, "covariate_genes": 1, "zero_genes": 2}},
    "splits": {"folds": 2},
    "expression": {"selections": ["all"], "models": {"normal": {"kind": "normal"}}},
    "histology": {
        "source": {"simulated": {"side": 128, "microns_per_pixel": 1}},
        "tile": {"size": 16, "microns_per_pixel": 1, "per_slide": 6},
        "autoencoder": {"layers": [16, 8], "latent_dimensions": 4, "max_steps": 20, "validate_every": 10},
        "models": {"rna-gan": MODEL, "gan": {**MODEL, "condition": "noise"}},
        "generate": {"per_patient": 2, "per_tissue": 3, "profiles": "new.tsv"},
        "extractor": {"width": 4, "dimensions": 4, "max_steps": 4, "validate_every": 2},
        "evaluate": {"tiles_per_slide": 4},
        "quiz": {"questions": 8},
    },
}  # fmt: skip
FOLDER = "results/slides/histology"


def cohort(**histology):
    changed = copy.deepcopy(COHORT)
    changed["histology"] |= histology
    return changed


def test_from_simulation_to_tiles_of_patients_tissues_and_profiles(workplace):
    genes = [f"GENE{number:04d}" for number in range(1, 56)]
    new = pd.DataFrame(np.arange(110).reshape(55, 2), index=pd.Index(genes, name="gene"), columns=["mine", "yours"])
    new.to_csv(workplace / "new.tsv", sep="\t")
    workplace.configure(slides=cohort())
    workplace.run()
    tiles = read_tsv(workplace / f"{FOLDER}/tiles.tsv")
    assert set(tiles["tissue"]) == {"tumour", "normal"}
    assert (tiles[tiles["status"] == "kept"]["slide_id"].value_counts() <= 6).all()
    made = read_tsv(workplace / f"{FOLDER}/fold0/rna-gan/synthetic/tiles.tsv")
    assert made["made_for"].value_counts().to_dict() == {"patient": 2 * 32, "tissue": 2 * 3, "profile": 2 * 2}
    assert set(made["role"].dropna()) == {"train", "validation", "test"}
    for path in made["path"]:
        with Image.open(workplace / f"{FOLDER}/fold0/rna-gan/synthetic" / path) as image:
            assert image.size == (16, 16)
    log = (workplace / "logs/slides/histology_generate_tiles/rna-gan.fold0.log").read_text()
    assert "genes are missing and count as average: GENE0056" in log
    splits = read_tsv(workplace / "results/slides/splits.tsv")
    assert splits["stratum"].str.contains("imaged").sum() == round(0.9 * 16)
    _check_the_judgement(workplace / f"{FOLDER}/fold0")
    page = (workplace / "results/slides/report.html").read_text()
    for part in ("histology-tiles", "histology-steering", "histology-scores"):
        assert f'<h3 id="{part}">' in page
    assert find_faults(workplace / "results/slides/report.html", links=True) == []
    for quiz in re.findall(r'href="(histology/[^"]+)"', page):
        assert (workplace / "results/slides" / quiz).is_file()
    assert 'href="slides/report.html#histology"' in (workplace / "results/index.html").read_text()


def _check_the_judgement(fold):
    for model in ("rna-gan", "gan"):
        metrics = read_tsv(fold / model / "metrics.tsv")
        assert set(metrics["space"]) == {"cells", "network", "thumbnails"}
        steering = read_tsv(fold / model / "steering.tsv")
        assert set(steering["profile"]) == {"own", "swapped", "donor", "shuffled", "zeroed", "real"}
        assert set(steering["against"]) == {"planted programme", "real tiles"}
        distances = read_tsv(fold / model / "distances.tsv")
        assert set(distances["tissue"]) == {"tumour", "normal"}
    extractor = read_json(fold / "extractor.json")
    assert (extractor["trained_by"], extractor["size"]) == ("slide", 16)


def test_a_generator_is_told_the_expression_of_another_cohort(workplace):
    alone = {"models": {"rna-gan": MODEL}, "generate": {}}
    workplace.configure(
        here=cohort(**alone, evaluate={"tiles_per_slide": 4, "outside": ["there"]}), there=cohort(**alone)
    )
    proved = "results/here/histology/fold0/rna-gan/outside/there.tsv"
    workplace.run(proved)
    steering = read_tsv(workplace / proved)
    assert set(steering["profile"]) == {"own", "swapped", "donor", "shuffled", "zeroed", "real"}
    assert set(steering["against"]) == {"planted programme", "real tiles"}
    slides = read_tsv(workplace / "results/there/histology/images.tsv")
    assert (steering["slides"] == len(slides)).all()


def test_what_is_wrong_with_a_file_is_told_before_anything_is_trained(workplace):
    new = pd.DataFrame({"gene": [f"ENSG{number:011d}" for number in range(60)], "mine": 1.0})
    new.to_csv(workplace / "new.tsv", sep="\t", index=False)
    (workplace / "own.pt").write_text("weights")
    generate = {"profiles": "new.tsv", "patients": ["P0001"], "per_patient": 1}
    workplace.configure(slides=cohort(extractor={"weights": "own.pt", "size": 16}, generate=generate))
    told_early = [f"{FOLDER}/{name}" for name in ("profiles.tsv", "extractor.json", "requests.json")]
    printed = workplace.fail("--keep-going", *told_early)
    assert (
        "ERROR: histology.generate.profiles: 60 of the 60 genes of the cohort are missing, such as GENE0001; the "
        "profile has 60 genes, such as ENSG00000000000. Name genes as the cohort does." in printed
    )
    assert "ERROR: histology.extractor.weights names own.pt, which is no network saved as TorchScript" in printed
    assert "ERROR: histology.generate.patients names " in printed
    assert "Traceback" not in printed
    assert (workplace / "results/slides/cohort.h5ad").is_file()


@pytest.fixture
def ready(workplace):
    """A cohort of ready tiles of ten patients, without expression, judged by a network of the user's own."""
    rng = np.random.default_rng(0)
    for patient in range(10):
        for tile in range(4):
            path = workplace / f"tiles/P{patient}/{tile}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(rng.integers(0, 255, (20, 20, 3), dtype=np.uint8)).save(path)
    torch.jit.script(torch.nn.Sequential(torch.nn.AvgPool2d(8), torch.nn.Flatten())).save(str(workplace / "own.pt"))
    settings = cohort(
        extractor={"weights": "own.pt", "size": 16},
        source={"tiles": {"folder": "tiles", "pattern": "{patient}/{tile}.png"}},
        models={"gan": {**MODEL, "condition": "noise"}},
        generate={"per_tissue": 5},
    )
    del settings["source"], settings["expression"]
    workplace.configure(slides=settings)
    return workplace


def test_a_cohort_of_tiles_alone_trains_on_noise(ready):
    ready.run()
    network = read_json(ready / f"{FOLDER}/extractor.json")
    assert (network["dimensions"], network["size"]) == (12, 16)
    metrics = read_tsv(ready / f"{FOLDER}/fold0/gan/metrics.tsv")
    notes = metrics.loc[metrics["space"] == "network", "note"]
    assert notes.str.contains("features of the network own.pt; tiles resized to 16 × 16, bilinear").any()
    made = read_tsv(ready / f"{FOLDER}/fold0/gan/synthetic/tiles.tsv")
    assert made["made_for"].tolist() == ["noise"] * 5
    assert len(list((ready / f"{FOLDER}/fold0/gan/synthetic/noise").rglob("*.png"))) == 5
    page = (ready / "results/slides/report.html").read_text()
    assert '<section id="histology"' in page
    assert '<section id="self-test"' not in page
    assert "This model is told no expression." in page
    assert "Histology tiles <span" in page
    assert find_faults(ready / "results/slides/report.html", links=True) == []
    assert "slides/report.html#histology" in (ready / "results/index.html").read_text()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"source": {"slides": {"folder": "nowhere", "pattern": "{patient}.svs"}}},
         "histology.source.slides.folder names nowhere, and there is no such folder"),
        ({"source": {"slides": {"folder": "config", "pattern": "{slide}.svs"}}},
         "histology.source.slides.pattern must have {patient} where the patient's name stands, found the text"),
        ({"extractor": {"weights": "config"}}, "histology.extractor.weights names config, and must name a file."),
        ({"evaluate": {"folds": 3}}, "histology.evaluate.folds is 3, and there are 2 folds (splits.folds)"),
        ({"tile": {"size": 100}}, "histology.tile.size must be one of 16, 32, 64, 128, 256, 512, found"),
        ({"source": {}}, "histology.source"),
    ],
    ids=["folder", "pattern", "weights", "folds", "size", "source"],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused_before_any_job(workplace, change, sentence):
    workplace.configure(slides=cohort(**{"generate": {}, **change}))
    printed = workplace.fail("-n")
    assert sentence in printed
    assert "Traceback" not in printed


def test_expression_is_missed_where_it_is_needed(ready):
    settings = cohort(source={"tiles": {"folder": "tiles", "pattern": "{patient}/{tile}.png"}}, generate={})
    del settings["source"], settings["expression"]
    ready.configure(slides=settings)
    printed = ready.fail("-n")
    assert "histology.models.rna-gan makes tiles of expression, and the cohort has none. Add source, or" in printed
