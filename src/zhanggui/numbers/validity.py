"""When a number is not what it seems: flags beside every answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from zhanggui.config import Config
from zhanggui.metrics.kinds import Metric
from zhanggui.numbers.coverage import Coverage
from zhanggui.numbers.kinds import Flag, Question
from zhanggui.units import Clock, Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse


@dataclass
class Validity:
    """Counts behind the flags, kept per period."""

    counts: dict[Any, Mapping[str, float]] = field(default_factory=dict)


def flags(
    warehouse: Warehouse,
    validity: Validity,
    metrics: Sequence[Metric],
    rows: pl.DataFrame,
    question: Question,
    period: Period,
    held: Coverage,
    gaps: Mapping[str, Any],
    *,
    config: Config,
    clock: Clock,
) -> list[Flag]:
    """The flags of an answer, metric by metric."""
    found: list[Flag] = []
    for one in metrics:
        for name in one.measures:
            if name in gaps:
                choice = gaps[name]
                found.append(
                    Flag(
                        one.name,
                        "level_missing",
                        instead=one.substitute,
                        params={
                            "table": choice.table,
                            "split": ", ".join(choice.wanted),
                            "channels": ", ".join(choice.missing),
                        },
                    )
                )
    return found
