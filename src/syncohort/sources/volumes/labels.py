"""One coding of tumour labels for all sources: that of BraTS 2023."""

from collections.abc import Iterable, Mapping

import numpy as np

from syncohort.core.errors import InputError

NECROSIS, OEDEMA, ENHANCING = 1, 2, 3
# Necrosis includes the non-enhancing core, as in BraTS since 2017.
LABELS = {"necrosis": NECROSIS, "oedema": OEDEMA, "enhancing": ENHANCING}
# What segmentations are judged on: the nested regions of BraTS, and each label by itself where it is no region already.
NESTED = {
    "whole tumour": (NECROSIS, OEDEMA, ENHANCING),
    "tumour core": (NECROSIS, ENHANCING),
    "enhancing tumour": (ENHANCING,),
}
REGIONS = {**NESTED, "necrosis": (NECROSIS,), "oedema": (OEDEMA,)}
BRATS_2018 = {1: NECROSIS, 2: OEDEMA, 4: ENHANCING}
BRATS_2023 = {1: NECROSIS, 2: OEDEMA, 3: ENHANCING}


def coding_of(settings: Mapping[str, list[int]], labels: Mapping[str, int] = LABELS) -> dict[int, int] | None:
    """Turn the mapping `labels` of a wing into number found → number in our coding; None when it says nothing."""
    names = {**labels, "ignored": 0}
    return {number: names[name] for name, numbers in settings.items() for number in numbers} or None


def brats_coding(found: Iterable[int]) -> dict[int, int]:
    """Tell the coding of a BraTS subject from its labels: 4 is enhancing tumour to 2021, 3 from 2023 on.

    Both at once are of no release from 2018 to 2023 (3 was non-enhancing tumour to 2015, 4 is the resection cavity in
    2024), so then 4 alone is known and 3 is not.
    """
    return BRATS_2018 if 4 in set(found) else BRATS_2023


def check_labels(found: Iterable[int], coding: Mapping[int, int], wing: str) -> None:
    """Stop at a label that the coding does not know.

    Raises
    ------
    InputError
        With the labels found and those known.
    """
    found = sorted(set(found) - {0})
    unknown = [label for label in found if label not in coding]
    if unknown:
        raise InputError(
            f"its label file has the labels {', '.join(map(str, found))}, of which {', '.join(map(str, unknown))} mean "
            f"nothing here (known: {', '.join(map(str, sorted(coding)))}). Say what each means in {wing}.labels"
        )


def harmonise(labels: np.ndarray, coding: Mapping[int, int]) -> np.ndarray:
    """Translate labels to Syncohort's coding: (x, y, z) uint8, 0 for whatever is no tumour."""
    harmonised = np.zeros(labels.shape, dtype=np.uint8)
    for number, meaning in coding.items():
        harmonised[labels == number] = meaning
    return harmonised
