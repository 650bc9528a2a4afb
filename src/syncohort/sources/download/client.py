"""Requests to one service: patient with passing trouble, clear about lasting trouble, polite throughout."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter

from syncohort import __version__
from syncohort.sources.download.failures import (
    PASSING,
    Trouble,
    counted,
    failure,
    in_brief,
    mirror_hint,
    no_answer,
    refusal,
)
from syncohort.sources.download.ledger import Source
from syncohort.sources.download.patience import Patience
from syncohort.sources.download.politeness import Politeness

# Errors that another try may mend, and those among them that it will not.
PASSING_ERRORS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.HTTPError,
)
LASTING = requests.exceptions.SSLError
T = TypeVar("T")


class Cancelled(Exception):
    """The download is to stop: Ctrl-C, or another file of the dataset failed."""


class Client:
    """A service's client; safe for threads.

    Parameters
    ----------
    source
        The service, from the ledger.
    locks
        Folder in the cache for the locks by which processes share the service's limits.
    mirror
        Address to use instead of the official one.
    patience
        How long to try.
    """

    def __init__(
        self, source: Source, locks: Path, *, mirror: str | None = None, patience: Patience | None = None
    ) -> None:
        self.source, self.patience = source, patience or Patience()
        self.base_url = (mirror or source.base_url or "").rstrip("/")
        self._politeness = Politeness(source, locks, self.wait)
        self._cancelled = threading.Event()
        self._open: set[urllib3.HTTPResponse] = set()
        self._session = requests.Session()
        self._session.max_redirects = 5
        self._session.headers["User-Agent"] = f"Syncohort/{__version__} {requests.utils.default_user_agent()}"
        # Files are wanted as they are, and parts of them: no compression on the way.
        self._session.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=source.connections))

    def url(self, path: str) -> str:
        """Address of a path (and query) on the service or its mirror."""
        return f"{self.base_url}/{path.lstrip('/')}"

    def json(self, path: str, *, post: Any = None, may_be_empty: bool = False, **query: str | int) -> Any:
        """Ask for JSON; with `post`, send that as JSON.

        With `may_be_empty` an answer without content is None: so some services say that they found nothing.

        Raises
        ------
        InputError
            When the service gives no answer, an error, or something else.
        """

        def ask() -> Any:
            with self.open(self.url(path), post=post, query=query) as response:
                if may_be_empty and not response.content.strip():
                    return None
                try:
                    return response.json()
                except requests.JSONDecodeError:
                    raise self.other_kind(response, "JSON") from None

        return self.persist(self.url(path), ask)

    def text(self, path: str, **query: str | int) -> str:
        """Ask for a text in UTF-8.

        Raises
        ------
        InputError
            When the service gives no answer or an error.
        """

        def ask() -> str:
            with self.open(self.url(path), query=query) as response:
                return response.content.decode("utf-8-sig")

        return self.persist(self.url(path), ask)

    @contextmanager
    def open(
        self,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        post: Any = None,
        query: dict[str, str | int] | None = None,
        accept: tuple[int, ...] = (200,),
    ) -> Iterator[requests.Response]:
        """Send one request and give the answer, its body unread; to be called within `persist`.

        Raises
        ------
        Trouble
            When there is no answer, it breaks off, or it is an error that may pass.
        InputError
            When its status is another than those of `accept`, or trying again makes no sense.
        """
        with self._politeness.connection():
            self._politeness.pace()
            response = None
            try:
                response = self._session.request(
                    "GET" if post is None else "POST",
                    url,
                    headers=headers,
                    params=query,
                    json=post,
                    stream=True,
                    timeout=(self.patience.connect, self.patience.read),
                )
                self._open.add(response.raw)
                self._require(response, accept)
                yield response
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                # A cancelled answer breaks off as well.
                self.wait(0)
                explain = partial(no_answer, self.source, url, error)
                if isinstance(error, LASTING) or not isinstance(error, PASSING_ERRORS):
                    raise explain() from error
                raise Trouble(in_brief(error), explain, error=counted(error)) from error
            finally:
                if response is not None:
                    self._open.discard(response.raw)
                    response.close()

    def _require(self, response: requests.Response, accept: tuple[int, ...]) -> None:
        """Accept an answer by its status."""
        url, status = response.url, response.status_code
        if status in PASSING:
            raise Trouble(f"answered {status}", partial(refusal, self.source, url, status), response=response.raw)
        if status not in accept:
            raise refusal(self.source, url, status)

    def other_kind(self, response: requests.Response, wanted: str) -> Trouble:
        """Make the trouble of an answer that is something else than was asked for."""
        url, kind = response.url, response.headers.get("Content-Type", "something unnamed").partition(";")[0]
        what = f"answered with {kind} instead of {wanted}"
        remedy = f"The service is down or has moved (see {self.source.homepage}): try again later, or "
        remedy += f"{mirror_hint(self.source)}."
        return Trouble(what, lambda _: failure(self.source, url, what, remedy), response=response.raw)

    def persist(
        self, url: str, ask: Callable[[], T], position: Callable[[], int] = lambda: 0, *, tries: int | None = None
    ) -> T:
        """Call `ask` until it gives an answer, as `Patience.persist` does; with `tries`, at most so often."""
        patience = replace(self.patience, tries=min(tries or self.patience.tries, self.patience.tries))
        return patience.persist(url, ask, position, wait=self.wait, name=self.source.title)

    def wait(self, seconds: float) -> None:
        """Sleep.

        Raises
        ------
        Cancelled
            When the download is to stop.
        """
        if self._cancelled.wait(seconds):
            raise Cancelled

    def cancel(self) -> None:
        """Stop all that is under way: pauses end, answers break off."""
        self._cancelled.set()
        for response in list(self._open):
            # It may have come to its end meanwhile.
            with suppress(ValueError, RuntimeError, OSError):
                response.shutdown()
