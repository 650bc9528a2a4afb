"""The tiles of one side of a split, each with the code of its patient's expression."""

import logging
from dataclasses import dataclass

import anndata
import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.core.splits import roles_of_patients
from syncohort.histology.store import TileStore

logger = logging.getLogger("syncohort")

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
        Rows of `tiles.tsv` that are kept.
    splits, split
        The table of splits, and the split.
    latents
        Codes of the samples, `obs` with `patient_id` and `tissue`; None for a cohort without expression.

    Raises
    ------
    InputError
        When no slide meets a sample.
    """
    tiles = tiles.assign(role=roles_of_patients(tiles["patient_id"], splits, split).to_numpy(), code=0)
    if latents is None:
        return TileTable(tiles, np.zeros((1, 0), np.float32))
    keys = latents.obs["patient_id"].astype(str) + "\t" + latents.obs["tissue"].astype(str)
    codes = pd.DataFrame(latents.X, index=keys.to_numpy()).groupby(level=0).mean()
    place = codes.index.get_indexer(tiles["patient_id"] + "\t" + tiles["tissue"])
    matched = place >= 0
    if not matched.any():
        one, other = tiles.iloc[0], latents.obs.iloc[0]
        raise InputError(
            f"No slide meets a sample: slides are of patients such as {one['patient_id']}, tissue {one['tissue']}; "
            f"samples of such as {other['patient_id']}, tissue {other['tissue']}. Set histology.tissue to the column "
            "that has the tissues of the slides, and name patients alike."
        )
    lost = tiles.loc[~matched, "slide_id"].nunique()
    if lost:
        logger.warning(
            "%d of %d slides have no sample of their patient and tissue, and are left out: %s",
            lost,
            tiles["slide_id"].nunique(),
            ", ".join(tiles.loc[~matched, "slide_id"].unique()[:5]),
        )
    kept = tiles.assign(code=place)[matched]
    return TileTable(kept.reset_index(drop=True), codes.to_numpy(dtype=np.float32))


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
