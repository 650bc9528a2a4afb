"""A job's log: one sentence for bad input, a traceback for our own faults."""

import logging

import pytest

from syncohort.core.errors import InputError
from syncohort.core.joblog import BAD_INPUT, INTERRUPTED, job_log


@pytest.fixture(autouse=True)
def _logging_as_before():
    """A job has its process to itself; here the loggers are shared with other tests."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    logging.captureWarnings(False)


def test_bad_input_ends_with_its_sentence_and_no_traceback(tmp_path, capsys):
    log = tmp_path / "job.log"
    with pytest.raises(SystemExit) as ended, job_log(log):
        raise InputError("The matrix is empty.")
    assert ended.value.code == BAD_INPUT
    for text in (log.read_text(), capsys.readouterr().err):
        assert "ERROR: The matrix is empty." in text
        assert "Traceback" not in text


def test_a_fault_of_ours_leaves_its_traceback_in_the_log(tmp_path):
    log = tmp_path / "job.log"
    with pytest.raises(SystemExit) as ended, job_log(log):
        raise ZeroDivisionError("by zero")
    assert ended.value.code == 1
    assert "Traceback" in log.read_text()
    assert "This is a fault in Syncohort" in log.read_text()


def test_ctrl_c_is_no_fault(tmp_path):
    log = tmp_path / "job.log"
    with pytest.raises(SystemExit) as ended, job_log(log):
        raise KeyboardInterrupt
    assert ended.value.code == INTERRUPTED
    assert "Traceback" not in log.read_text()


def test_success_tells_how_long_it_took(tmp_path):
    with job_log(tmp_path / "job.log") as log:
        log.info("reading")
    assert "reading" in (tmp_path / "job.log").read_text()
    assert "done in" in (tmp_path / "job.log").read_text()
