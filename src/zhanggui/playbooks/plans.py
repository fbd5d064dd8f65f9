"""Plans of paid promotion with the days they can be judged by: what was spent, and what all of its products together brought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from zhanggui.playbooks.gains import Floats
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.product_windows import price_change
from zhanggui.playbooks.terms import column_sum, margin_per_sale
from zhanggui.playbooks.visits import changes_of, days_left_out, ids
from zhanggui.playbooks.worth import mean_order, order_worth, refund_share

DAYS = 84
LEARNING_DAYS = 7
TOLD = 0.9
MOVED_SHARE = 0.1
CLEARLY_MOVED = 3.0
WHOLE = "*"
PRICED = frozenset({"price", "promotion"})
COLUMNS = ("cost", "budget", "revenue", "ad_orders", "clicks")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's last 84 days, oldest first: ``spend``, ``clicks``, ``budget`` (NaN where not told), ``contribution`` of all its products
    before ads (NaN on days that say nothing), ``others``: what other plans spent on the same products. ``products`` is empty for a plan of
    the whole shop. ``rate`` is contribution after refunds per unit of paid goods, ``refunds`` their share, ``order`` what an order brings;
    ``known``: whether costs are. ``revenue`` and ``orders`` are as the platform claims them."""

    platform: str
    campaign: str
    products: tuple[str, ...]
    spend: Floats
    budget: Floats
    contribution: Floats
    others: Floats
    revenue: float
    orders: float
    rate: float
    refunds: float
    order: float
    known: bool
    clicks: Floats

    @property
    def days(self) -> int:
        """Days on which it ran."""
        return int((self.spend > 0).sum())

    @property
    def weekly(self) -> float:
        """What it spends a week, of the last four."""
        return float(self.spend[-28:].sum()) / 4

    @property
    def claimed(self) -> float | None:
        """Sales that the platform claims for each unit of spend."""
        spent = float(self.spend.sum())
        return self.revenue / spent if self.revenue > 0 and spent > 0 else None

    @property
    def break_even(self) -> float | None:
        """The return on claimed sales at which it pays; ``rate`` has refunds taken off."""
        return 1 / self.rate if self.rate > 0 else None


def break_even_roas(rate: float, refunds: float) -> float:
    """1 ÷ (contribution rate × (1 − refunded share)): the return on reported sales at which a plan pays.

    >>> round(break_even_roas(0.38, 0.24), 2)
    3.46
    """
    return 1 / (rate * (1 - refunds))


def plans(situation: Situation) -> Iterator[Plan]:
    """Every plan in the workspace's currency, by platform and name."""
    rows = situation.frames["ad_plans"].filter(
        pl.col("currency").is_null() | (pl.col("currency") == situation.config.currency)
    )
    rows = rows.filter(pl.col("age") < DAYS)
    kept = {key: _own_level(own) for key, own in rows.group_by("platform", "campaign", maintain_order=True)}
    of_product: dict[str, Floats] = {}
    for own in kept.values():
        for (product,), part in own.group_by("product_id"):
            of_product[str(product)] = of_product.get(str(product), np.zeros(DAYS)) + _daily(part, "cost")
    for (platform, campaign), own in kept.items():
        yield _plan(situation, str(platform), str(campaign), own, of_product)


def _own_level(own: pl.DataFrame) -> pl.DataFrame:
    """Rows by product where there are any, else those of the whole plan: never both."""
    by_product = own.filter(pl.col("product_id") != WHOLE)
    return by_product if by_product.height else own


def _plan(situation: Situation, platform: str, campaign: str, own: pl.DataFrame, of_product: dict[str, Floats]) -> Plan:
    products = tuple(sorted(p for p in own["product_id"].unique().to_list() if p != WHOLE))
    spend = _daily(own, "cost")
    told = own.filter(pl.col("budget").is_not_null())
    budget = _daily(told, "budget")
    there = np.zeros(DAYS, dtype=bool)
    there[DAYS - 1 - told["age"].to_numpy()] = True
    brought, rate, refunds, order, known = _brought(situation, products)
    everything = sum(of_product.values(), np.zeros(DAYS)) if not products else sum(of_product[p] for p in products)
    started = np.flatnonzero(spend > 0)
    brought = brought.copy()
    if started.size:
        first = int(started[0])
        # Before its first week is over a plan still learns; one that ran before these days began has learnt.
        learning = 0 if first == 0 else first + LEARNING_DAYS
        brought[:learning] = np.nan
    return Plan(
        platform,
        campaign,
        products,
        spend,
        np.where(there, budget, np.nan),
        brought,
        np.asarray(everything) - spend,
        column_sum(own, "revenue"),
        column_sum(own, "ad_orders"),
        rate,
        refunds,
        order,
        known,
        _daily(own, "clicks"),
    )


