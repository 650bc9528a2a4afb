"""Every metric of the wing in one list, in the order of reports."""

from syncohort.expression.biology import BIOLOGICAL
from syncohort.realism.fidelity import ALL
from syncohort.realism.privacy import PRIVATE
from syncohort.realism.utility import UTILITARIAN

METRICS = (*ALL, *BIOLOGICAL, *UTILITARIAN, *PRIVATE)
METRIC = {metric.name: metric for metric in METRICS}
