"""What decides the training of the radiogenomic GAN beside data and networks."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import torch

from syncohort.training.device import choose_precision


@dataclass(frozen=True)
class GanSettings:
    """Settings of the training; the schema of the configuration explains each and holds the presets."""

    image_weight: float
    pair_weight: float
    match_weight: float
    background_weight: float
    feature_weight: float
    wrong_is_real: bool
    gene_dropout: float
    batch_size: int
    generator_learning_rate: float
    discriminator_learning_rate: float
    average_decay: float
    max_steps: int
    decay_start: float
    precision: str

    @classmethod
    def of(cls, settings: Mapping[str, Any], device: torch.device) -> Self:
        """Take them from the settings of a model, and decide on the precision."""
        chosen = {field.name: settings[field.name] for field in fields(cls)}
        return cls(**{**chosen, "precision": choose_precision(chosen["precision"], device)})

    @property
    def head_weights(self) -> tuple[float, float, float]:
        """Weights of D_I, D_IS and D_ISG."""
        return self.image_weight, self.pair_weight, self.match_weight
