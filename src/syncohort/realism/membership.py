"""Membership inference: can an attacker tell whose samples a generator was trained on?

An attack gives every sample a score, the higher the more it looks like a member. Members are samples the generator was
trained on, others are not, and there are as many of both.
"""

import numpy as np
from scipy.special import logsumexp
from sklearn.metrics import roc_auc_score

from syncohort.realism.distances import euclidean


def attack_auc(members: np.ndarray, others: np.ndarray) -> float:
    """Area under the ROC curve of an attack: 0.5 is guessing, 1 tells all members from all others.

    Parameters
    ----------
    members, others
        Scores of the members and of the others.
    """
    truth = np.repeat([1, 0], [len(members), len(others)])
    return float(roc_auc_score(truth, np.concatenate([members, others])))


def true_positive_rate(members: np.ndarray, others: np.ndarray, false_positive_rate: float) -> float:
    """Share of the members an attack finds while it accuses at most a given share of the others.

    Carlini et al., IEEE Symposium on Security and Privacy, 2022. With m others it cannot accuse fewer than one, so the
    rate of guessing is about (⌊αm⌋ + 1) / (m + 1) and not α.

    Parameters
    ----------
    members, others
        Scores of the members and of the others.
    false_positive_rate
        α, the share of others that may be accused.
    """
    accused = int(false_positive_rate * len(others))
    return float((members > np.sort(others)[::-1][accused]).mean())


def distance_score(distances: np.ndarray) -> np.ndarray:
    """Score by the distance to the nearest synthetic sample (Chen et al., GAN-Leaks, CCS 2020, full black box).

    Parameters
    ----------
    distances
        (samples, synthetic samples).
    """
    return -distances.min(axis=1)


def density_score(samples: np.ndarray, patients: np.ndarray, synthetic: np.ndarray) -> np.ndarray:
    """Score log p_S(x) − log p_R(x): is the sample more probable among synthetic samples than among people?

    After van Breugel et al., Membership inference attacks against synthetic data through overfitting detection (DOMIAS,
    AISTATS 2023), with kernel density estimates. The people are the attacked samples themselves, members and others
    alike, without those of the patient in question: an attacker who knows the population well.

    Parameters
    ----------
    samples
        (samples, components) attacked samples, on axes of like scale.
    patients
        (samples,) patient of each.
    synthetic
        (synthetic samples, components).
    """
    same = patients[:, None] == patients
    return log_density(samples, synthetic) - log_density(samples, samples, without=same)


def log_density(points: np.ndarray, centres: np.ndarray, without: np.ndarray | None = None) -> np.ndarray:
    """Logarithm of a Gaussian kernel density estimate, with the bandwidth of Scott (1992) for a unit variance.

    Parameters
    ----------
    points
        (points, dimensions) where the density is wanted.
    centres
        (centres, dimensions) samples of the density.
    without
        (points, centres) bool: centres that do not count for a point.
    """
    dimensions = points.shape[1]
    bandwidth = len(centres) ** (-1 / (dimensions + 4))
    exponents = -np.square(euclidean(points, centres).astype(np.float64) / bandwidth) / 2
    counted = len(centres)
    if without is not None:
        exponents = np.where(without, -np.inf, exponents)
        counted = (~without).sum(axis=1)
    constant = np.log(counted) + dimensions * np.log(bandwidth * np.sqrt(2 * np.pi))
    return logsumexp(exponents, axis=1) - constant
