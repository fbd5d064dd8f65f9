"""What a question reads: which rows of which table at which level; built and compiled once for every question of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from zhanggui.metrics import Measure
from zhanggui.numbers.blocks import NOW, THEN, Asked, Rows, aggregated, combined, given, shape
from zhanggui.numbers.coverage import Coverage
from zhanggui.numbers.levels import Choice, Choices
from zhanggui.numbers.moments import put
from zhanggui.units import Period

if TYPE_CHECKING:
    import polars as pl

    from zhanggui.store import Warehouse

CALENDAR = "calendar"
"""The table of measures that count days and read nothing."""

Column = tuple[str, Measure, int]
"""Column name, measure, window in days."""
Read = tuple[Asked, dict[Rows, dict[str, Measure]]]
"""What is read for one period."""


@dataclass
class Reads:
    """The choices of level made over one version of the data."""

    choices: Choices = field(default_factory=Choices)

    def rows(
        self,
        warehouse: Warehouse,
        measures: Sequence[Column],
        held: Coverage,
        asked: Asked,
        against: Period | None,
    ) -> tuple[pl.DataFrame | None, dict[str, Choice]]:
        """The engine's rows for a question, None where no file can answer it; and the levels that are missing for it.

        A question of a shape that was asked before, for other days or values, is neither built nor compiled again.
        """
        gaps: dict[str, Choice] = {}
        read: list[Read] = []
        for one in (asked, *((replace(asked, period=against, tag=THEN),) if against else ())):
            grouped = self.groups(measures, held, one, gaps)
            if grouped:
                read.append((one, grouped))
        if not read:
            return None, gaps
        key = ("question", repr(asked.costs), *(shape(one, groups) for one, groups in read))
        parameters = {name: value for one, groups in read for name, value in given(one, groups).items()}
        # Levels may name channels; what is still to come, filters and costs hold the shop's own words: these stay in memory.
        plain = all(
            (rows.choice is None or rows.choice.sole) and "to_come" not in rows.joins
            for _, groups in read
            for rows in groups
        )
        common = plain and asked.costs is None and not asked.where
        return put(warehouse, key, lambda: _expression(warehouse, read), parameters, common=common), gaps

    def groups(
        self, measures: Sequence[Column], held: Coverage, asked: Asked, gaps: dict[str, Choice]
    ) -> dict[Rows, dict[str, Measure]]:
        """Measures that read the same rows, together."""
        groups: dict[Rows, dict[str, Measure]] = {}
        for column, measure, window in measures:
            if measure.table == CALENDAR:
                continue
            choice = self._choice(column, measure, held, asked, gaps) if measure.levels else None
            if choice is not None and not choice.splits:
                continue
            rows = Rows(
                measure.table,
                measure.day,
                measure.where,
                measure.joins,
                choice,
                measure.snapshot,
                measure.matured_days,
                window,
            )
            groups.setdefault(rows, {})[column] = measure
        return groups

    def _choice(self, column: str, measure: Measure, held: Coverage, asked: Asked, gaps: dict[str, Choice]) -> Choice:
        """The level to read. One that no file gives at all is noted as missing; one that only lacks the asked days is a gap in days."""
        dimensions, channels = (*asked.by, *asked.where), asked.where.get("channel", ())
        choice = self.choices.of(measure, held, dimensions, asked.period, channels)
        if choice.missing and asked.tag == NOW:
            ever = self.choices.of(measure, held, dimensions, None, channels)
            missing = tuple(channel for channel in choice.missing if channel in ever.missing)
            if missing:
                gaps[column] = replace(choice, missing=missing)
        return choice


def _expression(warehouse: Warehouse, read: Sequence[Read]) -> Any:
    """The one expression that answers a question."""
    blocks = [
        (aggregated(warehouse, rows, group, one), list(group)) for one, groups in read for rows, group in groups.items()
    ]
    return combined(blocks, read[0][0].by)
