"""The quiz: its questions, and in Chromium, offline, by keyboard and by touch, with a score that SciPy confirms."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import stats

from syncohort.core.errors import InputError
from syncohort.histology.store import TileStore, writing_tiles
from syncohort.report.histology.quiz import Question, draw_questions, render_quiz

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def tile(shade):
    return np.full((16, 16, 3), shade, np.uint8)


@pytest.fixture
def tiles(tmp_path):
    """Six real tiles of held-out patients, five generated ones of such, and one of a training patient."""
    names = [f"P1_lung_{number}" for number in range(6)]
    with writing_tiles(tmp_path / "tiles.zip") as writer:
        for name in names:
            writer.add(name, tile(50))
    paths = [f"patient/P1/{number}.png" for number in range(6)]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(tile(200)).save(tmp_path / path)
    synthetic = pd.DataFrame({"path": paths, "made_for": "patient", "role": ["test"] * 5 + ["train"]})
    return pd.DataFrame({"tile_id": names}), synthetic, tmp_path


def draw(tiles, number=8, seed=1):
    real, synthetic, folder = tiles
    with TileStore(folder / "tiles.zip") as store:
        return draw_questions(real, store, synthetic, folder, number, seed)


def test_half_are_real_and_none_is_of_a_training_patient(tiles):
    questions = draw(tiles, number=100)
    assert sum(question.generated for question in questions) == 5
    assert len(questions) == 10
    assert {int(question.tile[0, 0, 0]) for question in questions if question.generated} == {200}
    assert "patient/P1/5.png" not in {question.name for question in questions}
    assert [question.name for question in draw(tiles)] == [question.name for question in draw(tiles)]
    assert [question.name for question in draw(tiles)] != [question.name for question in draw(tiles, seed=2)]


def test_too_few_tiles_are_told(tiles):
    real, synthetic, folder = tiles
    with pytest.raises(InputError, match="There are 6 real and 2 synthetic tiles of held-out patients, and the quiz"):
        draw((real, synthetic.iloc[[0, 1, 5]], folder))


def test_a_name_cannot_end_the_script():
    page = render_quiz([Question(tile(0), "</script><b>", True)] * 4, "Lungs & more", "gan")
    assert "</script><b>" not in page
    assert "Lungs &amp; more" in page


@pytest.fixture
def opened(tmp_path):
    """The quiz of eight tiles, generated ones on even places, in a browser without network."""
    questions = [Question(tile(30 * number), f"tile {number}", number % 2 == 0) for number in range(8)]
    path = tmp_path / "quiz.html"
    path.write_text(render_quiz(questions, "Lungs", "rna-gan"), encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(offline=True, has_touch=True, viewport={"width": 390, "height": 844})
        page, asked, complaints = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        yield page
        assert {url for url in asked if not url.startswith(("data:", "blob:"))} == {path.as_uri()}
        assert complaints == []
        browser.close()


@needs_chromium
def test_answered_by_keyboard_and_saved(opened, tmp_path):
    page = opened
    page.get_by_label("Your name").fill("a reader of Gray's r g")
    page.get_by_role("button", name="Begin").focus()
    page.keyboard.press("Enter")
    # All generated ones are found, and one real tile in four is taken for one.
    for key in "ggGrgrgr":
        page.keyboard.press(key)
    score = page.locator("#score").inner_text()
    low, high = stats.binomtest(7, 8).proportion_ci(method="wilson")
    expected = stats.norm.ppf(4.5 / 5) - stats.norm.ppf(1.5 / 5)
    assert score == (
        f"7 of 8 right, 88 % (95 % interval {low:.0%} to {high:.0%}, Wilson); d′ = {expected:.2f}.".replace("%", " %")
        .replace("88  %", "88 %")
        .replace("95  %", "95 %")
    )
    assert page.locator("#answers .wrong").count() == 1
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the answers").click()
    download.value.save_as(tmp_path / "answers.json")
    saved = json.loads((tmp_path / "answers.json").read_text())
    assert download.value.suggested_filename == "quiz-Lungs-rna-gan.json"
    assert (saved["cohort"], saved["model"], saved["reader"]) == ("Lungs", "rna-gan", "a reader of Gray's r g")
    assert [one["answer"] for one in saved["answers"]] == ["generated"] * 3 + ["real", "generated"] + [
        "real", "generated", "real"
    ]  # fmt: skip
    assert saved["answers"][1] | {"milliseconds": 0} == {
        "tile": "tile 1", "truth": "real", "answer": "generated", "milliseconds": 0
    }  # fmt: skip
    assert saved["score"]["sensitivity"] == pytest.approx(expected, abs=1e-7)
    assert (saved["score"]["low"], saved["score"]["high"]) == pytest.approx((low, high), abs=1e-6)


@needs_chromium
def test_answered_by_touch_with_an_answer_taken_back(opened):
    page = opened
    page.get_by_role("button", name="Begin").tap()
    assert "Tile 1 of 8" in page.locator("#progress").inner_text()
    page.get_by_role("button", name="Real").tap()
    page.get_by_role("button", name="Take the last answer back").tap()
    sync_api.expect(page.locator("#progress")).to_have_text("Tile 1 of 8")
    for number in range(8):
        page.get_by_role("button", name="Generated" if number % 2 == 0 else "Real").tap()
    assert page.locator("#score").inner_text().startswith("8 of 8 right, 100 %")
    sync_api.expect(page.get_by_text("better than by guessing")).to_be_visible()
    # Nothing is wider than the phone.
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Once more").tap()
    sync_api.expect(page.locator("#progress")).to_have_text("Tile 1 of 8")


@needs_chromium
def test_the_statistics_are_those_of_scipy(opened):
    shares = [1e-4, 0.01, 0.03, 0.3, 0.5, 0.9, 0.99, 0.9999]
    assert opened.evaluate(f"{shares}.map(quantile)") == pytest.approx(stats.norm.ppf(shares).tolist(), abs=1e-8)
    for right, number in ((0, 5), (3, 5), (5, 5), (40, 100)):
        interval = stats.binomtest(right, number).proportion_ci(method="wilson")
        assert opened.evaluate(f"wilson({right}, {number})") == pytest.approx(list(interval), abs=1e-6)
