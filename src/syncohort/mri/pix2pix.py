"""3D pix2pix (Isola et al. 2017) from semantic label to all modalities, with least-squares loss (Mao et al. 2017)."""

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from syncohort.mri.batch import Batch, make_batch
from syncohort.mri.generator_network import Generator, Pix2PixSettings
from syncohort.mri.losses import brain_distance, local_mean, texture_distance
from syncohort.mri.painted import PaintedBase
from syncohort.mri.pairs import Pair, Pairs, TumourChanges
from syncohort.mri.patch_discriminator import PatchDiscriminator
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.semantic_label import condition_channels
from syncohort.sources.volumes.labels import LABELS
from syncohort.training.averaging import follow
from syncohort.training.device import autocast
from syncohort.training.distributed import ALONE, ProcessGroup
from syncohort.training.task import RandomStream, Stateful
from syncohort.training.weights import named_weights

CPU = torch.device("cpu")
# Of Isola et al.; the thesis names none.
BETAS = (0.5, 0.999)


class Pix2Pix:
    """The training of a 3D pix2pix, a `Task` of the Trainer. One step updates the discriminator, then the generator.

    Parameters
    ----------
    subjects
        Training subjects.
    settings
        Settings of the model; `precision` is `fp32` or `bf16` here, and `lean` true or false.
    distance
        Maps a generator to its distance from the validation subjects, lower is better.
    seed
        Seed of weights, pairs and noise.
    device
        Device to train on.
    group
        Processes that train together. Each has a pair of its own in every step, and gradients are averaged.
    base
        What a generator with a painted base starts from.
    """

    def __init__(
        self,
        subjects: Sequence[PreparedSubject],
        settings: Pix2PixSettings,
        distance: Callable[[Generator], float],
        seed: int,
        device: torch.device,
        group: ProcessGroup = ALONE,
        base: PaintedBase | None = None,
    ) -> None:
        self.settings, self.distance, self.device, self.group = settings, distance, device, group
        modalities, *shape = subjects[0].images.shape
        self.tissue_classes = subjects[0].description["tissue_classes"]
        channels = condition_channels(settings.condition, self.tissue_classes)
        torch.manual_seed(seed)  # the only way to seed the initial weights
        with device:
            self.generator = Generator(channels, modalities, settings, shape)
            self.discriminator = PatchDiscriminator(
                modalities + channels,
                settings.width,
                shape,
                spectral=settings.spectral_norm,
                lean=settings.lean,
            )
        self.base = base
        if base is not None:
            self.generator.start_from(base.brightness, np.stack([base.appearance(subject) for subject in subjects]))
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        self.generator_optimiser = _adam(self.generator, settings.generator_learning_rate)
        self.discriminator_optimiser = _adam(self.discriminator, settings.discriminator_learning_rate)
        self.stream, self.draws = RandomStream(seed, device), RandomStream(seed, CPU)
        self.noise = group.share(group.size).of(self.stream)
        changes = TumourChanges(settings.tumour_scale, settings.tumour_shift, settings.tumour_mirror)
        self.pairs = Pairs(subjects, changes, self.draws)

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {
            "generator": self.generator,
            "discriminator": self.discriminator,
            "average": self.average,
            "generator_optimiser": self.generator_optimiser,
            "discriminator_optimiser": self.discriminator_optimiser,
            "stream": self.stream,
            "draws": self.draws,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Update the discriminator once and the generator once, on the same pair or, as published, on one each."""
        batch = self.draw()
        if self.settings.batches == "fresh":
            with torch.no_grad():
                fake = self.generate(batch)
            discriminator_loss = self.update_discriminator(batch, fake)
            batch = self.draw()
            fake = self.generate(batch)
        else:
            fake = self.generate(batch)
            discriminator_loss = self.update_discriminator(batch, fake.detach())
        return {"discriminator_loss": discriminator_loss, **self.update_generator(batch, fake)}

    def draw(self) -> Batch:
        """Draw a pair for every process, the same ones in all, and give this one its own.

        A subject has its own tumour with the probability `matched_share`, else that of another.
        """
        drawn = [self._draw_pair() for _ in range(self.group.size)]
        return self.batch(*drawn[self.group.rank])

    def _draw_pair(self) -> tuple[Pair, bool]:
        matched = float(self.draws.uniform(1)) < self.settings.matched_share
        return self.pairs.matched() if matched else self.pairs.crossed(), matched

    def batch(self, pair: Pair, matched: bool) -> Batch:
        """Bring a pair to the device."""
        return make_batch(pair, matched, self.settings.condition, self.device, self.base)

    def generate(self, batch: Batch) -> torch.Tensor:
        """Generate the images of a batch."""
        with autocast(self.device, self.settings.precision):
            return self.generator(batch.condition, batch.brain, self.noise, batch.appearance)

    def update_discriminator(self, batch: Batch, fake: torch.Tensor) -> torch.Tensor:
        """½ (D(real) − 1)² + ½ D(fake)², each term gone back through at once, so that one of them is in memory."""
        self.discriminator_optimiser.zero_grad()
        total = torch.zeros((), device=self.device)
        for images, condition, target in ((batch.images, batch.own, 1.0), (fake, batch.condition, 0.0)):
            with autocast(self.device, self.settings.precision):
                judged = self.discriminator(images, condition)[-1].float()
            loss = (judged - target).square().mean() / (2 * self.group.size)
            loss.backward()
            total = total + loss.detach()
        [total] = self.group.add_up(self.discriminator.parameters(), total)
        self.discriminator_optimiser.step()
        return total

    def update_generator(self, batch: Batch, fake: torch.Tensor) -> dict[str, torch.Tensor]:
        """(D(fake) − 1)², and where a pair exists the distance to it: of brightness, texture and hidden layers of D."""
        settings = self.settings
        self.discriminator.requires_grad_(False)
        with autocast(self.device, settings.precision):
            judged = self.discriminator(fake, batch.condition)
        losses = {"generator_loss": (judged[-1].float() - 1).square().mean()}
        loss = losses["generator_loss"]
        if settings.reconstruction:
            losses["reconstruction"] = self._per_step(
                batch, lambda: brain_distance(local_mean(fake), local_mean(batch.images), batch.brain)
            )
            loss = loss + settings.reconstruction * losses["reconstruction"]
        if settings.texture:
            losses["texture"] = self._per_step(batch, lambda: self._texture_distance(fake, batch))
            loss = loss + settings.texture * losses["texture"]
        if settings.feature_matching:
            losses["feature_matching"] = self._per_step(batch, lambda: self._feature_distance(judged, batch))
            loss = loss + settings.feature_matching * losses["feature_matching"]
        self.generator_optimiser.zero_grad()
        (loss / self.group.size).backward()
        means = (value / self.group.size for value in losses.values())
        losses = dict(zip(losses, self.group.add_up(self.generator.parameters(), *means), strict=True))
        self.generator_optimiser.step()
        self.discriminator.requires_grad_(True)
        follow(self.average, self.generator, settings.average_decay)
        return losses

    def _per_step(self, batch: Batch, distance: Callable[[], torch.Tensor]) -> torch.Tensor:
        """Weigh a distance that only matched steps have, so that its mean over all steps is its mean over those."""
        if not batch.matched:
            return torch.zeros((), device=self.device)
        return distance() / self.settings.matched_share

    def _texture_distance(self, fake: torch.Tensor, batch: Batch) -> torch.Tensor:
        return texture_distance(fake, batch.images, batch.classes, self.tissue_classes + len(LABELS))

    def _feature_distance(self, judged: list[torch.Tensor], batch: Batch) -> torch.Tensor:
        """Mean absolute difference of the discriminator's hidden layers (Wang et al. 2018, equation 4)."""
        with torch.no_grad(), autocast(self.device, self.settings.precision):
            real = self.discriminator(batch.images, batch.condition)
        pairs = zip(judged[:-1], real[:-1], strict=True)
        return torch.stack([functional.l1_loss(fake.float(), image.float()) for fake, image in pairs]).mean()

    def monitor(self) -> float:
        """Distance of the averaged generator from the validation subjects."""
        return self.distance(self.average)

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the averaged generator and of the discriminator."""
        return named_weights(generator=self.average, discriminator=self.discriminator)


def _adam(network: nn.Module, rate: float) -> torch.optim.Optimizer:
    return torch.optim.Adam(network.parameters(), lr=rate, betas=BETAS, fused=True)
