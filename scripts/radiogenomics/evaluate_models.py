"""Score every model of image features over all folds, compare them, and join what was chosen and what chance gives."""

from pathlib import Path

import pandas as pd

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.evaluation import compare_models, score_predictions
from syncohort.radiogenomics.permutation import COLUMNS, permutation_test
from syncohort.radiogenomics.published_tables import average_errors, feature_errors
from syncohort.radiogenomics.search import summarise_searches


def by_model(paths):
    """Join the tables `{split}/{model}/….tsv` of all folds, model by model."""
    models = dict.fromkeys(Path(path).parent.name for path in paths)
    return {model: pd.concat([read_tsv(path) for path in paths if Path(path).parent.name == model]) for model in models}


with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    predictions, permuted = by_model(inputs.predictions), by_model(inputs.permuted)
    scores = pd.concat([score_predictions(table).assign(model=model) for model, table in predictions.items()])
    comparisons = compare_models(predictions, params.compare_with)
    tests = [permutation_test(predictions[model], table).assign(model=model) for model, table in permuted.items()]
    write_tsv(scores, output.scores)
    write_tsv(comparisons, output.comparisons)
    write_tsv(average_errors(scores, comparisons), output.average_errors)
    write_tsv(feature_errors(scores, comparisons), output.feature_errors)
    write_tsv(pd.concat(tests) if tests else pd.DataFrame(columns=COLUMNS), output.permutations)
    write_tsv(summarise_searches([read_tsv(path) for path in inputs.searches], params.protocol), output.searches)
