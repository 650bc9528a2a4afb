"""What a service is asked and what it answers."""

import email.message
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Request:
    """What came over the wire.

    Parameters
    ----------
    method
        `GET`, `HEAD` or `POST`.
    service, path
        `/kegg/get/hsa05211` is the path `/get/hsa05211` of the service `kegg`, percent signs decoded.
    query
        Fields of the query string, decoded; of repeated ones the last.
    headers
        Headers, found in any case.
    body
        What was posted.
    began
        Seconds on the server's clock.
    """

    method: str
    service: str
    path: str
    query: Mapping[str, str]
    headers: email.message.Message
    body: bytes = b""
    began: float = 0.0

    def json(self) -> Any:
        """Posted JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What goes back.

    Parameters
    ----------
    body
        The content, or a file with it.
    status, content_type, headers
        As in HTTP; `Content-Length`, `Content-Range` and the headers of the fields below are added.
    etag, modified
        `ETag` with its quotes, and `Last-Modified`, where the real service sends them.
    filename
        Name in `Content-Disposition: attachment`.
    md5
        Whether `Content-MD5` is sent, in hexadecimal as GDC does.
    ranges
        Whether parts can be asked for.
    length
        Whether the length is told; otherwise the body comes in chunks.
    resets_after
        Fault: the connection is reset after so many bytes of the body.
    drips
        Fault: seconds between two bytes of the body.
    """

    body: bytes | Path = b""
    status: int = 200
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: str | None = None
    filename: str | None = None
    md5: bool = False
    ranges: bool = True
    length: bool = True
    resets_after: int | None = None
    drips: float = 0.0

    @property
    def size(self) -> int:
        """Bytes of the whole body."""
        return self.body.stat().st_size if isinstance(self.body, Path) else len(self.body)

    def content(self) -> bytes:
        """Whole body."""
        return self.body.read_bytes() if isinstance(self.body, Path) else self.body

    def header_fields(self) -> dict[str, str]:
        """Headers that describe the whole body."""
        fields = {"Content-Type": self.content_type, **self.headers}
        if self.etag:
            fields["ETag"] = self.etag
        if self.modified:
            fields["Last-Modified"] = self.modified
        if self.filename:
            fields["Content-Disposition"] = f"attachment; filename={self.filename}"
        if self.md5:
            fields["Content-MD5"] = hashlib.md5(self.content()).hexdigest()
        if self.ranges:
            fields["Accept-Ranges"] = "bytes"
        return fields


def json_answer(content: Any, status: int = 200) -> Answer:
    """Answer with JSON."""
    return Answer(json.dumps(content).encode(), status, "application/json", ranges=False)


def text_answer(text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8", **fields: Any) -> Answer:
    """Answer with text that is made on the fly: no parts of it can be asked for."""
    return Answer(text.encode(), status, content_type, ranges=False, **fields)
