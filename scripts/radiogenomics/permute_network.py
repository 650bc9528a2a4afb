"""Train a network on image features exchanged among patients, time after time, and sum its errors in a split."""

from functools import partial

from safetensors.numpy import load_file

from syncohort.core.io import read_json, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.kinds import load_kind
from syncohort.radiogenomics.permutation import Permutations
from syncohort.radiogenomics.training import WING, finished_trainings, train_network
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params = snakemake.input, snakemake.params
    data, job = "".join(map(sha256, inputs)), Job.of(snakemake)
    # The learning rate is that of the patients' own features; choosing it anew would multiply the trainings.
    settings = params.model | read_json(inputs.description)["chosen"]
    encoder = load_file(inputs.encoder) if inputs.get("encoder") else {}
    train = partial(train_network, settings=settings, layers=params.layers, encoder=encoder, job=job)
    finished = finished_trainings(settings, params.layers, data, job)

    def predict(fold, number):
        """Train the network on a fold with exchanged features, unless that is done, and predict."""

        def compute():
            weights, trained = train(fold, data_sha256=f"{data} permutation {number}")
            trained.checkpoint.remove()
            return load_kind(settings["kind"], WING).predict(weights, fold.test_expression).tolist()

        return finished.get(str(number), compute)

    write_tsv(Permutations.of(snakemake).errors(predict), snakemake.output[0])
    finished.remove()
