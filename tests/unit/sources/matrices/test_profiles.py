"""Profiles that a user gives are read like any matrix, and errors name the setting."""

import pytest

from syncohort.core.errors import InputError
from syncohort.sources.matrices.profiles import read_profiles

KEY = "nodule.sample.profiles"


def test_profiles_are_columns(tmp_path):
    (tmp_path / "given.csv").write_text("gene,A,B\nTP53,1,2\nEGFR,3,\n")
    profiles = read_profiles(tmp_path / "given.csv", KEY)
    assert profiles.loc["A"].to_dict() == {"TP53": 1, "EGFR": 3}
    assert profiles.isna().to_numpy().tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("gene\tA\nTP53\t1\nTP53\t2\n", "names the gene 'TP53' more than once"),
        ("gene\tA\tA\nTP53\t1\t2\n", "names the sample 'A' more than once"),
        ("gene\tA\nTP53\tx\n", "holds text among its numbers: 'x'"),
        ("", "is empty"),
    ],
    ids=["gene twice", "profile twice", "text", "empty"],
)
def test_bad_profiles_are_refused_by_their_key(tmp_path, text, sentence):
    (tmp_path / "given.tsv").write_text(text)
    with pytest.raises(InputError, match=f"^{KEY}: .*given.tsv {sentence}"):
        read_profiles(tmp_path / "given.tsv", KEY)
    with pytest.raises(InputError, match=f"^{KEY}: .*no.tsv does not exist"):
        read_profiles(tmp_path / "no.tsv", KEY)
