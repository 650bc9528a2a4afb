"""One alert of the report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Alert:
    """One thing to know: a `warning` that weakens the results, or a `note`."""

    level: str
    text: str
