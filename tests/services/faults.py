"""Bad weather: each function gives a change of an answer that was good.

The other kinds need no function: a refused connection is a port without server, an expired certificate is the
`certificate` of a `Server`, a hostile archive is a body.
"""

import gzip
from collections.abc import Callable
from dataclasses import replace

from tests.services.exchange import Answer, text_answer

Fault = Callable[[Answer], Answer]


def reset(after: int) -> Fault:
    """Reset the connection after so many bytes of the body."""
    return lambda answer: replace(answer, resets_after=after)


def drip(seconds: float) -> Fault:
    """Send one byte, then wait, then another."""
    return lambda answer: replace(answer, drips=seconds)


def status(code: int, text: str = "", **headers: str) -> Fault:
    """Answer with an error; `Retry_After="1"` is the header `Retry-After: 1`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer: replace(text_answer(text, code), headers=named)


def html_page(text: str = "Service under maintenance") -> Fault:
    """Answer with a page for people and status 200."""
    page = f"<!DOCTYPE html>\n<html><head><title>{text}</title></head><body><p>{text}</p></body></html>\n"
    return lambda answer: text_answer(page, content_type="text/html; charset=utf-8")


def cut(share: float = 0.5) -> Fault:
    """Answer with the beginning only, as if it were all."""
    return lambda answer: replace(answer, body=answer.content()[: int(answer.size * share)], etag=None, md5=False)


def corrupt(position: int = -10) -> Fault:
    """Change one byte on the way: headers tell of the true content."""

    def act(answer: Answer) -> Answer:
        content = bytearray(answer.content())
        content[position] ^= 0xFF
        told = {"Content-MD5": answer.header_fields()["Content-MD5"]} if answer.md5 else {}
        return replace(answer, body=bytes(content), md5=False, headers={**answer.headers, **told})

    return act


def without_ranges() -> Fault:
    """Answer every request with the whole."""
    return lambda answer: replace(answer, ranges=False)


def redirect_to(url: str) -> Fault:
    """Point to another address; to its own, it is a loop."""
    return lambda answer: Answer(status=302, headers={"Location": url})


def content(body: bytes, etag: str | None = None) -> Fault:
    """Have other content under the same name."""
    return lambda answer: replace(answer, body=body, etag=etag)


def gzipped_on_the_way() -> Fault:
    """Compress the transfer though nobody asked for it."""
    return lambda answer: replace(
        answer, body=gzip.compress(answer.content()), headers={**answer.headers, "Content-Encoding": "gzip"}
    )
