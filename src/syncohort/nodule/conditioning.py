"""Whether nodules follow the genes: held-out patients' genes against others', no genes and other noise, with nulls."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from syncohort.nodule.features import FEATURES
from syncohort.realism.gene_modules import associate, module_activity

# A correlation of fewer patients says nothing.
FEWEST = 3


@dataclass(frozen=True)
class Responses:
    """Features of slices that differ in genes alone: every patient's on the same backgrounds with the same noise.

    Parameters
    ----------
    own
        (patients, backgrounds, features) of each patient's own genes.
    other_noise
        The same with other noise.
    zeroed
        (backgrounds, features) of the mean of the training patients' genes, with the noise of `own`.
    """

    own: np.ndarray
    other_noise: np.ndarray
    zeroed: np.ndarray

    @property
    def means(self) -> np.ndarray:
        """(patients, features) mean over backgrounds; NaN where no nodule came about."""
        return _mean(self.own, axis=1)


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean without NaN, and NaN of nothing else."""
    there = np.isfinite(values)
    total = np.where(there, values, 0).sum(axis=axis)
    return np.where(there.any(axis=axis), total / np.maximum(there.sum(axis=axis), 1), np.nan)


def prove_conditioning(
    responses: Responses, real: np.ndarray, permutations: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Test for every feature whether synthetic nodules follow the genes they were made from.

    Parameters
    ----------
    responses
        Features of the synthetic nodules.
    real
        (patients, features) mean over each patient's real nodules.
    permutations
        Permutations behind each p-value.
    rng
        Source of the permutations.

    Returns
    -------
    DataFrame
        A row per feature: `patients`; `correlation` of the patients' real and synthetic means (Pearson), with
        `shuffled`, its mean, and `shuffled_high`, its 95th percentile, when the genes are dealt to other patients, the
        one-sided `p_value`, and `p_adjusted` by Bonferroni over the features; then, in standard deviations of the real
        nodules, the mean absolute change by other `noise`, by the genes of another patient (`swapped`) and by no genes
        (`zeroed`), on the same background and, for the latter two, with the same noise; `swapped_p` and `zeroed_p`,
        whether these changes exceed that by noise (one-sided sign flips of the patients' differences).
    """
    spread = np.nanstd(real, axis=0)
    changes = {
        "noise": responses.other_noise - responses.own,
        "swapped": np.roll(responses.own, 1, axis=0) - responses.own,
        "zeroed": responses.zeroed - responses.own,
    }
    changes = {name: _mean(np.abs(values), axis=1) / spread for name, values in changes.items()}
    rows = []
    for number, feature in enumerate(FEATURES):
        made, truth = responses.means[:, number], real[:, number]
        there = np.isfinite(made) & np.isfinite(truth)
        row = {"feature": feature, "patients": int(there.sum())}
        row |= _correlate(truth[there], made[there], permutations, rng)
        row |= {name: float(_mean(values[:, number], axis=0)) for name, values in changes.items()}
        for name in ("swapped", "zeroed"):
            difference = (changes[name] - changes["noise"])[:, number]
            row[f"{name}_p"] = _sign_flips(difference[np.isfinite(difference)], permutations, rng)
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.assign(p_adjusted=(table["p_value"] * len(table)).clip(upper=1))


def _correlate(truth: np.ndarray, made: np.ndarray, permutations: int, rng: np.random.Generator) -> dict[str, float]:
    """Correlate two features, and give what permuted patients would."""
    if len(truth) < FEWEST or np.ptp(truth) == 0 or np.ptp(made) == 0:
        return dict.fromkeys(("correlation", "shuffled", "shuffled_high", "p_value"), np.nan)
    one, other = ((values - values.mean()) / values.std() for values in (truth, made))
    observed = float(np.mean(one * other))
    null = np.array([np.mean(rng.permutation(one) * other) for _ in range(permutations)])
    return {
        "correlation": observed,
        "shuffled": float(null.mean()),
        "shuffled_high": float(np.quantile(null, 0.95)),
        "p_value": float((1 + (null >= observed - 1e-12).sum()) / (1 + permutations)),
    }


def _sign_flips(differences: np.ndarray, permutations: int, rng: np.random.Generator) -> float:
    """One-sided p-value of a mean above 0: how often it is as high when signs are random."""
    if not len(differences):
        return np.nan
    signs = rng.choice([-1.0, 1.0], (permutations, len(differences)))
    null = (signs * differences).mean(axis=1)
    return float((1 + (null >= differences.mean() - 1e-12).sum()) / (1 + permutations))


def compare_modules(
    expression: pd.DataFrame,
    modules: Mapping[str, list[str]],
    real: np.ndarray,
    made: np.ndarray,
    permutations: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Compare what goes with what in real and in synthetic nodules of the same held-out patients.

    Parameters
    ----------
    expression
        (patients, genes) log expression.
    modules
        Name → genes.
    real, made
        (patients, features) means of real and of synthetic nodules.
    permutations, rng
        As `prove_conditioning`.

    Returns
    -------
    table
        `module`, `feature`, `real` and `synthetic`: correlation (Spearman) of activity and feature.
    preservation
        `correlation` of the two columns (Pearson), and the one-sided `p_value` by dealing the synthetic nodules to
        other patients. Both are empty where fewer than 3 patients have synthetic nodules.
    """
    there = np.isfinite(real).all(axis=1) & np.isfinite(made).all(axis=1)
    if there.sum() < FEWEST:
        return pd.DataFrame(columns=["module", "feature", "real", "synthetic"]), {}
    activity = module_activity(expression[there], {name: _known(genes, expression) for name, genes in modules.items()})
    frames = [pd.DataFrame(values[there], activity.index, FEATURES) for values in (real, made)]
    found = [associate(activity, frame) for frame in frames]
    table = found[0][["module", "feature"]].assign(real=found[0]["correlation"], synthetic=found[1]["correlation"])

    def agreement(synthetic: pd.Series) -> float:
        return float(np.corrcoef(table["real"], synthetic)[0, 1])

    observed = agreement(table["synthetic"])
    null = np.array(
        [
            agreement(associate(activity, frames[1].iloc[rng.permutation(len(activity))])["correlation"])
            for _ in range(permutations)
        ]
    )
    p_value = float((1 + (null >= observed - 1e-12).sum()) / (1 + permutations))
    return table, {"correlation": observed, "p_value": p_value, "permutations": permutations}


def _known(genes: list[str], expression: pd.DataFrame) -> list[str]:
    """Genes of a module that vary among the patients."""
    return [gene for gene in genes if gene in expression and expression[gene].nunique() > 1]
