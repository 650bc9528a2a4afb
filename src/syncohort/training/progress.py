"""A line of progress at sane intervals: step, rate, time left."""

import logging
import time

logger = logging.getLogger("syncohort")


class Progress:
    """Log progress at most every `seconds`.

    Parameters
    ----------
    start, stop
        First and last step of this run; a resumed training starts above 0.
    seconds
        Least time between two lines.
    """

    def __init__(self, start: int, stop: int, seconds: float = 10.0) -> None:
        self.start, self.stop, self.seconds = start, stop, seconds
        self.began = self.spoke = time.monotonic()

    def update(self, step: int, message: str) -> None:
        """Log the step with `message`, unless a line was logged moments ago."""
        now = time.monotonic()
        if now - self.spoke < self.seconds and step < self.stop:
            return
        self.spoke = now
        rate = (step - self.start) / max(now - self.began, 1e-9)
        minutes, seconds = divmod(round((self.stop - step) / max(rate, 1e-9)), 60)
        logger.info(
            "step %d/%d, %.1f steps/s, at most %d:%02d left, %s", step, self.stop, rate, minutes, seconds, message
        )
