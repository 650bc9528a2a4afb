"""Inspection of a page: what would keep it from opening offline, from being read, or from being taken away."""

import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

from syncohort.report.page import MOST_BYTES

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
EMBEDDED = ("data:", "#")
KINDS = {"png", "svg", "tsv"}


def find_faults(page: Path, *, links: bool = False) -> list[str]:
    """Look for faults of a page.

    A page has none when it weighs less than 15 MB, refers to nothing outside itself, nests its tags, uses every id
    once and only points to ids it has, has headings in order, describes every image and offers every figure as PNG,
    SVG and TSV.

    Parameters
    ----------
    page
        The page.
    links
        Whether links (not scripts, styles or images) to files beside it are allowed, as an index has them.

    Returns
    -------
    list of str
        One sentence for each fault; empty for a good page.
    """
    inspector = _Inspector(links)
    text = page.read_text(encoding="utf-8")
    inspector.feed(text)
    inspector.close()
    faults = inspector.faults + [f"<{tag}> is never closed" for tag in inspector.open]
    if len(text.encode()) > MOST_BYTES:
        faults.append(f"the page weighs {len(text.encode()) / 1e6:.1f} MB")
    faults += [f"the id {name} is used {number} times" for name, number in inspector.ids.items() if number > 1]
    faults += [f"#{name} leads nowhere" for name in sorted(inspector.targets - set(inspector.ids))]
    faults += [
        f"the figure {name} is not offered as {', '.join(sorted(KINDS - kinds))}"
        for name, kinds in inspector.figures.items()
        if kinds != KINDS
    ]
    return faults


class _Inspector(HTMLParser):
    def __init__(self, links: bool) -> None:
        super().__init__()
        self.links = links
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.targets: set[str] = set()
        self.figures: dict[str, set[str]] = {}
        self.figure = ""
        self.level = 0
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        self._note(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at line {self.getpos()[0]} closes another tag")
        if tag == "figure":
            self.figure = ""

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            imports = re.findall(r"@import[^;]*|url\((?!data:)[^)]*\)", data)
            self.faults += [f"the style imports {found}" for found in imports]

    def _note(self, tag: str, given: Mapping[str, str]) -> None:
        if "id" in given:
            self.ids[given["id"]] += 1
        for name in ("src", "href", "xlink:href", "srcset", "data", "poster", "action"):
            self._note_reference(tag, given.get(name, ""))
        self.targets |= set(given.get("aria-labelledby", "").split())
        self.targets |= set(re.findall(r"url\(#([^)]+)\)", " ".join(given.values())))
        if re.fullmatch("h[1-6]", tag):
            if int(tag[1]) > self.level + 1:
                self.faults.append(f"<{tag}> follows a heading of level {self.level}")
            self.level = int(tag[1])
        if tag == "img" and not given.get("alt"):
            self.faults.append("an <img> has no alternative text")
        if tag == "svg" and not (given.get("aria-label") or given.get("aria-labelledby")):
            self.faults.append("an <svg> has no description")
        if tag == "figure":
            self.figure = given["id"]
            self.figures[self.figure] = set()
        if tag == "a" and self.figure and "download" in given:
            self.figures[self.figure].add(given["download"].rsplit(".", 1)[-1])

    def _note_reference(self, tag: str, reference: str) -> None:
        if reference.startswith("#"):
            self.targets.add(reference[1:])
        relative = tag == "a" and self.links and not re.match(r"[a-z]+:|//", reference)
        if reference and not reference.startswith(EMBEDDED) and not relative:
            self.faults.append(f"<{tag}> refers to {reference[:60]}, outside the page")
