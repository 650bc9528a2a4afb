"""Judge the images of a split's model against held-out real subjects, each score between ceiling and floor."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from syncohort.mri.metrics import COUNTERPARTS, SLICES, TUMOURS, WHITE_MATTER, WHOLE
from syncohort.mri.overlap import dice
from syncohort.mri.painted import class_brightness, paint
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.similarity import compare_images
from syncohort.mri.slice_features import EXTRACTOR, SliceFeatures
from syncohort.mri.texture import NAMES, texture, texture_ratios, white_matter
from syncohort.mri.tumour_features import tumour_features
from syncohort.realism.distances import euclidean
from syncohort.realism.frechet import SAMPLES_PER_DIMENSION, frechet_distance
from syncohort.realism.intervals import bootstrap_interval
from syncohort.realism.kernels import maximum_mean_discrepancy, median_distance
from syncohort.realism.marginals import variance_ratio
from syncohort.realism.neighbours import radii, recall
from syncohort.sources.volumes.labels import NESTED

# Slices of a set that kernels compare, and voxels along an axis of the images that distances are taken of.
MOST_SLICES, MOST_VOXELS = 1000, 32
COLUMNS = ["metric", "space", "value", "ceiling", "floor", "ci_low", "ci_high", "n", "note"]


@dataclass(frozen=True)
class Sets:
    """The subjects that are compared.

    Parameters
    ----------
    test
        Real subjects of the held-out fold.
    counterparts
        What the generator made of their own labels, in the same order.
    synthetic
        Synthetic subjects, of labels of training subjects.
    training
        The real subjects that the generator was trained on.
    """

    test: Sequence[PreparedSubject]
    counterparts: Sequence[PreparedSubject]
    synthetic: Sequence[PreparedSubject]
    training: Sequence[PreparedSubject]

    @property
    def number(self) -> int:
        """Subjects of each set that distributions are compared on: as many of all, so that all are as uncertain."""
        return min(map(len, (self.test, self.synthetic, self.training)))


def judge_pairs(sets: Sets) -> pd.DataFrame:
    """Compare each held-out subject with its counterpart and with its painted label.

    Returns
    -------
    DataFrame
        `subject_id`, `patient_id`, `made` (`synthetic` or `painted`), `modality`, `region`, `ssim`, `psnr` (dB), `mae`.
    """
    brightness = class_brightness(sets.training)
    rows = []
    for real, counterpart in zip(sets.test, sets.counterparts, strict=True):
        names = {key: real.description[key] for key in ("subject_id", "patient_id")}
        for made, images in (("synthetic", counterpart.images), ("painted", paint(real, brightness))):
            rows += [{**names, "made": made, **row} for row in compare_images(real, images)]
    return pd.DataFrame(rows)


def judge_generator(
    sets: Sets,
    pairs: pd.DataFrame,
    consistency: pd.DataFrame,
    segmentation: pd.DataFrame,
    extractor: SliceFeatures,
    seed: int,
) -> pd.DataFrame:
    """Compute every metric of `metrics.py`.

    Parameters
    ----------
    sets
        The subjects.
    pairs
        The table of `judge_pairs`.
    consistency, segmentation
        Scores of segmentation networks trained on real subjects, on synthetic and on held-out real ones.
    extractor
        Features of slices.
    seed
        Seed of intervals and of the slices that are compared.

    Returns
    -------
    DataFrame
        A row per metric and space, `COLUMNS`; `n` counts subjects of each set, and what is not defined is empty.
    """
    rng = np.random.default_rng(seed)
    rows = [
        *_paired_rows(pairs, rng),
        *_slice_rows(sets, extractor, rng),
        *_texture_rows(sets),
        *_consistency_rows(sets, consistency, segmentation, rng),
        *_tumour_rows(sets),
        _nearest_row(sets),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _paired_rows(pairs: pd.DataFrame, rng: np.random.Generator) -> Iterable[dict]:
    patients = pairs.groupby(["made", "region", "patient_id"])[["ssim", "psnr", "mae"]].mean()
    present = [region for region in COUNTERPARTS if region in patients.index.get_level_values("region")]
    for metric in patients.columns:
        for region in present:
            value, low, high = bootstrap_interval(patients.loc["synthetic", region][metric], rng)
            floor = float(patients.loc["painted", region][metric].mean())
            yield {
                "metric": metric,
                "space": region,
                **{"value": value, "ci_low": low, "ci_high": high, "ceiling": np.nan, "floor": floor},
                "n": len(patients.loc["synthetic", region]),
                "note": "a ceiling would need a second image of the same patient",
            }


def _slice_rows(sets: Sets, extractor: SliceFeatures, rng: np.random.Generator) -> Iterable[dict]:
    brightness = class_brightness(sets.training)

    def features(subjects: Sequence[PreparedSubject], images: Callable[[PreparedSubject], np.ndarray]) -> np.ndarray:
        found = [extractor.extract(images(one), one.tissue > 0) for one in subjects[: sets.number]]
        joined = np.concatenate(found).astype(np.float64)
        return joined[rng.permutation(len(joined))[:MOST_SLICES]]

    real = features(sets.test, lambda one: one.images)
    others = {
        "value": features(sets.synthetic, lambda one: one.images),
        "ceiling": features(sets.training, lambda one: one.images),
        "floor": features(sets.synthetic, lambda one: paint(one, brightness)),
    }
    few = min(map(len, (real, *others.values()))) < SAMPLES_PER_DIMENSION * real.shape[1]
    within = euclidean(real, real)
    median = median_distance(within)
    scores = {
        "frechet": lambda other: frechet_distance(real, other),
        "mmd": lambda other: maximum_mean_discrepancy(within, euclidean(other, other), euclidean(real, other), median),
    }
    doubt = "; too few slices for so many features: the distance measures noise" if few else ""
    for metric, score in scores.items():
        yield {
            "metric": metric,
            "space": SLICES,
            **{name: score(other) for name, other in others.items()},
            "n": sets.number,
            "note": f"{EXTRACTOR}; {len(real)} slices{doubt if metric == 'frechet' else ''}",
        }


def _texture_rows(sets: Sets) -> Iterable[dict]:
    brightness = class_brightness(sets.training)

    def textures(subjects: Iterable[PreparedSubject], images: Callable[[PreparedSubject], np.ndarray]) -> list:
        return [texture(images(one), mask) for one in subjects if (mask := white_matter(one)).any()]

    real = textures(sets.test, lambda one: one.images)
    if not real:
        return
    sides = {
        "value": textures(sets.synthetic[: sets.number], lambda one: one.images),
        "ceiling": textures(sets.training[: sets.number], lambda one: one.images),
        "floor": textures(sets.synthetic[: sets.number], lambda one: paint(one, brightness)),
    }
    ratios = {name: texture_ratios(found, real) for name, found in sides.items() if found}
    for place, metric in enumerate(NAMES):
        numbers = {name: found[place] for name, found in ratios.items()}
        yield {"metric": metric, "space": WHITE_MATTER, **numbers, "n": len(real), "note": ""}


def _consistency_rows(
    sets: Sets, consistency: pd.DataFrame, segmentation: pd.DataFrame, rng: np.random.Generator
) -> Iterable[dict]:
    real = segmentation[segmentation["training_set"].isin(consistency["training_set"])]
    labels = [subject.label for subject in sets.test]
    for region, numbers in NESTED.items():
        mine = consistency[consistency["region"] == region].groupby("subject_id")["dice"].mean()
        value, low, high = bootstrap_interval(mine, rng)
        masks = [np.isin(label, numbers) for label in labels]
        strangers = [dice(one, other) for one, other in zip(masks, masks[1:] + masks[:1], strict=True)]
        yield {
            "metric": "mask_consistency",
            "space": region,
            **{"value": value, "ci_low": low, "ci_high": high, "n": len(mine), "note": ""},
            "ceiling": real.loc[real["region"] == region, "dice"].mean(),
            "floor": float(np.mean(strangers)) if len(masks) > 1 else np.nan,
        }


def _tumour_rows(sets: Sets) -> Iterable[dict]:
    real, made, training = (
        np.stack([tumour_features(one) for one in subjects[: sets.number]])
        for subjects in (sets.test, sets.synthetic, sets.training)
    )
    mean, deviation = training.mean(axis=0), training.std(axis=0)
    real, made, training = (
        (values - mean)[:, deviation > 0] / deviation[deviation > 0] for values in (real, made, training)
    )
    collapsed = np.repeat(training[:1], len(training), axis=0)
    scores = {
        "tumour_variance": lambda other: variance_ratio(real, other),
        "tumour_recall": lambda other: recall(euclidean(real, other), radii(euclidean(other, other))),
    }
    for metric, score in scores.items():
        # A variance needs two, and so does a neighbour.
        numbers = [score(other) if sets.number > 1 else np.nan for other in (made, training, collapsed)]
        named = dict(zip(("value", "ceiling", "floor"), numbers, strict=True))
        yield {"metric": metric, "space": TUMOURS, **named, "n": sets.number, "note": ""}


def _nearest_row(sets: Sets) -> dict:
    training, test, made = (
        np.stack([coarse(one) for one in subjects]) for subjects in (sets.training, sets.test, sets.synthetic)
    )
    held_out = float(np.median(euclidean(training, test).min(axis=0)))
    nearest = float(np.median(euclidean(training, made).min(axis=0)))
    return {
        "metric": "nearest_training",
        "space": WHOLE,
        **{"value": nearest / held_out if held_out else np.nan, "ceiling": 1.0, "floor": 0.0},
        "n": len(made),
        "note": f"Euclidean distance of all modalities, in means of blocks so that no axis has more than {MOST_VOXELS} "
        "voxels",
    }


def coarse(subject: PreparedSubject) -> np.ndarray:
    """Average blocks of voxels, so that no axis has more than `MOST_VOXELS`, and give all in a row."""
    images = np.asarray(subject.images, dtype=np.float64)
    for axis in (1, 2, 3):
        block = -(-images.shape[axis] // MOST_VOXELS)
        starts = np.arange(0, images.shape[axis], block)
        sizes = np.diff([*starts, images.shape[axis]])
        shape = [1, 1, 1, 1]
        shape[axis] = len(sizes)
        images = np.add.reduceat(images, starts, axis=axis) / sizes.reshape(shape)
    return images.ravel()
