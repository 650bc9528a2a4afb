from pathlib import Path

import pytest

from syncohort.report.inspection import find_faults

PAGE = '<!DOCTYPE html><html lang="en"><head><title>t</title></head><body><h1 id="top">t</h1>{}</body></html>'
DOWNLOADS = "".join(f'<a href="data:," download="f.{kind}">x</a>' for kind in ("png", "svg", "tsv"))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="#top">up</a><h2>s</h2><br><img src="data:," alt="a">', None),
        (f'<figure id="f">{DOWNLOADS}</figure>', None),
        (
            '<script src="https://cdn.example/x.js"></script>',
            "<script> refers to https://cdn.example/x.js, outside the page",
        ),
        ('<link rel="stylesheet" href="style.css">', "<link> refers to style.css, outside the page"),
        ("<style>@font-face{src:url(font.woff)}</style>", "the style imports url(font.woff)"),
        ("<style>@import 'x.css';</style>", "the style imports @import 'x.css'"),
        ("<div><p>t</div></p>", "</div> at line 1 closes another tag"),
        ("<div>", "</body> at line 1 closes another tag"),
        ('<p id="top">t</p>', "the id top is used 2 times"),
        ('<a href="#bottom">down</a>', "#bottom leads nowhere"),
        ("<h3>t</h3>", "<h3> follows a heading of level 1"),
        ('<img src="data:,">', "an <img> has no alternative text"),
        ("<svg></svg>", "an <svg> has no description"),
        ('<svg aria-label="a"><g clip-path="url(#gone)"/></svg>', "#gone leads nowhere"),
        ('<figure id="f"><a href="data:," download="f.png">x</a></figure>', "the figure f is not offered as svg, tsv"),
    ],
)
def test_faults_are_found(body: str, fault: str | None, tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(body))
    found = find_faults(page)
    assert (fault in found) if fault else (found == [])


def test_an_index_may_link_to_pages_beside_it_but_not_elsewhere(tmp_path: Path):
    page = tmp_path / "index.html"
    page.write_text(PAGE.format('<a href="kidney/report.html">k</a><a href="//example.org">e</a>'))
    assert find_faults(page, links=True) == ["<a> refers to //example.org, outside the page"]
