"""The generator's part around its network: noise, the painted label it starts from, the range of intensities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from syncohort.mri.painted import waves
from syncohort.mri.preparation import BACKGROUND
from syncohort.mri.unet import UNet3d
from syncohort.training.distributed import ShareOfStream
from syncohort.training.task import RandomStream

PAINTED = "painted"
# Beyond, tanh is flat and what it adds to could not be corrected.
GREATEST_BRIGHTNESS = 0.98


@dataclass(frozen=True)
class Pix2PixSettings:
    """Settings of the model; the schema of the configuration explains each and holds the presets."""

    condition: str
    base: str
    width: int | None
    drift_waves: int
    noise_channels: int
    noise_scales: Sequence[int]
    brain_mask: bool
    spectral_norm: bool
    lean: bool | str
    tumour_scale: Sequence[float]
    tumour_shift: int
    tumour_mirror: bool
    matched_share: float
    batches: str
    reconstruction: float
    texture: float
    feature_matching: float
    generator_learning_rate: float
    discriminator_learning_rate: float
    average_decay: float
    precision: str


class Generator(nn.Module):
    """Semantic label to images in (−1, 1).

    Parameters
    ----------
    channels, modalities
        Channels of the label and of the images.
    settings
        Settings of the model.
    shape
        Voxels (z, y, x).
    """

    def __init__(self, channels: int, modalities: int, settings: Pix2PixSettings, shape: Sequence[int]) -> None:
        super().__init__()
        self.settings = settings
        noise = settings.noise_channels * len(settings.noise_scales)
        self.network = UNet3d(channels + noise, modalities, settings.width, shape, lean=settings.lean)
        if settings.base == PAINTED:
            number = settings.drift_waves
            features = modalities * (channels + number**3)
            self.register_buffer("brightness", torch.zeros(modalities, channels))
            self.register_buffer("variation", torch.zeros(features, features))
            for axis, length in zip("zyx", shape, strict=True):
                cosines = torch.from_numpy(waves(length, number).astype(np.float32))
                self.register_buffer(f"waves_{axis}", cosines, persistent=False)

    def start_from(self, brightness: np.ndarray, appearances: np.ndarray) -> None:
        """Take what every class is painted in and how subjects differ in that; both are saved with the weights.

        What differs is kept as principal components, as long as their standard deviations: brightness of classes and
        waves go together as they do in subjects, and no row is a subject's own.

        Parameters
        ----------
        brightness
            (modalities, channels).
        appearances
            (subjects, features) of `fit_appearance`, the training subjects'.
        """
        self.brightness.copy_(torch.from_numpy(brightness))
        _, lengths, directions = np.linalg.svd(appearances / np.sqrt(len(appearances)), full_matrices=False)
        self.variation.zero_()[: len(lengths)] = torch.from_numpy(lengths[:, None] * directions)

    def mean_appearance(self) -> torch.Tensor | None:
        """Give the appearance of images of even brightness, that of the mean training subject."""
        return torch.zeros_like(self.variation[0]) if self.settings.base == PAINTED else None

    def forward(
        self,
        condition: torch.Tensor,
        brain: torch.Tensor,
        stream: RandomStream | ShareOfStream,
        appearance: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Generate images.

        Parameters
        ----------
        condition
            (1, channels, z, y, x) semantic label.
        brain
            (1, 1, z, y, x) boolean.
        stream
            Source of noise, and of the appearance where none is given.
        appearance
            (features,) of `fit_appearance` for a painted base.

        Returns
        -------
        torch.Tensor
            (1, modalities, z, y, x) float32; with a brain mask, what is outside is exactly −1.
        """
        noise = draw_noise(self.settings, stream, condition.shape[2:])
        raw = self.network(torch.cat([condition, *noise], dim=1)).float()
        if self.settings.base == PAINTED:
            # Drawn whether it is needed or not: processes that train together keep in step.
            drawn = stream.normal(1, len(self.variation))[0] @ self.variation
            painted = self._paint(condition, drawn if appearance is None else appearance)
            raw = raw + painted.clamp(-GREATEST_BRIGHTNESS, GREATEST_BRIGHTNESS).atanh()
        images = torch.tanh(raw)
        return images.where(brain, BACKGROUND) if self.settings.brain_mask else images

    def _paint(self, condition: torch.Tensor, appearance: torch.Tensor) -> torch.Tensor:
        """Paint the label, (1, modalities, z, y, x), as `fit_appearance` models an image."""
        added, drift = appearance.split([self.brightness.numel(), len(appearance) - self.brightness.numel()])
        drift = drift.reshape(len(self.brightness), *[self.settings.drift_waves] * 3)
        # One channel of the label is 1 and the others are 0, so this looks the brightness up.
        painted = torch.einsum("mc,bczyx->bmzyx", self.brightness + added.reshape(self.brightness.shape), condition)
        field = torch.einsum("mijk,iz,jy,kx->mzyx", drift, self.waves_z, self.waves_y, self.waves_x)
        return BACKGROUND + (painted - BACKGROUND) * (1 + field)


def draw_noise(
    settings: Pix2PixSettings, stream: RandomStream | ShareOfStream, shape: Sequence[int]
) -> Iterator[torch.Tensor]:
    """Draw the noise of each scale, (1, channels, z, y, x); coarse grains have smooth transitions."""
    for grain in settings.noise_scales if settings.noise_channels else ():
        noise = stream.normal(1, settings.noise_channels, *(-(-length // grain) for length in shape))
        yield noise if grain == 1 else functional.interpolate(noise, size=tuple(shape), mode="trilinear")
