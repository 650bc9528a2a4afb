"""Tissue classes of a brain, estimated from its own images: clusters of brightness, no atlas and no other subject."""

import numpy as np
from scipy.ndimage import binary_dilation, distance_transform_edt
from sklearn.cluster import KMeans

# Voxels that the clusters are found on; all voxels are then given to the nearest cluster.
MOST_VOXELS = 20_000
# Voxels around a tumour that may be partly of it.
RIM = 2


def estimate_tissue(images: np.ndarray, brain: np.ndarray, label: np.ndarray, classes: int) -> np.ndarray:
    """Cluster the healthy voxels of a brain by their brightness in all modalities.

    k-means on the scaled intensities; the clusters are numbered by their brightness in the first modality. With T1
    first and three classes that is CSF, grey matter, white matter. What lies under the tumour cannot be seen: each of
    its voxels gets the class of the nearest healthy voxel, so that another tumour can be put on this brain. The voxels
    around the tumour, which are partly tumour, are no model for that.

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
    clusters = KMeans(classes, n_init=4, random_state=0).fit(sample)
    order = np.argsort(np.argsort(clusters.cluster_centers_[:, 0]))
    tissue = np.zeros(brain.shape, dtype=np.uint8)
    tissue[healthy] = order[clusters.predict(values)] + 1
    models = healthy & ~binary_dilation(label > 0, iterations=RIM)
    nearest = distance_transform_edt(
        ~(models if models.any() else healthy), return_distances=False, return_indices=True
    )
    return np.where(brain & ~healthy, tissue[tuple(nearest)], tissue)
