"""What every kind of generator must do: obey covariates, give equal bytes for equal seeds, survive saving."""

import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.core.errors import InputError
from syncohort.core.kinds import load_kind, read_kind, shipped_kinds
from syncohort.core.scale import Scale
from syncohort.expression.covariates import Conditions, CovariateEncoder
from syncohort.expression.generator import FittedGenerator
from syncohort.expression.normalisation import Scaler
from syncohort.training.distributed import ALONE
from syncohort.training.trainer import Trainer

from .conftest import GENES, MEANS, SLOPES, defaults, wishes

KINDS = shipped_kinds("expression")
# Fast and rough: they need to learn no more than means.
CHANGES = {
    "wgan-gp": {"generator_layers": [32], "critic_layers": [32]},
    "cvae": {"layers": [32], "learning_rate": 5e-3, "latent_dimensions": 4},
    "permuted": {"within_classes": True},
}
STEPS = 1000


def fitted(kind: str, expression: np.ndarray, conditions: Conditions, steps: int = STEPS) -> tuple[dict, dict]:
    """Settings and arrays of a kind, fitted or trained."""
    settings = defaults(kind, **CHANGES.get(kind, {}))
    module = load_kind(kind, "expression")
    if not read_kind(kind, "expression").trained:
        return settings, module.fit(expression, conditions, settings, 7)
    estimate = module.fit(expression, conditions, settings, 7) if hasattr(module, "fit") else {}
    task = module.task(expression, conditions, settings, 7, torch.device("cpu"), lambda _: 0.0, estimate, ALONE)
    for _ in range(steps):
        task.step()
    return settings, {**estimate, **{name: value.numpy() for name, value in task.weights().items()}}


def test_all_kinds_are_there():
    assert KINDS == ["bootstrap", "copula", "cvae", "normal", "permuted", "smote", "wgan-gp"]
    assert [kind for kind in KINDS if read_kind(kind, "expression").trained] == ["cvae", "wgan-gp"]


@pytest.mark.parametrize("kind", KINDS)
def test_requested_covariates_are_obeyed(known, kind):
    settings, weights = fitted(kind, *known(400))
    for code in (0, 1):
        drawn = load_kind(kind, "expression").sample(weights, wishes(code, 0.0, 500), settings, 3)
        assert drawn.shape == (500, GENES)
        assert drawn.dtype == np.float32
        np.testing.assert_allclose(drawn.mean(axis=0)[:2], MEANS[code][:2], atol=0.3)
        assert drawn.std(axis=0).min() > 0.1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "permuted"])
def test_numeric_covariates_are_obeyed(known, kind):
    settings, weights = fitted(kind, *known(600))
    low, high = (
        load_kind(kind, "expression").sample(weights, wishes(0, number, 800), settings, 3).mean(axis=0)
        for number in (-1, 1)
    )
    # Of the difference of 2 slopes an eighth, which is no chance: a kernel and a short training draw towards the mean.
    assert (high - low)[2] > SLOPES[2] / 4
    assert (high - low)[5] > SLOPES[5] / 4
    assert np.abs(high - low)[[0, 1, 4]].max() < 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_equal_seeds_give_equal_bytes_and_others_do_not(known, kind):
    data, wanted = known(60), wishes(1, 0.5, 20)
    settings, weights = fitted(kind, *data, steps=5)
    again = fitted(kind, *data, steps=5)[1]
    assert weights.keys() == again.keys()
    for name, value in weights.items():
        assert value.tobytes() == again[name].tobytes(), name
    sample = load_kind(kind, "expression").sample
    assert sample(weights, wanted, settings, 1).tobytes() == sample(again, wanted, settings, 1).tobytes()
    assert not np.array_equal(sample(weights, wanted, settings, 1), sample(weights, wanted, settings, 2))


