"""The one exception whose message is meant for the person at the keyboard, and the hint it may end with."""

import difflib
from collections.abc import Iterable


class InputError(Exception):
    """Something given by the user cannot be used.

    The message is one sentence or two that say what was found, what was expected,
    and which key or file to change. It is shown without a traceback.
    """


def suggest(word: str, known: Iterable[str], prefix: str = "") -> str:
    """Give `; did you mean …?` for a near miss, else a full stop."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {prefix}{near[0]}?" if near else "."
