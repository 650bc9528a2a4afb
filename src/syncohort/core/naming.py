"""Names that the rules and the library share; light to import, for the Snakefile reads it at every parse."""

FULL = "full"
# Wings of images, each of which is the key in a cohort file that gives a cohort data for it.
IMAGE_WINGS = ("mri", "nodule", "histology")
# The training set of segmentation networks that the others are held against.
REAL = "real"


def split_names(folds: int, repeats: int = 1) -> list[str]:
    """Names of the splits: `full` for the final model, then the folds."""
    return [FULL, *fold_names(folds, repeats)]


def fold_names(folds: int, repeats: int = 1) -> list[str]:
    """Names of the cross-validation folds, those of all repeats numbered on: `fold0`, `fold1`, …"""
    return [f"fold{fold}" for fold in range(folds * repeats)]
