"""The generator's part around its network: noise, the painted label it starts from, the range of intensities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

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
    width: int
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
            self.register_buffer("brightness", torch.zeros(modalities, channels))

    def start_from(self, brightness: np.ndarray) -> None:
        """Take the brightness, (modalities, channels), that every class is painted in; it is saved with the weights."""
        self.brightness.copy_(torch.from_numpy(brightness).clamp(-GREATEST_BRIGHTNESS, GREATEST_BRIGHTNESS))

    def forward(
        self, condition: torch.Tensor, brain: torch.Tensor, stream: RandomStream | ShareOfStream
    ) -> torch.Tensor:
        """Generate (1, modalities, z, y, x) float32; with a brain mask, what is outside is exactly −1."""
        noise = draw_noise(self.settings, stream, condition.shape[2:])
        raw = self.network(torch.cat([condition, *noise], dim=1)).float()
        if self.settings.base == PAINTED:
            # One channel of the label is 1 and the others are 0, so this looks the brightness up.
            raw = raw + torch.einsum("mc,bczyx->bmzyx", self.brightness.atanh(), condition)
        images = torch.tanh(raw)
        return images.where(brain, BACKGROUND) if self.settings.brain_mask else images


def draw_noise(
    settings: Pix2PixSettings, stream: RandomStream | ShareOfStream, shape: Sequence[int]
) -> Iterator[torch.Tensor]:
    """Draw the noise of each scale, (1, channels, z, y, x); coarse grains have smooth transitions."""
    for grain in settings.noise_scales if settings.noise_channels else ():
        noise = stream.normal(1, settings.noise_channels, *(-(-length // grain) for length in shape))
        yield noise if grain == 1 else functional.interpolate(noise, size=tuple(shape), mode="trilinear")
