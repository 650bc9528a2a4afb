"""Every metric of synthetic tiles: its name, its label and which way is better. Light, for the report reads it."""

from syncohort.realism.metrics import FIDELITY, HIGHER, LOWER, NEAR_ONE, PRIVACY, UTILITY, Metric

# What tiles are compared by: what is counted and measured in them, or the features of a network.
CELLS, NETWORK = "cells", "network"
THUMBNAILS = "thumbnails"
# Whose tiles are held against held-out real ones.
TRAINING, SYNTHETIC = "real training tiles", "synthetic"
# What synthetic tiles are made for.
PATIENT, TISSUE, PROFILE, NOISE = "patient", "tissue", "profile", "noise"
SHUFFLED_PIXELS = "The floor is real tiles with their pixels shuffled: the colours stay, the cells go."

METRICS = (
    Metric(
        "mmd",
        "Kernel distance (MMD²)",
        FIDELITY,
        LOWER,
        "Maximum mean discrepancy of synthetic and held-out real tiles, with Gaussian kernels of five widths, "
        f"unbiased. The ceiling is that of real training tiles, as many. {SHUFFLED_PIXELS}",
    ),
    Metric(
        "frechet",
        "Fréchet distance",
        FIDELITY,
        LOWER,
        "Squared distance of two normal distributions with the means and covariances of the features; comparable only "
        f"with values of the same extractor, number and size of tiles. {SHUFFLED_PIXELS}",
    ),
    Metric(
        "tissue_trained_on_synthetic",
        "Tissue of real tiles, learnt from synthetic ones",
        UTILITY,
        HIGHER,
        "Balanced accuracy on held-out real tiles of a random forest trained on synthetic tiles. The ceiling is one "
        "trained on as many real tiles, the floor is chance.",
    ),
    Metric(
        "tissue_trained_on_real",
        "Tissue of synthetic tiles, learnt from real ones",
        FIDELITY,
        HIGHER,
        "The reverse: balanced accuracy on synthetic tiles of a forest trained on real ones. The ceiling is its "
        "accuracy on held-out real tiles, the floor is chance.",
    ),
    Metric(
        "nearest_training",
        "Distance to the nearest training tile, ratio",
        PRIVACY,
        NEAR_ONE,
        "Median distance of synthetic tiles to the nearest training tile at 8 × 8 pixels, over that of held-out real "
        "tiles; near 0 for copies, which are the floor.",
    ),
)
METRIC = {metric.name: metric for metric in METRICS}
