"""What is left of a price: from the list price over discounts, fees, freight, returns and goods to the contribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol

import ibis
import polars as pl

from zhanggui.config import Config
from zhanggui.errors import Unanswerable
from zhanggui.methods.break_even import BreakEven
from zhanggui.metrics.profit import COST_GAP
from zhanggui.numbers.frames.grid import MONEY, goods, refunds, total
from zhanggui.numbers.joined import Costs
from zhanggui.numbers.kinds import Question
from zhanggui.numbers.moments import END, START, a_text, put
from zhanggui.numbers.product_money import costed
from zhanggui.numbers.query import ask
from zhanggui.units import Clock, Period, Refusal

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

Each = Literal["shop", "product", "sku", "order", "day"]
KEYS: dict[Each, tuple[str, ...]] = {
    "shop": (),
    "product": ("product_id",),
    "sku": ("product_id", "sku"),
    "order": ("channel", "order_id"),
    "day": ("day",),
}
LINE = ("channel", "order_id", "product_id", "sku")
ORDER = ("channel", "order_id")
SUMS = (
    "units",
    "listed",
    "gross",
    "cost",
    "costed",
    "doubt",
    "part",
    "booked",
    "unbooked",
    "refunds",
    "kept",
    "lost",
    "parcels",
)
SHARES = ("fees", "commission", "return_insurance")
PER_ORDER = ("freight", "packing", "gift")
USUAL_ANSWER = -2.6
"""How units answer to price where nothing else is known: 1 % dearer, 2.6 % fewer."""
ONE = 0.01


class Sheet(Costs, Protocol):
    """What a waterfall wants of a cost sheet."""

    def get(self, section: str, name: str = "*") -> Any: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: money that goes (negative) or a sum on the way (``level``), with its range where the cost sheet has ranges."""

    name: str
    money: float
    low: float
    high: float
    level: bool = False


@dataclass(frozen=True, slots=True)
class Lever:
    """What one in a hundred of something is worth in the period; ``answered`` is the same if buyers answer to the price as they usually
    do."""

    name: str
    worth: float
    answered: float | None = None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps of some orders, in the workspace's currency. ``known`` says whether enough of the cost of goods is known: without it the
    steps end before the goods."""

    key: Mapping[str, Any]
    orders: float
    units: float
    steps: Sequence[Step]
    levers: Sequence[Lever]
    known: bool

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)

    def end(self, end: str) -> float:
        """What is left at one end of the cost sheet's ranges: ``money`` (the middle), ``low``, ``high``; 0 where it is unknown."""
        step = self.step("left") or self.step("contribution")
        return float(getattr(step, end)) if step else 0.0

    @property
    def left(self) -> float | None:
        """What is left after the parcels of returns and advertising too; None where the cost of goods is unknown."""
        step = self.step("left") or self.step("contribution")
        return step.money if step else None

    @property
    def contribution(self) -> float | None:
        """What is left before advertising and the parcels of returns, as the metric ``contribution_before_ads`` says."""
        step = self.step("contribution")
        return step.money if step else None


@dataclass(frozen=True, slots=True)
class Even:
    """Break-even of the shop: ``fixed`` costs a month by name, ``found`` (None where none were entered; a refusal where it cannot be
    told), and ``now``, the orders a day of those days."""

    fixed: Mapping[str, float] = field(default_factory=dict)
    found: BreakEven | Refusal | None = None
    now: float = 0.0

    @property
    def month(self) -> float:
        return sum(self.fixed.values())


