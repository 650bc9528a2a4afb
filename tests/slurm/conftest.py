"""A real Slurm of one node with two pretended GPUs, and a fresh clone of the project to run in it."""

import contextlib
import copy
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import psutil
import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODEL = "tiny/expression/pathway/full/wgan-gp"
TARGET = f"results/{MODEL}/model.safetensors"
TINY = {
    "source": {
        "simulated": {
            "patients": 16,
            "genes": 60,
            "modules": 2,
            "module_size": 10,
            "pathway_size": 14,
            "up": 4,
            "down": 4,
            "covariate_genes": 2,
            "zero_genes": 2,
        }
    },
    "splits": {"folds": 2},
    "expression": {
        "selections": ["pathway"],
        "pathway": {"gene_sets": "results/tiny/gene_sets.gmt", "name": "DEMO_PATHWAY"},
        "models": {
            "wgan-gp": {
                "generator_layers": [16],
                "critic_layers": [16],
                "max_steps": 20,
                "validate_every": 10,
                "patience": 0,
            }
        },
        "evaluate": {"draws": 2},
    },
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "slurm" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slurm)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what Slurm's daemons said last beside a failed test; their logs are gone when the run is over."""
    report = yield
    slurm = getattr(item, "funcargs", {}).get("slurm")
    if report.failed and slurm:
        report.sections.append(("last lines of Slurm's daemons", slurm.last_words()))
    return report


def wait_for(condition: Callable[[], object], explain: Callable[[], str] = str) -> None:
    """Wait until a condition holds; give up after minutes, with an explanation."""
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end, f"waited too long: {explain()}"
        time.sleep(0.2)


class Slurm:
    """The running Slurm, asked and told by its own commands.

    Parameters
    ----------
    folder
        Where its configuration and logs are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def last_words(self) -> str:
        """Last lines of every log of the daemons."""
        logs = {path.name: path.read_text(errors="replace") for path in sorted((self.folder / "log").iterdir())}
        return "\n".join(f"== {name}\n" + "\n".join(text.splitlines()[-15:]) for name, text in logs.items())

    def job(self, number: str) -> dict[str, str]:
        """Record of a job as `scontrol` shows it."""
        return dict(re.findall(r"(\S+?)=(\S*)", self.control("show", "job", number)))

    def cut_power(self) -> None:
        """Kill the node's daemon and all that runs under it, at one blow."""
        daemons = [process for process in psutil.process_iter() if process.name() in ("slurmd", "slurmstepd")]
        for process in [*daemons, *(child for daemon in daemons for child in daemon.children(recursive=True))]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def restore_power(self) -> None:
        """Start the node's daemon again, and wait until the node serves: hurried, slurmctld 22.05 itself may crash."""
        self.call("slurmd")
        wait_for(lambda: self.call("sinfo", "--noheader", "--format=%T").strip() == "idle")

    def control(self, *arguments: str) -> str:
        """Run `scontrol`."""
        return self.call("scontrol", "--oneliner", *arguments)

    def call(self, *command: str) -> str:
        """Run a command, which must succeed, and give what it printed."""
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


# The executor waits ten seconds more each time nothing has ended, which no option changes and which would be most of
# the time of these tests. This command looks every two seconds and is otherwise the real one; a test runs that itself.
IMPATIENT = """#!{python}
import sys
from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor
Executor.next_seconds_between_status_checks = property(lambda self: 2, lambda self, seconds: None)
sys.exit(main())
"""


class Clone:
    """A clone of the project, where someone types `snakemake --profile slurm-gpu`."""

    target = TARGET

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.profile = folder / "profiles/slurm-gpu/config.yaml"
        self.printed = folder / "printed.txt"
        self.log = folder / "logs/tiny/expression_train_generator/pathway.wgan-gp.full.log"
        self.checkpoint = folder / f"work/{MODEL}/checkpoint.pt"
        self.started: list[subprocess.Popen] = []

    def configure(self, **model: int) -> None:
        """Name the tiny cohort in the configuration, with settings of its model changed."""
        settings = copy.deepcopy(TINY)
        settings["expression"]["models"]["wgan-gp"] |= model
        (self.folder / "config/config.yaml").write_text("cohorts: [tiny]\n")
        (self.folder / "config/cohorts/tiny.yaml").write_text(yaml.safe_dump(settings))

    def site(self, **values: object) -> None:
        """Edit the profile's section for the site."""
        for key, value in values.items():
            self.edit(rf"^  {key}: \S+", f"  {key}: {value}")

    def edit(self, pattern: str, replacement: str) -> None:
        """Replace in the profile what must be there exactly once."""
        text, number = re.subn(pattern, replacement, self.profile.read_text(), flags=re.MULTILINE)
        assert number == 1, pattern
        self.profile.write_text(text)

    def train(self, **resources: object) -> None:
        """Give the training resources of its own in the profile."""
        lines = "".join(f"      {key}: {value}\n" for key, value in resources.items())
        self.edit(r"^    \?rule:\n", f"    ?rule:\n{lines}")

    def start(self, *arguments: str) -> subprocess.Popen:
        """Type the command; what it prints goes to a file."""
        path = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        with open(self.printed, "w") as printed:
            snakemake = subprocess.Popen(
                ["snakemake", "--profile", "slurm-gpu", *arguments],
                stdout=printed,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, "PATH": path},
                # Tests that were themselves started in the background ignore Ctrl-C, and so would what they start.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )
        self.started.append(snakemake)
        return snakemake

    def run(self, *arguments: str) -> str:
        """Type the command, which must succeed, and give what it printed."""
        return self.finish(self.start(*arguments))

    def finish(self, snakemake: subprocess.Popen) -> str:
        """Wait for a started command, which must succeed, and give what it printed."""
        assert snakemake.wait(timeout=900) == 0, self.printed.read_text()
        return self.printed.read_text()

    def wait_for(self, condition: Callable[[], object], snakemake: subprocess.Popen | None = None) -> None:
        """Wait until a condition holds, while a started command runs."""

        def holds() -> object:
            assert snakemake is None or snakemake.poll() is None, self.printed.read_text()
            return condition()

        wait_for(holds, self.printed.read_text)

    def jobs(self) -> list[str]:
        """Numbers of the Slurm jobs that the last command submitted, in order."""
        return re.findall(r"SLURM jobid (\d+)", self.printed.read_text())

    def outputs(self) -> dict[str, bytes]:
        """Content of the trained model's files."""
        names = ("model.safetensors", "model.json", "history.tsv")
        return {name: (self.folder / "results" / MODEL / name).read_bytes() for name in names}


