"""A results folder as the workflow leaves it, simulated: two selections, two models, five folds."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from syncohort.core.cohort import make_cohort, write_cohort
from syncohort.core.defaults import with_defaults
from syncohort.core.io import write_json, write_tsv
from syncohort.core.naming import FULL, split_names
from syncohort.core.scale import Scale
from syncohort.core.schema import read_schema, with_kinds
from syncohort.core.splits import TEST, roles_of, split_patients
from syncohort.expression.cross_validation import aggregate_folds, aggregate_learning_curves, aggregate_self_tests
from syncohort.expression.evaluation import FoldScores, evaluate_fold, sample_set
from syncohort.expression.normalisation import Scaler
from syncohort.realism.samples import SampleSet
from syncohort.report.contents import CohortReport, load_cohort_report
from syncohort.report.page import write_cohort_report

FOLDS = 5
PROVENANCE = {
    "versions": {"syncohort": "0.1.0", "python": "3.11.7", "numpy": "2.4.6", "torch": "2.9.0", "snakemake": "9.13.4"},
    "commit": "0123456789ab",
    "seed": 7,
    "settings": {},
    "inputs": {"matrix.tsv.xz": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
}
WGAN_GP = {
    "preset": "default",
    "latent_dimensions": 64,
    "generator_layers": [256, 256],
    "critic_layers": [256, 256],
    "residual_noise": True,
    "optimiser": "adam",
    "generator_learning_rate": 0.0002,
    "critic_learning_rate": 0.0002,
    "batch_size": 32,
    "critic_steps": 5,
    "critic_batches": "fresh",
    "gradient_penalty": 10,
    "average_decay": 0.99,
    "precision": "auto",
    "monitor": "energy",
    "max_steps": 10000,
    "validate_every": 100,
    "patience": 20,
    "smoothing": 0.6,
}
# How much of the real correlation and spread each made-up model keeps.
KEPT = {"wgan-gp": (0.98, 1.0), "thesis": (0.35, 0.45)}


def make_settings() -> dict[str, Any]:
    given = {
        "title": "Kidney clear cell carcinoma",
        "description": "Matched tumour and normal tissue of patients with clear cell carcinoma of the kidney.",
        "citation": "The Cancer Genome Atlas Research Network, Nature 499:43–49, 2013",
        "source": {"local": {"matrix": ["data/matrix.tsv.xz"], "scale": "log2", "log2_offset": 1, "genes_in": "rows"}},
        "samples": {"keep": {}},
        "covariates": {"categorical": ["sex"], "numeric": ["age"], "missing": "error"},
        "splits": {"folds": FOLDS, "repeats": 1, "validation_fraction": 0.15},
        "expression": {
            "selections": ["deg", "pathway"],
            "test": {"method": "signed_rank", "correction": "bonferroni", "alpha": 0.01},
            "fold_change": {"threshold": 1.5, "pseudo_count": 1},
            "pathway": {"gene_sets": "kegg.gmt", "name": "hsa05211", "genes": []},
            "list": {"genes": [], "file": None},
            "all": {"number": None},
            "models": {
                "wgan-gp": WGAN_GP,
                "thesis": WGAN_GP | {"preset": "thesis", "optimiser": "rmsprop", "monitor": "gamma", "max_steps": 4000},
            },
            "sample": {"number": None, "covariates": {}},
            "evaluate": {"named_genes": [], "draws": 3},
        },
    }
    return with_defaults(given, with_kinds(read_schema("cohort"), given))


def make_results(folder: Path, settings: dict[str, Any], *, patients: int, genes: int, pathway: int) -> None:
    """Write `results/{cohort}` for a cohort with `patients` matched pairs."""
    rng = np.random.default_rng(1)
    names = [f"GENE{number}" for number in range(genes)]
    names[:4] = ["VHL", "<script>alert(1)</script>", "NDUFA4L2", "A&B$x$"]
    samples, values = _expression(rng, patients, genes)
    provenance = PROVENANCE | {"settings": settings}
    curation = pd.DataFrame(
        [
            ("duplicate genes", 412, genes + 412, "Rows of one symbol were summed on the linear scale."),
            ("unnamed genes", 29, genes + 441, "Rows named ? were left out."),
            ("repeated samples", 0, 2 * patients, "Of several samples of a patient and condition, the first is kept."),
        ],
        columns=["step", "number", "of", "rule"],
    )
    scale = Scale("log2", 1.0)
    cohort = make_cohort(values, samples, pd.DataFrame(index=names), scale, provenance, curation)
    write_cohort(cohort, folder / "cohort.h5ad")
    splits = split_patients(samples["patient_id"], samples["condition"], folds=FOLDS, validation_fraction=0.15, seed=3)
    write_tsv(splits, folder / "splits.tsv")

    test, change = _statistics(values, names, patients)
    statistics = folder / "expression" / "statistics" / FULL
    write_tsv(
        pd.DataFrame([("gene", "DEAD1", "zero in all samples")], columns=["kind", "name", "reason"]),
        statistics / "removed.tsv",
    )
    write_tsv(test, statistics / "test.tsv")
    write_tsv(change, statistics / "fold_change.tsv")

    limits = settings["expression"]["fold_change"]["threshold"]
    passing = test["significant"] & (change["log2_fold_change"].abs() >= limits)
    chosen = {"deg": np.flatnonzero(passing), "pathway": np.arange(pathway)}
    for selection in settings["expression"]["selections"]:
        positions = chosen[selection]
        status = pd.DataFrame({"gene": np.array(names)[positions], "status": "selected"})
        if selection == "pathway":
            status = pd.concat(
                [status, pd.DataFrame({"gene": ["TCEB1", "PAK7"], "status": "not in the cohort"})], ignore_index=True
            )
        for number, split in enumerate(split_names(FOLDS)):
            # A fold loses a few genes, as real ones do.
            lost = (status.index % 40 == number) & (selection == "deg" and split != FULL)
            write_tsv(status[~lost], folder / "expression" / selection / split / "genes.tsv")
        for model, model_settings in settings["expression"]["models"].items():
            _write_model(folder / "expression" / selection, model, model_settings, cohort, splits, positions, rng)


def _expression(rng: np.random.Generator, patients: int, genes: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Matched pairs with co-expressed modules and planted changes, on the log2 scale."""
    identifiers = [f"P{number:03d}" for number in range(patients)]
    samples = pd.DataFrame(
        {
            "patient_id": np.repeat(identifiers, 2),
            "condition": ["tumour", "normal"] * patients,
            "sex": np.repeat(rng.choice(["female", "male"], patients), 2),
            "age": np.repeat(rng.integers(35, 86, patients), 2),
        }
    )
    samples.index = samples["patient_id"] + np.where(samples["condition"] == "tumour", "-01", "-11")
    modules = rng.normal(size=(2 * patients, 12))
    loadings = np.zeros((12, genes))
    loadings[rng.integers(0, 12, genes), np.arange(genes)] = rng.choice([0.9, 0.7, -0.6], genes)
    effect = np.where(rng.random(genes) < 0.35, rng.normal(0, 2.6, genes), rng.normal(0, 0.25, genes))
    tumour = (samples["condition"] == "tumour").to_numpy()[:, None]
    values = rng.gamma(4, 2, genes) + effect * tumour + modules @ loadings + rng.normal(0, 0.5, (2 * patients, genes))
    return samples, np.maximum(values, 0)


