"""Medical Segmentation Decathlon (msd-for-monai.s3…): a small Task01_BrainTumour.tar, refused by its checksum.

The ledger knows size and checksum of the real archive and refuses this one: tests use a ledger with those of this.
"""

import functools
import io
import json
import tarfile

import numpy as np

from tests.services.brain_content import nifti, subject
from tests.services.exchange import Answer, Request, text_answer

TASK = "Task01_BrainTumour"
CHANNELS = ("flair", "t1", "t1ce", "t2")
# That of BraTS → the decathlon's: 1 oedema, 2 non-enhancing, 3 enhancing.
LABELS = np.array([0, 2, 1, 3], dtype=np.uint8)
SUBJECTS = 6


def answer(request: Request) -> Answer | None:
    """Answer as S3 does: a large file has an ETag that is no checksum."""
    if request.path != f"/{TASK}.tar":
        return text_answer("<Error><Code>AccessDenied</Code></Error>", 403, "application/xml")
    modified = "Wed, 30 Sep 2020 20:09:32 GMT"
    return Answer(archive(), content_type="application/x-tar", etag='"d5e7b40d4a2a-454"', modified=modified)


@functools.cache
def archive() -> bytes:
    """Pack the task: a 4D image and a label per subject, dataset.json, and what macOS leaves beside every file."""
    members, training = {}, []
    for number in range(1, SUBJECTS + 1):
        name = f"BRATS_{number:03d}.nii.gz"
        images, label = subject("msd", name)
        image = np.stack([images[channel] for channel in CHANNELS], axis=-1)
        members[f"imagesTr/{name}"] = nifti(image.astype(np.float32))
        members[f"labelsTr/{name}"] = nifti(LABELS[label])
        training.append({"image": f"./imagesTr/{name}", "label": f"./labelsTr/{name}"})
    members |= {"imagesTs/BRATS_485.nii.gz": members["imagesTr/BRATS_001.nii.gz"], "dataset.json": _dataset(training)}
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as opened:
        for name, body in members.items():
            folder, slash, file = name.rpartition("/")
            for path, part in ((f"{folder}{slash}._{file}", b"\0\5\x16\7"), (name, body)):
                member = tarfile.TarInfo(f"{TASK}/{path}")
                member.size = len(part)
                opened.addfile(member, io.BytesIO(part))
    return content.getvalue()


def _dataset(training: list[dict[str, str]]) -> bytes:
    """Describe the task as its dataset.json does."""
    description = {
        "name": "BRATS",
        "description": "Gliomas segmentation tumour and oedema in on brain images",
        "licence": "CC-BY-SA 4.0",
        "tensorImageSize": "4D",
        "modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"},
        "labels": {"0": "background", "1": "edema", "2": "non-enhancing tumor", "3": "enhancing tumour"},
        "numTraining": len(training),
        "training": training,
        "test": ["./imagesTs/BRATS_485.nii.gz"],
    }
    return json.dumps(description).encode()
