"""A file on a server, and what is known of it before it comes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """A file to fetch.

    Parameters
    ----------
    url
        Its address.
    name
        Its path below the dataset's folder in the cache.
    size
        Bytes, where known beforehand.
    checksum
        `md5:<hex>` or `sha256:<hex>`; None: only what the server and the format tell.
    bundle, identity
        Where the service gives several files in one tar archive: its address, with `{}` for their identities, separated
        by commas. There a file is the member `<identity>/<last part of its name>`.
    """

    url: str
    name: str
    size: int | None = None
    checksum: str | None = None
    bundle: str | None = None
    identity: str = ""
