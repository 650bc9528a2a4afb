"""Which public datasets a cohort is read from; light to import, for the Snakefile reads it at every parse."""

from collections.abc import Callable, Mapping
from typing import Any

from syncohort.core.naming import IMAGE_WINGS

# Source → the names of its datasets, by the settings of a cohort.
PUBLIC: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "gdc": lambda settings: settings["projects"],
    "cgga": lambda settings: settings["datasets"],
    "gtex": lambda settings: [f"{settings['version']}-{settings['scale']}"],
    "xena": lambda settings: [settings["compendium"]],
    "rnaseqdb": lambda settings: [f"{tissue}-{settings['scale']}" for tissue in settings["tissues"]],
    "geo": lambda settings: [settings["series"]],
}

# Image source → the same; with a folder of one's own there is none.
PUBLIC_VOLUMES: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "msd": lambda settings: [] if settings["folder"] else ["Task01_BrainTumour"],
    "tcia": lambda settings: [settings["collection"]],
}


def volume_datasets_of(source: Mapping[str, Any]) -> list[str]:
    """Name the datasets of a cohort's image source, as in `msd/Task01_BrainTumour`."""
    name, settings = next(iter(source.items()))
    return [f"{name}/{dataset}" for dataset in PUBLIC_VOLUMES[name](settings)] if name in PUBLIC_VOLUMES else []


def clinical_datasets_of(source: Mapping[str, Any]) -> list[str]:
    """Name the datasets with the clinical table of a cohort's image source, as in `tcia-tables/NSCLC-Radiogenomics`."""
    return [f"tcia-tables/{settings['collection']}" for name, settings in source.items() if name == "tcia"]


def datasets_of(source: Mapping[str, Any]) -> list[str]:
    """Name the datasets of a cohort's source, as in `gdc/TCGA-KIRC`; none for files of one's own and simulations."""
    name, settings = next(iter(source.items()))
    return [f"{name}/{dataset}" for dataset in PUBLIC[name](settings)] if name in PUBLIC else []


def public_datasets(values: Mapping[str, Any]) -> list[str]:
    """Name all the public datasets that a cohort's settings ask for: those of its sources, and its pathway."""
    images = [values[wing]["source"] for wing in IMAGE_WINGS if wing in values]
    volumes = [name for source in images for name in volume_datasets_of(source) + clinical_datasets_of(source)]
    if "source" not in values:
        return volumes
    selections, pathway = values["expression"]["selections"], values["expression"]["pathway"]
    kegg = "pathway" in selections and pathway["kegg"] and not pathway["genes"]
    return datasets_of(values["source"]) + volumes + ([f"kegg/{pathway['kegg']}"] if kegg else [])
