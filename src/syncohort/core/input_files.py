"""Files and folders that settings name: they must be there before any job starts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from syncohort.core.errors import InputError
from syncohort.core.naming import IMAGE_WINGS


def named_files(values: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Find the files that a cohort's settings name and its jobs read, and the folders, by keys that end in `.folder`.

    Parameters
    ----------
    values
        Complete settings of the cohort.

    Yields
    ------
    tuple
        Key and path; None where the settings leave the path open.
    """
    for wing in IMAGE_WINGS:
        for kind, source in values.get(wing, {}).get("source", {}).items():
            yield f"{wing}.source.{kind}.folder", source.get("folder")
    if "table" in values.get("radiogenomics", {}).get("features", {}):
        yield "radiogenomics.features.table.file", values["radiogenomics"]["features"]["table"]["file"]
    if "nodule" in values:
        yield "nodule.sample.profiles", values["nodule"]["sample"]["profiles"]
    if "histology" in values:
        yield "histology.generate.profiles", values["histology"]["generate"]["profiles"]
        yield "histology.extractor.weights", values["histology"]["extractor"]["weights"]
    if "source" not in values:
        return
    local, expression = values["source"].get("local"), values["expression"]
    if local:
        yield from (("source.local.matrix", path) for path in local["matrix"])
        yield "source.local.samples", local["samples"]
    if expression["pathway"]["gene_sets"]:
        yield "expression.pathway.gene_sets", expression["pathway"]["gene_sets"]
    if "list" in expression["selections"]:
        yield "expression.list.file", expression["list"]["file"]


def require_files(cohort: str, values: Mapping[str, Any]) -> None:
    """Refuse settings that name a file or folder which is missing or the other; those in `results/` the workflow makes.

    Parameters
    ----------
    cohort
        Name of the cohort, for errors.
    values
        Its complete settings.

    Raises
    ------
    InputError
        With the key, the path and the folder in which it was looked for.
    """
    for key, name in named_files(values):
        if not name or Path(name).parts[0] == "results":
            continue
        path, wanted = Path(name), "folder" if key.endswith(".folder") else "file"
        if not path.exists():
            raise InputError(
                f"Cohort {cohort}: {key} names {path}, and there is no such {wanted} in {Path.cwd()}. "
                f"Correct the path or put the {wanted} there."
            )
        if path.is_dir() != (wanted == "folder"):
            raise InputError(f"Cohort {cohort}: {key} names {path}, and must name a {wanted}. Correct the path.")
