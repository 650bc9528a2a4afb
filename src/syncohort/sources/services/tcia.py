"""The Cancer Imaging Archive: the series of a collection, each a zip archive of DICOM files."""

import logging
from typing import Any
from urllib.parse import urlencode

from syncohort.core.errors import InputError
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import LedgerEntry
from syncohort.sources.download.remote_file import RemoteFile

logger = logging.getLogger("syncohort")

# Dataset → what the archive calls the collection.
COLLECTIONS = {"NSCLC-Radiogenomics": "NSCLC Radiogenomics"}


def list_files(dataset: str, entry: LedgerEntry, client: Client) -> list[RemoteFile]:
    """Ask the archive for the segmentations of a collection, and for the CT of the patients who have one.

    Which CT a segmentation was drawn on stands in the segmentation itself, so all CT series of a patient are listed.
    Those of the other patients could not be used.

    Parameters
    ----------
    dataset
        Name of the collection in the ledger.
    entry
        The ledger's entry.
    client
        Client of the archive.

    Returns
    -------
    list
        A zip archive per series, `{patient}/{modality}-{series}.zip`, by name.

    Raises
    ------
    InputError
        When the archive has no such series.
    """
    segmentations, images = (_series(COLLECTIONS[dataset], modality, entry, client) for modality in ("SEG", "CT"))
    patients = {one["PatientID"] for one in segmentations}
    everyone = patients | {one["PatientID"] for one in images}
    logger.info("%s: %d of %d patients have a segmentation", entry.name, len(patients), len(everyone))
    wanted = [*segmentations, *(one for one in images if one["PatientID"] in patients)]
    return sorted((_file(one, client) for one in wanted), key=lambda file: file.name)


def _series(collection: str, modality: str, entry: LedgerEntry, client: Client) -> list[dict[str, Any]]:
    """Ask for the series of a modality."""
    series = client.json("v4/getSeries", may_be_empty=True, Collection=collection, Modality=modality)
    if not series:
        raise InputError(
            f"{entry.source.title} has no {modality} series of the collection {collection}. See "
            f"{entry.source.homepage}."
        )
    return [{**one, "Modality": modality} for one in series]


def _file(series: dict[str, Any], client: Client) -> RemoteFile:
    """Describe the archive of a series."""
    identity = series["SeriesInstanceUID"]
    address = client.url(f"v4/getImage?{urlencode({'SeriesInstanceUID': identity})}")
    return RemoteFile(address, f"{series['PatientID']}/{series['Modality']}-{identity}.zip")
