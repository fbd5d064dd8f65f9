"""Make one morning's brief: gather frames, judge, choose, remember."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from zhanggui import playbooks
from zhanggui.actions.kinds import NOTHING_YET, Action, Past, Standing
from zhanggui.brief import memory as said_before
from zhanggui.brief.both_ways import Reckoned, held, resting, said_of, weigh, with_caveats
from zhanggui.brief.choose import Chosen, choose
from zhanggui.brief.day import Day, rank
from zhanggui.brief.guarded import passed
from zhanggui.brief.headline import Headline, headline
from zhanggui.brief.kinds import Brief, Coverage, Ranked
from zhanggui.brief.left_over import with_contribution
from zhanggui.brief.pace import pace
from zhanggui.brief.rehearsal import rehearsed
from zhanggui.brief.silence import left_out, not_said, verdict
from zhanggui.brief.to_come import with_refunds_to_come
from zhanggui.brief.weighed import hourly_value
from zhanggui.config import Config
from zhanggui.costs import CostSheet
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.numbers.explain import explain_sales
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.numbers.kinds import Driver
from zhanggui.numbers.query import data_span, last_complete_day
from zhanggui.numbers.suspects import Suspects, suspects
from zhanggui.playbooks.kinds import Locked, Situation, Verdict
from zhanggui.playbooks.terms import column_sum, margin_per_sale
from zhanggui.units import Clock, Words

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

OWN_FRAMES = (
    "shop_blocks",
    "shop_days",
    "product_names",
    "refund_ages",
    "non_goods",
    "set_apart",
    "targets",
    "annotated_days",
    "coverage",
    "places",
)
APART = (
    "happenings",
    "rivals",
    "product_names",
    "targets",
    "annotated_days",
    "stock",
    "peers",
    "search_words",
    "coverage",
    "ad_plans",
)
"""Frames in which no order, visit or review is: they are the same without the suspects."""
WATCHED_DAYS = 7
BLOCKS, LATELY, DAYS_OF_WEEK = 8, 28, 7
OFFERED = ("traffic_days", "order_lines", "refunds", "stock_days", "ad_days", "reviews", "costs")


def make(
    warehouse: Warehouse,
    *,
    as_of: date | None,
    days: int,
    config: Config,
    clock: Clock,
    costs: CostSheet,
    memory: Path | None,
    standing: Standing = NOTHING_YET,
) -> Brief:
    """The brief of ``as_of`` (default: the last complete day) over its last ``days`` days. ``memory`` is the file of what was said,
    ``standing`` what people decided about earlier actions and what came of them."""
    earlier = said_before.read(memory)
    view, begins, situation = _met(warehouse, as_of, days, config, clock, costs, earlier, standing)
    day, frames = view.as_of, situation.frames
    cadence = _cadence(situation)
    numbers = headline(warehouse, view, frames, config, clock, daily=cadence == "daily", begins=begins)
    verdicts = _judged(situation)
    chosen = choose(numbers.lines, verdicts, config, situation.floor)
    todays, lawful, stopped = _todays(verdicts, situation)
    looked = suspects(warehouse, view, config)
    about_suspects: Sequence[Words] = ()
    if weigh(looked, situation):
        with _without(warehouse, view, situation, looked) as (other, then):
            again = headline(other, view, then.frames, config, clock, daily=False, begins=begins)
            said_then = _judged(then)
            after = Reckoned(choose(again.lines, said_then, config, then.floor), _todays(said_then, then)[0])
        before = Reckoned(chosen, todays)
        about_suspects = said_of(looked, before, after)
        chosen = held(chosen, after.chosen)
        todays = _both_ways(lawful, situation, verdicts, before.day, after.day)
    said = said_before.with_state(chosen.findings, earlier, day)
    said_before.note(memory, said, earlier, day, weekly=situation.weekly, morning=morning_of(day, as_of, clock))
    due = sorted((d for v in verdicts for d in v.due), key=lambda d: (d.by, -d.loss))
    lines = with_refunds_to_come(chosen.lines, frames["refund_ages"], frames["shop_days"], view)
    lines = with_contribution(lines, warehouse, frames["shop_blocks"], view, config, clock, costs)
    known = view.period.aligned_before().start >= begins
    drivers = _drivers(warehouse, view, frames, config, clock) if known else []
    month = pace(frames["shop_days"], frames["targets"], day)
    return Brief(
        shop=config.name,
        as_of=day,
        currency=config.currency,
        period=view.period,
        against=view.period.aligned_before(),
        cadence=cadence,
        verdict=verdict(lines, said, due, drivers, situation),
        due=due,
        metrics=lines,
        yesterday=numbers.yesterday,
        pace=month,
        drivers=drivers,
        findings=said,
        quiet=[*about_suspects, *not_said(lines, chosen, situation)],
        left_out=left_out(frames, situation),
        missing=_missing(verdicts, situation, chosen),
        coverage=_coverage(frames["coverage"]),
        actions=todays.actions,
        limits=todays.limits,
        stopped=stopped,
        watching=watched(standing, day),
        approved=approved_beside(standing, todays.actions),
        names=situation.names,
        series=numbers.series,
    )


def listed(
    warehouse: Warehouse,
    *,
    as_of: date | None,
    days: int,
    config: Config,
    clock: Clock,
    costs: CostSheet,
    memory: Path | None,
    standing: Standing = NOTHING_YET,
) -> Day:
    """The day's list alone, the same as in the brief of that day: where nobody reads the numbers above it, they need not be reckoned."""
    earlier = said_before.read(memory)
    view, _, situation = _met(warehouse, as_of, days, config, clock, costs, earlier, standing)
    verdicts = _judged(situation)
    morning = morning_of(view.as_of, as_of, clock)
    said_before.note(memory, (), earlier, view.as_of, weekly=situation.weekly, morning=morning)
    todays, lawful, _ = _todays(verdicts, situation)
    looked = suspects(warehouse, view, config)
    if not weigh(looked, situation):
        return todays
    with _without(warehouse, view, situation, looked) as (_, then):
        after, _, _ = _todays(_judged(then), then)
    return _both_ways(lawful, situation, verdicts, todays, after)


