"""Layouts of high-dimensional samples in a plane, to look at: t-SNE and UMAP."""

import warnings

import numpy as np
from sklearn.manifold import TSNE

NEIGHBOURS, PERPLEXITY = 15, 30.0


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
        (samples, 2). The perplexity is 30, or a third of the samples where they are fewer than 90.
    """
    perplexity = min(PERPLEXITY, (len(values) - 1) / 3)
    found = TSNE(perplexity=perplexity, init="pca", random_state=seed % 2**32).fit_transform(values)
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
        (samples, 2) and (other samples, 2).
    """
    with warnings.catch_warnings():
        # It says that Tensorflow is missing, which it does not need here, and that a seed makes it use one thread.
        warnings.simplefilter("ignore", ImportWarning)
        warnings.simplefilter("ignore", UserWarning)
        # Loads in seconds, for it compiles.
        from umap import UMAP

        mapper = UMAP(n_neighbors=min(NEIGHBOURS, len(fitted) - 1), random_state=seed % 2**32, init="pca")
        places = mapper.fit_transform(fitted)
        return places, mapper.transform(others) if len(others) else np.zeros((0, 2))
