"""All metrics by code."""

from gridgov.metrics.complaints import COMPLAINTS
from gridgov.metrics.development import DEVELOPMENT
from gridgov.metrics.happiness import HAPPINESS
from gridgov.metrics.livelihood import LIVELIHOOD
from gridgov.metrics.metric import Metric
from gridgov.metrics.party import PARTY
from gridgov.metrics.service import SERVICE

__all__ = ["METRICS"]

METRICS: dict[str, Metric] = {
    metric.code: metric
    for metric in (*PARTY, *SERVICE, *LIVELIHOOD, *DEVELOPMENT, *HAPPINESS, *COMPLAINTS)
}
"""Code → declaration, in the order of the dictionary."""
