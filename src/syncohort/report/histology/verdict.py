"""The verdict on tiles: whether they follow expression, how like real ones they are, and the same for the index."""

from typing import Any

import numpy as np
import pandas as pd

from syncohort.histology.convergence import EqualQuality, steps_to_equal_quality
from syncohort.histology.metrics import CELLS, METRIC
from syncohort.histology.steering import OWN, PROGRAMME, REAL_TILES, SWAPPED
from syncohort.report.histology.contents import HistologyReport, TileModelReport
from syncohort.report.wording import decimal, names, signed

# A measurement follows the expression at this p-value, Bonferroni over measurements.
ALPHA = 0.05
# Below this balanced accuracy tissues are hardly told apart, and what is learnt of them says little.
TOLD_APART = 0.65


def verdict(model: TileModelReport) -> str:
    """Say in two sentences whether tiles follow the expression, and how like real ones they are."""
    likeness = _likeness(model)
    if not model.conditioned:
        return f"This model is told no expression. {likeness}"
    against, own = profile_rows(model.steering, OWN)
    slides = f"over {int(own['slides'].max())} held-out slides, against {_words(against)}"
    followed = following(own)
    if followed.empty:
        return f"Tiles do not follow the expression in anything that was measured, {slides}. {likeness}"
    described = [f"{measure.replace('_', ' ')} (r {signed(row.correlation)})" for measure, row in followed.iterrows()]
    return f"Tiles follow the expression, {slides}, in {names(described)}. {likeness}"


def _likeness(model: TileModelReport) -> str:
    row = model.metrics.set_index(["metric", "space"]).loc[("mmd", CELLS)]
    numbers = [decimal(row[side]) for side in ("value", "ceiling", "floor")]
    text = (
        f"By what is counted and measured in them their kernel distance from held-out real tiles is {numbers[0]}, "
        f"where real training tiles have {numbers[1]} and shuffled pixels {numbers[2]}"
    )
    share = utility(model)
    return f"{text}{f'; classifiers of tissue learn {100 * share:.0f} % as well from them' if share == share else ''}."


def _words(against: str) -> str:
    return "the planted programmes" if against == PROGRAMME else "the slides’ real tiles"


def profile_rows(steering: pd.DataFrame, profile: str) -> tuple[str, pd.DataFrame]:
    """Give the rows of a profile by `measure`, against what was planted or, of patients, their real tiles."""
    against = PROGRAMME if (steering["against"] == PROGRAMME).any() else REAL_TILES
    chosen = steering[(steering["against"] == against) & (steering["profile"] == profile)]
    return against, chosen.set_index("measure")


def following(own: pd.DataFrame) -> pd.DataFrame:
    """Give the measurements that follow the expression, Bonferroni over measurements, the closest first."""
    significant = (own["p_value"] * len(own) <= ALPHA) & (own["correlation"] > 0)
    return own[significant].sort_values("correlation", ascending=False)


def utility(model: TileModelReport) -> float:
    """Balanced accuracy of a classifier trained on synthetic tiles over that of one trained on real ones.

    NaN for a model that makes no tissue, and where real tiles hardly tell the tissues apart.
    """
    row = tissue_row(model)
    known = model.conditioned and row is not None and row["ceiling"] >= TOLD_APART
    return float(row["value"] / row["ceiling"]) if known else np.nan


def tissue_row(model: TileModelReport) -> pd.Series | None:
    """Give the scores of the classifier trained on synthetic tiles; None of a single tissue."""
    rows = model.metrics[(model.metrics["metric"] == "tissue_trained_on_synthetic") & (model.metrics["space"] == CELLS)]
    return rows.iloc[0] if len(rows) else None


def equal_quality(report: HistologyReport) -> dict[str, EqualQuality]:
    """Steps to equal quality of every model told expression, of the first fold; none without a model of noise."""
    if report.noise is None:
        return {}
    fold = report.folds[0]
    noise = report.noise.histories[fold]
    return {
        model.name: steps_to_equal_quality(noise, model.histories[fold]) for model in report.models if model.conditioned
    }


def histology_summary(report: HistologyReport) -> list[dict[str, Any]]:
    """Give the headline of every model as plain values, from which the index is made."""
    quality = equal_quality(report)
    return [_summary(model, quality.get(model.name)) for model in report.models]


def _summary(model: TileModelReport, quality: EqualQuality | None) -> dict[str, Any]:
    row = model.metrics.set_index(["metric", "space"]).loc[("mmd", CELLS)]
    against, own = profile_rows(model.steering, OWN)
    followed = following(own) if model.conditioned else own.head(0)
    best = followed.index[0] if len(followed) else None
    swapped = profile_rows(model.steering, SWAPPED)[1]
    numbers = {
        "mmd": row["value"],
        "ceiling": row["ceiling"],
        "relative": METRIC["mmd"].relative(row["value"], row["ceiling"], row["floor"]),
        "utility": utility(model),
        "share_of_steps": quality.share if quality else np.nan,
        "correlation": own.loc[best, "correlation"] if best else np.nan,
        "swapped": swapped.loc[best, "correlation"] if best else np.nan,
    }
    plain = {name: float(number) if np.isfinite(number) else None for name, number in numbers.items()}
    return {"model": model.name, "told": model.conditioned, "follows": best, "against": against, **plain}