def _todays(verdicts: Sequence[Verdict], situation: Situation) -> tuple[Day, Sequence[Action], Mapping[str, int]]:
    """The day's list of what the rules propose, all that the guards let through, and how many they stopped."""
    lawful, stopped = passed((action for v in verdicts for action in v.actions), situation)
    proposed = rehearsed(lawful, situation)
    return rank(proposed, situation, _sizes(verdicts)), proposed, stopped


def _both_ways(
    proposed: Sequence[Action], situation: Situation, verdicts: Sequence[Verdict], day: Day, without: Day
) -> Day:
    """The day's list of what pays without the suspects too."""
    return with_caveats(rank(proposed, situation, _sizes(verdicts), resting(day, without)), without)


@contextmanager
def _without(
    warehouse: Warehouse, view: View, situation: Situation, looked: Suspects
) -> Iterator[tuple[Warehouse, Situation]]:
    """The warehouse and the situation as if the suspects had never been. Frames that nothing of them is in stay as they are."""
    with warehouse.without(looked.orders, looked.reviews) as other:
        frames = {
            name: known if name in APART else FRAMES[name](other, view) for name, known in situation.frames.items()
        }
        yield (
            other,
            situate(
                view,
                frames,
                situation.tables,
                situation.config,
                situation.costs,
                weekly=situation.weekly,
                standing=situation.standing,
            ),
        )


def morning_of(day: date, asked: date | None, clock: Clock) -> date:
    """The day that a brief's week counts from: its own, or yesterday where yesterday was set aside because its sales break off early. Else
    whoever looks every Monday would be without the week's tests whenever that happens."""
    yesterday = clock.today() - timedelta(days=1)
    return yesterday if asked is None and yesterday - day == timedelta(days=1) else day


