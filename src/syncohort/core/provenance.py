"""Where a dataset came from: source checksums, versions, seed, commit and effective settings."""

import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from syncohort import __version__

PACKAGES = (
    *("numpy", "pandas", "scipy", "scikit-learn", "scikit-image", "nibabel", "pydicom", "anndata"),
    *("torch", "monai", "openslide-python", "umap-learn", "snakemake"),
)


def git_commit() -> str:
    """Commit of the checkout that runs, with `-modified` when files differ from it, or `unknown`."""
    checkout = Path(__file__).resolve().parents[3]
    command = ["git", "-C", str(checkout), "describe", "--always", "--abbrev=12", "--dirty=-modified", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def package_versions() -> dict[str, str]:
    """Versions of the packages that decide the numbers; those not installed are left out."""
    found = {"syncohort": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def provenance(
    *, seed: int, settings: dict[str, Any], inputs: dict[str, str], datasets: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Record what a dataset was made from.

    Parameters
    ----------
    seed
        The seed of the job.
    settings
        The effective settings that the job used.
    inputs
        Name of each input and its SHA-256.
    datasets
        The public datasets among the inputs: name, title, version, licence and citation of each.

    Returns
    -------
    dict
        Ready for JSON. It holds no time of day: equal runs give equal bytes.
    """
    return {
        "versions": package_versions(),
        "commit": git_commit(),
        "seed": seed,
        "settings": settings,
        "inputs": inputs,
        "datasets": [dict(dataset) for dataset in datasets],
    }
