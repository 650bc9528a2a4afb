"""Correction of p-values for their number."""

import numpy as np

BONFERRONI, BENJAMINI_HOCHBERG = "bonferroni", "benjamini_hochberg"


def adjust(p_values: np.ndarray, correction: str) -> np.ndarray:
    """Adjust p-values for their number m: min(1, m p), or Benjamini and Hochberg's (1995) false discovery rate."""
    if correction == BONFERRONI:
        return np.minimum(1.0, len(p_values) * p_values)
    # Loads as long as all else of a short job, and most of them choose genes without it.
    from scipy.stats import false_discovery_control

    return false_discovery_control(p_values, method="bh")
