"""CT nodules from gene expression in the real workflow: phantoms that follow genes, patches, bad settings."""

import copy

import numpy as np
import pandas as pd
import pytest
from skimage.io import imsave

from syncohort.core.config import merge
from syncohort.core.io import read_json, read_tsv

SMALL = {"width": 2, "code": 6, "noise": 3, "batch_size": 4, "max_steps": 4, "validate_every": 2, "precision": "fp32"}
NODULE = {
    "source": {"simulated": {"shape": [84, 100, 16]}},
    "prepare": {"side": 32, "nodule_slices": 2, "background_slices": 2},
    "models": {"gan": SMALL},
    "sample": {"split": "fold0", "backgrounds": 1},
    "detector": {"width": 2, "max_steps": 4, "validate_every": 2, "batch_size": 4},
    "evaluate": {"backgrounds": 2, "permutations": 20},
    "map": {"layouts": ["t-SNE"], "permutations": 20, "labels": ["age", "sex"]},
}
COHORT = {
    "source": {"simulated": {"patients": 20, "genes": 90, "modules": 4, "module_size": 12, "pathway_size": 14, "up": 2,
                             "down": 2, "covariate_genes": 1, "zero_genes": 2}},
    "splits": {"folds": 2},
    "expression": {
        "selections": ["pathway"],
        "pathway": {"gene_sets": "results/ct/gene_sets.gmt", "name": "DEMO_PATHWAY"},
        "models": {"normal": {"kind": "normal"}},
    },
    "nodule": NODULE,
}  # fmt: skip


@pytest.fixture
def ct(workplace):
    """A cohort of twenty patients, four in five with CT."""
    workplace.configure(ct=copy.deepcopy(COHORT))
    return workplace


def test_from_phantoms_to_what_users_take_away(ct):
    judged = "results/ct/nodule/fold0/gan"
    ct.run("results/ct/nodule/synthetic", f"{judged}/metrics.tsv", f"{judged}/map.tsv")
    folder = ct / "results/ct/nodule"
    manifest = read_tsv(folder / "synthetic/manifest.tsv")
    assert len(manifest) == 16
    assert all((folder / "synthetic" / path).is_file() for path in [*manifest["ct"], *manifest["mask"]])
    model = read_json(folder / "fold0/gan/model.json")
    assert model["size"]["side"] == 32
    assert len(model["scale"]["genes"]) == model["size"]["genes"]
    assert read_tsv(folder / "fold0/gan/history.tsv")["step"].tolist() == [2, 4]
    truth = read_tsv(folder / "truth.tsv")
    assert truth["trait"].tolist() == ["size", "density", "edge_sharpness", "spiculation"]
    assert (read_tsv(folder / "fold0/gan/conditioning.tsv")["patients"] <= 8).all()
    modules = read_tsv(folder / "fold0/gan/modules.tsv")
    assert set(modules["module"]) == {f"MODULE_{number:02d}" for number in range(1, 5)}
    attributions = read_tsv(folder / "fold0/gan/attributions.tsv")
    assert attributions.groupby("feature")["attribution"].sum().to_numpy() == pytest.approx(1)
    separability = read_tsv(folder / "fold0/gan/separability.tsv")
    assert separability.groupby("kind")["variable"].unique().map(list).to_dict() == {
        "image feature": truth["trait"].tolist(), "clinical label": ["age", "sex"]
    }  # fmt: skip
    places = read_tsv(folder / "fold0/gan/map.tsv")
    assert len(places) == 3 * 16
    assert not list((ct / "work").rglob("checkpoint.pt"))


def test_names_that_are_not_there_are_told_before_anything_is_trained(ct):
    (ct / "new.tsv").write_text("gene\tmine\nGENE0001\t3\n")
    for changed, sentence in (
        ({"sample": {"interpolate": [["P001", "nobody"]]}}, "nodule.sample.interpolate names "),
        ({"sample": {"profiles": "new.tsv"}}, "nodule.sample.profiles: The expression lacks "),
        (
            {"map": {"labels": ["sexe"]}},
            "nodule.map.labels names 'sexe', which is no column of the samples; did you mean",
        ),
    ):
        ct.configure(ct=merge(COHORT, {"nodule": changed}))
        printed = ct.fail("results/ct/nodule/synthetic", "results/ct/nodule/fold0/gan/map.tsv", "--until",
                          "nodule_inspect_requests")  # fmt: skip
        assert f"ERROR: {sentence}" in printed
        assert "Traceback" not in printed


def test_phantoms_need_simulated_expression(workplace):
    workplace.configure(ct={"nodule": NODULE})
    assert "nodule.source.simulated needs source.simulated" in workplace.fail("--dry-run")


def test_patches_train_the_baselines_without_genes(workplace):
    rng = np.random.default_rng(0)
    (workplace / "data").mkdir(parents=True)
    rows = []
    for number in range(6):
        image, mask = rng.integers(0, 60, (40, 40)).astype(np.uint8), np.zeros((40, 40), np.uint8)
        mask[16:24, 15:25] = 255
        image[mask > 0] = 200
        for kind, values in (("img", image), ("mask", mask)):
            imsave(workplace / f"data/N{number}_{kind}.png", values, check_contrast=False)
        paths = {"img_path": f"N{number}_img.png", "mask_path": f"N{number}_mask.png"}
        rows.append({"patient_id": f"N{number}", **paths, "area_mm2": 80.0})
    pd.DataFrame(rows).to_csv(workplace / "data/patches.csv", index=False)
    nodule = {
        "source": {"patches": {"folder": "data"}},
        "prepare": {"side": 32, "field_mm": 36, "backgrounds": "inpainted"},
        "models": {
            "mc-gan": {"preset": "mc-gan", **SMALL},
            "in-painting": {"preset": "in-painting", **SMALL, "noise": 0},
        },
        "sample": {"split": "fold0", "backgrounds": 1},
        **{key: NODULE[key] for key in ("detector", "evaluate")},
    }
    workplace.configure(patches={"splits": {"folds": 2, "validation_fraction": 0.4}, "nodule": nodule})
    judged = [f"results/patches/nodule/fold0/{model}/metrics.tsv" for model in nodule["models"]]
    workplace.run("results/patches/nodule/synthetic", *judged)
    assert all("detection" in set(read_tsv(workplace / path)["metric"]) for path in judged)
    assert len(read_tsv(workplace / "results/patches/nodule/synthetic/manifest.tsv")) == 6
