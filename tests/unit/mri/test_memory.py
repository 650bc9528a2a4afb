"""The way of training is chosen from the card: the cards people have, the published size, and what is said of it."""

import logging

import pytest

from syncohort.core.errors import InputError
from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.memory import fit_to_memory

FULL = (64, 240, 240)


def settings_of(presets, preset: str, **changed: object) -> Pix2PixSettings:
    values = presets("models", preset, **{"lean": "auto", "precision": "bf16", **changed})
    return Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})


@pytest.fixture
def estimated(monkeypatch):
    """What is calculated for the published size, without the calculation."""
    needed = {True: 7.2, False: 13.0}
    monkeypatch.setattr("syncohort.mri.memory.needed_gigabytes", lambda settings, *_: needed[settings.lean])


CARDS = [(8.5, True), (12.9, True), (16.9, False), (25.4, False), (42.5, False)]


@pytest.mark.usefixtures("estimated")
@pytest.mark.parametrize(("gigabytes", "lean"), CARDS)
def test_the_cards_people_have(presets, caplog, gigabytes, lean):
    with caplog.at_level(logging.INFO, "syncohort"):
        chosen = fit_to_memory(settings_of(presets, "thesis"), 4, FULL, 1, gigabytes=gigabytes)
    assert chosen.lean is lean
    assert f"The card has {gigabytes:.1f} GB. The training needs about 13.0 GB, or 7.2 GB lean" in caplog.text


@pytest.mark.usefixtures("estimated")
def test_a_card_too_small_is_told_what_to_change(presets):
    told = r"^The card has 6\.0 GB, and the training needs about 7\.2 GB at least\. Lower the model's width"
    with pytest.raises(InputError, match=told):
        fit_to_memory(settings_of(presets, "thesis"), 4, FULL, 1, gigabytes=6.0)


def test_who_says_what_he_wants_gets_it(presets):
    for lean in (True, False):
        settings = settings_of(presets, "default", lean=lean)
        assert fit_to_memory(settings, 4, FULL, 1, gigabytes=1.0) is settings
    assert fit_to_memory(settings_of(presets, "default"), 4, FULL, 1, gigabytes=None).lean is False


def test_the_numbers_are_calculated(presets, caplog):
    with caplog.at_level(logging.INFO, "syncohort"):
        chosen = fit_to_memory(settings_of(presets, "thesis"), 4, FULL, 1, gigabytes=8.5)
    assert chosen.lean is True
    assert "needs about 13.1 GB, or 7.3 GB lean: taking the lean way" in caplog.text
