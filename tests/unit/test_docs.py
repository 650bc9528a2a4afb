"""Examples in the documentation are read as a user's files would be."""

import re
from pathlib import Path

import pytest

from syncohort.core.config import load_settings

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "adding-a-cohort.md"
# Whole cohorts; other examples are parts of one.
EXAMPLES = re.findall(r"```yaml\n(title:.*?)```", GUIDE.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0].removeprefix("title: "))
def test_whole_cohorts(tmp_path, example):
    (tmp_path / "mine.yaml").write_text(example)
    assert load_settings({"cohorts": ["mine"]}, [tmp_path]).cohorts["mine"].values["source"]


def test_there_are_examples():
    assert len(EXAMPLES) >= 4
