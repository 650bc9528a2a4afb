"""Every metric of synthetic slices: its name, its label and which way is better. Light, for the report reads it."""

from syncohort.realism.metrics import FIDELITY, HIGHER, LOWER, NEAR_ONE, PRIVACY, Metric

# What the metrics look at, in the order of reports.
WHOLE, OUTSIDE, RIM, INSIDE, NODULES = "whole slice", "background", "rim", "nodule", "nodules"
REGIONS = (WHOLE, OUTSIDE, RIM, INSIDE)
STRANGER = "The floor is another background of the same patient."
EMPTY = "The floor is the background without any nodule, under the same mask."

METRICS = (
    Metric(
        "mse",
        "Mean squared difference from the background",
        FIDELITY,
        LOWER,
        f"Of values from 0 to 1, mean over slices; as in Table 1 of Xu et al. for the whole slice. {STRANGER}",
    ),
    Metric(
        "ssim",
        "Structural similarity to the background",
        FIDELITY,
        HIGHER,
        "Wang et al. 2004: Gaussian window with σ of 1.5 pixels. Within the nodule it should be low, or there is none. "
        f"{STRANGER}",
    ),
    Metric(
        "psnr",
        "Peak signal-to-noise ratio to the background, dB",
        FIDELITY,
        HIGHER,
        f"10 log₁₀ of 1 over the mean squared difference, at most 60, mean over slices. {STRANGER}",
    ),
    Metric(
        "frechet",
        "Fréchet distance",
        FIDELITY,
        LOWER,
        "Between synthetic and held-out real nodules, by the features that the note names; comparable only with values "
        f"of the same extractor. {EMPTY}",
    ),
    Metric(
        "mmd",
        "Kernel distance (MMD²)",
        FIDELITY,
        LOWER,
        f"Maximum mean discrepancy of the same features, with Gaussian kernels of five widths. {EMPTY}",
    ),
    Metric(
        "detection",
        "Nodules found by the detector",
        FIDELITY,
        HIGHER,
        "Share of synthetic nodules that a detector trained on real slices finds: the middle of what it marks is "
        f"within the nodule’s radius. The ceiling is that of held-out real nodules. {EMPTY}",
    ),
    Metric(
        "mask_consistency",
        "Mask consistency (Dice)",
        FIDELITY,
        HIGHER,
        "Dice of what the detector marks and the mask that the generator gives. The ceiling is its Dice on held-out "
        "real nodules, the floor the Dice of masks of different patients.",
    ),
    Metric(
        "nodule_variance",
        "Spread of nodules, ratio",
        FIDELITY,
        NEAR_ONE,
        "Ratio, synthetic over real, of the variances of size, density, sharpness of the edge and spiculation, and the "
        "median of the four; near 0 where all nodules look alike (mode collapse). The floor is a single nodule "
        "repeated.",
    ),
    Metric(
        "nodule_recall",
        "Recall of nodules",
        FIDELITY,
        HIGHER,
        "Share of held-out nodules among the neighbours of synthetic ones in these features (Kynkäänniemi et al. 2019, "
        "five neighbours). The floor is a single nodule repeated.",
    ),
    Metric(
        "nearest_training",
        "Distance to the nearest training nodule, ratio",
        PRIVACY,
        NEAR_ONE,
        "Median distance of synthetic nodules to the nearest training nodule, pixel by pixel under the mask, over that "
        "of held-out ones; 0 for copies, which are the floor.",
    ),
)
METRIC = {metric.name: metric for metric in METRICS}
