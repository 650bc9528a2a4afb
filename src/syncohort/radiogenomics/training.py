"""Train the two networks of a split at the points of their grids, each training going on from its checkpoint."""

from collections.abc import Callable
from functools import partial
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
from syncohort.training.checkpoint import CODE, fingerprint
from syncohort.training.job import Job
from syncohort.training.task import Task
from syncohort.training.trainer import Trained

WING = "radiogenomics"
Training = Callable[[Fold, dict[str, Any]], tuple[dict[str, np.ndarray], Trained]]


def pretrain_autoencoder(
    fold: Fold, settings: dict[str, Any], *, layers: list[int], data_sha256: str, job: Job
) -> tuple[dict[str, np.ndarray], Trained]:
    """Train the autoencoder of expression, stopped by the validation patients.

    Parameters
    ----------
    fold
        The patients of the split.
    settings
        The mapping `radiogenomics.autoencoder`, and a point of its grid.
    layers
        Units of the network's hidden layers, of which the autoencoder has the first three.
    data_sha256
        Checksum of the data.
    job
        Where and how it runs.

    Returns
    -------
    weights
        Of the first three layers, and of the layers back.
    trained
        The course of the training.
    """

    def make_task(device: torch.device) -> MinibatchTask:
        network = Autoencoder(fold.pretraining.shape[1], layers[:SHARED], job.seed)
        training = fold.pretraining[~fold.pretraining_validation]
        validation = fold.pretraining[fold.pretraining_validation]
        loss = torch.nn.functional.mse_loss
        return MinibatchTask(network, loss, (training,) * 2, (validation,) * 2, settings, job.seed, device)

    return _train(make_task, {**settings, "layers": layers[:SHARED]}, data_sha256, job)


def train_network(
    fold: Fold,
    settings: dict[str, Any],
    *,
    layers: list[int],
    encoder: dict[str, np.ndarray],
    data_sha256: str,
    job: Job,
) -> tuple[dict[str, np.ndarray], Trained]:
    """Train the network that predicts image features; as `pretrain_autoencoder`.

    Parameters
    ----------
    fold, layers, data_sha256, job
        As there.
    settings
        Settings of the model, and a point of its grid.
    encoder
        Weights of the autoencoder; empty without pretraining.
    """

    def make_task(device: torch.device) -> Task:
        parts = [
            (fold.expression[chosen], fold.features[chosen].astype(np.float32))
            for chosen in (~fold.validation, fold.validation)
        ]
        return load_kind(settings["kind"], WING).task(*parts, settings, layers, encoder, job.seed, device)

    return _train(make_task, {**settings, "layers": layers}, data_sha256, job)


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
        _, trained = train(fold, {**settings, **point})
        trained.checkpoint.remove()
        return float(trained.history["monitor_smoothed"].min())

    points = grid(settings)
    rows = [
        {**point, "fold": number, "error": finished.get(f"{point} {number}", partial(error, point, fold))}
        for point in points
        for number, fold in enumerate(folds)
        if len(points) > 1
    ]
    return pd.DataFrame(rows, columns=[*POINT, "fold", "error"])


def finished_trainings(settings: dict[str, Any], layers: list[int], data_sha256: str, job: Job) -> Finished:
    """Find the trainings of a job that are done: of these settings and layers, and data of this checksum."""
    identity = fingerprint({**settings, "layers": layers, "seed": job.seed}, data_sha256, CODE)
    return Finished(job.folder / "finished.json", identity)


def _train(
    make_task: Callable[[torch.device], Task], settings: dict[str, Any], data_sha256: str, job: Job
) -> tuple[dict[str, np.ndarray], Trained]:
    device = job.device()
    trained = job.run(make_task(device), job.schedule(settings), device, settings=settings, data_sha256=data_sha256)
    return {name: value.cpu().numpy() for name, value in trained.weights.items()}, trained
