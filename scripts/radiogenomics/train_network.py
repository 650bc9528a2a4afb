"""Train the network of image features of a split at the best point of its grid, and predict."""

from functools import partial
from pathlib import Path

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

with job_log(snakemake.log[0]):
    inputs, params, output, wildcards = snakemake.input, snakemake.params, snakemake.output, snakemake.wildcards
    patients = anndata.read_h5ad(inputs.patients)
    fold = make_fold(patients, read_tsv(inputs.splits), wildcards.split, params.protocol)
    sources, folder = {path: sha256(path) for path in inputs}, Path(params.folder)
    data = "".join(sources.values())
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
    if inputs.get("searches"):
        search = pd.concat([read_tsv(path) for path in inputs.searches])
    else:
        inner = inner_folds(fold, params.model.get("inner_folds", 2), params.seed)
        search = try_points(train, inner, params.model, finished).assign(model=wildcards.model, split=wildcards.split)
    chosen = choose_point([search], params.model)
    weights, trained, checkpoint = train(fold, params.model | chosen)
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
        "best_step": trained.best_step,
        "stopped_early": trained.stopped_early,
        "provenance": provenance(seed=params.seed, settings=params.model, inputs=sources),
    }
    write_json(record, output.description)
    checkpoint.remove()
    finished.remove()
