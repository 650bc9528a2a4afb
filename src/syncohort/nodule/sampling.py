"""Synthetic slices: patients' genes on their own backgrounds, given profiles, and the way between two gene codes."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.seeding import derive_seed
from syncohort.nodule.features import largest_part, measure_nodules
from syncohort.nodule.generator_network import GeneGenerator
from syncohort.nodule.slices import BACKGROUND, Slices
from syncohort.nodule.trained_generator import TrainedGenerator, encode, synthesise
from syncohort.training.device import choose_device

logger = logging.getLogger("syncohort")

PATIENT, PROFILE, INTERPOLATION = "patient", "profile", "interpolation"


def sample_slices(
    generator: TrainedGenerator,
    slices: Slices,
    expression: pd.DataFrame | None,
    profiles: pd.DataFrame | None,
    settings: Mapping[str, Any],
    *,
    seed: int,
    threads: int,
) -> Slices:
    """Make synthetic slices.

    Parameters
    ----------
    generator
        A trained generator.
    slices
        Slices of the patients whose backgrounds are used.
    expression
        (patients, genes) log expression; None for a generator that is told no genes.
    profiles
        (profiles, genes) further log expression; None without.
    settings
        `backgrounds`, how many each patient or profile gets; `interpolate`, pairs of patients, as `inspect_pairs` lets
        them pass; `steps` from one to the other, both counted.
    seed
        Each row has noise of its own, and an interpolation the same noise and background all the way.
    threads
        CPU threads.

    Returns
    -------
    Slices
        Table: `subject_id` (`SYN_00001`), `patient_id` (the same), `kind` (`patient`, `profile` or `interpolation`),
        `genes_of`, `to` and `position` (0 to 1, of an interpolation), `background_of`, place of the first pixel, and
        the features of `measure_nodules`, empty where no nodule came about.
    """
    backgrounds = slices.of(BACKGROUND)
    imaged = np.unique(backgrounds.patients)
    patients = expression[expression.index.isin(imaged)] if expression is not None else pd.DataFrame(index=imaged)
    network = generator.network(choose_device(threads))
    codes = pd.DataFrame(encode(network, generator.profiles(patients)), index=patients.index)
    plan = [_Row(PATIENT, name, name, codes.loc[name].to_numpy()) for name in codes.index]
    if profiles is not None:
        given = encode(network, generator.profiles(profiles))
        # Whoever's lung it is: profiles take the patients' backgrounds in turn.
        owners = np.resize(codes.index, len(profiles))
        rows = zip(profiles.index, owners, given, strict=True)
        plan += [_Row(PROFILE, name, owner, code) for name, owner, code in rows]
    rng = np.random.default_rng(derive_seed(seed, "backgrounds"))
    made = [(row, place) for row in plan for place in _places(backgrounds, row.owner, settings["backgrounds"], rng)]
    for first, last in settings["interpolate"]:
        steps = _interpolation(codes, first, last, settings["steps"])
        made += [(row, _places(backgrounds, first, 1, None)[0]) for row in steps]
    return _make(generator, network, backgrounds, made, seed)


@dataclass(frozen=True)
class _Row:
    """Synthetic slices to be: a gene code, whose it is and whose lung it lies in; `to` and `position` on the way."""

    kind: str
    name: str
    owner: str
    code: np.ndarray
    to: str | None = None
    position: float = 0.0

    def noise_name(self, place: int) -> str:
        """Rows of one name have the same noise: all steps of an interpolation."""
        return f"{self.kind}/{self.name}/{self.to or place}"


def _interpolation(codes: pd.DataFrame, first: str, last: str, steps: int) -> Sequence[_Row]:
    ends = codes.loc[first].to_numpy(), codes.loc[last].to_numpy()
    shares = np.linspace(0, 1, steps)
    codes_between = [(1 - share) * ends[0] + share * ends[1] for share in shares]
    return [
        _Row(INTERPOLATION, first, first, code, last, share)
        for code, share in zip(codes_between, shares.tolist(), strict=True)
    ]


def _places(backgrounds: Slices, owner: str, number: int, rng: np.random.Generator | None) -> np.ndarray:
    """Choose some of a patient's backgrounds, all where there are fewer."""
    own = np.flatnonzero(backgrounds.patients == owner)
    return own[:number] if rng is None else np.sort(rng.permutation(own)[:number])


def _make(
    generator: TrainedGenerator,
    network: GeneGenerator,
    backgrounds: Slices,
    made: Sequence[tuple[_Row, int]],
    seed: int,
) -> Slices:
    rows, places = [], np.array([place for _, place in made])
    noise = np.concatenate([generator.noise(1, derive_seed(seed, row.noise_name(place))) for row, place in made])
    codes = np.stack([row.code for row, _ in made])
    images, shares = synthesise(network, codes, noise, backgrounds.images[places])
    masks = np.stack([largest_part(share > 0.5) for share in shares])
    for number, (row, place) in enumerate(made, start=1):
        name, origin = f"SYN_{number:05d}", backgrounds.table.iloc[place]
        rows.append(
            {
                **{"subject_id": name, "patient_id": name, "kind": row.kind},
                **{"genes_of": row.name, "to": row.to, "position": row.position, "background_of": row.owner},
                **{axis: origin[axis] for axis in ("x_mm", "y_mm", "z_mm")},
            }
        )
    features = measure_nodules(images, masks, generator.pixel_mm)
    logger.info("%d synthetic slices, %d of them without a nodule", len(rows), features["size"].isna().sum())
    return Slices(images, masks, pd.concat([pd.DataFrame(rows), features], axis=1), generator.pixel_mm)
