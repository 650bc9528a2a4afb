"""Whatever ends a training before its time: it starts again, goes on from its checkpoint and gives the same model."""

import re
import signal
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.slurm


@pytest.fixture
def underway(training):
    """A training in a Slurm job that has saved its first checkpoint, and the command that waits for it."""
    training.train(checkpoint_seconds=1)
    snakemake = training.start(training.target)
    training.wait_for(training.checkpoint.exists, snakemake)
    return training, snakemake


def resumed(clone):
    """Step from which the last attempt went on."""
    found = re.search(r"Going on from the checkpoint at step (\d+)", clone.log.read_text())
    assert found, clone.log.read_text()
    return int(found[1])


def wait_until_queued(slurm, underway, job):
    """Wait until Slurm has put a job back into its queue, and make the two minutes that it would wait there shorter.

    Some of it stays: what Slurm has yet to tell the node about the job's first life must not hit the second.
    """
    clone, snakemake = underway
    clone.wait_for(lambda: slurm.job(job)["JobState"] == "PENDING", snakemake)
    slurm.control("update", f"JobId={job}", "StartTime=now+15")


def test_cancelled(slurm, underway, left_alone):
    clone, snakemake = underway
    slurm.call("scancel", clone.jobs()[0])
    clone.finish(snakemake)
    assert [slurm.job(job)["JobState"] for job in clone.jobs()] == ["CANCELLED", "COMPLETED"]
    assert resumed(clone) > 0
    assert clone.outputs() == left_alone


def test_preempted_by_a_job_of_higher_priority(slurm, underway, left_alone):
    clone, snakemake = underway
    job = clone.jobs()[0]
    slurm.call("sbatch", "--partition=urgent", "--exclusive", "--output=/dev/null", "--wrap=sleep 1")
    wait_until_queued(slurm, underway, job)
    clone.finish(snakemake)
    assert clone.jobs() == [job], "Slurm itself starts it again"
    assert slurm.job(job)["Restarts"] == "1"
    assert resumed(clone) > 0
    assert clone.outputs() == left_alone


def test_its_node_loses_power(slurm, underway, left_alone):
    clone, snakemake = underway
    job = clone.jobs()[0]
    slurm.cut_power()
    clone.wait_for(lambda: slurm.job(job)["JobState"] == "PENDING", snakemake)
    slurm.restore_power()
    wait_until_queued(slurm, underway, job)
    clone.finish(snakemake)
    assert clone.jobs() == [job], "Slurm itself starts it again"
    assert resumed(clone) > 0
    assert clone.outputs() == left_alone


def test_the_controlling_snakemake_is_killed(slurm, underway, left_alone):
    clone, snakemake = underway
    # Frozen until its successor is there: however slow that is to come, the orphan must not be done before.
    process = process_of(clone)
    process.suspend()
    orphan = clone.jobs()[0]
    snakemake.kill()
    snakemake.wait()
    assert clone.start(clone.target).wait() != 0
    assert "--unlock" in clone.printed.read_text()
    clone.run("--unlock")
    assert slurm.job(orphan)["JobState"] == "RUNNING", "it lives on, and the next command starts a duplicate of it"
    snakemake = clone.start(clone.target)
    clone.wait_for((clone.checkpoint.parent / "hand-over").exists, snakemake)
    process.resume()
    clone.finish(snakemake)
    [successor] = clone.jobs()
    assert [slurm.job(job)["JobState"] for job in (orphan, successor)] == ["FAILED", "COMPLETED"]
    log = clone.log.read_text()
    assert f"Slurm job {orphan}, process " in log
    assert "asked it to save its checkpoint and end" in log
    assert resumed(clone) > 0
    assert not clone.checkpoint.exists()
    assert clone.outputs() == left_alone


def test_interrupted_at_the_keyboard(slurm, underway, left_alone):
    clone, snakemake = underway
    snakemake.send_signal(signal.SIGINT)
    snakemake.wait()
    clone.wait_for(lambda: slurm.job(clone.jobs()[0])["JobState"] == "CANCELLED")
    clone.run(clone.target)
    assert resumed(clone) > 0
    assert clone.outputs() == left_alone


def test_too_little_memory(slurm, training, left_alone):
    training.train(mem_mb="100 * attempt ** 3")
    training.run(training.target)
    first, second = [slurm.job(job) for job in training.jobs()]
    assert (first["JobState"], first["MinMemoryNode"]) == ("FAILED", "100M")
    assert "Exceeded job memory limit" in Path(first["StdOut"]).read_text()
    assert (second["JobState"], second["MinMemoryNode"]) == ("COMPLETED", "800M")
    assert training.outputs() == left_alone


def test_out_of_time(slurm, training, left_alone):
    training.train(checkpoint_seconds=1)
    # A minute is the least that Slurm knows; the attempts after the first have time enough on any machine.
    training.edit(r"runtime: \?training_minutes", "runtime: 1 + 29 * (attempt - 1)")
    training.edit("TERM@120", "TERM@10")
    snakemake = training.start(training.target)
    training.wait_for(training.checkpoint.exists, snakemake)
    # Frozen, it is sure to be there still when its time runs out; Slurm wakes what it tells to end.
    process_of(training).suspend()
    training.finish(snakemake)
    first, second = [slurm.job(job) for job in training.jobs()]
    assert (first["JobState"], first["TimeLimit"]) == ("FAILED", "00:01:00"), "it left by itself, with its work saved"
    assert (second["JobState"], second["TimeLimit"]) == ("COMPLETED", "00:30:00")
    assert resumed(training) > 0
    assert training.outputs() == left_alone


def process_of(clone):
    """The process of the training itself."""
    return next(process for process in psutil.process_iter() if is_training(process, clone))


def is_training(process, clone):
    """Whether a process is that of a clone's training."""
    try:
        return process.cmdline()[-1].endswith(".train_generator.py") and process.cwd() == str(clone.folder)
    except (psutil.Error, IndexError):
        return False
