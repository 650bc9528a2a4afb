"""The files of one subject, before any of them is opened."""

from dataclasses import dataclass, field
from pathlib import Path

MODALITIES = ("t1", "t1ce", "t2", "flair")


@dataclass(frozen=True)
class Volume:
    """Where one volume is.

    Parameters
    ----------
    path
        A NIfTI file, or a zip archive of a DICOM series.
    channel
        Position along the fourth axis of a 4D file; None for a file with one volume.
    """

    path: Path
    channel: int | None = None

    def __str__(self) -> str:
        return str(self.path) if self.channel is None else f"{self.path}#{self.channel}"

    @classmethod
    def parse(cls, text: str) -> "Volume":
        """Read what `str` wrote."""
        path, hash_sign, channel = text.rpartition("#")
        return cls(Path(path), int(channel)) if hash_sign and channel.isdigit() else cls(Path(text))


@dataclass(frozen=True)
class SubjectFiles:
    """The files of one subject.

    Parameters
    ----------
    subject_id
        Name of the subject, one examination of a patient.
    patient_id
        Name of the patient; all subjects of a patient stay on one side of a split.
    images
        Modality → its volume.
    label
        The tumour labels.
    brain
        The brain mask; None where the brain is what is not zero.
    coding
        Number in the label file → number in Syncohort's coding; None where the numbers found decide.
    """

    subject_id: str
    patient_id: str
    images: dict[str, Volume] = field(default_factory=dict)
    label: Volume | None = None
    brain: Volume | None = None
    coding: dict[int, int] | None = None
