"""Write the quiz of a model's tiles: real or generated?"""

from pathlib import Path

from syncohort.core.io import read_tsv, write_text
from syncohort.core.joblog import job_log
from syncohort.core.splits import TEST, roles_of_patients
from syncohort.histology.store import TileStore
from syncohort.histology.tiling import kept_tiles
from syncohort.report.histology.quiz import draw_questions, render_quiz

with job_log(snakemake.log[0]):
    inputs, params = snakemake.input, snakemake.params
    tiles, folder = kept_tiles(read_tsv(inputs.table)), Path(inputs.synthetic)
    held_out = roles_of_patients(tiles["patient_id"], read_tsv(inputs.splits), snakemake.wildcards.split) == TEST
    with TileStore(inputs.tiles) as store:
        synthetic = read_tsv(folder / "tiles.tsv")
        questions = draw_questions(tiles[held_out], store, synthetic, folder, params.questions, params.seed)
    write_text(render_quiz(questions, params.title, snakemake.wildcards.model), snakemake.output[0])
