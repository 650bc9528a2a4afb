"""The course of the learning rate."""

import pytest

from syncohort.training.learning_rate import linear_decay


def test_it_falls_to_zero_from_its_start():
    falling = linear_decay(100, 0.6)
    assert [falling(step) for step in (0, 59, 60, 80, 99, 100)] == pytest.approx([1, 1, 1, 0.5, 0.025, 0])


def test_a_start_at_the_end_keeps_it():
    assert {linear_decay(100, 1.0)(step) for step in range(100)} == {1.0}
