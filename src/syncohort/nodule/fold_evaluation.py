"""The evaluation of a fold's model: slices of held-out patients' genes, their metrics, whether genes move nodules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.seeding import derive_seed
from syncohort.core.splits import TEST, TRAIN
from syncohort.nodule.attribution import attribute_features, rank_genes, rank_modules
from syncohort.nodule.conditioning import Responses, compare_modules, prove_conditioning
from syncohort.nodule.detector import Detector
from syncohort.nodule.evaluation import judge_generator
from syncohort.nodule.features import patient_means
from syncohort.nodule.genes import paired_profiles
from syncohort.nodule.held_out import Painter, choose_examples, held_out_sets
from syncohort.nodule.requests import FEWEST_JUDGED
from syncohort.nodule.slices import BACKGROUND, NODULE, Slices, require_nodules
from syncohort.nodule.trained_generator import TrainedGenerator
from syncohort.realism.gene_modules import gene_modules
from syncohort.training.device import choose_device

# Modules that are found among the most variable genes, where none are given.
MODULES, MOST_VARIABLE, SMALLEST = 12, 2000, 5


@dataclass(frozen=True)
class Judgement:
    """What was found.

    Parameters
    ----------
    metrics
        The table of `judge_generator`.
    conditioning, modules, preservation
        As `prove_conditioning` and `compare_modules` give them; empty of a generator that is told no genes.
    attributions, attributed_modules
        As `rank_genes` and `rank_modules` give them; empty as well.
    examples
        Slices to show, of some held-out patients: `kind` is `real`, `background`, `synthetic` on it, or `swapped`, the
        same with the genes of the next patient; `patient_id` whose lung it is.
    """

    metrics: pd.DataFrame
    conditioning: pd.DataFrame
    modules: pd.DataFrame
    preservation: dict[str, float]
    attributions: pd.DataFrame
    attributed_modules: pd.DataFrame
    examples: Slices


def judge_fold(
    generator: TrainedGenerator,
    detector: Detector,
    slices: dict[str, Slices],
    expression: pd.DataFrame | None,
    modules: Mapping[str, list[str]],
    settings: Mapping[str, Any],
    *,
    seed: int,
    threads: int,
) -> Judgement:
    """Judge the model of a fold on its held-out patients.

    Parameters
    ----------
    generator, detector
        Both trained on the training patients of the fold.
    slices
        The slices of the fold by role.
    expression
        (patients, genes) log expression; None for a generator that is told no genes.
    modules
        Name → genes, to correlate with features; where there are none, modules of the training patients.
    settings
        The complete mapping `nodule.evaluate`.
    seed
        Seed of noise, choices and permutations.
    threads
        CPU threads.

    Raises
    ------
    InputError
        When no held-out patient has a nodule, or fewer than 3 have expression.
    """
    device, rng = choose_device(threads), np.random.default_rng(seed)
    real = require_nodules(slices[TEST], TEST)
    profiles = pd.DataFrame(index=np.unique(real.patients))
    if expression is not None:
        profiles = paired_profiles(real.patients, expression, TEST, FEWEST_JUDGED)
        real = real.only(np.isin(real.patients, profiles.index))
    painter = Painter(generator, profiles, device)
    backgrounds = slices[TEST].of(BACKGROUND, profiles.index.to_numpy())
    sets = held_out_sets(painter, profiles, real, slices[TRAIN].of(NODULE), backgrounds, rng)
    metrics = judge_generator(sets, detector.network(device), derive_seed(seed, "metrics"))
    common = backgrounds.images[rng.permutation(len(backgrounds))[: settings["backgrounds"]]]
    noise = generator.noise(len(common), derive_seed(seed, "noise"))
    examples = choose_examples(painter, profiles, real, backgrounds, noise)
    if expression is None:
        nothing = pd.DataFrame()
        return Judgement(metrics, nothing, nothing, {}, nothing, nothing, examples)
    training = expression[expression.index.isin(slices[TRAIN].patients)]
    responses = Responses(
        own=painter.respond(painter.codes, noise, common),
        other_noise=painter.respond(
            painter.codes, generator.noise(len(common), derive_seed(seed, "other noise")), common
        ),
        zeroed=painter.respond(painter.encode(training.mean().to_frame().T), noise, common)[0],
    )
    truth = patient_means(real, profiles.index)
    permutations = settings["permutations"]
    modules = modules or _modules(training)
    table, preservation = compare_modules(profiles, modules, truth, responses.means, permutations, rng)
    attributions = attribute_features(generator, painter.network, profiles, training, common, noise)
    return Judgement(
        metrics=metrics,
        conditioning=prove_conditioning(responses, truth, permutations, rng),
        modules=table,
        preservation=preservation,
        attributions=rank_genes(attributions),
        attributed_modules=rank_modules(attributions, modules),
        examples=examples,
    )


def _modules(expression: pd.DataFrame) -> dict[str, list[str]]:
    """Find modules of genes among training patients."""
    varying = expression.var().nlargest(MOST_VARIABLE)
    kept = expression[varying[varying > 0].index]
    return gene_modules(kept.to_numpy(), list(kept), MODULES, SMALLEST)
