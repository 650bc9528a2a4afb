"""Try a network's grid on the held-out patients of a split, as published."""

from functools import partial

import anndata
from safetensors.numpy import load_file

from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.fold import make_fold, reported_fold
from syncohort.radiogenomics.training import finished_trainings, train_network, try_points
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
    data, job = "".join(map(sha256, inputs)), Job.of(snakemake)
    fold = make_fold(anndata.read_h5ad(inputs.patients), read_tsv(inputs.splits), wildcards.split, params.protocol)
    encoder = load_file(inputs.encoder) if inputs.get("encoder") else {}
    train = partial(train_network, layers=params.layers, encoder=encoder, data_sha256=data, job=job)
    finished = finished_trainings(params.model, params.layers, data, job)
    search = try_points(train, [reported_fold(fold)], params.model, finished)
    write_tsv(search.assign(model=wildcards.model, split=wildcards.split), snakemake.output[0])
    finished.remove()
