"""Train the autoencoder of a split on expression, going on from its checkpoint if there is one."""

from pathlib import Path

import anndata
from safetensors.numpy import save

from syncohort.core.io import read_tsv, sha256, write_bytes, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.fold import make_fold
from syncohort.radiogenomics.training import pretrain_autoencoder

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    splits = read_tsv(inputs.splits)
    weights, trained, checkpoint = pretrain_autoencoder(
        make_fold(anndata.read_h5ad(inputs.patients), splits, snakemake.wildcards.split, params.protocol),
        params.layers,
        params.model,
        seed=params.seed,
        threads=snakemake.threads,
        checkpoint_seconds=snakemake.resources.checkpoint_seconds,
        data_sha256=sha256(inputs.patients) + sha256(inputs.splits),
        folder=Path(params.folder),
    )
    write_tsv(trained.history, output.history)
    write_bytes(save(weights), output.weights)
    checkpoint.remove()
