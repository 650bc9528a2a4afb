"""The scale expression values are on, and the way to the linear and the logarithmic one."""

from dataclasses import dataclass

import numpy as np

SCALES = ("counts", "tpm", "fpkm", "log2")


@dataclass(frozen=True)
class Scale:
    """Scale of an expression matrix.

    Parameters
    ----------
    name
        `counts`, `tpm` or `fpkm` (linear, never negative), or `log2` for log2(linear + `log2_offset`).
    log2_offset
        Constant added before the logarithm; used by `log2` only.
    """

    name: str
    log2_offset: float = 1.0

    @property
    def is_log(self) -> bool:
        """Whether the values are logarithms already."""
        return self.name == "log2"

    @property
    def unit(self) -> str:
        """What the values are, for people: `counts`, or `log2(x + 1)`."""
        if not self.is_log:
            return self.name
        return f"log2(x + {self.log2_offset:g})" if self.log2_offset else "log2(x)"

    @property
    def minimum(self) -> float:
        """Smallest value the scale allows, which is that of an expression of zero."""
        if not self.is_log:
            return 0.0
        return float(np.log2(self.log2_offset)) if self.log2_offset > 0 else -np.inf

    def to_linear(self, values: np.ndarray) -> np.ndarray:
        """Map values to expression without logarithm, at least 0, in float64."""
        values = np.asarray(values, dtype=np.float64)
        if not self.is_log:
            return values
        return np.maximum(np.exp2(values) - self.log2_offset, 0.0)

    def to_log(self, values: np.ndarray) -> np.ndarray:
        """Map values to the scale networks and correlations work on: log1p of linear ones, log2 as it is."""
        return np.asarray(values) if self.is_log else np.log1p(values)

    def from_log(self, values: np.ndarray) -> np.ndarray:
        """Invert `to_log`, and lift values below what the scale allows to that minimum."""
        restored = np.asarray(values) if self.is_log else np.expm1(values)
        return np.maximum(restored, np.asarray(self.minimum, dtype=restored.dtype))
