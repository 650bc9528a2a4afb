"""Names that the rules and the library share; light to import, for the Snakefile reads it at every parse."""

FULL = "full"
# The training set of segmentation networks that the others are held against.
REAL = "real"


def split_names(folds: int) -> list[str]:
    """Names of the splits: `full` for the final model, then `fold0` to `fold{folds-1}`."""
    return [FULL, *fold_names(folds)]


def fold_names(folds: int) -> list[str]:
    """Names of the cross-validation folds."""
    return [f"fold{fold}" for fold in range(folds)]
