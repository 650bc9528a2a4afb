"""The Wasserstein GAN of tiles: noise alone, or the code of expression and noise, on equal terms."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

from syncohort.histology.conditioning import latent_input
from syncohort.histology.dcgan import Critic, Generator, Judged
from syncohort.histology.tile_set import Images
from syncohort.training.averaging import follow
from syncohort.training.batches import Batches
from syncohort.training.device import autocast
from syncohort.training.gradient_penalty import gradient_penalty
from syncohort.training.learning_rate import linear_decay
from syncohort.training.task import RandomStream, Stateful
from syncohort.training.weights import named_weights

CPU = torch.device("cpu")
# Half-width of the published uniform noise.
PUBLISHED_NOISE = 0.3


class TileGenerator(nn.Module):
    """Codes to tiles in (−1, 1), with noise of its own law.

    Parameters
    ----------
    components
        Width of the code that is told; the same whether the generator listens to it or not.
    size
        Pixels along each side.
    settings
        Settings of the model.
    """

    def __init__(self, components: int, size: int, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self.settings = settings
        adds = settings["join"] == "add"
        self.noise_dimensions = max(components, 1) if adds else settings["noise_dimensions"]
        self.components = self.noise_dimensions if adds else components
        inputs = self.noise_dimensions + (0 if adds else components)
        layers = {key: settings[key] for key in ("modulated", "upsampling")}
        self.network = Generator(inputs, size, settings["width"], **layers)

    def forward(self, codes: torch.Tensor, stream: RandomStream) -> torch.Tensor:
        """Draw a tile for each code, (tiles, components): (tiles, 3, size, size) float32."""
        if self.settings["noise"] == "uniform":
            noise = PUBLISHED_NOISE * (2 * stream.uniform(len(codes), self.noise_dimensions) - 1)
        else:
            noise = stream.normal(len(codes), self.noise_dimensions)
        heard = codes if self.settings["condition"] == "expression" else torch.zeros_like(codes)
        if heard.shape[1] < self.components:
            heard = torch.zeros(len(codes), self.components, device=codes.device)
        return self.network(latent_input(heard, noise, self.settings["join"], self.settings["standardise"]))


class TileGan:
    """The training of a GAN of tiles, a `Task` of the Trainer.

    Parameters
    ----------
    images
        Training tiles, slide by slide.
    codes
        (tiles, components) what belongs to each, scaled; no components without expression.
    settings
        Settings of the model; `precision` is `fp32` or `bf16` here.
    distance
        Maps a generator to its distance from the validation tiles, lower is better.
    seed
        Seed of weights, batches and noise.
    device
        Device to train on.
    """

    def __init__(
        self,
        images: Images,
        codes: np.ndarray,
        settings: Mapping[str, Any],
        distance: Callable[[TileGenerator], float],
        seed: int,
        device: torch.device,
    ) -> None:
        self.images, self.settings, self.distance, self.device = images, settings, distance, device
        self.codes = torch.from_numpy(codes)
        torch.manual_seed(seed)  # the only way to seed the initial weights
        told = codes.shape[1] if settings["condition"] == "expression" and settings["critic_told"] else 0
        with device:
            self.generator = TileGenerator(codes.shape[1], images.size, settings)
            self.critic = Critic(
                images.size, settings["width"], told, settings["critic_norm"], settings["critic_bounded"]
            )
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        self.generator_optimiser = self._adam(self.generator, settings["generator_learning_rate"])
        self.critic_optimiser = self._adam(self.critic, settings["critic_learning_rate"])
        falling = linear_decay(settings["max_steps"], settings["decay_start"])
        optimisers = (self.generator_optimiser, self.critic_optimiser)
        self.generator_schedule, self.critic_schedule = (LambdaLR(optimiser, falling) for optimiser in optimisers)
        self.stream, self.draws = RandomStream(seed, device), RandomStream(seed, CPU)
        self.batches = Batches(len(images), settings["batch_size"], self.draws)

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {
            "generator": self.generator,
            "critic": self.critic,
            "average": self.average,
            "generator_optimiser": self.generator_optimiser,
            "critic_optimiser": self.critic_optimiser,
            "generator_schedule": self.generator_schedule,
            "critic_schedule": self.critic_schedule,
            "stream": self.stream,
            "draws": self.draws,
            "batches": self.batches,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Update the critic `critic_steps` times and the generator once."""
        for _ in range(self.settings["critic_steps"]):
            tiles, codes = self._draw()
            critic_loss, penalty = self._update_critic(tiles, codes)
        generator_loss = self._update_generator(codes)
        self.critic_schedule.step()
        self.generator_schedule.step()
        return {"critic_loss": critic_loss, "generator_loss": generator_loss, "gradient_penalty": penalty}

    def _draw(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw real tiles in [−1, 1] with their codes: across all patients, or as published slide by slide.

        A little noise on the codes keeps the networks from knowing a training slide by its code (conditioning
        augmentation, Zhang et al., ICCV 2017).
        """
        across = self.settings["batches"] == "across_patients"
        rows = self.batches.draw() if across else self.batches.next_in_order()
        tiles = torch.from_numpy(self.images.take(rows.numpy())).to(self.device)
        tiles = tiles.permute(0, 3, 1, 2).float() / 127.5 - 1
        if self.settings["augment"]:
            # Tissue has no up and down: each of the eight ways to lay a square, the same for a minibatch.
            turns, mirrored = divmod(int(self.draws.integers(8, 1)), 2)
            tiles = torch.rot90(tiles.flip(3) if mirrored else tiles, turns, (2, 3))
        codes = self.codes[rows].to(self.device)
        return tiles.contiguous(), codes + self.settings["code_noise"] * self.stream.normal(*codes.shape)

    def _update_critic(self, real: torch.Tensor, codes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        with autocast(self.device, self.settings["precision"]):
            with torch.no_grad():
                fake = self.generator(codes, self.stream)
            of_real, of_fake = self.critic(real, codes), self.critic(fake, codes)
        loss = of_fake.score.mean() - of_real.score.mean()
        penalty = self._penalty(real, fake, codes)
        self.critic_optimiser.zero_grad()
        (loss + self.settings["gradient_penalty"] * penalty + self._misread(of_real, codes)).backward()
        self.critic_optimiser.step()
        return loss.detach(), penalty.detach()

    def _penalty(self, real: torch.Tensor, fake: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        def critic(between: torch.Tensor) -> torch.Tensor:
            return self.critic(between, codes).score

        if self.settings["penalty"] == "per_tile":
            return gradient_penalty(critic, real, fake, self.stream.uniform(len(real), 1, 1, 1))
        return whole_batch_penalty(critic, real, fake, self.stream.uniform(1, 1, 1, 1))

    def _update_generator(self, codes: torch.Tensor) -> torch.Tensor:
        self.critic.requires_grad_(False)
        with autocast(self.device, self.settings["precision"]):
            judged = self.critic(self.generator(codes, self.stream), codes)
        loss = -judged.score.mean()
        self.generator_optimiser.zero_grad()
        (loss + self._misread(judged, codes)).backward()
        self.generator_optimiser.step()
        self.critic.requires_grad_(True)
        follow(self.average, self.generator, self.settings["average_decay"])
        return loss.detach()

    def _misread(self, judged: Judged, codes: torch.Tensor) -> torch.Tensor | float:
        """Mean squared error of the code that is read from tiles, times its weight.

        The critic learns to read real tiles, the generator to make tiles that read as what it was told: as Odena, Olah
        and Shlens have it of classes (ICML 2017).
        """
        if judged.code is None:
            return 0.0
        return self.settings["reading_weight"] * (judged.code - codes).square().mean()

    def _adam(self, network: nn.Module, rate: float) -> torch.optim.Optimizer:
        betas = tuple(map(float, self.settings["betas"]))
        return torch.optim.Adam(network.parameters(), lr=rate, betas=betas, fused=True)

    def monitor(self) -> float:
        """Distance of the averaged generator from the validation tiles."""
        return self.distance(self.average)

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the averaged generator and of the critic."""
        return named_weights(generator=self.average, critic=self.critic)


def whole_batch_penalty(
    critic: Callable[[torch.Tensor], torch.Tensor], real: torch.Tensor, fake: torch.Tensor, mixing: torch.Tensor
) -> torch.Tensor:
    """Penalty as published: one mixing number for the minibatch, and the norm of the gradients of all its tiles.

    It asks for a gradient of length 1 of the whole minibatch, and so for one of about 1 / √tiles of each tile.
    """
    between = torch.lerp(fake.float(), real.float(), mixing).requires_grad_()
    gradients = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
    return (gradients.norm() - 1).square()


@torch.no_grad()
def draw_tiles(generator: TileGenerator, codes: np.ndarray, stream: RandomStream, batch: int = 64) -> np.ndarray:
    """Draw a tile for each code, (tiles, components): (tiles, size, size, 3) uint8."""
    device = stream.device
    parts = []
    for start in range(0, len(codes), batch):
        drawn = generator(torch.from_numpy(codes[start : start + batch]).to(device), stream)
        parts.append(((drawn + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy())
    return np.concatenate(parts)
