"""A simulated cohort with known truth: modules, matched pairs, planted genes, covariates and library-size noise."""

from dataclasses import dataclass
from typing import Any

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR, make_cohort
from syncohort.core.errors import InputError
from syncohort.core.provenance import provenance
from syncohort.core.scale import Scale
from syncohort.sources.curation import Curation
from syncohort.sources.matrices.values import normalise_library_size

PATHWAY = "DEMO_PATHWAY"
COVARIATES = ("sex", "grade", "age")
SEXES = ("female", "male")
GRADES = ("G1", "G2", "G3")
# log2 counts of a gene in an average sample: bulk RNA-seq is this skewed, and its low end gives zeros.
MEAN_LOG2_COUNT, SD_LOG2_COUNT = 5.5, 2.5
# Planted genes are drawn from those at least this high (log2), or their change would drown in counting noise.
TESTABLE_LOG2_COUNT = 5.0
# Planted changes are spread evenly over this range, in units of the setting, as some real changes are small.
PLANTED_RANGE = 0.2, 1.8
# Standard deviations in log2: what a patient's samples share, and what is each sample's own.
PATIENT_SD, SAMPLE_SD = 0.3, 0.4
# Share of a module factor's variance that a patient's two samples have in common.
SHARED_FACTOR_VARIANCE = 0.4


@dataclass(frozen=True)
class SimulatedCohort:
    """A cohort and what is true of it.

    Parameters
    ----------
    cohort
        The cohort, counts at one library size.
    truth
        (genes, ·) `gene`; `module`, empty for none; `log2_fold_change`, planted, tumour over normal; `covariate`
        that shifts the gene, empty for none; `pathway`, whether it is in the pathway; `all_zero`.
    gene_sets
        `DEMO_PATHWAY`, half from each of two modules, and every module by its name.
    """

    cohort: anndata.AnnData
    truth: pd.DataFrame
    gene_sets: dict[str, list[str]]


def simulate_cohort(settings: dict[str, Any], *, seed: int) -> SimulatedCohort:
    """Simulate a cohort.

    Counts are Poisson around a log-normal expression: log2 of a sample's expected count is the gene's level + its
    module's factor × loading + the planted change in tumours + covariate effects + a patient's and a sample's own
    deviation + the sample's depth. A patient's samples share the patient's deviation and part of the factors.
    Sex, grade and age (per standard deviation) act on tumour and normal alike, so they change no fold change.

    Parameters
    ----------
    settings
        The complete mapping `source.simulated`.
    seed
        Equal settings and seed give an equal cohort.

    Raises
    ------
    InputError
        When modules and planted genes do not fit into the number of genes.
    """
    _check(settings)
    rng = np.random.default_rng(seed)
    planting = rng if settings["biology"] is None else np.random.default_rng(settings["biology"])
    level = planting.normal(MEAN_LOG2_COUNT, SD_LOG2_COUNT, settings["genes"])
    truth = _plant(settings, level, planting)
    patients = _patients(settings["patients"], rng)
    obs = _samples(patients, settings["normal_fraction"], rng)
    log2_mean = level + _deviations(obs, truth, settings, rng) + _covariate_effects(obs, truth, settings)
    # Half up in tumours and half down in normals: with planted genes of like levels neither condition has more RNA,
    # so the library-size normalisation does not shift the fold changes of all other genes.
    log2_mean += np.outer((obs["condition"] == TUMOUR) - 0.5, truth["log2_fold_change"])
    depth = np.exp(rng.normal(0.0, settings["library_size_noise"], len(obs)))
    counts = rng.poisson(np.exp2(log2_mean) * depth[:, None]).astype(np.float32)
    counts[:, truth["all_zero"]] = 0
    counts[rng.choice(len(obs), settings["zero_samples"], replace=False)] = 0
    values, obs["library_size"] = normalise_library_size(counts)

    curation = Curation()
    curation.note("samples simulated", len(obs), len(obs), f"{len(patients)} patients, seed {seed}")
    rule = "counts ÷ library size × the cohort's median library size"
    curation.note("samples brought to one library size", len(obs), len(obs), rule)
    record = provenance(seed=seed, settings={"source": {"simulated": settings}}, inputs={})
    var = pd.DataFrame(index=pd.Index(truth["gene"], dtype=object))
    cohort = make_cohort(values, obs, var, Scale("counts"), record, curation.table())
    return SimulatedCohort(cohort, truth, _gene_sets(truth))


def _check(settings: dict[str, Any]) -> None:
    """Stop when the parts do not fit into the whole."""
    genes, members = settings["genes"], settings["modules"] * settings["module_size"]
    if members + settings["zero_genes"] > genes:
        raise InputError(
            f"source.simulated.genes: {genes} genes cannot hold {settings['modules']} modules of "
            f"{settings['module_size']} and {settings['zero_genes']} genes without counts. Give at least "
            f"{members + settings['zero_genes']} genes."
        )
    if settings["pathway_size"] > min(settings["modules"], 2) * settings["module_size"]:
        raise InputError(
            f"source.simulated.pathway_size: a pathway of {settings['pathway_size']} genes does not fit into two "
            f"modules of {settings['module_size']}. Lower it, or raise source.simulated.module_size."
        )
    if settings["zero_samples"] >= settings["patients"]:
        raise InputError(
            f"source.simulated.zero_samples: {settings['zero_samples']} samples without counts would leave nothing of "
            f"{settings['patients']} patients. Give fewer than patients."
        )


