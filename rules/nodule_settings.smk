"""The short functions by which the rules of the nodule wing ask for their files."""

NODULE = "results/{cohort}/nodule"


def clinical_records(wildcards):
    """Records of the datasets with the clinical table of a cohort's CT."""
    return [dataset_record(dataset) for dataset in clinical_datasets_of(setting("nodule", "source")(wildcards))]


def nodule_tables(cohort):
    """Tables of a cohort's CT: its subjects, its splits and, where the source has one, its clinical table."""
    clinical = clinical_datasets_of(SETTINGS.cohorts[cohort].values["nodule"]["source"])
    tables = ["nodule/subjects", "splits", *(["nodule/clinical"] if clinical else [])]
    return expand("results/{cohort}/{table}.tsv", cohort=cohort, table=tables)
