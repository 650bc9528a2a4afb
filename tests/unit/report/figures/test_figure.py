from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.report.figures.figure import INK, Figure, render, styled


@styled
def figure_named(name: str) -> Figure:
    drawing = Drawing()
    axes = drawing.add_subplot(title="a < b & $c")
    axes.plot([0, 1], [0, 1], color=INK, marker="o")
    return Figure(name, "A <title>", "1 of 1.", "A line.", "Read it.", pd.DataFrame({"a": [1 / 3]}), drawing)


def test_files_are_written_and_stand_alone(tmp_path: Path):
    render(figure_named("one"), tmp_path)
    assert (tmp_path / "one.tsv").read_text() == "a\n0.3333\n"
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    svg = (tmp_path / "one.svg").read_text()
    assert "var(" not in svg
    assert "dc:date" not in svg
    assert ElementTree.fromstring(svg)[0].get("fill") == "#ffffff"


def test_drawing_on_the_page_follows_the_page_and_keeps_its_ids_to_itself(tmp_path: Path):
    drawings = [ElementTree.fromstring(render(figure_named(name), tmp_path).markup) for name in ("one", "two")]
    ids = [{element.get("id") for element in drawing.iter() if element.get("id")} for drawing in drawings]
    assert not ids[0] & ids[1]
    assert all(name.startswith("one-") for name in ids[0])
    assert [element.text for element in drawings[0][:2]] == ["A <title>", "A line."]
    assert "var(--figure-ink, #1d2430)" in ElementTree.tostring(drawings[0], encoding="unicode")
    assert not any("style" in element.tag.rsplit("}")[-1] for element in drawings[0].iter())
