"""The short functions by which the rules that make cohorts ask for their files and settings."""

from syncohort.core.naming import IMAGE_WINGS
from syncohort.sources.datasets.catalogue import PUBLIC, datasets_of
from syncohort.sources.datasets.memory import memory_of


def cohorts_from(*sources):
    """Regular expression of the cohorts with one of the sources, which matches nothing when there are none."""
    expression = cohorts_with("expression")
    return one_of(name for name in expression if not SETTINGS.cohorts[name].values["source"].keys().isdisjoint(sources))


def cohort_patients(wildcards):
    """Files with the patients of every wing of a cohort."""
    files = {"expression": "cohort.h5ad", "radiogenomics": "radiogenomics/features.tsv"}
    files |= {wing: f"{wing}/subjects.tsv" for wing in IMAGE_WINGS} | {"histology": "histology/images.tsv"}
    return {wing: f"results/{wildcards.cohort}/{files[wing]}" for wing in SETTINGS.cohorts[wildcards.cohort].wings}


def local_files(wildcards):
    """Files of a local source: the matrices and, where given, the sample sheet."""
    local = setting("source", "local")(wildcards)
    return {name: local[name] for name in ("matrix", "samples") if local[name]}


def public_memory(wildcards, input, attempt):
    """Megabytes of memory by the size of what was downloaded; before that Snakemake is to ask again later."""
    return memory_of(setting("source")(wildcards), [Path(record) for record in input]) * attempt


def public_records(wildcards):
    """Records of the datasets that a public source's cohort is read from."""
    return [dataset_record(dataset) for dataset in datasets_of(setting("source")(wildcards))]