def _plant(settings: dict[str, Any], level: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Decide which genes are in a module, change in tumours, follow a covariate or are never counted."""
    genes = settings["genes"]
    truth = pd.DataFrame({"gene": [f"GENE{number:04d}" for number in range(1, genes + 1)]})
    shuffled = rng.permutation(genes)
    members = shuffled[: settings["modules"] * settings["module_size"]].reshape(settings["modules"], -1)
    truth["module"] = ""
    for number, module in enumerate(members, start=1):
        truth.loc[module, "module"] = f"MODULE_{number:02d}"
    truth["all_zero"] = False
    truth.loc[shuffled[genes - settings["zero_genes"] :], "all_zero"] = True

    testable = rng.permutation(np.flatnonzero((level >= TESTABLE_LOG2_COUNT) & ~truth["all_zero"]))
    changed, followers = settings["up"] + settings["down"], settings["covariate_genes"]
    needed = changed + len(COVARIATES) * followers
    if needed > len(testable):
        raise InputError(
            f"source.simulated.genes: of {genes} genes {len(testable)} are expressed enough to carry a planted effect, "
            f"and up + down + {len(COVARIATES)} × covariate_genes asks for {needed}. Raise genes, or lower these."
        )
    by_level = testable[:changed][np.argsort(level[testable[:changed]])]
    # Spread evenly over the levels, so that up and down are alike in all but sign.
    up = np.diff(np.arange(changed + 1) * settings["up"] // max(changed, 1)) > 0
    truth["log2_fold_change"] = 0.0
    size = settings["log2_fold_change"] * rng.permutation(np.linspace(*PLANTED_RANGE, changed))
    truth.loc[by_level, "log2_fold_change"] = np.where(up, size, -size)
    truth["covariate"] = ""
    for number, name in enumerate(COVARIATES):
        start = changed + number * followers
        truth.loc[testable[start : start + followers], "covariate"] = name

    truth["pathway"] = False
    half = settings["pathway_size"] // min(settings["modules"], 2)
    truth.loc[members[0, : settings["pathway_size"] - half * (settings["modules"] > 1)], "pathway"] = True
    truth.loc[members[1:2, :half].ravel(), "pathway"] = True
    return truth


def _patients(number: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw patients with sex, grade and age in years."""
    return pd.DataFrame(
        {
            "patient_id": [f"P{patient:03d}" for patient in range(1, number + 1)],
            "sex": pd.Categorical(rng.choice(SEXES, number), categories=SEXES),
            "grade": pd.Categorical(rng.choice(GRADES, number), categories=GRADES),
            "age": rng.normal(60.0, 12.0, number).clip(20.0, 90.0).round(1),
        }
    )


def _samples(patients: pd.DataFrame, normal_fraction: float, rng: np.random.Generator) -> pd.DataFrame:
    """Give every patient a tumour sample, and a share of them a matched normal."""
    matched = rng.choice(len(patients), round(normal_fraction * len(patients)), replace=False)
    normals = patients.iloc[np.sort(matched)]
    samples = pd.concat([patients.assign(condition=TUMOUR), normals.assign(condition=NORMAL)], ignore_index=True)
    samples.insert(1, "condition", samples.pop("condition"))
    letter = samples["condition"].str[0].str.upper()
    return samples.set_index(pd.Index(samples["patient_id"] + "-" + letter, dtype=object))


def _deviations(
    obs: pd.DataFrame, truth: pd.DataFrame, settings: dict[str, Any], rng: np.random.Generator
) -> np.ndarray:
    """Draw what moves genes together and apart, (samples, genes) in log2: module factors and individual noise."""
    patient = pd.factorize(obs["patient_id"])[0]
    patients, samples, genes = patient.max() + 1, len(obs), len(truth)
    deviation = rng.normal(0.0, PATIENT_SD, (patients, genes))[patient] + rng.normal(0.0, SAMPLE_SD, (samples, genes))
    modules = settings["modules"]
    shared = rng.normal(size=(patients, modules))[patient]
    own = rng.normal(size=(samples, modules))
    factor = np.sqrt(SHARED_FACTOR_VARIANCE) * shared + np.sqrt(1 - SHARED_FACTOR_VARIANCE) * own
    # One gene in five is repressed where its module is active.
    loading = rng.uniform(0.5, 1.0, genes) * rng.choice([1.0, -1.0], genes, p=[0.8, 0.2])
    for number in range(modules):
        members = np.flatnonzero(truth["module"] == f"MODULE_{number + 1:02d}")
        deviation[:, members] += np.outer(factor[:, number], loading[members])
    return deviation


def _covariate_effects(obs: pd.DataFrame, truth: pd.DataFrame, settings: dict[str, Any]) -> np.ndarray:
    """Shift the genes that follow a covariate, (samples, genes) in log2."""
    age = obs["age"].to_numpy()
    strength = {
        "sex": obs["sex"].cat.codes.to_numpy() - 0.5,
        "grade": obs["grade"].cat.codes.to_numpy() - 1.0,
        "age": (age - age.mean()) / age.std(),
    }
    effects = sum(np.outer(strength[name], truth["covariate"] == name) for name in COVARIATES)
    return settings["covariate_effect"] * effects


def _gene_sets(truth: pd.DataFrame) -> dict[str, list[str]]:
    """Name the pathway and every module."""
    modules = truth[truth["module"] != ""].groupby("module")["gene"].agg(list)
    return {PATHWAY: truth.loc[truth["pathway"], "gene"].tolist(), **modules.to_dict()}
