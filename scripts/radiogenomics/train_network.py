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
from syncohort.radiogenomics.search import choose_point
from syncohort.radiogenomics.training import WING, train_network

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    patients, searches = anndata.read_h5ad(inputs.patients), inputs.get("searches", [])
    fold = make_fold(patients, read_tsv(inputs.splits), snakemake.wildcards.split, params.protocol)
    chosen = choose_point([read_tsv(path) for path in searches], params.model)
    sources = {path: sha256(path) for path in inputs}
    weights, trained, checkpoint = train_network(
        fold,
        params.model | chosen,
        layers=params.layers,
        encoder=load_file(inputs.encoder) if inputs.get("encoder") else {},
        seed=params.seed,
        threads=snakemake.threads,
        checkpoint_seconds=snakemake.resources.checkpoint_seconds,
        data_sha256="".join(sources.values()),
        folder=Path(params.folder),
    )
    predicted = load_kind(params.model["kind"], WING).predict(weights, fold.everybody)
    features = list(patients.obsm["features"].columns)
    write_tsv(tabulate_predictions(fold, features, predicted), output.predictions)
    write_tsv(trained.history, output.history)
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
