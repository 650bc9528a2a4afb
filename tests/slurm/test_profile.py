"""The profile itself, which needs no Slurm: it knows every rule, and the site's section does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
import yte

ROOT = Path(__file__).resolve().parents[2]
PROFILE = ROOT / "profiles/slurm-gpu/config.yaml"
RULES = {
    name: text
    for path in (ROOT / "rules").glob("*.smk")
    for name, text in re.findall(r"^rule (\w+):\n(.*?)(?=^rule |\Z)", path.read_text(), re.MULTILINE | re.DOTALL)
}
GPU_RULES = {name for name, text in RULES.items() if re.search(r"\bgpu=", text)}
SEVERAL_GPUS = ("expression_train_generator", "mri_train_generator")
LOCAL_RULES = {name for name, text in RULES.items() if "localrule: True" in text}


def profile(**site):
    """The profile as Snakemake reads it at a site."""
    content = yaml.safe_load(PROFILE.read_text())
    assert set(site) <= set(content["__variables__"])
    content["__variables__"] |= site
    return yte.process_yaml(yaml.safe_dump(content, sort_keys=False), require_use_yte=True)


def test_it_is_found_by_its_bare_name():
    assert (ROOT / "slurm-gpu").is_symlink()
    assert (ROOT / "slurm-gpu").readlink() == Path("profiles/slurm-gpu")


def test_every_rule_is_grouped_or_local_or_has_a_gpu():
    assert set(profile()["set-resources"]) == GPU_RULES
    assert set(profile()["groups"]) == set(RULES) - GPU_RULES - LOCAL_RULES


@pytest.mark.parametrize("features", ["simulated", "labels"])
def test_jobs_of_a_group_wait_for_no_job_that_waits_for_them(tmp_path, features):
    # A cohort of everything; Snakemake refuses such groups when it plans the jobs.
    wings = {wing: {"source": {"simulated": {}}} for wing in ("mri", "nodule", "histology")}
    cohort = {"source": {"simulated": {"patients": 40}}, "radiogenomics": {"features": {features: {}}}, **wings}
    (tmp_path / "config/cohorts").mkdir(parents=True)
    (tmp_path / "config/cohorts/everything.yaml").write_text(yaml.safe_dump(cohort))
    command = [sys.executable, "-m", "snakemake", "-n", "--snakefile", ROOT / "Snakefile", "--directory", tmp_path]
    options = ["--profile", PROFILE.parent, "--config", "cohorts=[everything]"]
    planned = subprocess.run([*command, *options], capture_output=True, text=True)
    assert planned.returncode == 0, planned.stderr
    assert "report_write_cohort" in planned.stdout


def test_a_site_without_names_leaves_them_to_slurm():
    assert profile()["default-resources"] == {"mem_mb": 2000, "runtime": 30}
    assert profile()["set-resources"]["expression_train_generator"] == {
        "runtime": 240,
        "slurm_extra": "'--signal=TERM@120'",
        "gpu": 1,
    }


@pytest.mark.parametrize(
    ("site", "resources"),
    [
        ({"gpu_request": "gpus", "gpu_type": "h200"}, {"gpu_model": "h200"}),
        ({"gpu_request": "gres"}, {"gpu": 0, "gres": "gpu:1"}),
        ({"gpu_request": "gres", "gpu_type": "h200"}, {"gpu": 0, "gres": "gpu:h200:1"}),
        ({"gpu_partition": "a100"}, {"slurm_partition": "a100"}),
        ({"gpus_per_training": 2}, {"gpu": 2}),
        ({"gpu_request": "gres", "gpus_per_training": 2}, {"gpu": 0, "gres": "gpu:2"}),
    ],
)
def test_gpu_of_a_site(site, resources):
    without = profile()["set-resources"]["expression_train_generator"]
    assert profile(**site)["set-resources"]["expression_train_generator"] == without | resources


def test_each_process_of_a_training_has_a_cpu():
    assert profile()["set-threads"] == dict.fromkeys(SEVERAL_GPUS, 1)
    assert profile(gpus_per_training=4)["set-threads"] == dict.fromkeys(SEVERAL_GPUS, 4)


def test_names_of_a_site():
    defaults = profile(account="lab", cpu_partition="short", poll_seconds=60)
    assert defaults["default-resources"] == {
        "mem_mb": 2000,
        "runtime": 30,
        "slurm_account": "lab",
        "slurm_partition": "short",
    }
    assert defaults["slurm-init-seconds-before-status-checks"] == 60