@pytest.mark.parametrize("kind", KINDS)
def test_cohorts_without_covariates_and_combinations_never_seen(known, kind):
    expression, _ = known(40)
    nothing = Conditions(np.zeros((40, 0), np.int64), np.zeros((40, 0), np.float32), ())
    settings, weights = fitted(kind, expression, nothing, steps=5)
    assert np.isfinite(load_kind(kind, "expression").sample(weights, nothing[:7], settings, 1)).all()

    # Two covariates of three levels; the third level of one, and a pair of levels, have no sample; one class has one.
    codes = np.column_stack([np.arange(40) % 2, (np.arange(40) // 2) % 2])
    codes[codes.all(axis=1)] = 0
    codes[-1] = 1
    few = Conditions(codes, np.zeros((40, 0), np.float32), (2, 3))
    settings, weights = fitted(kind, expression, few, steps=5)
    unseen = Conditions(np.array([[1, 1], [0, 2], [1, 2]]), np.zeros((3, 0), np.float32), (2, 3))
    assert np.isfinite(load_kind(kind, "expression").sample(weights, unseen, settings, 1)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_saved_generator_draws_the_same_samples(known, kind, tmp_path):
    expression, conditions = known(30)
    settings, weights = fitted(kind, expression, conditions, steps=3)
    genes = [f"G{number}" for number in range(GENES)]
    encoder = CovariateEncoder({"condition": ["normal", "tumour"]}, {"age": (50.0, 10.0)})
    scaler = Scaler(tuple(genes), np.arange(6.0), np.full(6, 2.0), Scale("log2", 0.0))
    generator = FittedGenerator(weights, {"kind": kind, **settings}, genes, encoder, scaler)
    paths = [tmp_path / "model.safetensors", tmp_path / "model.json"]
    generator.save(*paths, {"best_step": 1})
    loaded = FittedGenerator.load(*paths)
    assert loaded.genes == genes
    wanted = pd.DataFrame({"condition": ["tumour", "normal", "tumour"], "age": [40.0, 50.0, 60.0]})
    drawn = loaded.sample(wanted, seed=9)
    assert drawn.shape == (3, 6)
    np.testing.assert_array_equal(drawn, generator.sample(wanted, seed=9))
    bytes_before = [path.read_bytes() for path in paths]
    loaded.save(*paths, {"best_step": 1})
    assert [path.read_bytes() for path in paths] == bytes_before


class Stop(Exception):
    """Stands for a kill."""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if read_kind(kind, "expression").trained])
def test_a_killed_training_goes_on_to_the_same_weights(known, kind, tmp_path):
    from syncohort.training.checkpoint import Checkpoint
    from syncohort.training.trainer import Schedule

    data, settings, cpu = known(40), defaults(kind, **CHANGES[kind]), torch.device("cpu")

    def train(folder, stop_at=None):
        module = load_kind(kind, "expression")
        estimate = module.fit(*data, settings, 7) if hasattr(module, "fit") else {}
        task = module.task(*data, settings, 7, cpu, lambda network: 1.0, estimate, ALONE)
        plain, steps = task.step, iter(range(100))

        def step():
            if next(steps) == stop_at:
                raise Stop
            return plain()

        task.step = step
        schedule = Schedule(max_steps=12, validate_every=4, patience=0, checkpoint_seconds=0)
        checkpoint = Checkpoint(folder, "f")
        trained = Trainer(task, schedule, checkpoint, cpu).fit()
        checkpoint.remove()
        return trained

    whole = train(tmp_path / "whole")
    with pytest.raises(Stop):
        train(tmp_path / "killed", stop_at=7)
    resumed = train(tmp_path / "killed")
    assert resumed.history.equals(whole.history)
    for name, value in whole.weights.items():
        assert torch.equal(value, resumed.weights[name]), name


def test_own_kind_that_gives_something_else_is_told_so(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import numpy as np\ndef fit(expression, conditions, settings, seed): return {}\n"
        "def sample(weights, conditions, settings, seed): return np.full((2, 3), np.nan)\n"
    )
    scaler = Scaler(("A", "B"), np.zeros(2), np.ones(2), Scale("log2", 0.0))
    generator = FittedGenerator({}, {"kind": str(path)}, ["A", "B"], CovariateEncoder({}, {}), scaler)
    with pytest.raises(InputError) as error:
        generator.sample(pd.DataFrame(index=range(2)), seed=1)
    assert str(error.value) == (
        f"The function sample of {path} must give 2 × 2 finite numbers (samples × genes), and gave 2 × 3, 6 of them "
        "not finite."
    )
