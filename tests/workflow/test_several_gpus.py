"""A training asked to run on two GPUs runs in two processes and gives, but for rounding, the model of one."""

import pytest
from safetensors.torch import load_file
from torch.testing import assert_close

from syncohort.core.io import read_tsv

MODEL = "tiny/expression/pathway/full/wgan-gp"
LOG = "logs/tiny/expression_train_generator/pathway.wgan-gp.full.log"


def test_two_processes_train_the_model_of_one(finished):
    weights, history = (finished / f"results/{MODEL}/{name}" for name in ("model.safetensors", "history.tsv"))
    one, course_of_one = load_file(weights), read_tsv(history)
    assert "processes" not in (finished / LOG).read_text()

    finished.run(
        str(weights.relative_to(finished.folder)), "--force", "--set-resources", "expression_train_generator:gpu=2"
    )
    assert "2 processes train together." in (finished / LOG).read_text()
    two, course_of_two = load_file(weights), read_tsv(history)
    assert set(two) == set(one)
    # The critic's last bias cancels out of its loss: its gradient is rounding alone, which Adam enlarges.
    for name in set(one) - {"critic.output.bias"}:
        assert_close(two[name], one[name], rtol=1e-2, atol=1e-3)
    one, two = (course.drop(columns="generator_loss").to_numpy() for course in (course_of_one, course_of_two))
    assert two == pytest.approx(one, rel=1e-2, abs=1e-3), "all but the loss that holds that bias"
