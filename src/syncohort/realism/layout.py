"""Layouts of high-dimensional samples in a plane, to look at: t-SNE and UMAP."""

import warnings

import numpy as np

T_SNE, UMAP = "t-SNE", "UMAP"
NEIGHBOURS, PERPLEXITY = 15, 30.0
# UMAP needs two neighbours of every sample, and one more to choose from.
FEWEST = 4


def lay_out(layout: str, values: np.ndarray, held_out: np.ndarray, seed: int) -> np.ndarray:
    """Lay samples out, of which some are held out.

    Parameters
    ----------
    layout
        `t-SNE`, which lays all of them out together, or `UMAP`, which puts those held out into the map of the others.
    values
        (samples, dimensions).
    held_out
        (samples,) whether each is held out.
    seed
        Seed of the layout.

    Returns
    -------
    numpy.ndarray
        (samples, 2).
    """
    if layout == T_SNE:
        return tsne(values, seed)
    places = np.empty((len(values), 2))
    places[~held_out], places[held_out] = umap(values[~held_out], values[held_out], seed)
    return places


def tsne(values: np.ndarray, seed: int) -> np.ndarray:
    """Lay samples out by t-SNE (van der Maaten and Hinton 2008), begun at the principal components.

    Parameters
    ----------
    values
        (samples, dimensions); all are laid out together, for t-SNE puts no sample into a finished map.
    seed
        Seed of the layout.

    Returns
    -------
    numpy.ndarray
        (samples, 2). The perplexity is 30, or a third of the samples where they are fewer than 90. Samples that do not
        differ all lie at 0.
    """
    if not np.ptp(values, axis=0).any():
        return np.zeros((len(values), 2))
    # Loads for longer than a job computes that draws no map.
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(values) - 1) / 3)
    found = TSNE(perplexity=perplexity, init="pca", random_state=seed % 2**32).fit_transform(_in_a_plane(values))
    return found.astype(np.float64)


def umap(fitted: np.ndarray, others: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Lay samples out by UMAP (McInnes, Healy and Melville 2018), and put others into the map.

    Parameters
    ----------
    fitted
        (samples, dimensions) that the map is made of.
    others
        (other samples, dimensions), of which it learns nothing.
    seed
        Seed of the layout.

    Returns
    -------
    fitted, others
        (samples, 2) and (other samples, 2); NaN where the map would be made of fewer than 4 samples.
    """
    if len(fitted) < FEWEST:
        return tuple(np.full((len(part), 2), np.nan) for part in (fitted, others))
    with warnings.catch_warnings():
        # It says that Tensorflow is missing, which it does not need here, and that a seed makes it use one thread.
        warnings.simplefilter("ignore", ImportWarning)
        warnings.simplefilter("ignore", UserWarning)
        # Loads in seconds, for it compiles.
        from umap import UMAP as Mapper

        mapper = Mapper(n_neighbors=min(NEIGHBOURS, len(fitted) - 1), random_state=seed % 2**32, init="pca")
        places = mapper.fit_transform(_in_a_plane(fitted))
        return places, mapper.transform(_in_a_plane(others)) if len(others) else np.zeros((0, 2))


def _in_a_plane(values: np.ndarray) -> np.ndarray:
    """Give samples of one dimension a second one, in which they do not differ: a layout begins with two."""
    return np.pad(values, ((0, 0), (0, max(0, 2 - values.shape[1]))))
