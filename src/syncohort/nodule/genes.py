"""Gene expression as the networks are given it: chosen and scaled on training patients."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError

ZSCORE, LOG = "zscore", "log"
# Beyond this many standard deviations a z-score is cut off: a single gene should not decide on an image.
MOST = 5.0


@dataclass(frozen=True)
class GeneScale:
    """Which genes are used, and their scale.

    Parameters
    ----------
    genes
        Names, in the order of the network's inputs.
    mean, standard_deviation
        (genes,) that are subtracted and divided by; 0 and 1 where log expression is used as it is.
    components
        (components, genes) principal directions that profiles are projected on, orthonormal; None where they are not.
    """

    genes: list[str]
    mean: np.ndarray
    standard_deviation: np.ndarray
    components: np.ndarray | None = None

    @classmethod
    def fit(
        cls, expression: pd.DataFrame, number: int | None, scaling: str, components: int | None = None
    ) -> "GeneScale":
        """Choose the most variable genes of training patients and take their scale.

        Parameters
        ----------
        expression
            (training patients, genes) log expression.
        number
            Genes to choose; None takes all that vary.
        scaling
            `zscore`, or `log` for log expression as it is.
        components
            Principal components of the z-scores that are kept, at most one less than patients; None keeps all there is.

        Raises
        ------
        InputError
            When no gene varies.
        """
        deviation = expression.std(ddof=0)
        varying = deviation[deviation > 0]
        if varying.empty:
            raise InputError(
                f"None of the {expression.shape[1]} genes varies among the {len(expression)} training patients with "
                "CT. Add patients, or lower splits.folds."
            )
        chosen = varying.nlargest(number or len(varying)).index
        kept = [gene for gene in expression if gene in set(chosen)]
        values = expression[kept].to_numpy(dtype=np.float64)
        if scaling == LOG:
            return cls(kept, np.zeros(len(kept)), np.ones(len(kept)))
        scale = cls(kept, values.mean(axis=0), values.std(axis=0))
        if components is None:
            return scale
        _, _, directions = np.linalg.svd(scale.apply(expression), full_matrices=False)
        return replace(scale, components=directions[: min(components, len(values) - 1)])

    def apply(self, expression: pd.DataFrame) -> np.ndarray:
        """Scale log expression (patients, genes) as the networks want it: (patients, genes of this scale) float32.

        Raises
        ------
        InputError
            When a gene is missing.
        """
        values = self.standardise(expression)
        projected = values if self.components is None else values @ self.components.T @ self.components
        return projected.astype(np.float32)

    def standardise(self, expression: pd.DataFrame) -> np.ndarray:
        """Scale as `apply` does, but for the projection on principal components: (patients, genes) float64."""
        missing = [gene for gene in self.genes if gene not in expression]
        if missing:
            raise InputError(
                f"The expression lacks {len(missing)} of the {len(self.genes)} genes that the model was trained on, "
                f"such as {missing[0]}. Give expression of the same genes."
            )
        values = (expression[self.genes].to_numpy(dtype=np.float64) - self.mean) / self.standard_deviation
        return values.clip(-MOST, MOST) if self.mean.any() else values

    def to_json(self) -> dict[str, Any]:
        """Give the scale as lists."""
        return {
            "genes": self.genes,
            "mean": self.mean.tolist(),
            "standard_deviation": self.standard_deviation.tolist(),
            "components": None if self.components is None else self.components.tolist(),
        }

    @classmethod
    def of_json(cls, content: dict[str, Any]) -> "GeneScale":
        """Read what `to_json` gave."""
        arrays = (content[key] for key in ("mean", "standard_deviation", "components"))
        return cls(content["genes"], *(None if values is None else np.array(values) for values in arrays))


def paired_profiles(patients: np.ndarray, expression: pd.DataFrame, which: str, fewest: int) -> pd.DataFrame:
    """Give log expression of those patients with CT who have any, in the order of `expression`.

    Raises
    ------
    InputError
        When fewer than `fewest` have; `which` names the part of the split.
    """
    imaged = np.unique(patients)
    paired = expression[expression.index.isin(imaged)]
    if len(paired) < fewest:
        raise InputError(
            f"{len(paired)} of the {len(imaged)} {which} patients with CT have expression of a tumour, and at least "
            f"{fewest} are needed. {_remedy(imaged, expression)} A model with `conditioned: false` needs no expression."
        )
    return paired


def _remedy(imaged: np.ndarray, expression: pd.DataFrame) -> str:
    """Say what to do where too few patients have both: they may have two names."""
    if expression.empty or set(imaged) <= set(expression.index):
        return "Lower splits.folds, or add patients."
    return (
        f"Expression is of patients such as {expression.index[0]}, CT of such as {imaged[0]}; if these are one "
        "patient's two names, rename one side, else lower splits.folds or add patients."
    )
