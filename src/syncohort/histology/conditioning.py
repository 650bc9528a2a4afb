"""What a generator of tiles is told of expression: the code, on a scale fixed by the training samples.

As published, code + noise is standardised over the minibatch. Where all tiles of a minibatch are of one patient, as
they are in generation and in unshuffled training, the code is the same in every row and the mean takes it away: the
tile does not depend on the patient. Here the scale is fitted once and saved with the model.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import torch


@dataclass(frozen=True)
class CodeScaler:
    """Centres codes, turns them to their principal components and scales all of these by one number.

    Parameters
    ----------
    mean
        (dimensions,) mean code of the training samples.
    axes
        (dimensions, components) orthonormal: the leading principal components, which carry what varies among samples.
    deviation
        Standard deviation of the first component: one number for all, for the last ones are hardly more than noise and
        would be blown up by their own.
    """

    mean: np.ndarray
    axes: np.ndarray
    deviation: float

    @classmethod
    def fit(cls, codes: np.ndarray, components: int | None) -> Self:
        """Learn from the codes of training samples, (samples, dimensions).

        Parameters
        ----------
        codes
            The codes.
        components
            Most components to keep; None keeps the code as it is, and only centres and scales it.
        """
        codes = codes.astype(np.float64)
        centred = codes - codes.mean(axis=0)
        if components is None:
            return cls(codes.mean(axis=0), np.eye(codes.shape[1]), max(float(centred.std()), 1e-9))
        _, singular, axes = np.linalg.svd(centred, full_matrices=False)
        # The last of as many components as samples is empty, since the codes are centred.
        number = min(components, codes.shape[1], len(codes) - 1)
        # The sign of a component is arbitrary; the largest entry is made positive.
        axes = axes[:number] * np.sign(axes[np.arange(number), np.abs(axes[:number]).argmax(axis=1)])[:, None]
        return cls(codes.mean(axis=0), axes.T, max(float(singular[0] / np.sqrt(len(codes))), 1e-9))

    def transform(self, codes: np.ndarray) -> np.ndarray:
        """Scale codes, (samples, dimensions), to what the generator is told, (samples, components) float32."""
        return ((codes - self.mean) @ self.axes / self.deviation).astype(np.float32)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Give what `from_arrays` reads."""
        return {f"scaler.{name}": np.asarray(value, dtype=np.float32) for name, value in asdict(self).items()}

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Self:
        """Read what `to_arrays` gave."""
        mean, axes, deviation = (np.asarray(arrays[f"scaler.{name}"]) for name in ("mean", "axes", "deviation"))
        return cls(mean, axes, float(deviation))


def latent_input(code: torch.Tensor, noise: torch.Tensor, join: str, standardise: str) -> torch.Tensor:
    """Join code and noise to the generator's input.

    Parameters
    ----------
    code
        (tiles, components) as told; zeros for a generator that is told nothing.
    noise
        (tiles, dimensions).
    join
        `concatenate`, or `add` as published, for which both have the same width.
    standardise
        `training` leaves the input as it is, for the scale is fixed; `batch` standardises each of its dimensions over
        the minibatch, as published.
    """
    joined = code + noise if join == "add" else torch.cat([code, noise], dim=1)
    if standardise == "training":
        return joined
    return (joined - joined.mean(dim=0)) / joined.std(dim=0, correction=0).clamp_min(1e-8)
