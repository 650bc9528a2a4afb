"""Slices of held-out patients to judge a model by: of their genes on their backgrounds, and such as are shown."""

import numpy as np
import pandas as pd
import torch

from syncohort.nodule.evaluation import Sets
from syncohort.nodule.features import largest_part, measure_nodules
from syncohort.nodule.slices import BACKGROUND, NODULE, Slices
from syncohort.nodule.trained_generator import TrainedGenerator, encode, synthesise

# Held-out slices that are made of each patient for the comparison with real ones; patients who are shown.
PER_PATIENT, SHOWN = 4, 6
REAL, SYNTHETIC, SWAPPED = "real", "synthetic", "swapped"


class Painter:
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
        self.codes = self.encode(profiles)

    def encode(self, profiles: pd.DataFrame) -> np.ndarray:
        """Encode log expression (profiles, genes): (profiles, code)."""
        return encode(self.network, self.generator.profiles(profiles))

    def paint(self, codes: np.ndarray, noise: np.ndarray, backgrounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Make slices, and the masks of their nodules."""
        images, shares = synthesise(self.network, codes, noise, backgrounds)
        return images, np.stack([largest_part(share > 0.5) for share in shares])

    def respond(self, codes: np.ndarray, noise: np.ndarray, backgrounds: np.ndarray) -> np.ndarray:
        """Measure every code on every background: (codes, backgrounds, features)."""
        number = len(backgrounds)
        images, masks = self.paint(
            np.repeat(codes, number, axis=0), np.tile(noise, (len(codes), 1)), np.tile(backgrounds, (len(codes), 1, 1))
        )
        features = measure_nodules(images, masks, self.generator.pixel_mm).to_numpy(dtype=float)
        return features.reshape(len(codes), number, -1)


def held_out_sets(
    painter: Painter,
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


def choose_examples(
    painter: Painter, profiles: pd.DataFrame, real: Slices, backgrounds: Slices, noise: np.ndarray
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