def _statistics(values: np.ndarray, names: list[str], patients: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    tumour, normal = values[::2], values[1::2]
    outcome = stats.wilcoxon(tumour, normal, axis=0, method="asymptotic")
    adjusted = np.minimum(outcome.pvalue * len(names), 1)
    test = pd.DataFrame(
        {
            "gene": names,
            "n": patients,
            "statistic": outcome.statistic,
            "p_value": outcome.pvalue,
            "p_adjusted": adjusted,
            "significant": adjusted < 0.01,
        }
    )
    means = [(np.exp2(part) - 1).mean(axis=0) for part in (tumour, normal)]
    change = pd.DataFrame(
        {
            "gene": names,
            "mean_tumour": means[0],
            "mean_normal": means[1],
            "log2_fold_change": np.log2((means[0] + 1) / (means[1] + 1)),
        }
    )
    return test, change


def _write_model(folder, model, settings, cohort, splits, positions, rng) -> None:
    genes = list(cohort.var_names[positions])
    values = cohort.X[:, positions]
    conditions = cohort.obs["condition"].astype(str).to_numpy()
    for split in split_names(FOLDS):
        write_tsv(_history(rng, settings), folder / split / model / "history.tsv")
    # Judging is slow: one fold is, and the others differ from it a little, as folds do.
    test = (roles_of(cohort, splits, "fold0") == TEST).to_numpy()
    mean, deviation = values[~test].mean(axis=0), values[~test].std(axis=0)
    scaled = (values - mean) / deviation
    imitated = _imitate(scaled[~test], conditions[~test], conditions[test], rng, *KEPT[model])
    judged = _judge(
        sample_set(scaled[~test], cohort.obs[~test].assign(role="train"), []),
        sample_set(scaled[test], cohort.obs[test], []),
        sample_set(imitated, cohort.obs[test].assign(patient_id=cohort.obs_names[test] + "-S"), []),
        Scaler(tuple(genes), mean, deviation, Scale("log2", 1.0)),
    )
    scores = [_varied(judged, rng) for _ in range(FOLDS)]
    for fold, scored in enumerate(scores):
        write_tsv(scored.metrics, folder / f"fold{fold}" / model / "metrics.tsv")
    for aggregate, table, ending in (
        (aggregate_folds, "metrics", ""),
        (aggregate_learning_curves, "learning_curve", ".learning_curve"),
        (aggregate_self_tests, "self_test", ".self_test"),
    ):
        joined = aggregate([getattr(fold, table) for fold in scores])
        write_tsv(joined, folder / "cross_validation" / f"{model}{ending}.tsv")
    record = {"best_step": 5000, "stopped_early": True, "provenance": PROVENANCE, "genes": genes}
    write_json(record, folder / FULL / model / "model.json")
    synthetic = make_cohort(
        np.maximum(_imitate(values, conditions, conditions, rng, *KEPT[model]), 0),
        cohort.obs.set_axis([f"S{number:04d}" for number in range(cohort.n_obs)]),
        cohort.var.iloc[positions],
        Scale("log2", 1.0),
        PROVENANCE,
    )
    write_cohort(synthetic, folder / FULL / model / "synthetic.h5ad")


def _varied(scores: FoldScores, rng: np.random.Generator) -> FoldScores:
    varied = scores.metrics.copy()
    for column in ("value", "ceiling"):
        varied[column] += 0.01 * varied[column].abs() * rng.normal(size=len(varied))
    return dataclasses.replace(scores, metrics=varied)


def _judge(train: SampleSet, test: SampleSet, synthetic: SampleSet, scaler: Scaler) -> FoldScores:
    settings = {"covariates": ["sex", "age"], "named": None, "gene_sets": {}, "pseudo_count": 1.0}
    return evaluate_fold(train, test, [synthetic], scaler=scaler, draws=2, seed=5, **settings)


def _imitate(train, groups, wanted, rng, correlation: float, spread: float) -> np.ndarray:
    """Samples that keep a part of the correlation and of the spread, condition by condition."""
    made = np.empty((len(wanted), train.shape[1]))
    for group in np.unique(wanted):
        members, places = train[groups == group], wanted == group
        centred = members - members.mean(axis=0)
        mixed = rng.normal(size=(places.sum(), len(members))) @ centred / np.sqrt(len(members) - 1)
        alone = rng.normal(size=mixed.shape) * centred.std(axis=0)
        centre = train.mean(axis=0) + spread * (members.mean(axis=0) - train.mean(axis=0))
        made[places] = centre + spread * (np.sqrt(correlation) * mixed + np.sqrt(1 - correlation) * alone)
    return made


def _history(rng: np.random.Generator, settings: dict[str, Any]) -> pd.DataFrame:
    """A training that levels off; the one stopped by max_steps improves to the last."""
    last = settings["max_steps"] if settings["preset"] == "thesis" else 7000
    steps = np.arange(settings["validate_every"], last + 1, settings["validate_every"])
    monitor = 0.12 + 0.9 * np.exp(-steps / 1500) + rng.normal(0, 0.012, len(steps))
    if settings["preset"] != "thesis":
        monitor += 0.1 * np.clip((steps - 5000) / 2000, 0, None)
    smoothed = pd.Series(monitor).ewm(alpha=1 - settings["smoothing"], adjust=False).mean()
    if settings["preset"] == "thesis":
        smoothed = smoothed.cummin() - 1e-6 * steps
    loss = -8 * np.exp(-steps / 1200) - 1.5 + rng.normal(0, 0.15, len(steps))
    return pd.DataFrame(
        {
            "step": steps,
            "critic_loss": loss,
            "generator_loss": rng.normal(0, 0.5, len(steps)),
            "gradient_penalty": np.abs(rng.normal(0.05, 0.01, len(steps))),
            "monitor": monitor,
            "monitor_smoothed": smoothed,
        }
    )


@pytest.fixture(scope="session")
def settings() -> dict[str, Any]:
    return make_settings()


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory, settings: dict[str, Any]) -> Path:
    folder = tmp_path_factory.mktemp("results") / "kidney"
    make_results(folder, settings, patients=72, genes=400, pathway=46)
    return folder


@pytest.fixture(scope="session")
def report(results: Path, settings: dict[str, Any]) -> CohortReport:
    return load_cohort_report(
        results,
        settings=settings,
        changed=frozenset({"title", "source", "expression.test.alpha", "expression.models.thesis"}),
        command=["git checkout 0123456789ab", "snakemake --cores 2 --config 'cohorts=[kidney]'"],
    )


@pytest.fixture(scope="session")
def page(report: CohortReport, results: Path) -> Path:
    path = results / "report.html"
    write_cohort_report(report, path, results / "figures")
    return path
