"""Whether what came is the file that was asked for."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import requests

from syncohort.core.errors import InputError
from syncohort.sources.download.archives import DamagedArchive, check_whole
from syncohort.sources.download.partial import PartialFile
from syncohort.sources.download.remote_file import RemoteFile

PAGE = re.compile(rb"\s*<(!doctype html|html|head)", re.IGNORECASE)


def marks_of(response: requests.Response) -> dict[str, Any]:
    """Read from the headers by what a file is known again: `etag`, `modified`, `size`, `checksum`."""
    headers = response.headers
    whole = response.status_code == 200
    size = headers.get("Content-Length", "") if whole else headers.get("Content-Range", "").rpartition("/")[2]
    return {
        "etag": headers.get("ETag"),
        "modified": headers.get("Last-Modified"),
        "size": int(size) if size.isdecimal() else None,
        # Of a part, the header is that of the part with some servers.
        "checksum": announced_checksum(headers) if whole else None,
    }


def announced_checksum(headers: Mapping[str, str]) -> str | None:
    """Read the MD5 that a server announces: `Content-MD5` in base 64 or, as GDC, in hexadecimal; `x-goog-hash`."""
    announced = headers.get("Content-MD5", "") or headers.get("x-goog-hash", "").partition("md5=")[2].split(",")[0]
    if re.fullmatch("[0-9a-fA-F]{32}", announced):
        return f"md5:{announced.lower()}"
    try:
        decoded = base64.b64decode(announced, validate=True)
    except binascii.Error:
        return None
    return f"md5:{decoded.hex()}" if len(decoded) == 16 else None


def find_damage(file: RemoteFile, part: PartialFile) -> str | None:
    """Say what is wrong with a file that has arrived to its end, by all that is known of it.

    Raises
    ------
    InputError
        When it is an archive that expands beyond reason; it is deleted.
    """
    for expected in filter(None, (file.size, part.marks["size"])):
        if part.size != expected:
            return f"{part.size:,} bytes came of {expected:,}"
    with open(part.path, "rb") as opened:
        if PAGE.match(opened.read(200)) and not file.name.endswith("html"):
            return "a web page came instead"
    if part.expected:
        algorithm, _, expected = part.expected.partition(":")
        found = part.checksum(algorithm)
        return None if found == expected else f"its {algorithm} is {found} and should be {expected}"
    try:
        check_whole(part.path)
    except DamagedArchive as error:
        return error.reason
    except InputError:
        part.discard()
        raise
    return None
