"""The morning reckoned twice, with and without the orders and reviews that look as if nobody had made them.

What holds only with them is not claimed and not done; what holds otherwise without them says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from zhanggui.brief.choose import Chosen
from zhanggui.brief.day import Day
from zhanggui.brief.kinds import MetricLine, Ranked
from zhanggui.brief.memory import MOVED
from zhanggui.numbers.suspects import Suspects
from zhanggui.playbooks.kinds import Finding, Situation
from zhanggui.playbooks.terms import column_sum, count, money
from zhanggui.units import Quantity, Words

FEWEST = 3
BLOCKS = 8
NOT_WITHOUT = ("below_floor", "unsure", "risky", "money")


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One reckoning of the morning: what was found, and the ranked actions."""

    chosen: Chosen
    day: Day


def weigh(found: Suspects, situation: Situation) -> bool:
    """Whether suspect orders of the last eight blocks could move a conclusion: three or more, and ``suspect_weight`` of the orders of the
    shop or of one of its products."""
    since = situation.as_of - timedelta(days=BLOCKS * situation.period.days)
    recent = found.orders.filter(pl.col("day") > since)
    if recent.height < FEWEST:
        return False
    shop = column_sum(situation.frames["shop_blocks"].filter(pl.col("block") < BLOCKS), "orders")
    least = situation.config["suspect_weight"]
    if recent.height >= least * shop:
        return True
    blocks = situation.frames.get("product_blocks")
    if blocks is None:
        return False
    sold = blocks.filter(pl.col("block") < BLOCKS).group_by("product_id").agg(pl.col("orders").sum())
    own = recent.group_by("product_id").agg(suspect=pl.len()).join(sold, "product_id")
    return not own.filter((pl.col("suspect") >= FEWEST) & (pl.col("suspect") >= least * pl.col("orders"))).is_empty()


def held(chosen: Chosen, without: Chosen) -> Chosen:
    """What may be said: claims that hold both ways, with what they would be otherwise; a claim that holds only without the suspects is
    asked, since it was tested a second time."""
    other = {finding.id: finding for finding in without.findings}
    kept = [_with_caveat(f, other.get(f.id)) for f in chosen.findings if f.kind != "claim" or f.id in other]
    said = {finding.id for finding in chosen.findings}
    only = [
        replace(f, kind="question", caveat=Words("suspects.caveat.only_without"))
        for f in without.findings
        if f.kind == "claim" and f.id not in said
    ]
    odd = {line.name for line in without.lines if line.unusual}
    lines = [
        replace(line, unusual=line.name in odd, doubtful=line.name not in odd) if line.unusual else line
        for line in chosen.lines
    ]
    return replace(chosen, lines=lines, findings=[*kept, *only])


def _with_caveat(finding: Finding, other: Finding | None) -> Finding:
    if other is None:
        return replace(finding, caveat=Words("suspects.caveat.not_without"))
    if not _moved(finding.size, other.size):
        return finding
    return replace(finding, caveat=Words("suspects.caveat.size", {"size": money(other.size, signed=True)}))


def _moved(size: float, other: float) -> bool:
    return abs(other - size) >= MOVED * max(abs(size), 1e-9)


def resting(day: Day, without: Day) -> list[str]:
    """The ids of actions that pass the test of an action only with the suspects."""
    other = {ranked.id: ranked for ranked in without.actions}
    return [r.id for r in day.actions if not _fails(r) and (r.id not in other or _fails(other[r.id]))]


def _fails(ranked: Ranked) -> bool:
    return ranked.left_out in NOT_WITHOUT and not ranked.spare


def with_caveats(day: Day, without: Day) -> Day:
    """The day's actions with what each would bring without the suspects, where that differs by a quarter."""
    profits = {ranked.id: ranked.profit for ranked in without.actions}
    return replace(day, actions=[_told(ranked, profits.get(ranked.id)) for ranked in day.actions])


def _told(ranked: Ranked, other: float | None) -> Ranked:
    if other is None or ranked.profit is None or not _moved(ranked.profit, other):
        return ranked
    return replace(ranked, caveat=Words("suspects.caveat.gain", {"gain": money(other, signed=True)}))


def said_of(found: Suspects, before: Reckoned, after: Reckoned) -> list[Words]:
    """What the brief says of the suspects: how many, what rests on them, and which headline numbers look unusual in one reckoning alone."""
    claims = [f.id for f in before.chosen.findings if f.kind == "claim"]
    others = {f.id for f in after.chosen.findings}
    gone = sum(name not in others for name in claims)
    stopped = len(resting(before.day, after.day))
    params: Mapping[str, Quantity] = {
        "orders": count(found.orders.height),
        "reviews": count(found.reviews.height),
        "money": money(found.money),
        "claims": count(gone),
        "actions": count(stopped),
    }
    words = [Words("suspects.brief.rest" if gone or stopped else "suspects.brief.same", params)]
    return words + _headline(before.chosen.lines, after.chosen.lines)


def _headline(lines: Sequence[MetricLine], without: Sequence[MetricLine]) -> list[Words]:
    with_them, alone = _odd(lines), _odd(without)
    values = {line.name: line for line in without}
    found = [Words("suspects.brief.only_with", _line(line)) for line in lines if line.name in with_them - alone]
    return found + [Words("suspects.brief.only_without", _line(values[name])) for name in sorted(alone - with_them)]


def _odd(lines: Sequence[MetricLine]) -> set[str]:
    return {line.name for line in lines if line.unusual}


def _line(line: MetricLine) -> Mapping[str, Words | Quantity]:
    return {"metric": Words(f"metrics.name.{line.name}"), "value": Quantity(line.value or 0.0, line.unit)}
