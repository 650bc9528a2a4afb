"""The verdict on radiogenomics: what can be predicted, by which tests, and what so many patients can tell at all."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from syncohort.radiogenomics.association import ALPHA as FALSE_DISCOVERY_RATE
from syncohort.radiogenomics.evaluation import ALPHA, detectable_correlation
from syncohort.report.radiogenomics.contents import RadiogenomicsReport
from syncohort.report.wording import count


def verdict(report: RadiogenomicsReport) -> str:
    """Say in a few sentences what can be predicted, what the map shows, and what this number of patients can tell."""
    return " ".join(filter(None, [_predicted(report), _against_chance(report), _associated(report), power(report)]))


def _predicted(report: RadiogenomicsReport) -> str:
    if report.intercept is None:
        return (
            "Nothing is said on whether expression predicts the image: no model of the kind intercept is among "
            "radiogenomics.compare_with."
        )
    better, features = report.better_than(report.intercept), len(report.features)
    by_test = "(signed-rank test, Bonferroni over features)"
    if not better:
        return f"No model predicts any of the {features} image features better than their median does {by_test}."
    winners, most = most_often(better)
    return (
        f"{len({feature for _, feature in better})} of {features} image features are predicted better than by their "
        f"median {by_test}, most of them by {' and '.join(winners)} ({most}{' each' if len(winners) > 1 else ''})."
    )


def most_often(better: Collection[tuple[str, str]]) -> tuple[list[str], int]:
    """Name the models, by alphabet, that predict most features better, and say how many; none of no pair."""
    counts = Counter(model for model, _ in better)
    most = max(counts.values(), default=0)
    return sorted(model for model, number in counts.items() if number == most), most


def _against_chance(report: RadiogenomicsReport) -> str:
    """What the permutation test says, model by model; nothing where no model was tested."""
    parts = [
        f"{model} predicts {(part['p_adjusted'] <= ALPHA).sum()} of {len(part)} features better than chance does"
        for model, part in report.permutations.groupby("model", sort=False)
    ]
    return f"By permutation of the patients {' and '.join(parts)}." if parts else ""


def _associated(report: RadiogenomicsReport) -> str:
    found = report.associations["q_value"] <= FALSE_DISCOVERY_RATE
    return (
        f"{found.sum()} of {len(found)} pairs of gene module and feature are associated at a false discovery rate of "
        f"{100 * FALSE_DISCOVERY_RATE:.0f} %."
    )


def power(report: RadiogenomicsReport) -> str:
    """State the smallest effect that so many patients show."""
    features = len(report.features)
    alone, among = (detectable_correlation(report.pairs, ALPHA / tests) for tests in (1, features))
    return (
        f"With {count(report.pairs, 'patient')} a single test finds R² ≥ {alone**2:.2f} (|ρ| ≥ {alone:.2f}) with a "
        f"power of 80 %, and R² ≥ {among**2:.2f} (|ρ| ≥ {among:.2f}) after Bonferroni’s correction for "
        f"{count(features, 'feature')}; weaker effects cannot be told from none."
    )


def radiogenomics_summary(report: RadiogenomicsReport) -> dict[str, Any]:
    """Give the verdict in numbers as plain values, from which the index is made."""
    better = report.better_than(report.intercept)
    return {
        "pairs": report.pairs,
        "features": len(report.features),
        "predicted": len({feature for _, feature in better}) if report.intercept is not None else None,
        "best": ", ".join(most_often(better)[0]) or None,
        "associated": int((report.associations["q_value"] <= FALSE_DISCOVERY_RATE).sum()),
        "tested": len(report.associations),
        "detectable": detectable_correlation(report.pairs) ** 2,
        "verdict": verdict(report),
    }
