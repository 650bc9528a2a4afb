"""What the API of the Genomic Data Commons says of files and cases, as tables in the harmonised names."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.core.errors import InputError
from syncohort.core.io import read_json
from syncohort.sources.samples import harmonise

# What of a case keeps GDC's own name.
DEMOGRAPHIC = ("vital_status", "days_to_death", "race")
DIAGNOSIS = ("ajcc_pathologic_stage", "days_to_last_follow_up")


def read_hits(pages: Iterable[Path], key: str) -> list[dict[str, Any]]:
    """Join the entries of all pages of an answer.

    Raises
    ------
    InputError
        When a page is damaged, or there are fewer entries than the answer says.
    """
    hits, total = [], 0
    for page in pages:
        try:
            data = read_json(page)["data"]
            hits += data["hits"]
            total = data["pagination"]["total"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{key}: {page} is not an answer of the GDC API. Delete it and download again.") from error
    if len(hits) != total:
        raise InputError(
            f"{key}: the listing in {page.parent} has {len(hits)} of {total} entries. Delete the folder and download "
            "again."
        )
    return hits


def files_table(hits: list[dict[str, Any]]) -> pd.DataFrame:
    """Describe files of one aliquot each, sorted by file id.

    Returns
    -------
    DataFrame
        (files, ·) `file_id`, `file_name`, `md5`, `size`, `aliquot` (its barcode), `case`, `dataset` (project),
        `sample_type` (None where the API tells none).
    """
    rows = []
    for hit in hits:
        case = hit["cases"][0]
        samples = case.get("samples") or [{}]
        entity = next(iter(hit.get("associated_entities") or []), {})
        rows.append(
            {
                "file_id": hit["file_id"],
                "file_name": hit["file_name"],
                "md5": hit["md5sum"],
                "size": hit["file_size"],
                "aliquot": entity.get("entity_submitter_id") or _aliquot(samples[0]) or hit["file_id"],
                "case": case["submitter_id"],
                "dataset": case["project"]["project_id"],
                "sample_type": samples[0].get("sample_type"),
            }
        )
    return pd.DataFrame(rows).sort_values("file_id", ignore_index=True)


def _aliquot(sample: dict[str, Any]) -> str | None:
    """Find the aliquot in the tree below a sample."""
    for level in ("portions", "analytes", "aliquots"):
        sample = next(iter(sample.get(level) or []), {})
    return sample.get("submitter_id")


def cases_table(hits: list[dict[str, Any]]) -> pd.DataFrame:
    """Describe cases by their demographic group, their primary diagnosis and their follow-up.

    Returns
    -------
    DataFrame
        (cases, ·) indexed by case: `sex`, `age` (years at diagnosis), `grade`, `stage`, `tissue`, `histology`, and
        under GDC's names vital status, days to death and to the last follow-up, race, pathologic stage, disease
        type. All text, None where unknown.
    """
    rows = {hit["submitter_id"]: _case(hit) for hit in hits}
    table = harmonise.text(pd.DataFrame.from_dict(rows, orient="index"))
    known = {
        "sex": harmonise.sex(harmonise.first_known([table["sex_at_birth"], table["gender"]])),
        # The age at the index date is in whole years, so it is only the second choice.
        "age": harmonise.first_known([harmonise.years(table["age_at_diagnosis"]), table["age_at_index"]]),
        "grade": table["tumor_grade"],
        "stage": harmonise.stage(harmonise.first_known([table["ajcc_pathologic_stage"], table["figo_stage"]])),
        "tissue": harmonise.lower(table["primary_site"]),
        "histology": table["primary_diagnosis"],
    }
    return pd.DataFrame(known).join(table[[*DEMOGRAPHIC, *DIAGNOSIS, "disease_type"]])


def _case(hit: dict[str, Any]) -> dict[str, Any]:
    """Flatten what is read of a case."""
    demographic, diagnosis = hit.get("demographic") or {}, _primary(hit.get("diagnoses") or [])
    row = {name: demographic.get(name) for name in ("sex_at_birth", "gender", "age_at_index", *DEMOGRAPHIC)}
    names = ("age_at_diagnosis", "tumor_grade", "figo_stage", "primary_diagnosis", *DIAGNOSIS)
    row |= {name: diagnosis.get(name) for name in names}
    row |= {name: hit.get(name) for name in ("primary_site", "disease_type")}
    seen = [visit["days_to_follow_up"] for visit in hit.get("follow_ups") or [] if visit.get("days_to_follow_up")]
    if row["days_to_last_follow_up"] is None and seen:
        row["days_to_last_follow_up"] = max(seen)
    return row


def _primary(diagnoses: list[dict[str, Any]]) -> dict[str, Any]:
    """Find the diagnosis of the disease the case was enrolled for; the first where none is marked."""
    marked = [one for one in diagnoses if str(one.get("diagnosis_is_primary_disease")).casefold() == "true"]
    return next(iter([*marked, *diagnoses]), {})
