"""A known distribution: two classes, a numeric covariate, genes that follow each other."""

import numpy as np
import pytest

from syncohort.core.defaults import with_defaults
from syncohort.core.kinds import read_kind
from syncohort.expression.covariates import Conditions

GENES = 6
# Of each class, by column a gene.
MEANS = np.array([[-1, -1, 0, 0, 0.5, 0.0], [1, 1, 0, 0, -0.5, 0.0]], dtype=np.float32)
LOADINGS = np.array([[1.0, 0.9, 0, 0, 0.3, 0], [0, 0, 1.0, -0.8, 0.3, 0]], dtype=np.float32)
NOISE = np.array([0.4, 0.3, 0.5, 0.2, 0.6, 0.7], dtype=np.float32)
SLOPES = np.array([0, 0, 0.6, 0, 0, 0.5], dtype=np.float32)
COVARIANCE = LOADINGS.T @ LOADINGS + np.diag(NOISE**2)


def defaults(kind: str, **changes) -> dict:
    """Default settings of a kind, with changes."""
    settings = {"properties": dict(read_kind(kind, "expression").settings)}
    shared = {"max_steps", "validate_every", "patience", "smoothing", "monitor"}
    settings["properties"] = {key: rule for key, rule in settings["properties"].items() if key not in shared}
    return with_defaults(changes, settings)


@pytest.fixture
def known():
    """Give a function that draws from the known distribution: expression and conditions."""

    def draw(number: int, seed: int = 0) -> tuple[np.ndarray, Conditions]:
        rng = np.random.default_rng(seed)
        codes = np.arange(number)[:, None] % 2
        numbers = rng.standard_normal((number, 1)).astype(np.float32)
        expression = MEANS[codes[:, 0]] + numbers * SLOPES
        expression += rng.standard_normal((number, 2)).astype(np.float32) @ LOADINGS
        expression += NOISE * rng.standard_normal((number, GENES)).astype(np.float32)
        return expression.astype(np.float32), Conditions(codes, numbers, (2,))

    return draw


def wishes(code: int, number: float, times: int) -> Conditions:
    """The same wish many times."""
    return Conditions(np.full((times, 1), code), np.full((times, 1), number, np.float32), (2,))
