"""What is offered to a practice shop or begun by it: each has its price, and earns or loses by what the shop really is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zhanggui.practice import CASES, Event, Move, Trouble, World, character, frames
from zhanggui.practice.events import LACKING_DAYS

SHOP = replace(character("tea"), visitors=1500, products=8, substitution=0.0, waiting=3, refund_after=0.1)
EVENT = Event("e", 1, 20, 32, 40, 3, 70.0, 100.0, 2.5, 0.3, 2.0)


def shop(*troubles: Trouble, events: tuple[Event, ...] = (), lived: int = 30) -> World:
    world = World(SHOP, 4, troubles=troubles, events=events, quiet=True, history=60)
    world.mean(lived)
    return world


def join(answer: str = "join") -> Move:
    return Move("answer_event", {"campaign": "e"}, ({"promotion_id": "e", "answer": answer},))


def days_of(world: World, move: Move | None, days: int) -> World:
    """The world after so many days by their means, with a move done this morning."""
    other = world.copy()
    if move is not None:
        assert other.apply(move).taken
    other.mean(days)
    return other


def expected(world: World, product: int) -> np.ndarray:
    return np.array([float(day[product]) for day in world.books.expected])


@pytest.fixture(scope="module")
def invited() -> World:
    return shop(events=(replace(EVENT, price=float(np.round(0.75 * shop(lived=0).assortment.price[1]))),))


def test_an_event_nobody_joins_changes_nothing_and_one_declined_neither(invited: World) -> None:
    left, declined = days_of(invited, None, 40), days_of(invited, join("decline"), 40)
    assert left.reckoning(0) == declined.reckoning(0)
    assert left.reckoning(0) == days_of(shop(), None, 40).reckoning(0)


def test_an_event_sells_many_and_the_three_weeks_after_lack_its_share_of_them() -> None:
    """Counted person by person, in a shop large enough that chance hardly shows."""
    large = replace(SHOP, visitors=9_000, products=4, waiting=0)
    price = float(np.round(0.8 * World(large, 4, troubles=[], history=60).assortment.price[1]))
    sold = []
    for joined in (False, True):
        event = replace(EVENT, price=price, joined=joined)
        world = World(large, 4, troubles=[], events=(event,), quiet=True, history=60)
        world.live(40 + 3 + LACKING_DAYS + 3)
        sold.append(np.array([int((day.product == 1).sum()) for day in world.sold]))
    more = sold[1] - sold[0]
    extra, missing, later = more[40:43].sum(), -more[43 : 43 + LACKING_DAYS].sum(), more[43 + LACKING_DAYS :]
    assert extra > 2 * sold[0][40:43].sum()
    assert missing / extra == pytest.approx(EVENT.pulled, abs=0.04)
    assert not more[:40].any()
    assert abs(later.sum()) < 0.1 * missing


def test_buyers_of_an_event_change_their_mind_more_often(invited: World) -> None:
    joined = days_of(invited, join(), 10)
    calm = joined.state.haste.copy()
    joined.mean(1)
    assert calm.tolist() == [1.0] * len(calm)
    assert joined.state.haste[1] == EVENT.returns


def test_its_fee_is_booked_on_its_first_day_and_too_late_an_answer_joins_nothing(invited: World) -> None:
    joined = days_of(invited, join(), 12)
    assert joined.reckoning(40, 40).lines["offers"] == EVENT.fee
    late = days_of(invited, None, 3)
    assert not late.apply(join()).taken


def test_whether_an_event_pays_is_a_matter_of_its_price(invited: World) -> None:
    usual = float(invited.assortment.price[1])
    gains = []
    for share in (0.93, 0.6):
        invited.state.events[0] = replace(invited.state.events[0], price=round(share * usual))
        gains.append(invited.effect(join(), 40).per_week)
    assert gains[0] > 0 > gains[1]


def test_the_files_announce_an_event_and_keep_the_one_that_was_joined() -> None:
    for joined, until in ((False, 32), (True, 50)):
        world = shop(events=(replace(EVENT, joined=joined),), lived=0)
        world.live(51)
        told = [day for day in (19, 20, 32, 33, 50) if "promotions" in frames(world, day, day)]
        assert told == [day for day in (20, 32, 33, 50) if day <= until]
    row = frames(world, 30, 30)["promotions"].row(0, named=True)
    assert (row["product_ids"], row["price"], row["fee"]) == ("P002", 70.0, 100.0)
    assert row["starts_at"].date() == world.date_of(40)
    assert row["ends_at"].date() == world.date_of(42)
    assert row["answer_by"].date() == world.date_of(32)


def test_bought_visits_win_back_part_of_a_place_in_search_and_the_rest_is_lost() -> None:
    hurt = shop(Trouble("outbid", 1, 20, 0.5))
    fed = days_of(hurt, Move("feed_traffic", {"product_id": "P002"}, ({"product_id": "P002", "share": 0.8},)), 20)
    left = days_of(hurt, None, 20)
    assert left.state.place[1] == 0.5
    assert fed.state.place[1] == pytest.approx(1 - (1 - hurt.assortment.climb[1]) * 0.5, abs=0.02)
    assert (fed.state.place[[0, 2, 3]] == 1).all()


def test_a_niche_pays_for_the_slots_it_takes_and_an_ordinary_word_does_not() -> None:
    world = shop(Trouble("niche", 1, 0, 2.2))
    rates = world.assortment.rate.mean(axis=1) * (world.state.price - world.state.cost)
    poor = int(np.argmin(rates[:8])) + 1
    niche, ordinary = (Move("record_positioning", {"keyword": f"tea {word}"}) for word in (2, poor))
    assert world.effect(niche, 28).per_week > 0 > world.effect(ordinary, 28).per_week
    assert not world.copy().apply(Move("record_positioning", {"segment": "regulars"})).taken


def test_goods_outside_the_range_are_unknown_until_they_are_added_and_then_go_along_with_few_orders() -> None:
    world = shop(lived=0)
    world.live(15)
    assert frames(world, 0, 14)["products"].height == SHOP.products
    assert world.apply(Move("add_products", {"category": "new"})).taken
    world.live(25)
    told = frames(world, 15, 39)
    assert told["products"].height == SHOP.products + SHOP.waiting
    lines = told["order_lines"]
    new = lines.filter(lines["product_id"].is_in(world.names[SHOP.products :]))
    orders = sum(day.count for day in world.sold[15:])
    assert new.height / orders == pytest.approx(world.assortment.takes_new, abs=0.015)
    assert not world.apply(Move("add_products", {"category": "new"})).taken


def test_a_pair_shown_together_is_taken_a_little_more_often_once() -> None:
    world = shop(Trouble("companions", 1, 0, 0.3, other=2))
    pair = Move("bundle", {"product_id": "P002"}, ({"product_id": "P002", "to_product_id": "P003"},))
    assert world.effect(pair, 28).per_week > 0
    assert world.apply(pair).taken
    assert not world.apply(pair).taken


def test_a_gift_most_get_anyway_costs_more_than_it_brings_and_a_higher_threshold_less() -> None:
    world = shop(Trouble("dear_gift", 0, 5, 0.8), lived=0)
    world.live(30)
    now = world.state.thresholds[-1]
    higher, none = (Move("gift_threshold", {}, ({"before": now.at, "after": after},)) for after in (2 * now.at, None))
    assert world.effect(none, 28).per_week > 0
    assert world.effect(higher, 28).per_week > 0
    reached = sum(int((day.paid + day.extra_paid >= 100 * now.at).sum()) for day in world.sold[5:])
    assert world.reckoning(0).lines["offers"] == pytest.approx(reached * now.gift)
    assert frames(world, 0, 29)["promotions"].row(0, named=True)["threshold"] == now.at


def test_a_member_day_brings_past_buyers_partly_out_of_the_days_after_and_gives_goods_away() -> None:
    world = shop(lived=0)
    world.live(25)
    day = world.date_of(28)
    with_it, without = world.copy(), world.copy()
    row = {"day": day.isoformat(), "product_id": "P004"}
    assert with_it.apply(Move("member_day", {}, (row,))).taken
    with_it.live(12)
    without.live(12)
    came = [sum(int(seen.visitors[:, 2].sum()) for seen in one.seen[28:29]) for one in (with_it, without)]
    after = [sum(int(seen.visitors[:, 2].sum()) for seen in one.seen[29:35]) for one in (with_it, without)]
    assert came[0] > came[1]
    assert after[0] < after[1]
    given = with_it.sold[28]
    free = (given.extra == 3) & (given.extra_paid == 0)
    assert free.any()
    assert not ((without.sold[28].extra >= 0) & (without.sold[28].extra_paid == 0)).any()


def test_visitors_of_new_listings_are_worth_most_where_the_better_one_gets_them() -> None:
    world = shop(Trouble("launch", 1, 10, 0.8), lived=12)
    new = np.arange(SHOP.products, SHOP.products + SHOP.waiting)
    worth = (world.assortment.rate.mean(axis=1) * (world.state.price - world.state.cost))[new]

    def mostly(chosen: int) -> Move:
        rows = ({"product_id": world.names[p], "share": 0.5 if p == chosen else 0.25} for p in new)
        return Move("test_launch", {}, tuple(rows))

    best, worst = int(new[np.argmax(worth)]), int(new[np.argmin(worth)])
    assert world.effect(mostly(best), 10).per_week > world.effect(mostly(worst), 10).per_week


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_lives_with_what_is_planted_in_it(case: object) -> None:
    world = World(case, 1, history=42, weeks=2)  # type: ignore[arg-type]
    world.mean(56)
    assert {trouble.cause for trouble in world.troubles} >= set(world.character.cases)
    assert bool(world.state.events) == bool(world.character.events)
