"""How much of a background is left: whole slice, background, rim and nodule, each by itself."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.ndimage import binary_dilation, binary_erosion
from skimage.metrics import structural_similarity

from syncohort.nodule.metrics import INSIDE, OUTSIDE, RIM, WHOLE

# Pixels to either side of the mask's border that are its rim.
RIM_WIDTH = 2
# Wang et al. 2004, as scikit-image has it.
WINDOW = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1.0}
# Equal images would have an infinite ratio.
MOST_PSNR = 60.0


def compare_with_backgrounds(images: np.ndarray, masks: np.ndarray, backgrounds: np.ndarray) -> pd.DataFrame:
    """Compare slices with the backgrounds they were made on.

    Parameters
    ----------
    images, backgrounds
        (slices, rows, columns) in [−1, 1].
    masks
        (slices, rows, columns) boolean.

    Returns
    -------
    DataFrame
        A row per slice and region: `slice`, `region`, `mse` and `ssim` of values from 0 to 1, `psnr` (dB). A slice
        without a nodule has neither rim nor nodule.
    """
    rows = []
    for place, (image, mask, background) in enumerate(zip(images, masks, backgrounds, strict=True)):
        one, other = (image + 1) / 2, (background + 1) / 2
        squared = np.square(one.astype(np.float64) - other)
        _, similar = structural_similarity(one, other, full=True, **WINDOW)
        for region, where in regions(mask).items():
            if where.any():
                mse = float(squared[where].mean())
                psnr = min(MOST_PSNR, 10 * np.log10(1 / max(mse, 1e-12)))
                rows.append({"slice": place, "region": region, "mse": mse, "ssim": similar[where].mean(), "psnr": psnr})
    return pd.DataFrame(rows)


def regions(mask: np.ndarray) -> Mapping[str, np.ndarray]:
    """Part a slice: all of it, the background off the rim, the rim of two pixels to either side, the nodule within."""
    wide, narrow = binary_dilation(mask, iterations=RIM_WIDTH), binary_erosion(mask, iterations=RIM_WIDTH)
    return {WHOLE: np.ones_like(mask), OUTSIDE: ~wide, RIM: wide & ~narrow, INSIDE: narrow}
