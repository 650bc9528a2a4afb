"""The Cancer Imaging Archive (nbia.cancerimagingarchive.net): /v4/getSeries, and /v4/getImage of invented images."""

import functools
import io
import zipfile

from tests.services.exchange import Answer, Request, json_answer

ROOT = "1.3.6.1.4.1.14519.5.2.1.4334.1501"
MODALITIES = {"CT": 2, "SEG": 1, "PT": 1}
PATIENTS = ("R01-001", "R01-002", "AMC-001")


@functools.cache
def series() -> list[dict]:
    """Series of the one collection."""
    return [
        {
            "SeriesInstanceUID": f"{ROOT}.{patient}.{place}.{number}",
            "StudyInstanceUID": f"{ROOT}.{patient}",
            "Modality": modality,
            "Collection": "NSCLC Radiogenomics",
            "PatientID": name,
            "BodyPartExamined": "CHEST",
            "ImageCount": 2,
            "LicenseName": "Creative Commons Attribution 3.0 Unported License",
        }
        for patient, name in enumerate(PATIENTS)
        for place, (modality, times) in enumerate(MODALITIES.items())
        for number in range(times)
    ]


def answer(request: Request) -> Answer | None:
    """Answer as NBIA does: archives are made while they are sent, so their length is not told."""
    if request.path == "/v4/getSeries":
        wanted = request.query.items()
        return json_answer([one for one in series() if all(one.get(key) == value for key, value in wanted)])
    if request.path == "/v4/getImage":
        known = {one["SeriesInstanceUID"] for one in series()}
        identity = request.query.get("SeriesInstanceUID")
        if identity in known:
            return Answer(_archive(identity), content_type="application/zip", ranges=False, length=False)
    return None


@functools.cache
def _archive(identity: str) -> bytes:
    """Pack the images: DICOM's preamble and mark, and nothing of an image."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("LICENSE", "Creative Commons Attribution 3.0\n")
        for number in (1, 2):
            opened.writestr(f"1-{number:03d}.dcm", bytes(128) + b"DICM" + identity.encode())
    return packed.getvalue()
