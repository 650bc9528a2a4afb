"""What a source is read into: a matrix, what is known of its samples, and how to understand both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR
from syncohort.core.scale import Scale
from syncohort.sources.matrices.matrix import Matrix


@dataclass(frozen=True)
class Conventions:
    """How a source writes what every cohort has, and what messages call its settings.

    Parameters
    ----------
    key
        The source in the settings, such as `source.gdc`; keys of its own follow after a point.
    scale
        Scale of the values.
    matrix
        What to name in a message on the matrix: the key of its file, or `key` where the user gives no file.
    patient, condition
        Columns of the samples that tell the patient and the condition. None, or a default name that is absent:
        read from TCGA barcodes.
    labels
        Labels of `tumour` and `normal` in the column `condition`.
    missing
        `drop_genes` leaves out genes with a missing value, `zero` reads it as not detected.
    library_size
        For counts: `median` brings samples to one library size, `none` leaves them.
    """

    key: str
    scale: Scale
    matrix: str
    patient: str | None = "patient_id"
    condition: str | None = "condition"
    labels: Mapping[str, Sequence[str]] = field(default_factory=lambda: {TUMOUR: [TUMOUR], NORMAL: [NORMAL]})
    missing: str = "drop_genes"
    library_size: str = "none"


@dataclass(frozen=True)
class Raw:
    """A source as it was read, before any rule that is not its own.

    Parameters
    ----------
    matrix
        Samples × genes.
    samples
        (samples, ·) what is known of each sample, in the order of the matrix; all text, None where unknown. Public
        sources use the names `patient_id`, `condition`, `sex` (`female`, `male`), `age` (years), `grade`, `stage`,
        `tissue`, `histology` and `dataset`; what they have beyond these keeps its own name.
    conventions
        How to understand both.
    """

    matrix: Matrix
    samples: pd.DataFrame
    conventions: Conventions
