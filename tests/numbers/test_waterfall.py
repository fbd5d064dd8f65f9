"""What is left of a price: steps by hand, the same sums whichever way they are cut, levers, and break-even."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from drawn.visited import opened
from zhanggui.app import Shop
from zhanggui.app.waterfall import OfProducts
from zhanggui.app.waterfall import break_even as shop_break_even
from zhanggui.app.waterfall import waterfalls as shop_waterfalls
from zhanggui.costs import parse, write
from zhanggui.methods.break_even import BreakEven, break_even
from zhanggui.numbers.product_table import product_table
from zhanggui.numbers.waterfall import Waterfall, waterfalls
from zhanggui.report.waterfall import cells, each_text, even_text, waterfall_text
from zhanggui.units import Period, Refusal

FIRST = date(2026, 7, 1)
DAYS = 60
SHEET = {
    "goods": {"*": [0.4, 0.5]},
    "per_order": {"freight": 6.0, "packing": 1.0},
    "share": {"fees": 0.02, "commission": 0.05},
    "refund": {"freight": 6.0, "handling": 2.0, "unsellable": 0.1},
    "fixed": {"rent": 1200.0, "wages": 3000.0},
}
LAST = FIRST + timedelta(days=DAYS - 1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A day sells: a cup in two sizes and a pot in one order, a pot alone, a cup alone that is sent back every fourth day."""
    orders, lines, refunds = [], [], []
    for n in range(DAYS):
        at = datetime.combine(FIRST + timedelta(days=n), datetime.min.time()) + timedelta(hours=9)
        bought = {
            "A": [("CUP", "CUP-S", 1, 40.0, 30.0), ("CUP", "CUP-M", 2, 40.0, 60.0), ("POT", "POT-1", 1, 100.0, 90.0)],
            "B": [("POT", "POT-1", 1 + n % 3, 100.0, 100.0 * (1 + n % 3))],
            "C": [("CUP", "CUP-S", 1, 40.0, 40.0)],
        }
        for kind, parts in bought.items():
            name, paid = f"{kind}{n}", sum(part[4] for part in parts)
            orders.append(
                {"order_id": name, "created_at": at, "paid_at": at, "status": "shipped", "goods_amount": paid}
            )
            for place, (product, sku, units, price, total) in enumerate(parts):
                line = {"order_id": name, "line_id": str(place), "product_id": product, "sku": sku}
                lines.append({**line, "quantity": float(units), "unit_price": price, "line_total": total})
        if n % 4 == 0:
            back = {"refund_id": f"R{n}", "order_id": f"C{n}", "product_id": "CUP", "sku": "CUP-S", "amount": 40.0}
            more = {"finished_at": at + timedelta(days=3), "status": "finished", "kind": "return"}
            refunds.append({**back, **more, "phase": "after_shipment"})
    made = {"orders": orders, "order_lines": lines, "refunds": refunds}
    with opened(tmp_path_factory.mktemp("fall") / "shop", {k: pl.DataFrame(v) for k, v in made.items()}) as there:
        write(there.folder, parse(SHEET))
        yield there


def asked(shop: Shop, each: str, period: Period | None = None, **where: str) -> list[Waterfall]:
    whole = period or Period(FIRST, LAST)
    return waterfalls(
        shop.warehouse,
        whole,
        each,  # type: ignore[arg-type]
        config=shop.config,
        clock=shop.clock,
        costs=shop.costs,
        where=where,
    )


def test_one_order_is_reckoned_by_hand(shop: Shop) -> None:
    (one,) = asked(shop, "order", order_id="A0")
    steps = {step.name: step.money for step in one.steps}
    assert steps["listed"] == 220
    assert steps["discount"] == -40
    assert steps["paid"] == 180
    assert steps["fees"] == pytest.approx(-3.6)
    assert steps["commission"] == pytest.approx(-9.0)
    assert (steps["freight"], steps["packing"]) == (pytest.approx(-6), pytest.approx(-1))
    assert steps["goods"] == pytest.approx(-81)
    assert one.contribution == pytest.approx(180 - 3.6 - 9 - 7 - 81)
    goods = one.step("goods")
    assert goods is not None
    assert (goods.low, goods.high) == (pytest.approx(-90), pytest.approx(-72))


def test_a_return_takes_its_money_its_parcel_and_what_cannot_be_sold_again(shop: Shop) -> None:
    (one,) = asked(shop, "order", order_id="C0")
    steps = {step.name: step.money for step in one.steps}
    assert steps["refunds"] == pytest.approx(-40 + 18)
    assert steps["return_freight"] == pytest.approx(-6)
    assert steps["return_handling"] == pytest.approx(-2)
    assert steps["unsellable"] == pytest.approx(-1.8)
    assert steps["contribution"] == pytest.approx(40 - 2.8 - 7 - 18 - 22)
    assert steps["left"] == pytest.approx(steps["contribution"] - 9.8)


