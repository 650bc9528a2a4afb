"""The Cancer Imaging Archive (nbia.cancerimagingarchive.net): /v4/getSeries, and /v4/getImage of invented CT."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pydicom

from tests.services.dicom_content import Scan, as_early_slicer, identity, packed
from tests.services.exchange import Answer, Request, text_answer

ROOT = "1.3.6.1.4.1.14519.5.2.1.4334.1501"
COLLECTION = "NSCLC Radiogenomics"
PRONE = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0)


@dataclass(frozen=True)
class Series:
    """A series of the collection; `images` makes its DICOM files."""

    identity: str
    modality: str
    images: Callable[[], list[pydicom.Dataset]] = field(repr=False)


def _scan(number: int, patient: str, **changes: object) -> Scan:
    # A tumour of a size and at a place of its own.
    low = (5 + number % 4, 5 + number % 3, 2 + number % 2)
    high = (low[0] + 4 + number % 3, low[1] + 4, low[2] + 3)
    return Scan(patient, f"{ROOT}.{number}", tumour=(low, high), **changes)


@functools.cache
def patients() -> dict[str, list[Series]]:
    """Series of every patient: twelve with a segmentation of the CT, some of them odd, and three without."""
    scans = [_scan(number, f"R01-{number:03d}") for number in range(23, 33)]
    scans += [_scan(33, "R01-033", orientation=PRONE), _scan(1, "AMC-001", spacing=(0.6, 0.6, 1.0))]
    found = {scan.patient: [_ct(scan), _segmentation(scan)] for scan in scans}
    # A second CT on which nothing was drawn, and the PET of the same day.
    second = Scan("R01-024", f"{ROOT}.24", shape=(20, 20, 6), tumour=None)
    found["R01-024"] += [
        _ct(second, "second ct"),
        Series(identity(second.root, "pt"), "PT", lambda: second.images("pt")),
    ]
    # Drawn on a CT that was not published.
    other = _scan(99, "R01-034")
    found["R01-034"] = [_ct(_scan(34, "R01-034")), _segmentation(other)]
    # Not segmented.
    found |= {name: [_ct(_scan(number, name))] for number, name in ((50, "R01-050"), (51, "R01-051"))}
    return found


def _ct(scan: Scan, series: str = "ct") -> Series:
    return Series(identity(scan.root, series), "CT", lambda: scan.images(series))


def _segmentation(scan: Scan) -> Series:
    """Give the segmentation of a scan, of every other one as the first writers made it."""
    change = as_early_slicer if int(scan.root.rpartition(".")[2]) % 2 else lambda dataset: dataset
    return Series(identity(scan.root, "seg"), "SEG", lambda: [change(scan.segmentation(scan.images()))])


def answer(request: Request) -> Answer | None:
    """Answer as NBIA does: archives are made while they are sent, so their length is not told."""
    if request.path == "/v4/getSeries":
        return _listing(request)
    if request.path == "/v4/getImage":
        known = {series.identity for one in patients().values() for series in one}
        asked = request.query.get("SeriesInstanceUID")
        if asked in known:
            return Answer(_archive(asked), content_type="application/zip", ranges=False, length=False)
    return None


def _listing(request: Request) -> Answer:
    """List series; where there are none, the answer has no content."""
    entries = [
        {
            "SeriesInstanceUID": series.identity,
            "StudyInstanceUID": identity(series.identity.rpartition(".")[0], "study"),
            "Modality": series.modality,
            "Collection": COLLECTION,
            "PatientID": name,
            "BodyPartExamined": "CHEST",
            "LicenseName": "Creative Commons Attribution 3.0 Unported License",
        }
        for name, found in patients().items()
        for series in found
    ]
    found = [entry for entry in entries if all(entry.get(key) == value for key, value in request.query.items())]
    return text_answer(json.dumps(found) if found else "", content_type="application/json")


@functools.cache
def _archive(asked: str) -> bytes:
    return packed(next(s for found in patients().values() for s in found if s.identity == asked).images())
