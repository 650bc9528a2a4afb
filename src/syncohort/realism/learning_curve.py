"""The learning curve: what do synthetic samples add to few real ones?"""

import numpy as np
import pandas as pd

from syncohort.realism.classifiers import CLASSIFIERS
from syncohort.realism.intervals import mean_interval
from syncohort.realism.samples import SampleSet, pool
from syncohort.realism.utility import UtilityJudge

# Numbers of real samples; all of them come last.
SIZES = (25, 50, 100)
REPEATS = 5
SCORES = ("balanced accuracy", "AUPR")
COLUMNS = ["classifier", "size", "n", "score", "real", "augmented", "gain", "ci_low", "ci_high"]


def learning_curve(judge: UtilityJudge, release: SampleSet, repeats: int = REPEATS) -> pd.DataFrame:
    """Compare classifiers trained on few real samples with those that have the synthetic ones as well.

    Parameters
    ----------
    judge
        The real samples.
    release
        Synthetic samples; as many as there are real training samples are added. Their generator has seen all training
        samples, whatever their number in a row.
    repeats
        Draws of real and of synthetic samples; where all real ones are used, of synthetic ones only.

    Returns
    -------
    DataFrame
        One row per classifier, number of real samples and score: `classifier`, `size` (`25`, `50`, `100`, `all`), `n`
        (real samples), `score`, `real`, `augmented`, `gain` (means over repeats), `ci_low` and `ci_high` (95 % interval
        of the gain over repeats). Empty where no two labels have enough samples.
    """
    rows = []
    if judge.labels[1]:
        sizes = {str(size): size for size in SIZES if size < len(judge.train)} | {"all": len(judge.train)}
        for name, size in sizes.items():
            drawn = [_one_repeat(judge, release, size, repeat) for repeat in range(repeats)]
            for number, classifier in enumerate(CLASSIFIERS):
                for column, score in enumerate(SCORES):
                    real, augmented = (np.array([pair[side][number, column] for pair in drawn]) for side in (0, 1))
                    gain, low, high = mean_interval(augmented - real)
                    rows.append([classifier, name, size, score, real.mean(), augmented.mean(), gain, low, high])
    return pd.DataFrame(rows, columns=COLUMNS)


def _one_repeat(judge: UtilityJudge, release: SampleSet, size: int, repeat: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of every classifier trained on `size` real samples, and on these and synthetic ones."""
    rng = np.random.default_rng([judge.seed, size, repeat])
    few = judge.train.take(spread(judge.train.groups, size, rng))
    real = judge.real_scores if size == len(judge.train) else judge.trained_on(few)
    return real, judge.trained_on(pool([few, judge.resampled(release, repeat)]))


def spread(groups: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw positions without replacement, every group having its share as nearly as whole numbers allow.

    Parameters
    ----------
    groups
        (samples,) group of each sample.
    size
        Positions to draw, at most as many as samples.
    rng
        Source of the draw.
    """
    order = rng.permutation(len(groups))
    order = order[np.argsort(groups[order], kind="stable")]
    # Every n/size-th of the ordered samples.
    return order[((np.arange(size) + rng.random()) * len(groups) / size).astype(int)]
