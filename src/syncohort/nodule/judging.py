"""Everything that is made to judge a split's model: held-out patients' slices, and such that differ in genes alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from syncohort.core.seeding import derive_seed
from syncohort.core.splits import TEST, TRAIN
from syncohort.nodule.conditioning import FEATURES, Responses, compare_modules, prove_conditioning
from syncohort.nodule.detector import Detector
from syncohort.nodule.evaluation import Sets, judge_generator
from syncohort.nodule.features import largest_part, measure_nodules
from syncohort.nodule.generator import GeneGenerator
from syncohort.nodule.genes import paired_profiles
from syncohort.nodule.slices import BACKGROUND, NODULE, Slices, require_nodules
from syncohort.nodule.trained import TrainedGenerator, encode, synthesise
from syncohort.realism.gene_modules import gene_modules
from syncohort.training.device import choose_device

# Held-out slices that are made of each patient for the comparison with real ones; patients who are shown.
PER_PATIENT, SHOWN = 4, 6
# Modules that are found among the most variable genes, where none are given.
MODULES, MOST_VARIABLE, SMALLEST = 12, 2000, 5
REAL, SYNTHETIC, SWAPPED = "real", "synthetic", "swapped"


@dataclass(frozen=True)
class Judgement:
    """What was found.

    Parameters
    ----------
    metrics
        The table of `judge_generator`.
    conditioning, modules, preservation
        As `prove_conditioning` and `compare_modules` give them; empty of a generator that is told no genes.
    examples
        Slices to show, of some held-out patients: `kind` is `real`, `background`, `synthetic` on it, or `swapped`, the
        same with the genes of the next patient; `patient_id` whose lung it is.
    """

    metrics: pd.DataFrame
    conditioning: pd.DataFrame
    modules: pd.DataFrame
    preservation: dict[str, float]
    examples: Slices


class _Painter:
    """A trained generator, its network and the held-out patients' codes.

    Parameters
    ----------
    generator
        The generator.
    profiles
        (patients, genes) log expression of the held-out patients; without columns where it is told no genes.
    """

    def __init__(self, generator: TrainedGenerator, profiles: pd.DataFrame, device: torch.device) -> None:
        self.generator, self.network = generator, generator.network(device)
        self.codes = encode(self.network, generator.profiles(profiles))

    @property
    def mean_code(self) -> np.ndarray:
        """(code,) of the mean of the training patients' genes: z-scores of 0."""
        return encode(self.network, np.zeros((1, self.generator.size.genes), np.float32))[0]

    def paint(self, codes: np.ndarray, noise: np.ndarray, backgrounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Make slices, and the masks of their nodules."""
        network: GeneGenerator = self.network
        images, shares = synthesise(network, codes, noise, backgrounds)
        return images, np.stack([largest_part(share > 0.5) for share in shares])

    def respond(self, codes: np.ndarray, noise: np.ndarray, backgrounds: np.ndarray) -> np.ndarray:
        """Measure every code on every background: (codes, backgrounds, features)."""
        number = len(backgrounds)
        images, masks = self.paint(
            np.repeat(codes, number, axis=0), np.tile(noise, (len(codes), 1)), np.tile(backgrounds, (len(codes), 1, 1))
        )
        features = measure_nodules(images, masks, self.generator.pixel_mm).to_numpy(dtype=float)
        return features.reshape(len(codes), number, -1)


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
        profiles = paired_profiles(real.patients, expression, TEST, 3)
        real = real.only(np.isin(real.patients, profiles.index))
    painter = _Painter(generator, profiles, device)
    backgrounds = slices[TEST].of(BACKGROUND, profiles.index.to_numpy())
    sets = _held_out(painter, profiles, real, slices[TRAIN].of(NODULE), backgrounds, rng)
    metrics = judge_generator(sets, detector.network(device), derive_seed(seed, "metrics"))
    common = backgrounds.images[rng.permutation(len(backgrounds))[: settings["backgrounds"]]]
    noise = generator.noise(len(common), derive_seed(seed, "noise"))
    examples = _examples(painter, profiles, real, backgrounds, noise)
    if expression is None:
        return Judgement(metrics, pd.DataFrame(), pd.DataFrame(), {}, examples)
    responses = Responses(
        own=painter.respond(painter.codes, noise, common),
        other_noise=painter.respond(
            painter.codes, generator.noise(len(common), derive_seed(seed, "other noise")), common
        ),
        zeroed=painter.respond(painter.mean_code[None], noise, common)[0],
    )
    truth = _patient_means(real, profiles.index)
    permutations = settings["permutations"]
    table, preservation = compare_modules(
        profiles,
        modules or _modules(expression.loc[expression.index.isin(slices[TRAIN].patients)]),
        truth,
        responses.means,
        permutations,
        rng,
    )
    return Judgement(metrics, prove_conditioning(responses, truth, permutations, rng), table, preservation, examples)


def _held_out(
    painter: _Painter,
    profiles: pd.DataFrame,
    real: Slices,
    training: Slices,
    backgrounds: Slices,
    rng: np.random.Generator,
) -> Sets:
    """Make slices of every held-out patient's genes on the patient's own backgrounds."""
    place, row = [], []
    for number, name in enumerate(profiles.index):
        own = rng.permutation(np.flatnonzero(backgrounds.patients == name))[:PER_PATIENT]
        place += own.tolist()
        row += [number] * len(own)
    chosen = backgrounds.only(np.array(place))
    noise = painter.generator.noise(len(place), int(rng.integers(2**31)))
    images, masks = painter.paint(painter.codes[row], noise, chosen.images)
    # The patient's next background, in a circle.
    strangers = chosen.images.copy()
    for name in profiles.index:
        own = np.flatnonzero(chosen.patients == name)
        strangers[own] = chosen.images[np.roll(own, 1)]
    made = Slices(images, masks, chosen.table, chosen.pixel_mm)
    return Sets(real, training, made, chosen.images, strangers)


def _patient_means(real: Slices, patients: pd.Index) -> np.ndarray:
    """(patients, features) mean over each patient's real nodules."""
    measured = measure_nodules(real.images, real.masks, real.pixel_mm)
    return measured.groupby(real.patients).mean().reindex(patients)[FEATURES].to_numpy()


def _modules(expression: pd.DataFrame) -> dict[str, list[str]]:
    """Find modules of genes among training patients."""
    varying = expression.var().nlargest(MOST_VARIABLE)
    kept = expression[varying[varying > 0].index]
    return gene_modules(kept.to_numpy(), list(kept), MODULES, SMALLEST)


def _examples(
    painter: _Painter, profiles: pd.DataFrame, real: Slices, backgrounds: Slices, noise: np.ndarray
) -> Slices:
    """Show some patients, from the smallest real nodule to the largest."""
    size = pd.Series(real.masks.sum(axis=(1, 2))).groupby(real.patients).max().reindex(profiles.index)
    order = np.argsort(size.to_numpy(), kind="stable")
    shown = np.unique(np.linspace(0, len(order) - 1, min(SHOWN, len(order))).round().astype(int))
    patients, other = order[shown], np.roll(order[shown], -1)
    images, masks, rows = [], [], []
    for mine, swapped in zip(patients, other, strict=True):
        name = profiles.index[mine]
        own = real.of(NODULE, np.array([name]))
        largest = int(own.masks.sum(axis=(1, 2)).argmax())
        background = backgrounds.of(BACKGROUND, np.array([name])).only(np.array([0]))
        made = painter.paint(painter.codes[[mine, swapped]], noise[[0, 0]], background.images[[0, 0]])
        images += [own.images[largest], background.images[0], *made[0]]
        masks += [own.masks[largest], background.masks[0], *made[1]]
        rows += [
            {"patient_id": name, "genes_of": genes, "kind": kind}
            for kind, genes in zip(
                (REAL, BACKGROUND, SYNTHETIC, SWAPPED), (name, "", name, profiles.index[swapped]), strict=True
            )
        ]
    return Slices(np.stack(images), np.stack(masks), pd.DataFrame(rows), real.pixel_mm)
