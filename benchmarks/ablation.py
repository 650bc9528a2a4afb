"""Compare settings of generators on the inner validation patients of one split, with a few quick judges.

Run: python benchmarks/ablation.py results/<cohort>/expression/<selection>/fold0/normalised.h5ad \\
         --variants variants.yaml --categorical tissue dataset

`variants.yaml` maps a name to the settings of a model, as `models` of a cohort's file does. The file given holds no
test patients: what is chosen by this table has not seen them. The row `real` is of training samples in their place.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import anndata
import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.defaults import with_defaults
from syncohort.core.kinds import load_kind, read_kind
from syncohort.core.schema import read_schema, with_kinds
from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.expression.covariates import Conditions, CovariateEncoder, cohort_levels
from syncohort.expression.evaluation import sample_set
from syncohort.expression.metrics import METRIC
from syncohort.expression.training import train_generator
from syncohort.realism.attack import Population
from syncohort.realism.comparison import Comparer
from syncohort.realism.controls import matched_subset
from syncohort.realism.principal import Projection
from syncohort.realism.privacy import PrivacyJudge
from syncohort.realism.samples import SampleSet, pool
from syncohort.realism.utility import UtilityJudge
from syncohort.training.job import Job

DRAWS = 5
IN_GENES = ("energy_distance", "gamma_distances", "precision", "recall", "variance_ratio")
IN_COMPONENTS = ("two_sample_trees",)
Draw = Callable[[Conditions, int], np.ndarray]


class Judges:
    """Scores of synthetic samples against the validation samples of one split."""

    def __init__(self, normalised: anndata.AnnData, encoder: CovariateEncoder, categorical: list[str]) -> None:
        parts = {role: normalised[(normalised.obs["role"] == role).to_numpy()] for role in (TRAIN, VALIDATION)}
        self.samples = {role: part.obs for role, part in parts.items()}
        self.conditions = {role: encoder.encode(part.obs) for role, part in parts.items()}
        self.categorical = categorical
        self.train, self.real = (self.sample_set(role, np.asarray(part.X)) for role, part in parts.items())
        projection = Projection.fit(self.train.values)
        self.comparers = [
            Comparer(self.real, [], [METRIC[name] for name in IN_GENES], seed=1),
            Comparer(self.real, [], [METRIC[name] for name in IN_COMPONENTS], seed=1, space=projection),
        ]
        self.utility = UtilityJudge(self.train, self.real, projection, seed=1)
        self.privacy = PrivacyJudge(Population(self.train, self.real, projection, 1, None), DRAWS * len(self.real))

    def sample_set(self, role: str, values: np.ndarray) -> SampleSet:
        """Join values with what is known of the samples of a role."""
        return sample_set(values.astype(np.float32), self.samples[role], self.categorical)

    def score(self, draw: Draw) -> dict[str, float]:
        """Mean scores over draws with the covariates of the validation samples, or for utility of the training ones."""
        drawn = [self.sample_set(VALIDATION, draw(self.conditions[VALIDATION], seed)) for seed in range(DRAWS)]
        cohorts = [self.sample_set(TRAIN, draw(self.conditions[TRAIN], seed)) for seed in range(DRAWS, 2 * DRAWS)]
        scores = {}
        for comparer in self.comparers:
            scores |= zip((metric.name for metric in comparer.metrics), comparer.scores(drawn), strict=True)
        scores["tstr"] = np.mean([self.utility.trained_on(cohort)[:, 0].mean() for cohort in cohorts])
        scores[f"tstr_{DRAWS}x"] = self.utility.trained_on(pool(cohorts))[:, 0].mean()
        attacked = zip(self.privacy.metrics, self.privacy.scores(pool(drawn)), strict=True)
        scores |= {metric.name: value for metric, value in attacked if metric.name == "membership_distance"}
        return scores

    def ceiling(self) -> dict[str, float]:
        """Scores of training samples in the classes of the validation samples, who are all members of themselves."""

        def draw(conditions: Conditions, seed: int) -> np.ndarray:
            if conditions is self.conditions[TRAIN]:
                return self.train.values
            return self.train.values[matched_subset(self.train.groups, self.real.groups, np.random.default_rng(seed))]

        return self.score(draw)


def resolve(variants: Mapping[str, Mapping]) -> dict[str, dict]:
    """Settings of every variant with the defaults of its kind."""
    given = {"source": {}, "expression": {"models": variants}}
    return with_defaults(given, with_kinds(read_schema("cohort"), given))["expression"]["models"]


def fitted(normalised, levels, numeric, encoder, settings, seed) -> tuple[Draw, str]:
    """Fit or train one variant; also tell its best step."""
    kind = load_kind(settings["kind"], "expression")
    part = normalised[(normalised.obs["role"] == TRAIN).to_numpy()]
    given = np.asarray(part.X, dtype=np.float32), encoder.encode(part.obs), settings, seed
    weights = kind.fit(*given) if hasattr(kind, "fit") else {}
    best = ""
    if read_kind(settings["kind"], "expression").trained:
        with tempfile.TemporaryDirectory() as folder:
            generator, trained = train_generator(normalised, levels, numeric, settings, "", Job(seed, Path(folder)))
        best = f"{trained.best_step}/{trained.history['step'].iloc[-1]}"
        # The validation samples judge here, so that what was fitted to them at last is not used.
        weights = {**generator.weights, **weights}
    return lambda conditions, draw: kind.sample(weights, conditions, settings, draw), best


def main() -> None:
    """Print a row per variant and seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("normalised", type=Path)
    parser.add_argument("--variants", type=Path, required=True)
    parser.add_argument("--only", nargs="*", help="names of the variants to run")
    parser.add_argument("--categorical", nargs="*", default=[])
    parser.add_argument("--numeric", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    normalised = anndata.read_h5ad(arguments.normalised)
    levels = cohort_levels(normalised.obs, arguments.categorical)
    encoder = CovariateEncoder.fit(normalised.obs, levels, arguments.numeric)
    judges = Judges(normalised, encoder, arguments.categorical)
    variants = resolve(yaml.safe_load(arguments.variants.read_text()))

    def show(name: str, scores: dict[str, float], best: str, seconds: float) -> None:
        print(f"{name:28}" + " ".join(f"{key} {value:6.3f}" for key, value in scores.items()), best, f"{seconds:.0f}s",
              flush=True)  # fmt: skip

    show("real", judges.ceiling(), "", 0)
    for name in arguments.only or variants:
        for seed in range(1, arguments.seeds + 1):
            started = time.perf_counter()
            draw, best = fitted(normalised, levels, arguments.numeric, encoder, variants[name], seed)
            seconds = time.perf_counter() - started
            show(f"{name} #{seed}", judges.score(draw), best, seconds)


if __name__ == "__main__":
    main()
