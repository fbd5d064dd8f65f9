"""Tables with ``*`` rows hold several levels of the same truth; a question reads one of them per channel, never two.

The level with exactly the asked dimensions is taken; a finer one only where the measure may be summed over what it splits
in addition; else the channel's value is unknown, and the answer says which file would give it.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis

from zhanggui.metrics.kinds import Measure
from zhanggui.numbers.coverage import SCOPE, Coverage, Level
from zhanggui.numbers.dimensions import PRODUCT, WILDCARD
from zhanggui.units import Period


@dataclass(frozen=True, slots=True)
class Choice:
    """Which ``split`` each (channel, scope) is read at; ``missing`` are the channels that have no level for the question."""

    table: str
    splits: tuple[tuple[str, str, tuple[str, ...]], ...]  # channel, scope, split
    missing: tuple[str, ...] = field(default=(), compare=False)
    wanted: tuple[str, ...] = field(default=(), compare=False)
    sole: bool = False  # every channel that has rows is read at the same split

    def filter(self, t: Any) -> Any:
        """The rows of ``t`` this choice reads."""
        if not self.splits:
            return ibis.literal(False)
        if self.sole:
            return self._pattern(t, self.splits[0][2])
        conditions = [
            (t.channel == channel) & self._pattern(t, split) & self._scope(t, scope)
            for channel, scope, split in self.splits
        ]
        chosen = conditions[0]
        for condition in conditions[1:]:
            chosen = chosen | condition
        return chosen

    def _scope(self, t: Any, scope: str) -> Any:
        return t[SCOPE[self.table]] == scope if self.table in SCOPE else ibis.literal(True)

    def _pattern(self, t: Any, split: Collection[str]) -> Any:
        marks = [t[name] != "*" if name in split else t[name] == "*" for name in WILDCARD[self.table]]
        condition = marks[0]
        for mark in marks[1:]:
            condition = condition & mark
        return condition


@dataclass
class Choices:
    """The choices made over one version of the data: those of periods that meet every level are the same and made once."""

    made: dict[Hashable, Choice] = field(default_factory=dict)

    def of(
        self,
        measure: Measure,
        coverage: Coverage,
        asked: Collection[str],
        period: Period | None,
        channels: Collection[str],
    ) -> Choice:
        """As :func:`choose`."""
        if period is not None and not coverage.reaches(measure.table, period):
            return choose(measure, coverage, asked, period, channels)
        key = (measure.name, frozenset(asked), frozenset(channels))
        if key not in self.made:
            self.made[key] = choose(measure, coverage, asked, None, channels)
        return self.made[key]


def choose(
    measure: Measure, coverage: Coverage, asked: Collection[str], period: Period | None, channels: Collection[str] = ()
) -> Choice:
    """The level each channel's rows are read at for a measure and the asked dimensions (those of ``by`` and ``where``)."""
    wildcard = WILDCARD[measure.table]
    wanted = {name for name in asked if name in wildcard}
    summed: set[str] = set()
    if any(name in PRODUCT for name in asked) and "product_id" not in wanted:
        wanted.add("product_id")
        summed.add("product_id")
    here = [
        level
        for level in coverage.of(measure.table)
        if (not channels or level.channel in channels) and _touches(level, period) and _states(level, measure)
    ]
    splits: list[tuple[str, str, tuple[str, ...]]] = []
    seen = {level.channel for level in coverage.of(measure.table) if not channels or level.channel in channels}
    for channel in sorted(seen):
        splits += _pick(measure, [level for level in here if level.channel == channel], wanted, summed)
    found = {channel for channel, _, _ in splits}
    return Choice(
        measure.table,
        tuple(splits),
        tuple(sorted(seen - found)),
        tuple(sorted(wanted)),
        sole=len({split for _, _, split in splits}) == 1 and not _hidden(splits, here, wildcard),
    )


def _pick(
    measure: Measure, levels: Sequence[Level], wanted: set[str], summed: set[str]
) -> list[tuple[str, str, tuple[str, ...]]]:
    total = [level for level in levels if level.scope in ("", "*") and measure.table in SCOPE]
    if measure.table in SCOPE and SCOPE[measure.table] not in wanted:
        best = _best(measure, total, wanted, summed)
        if best is not None:
            return [(best.channel, best.scope, tuple(sorted(best.split)))]
        levels = [level for level in levels if level not in total]
    picked = []
    for scope in sorted({level.scope for level in levels}):
        best = _best(measure, [level for level in levels if level.scope == scope], wanted, summed)
        if best is not None:
            picked.append((best.channel, best.scope, tuple(sorted(best.split))))
    return picked


def _best(measure: Measure, levels: Sequence[Level], wanted: set[str], summed: set[str]) -> Level | None:
    fitting = [
        level
        for level in levels
        if wanted <= level.split
        and (measure.additive or ((level.split - wanted) | summed) <= set(measure.additive_over))
    ]
    return min(fitting, key=lambda level: (len(level.split), sorted(level.split)), default=None)


def _touches(level: Level, period: Period | None) -> bool:
    if period is None or level.first is None or level.last is None:
        return True
    return level.first <= period.end and level.last >= period.start


def _states(level: Level, measure: Measure) -> bool:
    return all(level.stated.get(column, 1) > 0 for column in measure.columns)


def _hidden(
    splits: Sequence[tuple[str, str, tuple[str, ...]]], here: Sequence[Level], wildcard: Collection[str]
) -> bool:
    """Whether a channel or platform holds rows of the common pattern that its own choice does not read."""
    chosen = {(channel, scope) for channel, scope, _ in splits}
    pattern = {frozenset(split) for _, _, split in splits}
    return any(level.split in pattern and (level.channel, level.scope) not in chosen for level in here)
