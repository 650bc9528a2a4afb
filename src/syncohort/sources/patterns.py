"""Patterns of file names in which placeholders stand for names, as in `{patient}/{slide}.svs`."""

import re
from collections.abc import Sequence

from syncohort.core.errors import InputError


def compile_pattern(pattern: str, placeholders: Sequence[str], key: str) -> re.Pattern[str]:
    """Turn a pattern into a regular expression with a group for each placeholder that it has.

    Parameters
    ----------
    pattern
        Path in which `{name}` stands for a name, and `*` for anything within one. A placeholder that comes again must
        be the same text.
    placeholders
        Names that may stand in braces; the first is needed.
    key
        The setting, for errors.

    Raises
    ------
    InputError
        When the first placeholder is missing.
    """
    needed = placeholders[0]
    if f"{{{needed}}}" not in pattern:
        raise InputError(
            f"{key}: the pattern {pattern!r} lacks {{{needed}}}. Write it where the {needed}'s name stands."
        )
    known = "|".join(re.escape(f"{{{name}}}") for name in placeholders)
    parts, seen = [], set()
    for part in re.split(rf"({known}|\*)", pattern):
        name = part[1:-1] if re.fullmatch(known, part) else None
        if part == "*":
            parts.append("[^/]*")
        elif name is None:
            parts.append(re.escape(part))
        else:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+?)")
            seen.add(name)
    return re.compile("".join(parts))
