"""The verdict on CT nodules: whether they follow the genes, and whether they look and vary as real ones do."""

from typing import Any

import numpy as np
import pandas as pd

from syncohort.nodule.metrics import NODULES, OUTSIDE
from syncohort.report.nodule.contents import NoduleModelReport, NoduleReport
from syncohort.report.wording import decimal, names, signed, words

# A feature follows the genes at this p-value.
ALPHA = 0.05


def verdict(model: NoduleModelReport) -> str:
    """Say in two sentences whether nodules follow the genes, and whether they look and vary as real ones do."""
    scores = model.metrics.set_index(["metric", "space"])
    parts = [f"the background’s structural similarity is {decimal(scores.loc[('ssim', OUTSIDE), 'value'], 2)}"]
    found = scores.loc[("detection", NODULES)]
    shares = [f"{100 * found[side]:.0f} %" for side in ("value", "ceiling")]
    parts.append(f"the detector finds {shares[0]} of the nodules ({shares[1]} of real ones)")
    if ("nodule_variance", NODULES) in scores.index:
        spread = scores.loc[("nodule_variance", NODULES), "value"]
        parts.append(f"they vary {decimal(spread, 2)} times as much as real ones (median of the features)")
    looks = f"{'; '.join(parts)}."
    looks = looks[0].upper() + looks[1:]
    if not model.conditioned:
        return f"This model is told no genes, as a baseline. {looks}"
    table, followed = model.conditioning, _followed(model)
    patients = f"over {int(table['patients'].max())} held-out patients"
    if not len(followed):
        return f"Nodules do not follow the genes in any feature that was measured, {patients}. {looks}"
    described = [f"{words(row.feature)} (r {signed(row.correlation)})" for row in followed.itertuples()]
    return f"Nodules follow the genes, {patients}, in {names(described)}. {looks}"


def _followed(model: NoduleModelReport) -> pd.DataFrame:
    """Rows of the features in which nodules follow the genes."""
    table = model.conditioning
    return table[(table["p_adjusted"] <= ALPHA) & (table["correlation"] > 0)]


def nodule_summary(report: NoduleReport) -> list[dict[str, Any]]:
    """Give the headline of every model as plain values, from which the index is made."""
    return [_summary(model) for model in report.models]


def _summary(model: NoduleModelReport) -> dict[str, Any]:
    """Give the features that follow the genes, background, detection, spread."""
    scores = model.metrics.set_index(["metric", "space"])

    def plain(metric: str, space: str, column: str = "value") -> float | None:
        value = scores[column].get((metric, space), np.nan)
        return float(value) if np.isfinite(value) else None

    return {
        "model": model.name,
        "features": len(model.conditioning),
        "followed": [words(name) for name in _followed(model)["feature"]] if model.conditioned else [],
        "background": plain("ssim", OUTSIDE),
        "found": plain("detection", NODULES),
        "found_real": plain("detection", NODULES, "ceiling"),
        "spread": plain("nodule_variance", NODULES),
    }
