"""A practice shop in which two orders in five come back, most of them weeks later: what is read fourteen days on is what truly remains."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from benchmarks.decisions.readings import DAYS, SETTLE, carried_out, outcomes_of
from benchmarks.decisions.shops import practised

from zhanggui.costs import CostSheet
from zhanggui.numbers.product_money import product_money
from zhanggui.outcomes.books import open_books
from zhanggui.practice import World, character
from zhanggui.practice.troubles import alter
from zhanggui.units import Period

DAY = 175
LIVED = DAY + DAYS + SETTLE + 2
LIFTED = (0, 1, 2)
"""Places among the products by what they leave over."""


@pytest.fixture(scope="module")
def practice():
    """Three products' conversion is lifted by six tenths on day 175; nothing else happens."""
    shop = replace(character("apparel"), visitors=2_000.0, products=16, drift=0.01, season=0.0)
    world = World(shop, 2, history=DAY, troubles=[], quiet=True)
    world.live(DAY)
    world.left = world.copy()
    for product in largest(world):
        alter(world.state, DAY, product, "image", [("page", 1.6)], "ledger", logged=False)
    for each in (world, world.left):
        each.live(LIVED - DAY)
    with practised("apparel", 2, history=LIVED, world=world) as found:
        yield found


def largest(world: World) -> list[int]:
    order = np.argsort(-np.sum(world.books.expected[DAY - DAYS : DAY], axis=0))
    return [int(order[place]) for place in LIFTED]


def books_left(practice, costs: CostSheet, oldest: int) -> float:
    """Contribution of the twelve weeks before the change by the books."""
    shop, world = practice.shop, practice.world
    period = Period(world.date_of(0), world.date_of(LIVED - 1))
    money = product_money(shop.warehouse, period, config=shop.config, clock=shop.clock, costs=costs)
    return float(open_books(money, oldest, costs).contribution[:, DAY - 84 : DAY].sum())


def truly_left(world: World) -> float:
    """What the same orders leave once every refund has come, whenever that is; the share of goods that are spoiled as it is on average."""
    terms, cents = world.terms, 0.0
    for sold in world.sold[DAY - 84 : DAY]:
        back, all_back, came = sold.refund_day >= 0, sold.before, (sold.refund_day >= 0) & ~sold.kept_goods
        goods = sold.cost * sold.units
        refunds = (sold.paid * back + sold.extra_paid * all_back).sum()
        goods_back = (goods * came + sold.extra_cost * all_back).sum()
        spoiled = terms.unsellable * (goods * (came & ~all_back)).sum()
        returns = 100 * (terms.return_freight + terms.handling) * (came & ~all_back).sum()
        sent = ((100 * terms.freight + sold.box) * (sold.shipped >= 0)).sum()
        paid = (sold.paid + sold.extra_paid - sold.fee - sold.commission - goods - sold.extra_cost).sum()
        cents += float(paid - refunds + goods_back - spoiled - returns - sent)
    spent = sum(float(seen.ad_cost.sum() + seen.feed_cost.sum()) for seen in world.seen[DAY - 84 : DAY])
    return (cents - spent) / 100


def test_the_books_leave_what_truly_remains_whichever_age_of_refunds_they_count(practice):
    costs, truth = practice.shop.costs, truly_left(practice.world)
    assert books_left(practice, costs, SETTLE) == pytest.approx(truth, rel=0.03)
    assert books_left(practice, costs, 40) == pytest.approx(truth, rel=0.03)
    without = CostSheet({name: rows for name, rows in costs.entries.items() if name != "refund"})
    assert books_left(practice, without, SETTLE) > 1.1 * truth


def test_the_effects_that_are_read_hold_the_truth(practice):
    world = practice.world
    past = [carried_out(world, product, DAY - 1) for product in largest(world)]
    outcomes = outcomes_of(practice, past)
    assert [outcome.left_out for outcome in outcomes] == [()] * 3
    truth = [_true(world, product) for product in largest(world)]
    for true, outcome in zip(truth, outcomes, strict=True):
        assert outcome.design == "synthetic_control"
        assert outcome.low <= true <= outcome.high
    assert sum(outcome.effect for outcome in outcomes) == pytest.approx(sum(truth), rel=0.35)
    assert outcomes[0].read_on >= past[0].stop_on + timedelta(days=SETTLE)


def _true(world: World, product: int) -> float:
    days = slice(DAY, DAY + DAYS)
    both = (sum(float(day[product]) for day in each.books.expected[days]) for each in (world, world.left))
    return 7 / DAYS * (next(both) - next(both))
