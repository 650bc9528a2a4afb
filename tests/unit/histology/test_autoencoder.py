"""The autoencoder of expression: its published shapes and loss, its scaler, and what its code is good for."""

import anndata
import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.core.errors import InputError
from syncohort.core.io import write_tsv
from syncohort.core.scale import Scale
from syncohort.histology.autoencoder import BetaVae, BetaVaeTask, divergence, learning_rate_factor
from syncohort.histology.latent_space import exchange_tissues, map_codes, walk_between_tissues
from syncohort.histology.profiles import ProfileScaler, expression_table, known_profiles, take_logarithm
from syncohort.histology.trained_autoencoder import TrainedAutoencoder, embed_cohort, train_autoencoder
from syncohort.training.job import Job

SETTINGS = {
    "zeros": "log1p", "layers": [32, 16], "latent_dimensions": 8, "decoder": "linear", "dropout": 0.1,
    "divergence_weight": 0.0005, "learning_rate": 0.003, "warm_up": 10, "cosine_period": None, "batch_size": 32,
    "max_steps": 300, "validate_every": 50, "patience": 0, "smoothing": 0.0,
}  # fmt: skip
CPU = torch.device("cpu")


def test_published_shapes_and_parameters():
    with torch.device("meta"):
        network = BetaVae(19198, [6000, 4000, 2048], 2048, 0.5, bounded=True)
    linear = [tuple(part.weight.shape) for part in network.modules() if isinstance(part, torch.nn.Linear)]
    assert linear == [
        (6000, 19198), (4000, 6000), (2048, 4000), (2048, 2048), (2048, 2048), (4000, 2048), (6000, 4000), (19198, 6000)
    ]  # fmt: skip
    # Of each layer inputs × units + units, and twice the units of the five layers with batch normalisation.
    layers = sum(inputs * outputs + outputs for outputs, inputs in linear)
    normalised = 2 * (6000 + 4000 + 2048 + 4000 + 6000)
    number = sum(parameter.numel() for parameter in network.parameters())
    assert number == layers + normalised
    assert number == pytest.approx(303e6, rel=0.005)


def test_a_bounded_decoder_cannot_reach_beyond_one():
    torch.manual_seed(0)
    code = 100 * torch.randn(16, 4)
    with torch.no_grad():
        assert BetaVae(5, [8, 8], 4, 0.0, bounded=True).eval().decode(code).abs().max() <= 1
        assert BetaVae(5, [8, 8], 4, 0.0, bounded=False).eval().decode(code).abs().max() > 1


def test_divergence_by_hand():
    # ½ Σ (μ² + σ² − ln σ² − 1): for μ = (1, 0), σ² = (1, e) it is ½ (1 + (e − 1 − 1)).
    mean, log_variance = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    assert divergence(mean, log_variance).item() == pytest.approx((1 + np.e - 2) / 2)
    normal = torch.distributions.Normal(mean, (log_variance / 2).exp())
    reference = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0)).sum()
    assert divergence(mean, log_variance).item() == pytest.approx(reference.item())


