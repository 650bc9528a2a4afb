"""Names that users give to models and the workflow needs itself."""

from typing import Any

from syncohort.core.errors import InputError

# Wing → networks that it trains beside its models, in folders of their names.
TAKEN = {"nodule": ("detector",), "histology": ("autoencoder", "extractor"), "radiogenomics": ("autoencoder",)}


def check_model_names(values: dict[str, Any], where: str) -> None:
    """Refuse a model whose folder is that of another network of its wing."""
    for wing, names in TAKEN.items():
        for name in names:
            if name in values.get(wing, {}).get("models", {}):
                raise InputError(
                    f"{where}: {wing}.models.{name} has the name of the {name} that every run of this wing trains. "
                    "Give the model another."
                )
