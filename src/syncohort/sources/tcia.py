"""The Cancer Imaging Archive: the series of a collection, each a zip archive of DICOM files."""

from urllib.parse import urlencode

from syncohort.core.errors import InputError
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import LedgerEntry
from syncohort.sources.download.remote_file import RemoteFile

# Dataset → what the archive calls the collection, and the kinds of series to fetch.
COLLECTIONS = {"NSCLC-Radiogenomics": ("NSCLC Radiogenomics", ("CT", "SEG"))}


def list_files(dataset: str, entry: LedgerEntry, client: Client) -> list[RemoteFile]:
    """Ask the archive for the series of a collection.

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
    collection, modalities = COLLECTIONS[dataset]
    files = []
    for modality in modalities:
        series = client.json("v4/getSeries", Collection=collection, Modality=modality)
        if not series:
            raise InputError(
                f"{entry.source.title} has no {modality} series of the collection {collection}. See "
                f"{entry.source.homepage}."
            )
        for one in series:
            identity = one["SeriesInstanceUID"]
            address = client.url(f"v4/getImage?{urlencode({'SeriesInstanceUID': identity})}")
            files.append(RemoteFile(address, f"{one['PatientID']}/{modality}-{identity}.zip"))
    return sorted(files, key=lambda file: file.name)
