"""The templates, and the words they may use."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from syncohort.expression.metrics import METRIC
from syncohort.report.wording import count, decimal, names, rounded, scientific


def templates() -> Environment:
    """Open the templates; everything put into them is escaped, and nothing may be missing."""
    environment = Environment(
        loader=PackageLoader("syncohort.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": count, "decimal": decimal, "names": names}
    environment.filters |= {"rounded": rounded, "scientific": scientific}
    environment.globals |= {"metric_of": METRIC}
    return environment
