"""What the code of expression looks like: a map by tissue, tissues exchanged by arithmetic, ways between them."""

import logging
from itertools import permutations

import anndata
import numpy as np
import pandas as pd

from syncohort.core.splits import TEST
from syncohort.histology.trained_autoencoder import TrainedAutoencoder
from syncohort.realism.layout import lay_out

logger = logging.getLogger("syncohort")

STEPS = 11


def map_codes(latents: anndata.AnnData, layout: str, seed: int) -> pd.DataFrame:
    """Lay the codes out in a plane.

    Parameters
    ----------
    latents
        The codes of `embed_cohort`.
    layout
        `UMAP`, which puts held-out samples into the map of the others, or `t-SNE`, which lays all out together.
    seed
        Seed of the layout.

    Returns
    -------
    DataFrame
        `sample_id`, `patient_id`, `tissue`, `role`, `layout`, `x`, `y`.
    """
    table = latents.obs[["patient_id", "tissue", "role"]].rename_axis("sample_id").reset_index()
    x, y = lay_out(layout, latents.X, (table["role"] == TEST).to_numpy(), seed).T
    return table.assign(layout=layout, x=x, y=y)


def exchange_tissues(latents: anndata.AnnData, autoencoder: TrainedAutoencoder, profiles: np.ndarray) -> pd.DataFrame:
    """Add the difference of two tissues' mean codes to every sample of the one, and see what the decoder makes of it.

    Parameters
    ----------
    latents
        The codes of `embed_cohort`.
    autoencoder
        The network of the same split.
    profiles
        (samples, genes) z-scores of the same samples.

    Returns
    -------
    DataFrame
        Per ordered pair of tissues `from`, `to`, `samples` (held-out ones where there are any), `arrived` (share whose
        shifted code is nearest to the mean code of the new tissue), and the mean correlation of the decoded z-scores
        with the mean profile of either tissue, `correlation_from` and `correlation_to`.

    References
    ----------
    Carrillo-Perez et al. 2023: differences of class centroids of the code.
    """
    centres, means = _centres(latents, profiles)
    rows = []
    for one, other in permutations(centres.index, 2):
        moved = latents[_judged(latents, one)].X + (centres.loc[other] - centres.loc[one]).to_numpy()
        nearest = _nearest(moved, centres)
        decoded = autoencoder.decode(moved)
        rows.append(
            {
                "from": one,
                "to": other,
                "samples": len(moved),
                "arrived": float((nearest == other).mean()),
                "correlation_from": _correlation(decoded, means.loc[one]),
                "correlation_to": _correlation(decoded, means.loc[other]),
            }
        )
    return pd.DataFrame(rows, columns=["from", "to", "samples", "arrived", "correlation_from", "correlation_to"])


def walk_between_tissues(
    latents: anndata.AnnData, autoencoder: TrainedAutoencoder, profiles: np.ndarray
) -> pd.DataFrame:
    """Decode codes on the straight line between the mean codes of two tissues.

    Returns
    -------
    DataFrame
        Per pair of tissues and place on the way: `from`, `to`, `share` of the way, and the correlation of the decoded
        z-scores with the mean profile of either tissue.
    """
    centres, means = _centres(latents, profiles)
    rows = []
    for one, other in permutations(centres.index, 2):
        if one > other:
            continue
        for share in np.linspace(0, 1, STEPS):
            code = ((1 - share) * centres.loc[one] + share * centres.loc[other]).to_numpy()
            decoded = autoencoder.decode(code[None])
            rows.append(
                {
                    "from": one,
                    "to": other,
                    "share": round(float(share), 3),
                    "correlation_from": _correlation(decoded, means.loc[one]),
                    "correlation_to": _correlation(decoded, means.loc[other]),
                }
            )
    return pd.DataFrame(rows, columns=["from", "to", "share", "correlation_from", "correlation_to"])


def _centres(latents: anndata.AnnData, profiles: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean code and mean profile of every tissue, of the samples that may be learnt from."""
    known = (latents.obs["role"] != TEST).to_numpy()
    tissue = latents.obs["tissue"].to_numpy()[known]
    return pd.DataFrame(latents.X[known]).groupby(tissue).mean(), pd.DataFrame(profiles[known]).groupby(tissue).mean()


def _judged(latents: anndata.AnnData, tissue: str) -> np.ndarray:
    """Samples of a tissue, the held-out ones where there are any."""
    own = (latents.obs["tissue"] == tissue).to_numpy()
    held_out = own & (latents.obs["role"] == TEST).to_numpy()
    return held_out if held_out.any() else own


def _nearest(codes: np.ndarray, centres: pd.DataFrame) -> np.ndarray:
    """Tissue whose mean code is nearest."""
    distances = np.linalg.norm(codes[:, None] - centres.to_numpy()[None], axis=2)
    return centres.index.to_numpy()[distances.argmin(axis=1)]


def _correlation(decoded: np.ndarray, profile: pd.Series) -> float:
    """Mean Pearson correlation of decoded profiles with a mean profile."""
    centred = decoded - decoded.mean(axis=1, keepdims=True)
    reference = profile.to_numpy() - profile.mean()
    norms = np.linalg.norm(centred, axis=1) * np.linalg.norm(reference)
    return float((centred @ reference / np.maximum(norms, 1e-12)).mean())
