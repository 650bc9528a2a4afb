"""TCGA barcodes: patient and condition from a sample's name.

Source: GDC encyclopedia, "TCGA Barcode" and "Sample Type Codes".
"""

import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR

EXAMPLE = "TCGA-A3-3358-01A"
# GDC's words for the sample types that have expression.
SAMPLE_TYPES = {
    "01": "Primary Tumor",
    "02": "Recurrent Tumor",
    "03": "Primary Blood Derived Cancer - Peripheral Blood",
    "04": "Recurrent Blood Derived Cancer - Bone Marrow",
    "05": "Additional - New Primary",
    "06": "Metastatic",
    "07": "Additional Metastatic",
    "08": "Human Tumor Original Cells",
    "09": "Primary Blood Derived Cancer - Bone Marrow",
    "10": "Blood Derived Normal",
    "11": "Solid Tissue Normal",
}
# R's data.frame() turns the dashes of column names into dots.
_PATTERN = r"^(?P<patient>TCGA[-.]\w{2}[-.]\w{4})[-.](?P<type>\d{2})"


def parse_barcodes(sample_ids: pd.Index) -> pd.DataFrame:
    """Read patient and condition from TCGA sample barcodes.

    Parameters
    ----------
    sample_ids
        (samples,) names such as `TCGA-A3-3358-01A-01R-1541-07`, from the sample field on.

    Returns
    -------
    DataFrame
        (samples, 2), indexed by `sample_ids`. `patient_id`: the first three fields, missing where the name is not
        a barcode. `condition`: digits 14–15, 01–09 `tumour`, 10–19 `normal`, missing for anything else (20–29 are
        controls). The vial letter does not matter: `-01B` is a tumour too.
    """
    fields = sample_ids.to_series().astype(str).str.extract(_PATTERN)
    sample_type = pd.to_numeric(fields["type"])
    condition = pd.Series(None, index=sample_ids, dtype=object)
    condition[sample_type.between(1, 9).to_numpy()] = TUMOUR
    condition[sample_type.between(10, 19).to_numpy()] = NORMAL
    return pd.DataFrame({"patient_id": fields["patient"].str.replace(".", "-"), "condition": condition})


def sample_types(sample_ids: pd.Series) -> pd.Series:
    """Tell GDC's name of the sample type that digits 14–15 of TCGA barcodes stand for, None where they tell none."""
    fields = sample_ids.astype(str).str.extract(_PATTERN)
    types = fields["type"].map(SAMPLE_TYPES).astype(object)
    return types.where(types.notna(), None)