def _met(
    warehouse: Warehouse,
    as_of: date | None,
    days: int,
    config: Config,
    clock: Clock,
    costs: CostSheet,
    earlier: Sequence[said_before.Line],
    standing: Standing,
) -> tuple[View, date, Situation]:
    """What the morning is judged by: the view, the first day of the data, the situation with every frame that is needed.

    Raises Unanswerable where there is no data."""
    tables = warehouse.rows()
    if not (tables.get("orders") or tables.get("traffic_days")):
        raise Unanswerable("metrics.no_data")
    day = as_of or last_complete_day(warehouse, clock, config.currency)
    view = View(day, days, per_order=costs.least_per_order, sales_share=costs.least_sales_share)
    begins = _checked(warehouse, view, clock, config.currency)
    wanted = dict.fromkeys([*OWN_FRAMES, *_frames(tables)])
    if tables.get("changes") or tables.get("promotions"):
        wanted["happenings"] = None
    frames = {name: FRAMES[name](warehouse, view) for name in wanted}
    weekly = said_before.weekly_due(earlier, morning_of(day, as_of, clock))
    return view, begins, situate(view, frames, tables, config, costs, weekly=weekly, standing=standing)


def _checked(warehouse: Warehouse, view: View, clock: Clock, currency: str) -> date:
    """The first day of the data.

    Raises BadValue where the day is not over, or the data holds nothing of its period: a number of nothing would read as a fall.
    """
    yesterday = clock.today() - timedelta(days=1)
    if view.as_of > yesterday:
        raise BadValue("metrics.day_running", day=view.as_of.isoformat(), latest=yesterday.isoformat())
    first, last = data_span(warehouse, currency)
    if view.as_of < first or view.period.start > last:
        raise BadValue(
            "metrics.outside_data",
            day=view.as_of.isoformat(),
            days=view.days,
            first=first.isoformat(),
            last=last.isoformat(),
        )
    return first


def _frames(tables: Mapping[str, int]) -> list[str]:
    """The frames of the rules that have what they need."""
    names: list[str] = []
    for rule in playbooks.rules():
        if all(tables.get(need) for need in rule.needs):
            names += rule.frames
    return names


def situate(
    view: View,
    frames: Mapping[str, pl.DataFrame],
    tables: Mapping[str, int],
    config: Config,
    costs: CostSheet,
    *,
    weekly: bool = True,
    standing: Standing = NOTHING_YET,
) -> Situation:
    """What rules judge by. The money floor is a share of a usual week's contribution, or of its sales where costs are unknown."""
    blocks = frames["shop_blocks"].filter(pl.col("block") < 8)
    per_day = float(blocks["orders"].fill_null(0).sum()) / max(blocks.height * view.days, 1) if blocks.height else 0.0
    week = (
        float((blocks["gross"].fill_null(0) - blocks["refunds"].fill_null(0)).sum())
        / max(blocks.height, 1)
        * 7
        / view.days
        if blocks.height
        else 0.0
    )
    margin = margin_per_sale(costs)
    contribution = week if margin is None else week * margin
    names = dict(frames["product_names"].select("product_id", "name").iter_rows())
    return Situation(
        as_of=view.as_of,
        period=view.period,
        against=view.period.aligned_before(),
        config=config,
        frames=frames,
        costs=costs,
        tables=tables,
        weekly=weekly,
        orders_per_day=per_day,
        weekly_money=contribution,
        floor=max(config["money_floor_share"] * contribution, 0.5 * hourly_value(config)),
        names=names,
        standing=standing,
        contribution=_contribution(view, frames, costs),
    )


def _contribution(view: View, frames: Mapping[str, pl.DataFrame], costs: CostSheet) -> float | None:
    """What a usual week leaves after goods, refunds, fees, what goes out with every order, and promotion; None where costs are unknown."""
    share = costs.goods_share()
    blocks = frames["shop_blocks"].filter(pl.col("block") < BLOCKS)
    if share is None or not blocks.height:
        return None
    gross, back, known, goods, orders = (
        column_sum(blocks, name) for name in ("gross", "refunds", "costed", "cost", "orders")
    )
    part = goods / known if known > 0 else share.middle
    left = (gross - back) * (1 - part) - gross * costs.sales_share - orders * costs.per_order
    weekly = left / blocks.height * DAYS_OF_WEEK / view.days
    plans = frames.get("ad_plans")
    if plans is None:
        return weekly
    return weekly - column_sum(plans.filter(pl.col("age") < LATELY), "cost") / (LATELY / DAYS_OF_WEEK)


