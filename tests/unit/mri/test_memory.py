"""The way of training is chosen from the card: the cards people have, the published size, and what is said of it."""

import logging

import pytest

from syncohort.core.errors import InputError
from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.memory import fit_to_memory

FULL, CROPPED = (64, 240, 240), (160, 192, 160)


def settings_of(presets, preset: str, **changed: object) -> Pix2PixSettings:
    values = presets("models", preset, **{"lean": "auto", "precision": "bf16", **changed})
    return Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})


@pytest.fixture
def estimated(monkeypatch):
    """What is calculated for the published size, and for others, without the calculation."""
    needed = {64: (13.0, 7.2), 48: (10.0, 6.2), 32: (8.0, 5.4), 24: (7.0, 5.0), 16: (6.5, 4.8)}
    monkeypatch.setattr(
        "syncohort.mri.memory.needed_gigabytes", lambda settings, *_: needed[settings.width][settings.lean]
    )


CARDS = [(8.5, True), (12.9, True), (16.9, False), (25.4, False), (42.5, False)]
# The greatest width comes before the faster way.
WIDTHS = [(4.9, 16, True), (6.6, 48, True), (7.1, 48, True), (8.5, 64, True), (16.9, 64, False)]


@pytest.mark.usefixtures("estimated")
@pytest.mark.parametrize(("gigabytes", "lean"), CARDS)
def test_the_cards_people_have(presets, caplog, gigabytes, lean):
    with caplog.at_level(logging.INFO, "syncohort"):
        chosen = fit_to_memory(settings_of(presets, "thesis"), 4, FULL, 1, gigabytes=gigabytes)
    assert chosen.lean is lean
    assert f"The card has {gigabytes:.1f} GB. The training needs about 13.0 GB with a width of 64" in caplog.text
    assert ("7.2 GB with a width of 64 the lean way: taking the last" in caplog.text) is lean


@pytest.mark.usefixtures("estimated")
@pytest.mark.parametrize(("gigabytes", "width", "lean"), WIDTHS)
def test_a_width_left_open_is_chosen_too(presets, caplog, gigabytes, width, lean):
    with caplog.at_level(logging.INFO, "syncohort"):
        chosen = fit_to_memory(settings_of(presets, "default"), 4, FULL, 3, gigabytes=gigabytes)
    assert (chosen.width, chosen.lean) == (width, lean)
    assert f"GB with a width of {width}{' the lean way' if lean else ''}: taking the last" in caplog.text


@pytest.mark.usefixtures("estimated")
def test_a_card_too_small_is_told_what_to_change(presets):
    told = r"^The card has 6\.0 GB, .* about 7\.2 GB with a width of 64 the lean way\. Lower the model's width, or"
    with pytest.raises(InputError, match=told):
        fit_to_memory(settings_of(presets, "thesis"), 4, FULL, 1, gigabytes=6.0)
    with pytest.raises(InputError, match=r"4\.8 GB with a width of 16 the lean way\. Lower mri\.prepare\.shape with"):
        fit_to_memory(settings_of(presets, "default"), 4, FULL, 3, gigabytes=4.0)


def test_who_says_what_he_wants_gets_it(presets):
    for lean in (True, False):
        settings = settings_of(presets, "default", width=40, lean=lean)
        assert fit_to_memory(settings, 4, FULL, 1, gigabytes=1.0) == settings
    on_a_processor = fit_to_memory(settings_of(presets, "default"), 4, FULL, 1, gigabytes=None)
    assert (on_a_processor.width, on_a_processor.lean) == (64, False)


def test_the_numbers_are_calculated(presets, caplog):
    with caplog.at_level(logging.INFO, "syncohort"):
        chosen = fit_to_memory(settings_of(presets, "thesis"), 4, FULL, 1, gigabytes=8.5)
    assert chosen.lean is True
    assert "needs about 13.1 GB with a width of 64, 7.3 GB with a width of 64 the lean way: taking" in caplog.text


def test_a_card_of_eight_gigabytes_takes_the_default_a_step_narrower(presets, caplog):
    # Those that are sold as 8 GB have 8.2 to 8.6; the plain ways are calculated by the tests above.
    lean = settings_of(presets, "default", lean=True)
    with caplog.at_level(logging.INFO, "syncohort"):
        chosen = fit_to_memory(lean, 4, CROPPED, 3, gigabytes=8.4)
    assert chosen.width == 48
    assert "about 9.5 GB with a width of 64 the lean way, 8.2 GB with a width of 48 the lean way" in caplog.text
