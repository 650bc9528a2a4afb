"""What the index says of brain MRI."""

from typing import Any

import numpy as np

from syncohort.report.mri.contents import MriModelReport, MriReport
from syncohort.sources.volumes.labels import NESTED


def mri_summary(report: MriReport) -> list[dict[str, Any]]:
    """Give the headline of every model as plain values, from which the index is made."""
    return [_summary(model) for model in report.models]


def _summary(model: MriModelReport) -> dict[str, Any]:
    """Give the best share of the real Dice without real images, and the texture."""
    ratios = model.dice.pivot_table(index="training_set", columns="region", values="ratio", dropna=False)
    alone = [name for name in ratios.index if name.startswith("synthetic")]
    best = ratios.loc[alone, list(NESTED)].mean(axis=1).idxmax() if alone else None
    scores = model.metrics.set_index("metric")["value"]
    texture = float(scores.get("texture_variance", np.nan))
    return {
        "model": model.name,
        "trained_on": best,
        "dice_ratio": {region: float(ratios.loc[best, region]) for region in NESTED} if best else {},
        "texture": texture if np.isfinite(texture) else None,
    }
