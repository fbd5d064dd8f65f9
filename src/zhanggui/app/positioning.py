"""What an owner asks before starting something: whether a candidate pays, whether a category may be opened; and the record of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zhanggui.costs import Range
from zhanggui.errors import BadValue
from zhanggui.i18n import text
from zhanggui.units import Quantity, Words

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.ledger import Decision, Entry
    from zhanggui.playbooks.go_no_go import Candidate, Weighed
    from zhanggui.playbooks.kinds import Situation
    from zhanggui.playbooks.range_gate import Gate, Plan

RECORD = "record_positioning"
OPEN = "add_products"
FRAMES = (
    "shop_blocks",
    "shop_visits",
    "product_names",
    "product_diary",
    "product_refunds",
    "refund_ages",
    "below_cash",
    "ad_plans",
    "happenings",
    "annotated_days",
)
FEWEST_SIBLINGS = 3
FEWEST_VISITORS = 400
TASKS = {
    "found": "change_title",
    "screen": "change_image",
    "price": "take_out_of_offer",
    "sizes": "add_size_chart",
    "delivery": "show_arrival_date",
    "answer": "staff_service",
    "unpacking": "change_packing",
    "returned": "recover_service",
}
"""What mends each step of the list that was answered with no."""
MOST_EACH = 0.08
"""Twice the 4 % that a mended fault is believed to lift: what a person enters is a range from nothing to this."""
KEPT = ("approved", "done", "measured")
Believed = float | Sequence[float] | None
"""A number, the ends of a range, or nothing: then the shop's own products say it."""
OFF = 0.3
"""How far off the shop's own refunds and click price may be for something new."""
DAYS = 90


