"""The training of the radiogenomic GAN: one step updates the discriminator, then generator and gene encoder."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

from syncohort.nodule.discriminator import Discriminator
from syncohort.nodule.gan_settings import GanSettings
from syncohort.nodule.generator_network import GeneGenerator, Generated, initialise
from syncohort.nodule.losses import adversarial_losses, background_loss, reconstruction_loss
from syncohort.nodule.material import Batch, Material
from syncohort.nodule.networks import DISC, NetworkSize
from syncohort.nodule.soft_features import StandardFeatures, energy_score
from syncohort.training.averaging import follow
from syncohort.training.device import autocast
from syncohort.training.learning_rate import linear_decay
from syncohort.training.task import RandomStream, Stateful

BETAS = (0.5, 0.999)


class RadiogenomicGan:
    """The training, a `Task` of the Trainer.

    Parameters
    ----------
    material
        What minibatches are drawn from.
    size
        Size of the networks.
    settings
        Settings of the training; `precision` is `fp32` or `bf16` here.
    distance
        Maps a generator to its distance from the validation patients, lower is better.
    seed
        Seed of weights, minibatches and noise.
    device
        Device to train on.
    """

    def __init__(
        self,
        material: Material,
        size: NetworkSize,
        settings: GanSettings,
        distance: Callable[[GeneGenerator], float],
        seed: int,
        device: torch.device,
    ) -> None:
        self.material, self.size, self.settings, self.distance, self.device = material, size, settings, distance, device
        torch.manual_seed(seed)  # the only way to seed the initial weights
        with device:
            self.networks = GeneGenerator(size, settings.gene_dropout)
            self.discriminator = Discriminator(size)
        initialise(self.networks)
        initialise(self.discriminator)
        with device:
            self.average = GeneGenerator(size).requires_grad_(False).eval()
        self.average.load_state_dict(self.networks.state_dict())
        self.generator_optimiser = _adam(self.networks, settings.generator_learning_rate)
        self.discriminator_optimiser = _adam(self.discriminator, settings.discriminator_learning_rate)
        self.generator_schedule, self.discriminator_schedule = (
            LambdaLR(optimiser, linear_decay(settings.max_steps, settings.decay_start))
            for optimiser in (self.generator_optimiser, self.discriminator_optimiser)
        )
        self.stream = RandomStream(seed, device)
        self.features = StandardFeatures(material.images, material.masks)

    @property
    def inpaints(self) -> bool:
        """Whether the generator learns to fill the disc that was taken out of a nodule's own slice."""
        return self.size.composite == DISC

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {
            "networks": self.networks,
            "discriminator": self.discriminator,
            "average": self.average,
            "generator_optimiser": self.generator_optimiser,
            "discriminator_optimiser": self.discriminator_optimiser,
            "generator_schedule": self.generator_schedule,
            "discriminator_schedule": self.discriminator_schedule,
            "stream": self.stream,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Update both once, on the same minibatch."""
        batch = self.material.draw(self.settings.batch_size, self.stream)
        if self.inpaints:
            batch = replace(batch, background=batch.image)
        noise = self.stream.normal(len(batch.genes), self.size.noise)
        with autocast(self.device, self.settings.precision):
            code = self.networks.encoder(batch.genes, self.stream.uniform(*batch.genes.shape))
            fake = self.networks.generator(code, noise, batch.background)
        discriminator_loss = self._update_discriminator(batch, fake, code.detach())
        losses = {"discriminator_loss": discriminator_loss, **self._update_generator(batch, fake, code)}
        self.generator_schedule.step()
        self.discriminator_schedule.step()
        return losses

    def _update_discriminator(self, batch: Batch, fake: Generated, code: torch.Tensor) -> torch.Tensor:
        with autocast(self.device, self.settings.precision):
            losses = adversarial_losses(
                self.discriminator(batch.image, batch.mask, code),
                self.discriminator(fake.image.detach(), fake.mask.detach(), code),
                self.discriminator(batch.wrong_image, batch.wrong_mask, code),
                self.discriminator(batch.image, batch.wrong_mask, code),
                wrong_is_real=self.settings.wrong_is_real,
            )
        loss = sum(weight * value for weight, value in zip(self.settings.head_weights, losses, strict=True))
        self.discriminator_optimiser.zero_grad()
        loss.backward()
        self.discriminator_optimiser.step()
        return loss.detach()

    def _update_generator(self, batch: Batch, fake: Generated, code: torch.Tensor) -> dict[str, torch.Tensor]:
        settings = self.settings
        self.discriminator.requires_grad_(False)
        with autocast(self.device, settings.precision):
            judged = self.discriminator(fake.image, fake.mask, code)
        heads = zip(settings.head_weights, judged, strict=True)
        kept = (
            reconstruction_loss(fake.image, fake.share, batch.image, batch.mask)
            if self.inpaints
            else background_loss(fake.image, batch.background, fake.mask)
        )
        losses = {
            "generator_loss": sum(weight * (logits - 1).square().mean() for weight, logits in heads),
            "background": kept,
        }
        loss = losses["generator_loss"] + settings.background_weight * kept
        if settings.feature_weight:
            losses["features"] = energy_score(
                self.features.pairs(fake.image, fake.share), self.features.pairs(batch.image, (batch.mask + 1) / 2)
            )
            loss = loss + settings.feature_weight * losses["features"]
        self.generator_optimiser.zero_grad()
        loss.backward()
        self.generator_optimiser.step()
        self.discriminator.requires_grad_(True)
        follow(self.average, self.networks, self.settings.average_decay)
        return {name: value.detach() for name, value in losses.items()}

    def monitor(self) -> float:
        """Distance of the averaged generator from the validation patients."""
        return self.distance(self.average)

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the averaged gene encoder and generator."""
        return self.average.state_dict()


def _adam(network: nn.Module, rate: float) -> torch.optim.Optimizer:
    return torch.optim.Adam(network.parameters(), lr=rate, betas=BETAS, fused=True)
