"""Member days: a fixed weekday on which those who bought before find slow stock at what it costs to send.

Reads: orders by weekday and who came back, weeks of sales, slow stock, costs.
Says: nothing by itself; a member day is an action with its reason.
Does: the weekday on which least is earned, slow stock as the offer, weeks with and without drawn by a coin.
Source: docs/rules.md, "Operations" (會員日).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Gain, Measure
from zhanggui.methods.smallest_visible import DETECTABLE
from zhanggui.playbooks.event_history import MEMBER_DAY
from zhanggui.playbooks.gains import even_cases, gain, of_share
from zhanggui.playbooks.kinds import Rule, Situation, Verdict
from zhanggui.playbooks.slow_shelves import SlowShelf, slow_shelves
from zhanggui.playbooks.terms import column_sum, count, margin_per_sale, money, name_of, share
from zhanggui.playbooks.worth import mean_order
from zhanggui.units import Words

Floats = npt.NDArray[np.float64]
WEEKS = 8
FEWEST_BUYERS, FEWEST_ORDERS, LEAST_RETURNING = 300, 50, 0.1
MORE, SHIFTED, TAKEN = 0.25, 0.5, 0.3
"""What a member day is taken to do before any was read (docs/rules.md): a quarter more orders of those who return, half of them orders of
other days; three in ten of those who come take the offer."""
COIN_WEEKS = 12
TOO_SMALL = 0.4
"""An effect below this share of a week's contribution is not to be seen here: then nothing is proposed."""


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday (0 = Monday) and what its mean week holds: ``orders``, of which ``returning``, and ``gross``."""

    day: int
    orders: float
    returning: float
    gross: float


def brings(
    returning: float, more: npt.ArrayLike, shifted: npt.ArrayLike, order: float, offer: float, taken: npt.ArrayLike
) -> Floats:
    """ΔO·CM_md − shifted orders·CM − what those who came anyway are given: a week. ``more`` is ΔO ÷ the ``returning`` orders of the day,
    ``order`` the contribution of an order, ``offer`` what a unit given costs, ``taken`` by which share.

    >>> round(float(brings(20, 0.25, 0.5, 36, 3, 0.3)), 2)
    67.5
    """
    extra = returning * np.asarray(more)
    given = offer * np.asarray(taken)
    return np.asarray(extra * (order - given) - np.asarray(shifted) * extra * order - returning * given)


def member_day(situation: Situation) -> Verdict:
    """A member day, where enough buyers return and can be told, slow stock is there to offer, and its effect could be seen at all."""
    week = _weekdays(situation)
    slow = slow_shelves(situation)
    margin = margin_per_sale(situation.costs)
    if not week or not slow or margin is None or _has_one(situation):
        return Verdict()
    order, visible = mean_order(situation), _visible(situation, margin)
    if order <= 0 or visible is None or visible > TOO_SMALL * situation.weekly_money:
        return Verdict()
    chosen = min(week, key=lambda each: (each.gross, each.day))
    offered = slow[0]
    even = even_cases(3)
    profit = brings(
        chosen.returning,
        of_share(MORE, even[:, 0]),
        of_share(SHIFTED, even[:, 1]),
        order,
        _offer(situation, offered),
        of_share(TAKEN, even[:, 2]),
    )
    return Verdict(actions=[_action(situation, chosen, offered, gain(profit), visible)])


def _weekdays(situation: Situation) -> list[Weekday]:
    """What a mean week of the last eight holds; empty where too few buy, return, or could be told."""
    rows = situation.frames["buyer_days"]
    days = rows.filter(pl.col("weekday") >= 0)
    orders, back = column_sum(days, "orders"), column_sum(days, "returning")
    if column_sum(rows.filter(pl.col("weekday") < 0), "buyers") < FEWEST_BUYERS or orders < FEWEST_ORDERS * WEEKS:
        return []
    if back < LEAST_RETURNING * orders or not _eight_weeks(situation):
        return []
    values = days.select("weekday", "orders", "returning", "gross").fill_null(0).iter_rows()
    return [Weekday(int(day), *(float(v) / WEEKS for v in rest)) for day, *rest in values]


def _eight_weeks(situation: Situation) -> bool:
    blocks = situation.frames["shop_blocks"].filter(pl.col("orders") > 0)
    return blocks.height * situation.period.days >= 7 * WEEKS


def _has_one(situation: Situation) -> bool:
    """Whether member days stand on the calendar already."""
    happenings = situation.frames.get("happenings")
    return happenings is not None and bool(happenings["name"].str.starts_with(MEMBER_DAY).any())


def _visible(situation: Situation, margin: float) -> float | None:
    """The smallest effect a week on the contribution of whole weeks that twelve weeks, half of them with it, would show."""
    blocks = situation.frames["shop_blocks"].filter(pl.col("block") < COIN_WEEKS).sort("block")
    if blocks.height < WEEKS:
        return None
    weekly = blocks["gross"].fill_null(0).to_numpy().astype(np.float64) * margin * 7 / situation.period.days
    noise = float(np.diff(weekly).std() / 2**0.5)
    return float(DETECTABLE * noise * (2 / (COIN_WEEKS / 2)) ** 0.5)


def _offer(situation: Situation, slow: SlowShelf) -> float:
    """What a unit costs that is had for what it costs to send: what it would have fetched."""
    salvage = situation.costs.get("salvage", slow.category or "*")
    return slow.unit_cost * (salvage.middle if salvage is not None else 1.0)


def with_and_without(day: date, weekday: int) -> list[date]:
    """The member days of the twelve weeks from the next Monday on: of every two weeks a coin chooses one, and it falls the same each time.

    >>> chosen = with_and_without(date(2026, 9, 14), 2)
    >>> len(chosen), {each.weekday() for each in chosen}
    (6, {2})
    """
    monday = day + timedelta(days=7 - day.weekday())
    found = []
    for pair in range(COIN_WEEKS // 2):
        coin = sha256(f"{monday.isoformat()}|{weekday}|{pair}".encode()).digest()[0] % 2
        found.append(monday + timedelta(weeks=2 * pair + coin, days=weekday))
    return found


def _action(situation: Situation, chosen: Weekday, slow: SlowShelf, brought: Gain, visible: float) -> Action:
    kind = kind_named("member_day")
    product = name_of(situation, slow.product)
    days = with_and_without(situation.as_of, chosen.day)
    weekday = Words(f"rules_events.weekday.{chosen.day}")
    said = {"day": weekday, "product": product}
    why = {
        "day": weekday,
        "orders": count(chosen.orders),
        "returning": share(chosen.returning / max(chosen.orders, 1e-9)),
    }
    rows = [{"day": day.isoformat(), "product_id": slow.product} for day in days]
    notes = (
        Words("rules_events.member.coin", {"weeks": count(COIN_WEEKS)}),
        Words("rules_events.member.visible", {"visible": money(visible)}),
    )
    return Action(
        "operations",
        "member_day",
        kind.name,
        Words("rules_events.member.do", said),
        gain=brought,
        minutes=kind.minutes,
        reason=Words("rules_events.member.why", why),
        draft=Draft("table", notes, rows),
        measure=Measure(kind.metric, kind.design, kind.days, visible),
        touches=(slow.product,),
    )


RULES = (
    Rule(
        "member_day",
        "operations",
        member_day,
        frames=(
            "buyer_days",
            "shop_blocks",
            "stock",
            "product_names",
            "product_diary",
            "product_last_sales",
        ),
        needs=("orders", "stock_days"),
        proposes=("member_day",),
        reads=("slow_stock_days", "money_floor_share"),
    ),
)
