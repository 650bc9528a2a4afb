"""Judge a fold's model: its images of held-out patients beside the real ones, and its synthetic subjects."""

from pathlib import Path

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import TEST, TRAIN
from syncohort.mri.evaluation import Sets, judge_generator, judge_pairs
from syncohort.mri.prepared_cohort import read_folder, read_prepared
from syncohort.mri.segmenter import Segmenter
from syncohort.mri.slice_features import SliceFeatures
from syncohort.training.device import choose_device

with job_log(snakemake.log[0]):
    inputs, output = snakemake.input, snakemake.output
    real = read_prepared(Path(inputs.prepared), read_tsv(inputs.splits), snakemake.wildcards.split)
    sets = Sets(
        test=real[TEST],
        counterparts=read_folder(Path(inputs.counterparts)),
        synthetic=read_folder(Path(inputs.synthetic)),
        training=real[TRAIN],
    )
    pairs = judge_pairs(sets)
    write_tsv(pairs, output.pairs)
    segmenter = Segmenter.load(inputs.segmenter, Path(inputs.segmenter).with_suffix(".json"))
    extractor = SliceFeatures(segmenter, choose_device(snakemake.threads))
    tables = (read_tsv(inputs.consistency), read_tsv(inputs.scores))
    write_tsv(judge_generator(sets, pairs, *tables, extractor, snakemake.params.seed), output.metrics)
