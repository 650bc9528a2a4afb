"""Every metric of synthetic images: its name, its label and which way is better. Light, for the report reads it."""

from syncohort.realism.metrics import FIDELITY, HIGHER, LOWER, NEAR_ONE, PRIVACY, Metric

PAINTED = "Its floor is a label painted in the mean brightness of each class."
# What the metrics look at, in the order of reports.
BRAIN, TUMOUR, RIM = "brain", "tumour", "rim"
COUNTERPARTS = (BRAIN, TUMOUR, RIM)
WHITE_MATTER, SLICES, TUMOURS, WHOLE = "white matter", "slices", "tumours", "whole images"

METRICS = (
    Metric(
        "ssim",
        "Structural similarity",
        FIDELITY,
        HIGHER,
        "Wang et al. 2004, in 3D: Gaussian window with σ of 1.5 voxels, values from −1 to 1, mean over modalities. The "
        f"images of a held-out patient beside those made from the patient’s own label. {PAINTED}",
    ),
    Metric(
        "psnr",
        "Peak signal-to-noise ratio, dB",
        FIDELITY,
        HIGHER,
        f"10 log₁₀ of 4 over the mean squared difference, for values from −1 to 1. {PAINTED}",
    ),
    Metric(
        "mae",
        "Mean absolute difference",
        FIDELITY,
        LOWER,
        f"In units in which the image goes from −1 to 1. {PAINTED}",
    ),
    Metric(
        "frechet",
        "Fréchet distance",
        FIDELITY,
        LOWER,
        "Between slices of synthetic and held-out real images, by the features that the note names; comparable only "
        f"with values of the same extractor. {PAINTED}",
    ),
    Metric(
        "mmd",
        "Kernel distance (MMD²)",
        FIDELITY,
        LOWER,
        f"Maximum mean discrepancy of the same features, with Gaussian kernels of five widths. {PAINTED}",
    ),
    Metric(
        "texture_variance",
        "Local variance, ratio",
        FIDELITY,
        NEAR_ONE,
        "Variance in 3×3×3 voxels of white matter, synthetic over real, geometric mean over modalities; below 1 where "
        f"images are smooth. {PAINTED}",
    ),
    Metric(
        "texture_fine",
        "Fine texture, ratio",
        FIDELITY,
        NEAR_ONE,
        "Power of what varies within a voxel or two (image minus its Gaussian mean with σ of 1 voxel) in white matter, "
        f"synthetic over real. {PAINTED}",
    ),
    Metric(
        "texture_coarse",
        "Coarse texture, ratio",
        FIDELITY,
        NEAR_ONE,
        "Power of what varies over a few voxels (between Gaussian means with σ of 1 and 2 voxels) in white matter, "
        f"synthetic over real. {PAINTED}",
    ),
    Metric(
        "mask_consistency",
        "Mask consistency (Dice)",
        FIDELITY,
        HIGHER,
        "Dice of networks trained on real images, on synthetic ones, against the label these were made from. The "
        "ceiling is their Dice on held-out real images, the floor the Dice of labels of different patients.",
    ),
    Metric(
        "tumour_variance",
        "Spread of tumours, ratio",
        FIDELITY,
        NEAR_ONE,
        "Median ratio, synthetic over real, of the variances of sizes, shares, places and brightness of tumours; near "
        "0 where all tumours look alike (mode collapse). The floor is a single tumour repeated.",
    ),
    Metric(
        "tumour_recall",
        "Recall of tumours",
        FIDELITY,
        HIGHER,
        "Share of held-out tumours among the neighbours of synthetic ones (Kynkäänniemi et al. 2019, five neighbours). "
        "The floor is a single tumour repeated.",
    ),
    Metric(
        "nearest_training",
        "Distance to the nearest training subject, ratio",
        PRIVACY,
        NEAR_ONE,
        "Median distance of synthetic subjects to the nearest training subject over that of held-out ones; 0 for "
        "copies, which are the floor. A synthetic brain has the outline and the tissue of a training subject, so it is "
        "nearer than a stranger.",
    ),
)
METRIC = {metric.name: metric for metric in METRICS}
