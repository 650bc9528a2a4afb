"""A figure of the report: its drawing, the table behind it, and the files both become."""

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure as Drawing

from syncohort.core.io import atomic_path

INK, MUTED, RULE, PAPER = "#1d2430", "#5d6875", "#dcdfe4", "#ffffff"
REAL, SYNTHETIC = "#3a78b0", "#e08214"
UP, DOWN = "#2f8f57", "#c8443c"

# The stylesheet has a dark counterpart of each.
THEMED = {
    INK: "--figure-ink",
    MUTED: "--figure-muted",
    RULE: "--figure-rule",
    PAPER: "--figure-paper",
    REAL: "--figure-real",
    SYNTHETIC: "--figure-synthetic",
    UP: "--figure-up",
    DOWN: "--figure-down",
}

STYLE = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "syncohort",
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
}
DOTS_PER_INCH = 150
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)

styled = matplotlib.rc_context(STYLE)


@dataclass(frozen=True)
class Figure:
    """A figure as the page shows it.

    Parameters
    ----------
    name
        Name of its files and of its anchor: lower case, hyphens.
    title
        What is drawn, in a few words.
    finding
        The one sentence the numbers say.
    alternative
        What the drawing looks like, for those who cannot see it.
    reading
        How to read it: marks, colours, axes.
    table
        The numbers that are drawn.
    drawing
        The drawing.
    """

    name: str
    title: str
    finding: str
    alternative: str
    reading: str
    table: pd.DataFrame
    drawing: Drawing


@dataclass(frozen=True)
class Download:
    """A file that the page carries within itself."""

    name: str
    address: str


@dataclass(frozen=True)
class Rendered:
    """A figure ready for the page: the vector drawing to show and the files to take away."""

    figure: Figure
    markup: Markup
    downloads: dict[str, Download]


def render(figure: Figure, folder: Path) -> Rendered:
    """Write `figure` as SVG, PNG and TSV to `folder`, and give what the page shows.

    The shown drawing follows the page into dark mode; the files are dark on white, for print. Equal figures give
    equal bytes.
    """
    drawn = ElementTree.fromstring(_save(figure.drawing, "svg", transparent=True))
    # The layout is found and serves the second file as well.
    figure.drawing.set_layout_engine("none")
    contents = {
        "svg": _standalone(drawn),
        "png": _save(figure.drawing, "png", dpi=DOTS_PER_INCH, facecolor=PAPER),
        "tsv": tsv(figure.table),
    }
    for kind, content in contents.items():
        with atomic_path(folder / f"{figure.name}.{kind}") as temporary:
            temporary.write_bytes(content)
    downloads = {kind: embed(content, f"{figure.name}.{kind}") for kind, content in contents.items()}
    return Rendered(figure, _inline(drawn, figure), downloads)


def tsv(table: pd.DataFrame) -> bytes:
    """Give `table` as tab-separated text, numbers to four significant digits."""
    return table.to_csv(sep="\t", index=False, float_format="%.4g", lineterminator="\n").encode()


def embed(content: bytes, name: str) -> Download:
    """Turn a file into an address that needs no network."""
    kind = {"svg": "image/svg+xml", "png": "image/png"}.get(name.rsplit(".", 1)[-1], "text/plain;charset=utf-8")
    return Download(name, f"data:{kind};base64,{base64.b64encode(content).decode()}")


def _save(drawing: Drawing, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        drawing.savefig(target, format=kind, metadata=metadata, **options)
    return target.getvalue()


def _standalone(drawn: ElementTree.Element) -> bytes:
    """Vector file for a paper: white ground, and the reader's own fonts."""
    root = _cleaned(drawn)
    root.insert(0, ElementTree.Element(f"{{{SVG}}}rect", {"width": "100%", "height": "100%", "fill": PAPER}))
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _inline(drawn: ElementTree.Element, figure: Figure) -> Markup:
    """Vector drawing for the page: themed colours, ids of its own, a title and a description."""
    root = _cleaned(drawn)
    width = float(root.get("viewBox").split()[2])
    del root.attrib["width"], root.attrib["height"]
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{figure.name}-title {figure.name}-description",
        "style": f"{root.get('style')};--drawn-width:{width / 72:.2f}in",
    }
    for tag, text in (("description", figure.alternative), ("title", figure.title)):
        element = ElementTree.Element(f"{{{SVG}}}{'desc' if tag == 'description' else tag}", {"id": tag})
        element.text = text
        root.insert(0, element)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, f"{figure.name}-{value}")
            elif key == "style":
                element.set(key, _themed(value))
            elif value.startswith("#") and key == f"{{{XLINK}}}href":
                element.set(key, f"#{figure.name}-{value[1:]}")
            elif value.startswith("url(#"):
                element.set(key, f"url(#{figure.name}-{value[5:]}")
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _cleaned(drawn: ElementTree.Element) -> ElementTree.Element:
    """Copy without what only the plotting library needs: metadata, global styles and ids nobody refers to."""
    text = ElementTree.tostring(drawn, encoding="unicode")
    root = ElementTree.fromstring(re.sub(r"font-family: [^;\"]+", f"font-family: {FONTS}", text))
    used = set(re.findall(r"(?:url\(|href=\")#([\w.-]+)", text))
    for parent in list(root.iter()):
        if parent.get("id") not in used:
            parent.attrib.pop("id", None)
        for child in list(parent):
            if child.tag.rsplit("}", 1)[-1] in ("metadata", "style"):
                parent.remove(child)
    root.set("style", "stroke-linejoin:round;stroke-linecap:butt")
    return root


def _themed(style: str) -> str:
    for colour, variable in THEMED.items():
        style = style.replace(colour, f"var({variable}, {colour})")
    return style