def _daily(rows: pl.DataFrame, name: str) -> Floats:
    """A column by day, oldest first, 0 where there is none."""
    found = np.zeros(DAYS)
    np.add.at(found, DAYS - 1 - rows["age"].to_numpy(), rows[name].fill_null(0).cast(pl.Float64).to_numpy())
    return found


def _brought(situation: Situation, products: tuple[str, ...]) -> tuple[Floats, float, float, float, bool]:
    """Daily contribution before ads of the products (of the shop where none are named), its rate, the refunded share, an order's
    contribution, and whether costs are known."""
    if not products:
        return _shop_brought(situation)
    diary = situation.frames["product_diary"].filter(pl.col("age") < DAYS)
    total, sales, back, orders, known = np.zeros(DAYS), 0.0, 0.0, 0.0, True
    for product in products:
        worth = order_worth(situation, product)
        if worth is None:
            continue
        own = diary.filter(pl.col("product_id") == product)
        gross = _daily(own, "gross")
        day = gross * worth.value / worth.price
        empty = own.filter(pl.col("empty") > 0)["age"].to_numpy()
        day[DAYS - 1 - empty] = np.nan
        day[days_left_out(product, situation)[:DAYS][::-1]] = np.nan
        total += day
        sales, back = sales + float(gross.sum()), back + float(gross.sum()) * worth.refunds
        orders += column_sum(own, "orders")
        known = known and worth.known
    brought = float(np.nansum(total))
    shown = sales * float((~np.isnan(total)).mean())
    rate = brought / shown if shown > 0 else 0.0
    return total, rate, back / sales if sales > 0 else 0.0, rate * sales / orders if orders > 0 else 0.0, known


def _shop_brought(situation: Situation) -> tuple[Floats, float, float, float, bool]:
    rows = situation.frames["shop_days"].with_columns(age=(pl.lit(situation.as_of) - pl.col("day")).dt.total_days())
    margin, refunds = margin_per_sale(situation.costs), refund_share(situation, "")
    kept = (1.0 if margin is None else margin) * (1 - refunds)
    day = _daily(rows.filter(pl.col("age").is_between(0, DAYS - 1)), "gross") * kept
    day[days_left_out("", situation)[:DAYS][::-1]] = np.nan
    return day, kept, refunds, mean_order(situation), margin is not None


def budgets(plan: Plan) -> Floats | None:
    """The budget of each day, where it is told of nearly all days on which the plan ran."""
    ran = plan.spend > 0
    told = ran & ~np.isnan(plan.budget)
    return plan.budget if ran.any() and told.sum() >= TOLD * ran.sum() else None


def changed_together(situation: Situation, plan: Plan) -> bool:
    """Whether budget and price of what it promotes both took another level in the last weeks: what moved sales cannot be told then."""
    half = DAYS // 3
    late, early = plan.spend[-half:], plan.spend[-2 * half : -half]
    moved_by = float(late.mean() - early.mean())
    # A budget that goes up and down by pairs of days has half as many ups and downs as days.
    luck = CLEARLY_MOVED * float(np.sqrt((late.var() + early.var()) / (half / 2)))
    if abs(moved_by) < max(MOVED_SHARE * float(early.mean()), luck):
        return False
    since = situation.as_of - timedelta(days=2 * half)
    for product in plan.products:
        moved = price_change(situation, product)
        drift = situation.config["price_drift_share"]
        if moved is not None and abs(moved.paid) >= drift:
            return True
        if any(c.what in PRICED and c.day > since for c in changes_of(situation, product)):
            return True
    offers = situation.frames["happenings"].filter((pl.col("kind") == "promotion") & (pl.col("day") > since))
    named = [ids(text) for text in offers["products"].to_list()]
    return any(each is None or each & set(plan.products) for each in named)


def lately_changed(situation: Situation, plan: Plan) -> bool:
    """Whether something was done to it in the last week: it learns anew."""
    since = situation.as_of - timedelta(days=LEARNING_DAYS)
    logged = any(
        c.what == "advertising" and c.day > since for product in plan.products for c in changes_of(situation, product)
    )
    done = any(
        past.done_on is not None
        and past.done_on > since
        and (
            past.where.get("campaign") == plan.campaign
            or any(row.get("campaign") == plan.campaign for row in (past.draft.rows if past.draft else ()))
        )
        for past in situation.standing.past
    )
    return logged or done
