"""Metrics: declared once, computed from the marts, explained from the same declaration."""

from gridgov.metrics.evaluate import evaluate
from gridgov.metrics.metric import Grain, Metric
from gridgov.metrics.registry import METRICS

__all__ = ["METRICS", "Grain", "Metric", "evaluate"]
