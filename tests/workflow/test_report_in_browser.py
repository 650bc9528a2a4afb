"""The pages as a reader has them: in Chromium, offline, light and dark, wide and on a phone, by keyboard."""

import base64
import re
import shutil
from contextlib import contextmanager
from urllib.parse import unquote_to_bytes

import pytest

from syncohort.core.io import read_json

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
PAGES = {
    "report": "results/tiny/report.html",
    "index": "results/index.html",
    "leaderboard": "results/leaderboard.html",
}
COLOURS = "(({ color, backgroundColor }) => color + backgroundColor)(getComputedStyle(document.body))"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, finished_run):
    """Open a page with the network off; at the end nothing may have been asked of it, nor gone wrong."""

    @contextmanager
    def open_page(name, **options):
        context = chromium.new_context(offline=True, **options)
        page, address = context.new_page(), (finished_run / PAGES[name]).as_uri()
        requests, complaints = [], []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        yield page
        assert {url for url in requests if not url.startswith("data:")} == {address}
        assert complaints == []
        context.close()

    return open_page


def decoded(address: str) -> bytes:
    """Content of a `data:` address."""
    head, content = address.split(",", 1)
    assert head.startswith("data:"), address[:80]
    return base64.b64decode(content, validate=True) if head.endswith(";base64") else unquote_to_bytes(content)


def test_the_verdict_is_what_the_reader_sees_first(opened, finished_run):
    with opened("report", viewport=WIDE) as page:
        verdict = page.locator("#verdict")
        sync_api.expect(verdict).to_be_in_viewport()
        models = read_json(finished_run / "results/tiny/report.json")["models"]
        grades = [use["grade"] for model in models for use in model["verdicts"]]
        for grade in set(grades):
            assert verdict.locator(f".grade.{grade}").count() == grades.count(grade)


def test_the_index_leads_to_the_report(opened, finished_run):
    with opened("index", viewport=WIDE) as page:
        link = page.get_by_role("link", name="Tiny cohort")
        sync_api.expect(link).to_be_visible()
        assert link.evaluate("link => link.href") == (finished_run / PAGES["report"]).as_uri()


def test_the_leaderboard_is_reached_from_the_index_and_sorts(opened):
    with opened("index", viewport=WIDE) as page:
        link = page.get_by_role("link", name="Leaderboard of the models")
        assert link.evaluate("link => link.href").endswith(PAGES["leaderboard"])
    with opened("leaderboard", viewport=WIDE) as page:
        table = page.locator("#co-expression table").first
        heading = table.get_by_role("columnheader", name="Value")
        orders = {}
        for _ in range(2):
            heading.get_by_role("button").click()
            cells = table.locator("tbody tr td:nth-child(3)")
            orders[heading.get_attribute("aria-sort")] = cells.evaluate_all(
                "cells => cells.map(cell => Number(cell.dataset.value))"
            )
        assert orders["descending"] == sorted(orders["descending"], reverse=True)
        assert orders["ascending"] == sorted(orders["descending"])
        assert len(set(orders["ascending"])) > 1
        assert b"membership_distance" in decoded(page.locator("a[download]").get_attribute("href"))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_sticks_out_to_the_right(opened, name, viewport):
    with opened(name, viewport=viewport) as page:
        for details in page.locator("main details").all():
            details.evaluate("details => { details.open = true; }")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("name", PAGES)
def test_dark_mode_is_light_on_dark(opened, name):
    brightness = {}
    for scheme in ("light", "dark"):
        with opened(name, viewport=WIDE, color_scheme=scheme) as page:
            style = page.evaluate(COLOURS)
        red_green_blue = list(map(int, re.findall(r"\d+", style)))
        brightness[scheme] = sum(red_green_blue[:3]), sum(red_green_blue[3:])
    ink, paper = brightness["light"]
    assert ink < 200 < 600 < paper
    ink, paper = brightness["dark"]
    assert paper < 200 < 600 < ink


def test_figures_are_drawn_and_can_be_taken_away(opened):
    with opened("report", viewport=WIDE) as page:
        figures = page.locator("figure.figure").all()
        assert figures
        for figure in figures:
            box = figure.locator(".drawing svg, .drawing img").first.bounding_box()
            assert box["width"] > 200
            assert box["height"] > 100
            files = {link.inner_text(): link for link in figure.locator("a[download]").all()}
            assert list(files) == ["PNG", "SVG", "TSV"]
            content = {kind: decoded(link.get_attribute("href")) for kind, link in files.items()}
            assert content["PNG"].startswith(b"\x89PNG\r\n\x1a\n")
            assert b"<svg" in content["SVG"][:1000]
            heading, *rows = content["TSV"].decode().splitlines()
            assert "\t" in heading
            assert rows
        for link in page.locator("a[download]").all():
            assert decoded(link.get_attribute("href"))


def test_the_keyboard_reaches_the_contents(opened):
    with opened("report", viewport=WIDE) as page:
        reached = []
        for _ in range(5):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
        assert reached[0] == "#content", "first a way past the contents"
        assert "#verdict" in reached
        page.keyboard.press("Enter")
        assert page.url.endswith(reached[-1])


def test_every_entry_of_the_contents_leads_somewhere(opened):
    with opened("report", viewport=WIDE) as page:
        targets = page.locator("nav.contents a").evaluate_all("links => links.map(link => link.hash)")
        assert len(targets) > 10
        assert [target for target in targets if page.locator(target).count() != 1] == []


def test_contents_fold_on_a_phone(opened):
    with opened("report", viewport=PHONE) as page:
        entry = page.locator("nav.contents a[href='#methods']")
        sync_api.expect(entry).to_be_hidden()
        page.locator("nav.contents summary").click()
        sync_api.expect(entry).to_be_visible()
        entry.click()
        sync_api.expect(page.locator("#methods")).to_be_in_viewport()


def test_the_page_is_whole_without_scripts(opened):
    with opened("report", viewport=WIDE, java_script_enabled=False) as page:
        sync_api.expect(page.locator("#verdict")).to_be_visible()
        sync_api.expect(page.locator("figure.figure .drawing").first).to_be_visible()
