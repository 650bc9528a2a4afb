"""Train the two networks of a split at the points of their grids, each training going on from its checkpoint."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from syncohort.core.kinds import load_kind
from syncohort.radiogenomics.finished import Finished
from syncohort.radiogenomics.fold import Fold
from syncohort.radiogenomics.networks import SHARED, Autoencoder
from syncohort.radiogenomics.optimisation import MinibatchTask
from syncohort.radiogenomics.search import POINT, grid
from syncohort.training.checkpoint import CODE, Checkpoint, fingerprint
from syncohort.training.device import choose_device
from syncohort.training.task import Task
from syncohort.training.trainer import Schedule, Trained, Trainer

WING = "radiogenomics"
Training = Callable[[Fold, dict[str, Any]], tuple[dict[str, np.ndarray], Trained, Checkpoint]]


def pretrain_autoencoder(
    fold: Fold, settings: dict[str, Any], *, layers: list[int], **machine: Any
) -> tuple[dict[str, np.ndarray], Trained, Checkpoint]:
    """Train the autoencoder of expression, stopped by the validation patients.

    Parameters
    ----------
    fold
        The patients of the split.
    settings
        The mapping `radiogenomics.autoencoder`, and a point of its grid.
    layers
        Units of the network's hidden layers, of which the autoencoder has the first three.
    machine
        As `_train`.

    Returns
    -------
    weights
        Of the first three layers, and of the layers back.
    trained, checkpoint
        The course of the training, and the checkpoint to remove once the weights are saved.
    """

    def task(seed: int, device: torch.device) -> MinibatchTask:
        network = Autoencoder(fold.pretraining.shape[1], layers[:SHARED], seed)
        training = fold.pretraining[~fold.pretraining_validation]
        validation = fold.pretraining[fold.pretraining_validation]
        loss = torch.nn.functional.mse_loss
        return MinibatchTask(network, loss, (training,) * 2, (validation,) * 2, settings, seed, device)

    return _train(task, {**settings, "layers": layers[:SHARED]}, **machine)


def train_network(
    fold: Fold, settings: dict[str, Any], *, layers: list[int], encoder: dict[str, np.ndarray], **machine: Any
) -> tuple[dict[str, np.ndarray], Trained, Checkpoint]:
    """Train the network that predicts image features; as `pretrain_autoencoder`.

    Parameters
    ----------
    fold, layers
        As there.
    settings
        Settings of the model, and a point of its grid.
    encoder
        Weights of the autoencoder; empty without pretraining.
    machine
        As `_train`.
    """

    def task(seed: int, device: torch.device) -> Task:
        parts = [
            (fold.expression[chosen], fold.features[chosen].astype(np.float32))
            for chosen in (~fold.validation, fold.validation)
        ]
        return load_kind(settings["kind"], WING).task(*parts, settings, layers, encoder, seed, device)

    return _train(task, {**settings, "layers": layers}, **machine)


def try_points(train: Training, folds: list[Fold], settings: dict[str, Any], finished: Finished) -> pd.DataFrame:
    """Train a network at every point of its grid, and score it by the patients that stop its training.

    Parameters
    ----------
    train
        Trains it on a fold with settings.
    folds
        What to train on, in turn.
    settings
        Settings that name the grid.
    finished
        The trainings that are done.

    Returns
    -------
    DataFrame
        A row per point and fold: `learning_rate`, `decay`, `fold` (its number), `error`, the loss of the patients that
        stopped the training at the look whose weights were kept. Empty where there is nothing to choose.
    """

    def error(point: dict[str, float], fold: Fold) -> float:
        _, trained, checkpoint = train(fold, {**settings, **point})
        checkpoint.remove()
        return float(trained.history["monitor_smoothed"].min())

    points = grid(settings)
    rows = [
        {**point, "fold": number, "error": finished.get(f"{point} {number}", partial(error, point, fold))}
        for point in points
        for number, fold in enumerate(folds)
        if len(points) > 1
    ]
    return pd.DataFrame(rows, columns=[*POINT, "fold", "error"])


def finished_trainings(settings: dict[str, Any], layers: list[int], seed: int, data: str, folder: Path) -> Finished:
    """Find the trainings of a job that are done: of these settings, layers and seed, and data of this checksum."""
    identity = fingerprint({**settings, "layers": layers, "seed": seed}, data, CODE)
    return Finished(folder / "finished.json", identity)


def _train(
    task: Any,
    settings: dict[str, Any],
    *,
    seed: int,
    threads: int,
    checkpoint_seconds: float,
    data_sha256: str,
    folder: Path,
) -> tuple[dict[str, np.ndarray], Trained, Checkpoint]:
    """Run a task to its end.

    Parameters
    ----------
    task
        Gives the task of a seed and a device.
    settings
        All that decides the training beside seed and data, the schedule among it.
    seed
        Seed of the training.
    threads
        CPU threads.
    checkpoint_seconds
        Least time between two checkpoints.
    data_sha256
        Checksum of the data.
    folder
        Where the checkpoint lives.
    """
    device = choose_device(threads)
    identity = {**settings, "seed": seed, "device": device.type, "threads": threads}
    checkpoint = Checkpoint(folder, fingerprint(identity, data_sha256, CODE))
    trained = Trainer(task(seed, device), Schedule.of(settings, checkpoint_seconds), checkpoint, device).fit()
    weights = {name: value.cpu().numpy() for name, value in trained.weights.items()}
    return weights, trained, checkpoint
