"""The short functions by which the rules of all image wings ask for their files and settings."""

from syncohort.sources.datasets.catalogue import clinical_datasets_of, volume_datasets_of

# A training of images is the longest chain of jobs: what leads to it goes before the jobs of other wings.
FIRST = 10
# Folders that the workflow makes of what it simulates or unpacks, below those of a cohort's wing.
MADE = {"simulated": "phantoms", "patches": "patches", "msd": "Task01_BrainTumour"}
# How volumes lie there that are made: phantoms of brains as BraTS has them, CT in a folder per patient.
CT_FILES = {
    "images": {"ct": "{patient}/{subject}_ct.nii.gz"},
    "label": "{patient}/{subject}_mask.nii.gz",
}
LAYOUT = {
    ("mri", "simulated"): ("brats", {}),
    ("nodule", "simulated"): ("folder", CT_FILES),
    ("nodule", "patches"): ("folder", CT_FILES),
}


def volume_folder(wing):
    """Give the function for the folder that a cohort's volumes are read from: the user's, or one that is made."""

    def find(wildcards):
        kind, source = next(iter(setting(wing, "source")(wildcards).items()))
        made = f"results/{wildcards.cohort}/{wing}/{MADE[kind]}" if kind in MADE else []
        return made if (wing, kind) in LAYOUT else source.get("folder") or made

    return find


def volume_records(wing):
    """Give the function for the records of the public datasets that a cohort's volumes come from."""
    source = setting(wing, "source")
    return lambda wildcards: [dataset_record(dataset) for dataset in volume_datasets_of(source(wildcards))]


def volume_settings(wing, *keys):
    """Give the function for the settings by which volumes are read."""

    def find(wildcards):
        settings = setting(wing)(wildcards)
        kind, source = next(iter(settings["source"].items()))
        kind, given = LAYOUT.get((wing, kind), (kind, source))
        # What is not unpacked is read where it was downloaded to.
        folder = volume_folder(wing)(wildcards) or str(Path(volume_records(wing)(wildcards)[0]).parent)
        return {**{key: settings[key] for key in keys}, "source": {kind: {**given, "folder": folder}}}

    return find
