"""Which files a dataset has, and which version it is: by the ledger, or by what the service tells."""

from collections.abc import Callable

from syncohort.sources.download.cache import Dataset
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import LedgerEntry
from syncohort.sources.download.remote_file import RemoteFile
from syncohort.sources.services import gdc, kegg, tcia

# Source → how its service is asked for the files of a dataset; those of the others are in the ledger.
LISTED_BY_SERVICE: dict[str, Callable[[str, LedgerEntry, Client], list[RemoteFile]]] = {
    "gdc": gdc.list_files,
    "tcia": tcia.list_files,
}
# Source → how a fetched dataset tells its version; those of the others are in the ledger.
TOLD_BY_FILES: dict[str, Callable[[Dataset], str]] = {
    "gdc": gdc.read_release,
    "kegg": kegg.read_release,
}


def list_files(entry: LedgerEntry, client: Client) -> list[RemoteFile]:
    """List the files of a dataset.

    Raises
    ------
    InputError
        When the service has to be asked and does not answer, or does not have the dataset.
    """
    if entry.source.name in LISTED_BY_SERVICE:
        return LISTED_BY_SERVICE[entry.source.name](entry.dataset, entry, client)
    return [RemoteFile(client.url(file.path), file.name, file.size, file.checksum) for file in entry.files]
