"""The distribution that a network may start from: samples of the generator `normal`, as tensors."""

from collections.abc import Mapping

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch import nn

from syncohort.expression.covariates import Conditions
from syncohort.expression.generators import normal
from syncohort.expression.locations import ALL, Locations
from syncohort.expression.networks import ConditionTensors
from syncohort.training.distributed import ShareOfStream
from syncohort.training.task import RandomStream

SETTINGS = {"shrinkage": "ledoit_wolf", "smallest_class": 10}


def fit_base(expression: np.ndarray, conditions: Conditions, components: int, seed: int) -> dict[str, np.ndarray]:
    """Fit the distribution to (samples, genes) z-scores, and the projection on their leading principal components.

    Returns
    -------
    dict
        Arrays of the generator `normal`, and `projection` (components, genes), which maps training samples to scores of
        variance 1.
    """
    leading = PCA(min(components, *expression.shape), svd_solver="randomized", random_state=0).fit(expression)
    deviation = np.sqrt(leading.explained_variance_)[:, None]
    # Beyond the rank of few samples there is nothing to divide by.
    projection = leading.components_ / np.where(deviation > 1e-6 * deviation[0], deviation, np.inf)
    return {**normal.fit(expression, conditions, SETTINGS, seed), "projection": projection.astype(np.float32)}


def refit_base(
    fitted: Mapping[str, np.ndarray], expression: np.ndarray, conditions: Conditions, seed: int
) -> dict[str, np.ndarray]:
    """Fit the distribution of `fit_base` to other samples; a network goes on seeing the scores that it has learnt."""
    return {**normal.fit(expression, conditions, SETTINGS, seed), "projection": fitted["projection"]}


class NormalBase:
    """Draws of a fitted distribution. It is the same for every copy of a network, and no part of its state.

    Parameters
    ----------
    arrays
        As `fit_base` gives them, among others.
    levels
        Number of levels of each categorical covariate.
    device
        Device of the draws.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], levels: tuple[int, ...], device: torch.device) -> None:
        def tensor(name: str) -> torch.Tensor:
            return torch.from_numpy(np.ascontiguousarray(arrays[name])).to(device)

        self.levels = levels
        self.projection = tensor("projection")
        self.locations = {name: tensor(f"locations.{name}") for name in Locations.__dataclass_fields__}
        groups = [*(f"class{number}" for number in range(len(self.locations["codes"]))), ALL]
        self.groups = [
            [tensor(f"{group}.{name}") for name in ("deviation", "axes", "noise")]
            for group in groups
            if f"{group}.axes" in arrays
        ]

    def draw(
        self, conditions: ConditionTensors, stream: RandomStream | ShareOfStream
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw one sample per condition, (samples, genes), and its scores, (samples, components), in fp32."""
        with torch.autocast(conditions.codes.device.type, enabled=False):
            equal = (conditions.codes[:, None] == self.locations["codes"]).all(dim=2)
            # Classes without a distribution of their own come last, as one; argmax gives the first that fits.
            group = nn.functional.pad(equal.int(), (0, 1), value=1).argmax(dim=1)
            drawn = self._location(conditions, group)
            # For all rows at once, so that what a row gets does not depend on the classes of the others.
            shared = stream.normal(len(drawn), max(len(axes) for _, axes, _ in self.groups))
            own = stream.normal(*drawn.shape)
            for number in group.unique().tolist():
                rows = (group == number).nonzero()[:, 0]
                deviation, axes, noise = self.groups[number]
                drawn[rows] += deviation * (shared[rows, : len(axes)] @ axes + noise * own[rows])
            return drawn, drawn @ self.projection.T

    def _location(self, conditions: ConditionTensors, group: torch.Tensor) -> torch.Tensor:
        """Mean of each condition, as `Locations.predict` gives it."""
        parts, numbers = self.locations, conditions.numbers
        indicators = [
            nn.functional.one_hot(conditions.codes[:, column], levels) for column, levels in enumerate(self.levels)
        ]
        design = torch.cat([torch.ones(len(numbers), 1, device=numbers.device), *indicators], dim=1)
        mean = design @ parts["effects"]
        own = group < len(parts["codes"])
        mean[own] = parts["means"][group[own]] - parts["centres"][group[own]] @ parts["slopes"]
        return mean + numbers @ parts["slopes"]
