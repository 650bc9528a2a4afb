"""Settings: merging, defaults, presets, what changed, and the exact words of every refusal."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from syncohort.core.config import load_settings, merge
from syncohort.core.config_reference import render
from syncohort.core.errors import InputError
from syncohort.core.kinds import read_kind
from syncohort.core.schema import SCHEMAS, read_schema

ROOT = Path(__file__).resolve().parents[3]
COHORTS = ROOT / "config" / "cohorts"


@pytest.fixture
def cohorts(tmp_path):
    """Give a function that writes a cohort file and resolves it."""

    def resolve(content: dict, overrides: dict | None = None):
        folder = tmp_path / "config" / "cohorts"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "mine.yaml").write_text(yaml.safe_dump(content))
        config = {"cohorts": ["mine"], "overrides": overrides or {}}
        return load_settings(config, [folder]).cohorts["mine"]

    return resolve


UNTOLD = {"source": {"tcia": {}}, "models": {"gan": {"conditioned": False}}}
NOISE = {"source": {"tiles": {"folder": "d", "pattern": "{patient}.png"}}, "models": {"gan": {"condition": "noise"}}}
SIMULATED = {"source": {"simulated": {}}}
HERE = "Cohort mine (config/cohorts/mine.yaml): "


def test_every_shipped_cohort_is_valid():
    names = sorted(path.stem for path in COHORTS.glob("[!_]*.yaml"))
    assert {"demo", "tcga-kirc", "cgga-gbm"} <= set(names)
    settings = load_settings({"cohorts": names}, [COHORTS])
    assert list(settings.cohorts) == names


@pytest.mark.parametrize("template", sorted(path.name for path in COHORTS.glob("_*.yaml")))
def test_templates_are_valid_once_copied(template, tmp_path):
    shutil.copy(COHORTS / template, tmp_path / "mine.yaml")
    assert load_settings({"cohorts": ["mine"]}, [tmp_path]).cohorts["mine"].wings


def test_the_published_protocol_has_its_grids(tmp_path):
    shutil.copy(COHORTS / "_smedley-hsu.yaml", tmp_path / "mine.yaml")
    values = load_settings({"cohorts": ["mine"]}, [tmp_path]).cohorts["mine"].values["radiogenomics"]
    autoencoder, network = values["autoencoder"], values["models"]["network"]
    assert [len(autoencoder[key]) for key in ("learning_rates", "decays")] == [5, 4]
    assert [len(network[key]) for key in ("learning_rates", "decays")] == [18, 5]
    assert (network["patience"], network["momentum"], network["batch_size"], network["dropout"]) == (0, 0.5, 10, 0.25)
    assert (values["protocol"], values["layers"]) == ("paper", [2000, 1000, 500, 250])


def test_defaults_reach_every_level_and_only_the_given_source(cohorts):
    values = cohorts(SIMULATED).values
    assert values["splits"] == {"folds": 5, "repeats": 1, "validation_fraction": 0.15}
    assert values["expression"]["fold_change"] == {"threshold": 1.5, "pseudo_count": 1}
    assert list(values["source"]) == ["simulated"]
    assert values["title"] == "mine"


def test_presets_fill_what_is_not_given(cohorts):
    models = {"published": {"preset": "thesis", "batch_size": 16}, "ours": {}}
    values = cohorts(SIMULATED | {"expression": {"models": models}}).values["expression"]["models"]
    for key, rule in read_kind("wgan-gp", "expression").settings.items():
        if "presets" in rule and key != "batch_size":
            assert values["published"][key] == rule["presets"]["thesis"]
            assert values["ours"][key] == rule["presets"]["default"]
    assert values["published"]["batch_size"] == 16
    assert set(values) == {"published", "ours"}


def test_the_published_preset_is_the_published_model():
    rules = read_kind("wgan-gp", "expression").settings
    published = {key: rule["presets"]["thesis"] for key, rule in rules.items() if "presets" in rule}
    assert published == {
        "latent_dimensions": 64,
        "generator_layers": [256, 256],
        "critic_layers": [256, 256],
        "base": "none",
        "residual_noise": False,
        "optimiser": "rmsprop",
        "generator_learning_rate": 5e-4,
        "critic_learning_rate": 5e-4,
        "batch_size": 32,
        "critic_steps": 5,
        "critic_batches": "reused",
        "gradient_penalty": 10,
        "average_decay": 0,
        "precision": "fp32",
        "monitor": "gamma",
        "max_steps": 16000,
        "validate_every": 40,
        "patience": 10,
        "smoothing": 0,
    }


def test_changed_keys_are_those_that_differ_from_default_or_preset(cohorts):
    models = {"published": {"preset": "thesis", "batch_size": 16, "patience": 10}}
    changed = cohorts(
        SIMULATED | {"splits": {"folds": 5, "validation_fraction": 0.2}, "expression": {"models": models}}
    ).changed
    assert changed == {
        "title",
        "splits.validation_fraction",
        "expression.models.published.preset",
        "expression.models.published.batch_size",
    }


def test_mappings_merge_and_lists_replace():
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 3}
    assert merge(base, {"a": {"c": [9]}, "d": {"e": 4}}) == {"a": {"b": 1, "c": [9]}, "d": {"e": 4}}
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": 3}


def test_overrides_lie_over_the_cohort_file(cohorts):
    values = cohorts(SIMULATED | {"splits": {"folds": 4}}, {"splits": {"folds": 3}}).values
    assert values["splits"]["folds"] == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            SIMULATED | {"expression": {"fold_change": {"treshold": 1}}},
            "unknown key expression.fold_change.treshold; did you mean expression.fold_change.threshold? "
            "Known keys here: threshold, pseudo_count.",
        ),
        (
            SIMULATED | {"expresion": {}},
            "unknown key expresion; did you mean expression? Known keys here: title, description, citation, source, "
            "samples, covariates, splits, expression, mri, nodule, radiogenomics, histology.",
        ),
        (
            SIMULATED | {"splits": {"folds": "five"}},
            "splits.folds must be a whole number, found the text 'five'.",
        ),
        (
            SIMULATED | {"splits": {"validation_fraction": "2e-1"}},
            "splits.validation_fraction must be a number, found the text '2e-1'. "
            "YAML reads it as text without a point: write 1.0e-4 for 1e-4.",
        ),
        (SIMULATED | {"splits": {"folds": 1}}, "splits.folds must be at least 2, found 1."),
        (
            SIMULATED | {"expression": {"selections": ["degs"]}},
            "expression.selections.0 must be one of deg, pathway, list, all, found the text 'degs'; did you mean deg?",
        ),
        (
            SIMULATED | {"expression": {"test": None}},
            "expression.test must be a mapping, found nothing.",
        ),
        ({"mri": {}}, "mri lacks the key source; add it (config/README.md explains each)."),
        (
            {"mri": {"source": {}}},
            "mri.source must name exactly one source of brats, msd, folder, simulated, found a mapping of nothing.",
        ),
        (
            {"mri": {"source": {"simulated": {}}}, "covariates": {"categorical": ["sex"]}},
            "covariates is about gene expression, and the cohort has none. Add source, or remove covariates.",
        ),
        (
            {"mri": {"source": {"folder": {"folder": "d", "images": {"t1": "{subject}.nii"}, "label": "x"}}}},
            "mri.modalities asks for t1ce, t2, flair, for which mri.source.folder.images has no pattern. "
            "Add the pattern, or take it out of mri.modalities.",
        ),
        (
            {"source": {"simulated": {}}, "radiogenomics": {"features": {"simulated": {}}, "layers": [20]}},
            "radiogenomics.layers must have at least 4 entries, found [20].",
        ),
        (
            {"mri": {"source": {"simulated": {}}, "labels": {"necrosis": [1], "oedema": [1]}}},
            "mri.labels gives the label 1 twice. Every label means one thing.",
        ),
        (
            {"mri": {"source": {"simulated": {}}, "models": {"pix2pix": {"tumour_scale": [1.2, 0.8]}}}},
            "mri.models.pix2pix.tumour_scale goes from 1.2 to 0.8, and the first must not be greater. Exchange them.",
        ),
        (
            {"mri": {"source": {"simulated": {}}, "models": {"pix2pix": {"condition": "sum"}}}},
            "mri.models.pix2pix has base: painted and condition: sum, and a label in one channel cannot be painted "
            "class by class. Set base: none, or condition: tissue or one_hot.",
        ),
        (
            {"nodule": {"source": {"tcia": {}}, "labels": {"tumour": [1, 2], "ignored": [2]}}},
            "nodule.labels gives the label 2 twice. Every label means one thing.",
        ),
        (
            {"nodule": {"source": {"tcia": {}}}},
            "nodule.models.gan is told gene expression, and the cohort has none. Add source, or set conditioned: "
            "false.",
        ),
        (
            {"nodule": UNTOLD | {"sample": {"interpolate": [["A", "B"]]}}},
            "nodule.sample.interpolate is about genes, and nodule.models.gan, the first, whose slices are made, is "
            "told none. Put a model that is told genes first, or remove the key.",
        ),
        (
            {"nodule": UNTOLD | {"map": {"labels": ["sex"]}}},
            "nodule.map.labels is about the map of the gene code, and no model is told genes. Remove the key, or add a "
            "model with conditioned: true.",
        ),
        (
            {"nodule": UNTOLD | {"models": {"detector": {"preset": "in-painting"}}}},
            "nodule.models.detector has the name of the detector that every run of this wing trains. Give the model "
            "another.",
        ),
        (
            {"nodule": UNTOLD | {"source": {"patches": {"folder": "d"}}}},
            "nodule.source.patches shows no lung around nodules, and nodule.prepare.backgrounds is lung. Set it to "
            "inpainted.",
        ),
        (
            {"nodule": UNTOLD | {"source": {"patches": {"folder": "d", "window": [400, -1000]}}}},
            "nodule.source.patches.window goes from 400 to -1000 HU, and white must be above black. Exchange them.",
        ),
        (
            {
                "nodule": UNTOLD
                | {"source": {"folder": {"folder": "d", "images": {"ct": "{subject}.nii"}, "label": "{subject}.nii"}}}
            },
            "nodule.source.folder.label and images.ct have the same pattern, {subject}.nii. Give that of the labels.",
        ),
        (
            {"histology": NOISE | {"models": {"extractor": {"condition": "noise"}}}},
            "histology.models.extractor has the name of the extractor that every run of this wing trains. Give the "
            "model another.",
        ),
        (
            {"histology": NOISE | {"generate": {"patients": ["P1"]}}},
            "histology.generate.patients needs a code of expression, and the cohort has none. Add source, or remove "
            "patients.",
        ),
        (
            {"nodule": UNTOLD | {"models": {}}},
            "nodule.models must have at least 1 entry, found a mapping of nothing.",
        ),
        (
            {"nodule": UNTOLD | {"models": {"GAN": {"conditioned": False}}}},
            "nodule.models: the name 'GAN' may only have lower-case letters, digits and hyphens.",
        ),
        (
            {"title": "no source"},
            "the file names no data: it lacks the key source, mri, nodule or histology; add one (config/README.md "
            "explains each).",
        ),
        (
            {"source": {"simulated": {}, "local": {"matrix": ["m.tsv"], "scale": "tpm"}}},
            "source must name exactly one source of local, gdc, cgga, gtex, xena, rnaseqdb, geo, simulated, found a "
            "mapping of local, simulated.",
        ),
        (
            {"source": {"local": {"matrix": ["m.tsv"]}}},
            "source.local lacks the key scale; add it (config/README.md explains each).",
        ),
        (
            SIMULATED | {"expression": {"selections": ["pathway"]}},
            "selection pathway needs one of expression.pathway.kegg, gene_sets (with name) or genes, found nothing.",
        ),
        (
            SIMULATED | {"expression": {"selections": ["list"]}},
            "the selection list needs genes, found none. Give expression.list.genes or expression.list.file.",
        ),
        (
            SIMULATED | {"covariates": {"numeric": ["age"]}, "expression": {"sample": {"covariates": {"agee": 50}}}},
            "expression.sample.covariates names agee, which is no covariate of this cohort; did you mean age? "
            "Known: condition, age.",
        ),
        (
            SIMULATED | {"covariates": {"numeric": ["age"]}, "expression": {"sample": {"covariates": {"age": "old"}}}},
            "expression.sample.covariates.age must be a number, for age is a numeric covariate; found the text 'old'.",
        ),
        (
            SIMULATED | {"samples": {"keep": {"sex": ["female"]}}},
            "samples.keep chooses by columns of a sample sheet, and a simulated cohort has none. Remove it.",
        ),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(cohorts, content, message):
    with pytest.raises(InputError) as error:
        cohorts(content)
    assert str(error.value) == HERE + message


def test_a_cohort_has_the_wings_that_it_has_data_for(cohorts):
    phantoms = {"source": {"simulated": {"subjects": 7}}}
    overrides = {"expression": {"selections": ["all"]}, "mri": {"missing": "drop_subjects"}, "splits": {"folds": 3}}
    # What is laid over all cohorts concerns those that have the wing.
    images = cohorts({"mri": phantoms}, overrides)
    assert images.wings == ["mri"]
    assert not {"source", "expression", "samples", "covariates"} & set(images.values)
    assert (images.values["splits"]["folds"], images.values["mri"]["missing"]) == (3, "drop_subjects")
    expression = cohorts(SIMULATED, overrides)
    assert expression.wings == ["expression"]
    assert "mri" not in expression.values
    both = cohorts(SIMULATED | {"mri": phantoms}, overrides)
    assert both.wings == ["expression", "mri"]
    assert both.values["expression"]["selections"] == ["all"]
    assert cohorts(SIMULATED, {"mri": phantoms}).wings == ["expression", "mri"]


def test_unknown_cohort_is_named_with_the_known_ones(tmp_path):
    (tmp_path / "kirc.yaml").write_text("source: {simulated: {}}")
    with pytest.raises(InputError) as error:
        load_settings({"cohorts": ["kirk"]}, [tmp_path])
    assert str(error.value) == (
        "Unknown cohort 'kirk'; did you mean kirc? Known cohorts: kirc. "
        "To add it, copy config/cohorts/_template.yaml to config/cohorts/kirk.yaml."
    )


def test_unknown_key_of_the_workflow_is_refused():
    with pytest.raises(InputError) as error:
        load_settings({"cohort": ["demo"]}, [COHORTS])
    assert str(error.value) == (
        "config/config.yaml: unknown key cohort; did you mean cohorts? Known keys here: cohorts, seed, overrides, "
        "cache, mirrors."
    )


def test_broken_yaml_is_refused_with_its_line(tmp_path):
    (tmp_path / "mine.yaml").write_text("source: [\n")
    with pytest.raises(InputError, match=r"mine.yaml is not valid YAML: .*line 2"):
        load_settings({"cohorts": ["mine"]}, [tmp_path])


def test_every_key_has_a_description():
    def check(rule, path):
        for key, below in rule.get("properties", {}).items():
            assert below.get("description"), f"{path}{key} has no description"
            check(below, f"{path}{key}.")
        if isinstance(rule.get("additionalProperties"), dict):
            check(rule["additionalProperties"], f"{path}<name>.")

    for schema in SCHEMAS.glob("*.yaml"):
        check(read_schema(schema.name.removesuffix(".schema.yaml")), "")


def test_reference_is_what_the_schemas_say():
    assert (ROOT / "config" / "README.md").read_text() == render(), "run `make config-reference`"


def test_contents_of_the_reference_lead_to_its_sections():
    contents, sections = render().split("## `config/config.yaml`")
    # As GitHub makes anchors of headings.
    headings = re.findall(r"^### (.+)$", sections, flags=re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]
    links = re.findall(r"\(#(.+?)\)", contents)
    assert {"source", "sourcelocal", "expressionmodelsname", "expressionfold_change"} <= set(links) <= set(anchors)
    assert len(anchors) == len(set(anchors))


def test_text_of_the_command_line_gets_the_type_that_its_key_has(cohorts):
    # This is what Snakemake makes of numbers inside --config 'overrides={…}'.
    overrides = {
        "splits": {"folds": "3", "validation_fraction": "0.2"},
        "expression": {"all": {"number": "null"}, "models": {"wgan-gp": {"critic_layers": ["64", "32"]}}},
        "covariates": {"categorical": ["04"]},
    }
    values = cohorts(SIMULATED, overrides).values
    assert values["splits"] == {"folds": 3, "repeats": 1, "validation_fraction": 0.2}
    assert values["expression"]["all"]["number"] is None
    assert values["expression"]["models"]["wgan-gp"]["critic_layers"] == [64, 32]
    assert values["covariates"]["categorical"] == ["04"]


def test_a_choice_of_numbers_on_the_command_line_is_a_number(cohorts):
    phantoms = SIMULATED | {"nodule": {"source": {"simulated": {}}}}
    assert cohorts(phantoms, {"nodule": {"prepare": {"side": "64"}}}).values["nodule"]["prepare"]["side"] == 64
    with pytest.raises(InputError, match="must be one of 32, 64, 128, found 48"):
        cohorts(phantoms, {"nodule": {"prepare": {"side": "48"}}})
