"""Examples in the documentation are read as a user's files would be."""

import re
from pathlib import Path

import pytest

from syncohort.core.config import load_settings

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "adding-a-cohort.md"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
# Whole cohorts, be it of images alone; other examples are parts of one.
EXAMPLES = re.findall(r"```yaml\n((?:title|mri):.*?)```", GUIDE.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0].removeprefix("title: "))
def test_whole_cohorts(tmp_path, example):
    (tmp_path / "mine.yaml").write_text(example)
    assert load_settings({"cohorts": ["mine"]}, [tmp_path]).cohorts["mine"].wings


def test_there_are_examples():
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_project_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_keeps_the_marks_of_a_merge(page):
    assert re.findall(r"^(?:<{7}|>{7}) .*", page.read_text(encoding="utf-8"), flags=re.MULTILINE) == []
