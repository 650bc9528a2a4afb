"""What went wrong between us and a server, in one sentence that says what to do."""

import http
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from syncohort.core.errors import InputError
from syncohort.sources.download.ledger import Source

# Answers that another try may turn into good ones.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class Trouble(Exception):
    """Something that another try may mend.

    Parameters
    ----------
    brief
        A few words for the log.
    explain
        Gives the sentence, from the number of tries, should no try have mended it.
    error, response
        What urllib3's `Retry` counts and reads `Retry-After` from.
    """

    def __init__(
        self,
        brief: str,
        explain: Callable[[int], InputError],
        *,
        error: Exception | None = None,
        response: Any = None,
    ) -> None:
        super().__init__(brief)
        self.brief, self.explain, self.error, self.response = brief, explain, error, response


def failure(source: Source, url: str, what: str, remedy: str) -> InputError:
    """Say what was asked of which host, what came, and what to do."""
    return InputError(f"{source.title}: {urlsplit(url).hostname}, asked for {url}, {what}. {remedy}")


def mirror_hint(source: Source) -> str:
    """Name the key that sends requests elsewhere."""
    return f"set mirrors.{source.name} in config/config.yaml to another server"


def refusal(source: Source, url: str, status: int, tries: int = 1) -> InputError:
    """Explain an answer that is an error."""
    try:
        phrase = f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    if status in PASSING:
        remedy = f"The service is overloaded or down: try again later, or {mirror_hint(source)}."
    elif status in (401, 403, 451):
        remedy = f"The service does not let you in. {source.etiquette or 'See its terms'} ({source.homepage})."
    else:
        remedy = (
            f"Check the name in your settings; if the service has moved (see {source.homepage}), {mirror_hint(source)}."
        )
    return failure(source, url, f"answered {phrase}{_times(tries)}", remedy)


def no_answer(source: Source, url: str, error: Exception, tries: int = 1) -> InputError:
    """Explain a connection that could not be made or was lost."""
    cause = root_cause(error)
    match error:
        case requests.TooManyRedirects():
            what = "sent us from one address to the next without end"
            remedy = f"The service is broken: try again later, or {mirror_hint(source)}."
        case requests.exceptions.SSLError():
            what = f"could not prove who it is: {getattr(cause, 'verify_message', '') or cause}"
            remedy = (
                f"Try again later, or {mirror_hint(source)}; where your institution reads encrypted traffic, name its "
                "certificates in the environment variable REQUESTS_CA_BUNDLE."
            )
        case requests.exceptions.ProxyError():
            what = f"is behind a proxy that failed{_times(tries)}: {in_brief(error)}"
            remedy = "Correct or unset https_proxy and http_proxy."
        case requests.ConnectTimeout() | requests.ConnectionError() if not isinstance(cause, ConnectionResetError):
            what = f"could not be reached{_times(tries)}: {in_brief(error)}"
            remedy = (
                "Is this computer online? On a cluster run `snakemake download` where there is a network; behind a "
                f"proxy set https_proxy; or {mirror_hint(source)}."
            )
        case _:
            what = f"broke off its answer{_times(tries)}: {in_brief(error)}"
            remedy = f"What has arrived is kept: start again later to go on, or {mirror_hint(source)}."
    return failure(source, url, what, remedy)


def _times(tries: int) -> str:
    return f", {tries} times" if tries > 1 else ""


def counted(error: Exception) -> Exception:
    """Find the error of urllib3 in one of requests, since its `Retry` counts by kind."""
    inner = error.args[0] if isinstance(error, requests.RequestException) and error.args else error
    if isinstance(inner, urllib3.exceptions.MaxRetryError):
        inner = inner.reason
    return inner if isinstance(inner, Exception) else error


def root_cause(error: BaseException) -> BaseException:
    """Find what all the wrappers are around."""
    seen = [error]
    while True:
        last = seen[-1]
        inner = [getattr(last, "reason", None), last.__cause__, *last.args, last.__context__]
        deeper = next((one for one in inner if isinstance(one, BaseException) and one not in seen), None)
        if deeper is None:
            return last
        seen.append(deeper)


def in_brief(error: BaseException) -> str:
    """Put an error into a few words."""
    match root_cause(error):
        case TimeoutError() | urllib3.exceptions.TimeoutError():
            return "no answer in time"
        case OSError() as cause if cause.strerror:
            return cause.strerror
        case cause:
            return str(cause).rstrip(".") or type(cause).__name__
