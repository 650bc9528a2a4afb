"""How long to try, and how to wait between tries."""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import urllib3
from urllib3.util import Retry

from syncohort.sources.download.failures import Trouble

logger = logging.getLogger("syncohort")

# An answer that brought so many bytes before it broke off was a good try.
GOOD_TRY = 1 << 20
T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Parameters
    ----------
    tries
        Requests before giving up; half as many where no connection can be made.
    backoff
        Seconds before the third request, doubled before each further one; the second is sent at once.
    longest
        Most seconds between two requests, unless the server asks for more in `Retry-After`.
    longest_asked
        Most seconds that a server may ask for; when it asks for more, that is its last word.
    connect, read
        Seconds for a connection, and between two parts of an answer.
    slowest
        Bytes per second, over `read` seconds, below which an answer counts as lost.
    """

    tries: int = 7
    backoff: float = 1.0
    longest: float = 60.0
    longest_asked: float = 900.0
    connect: float = 20.0
    read: float = 60.0
    slowest: float = 200.0

    def attempts(self) -> Retry:
        """Start counting attempts."""
        retries = self.tries - 1
        return Retry(
            retries,
            connect=retries // 2,
            allowed_methods=None,
            backoff_factor=self.backoff,
            backoff_jitter=self.backoff / 2,
            backoff_max=self.longest,
            # What is too long is decided below; here it would only be cut.
            retry_after_max=sys.maxsize,
        )

    def persist(
        self, url: str, ask: Callable[[], T], position: Callable[[], int], *, wait: Callable[[float], None], name: str
    ) -> T:
        """Call `ask` until it gives an answer, with growing pauses.

        Parameters
        ----------
        url
            What is asked for, for messages.
        ask
            Raises `Trouble` when another try may help.
        position
            Bytes that have arrived so far; after a good try the count of attempts starts anew.
        wait
            Sleeps for some seconds; raises when the download is to stop.
        name
            Name of the service, for the log.

        Raises
        ------
        InputError
            When the patience is at its end.
        """
        attempts, begun = self.attempts(), position()
        while True:
            try:
                return ask()
            except Trouble as trouble:
                if position() - begun >= GOOD_TRY:
                    attempts, begun = self.attempts(), position()
                tries = len(attempts.history) + 1
                asked = (attempts.get_retry_after(trouble.response) if trouble.response is not None else None) or 0
                try:
                    attempts = attempts.increment("GET", url, trouble.response, trouble.error)
                except urllib3.exceptions.HTTPError:
                    raise trouble.explain(tries) from trouble
                if asked > self.longest_asked:
                    logger.info("%s: %s, and asks to wait for %.0f minutes", name, trouble.brief, asked / 60)
                    raise trouble.explain(tries) from trouble
                seconds = asked or attempts.get_backoff_time()
                when = f"in {seconds:.0f} s" if seconds >= 1 else "at once"
                logger.info("%s: %s; trying again %s", name, trouble.brief, when)
                wait(seconds)
