"""Train the network of image features of a split, going on from its checkpoint if there is one, and predict."""

from pathlib import Path

import anndata
from safetensors.numpy import load_file, save

from syncohort.core.io import read_tsv, sha256, write_bytes, write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.kinds import load_kind
from syncohort.core.provenance import provenance
from syncohort.radiogenomics.fold import make_fold
from syncohort.radiogenomics.predictions import tabulate_predictions
from syncohort.radiogenomics.training import WING, train_network

with job_log(snakemake.log[0]):
    inputs, params, output = dict(snakemake.input.items()), snakemake.params, snakemake.output
    patients = anndata.read_h5ad(inputs["patients"])
    fold = make_fold(patients, read_tsv(inputs["splits"]), snakemake.wildcards.split, params.protocol)
    sources = {name: sha256(path) for name, path in inputs.items()}
    weights, trained, checkpoint = train_network(
        fold,
        params.layers,
        params.model,
        load_file(inputs["encoder"]) if "encoder" in inputs else {},
        seed=params.seed,
        threads=snakemake.threads,
        checkpoint_seconds=snakemake.resources.checkpoint_seconds,
        data_sha256="".join(sources.values()),
        folder=Path(params.folder),
    )
    predicted = load_kind(params.model["kind"], WING).predict(weights, fold.test_expression)
    features = list(patients.obsm["features"].columns)
    write_tsv(tabulate_predictions(fold, features, predicted), output.predictions)
    write_tsv(trained.history, output.history)
    write_bytes(save(weights), output.weights)
    record = {
        "genes": list(patients.var_names),
        "features": features,
        "scaling": fold.scaling.to_json(),
        "best_step": trained.best_step,
        "stopped_early": trained.stopped_early,
        "provenance": provenance(seed=params.seed, settings=params.model, inputs=sources),
    }
    write_json(record, output.description)
    checkpoint.remove()