class Positioning:
    """The positioning of one open shop: its record stands in the ledger as actions of that kind."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def record(self) -> Sequence[Entry]:
        """What was decided about what is sold to whom, the latest last."""
        kept = [e for e in self._shop.ledger.entries() if e.action.kind == RECORD and e.state in KEPT]
        return sorted(kept, key=lambda entry: (entry.since, entry.id))

    def keep(self, where: dict[str, str], words: str, *, by: str | None = None) -> Decision:
        """Write a decision into the record. Raises Refused for what may not be written."""
        return self._shop.actions.add(RECORD, where, words, on=self._shop.clock.today(), by=by)

    def weigh(
        self,
        name: str,
        *,
        price: float | None,
        goods: float | None,
        category: str = "",
        rate: Believed = None,
        refunds: Believed = None,
        click: Believed = None,
        visitors: float = 500.0,
        units: float = 30.0,
        set_up: float = 0.0,
        salvage: float = 0.3,
        risk: float | None = None,
    ) -> tuple[Candidate, Weighed]:
        """Whether a candidate pays. What is not said of conversion, refunds and clicks is taken from the shop's own products.

        Raises BadValue where price or cost of goods is missing, or nothing is known of conversion or clicks.
        """
        from zhanggui.playbooks.go_no_go import Candidate, weigh
        from zhanggui.playbooks.terms import UnitCosts

        if price is None or goods is None or price <= 0:
            raise BadValue("position.no_price", name=name)
        here = self._situation() if rate is None or refunds is None or click is None else None
        ranges = self._believed(here, category, *(_range(given) for given in (rate, refunds, click)))
        sheet = self._shop.costs
        costs = UnitCosts(
            goods,
            freight=sheet.per_order,
            fee_share=sheet.sales_share,
            return_freight=_middle(sheet.get("refund", "freight")),
            handling=_middle(sheet.get("refund", "handling")),
            unsellable=_middle(sheet.get("refund", "unsellable")),
        )
        candidate = Candidate(name, price, costs, *ranges, visitors, units, set_up, salvage, risk)
        return candidate, weigh(candidate)

    def plan(self, **given: float) -> Plan:
        """What is to be opened; an hour is worth what the settings say."""
        from zhanggui.brief.weighed import hourly_value
        from zhanggui.playbooks.range_gate import Plan

        return Plan(hour=hourly_value(self._shop.config), **given)

    def gate(self, neighbour: str, plan: Plan) -> Gate:
        """Whether a category beside ``neighbour`` may be opened. Raises BadValue for a neighbour that the catalogue does not name."""
        from zhanggui.playbooks.range_gate import gate

        return gate(_shown(self._situation(), neighbour), plan)

    def open(self, category: str, gate: Gate, *, by: str | None = None) -> Decision:
        """Enter the opening as an action to be approved, read like any other."""
        profit = gate.profit
        return self._shop.actions.add(OPEN, {"category": category}, "", expected=(profit[1], profit[2]), by=by)

    def audited(self, product: str, nos: Sequence[str], *, by: str | None = None) -> list[Decision]:
        """What a person found by buying ``product``: every "no" of the list becomes a task. Of a mended fault 0 to 8 % of the product's
        contribution is expected, of the first three; more are not counted on top.

        Raises BadValue for what is not on the list, or a product that nobody bought in eight weeks.
        """
        from zhanggui.actions.catalogue import kind_named
        from zhanggui.playbooks.self_purchase import MOST_COUNTED, lifted
        from zhanggui.playbooks.worth import order_worth

        if unknown := [no for no in nos if no not in TASKS]:
            raise BadValue("position.no_step", name=unknown[0], known=", ".join(TASKS))
        worth = order_worth(self._situation(), product)
        if worth is None:
            raise BadValue("position.not_sold", name=product)
        most = lifted(worth.weekly * max(worth.value, 0.0), 1, MOST_EACH)
        return [
            self._shop.actions.add(
                TASKS[no],
                {"product_id": product} if "product_id" in kind_named(TASKS[no]).targets else {},
                text(f"position.fault.{no}", self._shop.config.locale),
                expected=(0.0, most) if nth < MOST_COUNTED and worth.known else None,
                by=by,
            )
            for nth, no in enumerate(dict.fromkeys(nos))
        ]

    def _situation(self) -> Situation:
        return situation_of(self._shop, FRAMES)

    def _believed(
        self, here: Situation | None, category: str, rate: Range | None, refunds: Range | None, click: Range | None
    ) -> tuple[Range, Range, Range]:
        from zhanggui.playbooks.supply import cost_per_click
        from zhanggui.playbooks.worth import refund_share

        if rate is None and here is not None:
            rate = _own_rates(here, category)
        if click is None and here is not None and (price := cost_per_click(here, "")) is not None:
            click = Range(price * (1 - OFF), price * (1 + OFF))
        if refunds is None and here is not None:
            share = refund_share(here, "")
            refunds = Range(share * (1 - OFF), share * (1 + OFF))
        if rate is None or refunds is None:
            raise BadValue("position.no_rate")
        if click is None:
            raise BadValue("position.no_click")
        return rate, refunds, click


def situation_of(shop: Shop, names: Sequence[str]) -> Situation:
    """What the rules know on the last complete day, of these frames. Raises Unanswerable where there is no data."""
    from zhanggui.brief.make import situate
    from zhanggui.numbers.frames import FRAMES as ALL
    from zhanggui.numbers.frames import View
    from zhanggui.numbers.query import last_complete_day

    day = last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    view = View(day, per_order=shop.costs.least_per_order, sales_share=shop.costs.least_sales_share)
    frames = {name: ALL[name](shop.warehouse, view) for name in names}
    return situate(view, frames, shop.warehouse.rows(), shop.config, shop.costs, standing=shop.standing())


def _range(given: Believed) -> Range | None:
    """A number or a pair as a range."""
    if given is None:
        return None
    ends = [given] if isinstance(given, float | int) else list(given)
    return Range(float(min(ends)), float(max(ends)))


def _middle(item: Range | None) -> float:
    return item.middle if item is not None else 0.0


def _own_rates(here: Situation, category: str) -> Range | None:
    """What eight of ten products of the category convert at, of all where these are too few; None where visits are not told."""
    from zhanggui.playbooks.visits import kind_of, usual_rates, visits

    known = [v for v in visits(here).values() if v.now.visitors >= FEWEST_VISITORS and v.product in usual_rates(here)]
    own = [v for v in known if category and kind_of(here, v.product) == category]
    chosen = own if len(own) >= FEWEST_SIBLINGS else known
    if len(chosen) < FEWEST_SIBLINGS:
        return None
    rates = [usual_rates(here)[v.product].after(v.now.buyers, v.now.visitors).mean for v in chosen]
    low, high = np.quantile(rates, [0.1, 0.9])
    return Range(float(low), float(high))


def _shown(here: Situation, neighbour: str) -> Any:
    """What the gate asks of the shop: traffic, eight weeks, buyers of the neighbouring category."""
    import polars as pl

    from zhanggui.playbooks.range_gate import WEEKS
    from zhanggui.playbooks.range_gate import Shop as Seen
    from zhanggui.playbooks.terms import column_sum
    from zhanggui.playbooks.visits import kind_of

    diary = here.frames["product_diary"].filter(pl.col("age") < DAYS)
    products = [p for p in diary["product_id"].unique().to_list() if kind_of(here, p) == neighbour]
    if not products:
        raise BadValue("position.no_neighbour", name=neighbour)
    own = diary.filter(pl.col("product_id").is_in(products))
    days = here.frames["shop_visits"].filter((pl.col("visitors") > 0) & (pl.col("age") < 7 * WEEKS))
    blocks = here.frames["shop_blocks"].filter(pl.col("block") < WEEKS).sort("block")
    weeks = [(float(orders or 0), 0.0) for orders in blocks["orders"].to_list()]
    visitors = None
    if days.height:
        visitors = column_sum(days, "visitors") / days.height
        by_week = days.group_by(week=pl.col("age") // 7).agg(pl.col("pay_buyers", "visitors").sum()).sort("week")
        weeks = [(float(b), float(v)) for _, b, v in by_week.iter_rows()]
    return Seen(visitors, here.orders_per_day, weeks, column_sum(own, "orders"))


def said_of(candidate: Candidate, weighed: Weighed) -> list[Words]:
    """The answer to whether a candidate pays, a sentence a line."""
    money = Quantity(weighed.profit[0], "money", weighed.profit[1], weighed.profit[2], signed=True)
    rate = Quantity(candidate.rate.middle, "share", candidate.rate.low, candidate.rate.high)
    lines = [
        Words(
            f"position.weigh.{weighed.verdict}",
            {"name": candidate.name, "chance": Quantity(weighed.chance, "share")},
        ),
        Words(
            "position.weigh.needs",
            {
                "needed": Quantity(weighed.needed, "share"),
                "rate": rate,
                "order": Quantity(weighed.order, "money", exact=True),
            },
        )
        if weighed.order > 0
        else Words("position.weigh.never", {"order": Quantity(weighed.order, "money", exact=True)}),
        Words("position.weigh.profit", {"money": money, "worst": Quantity(weighed.worst, "money")}),
    ]
    if weighed.to_even is not None:
        said = {"visitors": Quantity(weighed.to_even, "count"), "cash": Quantity(weighed.cash, "money")}
        lines.append(Words("position.weigh.even", said))
    if candidate.risk is None:
        lines.append(Words("position.weigh.no_risk"))
    return lines


def said_of_gate(category: str, found: Gate) -> list[Words]:
    """The answer to whether a category may be opened: one line where the gate is shut."""
    if found.fails is not None:
        return [Words(f"position.gate.{found.fails}", {"category": category})]
    profit = Quantity(found.profit[0], "money", found.profit[1], found.profit[2], signed=True)
    said = {"category": category, "money": profit, "chance": Quantity(found.chance, "share")}
    return [Words("position.gate.open" if found.profit[0] > 0 else "position.gate.poor", said)]
