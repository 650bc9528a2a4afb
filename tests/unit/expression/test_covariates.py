"""Covariates: coded alike in every fold, standardised on the training samples."""

import pandas as pd

from syncohort.expression.covariates import CovariateEncoder, cohort_levels


def test_covariates_are_coded_alike_in_every_fold_and_standardised_on_training_samples():
    samples = pd.DataFrame(
        {"condition": ["tumour", "normal", "tumour"], "sex": ["m", "f", "m"], "age": [40.0, 60.0, 50.0]}
    )
    levels = cohort_levels(samples, ["sex"])
    assert levels == {"condition": ["normal", "tumour"], "sex": ["f", "m"]}
    encoder = CovariateEncoder.fit(samples.iloc[:2], levels, ["age"])
    conditions = encoder.encode(samples)
    assert conditions.codes.tolist() == [[1, 1], [0, 0], [1, 1]]
    assert conditions.numbers.ravel().tolist() == [-1.0, 1.0, 0.0]
    assert conditions.levels == (2, 2)
    assert CovariateEncoder.from_json(encoder.to_json()) == encoder


def test_condition_is_no_covariate_of_a_cohort_that_has_one():
    samples = pd.DataFrame({"condition": ["tumour"] * 2, "sex": ["m", "f"]})
    assert cohort_levels(samples, ["sex"]) == {"sex": ["f", "m"]}
