"""The segmentation network: it learns phantoms, goes on after it was killed, and its training sets are as named."""

import os
import signal

import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.mri.dice_summary import summarise_scores
from syncohort.mri.overlap import dice
from syncohort.mri.pix2pix import CPU
from syncohort.mri.segmentation_scores import score_segmenters
from syncohort.mri.segmenter import Segmenter, build_network, standardised
from syncohort.mri.segmenter_training import Segmentation, train_segmenter, training_set
from syncohort.training.interruption import Interrupted
from syncohort.training.job import Job

SETTINGS = {
    "width": 4,
    "patch": [128, 128, 128],
    "learning_rate": 0.003,
    "precision": "fp32",
    "max_steps": 6,
    "validate_every": 3,
}


@pytest.fixture
def subjects(prepared):
    for number, subject in enumerate(prepared):
        subject.description["sha256"] = f"{number:064d}"
    return prepared


@pytest.mark.parametrize("patch", [(16, 24, 24), (1, 24, 24), (5, 9, 9), (64, 32, 48)], ids=str)
def test_the_network_takes_any_shape(patch):
    network = build_network(2, 2, patch)
    assert network(torch.zeros(1, 2, *patch)).shape == (1, 4, *patch)


def test_it_learns_to_segment(subjects, tmp_path):
    settings = {**SETTINGS, "width": 8, "max_steps": 60, "validate_every": 30}
    segmenter, trained = train_segmenter(subjects[:6], subjects[6:7], settings, Job(3, tmp_path))
    trained.checkpoint.remove()
    assert trained.best_step == 60, "the last weights count"
    segmenter.save(tmp_path / "m.safetensors", tmp_path / "m.json", {})
    again = Segmenter.load(tmp_path / "m.safetensors", tmp_path / "m.json")
    found = again.segment(again.network(CPU), subjects[7])
    assert dice(found > 0, subjects[7].label > 0) > 0.6
    assert not found[subjects[7].tissue == 0].any()
    table = score_segmenters([("real", 0, again)], subjects[7:], threads=1)
    whole = table.set_index("region").loc["whole tumour"]
    assert whole["dice"] == pytest.approx(dice(found > 0, subjects[7].label > 0))
    assert whole["subject_id"] == "S7"


def test_a_killed_training_goes_on_to_the_same_weights(subjects, tmp_path, monkeypatch):
    settings = {**SETTINGS, "patch": [16, 16, 8]}
    whole, trained = train_segmenter(subjects[:4], subjects[4:5], settings, Job(3, tmp_path / "whole"))
    trained.checkpoint.remove()
    steps, step = [], Segmentation.step

    def killed(task):
        steps.append(1)
        if len(steps) == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(task)

    monkeypatch.setattr(Segmentation, "step", killed)
    with pytest.raises(Interrupted):
        train_segmenter(subjects[:4], subjects[4:5], settings, Job(3, tmp_path / "killed"))
    again, resumed = train_segmenter(subjects[:4], subjects[4:5], settings, Job(3, tmp_path / "killed"))
    resumed.checkpoint.remove()
    assert len(steps) == 6
    assert resumed.history.equals(trained.history)
    assert all(torch.equal(whole.weights[name], again.weights[name]) for name in whole.weights)


def test_patches_lie_within_the_volume_and_often_on_the_tumour(subjects):
    segmenter = Segmenter({}, ["t1", "t1ce", "t2", "flair"], 2, [8, 12, 12], "fp32")
    task = Segmentation(subjects[:4], [], segmenter, learning_rate=1e-3, max_steps=10, seed=1, device=CPU)
    with_tumour = 0
    for _ in range(40):
        images, label = task.draw()
        assert images.shape == (1, 4, 8, 12, 12)
        assert label.shape == (1, 1, 8, 12, 12)
        with_tumour += bool(label.any())
    assert with_tumour >= 20


def test_training_sets():
    real, synthetic = ["a", "b"], list("stuvwx")
    assert training_set("real", real, synthetic) == ["a", "b"]
    assert training_set("synthetic-1x", real, synthetic) == ["s", "t"]
    assert training_set("synthetic-3x", real, synthetic) == list("stuvwx")
    assert training_set("mixed-2x", real, synthetic) == ["a", "b", "s", "t", "u", "v"]


def test_standardised_by_hand():
    images = np.array([[[[1.0, 3.0, 9.0]]]], dtype=np.float16)
    brain = np.array([[[True, True, False]]])
    assert standardised(images, brain).tolist() == [[[[-1.0, 1.0, 0.0]]]]
    assert (standardised(np.full((1, 1, 1, 3), 2.0), brain) == 0).all()


def scores(values: dict[str, list[float]]) -> pd.DataFrame:
    """Dice of patients P0, P1, … by training set, two repeats 0.1 apart."""
    rows = [
        {
            "training_set": name,
            "repeat": repeat,
            "subject_id": f"S{number}",
            "patient_id": f"P{number}",
            "region": region,
            "dice": value + 0.1 * repeat,
            "hd95": 10 * value,
        }
        for name, dices in values.items()
        for repeat in (0, 1)
        for number, value in enumerate(dices)
        for region in ("whole tumour", "tumour core", "enhancing tumour", "necrosis", "oedema")
    ]
    return pd.DataFrame(rows)


def test_the_summary_by_hand():
    real = [0.2, 0.4, 0.6, 0.8]
    table = summarise_scores(scores({"real": real, "synthetic-1x": [value - 0.1 for value in real]}), seed=1)
    row = table.set_index(["training_set", "region"]).loc["synthetic-1x", "tumour core"]
    assert row["dice"] == pytest.approx(0.45)
    assert row["ratio"] == pytest.approx(0.45 / 0.55)
    # Patients differ much, the two networks differ by 0.1 on each of them: the paired interval has no width.
    assert [row["difference"], row["difference_low"], row["difference_high"]] == pytest.approx([-0.1] * 3)
    assert row["ci_high"] - row["ci_low"] > 0.2
    assert row["repeat_deviation"] == pytest.approx(0.1 / 2**0.5)
    assert (row["patients"], row["repeats"]) == (4, 2)
    assert table.equals(summarise_scores(scores({"real": real, "synthetic-1x": [v - 0.1 for v in real]}), seed=1))


def test_a_few_real_subjects_are_what_others_with_as_few_are_compared_with():
    few, mixed = [0.2, 0.4, 0.6, 0.8], [0.3, 0.5, 0.7, 0.9]
    table = summarise_scores(scores({"4 real": few, "4 real, mixed": mixed}), seed=1, reference="4 real")
    row = table.set_index(["training_set", "region"]).loc["4 real, mixed", "oedema"]
    assert [row["difference"], row["difference_low"], row["difference_high"]] == pytest.approx([0.1] * 3)
    assert row["ratio"] == pytest.approx(0.65 / 0.55)


def test_examinations_of_a_patient_count_as_one():
    table = scores({"real": [0.0, 0.0, 1.0, 0.5]})
    table.loc[table["subject_id"].isin(["S0", "S1"]), "patient_id"] = "P0"
    summary = summarise_scores(table, seed=1).set_index("region")
    assert summary.loc["oedema", "patients"] == 3
    assert summary.loc["oedema", "dice"] == pytest.approx(0.5 + 0.05)
