"""Tissue classes of a brain, estimated from its own images: clusters of brightness, no atlas and no other subject."""

import numpy as np
from scipy.ndimage import binary_dilation, distance_transform_edt, uniform_filter

# Voxels that the clusters are found on; all voxels are then given to the nearest cluster.
MOST_VOXELS = 20_000
# Voxels around a tumour that may be partly of it.
RIM = 2
# Half the side of the box whose healthy voxels say what is under a tumour, in radii of a ball as large as the tumour.
REACH = 1.5


def estimate_tissue(images: np.ndarray, brain: np.ndarray, label: np.ndarray, classes: int) -> np.ndarray:
    """Cluster the healthy voxels of a brain by their brightness in all modalities.

    k-means on the scaled intensities; the clusters are numbered by their brightness in the first modality. With T1
    first and three classes that is CSF, grey matter, white matter. What lies under the tumour cannot be seen: each of
    its voxels gets the most frequent class of the healthy ones in a box around it, so that another tumour can be put on
    this brain. The voxels next to the tumour, which are partly tumour, do not count.

    Parameters
    ----------
    images
        (modalities, z, y, x) scaled intensities.
    brain
        (z, y, x) boolean.
    label
        (z, y, x) tumour labels, 0 for healthy.
    classes
        Number of classes; with fewer than 2 all of the brain is one.

    Returns
    -------
    numpy.ndarray
        (z, y, x) uint8: 0 outside the brain, then 1 to `classes`.
    """
    if classes < 2:
        return brain.astype(np.uint8)
    healthy = brain & (label == 0)
    values = images[:, healthy].T
    sample = values[:: max(1, len(values) // MOST_VOXELS)]
    # Loads for a second, in which other jobs that read prepared subjects are done.
    from sklearn.cluster import KMeans

    clusters = KMeans(classes, n_init=4, random_state=0).fit(sample)
    order = np.argsort(np.argsort(clusters.cluster_centers_[:, 0]))
    tissue = np.zeros(brain.shape, dtype=np.uint8)
    tissue[healthy] = order[clusters.predict(values)] + 1
    models = healthy & ~binary_dilation(label > 0, iterations=RIM)
    return np.where(brain & ~healthy, _guess(tissue, models if models.any() else healthy, label, classes), tissue)


def _guess(tissue: np.ndarray, models: np.ndarray, label: np.ndarray, classes: int) -> np.ndarray:
    """Give the class that is most frequent around each voxel among the models, or the nearest where there are none."""
    radius = np.cbrt(3 * np.count_nonzero(label) / (4 * np.pi))
    side = 2 * round(REACH * radius) + 1
    votes = np.stack(
        [
            uniform_filter((models & (tissue == place)).astype(np.float64), side, mode="constant")
            for place in range(1, classes + 1)
        ]
    )
    nearest = distance_transform_edt(~models, return_distances=False, return_indices=True)
    return np.where(votes.max(axis=0) * side**3 > 0.5, votes.argmax(axis=0) + 1, tissue[tuple(nearest)]).astype(
        np.uint8
    )
