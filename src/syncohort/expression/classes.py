"""Classes of samples, those with the same categorical covariates, and the real samples that stand for a wish."""

from collections.abc import Iterator

import numpy as np

from syncohort.expression.covariates import Conditions

# Rows of a table of wishes × samples that are held at a time.
ROWS = 1024


def classes(codes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give each distinct row of (samples, categorical) codes with the positions of its samples, in sorted order."""
    # Without a column, np.unique finds no row; one of zeros makes everything one class.
    padded = np.column_stack([np.zeros(len(codes), dtype=np.int64), codes])
    rows, index = np.unique(padded, axis=0, return_inverse=True)
    for number, row in enumerate(rows):
        yield row[1:], np.flatnonzero(index == number)


def closest_members(codes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Positions of the samples that agree with a (categorical,) wish in the most covariates: in all, where any do."""
    agreeing = (codes == wanted).sum(axis=1)
    return np.flatnonzero(agreeing == agreeing.max())


def draw_matching(
    available: Conditions, wanted: Conditions, rng: np.random.Generator, *, bandwidth: float = 0.5
) -> np.ndarray:
    """Draw a real sample for each wish, with its categorical covariates and numeric ones near it.

    Parameters
    ----------
    available
        Covariates of the real samples.
    wanted
        Covariates wished for.
    rng
        Source of the draw.
    bandwidth
        Standard deviation h of the normal kernel by which a sample at the Euclidean distance d in the standardised
        numeric covariates is drawn with a probability proportional to exp(−d² / 2h²).

    Returns
    -------
    numpy.ndarray
        (wishes,) positions among the real samples, with replacement. Where no sample has the categorical covariates
        of a wish, those that agree in the most of them stand in.
    """
    rows = np.empty(len(wanted), dtype=np.int64)
    for code, places in classes(wanted.codes):
        members = closest_members(available.codes, code)
        if not wanted.numbers.shape[1]:
            rows[places] = rng.choice(members, len(places))
            continue
        for start in range(0, len(places), ROWS):
            part = places[start : start + ROWS]
            gaps = wanted.numbers[part][:, None].astype(float) - available.numbers[members]
            squared = np.square(gaps).sum(axis=2)
            # From the nearest sample, or far away all probabilities would round to zero.
            weights = np.exp((squared.min(axis=1, keepdims=True) - squared) / (2 * bandwidth**2)).cumsum(axis=1)
            reached = rng.random((len(part), 1)) * weights[:, -1:]
            rows[part] = members[(weights <= reached).sum(axis=1)]
    return rows
