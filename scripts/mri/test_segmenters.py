"""Test segmentation networks on the held-out real patients, and those trained on real images on synthetic ones."""

from pathlib import Path

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.naming import REAL
from syncohort.core.splits import TEST
from syncohort.mri.dice_summary import summarise_scores
from syncohort.mri.prepared_cohort import read_folder, read_prepared
from syncohort.mri.segmentation_scores import score_segmenters
from syncohort.mri.segmenter import Segmenter

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    held_out = read_prepared(Path(inputs.prepared), read_tsv(inputs.splits), snakemake.wildcards.split)[TEST]
    segmenters = [
        (*named, Segmenter.load(weights, Path(weights).with_suffix(".json")))
        for named, weights in zip(params.segmenters, inputs.segmenters, strict=True)
    ]
    scores = score_segmenters(segmenters, held_out, snakemake.threads)
    write_tsv(scores, output.scores)
    write_tsv(summarise_scores(scores, params.seed), output.summary)
    # As many as there are held-out subjects, so that both are as uncertain.
    synthetic = read_folder(Path(inputs.synthetic))[: len(held_out)]
    on_real = [segmenter for segmenter in segmenters if segmenter[0] == REAL]
    write_tsv(score_segmenters(on_real, synthetic, snakemake.threads), output.consistency)
