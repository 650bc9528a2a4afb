"""Genomic Data Commons API (api.gdc.cancer.gov) of release 45: /status, /projects, /files, /cases, /data."""

import functools
import io
import json
import tarfile
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from tests.services import gdc_content
from tests.services.exchange import Answer, Request, json_answer, text_answer

STATUS = {
    "commit": "0000000000000000000000000000000000000000",
    "data_release": "Data Release 45.0 - December 04, 2025",
    "data_release_version": {"major": 45, "minor": 0, "release_date": "2025-12-04"},
    "status": "OK",
    "tag": "8.5.0",
    "version": 1,
}
DEFAULT_SIZE = 10
# Fields that releases of 2025 and 2026 removed: asking for them is no error, the answer merely lacks them.
REMOVED = ("gender", "is_ffpe", "sample_type_id", "tumor_code", "tumor_stage")


def answer(request: Request) -> Answer | None:
    """Answer as the API does."""
    endpoint, _, rest = request.path.removeprefix("/").partition("/")
    asked = {**request.query, **(json.loads(request.body) if request.body else {})}
    if endpoint == "status":
        return json_answer(STATUS)
    if endpoint == "data":
        ids = rest.split(",") if rest else asked.get("ids", [])
        return _data(ids if isinstance(ids, list) else [ids], plain_tar="tarfile" in asked)
    if endpoint in gdc_content.entries():
        entries = gdc_content.entries()[endpoint]
        return _one(entries, rest, asked) if rest else _search(endpoint, entries, asked)
    return json_answer({"message": f"The requested URL {request.path} was not found on the server"}, 404)


def _one(entries: list[dict], identity: str, asked: dict[str, Any]) -> Answer:
    """Answer with one entry."""
    for entry in entries:
        if entry["id"] == identity:
            return json_answer(
                {"data": _select(entry, _names(asked, "fields"), _names(asked, "expand")), "warnings": {}}
            )
    return json_answer({"message": f"{identity} not found"}, 404)


def _search(endpoint: str, entries: list[dict], asked: dict[str, Any]) -> Answer:
    """Answer with a page of the entries that pass the filters."""
    filters = asked.get("filters")
    try:
        passes = _condition(json.loads(filters) if isinstance(filters, str) else filters)
    except (ValueError, KeyError) as error:
        return json_answer({"message": f"filters is not valid: {error}"}, 400)
    found = [entry for entry in entries if passes(entry)]
    if asked.get("return_type") == "manifest":
        return _manifest(found)
    fields, expanded = _names(asked, "fields"), _names(asked, "expand")
    for key in reversed(_names(asked, "sort")):
        name, _, direction = key.partition(":")
        found = sorted(found, key=lambda entry: str(entry.get(name, "")), reverse=direction == "desc")
    size, start = int(asked.get("size", DEFAULT_SIZE)), int(asked.get("from", 0))
    hits = [_select(entry, fields, expanded) for entry in found[start : start + size]]
    pagination = {
        "count": len(hits),
        "total": len(found),
        "size": size,
        "from": start,
        "sort": asked.get("sort", ""),
        "page": start // size + 1 if size else 0,
        "pages": -(-len(found) // size) if size else 0,
    }
    unknown = [field for field in fields if field.rpartition(".")[2] in REMOVED]
    warnings = {"fields": f"unrecognized values: [{', '.join(unknown)}]"} if unknown else {}
    return json_answer({"data": {"hits": hits, "pagination": pagination}, "warnings": warnings})


def _names(asked: dict[str, Any], key: str) -> list[str]:
    value = asked.get(key) or []
    return value.split(",") if isinstance(value, str) else value


def _values(entry: Any, path: list[str]) -> Iterable[Any]:
    """Give every value at a dotted path, through lists."""
    if isinstance(entry, list):
        for one in entry:
            yield from _values(one, path)
    elif not path:
        yield entry
    elif isinstance(entry, dict) and path[0] in entry:
        yield from _values(entry[path[0]], path[1:])


def _condition(filters: dict | None) -> Callable[[dict], bool]:
    """Turn filters into a test of an entry."""
    if not filters:
        return lambda entry: True
    operator, content = filters["op"].lower(), filters["content"]
    if operator in ("and", "or"):
        parts = [_condition(part) for part in content]
        together = all if operator == "and" else any
        return lambda entry: together(part(entry) for part in parts)
    value = content["value"]
    wanted = set(value if isinstance(value, list) else [value])
    path = content["field"].removeprefix("files.").split(".")
    if operator in ("in", "="):
        return lambda entry: any(found in wanted for found in _values(entry, path))
    if operator in ("exclude", "!="):
        return lambda entry: all(found not in wanted for found in _values(entry, path))
    raise KeyError(operator)


def _select(entry: dict, fields: list[str], expanded: list[str]) -> dict:
    """Keep the fields asked for, whole groups that are expanded, and the id."""
    if not fields and not expanded:
        return {key: value for key, value in entry.items() if not isinstance(value, dict | list)}
    selected = {"id": entry["id"]}
    for group in expanded:
        if group in entry:
            selected[group] = entry[group]
    for field in fields:
        _copy(entry, selected, field.split("."))
    return selected


def _copy(source: dict, target: dict, path: list[str]) -> None:
    """Copy the value at a dotted path into the same place, through lists."""
    name, *rest = path
    if name not in source:
        return
    if not rest:
        target[name] = source[name]
    elif isinstance(source[name], list):
        copies = target.setdefault(name, [{} for _ in source[name]])
        for one, copy in zip(source[name], copies, strict=True):
            _copy(one, copy, rest)
    else:
        _copy(source[name], target.setdefault(name, {}), rest)


def _manifest(entries: list[dict]) -> Answer:
    """List files as gdc-client wants them; size and from are ignored."""
    lines = ["id\tfilename\tmd5\tsize\tstate"]
    lines += [
        "\t".join(map(str, (e["file_id"], e["file_name"], e["md5sum"], e["file_size"], e["state"]))) for e in entries
    ]
    return text_answer("\n".join(lines) + "\n", content_type="text/tab-separated-values", filename="gdc_manifest.txt")


def _data(ids: list[str], plain_tar: bool) -> Answer:
    """Answer with one file as it is, with several in an archive."""
    files = {entry["file_id"]: entry for entry in gdc_content.entries()["files"]}
    missing = [identity for identity in ids if identity not in files]
    if missing or not ids:
        return json_answer({"message": f"{missing or 'no ids'} not found"}, 404)
    closed = [identity for identity in ids if files[identity]["access"] != "open"]
    if closed:
        message = f"You don't have access to the data: {closed}. Please specify a X-Auth-Token"
        return json_answer({"message": message}, 403)
    if len(ids) == 1:
        entry = files[ids[0]]
        return Answer(gdc_content.content(ids[0]), filename=entry["file_name"], md5=True)
    return _bundle(tuple(ids), plain_tar)


@functools.cache
def _bundle(ids: tuple[str, ...], plain_tar: bool) -> Answer:
    """Pack files and their manifest."""
    files = {entry["file_id"]: entry for entry in gdc_content.entries()["files"]}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w" if plain_tar else "w:gz") as archive:
        manifest = _manifest([files[identity] for identity in ids]).content()
        members = [("MANIFEST.txt", manifest)]
        members += [(f"{identity}/{files[identity]['file_name']}", gdc_content.content(identity)) for identity in ids]
        for name, content in members:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    suffix = "tar" if plain_tar else "tar.gz"
    name = f"gdc_download_20260115_{uuid.UUID(int=len(ids)).hex}.{suffix}"
    return Answer(packed.getvalue(), filename=name, ranges=False)