def _cadence(situation: Situation) -> Literal["weekly", "short", "weekly_figures", "daily"]:
    """How a shop of this size is read: by the week, daily with week figures, or yesterday itself (docs/rules.md, "Cadence by size")."""
    if situation.orders_per_day < situation.config["small_shop_orders"]:
        return "weekly" if situation.weekly else "short"
    return "weekly_figures" if situation.orders_per_day <= situation.config["large_shop_orders"] else "daily"


def _judged(situation: Situation) -> list[Verdict]:
    verdicts = []
    for rule in playbooks.rules():
        lacking = [need for need in rule.needs if not situation.tables.get(need)]
        if lacking:
            key = Words(f"rules.locked.{rule.name}")
            verdicts.append(Verdict(locked=(Locked(rule.name, lacking[0], key),)))
        else:
            verdicts.append(rule.judge(situation))
    return verdicts


def _sizes(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """The money of every finding by its id."""
    return {f.id: f.size for v in verdicts for f in v.findings}


def watched(standing: Standing, as_of: date) -> list[Past]:
    """What is done and being read, and what was read within the last week, the longest done first."""
    read_since = as_of - timedelta(days=WATCHED_DAYS)
    shown = [
        p
        for p in standing.past
        if p.state == "done" or (p.state == "measured" and (p.outcome.read_on if p.outcome else p.since) > read_since)
    ]
    return sorted(shown, key=lambda p: (p.done_on or p.since, p.id))


def approved_beside(standing: Standing, actions: Sequence[Ranked]) -> list[Past]:
    """What was approved and is not done, beside what stands on today's list: on other mornings no rule may name it."""
    named = {ranked.action.id for ranked in actions if ranked.today}
    waiting = (p for p in standing.past if p.state == "approved" and p.id.partition("-")[0] not in named)
    return sorted(waiting, key=lambda p: (p.since, p.id))


def _drivers(
    warehouse: Warehouse, view: View, frames: Mapping[str, pl.DataFrame], config: Config, clock: Clock
) -> list[Driver]:
    """Net sales against the period before: factors, and the places of every dimension that the data distinguishes."""
    by = [("product_id",), ("new_or_returning",)]
    seen = frames["places"].row(0, named=True)
    by += [(name,) for name in ("country", "region", "source", "channel") if (seen[name] or 0) > 1]
    return explain_sales(
        warehouse, "net_sales", by, period=view.period, against=view.period.aligned_before(), config=config, clock=clock
    )


def _missing(verdicts: Sequence[Verdict], situation: Situation, chosen: Chosen) -> list[Locked]:
    """What is locked, once a table, the most worth first."""
    best: dict[str, Locked] = {}
    for locked in (item for v in verdicts for item in v.locked):
        known = best.get(locked.needs)
        if known is None or (locked.worth or 0) > (known.worth or 0):
            best[locked.needs] = locked
    if not situation.tables.get("traffic_days"):
        open_money = sum(
            abs(f.size) for f in chosen.findings if f.rule in ("falling_product", "rising_product") and not f.because
        )
        best["traffic_days"] = Locked(
            "falling_conversion", "traffic_days", Words("rules.locked.falling_conversion"), open_money or None
        )
    order = {name: i for i, name in enumerate(OFFERED)}
    return sorted(best.values(), key=lambda x: (-(x.worth or 0), order.get(x.needs, len(order)), x.needs))


def _coverage(frame: pl.DataFrame) -> list[Coverage]:
    return [
        Coverage(str(row["table"]), int(row["rows"]), row["start"], row["end"])
        for row in frame.iter_rows(named=True)
        if row["rows"]
    ]


__all__ = ["Headline", "listed", "make", "situate"]
