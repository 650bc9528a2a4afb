"""Distances of synthetic samples to the closest real records: copies, near copies and singled-out people."""

import numpy as np

# The nearest few in a hundred: copies are rare before they are many.
QUANTILE = 0.05
# A synthetic sample is a near-duplicate when its nearest real sample is closer than this share of the distance to the
# nearest sample of another patient.
DUPLICATE_RATIO = 0.5
# Predicates of the singling-out attack: how many, and of how many genes each.
PREDICATES, GENES_PER_PREDICATE = 500, 3


def closest_record_ratio(to_members: np.ndarray, to_others: np.ndarray) -> float:
    """Distance to the closest record: its 5th percentile among members over that among as many others.

    Platzer and Reutterer, Frontiers in Big Data 4:679939, 2021: a generator that does not copy is as near to people it
    was not trained on.

    Parameters
    ----------
    to_members, to_others
        (members, synthetic samples) and (others, synthetic samples) distances.

    Returns
    -------
    float
        1 where both are as near, 0 where synthetic samples are copies of members.
    """
    return _ratio_of_quantiles(to_members.min(axis=0), to_others.min(axis=0))


def neighbour_distance_ratio(
    to_members: np.ndarray, to_others: np.ndarray, member_patients: np.ndarray, other_patients: np.ndarray
) -> float:
    """Nearest-neighbour distance ratio d₁ / d₂: its 5th percentile among members over that among as many others.

    d₁ is the distance to the nearest record, d₂ to the nearest one of another patient; a copy has 0. Arguments as in
    `closest_record_ratio`, and the patient of every member and other.
    """
    pairs = nearest_two(to_members, member_patients), nearest_two(to_others, other_patients)
    # Of two people who are equally near, neither is singled out.
    ratios = (np.divide(nearest, second, out=np.ones_like(second), where=second > 0) for nearest, second in pairs)
    return _ratio_of_quantiles(*ratios)


def near_duplicates(to_records: np.ndarray, patients: np.ndarray) -> float:
    """Share of synthetic samples less than half as far from one patient's record as from any other patient's.

    Parameters
    ----------
    to_records
        (records, synthetic samples) distances.
    patients
        (records,) patient of each record.
    """
    nearest, second = nearest_two(to_records, patients)
    return float((nearest < DUPLICATE_RATIO * second).mean())


def nearest_two(distances: np.ndarray, patients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances (synthetic samples,) to the nearest record, and to the nearest one of another patient.

    Parameters
    ----------
    distances
        (records, synthetic samples).
    patients
        (records,) patient of each record, at least two.
    """
    codes = np.unique(patients, return_inverse=True)[1]
    closest = distances.argmin(axis=0)
    columns = np.arange(distances.shape[1])
    others = np.where(codes[:, None] == codes[closest], np.inf, distances)
    return distances[closest, columns], others.min(axis=0)


def _ratio_of_quantiles(members: np.ndarray, others: np.ndarray) -> float:
    first, second = (np.quantile(values, QUANTILE) for values in (members, others))
    return float(first / second) if second > 0 else np.nan


def singling_out_risk(
    synthetic: np.ndarray, members: np.ndarray, others: np.ndarray, rng: np.random.Generator
) -> float:
    """Risk that synthetic samples point at one person: (τ − τ₀) / (1 − τ₀).

    After Giomi et al., Anonymeter, Proceedings on Privacy Enhancing Technologies 2023(2):312–328, multivariate attack.
    A predicate is made from one synthetic sample and three genes: each at least its value where that is above the
    median, at most where it is below. Of those that hold for one distinct synthetic sample only, τ is the share that
    holds for exactly one member, τ₀ the share that holds for exactly one of as many others, which needs no leak.

    Parameters
    ----------
    synthetic, members, others
        (samples, genes), the same genes.
    rng
        Source of the predicates.

    Returns
    -------
    float
        At most 1, around 0 without a leak; NaN where no predicate could be made.
    """
    genes = synthetic.shape[1]
    if genes < GENES_PER_PREDICATE:
        return np.nan
    # A copy released twice is still one person.
    distinct = np.unique(synthetic, axis=0)
    above = distinct > np.median(distinct, axis=0)
    isolated = found = by_chance = 0
    for record in rng.integers(len(distinct), size=PREDICATES):
        chosen = rng.choice(genes, GENES_PER_PREDICATE, replace=False)
        sign = np.where(above[record, chosen], 1, -1)
        bound = sign * distinct[record, chosen]
        holds = [(sign * each[:, chosen] >= bound).all(axis=1).sum() for each in (distinct, members, others)]
        if holds[0] == 1:
            isolated += 1
            found += holds[1] == 1
            by_chance += holds[2] == 1
    if not isolated or by_chance == isolated:
        return np.nan
    return float((found - by_chance) / (isolated - by_chance))
