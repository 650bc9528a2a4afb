"""What each section finds, in one sentence made from its scores."""

from collections.abc import Mapping, Sequence

from syncohort.realism.metrics import BIOLOGY, FIDELITY, PRIVACY, UTILITY
from syncohort.report.expression.scores import Score
from syncohort.report.expression.verdict import UNKNOWN, UNUSABLE, USABLE
from syncohort.report.wording import count, decimal, names

SUBJECT = {FIDELITY: "Fidelity", BIOLOGY: "Biology", UTILITY: "Utility", PRIVACY: "Privacy"}
QUESTION = {
    FIDELITY: (
        "How like the real samples the synthetic ones are. Each fold’s model is scored on patients it has not seen; "
        "the value is the mean over folds with its 95 % interval, beside its ceiling and floor."
    ),
    BIOLOGY: "Whether a study of the synthetic samples finds what a study of as many real ones finds.",
    UTILITY: (
        "Whether classifiers of condition and covariates can learn from synthetic samples, alone or beside real ones."
    ),
    PRIVACY: (
        "What synthetic samples betray of the patients their model was trained on. Each fold’s model is attacked with "
        "training patients and as many patients it has not seen."
    ),
}
GUESSING = 0.5


def finding(axis: str, scores: Mapping[str, Sequence[Score]], model: str) -> str:
    """Say what one model's scores of an axis come to.

    Parameters
    ----------
    axis
        `fidelity`, `biology`, `utility` or `privacy`.
    scores
        Space → scores of all models.
    model
        Name of the model.
    """
    mine = [score for rows in scores.values() for score in rows if score.model == model]
    if axis == UTILITY:
        return _utility(mine)
    if axis == PRIVACY:
        return _privacy(mine)
    told = [score for score in mine if score.grade != UNKNOWN]
    good = sum(score.grade == USABLE for score in told)
    poor = list(dict.fromkeys(score.metric.label for score in told if score.grade == UNUSABLE))
    rest = f"; nearer to trivial than to real: {names(poor)}" if poor else ", and none is nearer to trivial"
    return f"{good} of {count(len(told), 'score')} are as good as those of real samples{rest}."


def _utility(scores: Sequence[Score]) -> str:
    row = next((score for score in scores if score.metric.name == "tstr"), None)
    if row is None or row.value != row.value:
        return "Too few samples have one of two labels or more, so no classifier was trained."
    return (
        f"Classifiers trained on synthetic samples reach a balanced accuracy of {decimal(row.value, 2)} on held-out "
        f"patients; trained on as many real samples they reach {decimal(row.ceiling, 2)}, on permuted genes "
        f"{decimal(row.floor, 2)}."
    )


def _privacy(scores: Sequence[Score]) -> str:
    attacks = [score for score in scores if score.metric.name.startswith("membership") and "AUC" in score.metric.label]
    strongest = max(attacks, key=lambda score: score.value)
    how = strongest.metric.label.split(" by ")[1].split(",")[0]
    return (
        f"The strongest attack, by {how}, tells patients the model was trained on from others with an AUC of "
        f"{decimal(strongest.value, 2)}, where guessing gives {decimal(GUESSING, 2)} and attacking a copy "
        f"{decimal(strongest.floor, 2)}."
    )
