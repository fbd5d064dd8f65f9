"""The catalogue of metrics: each defined once, as data. Importing it imports no engine.

One topic a file; a file's ``MEASURES`` and ``METRICS`` are found by presence in this folder.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from zhanggui import presence
from zhanggui.errors import BadValue
from zhanggui.metrics.kinds import Measure, Metric

TOPICS = tuple(found for found in presence.modules(__name__, __path__) if hasattr(found, "METRICS"))
"""The files of the catalogue, each with its own ``MEASURES`` and ``METRICS``."""

MEASURES: Mapping[str, Measure] = {measure.name: measure for topic in TOPICS for measure in topic.MEASURES}
"""Every measure by name."""

METRICS: Mapping[str, Metric] = {metric.name: metric for topic in TOPICS for metric in topic.METRICS}
"""Every metric by name, topic after topic."""


def metric(name: str) -> Metric:
    """The metric of this name. Raises BadValue with the nearest names where there is none."""
    found = METRICS.get(name)
    if found is None:
        raise BadValue("metrics.unknown_metric", name=name, nearest=", ".join(nearest(name, METRICS)))
    return found


def nearest(name: str, known: Mapping[str, object]) -> list[str]:
    """The three known names most like ``name``.

    >>> nearest("net_sale", METRICS)[0]
    'net_sales'
    """
    return difflib.get_close_matches(name, list(known), n=3, cutoff=0.0)


def lineage(name: str) -> tuple[str, ...]:
    """The ``table.column`` s a metric reads, in the catalogue's order. Raises BadValue for an unknown metric.

    >>> lineage("conversion_rate")
    ('traffic_days.pay_buyers', 'traffic_days.visitors')
    """
    read = (MEASURES[measure] for measure in metric(name).measures)
    return tuple(dict.fromkeys(f"{measure.table}.{column}" for measure in read for column in measure.columns))


__all__ = ["MEASURES", "METRICS", "TOPICS", "Measure", "Metric", "lineage", "metric", "nearest"]
