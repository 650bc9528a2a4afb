"""Patients with both tumour and normal tissue: how many a project has, and how many were expected of it."""

import logging
from pathlib import Path

import pandas as pd

from syncohort.core.io import read_tsv

logger = logging.getLogger("syncohort")

# `project`, `pairs` and `source`: how many pairs a ready cohort counts on at least, and by whose count.
EXPECTED = Path(__file__).resolve().parents[4] / "resources" / "matched_pairs.tsv"
TUMOUR, NORMAL = "Primary Tumor", "Solid Tissue Normal"


def count_pairs(files: pd.DataFrame) -> int:
    """Count the patients with a primary tumour and normal tissue, in the table of `files_table`."""
    tumours, normals = (set(files["case"][files["sample_type"] == kind]) for kind in (TUMOUR, NORMAL))
    return len(tumours & normals)


def check_pairs(project: str, files: pd.DataFrame) -> None:
    """Say how many pairs a project has, and warn when they are fewer than the ready cohort counts on."""
    pairs = count_pairs(files)
    logger.info("%s: %d patients have tumour and normal tissue", project, pairs)
    expected = read_tsv(EXPECTED).set_index("project")
    if project in expected.index and pairs < expected.loc[project, "pairs"]:
        logger.warning(
            "%s: at least %d patients with tumour and normal tissue were expected (%s), and the service lists %d. "
            "Paired tests have less to go on than config/cohorts/%s.yaml counts on.",
            project, expected.loc[project, "pairs"], expected.loc[project, "source"], pairs, project.lower(),
        )  # fmt: skip
