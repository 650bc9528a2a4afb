"""Judge a fold's model: its slices of held-out patients beside the real ones, and whether they follow the genes."""

from syncohort.core.cohort import read_cohort, tumour_expression
from syncohort.core.io import read_tsv, write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.nodule.detector import Detector
from syncohort.nodule.fold_evaluation import judge_fold
from syncohort.nodule.slices import Slices
from syncohort.nodule.trained_generator import TrainedGenerator
from syncohort.sources.cohorts.simulated import PATHWAY
from syncohort.sources.genes.gene_sets import read_gmt

with job_log(snakemake.log[0]):
    inputs, output = dict(snakemake.input.items()), snakemake.output
    sets = read_gmt(inputs["gene_sets"]) if "gene_sets" in inputs else {}
    found = judge_fold(
        TrainedGenerator.load(inputs["weights"], inputs["description"]),
        Detector.load(inputs["detector"], inputs["detector_description"]),
        Slices.read(inputs["content"]).by_role(read_tsv(inputs["splits"]), snakemake.wildcards.split),
        tumour_expression(read_cohort(inputs["cohort"])) if "cohort" in inputs else None,
        {name: genes for name, genes in sets.items() if name != PATHWAY},
        snakemake.params.settings,
        seed=snakemake.params.seed,
        threads=snakemake.threads,
    )
    write_tsv(found.metrics, output.metrics)
    write_tsv(found.conditioning, output.conditioning)
    write_tsv(found.modules, output.modules)
    write_json(found.preservation, output.preservation)
    write_tsv(found.attributions, output.attributions)
    write_tsv(found.attributed_modules, output.attributed_modules)
    found.examples.write(output.examples, output.examples_table, {})
