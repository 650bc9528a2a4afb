"""Tiles on demand: of patients, of tissues, of new expression profiles, as folders of PNG with a list."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import torch

from syncohort.core.io import write_bytes, write_tsv
from syncohort.core.seeding import derive_seed
from syncohort.histology.metrics import NOISE, PATIENT, PROFILE, TISSUE
from syncohort.histology.store import encode_png
from syncohort.histology.tile_generator import TrainedTileGenerator
from syncohort.histology.trained_autoencoder import TrainedAutoencoder, training_codes
from syncohort.sources.matrices.profiles import read_profiles

logger = logging.getLogger("syncohort")

COLUMNS = ["path", "made_for", "name", "patient_id", "tissue", "role"]


@dataclass(frozen=True)
class Request:
    """What some tiles are to be made of.

    Parameters
    ----------
    made_for
        `patient`, `tissue`, `profile`, or `noise` where the cohort has no expression.
    name
        Name of the sample, the tissue or the profile.
    patient
        Patient of the sample; empty for the others.
    tissue
        Tissue of the sample; empty where nobody knows it.
    role
        Role of the patient in the split; empty for the others.
    codes
        (tiles, dimensions) code of each tile.
    """

    made_for: str
    name: str
    patient: str
    tissue: str
    role: str
    codes: np.ndarray


def requests_of_cohort(latents: anndata.AnnData, settings: dict[str, Any], seed: int) -> Iterator[Request]:
    """Ask for tiles of samples and of tissues.

    A sample's tiles are all told its own code; each of a tissue's is told that of a training sample of the tissue,
    drawn at random.

    Parameters
    ----------
    latents
        The codes of `embed_cohort`.
    settings
        The complete mapping `histology.generate`, whose patients `inspect_patients` has found.
    seed
        Seed of the draw.
    """
    obs = latents.obs
    chosen = settings["patients"] or set(obs["patient_id"].astype(str))
    for code, (sample, row) in zip(latents.X, obs.iterrows(), strict=True):
        if str(row["patient_id"]) in chosen:
            codes = np.repeat(code[None], settings["per_patient"], axis=0)
            yield Request(PATIENT, str(sample), str(row["patient_id"]), str(row["tissue"]), str(row["role"]), codes)
    known = training_codes(latents)
    for tissue in sorted(set(known.obs["tissue"])):
        own = known.X[(known.obs["tissue"] == tissue).to_numpy()]
        drawn = np.random.default_rng(derive_seed(seed, tissue)).integers(len(own), size=settings["per_tissue"])
        yield Request(TISSUE, tissue, "", tissue, "", own[drawn])


def requests_of_profiles(path: Path, autoencoder: TrainedAutoencoder, settings: dict[str, Any]) -> Iterator[Request]:
    """Ask for tiles of new expression profiles: a matrix with genes in rows, on the scale of the cohort.

    Genes that the model knows and the matrix lacks count as average, and are named in the log.
    """
    expression = read_profiles(path, "histology.generate.profiles")
    for name, code in zip(expression.index, autoencoder.encode(expression), strict=True):
        yield Request(PROFILE, name, "", "", "", np.repeat(code[None], settings["per_patient"], axis=0))


def request_of_noise(settings: dict[str, Any]) -> Request:
    """Ask for tiles of noise, of a generator that knows no expression."""
    return Request(NOISE, NOISE, "", "", "", np.zeros((settings["per_tissue"], 0), np.float32))


def generate_tiles(
    generator: TrainedTileGenerator, requests: list[Request], folder: Path, seed: int, device: torch.device
) -> pd.DataFrame:
    """Make the tiles that were asked for.

    Parameters
    ----------
    generator
        The generator.
    requests
        What to make; each has noise of its own, so that more requests change no tile of another.
    folder
        Gets `{made_for}/{name}/{number}.png` and `tiles.tsv`.
    seed
        Seed of the noise.
    device
        Device to compute on.

    Returns
    -------
    DataFrame
        `COLUMNS`, a row per tile, as in `tiles.tsv`.
    """
    rows = []
    for request in requests:
        tiles = generator.generate(request.codes, derive_seed(seed, request.made_for, request.name), device)
        for number, tile in enumerate(tiles, start=1):
            path = Path(request.made_for) / request.name / f"{number:03d}.png"
            write_bytes(encode_png(tile), folder / path)
            rows.append([str(path), request.made_for, request.name, request.patient, request.tissue, request.role])
    table = pd.DataFrame(rows, columns=COLUMNS)
    write_tsv(table, folder / "tiles.tsv")
    logger.info("%d tiles made for %d requests", len(table), len(requests))
    return table
