"""The count of every rule that was applied to a source on its way to a cohort."""

import pandas as pd

# The step of a line that is a warning rather than a rule.
SCALE_IN_DOUBT = "scale in doubt"


class Curation:
    """Lines of the report's curation table, in the order the rules were applied."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, int, int, str]] = []

    def note(self, step: str, number: int, of: int, rule: str) -> None:
        """Add a line: `number` of `of` genes or samples were met by `rule`."""
        self._lines.append((step, int(number), int(of), rule))

    def note_any(self, step: str, number: int, of: int, rule: str) -> None:
        """Add a line only when the rule met something."""
        if number:
            self.note(step, number, of, rule)

    def table(self) -> pd.DataFrame:
        """Give the lines as columns `step`, `number`, `of`, `rule`."""
        return pd.DataFrame(self._lines, columns=["step", "number", "of", "rule"])
