"""Train the network of image features of a split at the best point of its grid, and predict."""

from functools import partial

import anndata
import pandas as pd
from safetensors.numpy import load_file, save

from syncohort.core.io import read_tsv, sha256, write_bytes, write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.kinds import load_kind
from syncohort.core.provenance import provenance
from syncohort.radiogenomics.fold import inner_folds, make_fold
from syncohort.radiogenomics.predictions import tabulate_predictions
from syncohort.radiogenomics.search import choose_point
from syncohort.radiogenomics.training import WING, finished_trainings, train_network, try_points
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params, output, wildcards = snakemake.input, snakemake.params, snakemake.output, snakemake.wildcards
    patients = anndata.read_h5ad(inputs.patients)
    fold = make_fold(patients, read_tsv(inputs.splits), wildcards.split, params.protocol)
    sources, job = {path: sha256(path) for path in inputs}, Job.of(snakemake)
    data = "".join(sources.values())
    encoder = load_file(inputs.encoder) if inputs.get("encoder") else {}
    train = partial(train_network, layers=params.layers, encoder=encoder, data_sha256=data, job=job)
    finished = finished_trainings(params.model, params.layers, data, job)
    if inputs.get("searches"):
        search = pd.concat([read_tsv(path) for path in inputs.searches])
    else:
        inner = inner_folds(fold, params.model.get("inner_folds", 2), params.seed)
        search = try_points(train, inner, params.model, finished).assign(model=wildcards.model, split=wildcards.split)
    chosen = choose_point([search], params.model)
    weights, trained = train(fold, params.model | chosen)
    predicted = load_kind(params.model["kind"], WING).predict(weights, fold.everybody)
    features = list(patients.obsm["features"].columns)
    write_tsv(tabulate_predictions(fold, features, predicted), output.predictions)
    write_tsv(trained.history, output.history)
    write_tsv(search[search["split"] == wildcards.split], output.search)
    write_bytes(save(weights), output.weights)
    record = {
        "genes": list(patients.var_names),
        "features": features,
        "scaling": fold.scaling.to_json(),
        "chosen": chosen,
        **trained.course(),
        "provenance": provenance(seed=params.seed, settings=params.model, inputs=sources),
    }
    write_json(record, output.description)
    trained.checkpoint.remove()
    finished.remove()
