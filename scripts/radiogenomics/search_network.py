"""Try a network's grid on the held-out patients of a split, as published."""

from functools import partial
from pathlib import Path

import anndata
from safetensors.numpy import load_file

from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.fold import make_fold, reported_fold
from syncohort.radiogenomics.training import finished_trainings, train_network, try_points

with job_log(snakemake.log[0]):
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    data, folder = "".join(map(sha256, inputs)), Path(params.folder)
    fold = make_fold(anndata.read_h5ad(inputs.patients), read_tsv(inputs.splits), wildcards.split, params.protocol)
    train = partial(
        train_network,
        layers=params.layers,
        encoder=load_file(inputs.encoder) if inputs.get("encoder") else {},
        seed=params.seed,
        threads=snakemake.threads,
        checkpoint_seconds=snakemake.resources.checkpoint_seconds,
        data_sha256=data,
        folder=folder,
    )
    finished = finished_trainings(params.model, params.layers, params.seed, data, folder)
    search = try_points(train, [reported_fold(fold)], params.model, finished)
    write_tsv(search.assign(model=wildcards.model, split=wildcards.split), snakemake.output[0])
    finished.remove()
