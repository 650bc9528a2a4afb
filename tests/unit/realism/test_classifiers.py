import numpy as np
import pytest

from syncohort.realism.classifiers import CLASSIFIERS, classify

RNG = np.random.default_rng(0)


def draw(labels: np.ndarray, distance: float) -> np.ndarray:
    centres = {"a": 0.0, "b": distance, "c": 2 * distance}
    return np.array([[centres[label]] for label in labels]) + RNG.normal(size=(len(labels), 3))


LABELS = np.array([*"aaaabbbbcc"] * 12)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_labels_far_apart_are_told_apart(classifier):
    scores = classify(classifier, draw(LABELS, 20), LABELS, draw(LABELS, 20), LABELS)
    assert scores == pytest.approx([1, 1])


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_labels_without_a_difference_are_guessed(classifier):
    labels = np.array([*"ab"] * 300)
    scores = classify(classifier, draw(labels, 0), labels, draw(labels, 0), labels)
    assert scores == pytest.approx([0.5, 0.5], abs=0.08)


def test_accuracy_is_balanced():
    # All are called a: the four b are all wrong, whatever the forty a.
    labels, truth = np.array([*"aaab"]), np.array([*"a" * 40 + "b" * 4])
    train = np.array([[0.0], [0], [0], [100]])
    assert classify("k-NN", train, labels, np.zeros((44, 1)), truth)[0] == 0.5


def test_a_label_that_was_not_trained_on_is_never_predicted():
    train, test = np.array([*"ab"] * 20), np.array([*"abc"] * 20)
    balanced, aupr = classify("logistic", draw(train, 50), train, draw(test, 50), test)
    assert balanced == pytest.approx(2 / 3)
    # Its own area is its share of the samples, 1/3, and it may push another label's down to that.
    assert (1 + 1 / 3 + 1 / 3) / 3 - 0.01 <= aupr <= (1 + 1 + 1 / 3) / 3


def test_one_label_to_train_on_is_chance_and_one_to_test_on_is_nothing():
    labels = np.array([*"ab"] * 10)
    scores = classify("forest", draw(labels, 9), np.array([*"a"] * 20), draw(labels, 9), labels)
    assert scores == pytest.approx([0.5, 0.5])
    assert np.isnan(classify("forest", draw(labels, 9), labels, draw(labels, 9), np.array([*"a"] * 20))).all()
