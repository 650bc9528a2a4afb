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
import pandas as pd
import yaml
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.config import read_schema, with_defaults
from syncohort.core.kinds import read_kind, with_kinds
from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.expression.covariates import Conditions, CovariateEncoder, cohort_levels
from syncohort.expression.evaluation import groups_of
from syncohort.expression.generator import load_kind
from syncohort.expression.training import train_generator
from syncohort.realism.controls import matched_subset
from syncohort.realism.energy import energy_distance
from syncohort.realism.gene_correlation import distance_preservation

NEIGHBOURS, COMPONENTS, DRAWS = 5, 50, 3
Draw = Callable[[Conditions, int], np.ndarray]


class Judges:
    """Scores of synthetic samples against the validation samples of one split."""

    def __init__(self, normalised: anndata.AnnData, encoder: CovariateEncoder, categorical: list[str]) -> None:
        roles = normalised.obs["role"].to_numpy()
        self.train, self.real = (normalised.X[roles == role].astype(np.float32) for role in (TRAIN, VALIDATION))
        obs = {role: normalised.obs[roles == role] for role in (TRAIN, VALIDATION)}
        self.train_groups, self.groups = (np.array(groups_of(obs[role], categorical)) for role in (TRAIN, VALIDATION))
        self.conditions = {role: encoder.encode(obs[role]) for role in (TRAIN, VALIDATION)}
        self.space = PCA(min(COMPONENTS, len(self.real) - 1), random_state=0).fit(self.train)

    def score(self, draw: Draw) -> dict[str, float]:
        """Mean scores over draws with the covariates of the validation samples."""
        rows = []
        for seed in range(DRAWS):
            synthetic = draw(self.conditions[VALIDATION], seed)
            precision, recall = precision_recall(self.real, synthetic)
            rows.append(
                {
                    "energy": energy_distance(self.real.astype(float), synthetic.astype(float)),
                    "gamma": distance_preservation(self.real, synthetic),
                    "precision": precision,
                    "recall": recall,
                    "variance": float(np.median(synthetic.var(axis=0) / self.real.var(axis=0))),
                    "auc": self.two_sample_auc(synthetic),
                    "tstr": self.utility(draw(self.conditions[TRAIN], 100 + seed), self.train_groups),
                }
            )
        return pd.DataFrame(rows).mean().to_dict()

    def ceiling(self) -> dict[str, float]:
        """Scores of training samples in the classes of the validation samples."""

        def draw(conditions: Conditions, seed: int) -> np.ndarray:
            if conditions is self.conditions[TRAIN]:
                return self.train
            return self.train[matched_subset(self.train_groups, self.groups, np.random.default_rng(seed))]

        return self.score(draw)

    def two_sample_auc(self, synthetic: np.ndarray) -> float:
        """AUC of boosted trees that tell real from synthetic samples in the space of principal components."""
        values = self.space.transform(np.concatenate([self.real, synthetic]))
        labels = np.repeat([0, 1], [len(self.real), len(synthetic)])
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        trees = HistGradientBoostingClassifier(max_iter=60, min_samples_leaf=5, random_state=0)
        return roc_auc_score(labels, cross_val_predict(trees, values, labels, cv=folds, method="predict_proba")[:, 1])

    def utility(self, synthetic: np.ndarray, groups: np.ndarray) -> float:
        """Balanced accuracy on real samples of a classifier of the group, trained on synthetic ones."""
        classifier = LogisticRegression(max_iter=300).fit(self.space.transform(synthetic), groups)
        known = np.isin(self.groups, groups)
        return balanced_accuracy_score(self.groups[known], classifier.predict(self.space.transform(self.real[known])))


def precision_recall(real: np.ndarray, synthetic: np.ndarray) -> tuple[float, float]:
    """Share of each set within the k-nearest-neighbour balls of the other (Kynkäänniemi et al. 2019)."""

    def covered(points: np.ndarray, centres: np.ndarray) -> float:
        radii = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(centres).kneighbors()[0][:, -1]
        nearest = NearestNeighbors(n_neighbors=len(centres)).fit(centres)
        distances, order = nearest.kneighbors(points)
        return float((distances <= radii[order]).any(axis=1).mean())

    return covered(synthetic, real), covered(real, synthetic)


def resolve(variants: Mapping[str, Mapping]) -> dict[str, dict]:
    """Settings of every variant with the defaults of its kind."""
    given = {"source": {}, "expression": {"models": variants}}
    return with_defaults(given, with_kinds(read_schema("cohort"), given))["expression"]["models"]


def fitted(normalised, levels, numeric, encoder, settings, seed) -> tuple[Draw, str]:
    """Fit or train one variant; also tell its best step."""
    kind = load_kind(settings["kind"])
    if not read_kind(settings["kind"], "expression").trained:
        part = normalised[(normalised.obs["role"] == TRAIN).to_numpy()]
        weights = kind.fit(np.asarray(part.X), encoder.encode(part.obs), settings, seed)
        return lambda conditions, draw: kind.sample(weights, conditions, settings, draw), ""
    with tempfile.TemporaryDirectory() as folder:
        generator, trained, _ = train_generator(
            normalised, levels, numeric, settings, seed=seed, threads=1, checkpoint_seconds=1e9, data_sha256="",
            folder=Path(folder),
        )  # fmt: skip
    best = f"{trained.best_step}/{trained.history['step'].iloc[-1]}"
    return lambda conditions, draw: kind.sample(generator.weights, conditions, settings, draw), best


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
