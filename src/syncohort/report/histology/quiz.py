"""A quiz of one page: tiles one by one, real or generated? It opens offline, and what was answered can be saved."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from syncohort.core.errors import InputError
from syncohort.core.splits import TEST
from syncohort.histology.metrics import NOISE
from syncohort.histology.requests import FEWEST_ASKED
from syncohort.histology.store import TileStore, encode_png
from syncohort.report.rendering import templates


@dataclass(frozen=True)
class Question:
    """A tile to judge.

    Parameters
    ----------
    tile
        (size, size, 3) uint8.
    name
        Of the tile, for the answers that are saved.
    generated
        The truth.
    """

    tile: np.ndarray
    name: str
    generated: bool


def draw_questions(
    real: pd.DataFrame, store: TileStore, synthetic: pd.DataFrame, folder: Path, number: int, seed: int
) -> list[Question]:
    """Draw as many real as generated tiles of held-out patients, in a random order.

    Parameters
    ----------
    real
        Rows of `tiles.tsv` of the held-out slides.
    store
        Their images.
    synthetic
        The list of synthetic tiles; those of held-out patients are taken, or without expression those of noise.
    folder
        Their folder.
    number
        Questions; half of each kind, or fewer where there are not as many tiles.
    seed
        Seed of draw and order.

    Raises
    ------
    InputError
        When there are fewer than 4 of a kind.
    """
    made = synthetic[(synthetic["role"] == TEST) | (synthetic["made_for"] == NOISE)]
    half = min(number // 2, len(real), len(made))
    if half < FEWEST_ASKED:
        raise InputError(
            f"There are {len(real)} real and {len(made)} synthetic tiles of held-out patients, and the quiz needs at "
            f"least {FEWEST_ASKED} of each (histology.quiz.questions is {number}). Raise "
            "histology.generate.per_patient, or add slides."
        )
    rng = np.random.default_rng(seed)
    names = real["tile_id"].to_numpy()[rng.permutation(len(real))[:half]]
    paths = made["path"].to_numpy()[rng.permutation(len(made))[:half]]
    questions = [Question(tile, name, False) for tile, name in zip(store.read(names), names, strict=True)]
    for path in paths:
        with Image.open(folder / path) as image:
            questions.append(Question(np.asarray(image.convert("RGB")), str(path), True))
    return [questions[place] for place in rng.permutation(len(questions))]


def render_quiz(questions: list[Question], cohort: str, model: str) -> str:
    """Render the page, with all its tiles in it.

    Parameters
    ----------
    questions
        Tiles in the order in which they are asked.
    cohort, model
        Titles, for the heading and for the answers that are saved.
    """
    content = {
        "cohort": cohort,
        "model": model,
        "questions": [
            {
                "name": question.name,
                "generated": question.generated,
                "image": f"data:image/png;base64,{base64.b64encode(encode_png(question.tile)).decode()}",
            }
            for question in questions
        ],
    }
    # A tag in a name could end the script that holds it.
    encoded = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    return (
        templates().get_template("quiz.html").render(cohort=cohort, model=model, content=encoded, number=len(questions))
    )