@pytest.fixture(scope="session")
def slurm() -> Iterator[Slurm]:
    """A Slurm of one node with 16 pretended CPUs and 2 pretended GPUs."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        pytest.skip("there can be one Slurm only, and no other tests beside it: pytest -m slurm, without workers")
    missing = [program for program in ("slurmctld", "slurmd", "munged") if not shutil.which(program, path="/usr/sbin")]
    if missing:
        pytest.skip(f"no Slurm to test with: {', '.join(missing)} missing (Debian: apt install slurm-wlm munge)")
    if os.geteuid() != 0:
        pytest.skip("starting a Slurm needs root")
    if Path("/etc/slurm/slurm.conf").exists():
        pytest.skip("this machine belongs to a Slurm already: /etc/slurm/slurm.conf exists")
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    environment = {**os.environ, "ROOT": str(folder)}
    running = Slurm(folder)
    try:
        up = subprocess.run(HERE / "slurm-up.sh", env=environment, capture_output=True, text=True)
        if up.returncode:
            pytest.fail(f"Slurm did not come up: {up.stderr}\n{running.last_words()}", pytrace=False)
        yield running
    finally:
        subprocess.run(["scancel", "--user", "root"], check=False, capture_output=True)
        subprocess.run(HERE / "slurm-down.sh", env=environment, check=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def finished(slurm, tmp_path_factory) -> Clone:
    """A fresh clone in which the one command was typed; only to be read or copied."""
    clone = Clone(tmp_path_factory.mktemp("slurm") / "syncohort")
    listing = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, capture_output=True, text=True, check=True).stdout.splitlines():
        target = clone.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    clone.configure()
    clone.site(cpu_partition="cpu", gpu_partition="gpu", poll_seconds=3)
    # An sbatch that notes how it was called and is otherwise the real one.
    recorder = f'#!/bin/sh\necho "$@" | sed "s/ --wrap=.*//" >> sbatch.txt\nexec {shutil.which("sbatch")} "$@"\n'
    (clone.folder / "bin").mkdir()
    for name, text in {"sbatch": recorder, "snakemake": IMPATIENT.format(python=sys.executable)}.items():
        (clone.folder / "bin" / name).write_text(text)
        (clone.folder / "bin" / name).chmod(0o755)
    clone.run()
    return clone


@pytest.fixture
def training(finished, tmp_path) -> Iterator[Clone]:
    """A copy of the finished run in which one longer training is to be made."""
    clone = longer_training(finished, tmp_path / "syncohort")
    yield clone
    # After a failed test a command may wait on; interrupted, it cancels its jobs.
    for snakemake in clone.started:
        if snakemake.poll() is None:
            snakemake.send_signal(signal.SIGINT)
            snakemake.wait()


@pytest.fixture(scope="session")
def left_alone(finished, tmp_path_factory) -> dict[str, bytes]:
    """The files of that training when it runs on this machine, without Slurm and undisturbed."""
    clone = longer_training(finished, tmp_path_factory.mktemp("left-alone") / "syncohort")
    command = ["snakemake", "--cores", "1", TARGET]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(command, cwd=clone.folder, env={**os.environ, "PATH": path}, check=True, capture_output=True)
    return clone.outputs()


def longer_training(finished: Clone, folder: Path) -> Clone:
    """Copy the finished clone to `folder` and ask for more steps; only the training is out of date then."""
    shutil.copytree(finished.folder, folder, symlinks=True)
    clone = Clone(folder)
    clone.configure(max_steps=1500)
    return clone