def test_the_learning_rate_warms_up_and_falls():
    assert [learning_rate_factor(step, 4, 10) for step in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert learning_rate_factor(4, 4, 10) == 1.0
    assert learning_rate_factor(9, 4, 10) == pytest.approx(0.5)
    assert learning_rate_factor(14, 4, 10) == pytest.approx(0)
    # The published script goes on: in a further period the rate rises again.
    assert learning_rate_factor(24, 4, 10) == pytest.approx(1)


@pytest.mark.parametrize("scale", [Scale("tpm"), Scale("log2", 1.0)], ids=["tpm", "log2"])
def test_the_published_logarithm_takes_zero_for_one(scale):
    linear = np.array([[0.0, 1.0, np.e]])
    values = np.log2(linear + 1) if scale.is_log else linear
    assert take_logarithm(values, scale, "published") == pytest.approx(np.array([[0, 0, 1]]), abs=1e-12)
    ordered = take_logarithm(values, scale, "log1p")[0]
    assert ordered[0] < ordered[1] < ordered[2]


@pytest.fixture(scope="module")
def cohort():
    """Two tissues of sixty patients each, told apart by half of the genes, in TPM."""
    rng = np.random.default_rng(0)
    tissue = np.repeat(["lung", "brain"], 60)
    shift = np.where((tissue == "lung")[:, None] & (np.arange(40) < 20), 1.5, 0.0)
    factor = rng.normal(size=(120, 3)) @ rng.normal(size=(3, 40))
    values = np.exp(2 + shift + 0.4 * factor + 0.2 * rng.normal(size=(120, 40))).astype(np.float32)
    obs = pd.DataFrame(
        {"patient_id": [f"P{number}" for number in range(120)], "condition": "normal", "organ": tissue},
        index=[f"S{number}" for number in range(120)],
    )
    return anndata.AnnData(
        np.column_stack([values, np.ones(120, np.float32)]),
        obs=obs,
        var=pd.DataFrame(index=[*(f"G{number}" for number in range(40)), "SAME"]),
        uns={"scale": "tpm", "log2_offset": 1.0},
    )


@pytest.fixture(scope="module")
def roles(cohort):
    return pd.Series(np.tile(["train", "train", "train", "validation", "test"], 24), cohort.obs_names)


@pytest.fixture(scope="module")
def autoencoder(cohort, roles, tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    trained, course = train_autoencoder(cohort, roles, SETTINGS, "", Job(1, folder))
    course.checkpoint.remove()
    assert course.history["monitor"].iloc[-1] < course.history["monitor"].iloc[0]
    return trained


def test_the_scaler_is_that_of_the_training_samples(cohort, roles, autoencoder):
    scaler = autoencoder.scaler
    assert "SAME" not in scaler.genes
    z = scaler.transform(expression_table(cohort))
    training = (roles == "train").to_numpy()
    assert z[training].mean(axis=0) == pytest.approx(np.zeros(40), abs=1e-5)
    assert z[training].std(axis=0) == pytest.approx(np.ones(40), abs=1e-4)
    assert abs(z[~training].mean(axis=0)).max() > 0.01


def test_held_out_samples_are_rebuilt_better_than_by_the_mean(cohort, roles, autoencoder):
    held_out = expression_table(cohort[(roles == "test").to_numpy()])
    z = autoencoder.scaler.transform(held_out)
    rebuilt = autoencoder.decode(autoencoder.encode(held_out))
    assert ((rebuilt - z) ** 2).mean() < 0.5 * (z**2).mean()


def test_what_is_saved_reads_back(cohort, autoencoder, tmp_path):
    paths = tmp_path / "weights.safetensors", tmp_path / "description.json"
    autoencoder.save(*paths, {"best_step": 1})
    expression = expression_table(cohort[:5])
    assert TrainedAutoencoder.load(*paths).encode(expression) == pytest.approx(autoencoder.encode(expression))


def test_missing_genes_count_as_average_and_are_named(cohort, autoencoder, caplog):
    expression = expression_table(cohort[:4])
    z = autoencoder.scaler.transform(expression.drop(columns=["G3", "G7"]))
    assert (z[:, [3, 7]] == 0).all()
    assert "2 of 40 genes are missing and count as average: G3, G7" in caplog.text
    with pytest.raises(InputError, match="30 of the 40 genes of the cohort are missing, such as G10"):
        autoencoder.scaler.transform(expression.iloc[:, :10])


def test_what_a_new_profile_can_tell(cohort, caplog):
    genes = cohort.var_names
    given = pd.DataFrame(np.ones((2, len(genes) + 1)), ["A", "B"], [*genes[::-1], "UNKNOWN"]).drop(columns=genes[:2])
    known = known_profiles(given, cohort, "key")
    assert known.columns.tolist() == genes[:1:-1].tolist()
    assert f"2 of {len(genes)} genes are missing and count as average: {genes[0]}, {genes[1]}" in caplog.text
    with pytest.raises(InputError, match=rf"key: the profile B has -1 for the gene {genes[3]}, and needs .* \(1 such"):
        known_profiles(given.mask((given.index == "B")[:, None] & (given.columns == genes[3]), -1), cohort, "key")
    few = len(genes) // 2 - 1
    with pytest.raises(InputError, match=f"key: {len(genes) - few} of the {len(genes)} genes of the cohort are"):
        known_profiles(given.iloc[:, :few], cohort, "key")
    with pytest.raises(InputError, match=r"the profile has 0 genes\. Name genes as the cohort does"):
        known_profiles(given.iloc[:, :0], cohort, "key")


def test_nothing_to_learn_is_told(cohort):
    with pytest.raises(InputError, match="No gene varies"):
        ProfileScaler.fit(cohort[:, ["SAME"]], "log1p")


def test_the_space_of_the_codes(cohort, roles, autoencoder, tmp_path):
    latents = embed_cohort(autoencoder, cohort, roles, "organ")
    assert latents.shape == (120, 8)
    assert set(latents.obs["tissue"]) == {"lung", "brain"}
    profiles = autoencoder.scaler.transform(expression_table(cohort))
    exchanged = exchange_tissues(latents, autoencoder, profiles)
    assert exchanged["samples"].tolist() == [12, 12]
    assert (exchanged["arrived"] > 0.9).all()
    assert (exchanged["correlation_to"] > exchanged["correlation_from"] + 0.5).all()
    walk = walk_between_tissues(latents, autoencoder, profiles)
    assert walk["share"].tolist() == pytest.approx(np.linspace(0, 1, 11))
    assert walk["correlation_from"].iloc[0] > 0.8
    assert walk["correlation_to"].iloc[-1] > 0.8
    assert walk["correlation_to"].is_monotonic_increasing
    places = map_codes(latents, seed=1)
    write_tsv(places, tmp_path / "umap.tsv")
    centres = places.groupby("tissue")[["umap_1", "umap_2"]].mean()
    spread = places.groupby("tissue")[["umap_1", "umap_2"]].std().max().max()
    assert np.linalg.norm(centres.loc["lung"] - centres.loc["brain"]) > spread


def test_a_training_that_was_stopped_goes_on_as_if_it_had_not(cohort, roles):
    z = ProfileScaler.fit(cohort, "log1p").transform(expression_table(cohort))
    through, first, second = (BetaVaeTask(z[:80], z[80:], SETTINGS, 3, CPU) for _ in range(3))
    for _ in range(6):
        through.step()
    for _ in range(3):
        first.step()
    for name, part in second.parts().items():
        part.load_state_dict(first.parts()[name].state_dict())
    for _ in range(3):
        second.step()
    for name, weight in through.weights().items():
        assert torch.equal(weight, second.weights()[name]), name
