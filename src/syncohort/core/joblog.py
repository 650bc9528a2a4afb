"""A job's log file: progress while it runs, one clear sentence when its input is wrong."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncohort.core.errors import InputError

BAD_INPUT = 2
# As shells have it: 128 and the number of the signal.
INTERRUPTED = 130


@contextmanager
def job_log(path: str | Path) -> Iterator[logging.Logger]:
    """Log the block to `path` and to standard error.

    An `InputError` ends the process with status 2 and its message alone, Ctrl-C with status 130. Any other exception
    is a fault of ours: its traceback goes into the log, which is the file to send with a report.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handlers = [logging.FileHandler(path, mode="w", encoding="utf-8"), logging.StreamHandler(sys.stderr)]
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", handlers=handlers, force=True
    )
    logging.captureWarnings(True)
    logger = logging.getLogger("syncohort")
    started = time.monotonic()
    try:
        yield logger
        logger.info("done in %.1f s", time.monotonic() - started)
    except InputError as error:
        logger.error("ERROR: %s", error)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        logger.warning("interrupted")
        sys.exit(INTERRUPTED)
    except Exception:
        logger.exception("This is a fault in Syncohort, not in your input; please report it with this log.")
        sys.exit(1)
    finally:
        for handler in handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
