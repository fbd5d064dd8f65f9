"""The simulated shop: the same from the same seed, the same but for what an action causes, and its books tie to its files."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from zhanggui.practice import CHARACTERS, Move, World, character, frames
from zhanggui.practice.kinds import LINES

QUICK = replace(character("home"), products=10)


def grown(days: int = 60, **changes: object) -> World:
    world = World(replace(QUICK, **changes), 3, history=40)  # type: ignore[arg-type]
    world.live(days)
    return world


def total(frame: pl.DataFrame, column: str) -> int:
    """The sum of a money column in cents."""
    return sum(int((Decimal(str(value)) * 100).to_integral_value()) for value in frame[column])


@pytest.mark.parametrize("shop", CHARACTERS, ids=lambda shop: shop.name)
def test_every_character_lives_and_earns(shop: object) -> None:
    world = World(replace(shop, visitors=min(shop.visitors, 2000)), 1, history=30)  # type: ignore[attr-defined, type-var]
    world.live(30)
    assert world.reckoning(0).lines["sales"] > 0
    assert frames(world, 0, 29)["orders"].height > 0


def test_the_same_seed_gives_the_same_shop_to_the_cent() -> None:
    one, other = grown(), grown()
    assert one.reckoning(0) == other.reckoning(0)
    for name, frame in frames(one, 0, 59).items():
        assert frame.equals(frames(other, 0, 59)[name]), name


def test_another_seed_gives_another_shop() -> None:
    one, other = World(QUICK, 1, history=40), World(QUICK, 2, history=40)
    one.live(20)
    other.live(20)
    assert one.reckoning(0).contribution != other.reckoning(0).contribution


def test_a_move_that_does_nothing_changes_no_cent_and_has_no_effect() -> None:
    world = grown()
    left, asked = world.copy(), world.copy()
    assert not asked.apply(Move("paint_the_door", {"product_id": "P001"})).taken
    assert not asked.apply(Move("step_price", {"product_id": "nowhere"})).taken
    for shop in (left, asked):
        shop.live(14)
    assert left.reckoning(0) == asked.reckoning(0)
    assert world.effect(Move("paint_the_door", {"product_id": "P001"})).per_week == 0
    assert world.effect(Move("paint_the_door", {"product_id": "P001"}), 14, replays=2).per_week == 0


def test_an_action_leaves_what_it_does_not_cause_as_it_was() -> None:
    """A price step on one product: visitors of all others stay the same, person by person."""
    world = grown(substitution=0.0)
    left, stepped = world.copy(), world.copy()
    stepped.apply(Move("step_price", {"product_id": "P002"}, ({"product_id": "P002", "step": 0.05},)))
    left.live(7)
    stepped.live(7)
    for before, after in zip(left.seen[-7:], stepped.seen[-7:], strict=True):
        others = np.arange(10) != 1
        assert (before.visitors[others, :2] == after.visitors[others, :2]).all()
        assert (before.paid[1, :2] >= after.paid[1, :2]).all()


def test_a_copy_goes_its_own_way() -> None:
    world = grown()
    before = world.reckoning(0)
    other = world.copy()
    other.apply(Move("stop_selling", {"product_id": "P001"}))
    other.live(10)
    assert world.reckoning(0) == before
    assert world.day == 60
    assert world.state.selling.all()


def test_living_in_two_parts_is_living_at_once() -> None:
    whole, parts = World(QUICK, 3, history=40), World(QUICK, 3, history=40)
    whole.live(30)
    for days in (1, 12, 17):
        parts.live(days)
    assert whole.reckoning(0) == parts.reckoning(0)


def test_the_books_tie_to_the_files_to_the_cent() -> None:
    world = World(replace(QUICK, visitors=2000, sized=True, live_share=0.2, presale=True), 4, history=70)
    world.live(100)
    told = frames(world, 0, 99)
    lines = {name: round(amount * 100) for name, amount in world.reckoning(0).lines.items()}
    paid = told["orders"].filter(pl.col("paid_at").is_not_null())
    goods = told["order_lines"].with_columns(cost=pl.col("quantity") * pl.col("unit_cost"))
    unit_cost = goods.select("order_id", "line_id", "unit_cost")
    back = told["refunds"].join(unit_cost, on=["order_id", "line_id"], how="left")
    returned = back.filter((pl.col("kind") == "return") | (pl.col("phase") == "before_shipment"))
    after = back.filter((pl.col("kind") == "return") & (pl.col("phase") == "after_shipment"))
    sent = paid.filter(pl.col("order_id").is_in(_ever_sent(world)))
    assert lines["sales"] == total(paid, "goods_amount") == total(told["order_lines"], "line_total")
    assert lines["refunds"] == total(told["refunds"], "amount")
    assert lines["goods"] == sum(round(cost * 100) for cost in goods["cost"])
    worth = (returned["quantity"] * returned["unit_cost"] * 100).round()
    assert lines["goods_back"] == int(worth.sum())
    assert lines["fees"] == total(told["order_fees"], "amount")
    assert lines["ads"] == total(told["ad_days"], "cost")
    assert lines["freight"] == 600 * sent.height
    assert lines["return_freight"] == 600 * after.height
    assert lines["handling"] == 200 * after.height
    balance = sum(value if name in ("sales", "goods_back") else -value for name, value in lines.items())
    assert balance == round(world.reckoning(0).contribution * 100)
    assert set(lines) == set(LINES)


def _ever_sent(world: World) -> list[str]:
    """Orders that were, or will be, sent."""
    return [
        str(10_000_000_000 + day.day * 1_000_000 + n) for day in world.sold for n in np.nonzero(day.shipped >= 0)[0]
    ]


def test_expected_and_booked_contribution_agree_in_the_long_run() -> None:
    world = World(replace(QUICK, visitors=3000, products=8), 5, troubles=[], quiet=True, history=100)
    world.live(160)
    found = world.reckoning(40)
    excess = -sum(world.books.shop[40:]) - found.lines["holding"]  # written off, which is not booked
    assert abs(found.expected + excess - found.contribution) < 0.06 * found.contribution


def test_the_files_of_a_week_say_what_was_new_in_it() -> None:
    world = grown()
    last = frames(world, 53, 59)
    assert last["traffic_days"]["day"].min() == world.date_of(53)
    moved = last["orders"].filter(pl.col("paid_at").dt.date() < world.date_of(53))
    assert moved.height > 0
    assert (moved["shipped_at"].is_not_null()).all()
    assert last["order_lines"].height >= last["orders"].filter(pl.col("paid_at").dt.date() >= world.date_of(53)).height


def test_what_is_still_to_come_is_not_in_the_files() -> None:
    world = grown()
    now = world.date_of(60)
    told = frames(world, 0, 59)
    for table, columns in (("orders", ("paid_at", "shipped_at", "delivered_at")), ("refunds", ("finished_at",))):
        for column in columns:
            latest = told[table][column].drop_nulls().max()
            assert latest is not None
            assert latest.date() < now  # type: ignore[union-attr]
    assert told["orders"].filter(pl.col("status") == "delivered")["delivered_at"].null_count() == 0


def test_visitors_of_products_and_sources_overlap() -> None:
    told = frames(grown(), 0, 59)["traffic_days"]
    shop = told.filter((pl.col("source") == "*") & (pl.col("product_id") == "*"))["visitors"].sum()
    products = told.filter((pl.col("source") == "*") & (pl.col("product_id") != "*"))["visitors"].sum()
    assert products > 1.3 * shop
    buyers = told.filter((pl.col("source") == "*") & (pl.col("product_id") == "*"))["pay_buyers"].sum()
    of_products = told.filter((pl.col("source") == "*") & (pl.col("product_id") != "*"))["pay_buyers"].sum()
    assert of_products > buyers


def test_masked_names_leave_no_buyer() -> None:
    told = frames(grown(masked=True), 0, 59)
    assert told["orders"]["customer_key"].null_count() == told["orders"].height
    assert "customers" not in told
    known = frames(grown(), 0, 59)["orders"].filter(pl.col("paid_at").is_not_null())["customer_key"]
    assert known.null_count() == 0
    assert known.n_unique() < len(known)
    assert known.str.len_chars().unique().to_list() == [32]


def test_an_advertised_shop_claims_more_than_its_advertising_brought() -> None:
    told = frames(grown(claims=0.5), 0, 59)
    claimed = told["ad_days"]["orders"].sum()
    brought = (
        told["traffic_days"].filter((pl.col("source") == "ads") & (pl.col("product_id") == "*"))["pay_buyers"].sum()
    )
    assert claimed > 1.5 * brought


def test_a_presale_is_placed_with_a_deposit_and_paid_on_the_festival() -> None:
    world = World(replace(character("festive"), visitors=2000, products=10), 1, history=60)
    festival = 64  # 18 June
    world.live(festival - 1)
    before = frames(world, 0, world.day - 1)["orders"].filter(pl.col("kind") == "presale")
    assert world.date_of(festival).isoformat() == "2024-06-18"
    assert before.height > 0
    assert before["status"].unique().to_list() == ["placed"]
    assert before["paid_at"].null_count() == before.height
    assert (before["deposit_amount"] < before["goods_amount"]).all()
    world.live(3)
    after = frames(world, festival - 1, world.day - 1)["orders"].filter(pl.col("kind") == "presale")
    assert set(before["order_id"]) <= set(after["order_id"])
    assert after["paid_at"].dt.date().unique().to_list() == [world.date_of(festival)]
    shop = frames(world, festival, festival)["traffic_days"].filter(
        (pl.col("source") == "*") & (pl.col("product_id") == "*")
    )
    paid = frames(world, 0, world.day - 1)["orders"].filter(pl.col("paid_at").dt.date() == world.date_of(festival))
    assert shop["pay_buyers"][0] == paid["customer_key"].n_unique()