def waterfalls(
    warehouse: Warehouse,
    period: Period,
    each: Each,
    *,
    config: Config,
    clock: Clock,
    costs: Sheet,
    where: Mapping[str, str] | None = None,
) -> list[Waterfall]:
    """One waterfall for the shop, or one for each product, SKU, order or day of ``period``, those with most money first; of the sales of
    these days, refunds so far taken off. ``where`` (product_id, sku, order_id) looks at some of it."""
    return [*gathered(warehouse, period, each, config=config, clock=clock, costs=costs, where=where).each()]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What waterfalls stand on: ``rows`` as of ``sums``, the columns that tell them apart, the cost sheet, and advertising by product."""

    rows: pl.DataFrame
    key: Sequence[str]
    costs: Sheet
    ads: Mapping[str, float]

    def each(self) -> Iterator[Waterfall]:
        """Every waterfall, those with most money first."""
        return (
            _waterfall(row, self.key, self.costs, self.ads) for row in self.rows.iter_rows(named=True) if row["orders"]
        )

    def of(self, product: str) -> Waterfall | None:
        """That of one product, where products are told apart; None where none of it was sold."""
        return next(replace(self, rows=self.rows.filter(pl.col("product_id") == product)).each(), None)


def gathered(
    warehouse: Warehouse,
    period: Period,
    each: Each,
    *,
    config: Config,
    clock: Clock,
    costs: Sheet,
    where: Mapping[str, str] | None = None,
) -> Gathered:
    """What ``waterfalls`` stand on, asked once."""
    rows = sums(warehouse, period, each, currency=config.currency, costs=costs, where=where or {})
    return Gathered(rows, KEYS[each], costs, _ads(warehouse, period, each, config, clock, where or {}))


def sums(
    warehouse: Warehouse, period: Period, each: Each, *, currency: str, costs: Costs | None, where: Mapping[str, str]
) -> pl.DataFrame:
    """The sums that waterfalls stand on, one row each: the key · orders · units · listed · gross · cost · costed · doubt (half the width of
    the sheet's range for the cost of goods) · part (of orders, by money) · booked (fees) · unbooked (sales without booked fees) · refunds ·
    kept (goods that came back, at cost) · lost (those of them that were sent out) · parcels (sent back)."""
    parts = sorted(where)
    moments: dict[Any, date | str] = {
        START: period.start,
        END: period.end,
        **{a_text("waterfall", name): where[name] for name in parts},
    }
    shape = ("waterfall", each, tuple(parts), currency, repr(costs))
    rows = put(
        warehouse, shape, lambda: _expression(warehouse, each, currency, costs, parts), moments, common=not costs
    )
    return rows.sort(["gross", *KEYS[each]], descending=[True, *[False] * len(KEYS[each])])


def _expression(warehouse: Warehouse, each: Each, currency: str, costs: Costs | None, where: Sequence[str]) -> Any:
    lines = _lines(warehouse, currency, costs)
    both = lines.left_join(_back(warehouse, lines), list(LINE))
    both = both.drop(*(name for name in both.columns if name.endswith("_right")))
    for name in where:
        both = both.filter(both[name] == a_text("waterfall", name))
    columns = {name: both[name].sum().fill_null(0.0) for name in SUMS}
    columns["orders"] = both.channel.concat("\n", both.order_id).nunique()
    return (both.group_by(*KEYS[each]) if KEYS[each] else both).aggregate(**columns)


def _lines(warehouse: Warehouse, currency: str, costs: Costs | None) -> Any:
    """What each order holds of each SKU, with its part of the order."""
    lines = goods(warehouse)
    lines = lines.filter((lines.day >= START) & (lines.day <= END))
    lines = lines.mutate(sku=lines.sku.fill_null(""), product_id=lines.product_id.fill_null(""))
    lines = costed(warehouse, lines, currency, costs)
    listed = ibis.greatest(ibis.coalesce(lines.listed, lines.amount), lines.amount)
    sold = lines.group_by(*LINE, "day").agg(
        units=lines.units.sum(where=lines.kind == "goods").fill_null(0.0),
        listed=listed.sum().cast(MONEY),
        gross=total(lines.amount),
        cost=lines.known_cost.sum().fill_null(0.0),
        costed=total(lines.amount, lines.known_cost.notnull()),
        doubt=(lines.amount.cast(MONEY) * _half(lines, costs)).sum(where=lines.from_sheet).fill_null(0.0),
    )
    orders = warehouse.table("order_facts")
    orders = orders.filter((orders.day >= START) & (orders.day <= END) & orders.counted)
    orders = orders.select(*ORDER, whole=orders.goods.cast(MONEY), fees=orders.fees.cast(MONEY))
    sold = sold.inner_join(orders, list(ORDER))
    count = sold.count().over(ibis.window(group_by=[sold.channel, sold.order_id]))
    part = ibis.coalesce(sold.gross / sold.whole.nullif(0), 1.0 / count)
    return sold.mutate(
        part=part,
        booked=(sold.fees * part).fill_null(0.0),
        unbooked=sold.fees.isnull().ifelse(sold.gross, 0.0),
    ).drop("whole", "fees")


def _half(lines: Any, costs: Costs | None) -> Any:
    """Half the width of the cost sheet's range for the goods of a line, as a share of its price."""
    named = costs.entries.get("goods", {}) if costs else {}
    half = {category: (share.high - share.low) / 2 for category, share in named.items()}
    branches = [(lines.category == name, ibis.literal(value)) for name, value in half.items() if name != "*"]
    other = ibis.literal(half.get("*", 0.0))
    return ibis.cases(*branches, else_=other) if branches else other


def _back(warehouse: Warehouse, lines: Any) -> Any:
    """Refunds by the lines they reverse: the SKU or product that they name, else the whole order, by money."""
    told = refunds(warehouse)
    told = told.filter((told.sale_day >= START) & (told.sale_day <= END))
    early = (told.phase == "before_shipment").fill_null(False)
    lost = ((told.kind == "refund_only") & ~early).fill_null(False)
    sent = ~early & ~lost
    same = sent.ifelse(1, 0).sum().over(ibis.window(group_by=[told.channel, told.order_id]))
    told = told.select(
        *ORDER,
        "refund_id",
        named=told.product_id.fill_null(""),
        variant=told.sku.fill_null(""),
        amount=told.amount.cast(MONEY),
        returned=~lost,
        sent=sent,
        parcel=sent.ifelse(1.0 / same.nullif(0), 0.0),
    )
    met = told.inner_join(lines.select(*LINE, "gross", "cost", "costed"), list(ORDER))
    fits = ((met.named == "") | (met.named == met.product_id)) & ((met.variant == "") | (met.variant == met.sku))
    met = met.mutate(weight=fits.ifelse(ibis.greatest(met.gross, 0.0001), 0.0), money=ibis.greatest(met.gross, 0.0001))
    own = ibis.window(group_by=[met.channel, met.refund_id])
    # A refund that names what its order does not hold falls on the whole order.
    share = ibis.coalesce(met.weight / met.weight.sum().over(own).nullif(0), met.money / met.money.sum().over(own))
    met = met.mutate(share=share, rate=(met.cost / met.costed.nullif(0)).fill_null(0.0))
    kept = met.returned.ifelse(met.amount * met.share * met.rate, 0.0)
    met = met.mutate(
        back=met.amount * met.share, kept=kept, lost=met.sent.ifelse(kept, 0.0), sent_back=met.parcel * met.share
    )
    return met.group_by(*LINE).agg(
        refunds=met.back.sum(), kept=met.kept.sum(), lost=met.lost.sum(), parcels=met.sent_back.sum()
    )


def _ads(
    warehouse: Warehouse, period: Period, each: Each, config: Config, clock: Clock, where: Mapping[str, str]
) -> dict[str, float]:
    """Advertising by product, or under '' that of all; empty where it is not told at this grain."""
    if each not in ("shop", "product") or set(where) - {"product_id"}:
        return {}
    by = ("product_id",) if each == "product" or where else ()
    question = Question(("ad_cost",), by, start=period.start, end=period.end)
    try:
        rows = ask(warehouse, question, config=config, clock=clock).rows
    except Unanswerable:
        return {}
    found = {
        str(row["product_id"] or "") if by else "": float(row["ad_cost"] or 0.0) for row in rows.iter_rows(named=True)
    }
    return {"": found.get(where["product_id"], 0.0)} if each == "shop" and where else found


def _waterfall(row: Mapping[str, Any], key: Sequence[str], costs: Sheet, ads: Mapping[str, float]) -> Waterfall:
    known = row["costed"] >= row["gross"] * (1 - COST_GAP) and row["gross"] > 0
    steps = [_level("listed", row["listed"]), _step("discount", row["gross"] - row["listed"])]
    steps += [_level("paid", row["gross"]), *_charged(row, costs)]
    steps.append(_step("refunds", row["kept"] - row["refunds"]))
    if known:
        steps.append(Step("goods", -row["cost"], -row["cost"] - row["doubt"], -row["cost"] + row["doubt"]))
        contribution = _sum("contribution", steps[2:])
        after = _after(row, costs, ads.get(str(row["product_id"]) if "product_id" in row else "", 0.0))
        steps += [contribution, *after]
        steps += [_sum("left", (contribution, *after))] if any(step.money for step in after) else []
    kept = [step for step in steps if step.level or step.money or step.high]
    return Waterfall(
        {name: row[name] for name in key}, row["orders"], row["units"], kept, _levers(steps) if known else (), known
    )


def _charged(row: Mapping[str, Any], costs: Sheet) -> list[Step]:
    """Fees as booked, else the sheet's shares; what goes out with every order."""
    steps = [_step("booked_fees", -row["booked"])]
    steps += [_ranged(name, costs.get("share", name), row["unbooked"]) for name in SHARES]
    return steps + [_ranged(name, costs.get("per_order", name), row["part"]) for name in PER_ORDER]


def _after(row: Mapping[str, Any], costs: Sheet, ads: float) -> list[Step]:
    """What the contribution does not hold: parcels of returns, goods that cannot be sold again, advertising."""
    more = [_ranged(f"return_{name}", costs.get("refund", name), row["parcels"]) for name in ("freight", "handling")]
    more += [_ranged("unsellable", costs.get("refund", "unsellable"), row["lost"]), _step("ads", -ads)]
    return more


def _step(name: str, money: float) -> Step:
    return Step(name, money, money, money)


def _level(name: str, money: float) -> Step:
    return Step(name, money, money, money, level=True)


def _ranged(name: str, share: Any, of: float) -> Step:
    return (
        Step(name, 0.0, 0.0, 0.0)
        if share is None
        else Step(name, -share.middle * of, -share.high * of, -share.low * of)
    )


def _sum(name: str, steps: Sequence[Step]) -> Step:
    """All steps together; its ends are those of all costs at their upper and at their lower ends."""
    money, low, high = (sum(getattr(step, end) for step in steps) for end in ("money", "low", "high"))
    return Step(name, money, low, high, level=True)


def _levers(steps: Sequence[Step]) -> list[Lever]:
    """What one in a hundred of each is worth, the most first. A higher price brings more fees with it and no more goods."""
    money = {step.name: step.money for step in steps}
    paid, left = money["paid"], money["contribution"]
    fees = sum(money[name] for name in ("booked_fees", *SHARES))
    kept = max(paid + fees + money["refunds"], 0.0) / paid
    price = ONE * paid * kept
    fewer = (1 + ONE) ** USUAL_ANSWER
    found = [
        Lever("price", price, fewer * (left + price) - left),
        Lever("units", ONE * left),
        Lever("discount", -ONE * money["discount"] * kept),
    ]
    levels = {step.name for step in steps if step.level}
    found += [Lever(name, -ONE * money[name]) for name in money if name not in levels and name != "discount"]
    return sorted((lever for lever in found if lever.worth > 0), key=lambda lever: (-lever.worth, lever.name))