def test_however_it_is_cut_the_parts_sum_to_the_shop(shop: Shop) -> None:
    (whole,) = asked(shop, "shop")
    for each in ("product", "sku", "order", "day"):
        parts = asked(shop, each)
        for step in whole.steps:
            found = sum(part.money for one in parts if (part := one.step(step.name)) is not None and not part.level)
            if not step.level:
                assert found == pytest.approx(step.money), (each, step.name)
        assert sum(one.contribution or 0.0 for one in parts) == pytest.approx(whole.contribution)


def test_one_products_is_the_same_asked_alone_or_with_all_others(shop: Shop) -> None:
    together = OfProducts(shop)
    for product in ("CUP", "POT"):
        _, (alone,) = shop_waterfalls(shop, where={"product_id": product})
        assert together.cells(product, "en") == cells(alone, together.period, "en", shop.config.currency)
    assert together.cells("PAN", "en") is None


def test_it_is_what_the_table_of_products_says(shop: Shop) -> None:
    period = Period(FIRST, LAST)
    table = product_table(shop.warehouse, period, config=shop.config, clock=shop.clock, costs=shop.costs)
    known = dict(table.select("product_id", "contribution").iter_rows())
    assert {one.key["product_id"]: pytest.approx(one.contribution) for one in asked(shop, "product")} == known


def test_one_in_a_hundred_of_each_is_worth_what_the_steps_say(shop: Shop) -> None:
    (whole,) = asked(shop, "shop")
    worth = {lever.name: lever.worth for lever in whole.levers}
    steps = {step.name: step.money for step in whole.steps}
    assert worth["goods"] == pytest.approx(-steps["goods"] / 100)
    assert worth["units"] == pytest.approx((whole.contribution or 0) / 100)
    kept = (steps["paid"] + steps["fees"] + steps["commission"] + steps["refunds"]) / steps["paid"]
    assert worth["price"] == pytest.approx(steps["paid"] / 100 * kept)
    price = next(lever for lever in whole.levers if lever.name == "price")
    assert price.answered is not None
    assert price.answered < price.worth
    assert [lever.worth for lever in whole.levers] == sorted(worth.values(), reverse=True)


def test_without_costs_it_ends_before_the_goods(tmp_path: Path) -> None:
    one = {"order_id": "1", "created_at": datetime(2026, 7, 1, 9, 0), "status": "paid", "goods_amount": 10.0}
    line = {"order_id": "1", "line_id": "1", "product_id": "CUP", "quantity": 1.0, "line_total": 10.0}
    with opened(tmp_path / "shop", {"orders": pl.DataFrame([one]), "order_lines": pl.DataFrame([line])}) as bare:
        write(bare.folder, parse({}))
        (found,) = asked(bare, "shop", Period(FIRST, FIRST))
    assert not found.known
    assert found.contribution is None
    assert [step.name for step in found.steps] == ["listed", "paid"]


def test_break_even_is_fixed_costs_over_what_an_order_leaves(shop: Shop) -> None:
    even = shop_break_even(shop)
    assert isinstance(even.found, BreakEven)
    assert even.month == 4200
    assert even.found.orders == pytest.approx(4200 / (365.25 / 12) / even.found.each)
    assert even.found.high is not None
    assert even.found.low < even.found.orders < even.found.high
    assert even.now == pytest.approx(3)


def test_the_interval_of_what_an_order_leaves_holds_nine_times_in_ten() -> None:
    chance = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        orders = chance.poisson(12, 28).astype(float)
        left = np.array([chance.gamma(1.5, 20.0, int(n)).sum() for n in orders]) - 10 * orders
        found = break_even(500.0, left, orders)
        assert isinstance(found, BreakEven)
        held += found.each_low <= 20.0 <= found.each_high
    assert 0.86 <= held / 400 <= 0.94


def test_an_order_that_leaves_nothing_has_no_break_even() -> None:
    assert break_even(500.0, np.full(28, -10.0), np.full(28, 5.0)) == Refusal("no_margin")
    assert break_even(500.0, np.full(9, 10.0), np.full(9, 5.0)) == Refusal("too_short", needed=14, have=9)
    wide = break_even(500.0, np.tile([-80.0, 100.0], 14), np.full(28, 5.0))
    assert isinstance(wide, BreakEven)
    assert wide.high is None


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_it_is_told_in_three_languages(shop: Shop, locale: str) -> None:
    period, found = shop_waterfalls(shop)
    said = waterfall_text(found[0], period, locale, "GBP", "", 100) + even_text(
        shop_break_even(shop), locale, "GBP", 100
    )
    assert "£" in said
    assert "rent" in said
    _, each = shop_waterfalls(shop, "sku")
    assert "CUP-M" in each_text(each, period, "sku", {}, locale, "GBP")
