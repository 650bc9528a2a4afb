"""Shrunk covariance of many genes from few samples, kept as principal axes.

With X the (samples, genes) centred samples, S = XᵀX / n and p genes, the estimate is (1 − s) S + s μ I, μ = tr(S) / p.
All that is needed of S is in the (samples, samples) matrix XXᵀ as well, and the smaller of the two is made: of 18,154
genes no matrix of genes × genes.
"""

from dataclasses import dataclass

import numpy as np

# Columns whose products are summed at a time, in float64.
COLUMNS = 2048


@dataclass(frozen=True, eq=False)
class ShrunkCovariance:
    """The covariance axesᵀ axes + noise² I.

    Parameters
    ----------
    axes
        (rank, genes) principal axes, each as long as its standard deviation, float32. They are those of the samples
        but no sample: the rotation that would give the samples back is not kept.
    noise
        Standard deviation of the independent noise of every gene.
    """

    axes: np.ndarray
    noise: float

    def draw(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Draw (number, genes) normal samples with mean 0, float32."""
        drawn = rng.standard_normal((number, self.axes.shape[1]), dtype=np.float32) * np.float32(self.noise)
        return drawn + rng.standard_normal((number, len(self.axes)), dtype=np.float32) @ self.axes


def shrink(centred: np.ndarray, method: str) -> ShrunkCovariance:
    """Estimate the covariance of (samples, genes) centred values.

    Parameters
    ----------
    centred
        (samples, genes) with mean 0 over the samples.
    method
        `ledoit_wolf` (Ledoit and Wolf 2004, section 3.3) or `oas` (Chen et al. 2010, equation 23).
    """
    samples, genes = centred.shape
    products = _products(centred if samples < genes else centred.T)
    squared_lengths = np.einsum("sg,sg->s", centred, centred, dtype=np.float64)
    mean_variance = squared_lengths.sum() / samples / genes
    squared_norm = np.square(products).sum() / samples**2  # ‖S‖² = ‖XᵀX‖² / n² = ‖XXᵀ‖² / n²
    if method == "ledoit_wolf":
        error = (np.square(squared_lengths).sum() / samples - squared_norm) / samples  # Σ ‖xxᵀ − S‖² / n²
        intensity = _ledoit_wolf(error, squared_norm, mean_variance, genes)
    else:
        intensity = _oas(samples, squared_norm, mean_variance, genes)
    values, vectors = np.linalg.eigh(products)
    kept = values > values[-1] * max(centred.shape) * np.finfo(np.float64).eps
    values, vectors = values[kept], vectors[:, kept]
    rotated = vectors.T.astype(np.float32) @ centred if samples < genes else np.sqrt(values)[:, None] * vectors.T
    axes = np.sqrt((1 - intensity) / samples) * rotated
    return ShrunkCovariance(axes.astype(np.float32), float(np.sqrt(intensity * mean_variance)))


def _products(values: np.ndarray) -> np.ndarray:
    """(rows, rows) inner products of the rows, float64."""
    products = np.zeros((len(values), len(values)))
    for start in range(0, values.shape[1], COLUMNS):
        block = values[:, start : start + COLUMNS].astype(np.float64)
        products += block @ block.T
    return products


def _ledoit_wolf(error: float, squared_norm: float, mean_variance: float, genes: int) -> float:
    dispersion = squared_norm - genes * mean_variance**2  # ‖S − μI‖²
    return min(error, dispersion) / dispersion if dispersion > 0 and error > 0 else 0.0


def _oas(samples: int, squared_norm: float, mean_variance: float, genes: int) -> float:
    mean_square = squared_norm / genes**2
    dispersion = (samples + 1) * (mean_square - mean_variance**2 / genes)
    return min((mean_square + mean_variance**2) / dispersion, 1.0) if dispersion > 0 else 1.0
