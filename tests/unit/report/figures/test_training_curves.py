import numpy as np
import pandas as pd

from syncohort.report.figures.training_curves import MOST_POINTS, best_step, training_curves


def history(smoothed: list[float]) -> pd.DataFrame:
    steps = np.arange(1, len(smoothed) + 1) * 10
    return pd.DataFrame({"step": steps, "critic_loss": -1.0, "monitor": smoothed, "monitor_smoothed": smoothed})


def test_best_step_is_the_lowest_smoothed_monitor():
    assert best_step(history([3, 1, 2])) == 20


def test_finding_tells_trainings_that_were_still_improving():
    figure = training_curves({"full": history([3, 1, 2]), "fold0": history([3, 2, 1])}, model="m", name="t")
    assert figure.finding == (
        "The best smoothed monitor lies between steps 20 and 30; 1 of 2 trainings were still improving when they ended."
    )
    assert list(figure.table.loc[figure.table["best"], "step"]) == [20, 30]


def test_steps_without_a_look_are_no_gap():
    sparse = history([3, 1, 2, 2])
    sparse.loc[[0, 2], ["monitor", "monitor_smoothed"]] = np.nan
    figure = training_curves({"full": sparse}, model="m", name="t")
    assert "at step 20" in figure.finding


def test_long_histories_are_thinned_in_the_drawing_and_whole_in_the_table():
    long = history(list(np.linspace(2, 1, 5000)))
    figure = training_curves({"full": long}, model="m", name="t")
    assert all(len(line.get_xdata()) <= MOST_POINTS for axes in figure.drawing.axes for line in axes.lines)
    assert len(figure.table) == 5000


def test_a_network_without_a_critic_shows_its_loss():
    losses = history([3, 1, 2]).rename(columns={"critic_loss": "reconstruction_loss"})
    figure = training_curves({"full": losses}, model="m", name="t")
    upper = figure.drawing.axes[0]
    assert upper.get_ylabel() == "reconstruction loss"
    assert list(upper.lines[0].get_ydata()) == [-1, -1, -1]
    assert "critic" not in figure.reading + figure.alternative
    with_critic = training_curves({"full": history([3, 1, 2])}, model="m", name="t").drawing.axes[0]
    assert list(with_critic.lines[0].get_ydata()) == [1, 1, 1]
