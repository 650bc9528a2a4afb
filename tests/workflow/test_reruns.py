"""Changing a setting re-runs what depends on it and nothing else; a further cohort runs only its own jobs."""

import pytest

from syncohort.core.config import merge

PAGES = {"report_write_cohort": 1, "report_write_index": 1, "report_write_leaderboard": 1}
# Of two selections with two folds each: the models' jobs of one selection, from the training on.
AFTER_TRAINING = {
    "expression_train_generator": 3,
    "expression_sample_generator": 3,
    "expression_evaluate_fold": 2,
    "expression_cross_validate": 1,
    "expression_export_synthetic": 1,
}
ONE_SELECTION = {"expression_select_genes": 3, "expression_normalise": 3, **AFTER_TRAINING, **PAGES}
CHANGES = [
    pytest.param({}, {}, id="nothing"),
    pytest.param({"title": "Another title"}, PAGES, id="title"),
    pytest.param(
        {"expression": {"evaluate": {"draws": 3}}},
        {
            "expression_sample_generator": 4,
            "expression_evaluate_fold": 4,
            "expression_cross_validate": 2,
            **PAGES,
        },
        id="draws of the evaluation",
    ),
    pytest.param(
        {"expression": {"evaluate": {"named_genes": ["GENE0001"]}}},
        {"expression_evaluate_fold": 4, "expression_cross_validate": 2, **PAGES},
        id="named genes",
    ),
    pytest.param(
        {"expression": {"sample": {"number": 5}}},
        {"expression_sample_generator": 2, "expression_export_synthetic": 2, **PAGES},
        id="number of synthetic samples",
    ),
    pytest.param({"expression": {"fold_change": {"threshold": 1.4}}}, ONE_SELECTION, id="threshold of deg"),
    pytest.param({"expression": {"pathway": {"name": "MODULE_01"}}}, ONE_SELECTION, id="gene set of pathway"),
    pytest.param(
        {"expression": {"models": {"wgan-gp": {"batch_size": 16}}}},
        {rule: 2 * jobs for rule, jobs in AFTER_TRAINING.items()} | PAGES,
        id="batch size of the model",
    ),
    pytest.param(
        {"expression": {"models": {"another": {"max_steps": 10}}}},
        {rule: 2 * jobs for rule, jobs in AFTER_TRAINING.items() if rule != "expression_export_synthetic"} | PAGES,
        id="another model",
    ),
]


@pytest.mark.parametrize(("change", "jobs"), CHANGES)
def test_a_change_runs_what_depends_on_it(finished, tiny, change, jobs):
    finished.configure(tiny=merge(tiny, change))
    assert finished.planned() == jobs


def test_a_further_cohort_runs_its_own_jobs_and_the_index(finished, tiny):
    further = merge(tiny, {"expression": {"selections": ["pathway"]}})
    further["expression"]["pathway"]["gene_sets"] = "results/further/gene_sets.gmt"
    finished.configure(tiny=tiny, further=further)
    assert finished.planned() == {
        "cohort_simulate": 1,
        "cohort_split_patients": 1,
        "expression_filter_unexpressed": 3,
        **ONE_SELECTION,
    }


def test_the_documented_overrides_reach_the_jobs(finished):
    jobs = finished.planned("--config", "overrides={expression: {evaluate: {draws: 3}}}")
    assert jobs["expression_evaluate_fold"] == 4
    assert "expression_train_generator" not in jobs
