"""The tiles of one side of a split, each with the code of its patient's expression."""

from dataclasses import dataclass

import anndata
import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.core.splits import TEST, TRAIN, VALIDATION, roles_of_patients
from syncohort.histology.requests import FEWEST_ASKED
from syncohort.histology.store import TileStore
from syncohort.sources.slides.matching import patient_and_tissue

# Distances are between at least so many tiles, and people are asked about those of held-out patients.
FEWEST = {TRAIN: 2, VALIDATION: 2, TEST: FEWEST_ASKED}
# More than this, in bytes, is read from the archive step by step instead of being held in memory.
MOST_HELD = 8e9


@dataclass(frozen=True)
class TileTable:
    """Tiles with the codes they belong to.

    Parameters
    ----------
    tiles
        Rows of `tiles.tsv` that are kept, with `role` and `code` (row of `codes`).
    codes
        (slides with expression, dimensions) mean code of the samples of a slide's patient and tissue; (1, 0) without
        expression.
    """

    tiles: pd.DataFrame
    codes: np.ndarray

    def of(self, role: str) -> pd.DataFrame:
        """Tiles of a role, slide by slide."""
        return self.tiles[self.tiles["role"] == role].reset_index(drop=True)


def match_tiles(tiles: pd.DataFrame, splits: pd.DataFrame, split: str, latents: anndata.AnnData | None) -> TileTable:
    """Give every tile its role in a split and the code of its patient's sample of the same tissue.

    Parameters
    ----------
    tiles
        Rows of `tiles.tsv` that are kept, of slides that meet a sample, as `read_image_cohort` includes them.
    splits, split
        The table of splits, and the split.
    latents
        Codes of the samples, `obs` with `patient_id` and `tissue`; None for a cohort without expression.

    Raises
    ------
    InputError
        When a part of the split has fewer than 2 tiles, between which nothing can be compared, or 4 of held-out
        patients.
    """
    tiles = tiles.assign(role=roles_of_patients(tiles["patient_id"], splits, split).to_numpy(), code=0)
    for role in splits[split].unique():
        number = int((tiles["role"] == role).sum())
        if number < FEWEST[role]:
            raise InputError(
                f"The {role} part of {split} has {number} tile{'' if number == 1 else 's'}, and needs at least "
                f"{FEWEST[role]}. Add slides, lower splits.folds, raise splits.validation_fraction, or let more tiles "
                "of a slide be kept (histology.tile)."
            )
    if latents is None:
        return TileTable(tiles, np.zeros((1, 0), np.float32))
    keys = patient_and_tissue(latents.obs["patient_id"], latents.obs["tissue"])
    codes = pd.DataFrame(latents.X, keys).groupby(level=[0, 1]).mean()
    places = pd.Series(np.arange(len(codes)), codes.index)
    own = places.loc[patient_and_tissue(tiles["patient_id"], tiles["tissue"])]
    return TileTable(tiles.assign(code=own.to_numpy()), codes.to_numpy(dtype=np.float32))


class Images:
    """Images of some tiles, held in memory when they fit into it, else read when they are asked for.

    Parameters
    ----------
    store
        Where they are read from; it stays open as long as they are needed.
    names
        Their names.
    """

    def __init__(self, store: TileStore, names: pd.Series) -> None:
        self.store, self.names = store, names.to_numpy()
        first = store.read(self.names[:1])
        self.size = first.shape[1]
        self.held = store.read(self.names) if first.nbytes * len(self.names) <= MOST_HELD else None

    def __len__(self) -> int:
        return len(self.names)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Give (rows, size, size, 3) uint8."""
        return self.held[rows] if self.held is not None else self.store.read(self.names[rows])
