"""Which files a dataset has: those of the ledger, or those that the service lists."""

from collections.abc import Callable

from syncohort.sources import gdc
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import LedgerEntry
from syncohort.sources.download.remote_file import RemoteFile

# Source → the function that asks the service, `(dataset, entry, client) -> files`; the others have fixed files.
LISTED_BY_SERVICE: dict[str, Callable[[str, LedgerEntry, Client], list[RemoteFile]]] = {"gdc": gdc.list_files}


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
