"""What a training draws its minibatches from: nodules, backgrounds and scaled genes of the same patients."""

from dataclasses import dataclass

import numpy as np
import torch

from syncohort.nodule.slices import BACKGROUND, NODULE, Slices
from syncohort.training.task import RandomStream


@dataclass(frozen=True)
class Batch:
    """A minibatch, rows of one length.

    Parameters
    ----------
    image, mask
        (rows, 1, side, side) a nodule of each row's patient, in [−1, 1] and −1 or 1.
    background
        (rows, 1, side, side) a background of the same patient.
    genes
        (rows, genes) scaled expression of the same patient.
    wrong_image, wrong_mask
        (rows, 1, side, side) a nodule of another patient.
    """

    image: torch.Tensor
    mask: torch.Tensor
    background: torch.Tensor
    genes: torch.Tensor
    wrong_image: torch.Tensor
    wrong_mask: torch.Tensor


class Material:
    """Slices and genes of some patients on a device.

    Parameters
    ----------
    slices
        Slices of the patients, with at least one nodule and one background each.
    patients
        Names of the patients.
    genes
        (patients, genes) scaled expression in the same order; (patients, 0) without.
    device
        Where everything is kept.
    """

    def __init__(self, slices: Slices, patients: list[str], genes: np.ndarray, device: torch.device) -> None:
        self.genes = torch.as_tensor(genes, dtype=torch.float32, device=device)
        nodules, self.nodule_runs = _sorted(slices.of(NODULE, np.array(patients)), patients, device)
        backgrounds, self.background_runs = _sorted(slices.of(BACKGROUND, np.array(patients)), patients, device)
        self.images, self.masks = _tensor(nodules.images, device), _tensor(nodules.masks * 2.0 - 1, device)
        self.backgrounds = _tensor(backgrounds.images, device)

    def draw(self, rows: int, stream: RandomStream) -> Batch:
        """Draw a minibatch of `rows`, an even number: row i and row i + rows/2 are of one patient.

        Patients are drawn by their number of nodule slices, a slice like any other.
        """
        first = stream.integers(len(self.images), rows // 2)
        patient = torch.searchsorted(self.nodule_runs[:, 0].contiguous(), first, right=True) - 1
        patient = patient.repeat(2)
        chosen = torch.cat([first, self._of_patient(self.nodule_runs, patient[: rows // 2], stream)])
        start, count = self.nodule_runs[patient].T
        other = (stream.uniform(rows) * (len(self.images) - count)).long()
        # A single patient, who may be all of a validation part, has no other.
        wrong = torch.where(other < start, other, other + count).clamp(max=len(self.images) - 1)
        background = self._of_patient(self.background_runs, patient, stream)
        return Batch(
            self.images[chosen],
            self.masks[chosen],
            self.backgrounds[background],
            self.genes[patient],
            self.images[wrong],
            self.masks[wrong],
        )

    def _of_patient(self, runs: torch.Tensor, patient: torch.Tensor, stream: RandomStream) -> torch.Tensor:
        """Draw one slice of each patient."""
        start, count = runs[patient].T
        return start + (stream.uniform(len(patient)) * count).long()


def _tensor(values: np.ndarray, device: torch.device) -> torch.Tensor:
    return torch.as_tensor(values[:, None], dtype=torch.float32, device=device)


def _sorted(slices: Slices, patients: list[str], device: torch.device) -> tuple[Slices, torch.Tensor]:
    """Sort slices by patient, and give (patients, 2): where each one's run starts and how long it is."""
    number = {name: place for place, name in enumerate(patients)}
    place = np.array([number[name] for name in slices.patients])
    counts = np.bincount(place, minlength=len(patients))
    runs = np.stack([np.cumsum(counts) - counts, counts], axis=1)
    return slices.only(np.argsort(place, kind="stable")), torch.as_tensor(runs, device=device)
