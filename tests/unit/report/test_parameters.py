import yaml

from syncohort.report.parameters import Parameter, flatten, to_yaml

SETTINGS = {"title": "t", "samples": {"keep": {}}, "models": {"wgan-gp": {"layers": [256, 256], "bias": None}}}


def test_settings_are_flattened_and_changes_marked():
    assert flatten(SETTINGS, {"title", "models.wgan-gp"}) == [
        Parameter("title", "t", True),
        Parameter("samples.keep", "{}", False),
        Parameter("models.wgan-gp.layers", "[256, 256]", True),
        Parameter("models.wgan-gp.bias", "null", True),
    ]


def test_a_key_is_not_changed_by_one_that_begins_alike():
    assert not any(parameter.changed for parameter in flatten(SETTINGS, {"tit", "models.wgan", "samples.kee"}))


def test_yaml_gives_the_settings_back():
    assert yaml.safe_load(to_yaml(SETTINGS)) == SETTINGS
