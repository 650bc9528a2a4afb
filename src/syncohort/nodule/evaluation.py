"""Judge the slices of a split's model against held-out real ones, each score between ceiling and floor."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from monai.networks.nets import DynUNet

from syncohort.nodule.detector import EXTRACTOR, find_nodules, hits, nodule_features
from syncohort.nodule.detector_training import dice
from syncohort.nodule.features import FEATURES, measure_nodules
from syncohort.nodule.metrics import NODULES, REGIONS
from syncohort.nodule.regions import compare_with_backgrounds
from syncohort.nodule.slices import Slices
from syncohort.realism.distances import euclidean
from syncohort.realism.frechet import SAMPLES_PER_DIMENSION, frechet_distance
from syncohort.realism.intervals import bootstrap_interval
from syncohort.realism.kernels import maximum_mean_discrepancy, median_distance
from syncohort.realism.marginals import variance_ratio
from syncohort.realism.neighbours import radii, recall

COLUMNS = ["metric", "space", "value", "ceiling", "floor", "ci_low", "ci_high", "n", "note"]
# Nodules of a set that distributions are compared on.
MOST_NODULES = 500


@dataclass(frozen=True)
class Sets:
    """The slices that are compared.

    Parameters
    ----------
    real, training
        Nodules of held-out and of training patients.
    synthetic
        Slices made of the held-out patients' genes on backgrounds of theirs.
    backgrounds
        (slices, rows, columns) the background of each synthetic slice.
    strangers
        (slices, rows, columns) another background of the same patient, or the same where there is no other.
    """

    real: Slices
    training: Slices
    synthetic: Slices
    backgrounds: np.ndarray
    strangers: np.ndarray


def judge_generator(sets: Sets, detector: DynUNet, seed: int) -> pd.DataFrame:
    """Compute every metric of `metrics.py`.

    Parameters
    ----------
    sets
        The slices.
    detector
        A trained detector.
    seed
        Seed of intervals and of the nodules that are compared.

    Returns
    -------
    DataFrame
        A row per metric and space, `COLUMNS`; `n` counts slices, and what is not defined is empty. Intervals are over
        patients.
    """
    rng = np.random.default_rng(seed)
    made = sets.synthetic.masks.any(axis=(1, 2))
    rows = [*_background_rows(sets, rng), *_detection_rows(sets, detector, rng)]
    if made.sum() >= 2:
        rows += [
            *_distribution_rows(sets, made, detector, rng),
            *_spread_rows(sets, made, rng),
            _nearest_row(sets, made),
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _background_rows(sets: Sets, rng: np.random.Generator) -> Iterable[dict]:
    mine, strange = (
        compare_with_backgrounds(images, sets.synthetic.masks, sets.backgrounds)
        for images in (sets.synthetic.images, sets.strangers)
    )
    patient = pd.Series(sets.synthetic.patients)
    # A patient's only background is no other one.
    other = np.flatnonzero((sets.strangers != sets.backgrounds).any(axis=(1, 2)))
    strange = strange[strange["slice"].isin(other)]
    for metric in ("mse", "ssim", "psnr"):
        for region in REGIONS:
            rows = mine[mine["region"] == region]
            if not len(rows):
                continue
            means = rows.groupby(rows["slice"].map(patient))[metric].mean()
            value, low, high = bootstrap_interval(means, rng)
            floor = strange.loc[strange["region"] == region, metric].mean()
            yield {"metric": metric, "space": region, "value": value, "floor": floor, "ci_low": low, "ci_high": high,
                   "n": len(rows), "note": ""}  # fmt: skip


def _detection_rows(sets: Sets, detector: DynUNet, rng: np.random.Generator) -> Iterable[dict]:
    synthetic, real = sets.synthetic, sets.real
    found = {
        "value": find_nodules(detector, synthetic.images),
        "ceiling": find_nodules(detector, real.images),
        "floor": find_nodules(detector, sets.backgrounds),
    }
    masks = {"value": synthetic.masks, "ceiling": real.masks, "floor": synthetic.masks}
    patient = pd.Series(synthetic.patients)
    hit = {name: hits(found[name], masks[name]) for name in found}
    value, low, high = bootstrap_interval(pd.Series(hit["value"] * 1.0).groupby(patient).mean(), rng)
    numbers = {"value": value, "ceiling": hit["ceiling"].mean(), "floor": hit["floor"].mean()}
    yield {"metric": "detection", "space": NODULES, **numbers, "ci_low": low, "ci_high": high, "n": len(patient)}
    overlap = dice(found["value"], synthetic.masks)
    value, low, high = bootstrap_interval(pd.Series(overlap).groupby(patient).mean(), rng)
    strangers = dice(real.masks, np.roll(real.masks, len(real) // 2, axis=0))
    numbers = {"value": value, "ceiling": dice(found["ceiling"], real.masks).mean(), "floor": strangers.mean()}
    yield {"metric": "mask_consistency", "space": NODULES, **numbers, "ci_low": low, "ci_high": high,
           "n": len(patient)}  # fmt: skip


def _distribution_rows(sets: Sets, made: np.ndarray, detector: DynUNet, rng: np.random.Generator) -> Iterable[dict]:
    synthetic, real, training = sets.synthetic.only(made), sets.real, sets.training
    number = min(MOST_NODULES, len(synthetic), len(real), len(training))

    def features(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
        chosen = rng.permutation(len(images))[:number]
        return nodule_features(detector, images[chosen], masks[chosen])

    held_out = features(real.images, real.masks)
    others = {
        "value": features(synthetic.images, synthetic.masks),
        "ceiling": features(training.images, training.masks),
        "floor": features(sets.backgrounds[made], synthetic.masks),
    }
    within = euclidean(held_out, held_out)
    median = median_distance(within)
    scores = {
        "frechet": lambda other: frechet_distance(held_out, other),
        "mmd": lambda other: maximum_mean_discrepancy(
            within, euclidean(other, other), euclidean(held_out, other), median
        ),
    }
    few = number < SAMPLES_PER_DIMENSION * held_out.shape[1]
    doubt = "; too few nodules for so many features: the distance measures noise" if few else ""
    for metric, score in scores.items():
        note = f"{EXTRACTOR}; {number} nodules{doubt if metric == 'frechet' else ''}"
        numbers = {name: score(other) for name, other in others.items()}
        yield {"metric": metric, "space": NODULES, **numbers, "n": number, "note": note}


def _spread_rows(sets: Sets, made: np.ndarray, rng: np.random.Generator) -> Iterable[dict]:
    measured = [
        measure_nodules(part.images, part.masks, part.pixel_mm).dropna().to_numpy()
        for part in (sets.synthetic.only(made), sets.real, sets.training)
    ]
    number = min(map(len, measured))
    if number < 2:
        return
    mean, deviation = measured[2].mean(axis=0), measured[2].std(axis=0)
    varying = deviation > 0
    made_of, real, training = (
        (values[rng.permutation(len(values))[:number]] - mean)[:, varying] / deviation[varying] for values in measured
    )
    collapsed = np.repeat(training[:1], number, axis=0)
    # The median of too much of one feature and too little of another looks right, so each stands by itself as well.
    names = [name.replace("_", " ") for name, kept in zip(FEATURES, varying, strict=True) if kept]
    columns = {NODULES: slice(None)} | {name: [place] for place, name in enumerate(names)}
    scores = {
        ("nodule_variance", space): lambda other, kept=kept: variance_ratio(real[:, kept], other[:, kept])
        for space, kept in columns.items()
    }
    scores["nodule_recall", NODULES] = lambda other: recall(euclidean(real, other), radii(euclidean(other, other)))
    for (metric, space), score in scores.items():
        numbers = dict(zip(("value", "ceiling", "floor"), map(score, (made_of, training, collapsed)), strict=True))
        yield {"metric": metric, "space": space, **numbers, "n": number, "note": ""}


def _nearest_row(sets: Sets, made: np.ndarray) -> dict:
    training, real, synthetic = (
        (np.where(part.masks, part.images, -1.0)).reshape(len(part), -1).astype(np.float64)
        for part in (sets.training, sets.real, sets.synthetic.only(made))
    )
    held_out = float(np.median(euclidean(training, real).min(axis=0)))
    nearest = float(np.median(euclidean(training, synthetic).min(axis=0)))
    return {
        "metric": "nearest_training",
        "space": NODULES,
        **{"value": nearest / held_out if held_out else np.nan, "ceiling": 1.0, "floor": 0.0},
        "n": len(synthetic),
        "note": "Euclidean distance of the pixels under the mask, others black",
    }
