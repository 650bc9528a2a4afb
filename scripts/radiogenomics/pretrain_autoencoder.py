"""Train the autoencoder of a split on expression, at the best point of its grid, going on from its checkpoint."""

from functools import partial

import anndata
from safetensors.numpy import save

from syncohort.core.io import read_tsv, sha256, write_bytes, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.fold import make_fold
from syncohort.radiogenomics.search import AUTOENCODER, choose_point
from syncohort.radiogenomics.training import finished_trainings, pretrain_autoencoder, try_points
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params, output, split = snakemake.input, snakemake.params, snakemake.output, snakemake.wildcards.split
    data, job = sha256(inputs.patients) + sha256(inputs.splits), Job.of(snakemake)
    fold = make_fold(anndata.read_h5ad(inputs.patients), read_tsv(inputs.splits), split, params.protocol)
    train = partial(pretrain_autoencoder, layers=params.layers, data_sha256=data, job=job)
    finished = finished_trainings(params.model, params.layers, data, job)
    search = try_points(train, [fold], params.model, finished)
    weights, trained = train(fold, params.model | choose_point([search], params.model))
    write_tsv(search.assign(model=AUTOENCODER, split=split), output.search)
    write_tsv(trained.history, output.history)
    write_bytes(save(weights), output.weights)
    trained.checkpoint.remove()
    finished.remove()
