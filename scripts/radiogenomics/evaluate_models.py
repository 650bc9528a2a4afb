"""Score every model of image features over all folds, and compare them patient by patient."""

import pandas as pd

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.evaluation import compare_models, score_predictions

with job_log(snakemake.log[0]):
    output = snakemake.output
    predictions = {model: pd.concat(map(read_tsv, paths)) for model, paths in snakemake.input.items()}
    scores = [score_predictions(table).assign(model=model) for model, table in predictions.items()]
    write_tsv(pd.concat(scores), output.scores)
    write_tsv(compare_models(predictions, snakemake.params.compare_with), output.comparisons)
