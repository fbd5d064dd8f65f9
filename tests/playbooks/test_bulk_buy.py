"""A larger lot for less: what it saves against what is left over."""

from __future__ import annotations

import numpy as np
import pytest

from zhanggui.app.buying import lot_of
from zhanggui.errors import BadValue
from zhanggui.methods.counts import Demand
from zhanggui.playbooks.bulk_buy import Lot, best, saving

PACE = Demand(11.0, 2.0)


def test_it_is_what_drawn_demands_give() -> None:
    chance = np.random.default_rng(1)
    demand = chance.poisson(chance.gamma(11.0, 2.0 / 11.0, 200_000) * 180)
    lot = Lot(400, 9.0)
    sold = np.minimum(demand, 400)
    drawn = sold * 1.0 - (400 - sold) * 9.0 * 0.7
    found = saving(lot, 10.0, PACE, 180, 0.3, 0.0)
    assert found.saves == pytest.approx(float(drawn.mean()), rel=0.03, abs=5)
    assert found.chance == pytest.approx(float((drawn > 0).mean()), abs=0.01)
    assert found.left == pytest.approx(float((400 - sold).mean()), rel=0.02)
    assert (found.low, found.high) == (
        pytest.approx(np.quantile(drawn, 0.1), abs=15),
        pytest.approx(np.quantile(drawn, 0.9), abs=15),
    )


def test_a_lot_that_surely_sells_saves_its_discount_less_the_money_bound() -> None:
    found = saving(Lot(50, 9.0), 10.0, Demand(1e9, 2.0), 180, 0.3, 0.12)
    bound = 50 / 2 * 25 / 365 * 9.0 * 0.12
    assert found.saves == pytest.approx(50 - bound, rel=0.02)
    assert found.chance == pytest.approx(1)


def test_the_larger_lot_is_not_taken_for_its_lower_price_alone() -> None:
    savings = [saving(lot, 10.0, PACE, 180, 0.3, 0.12) for lot in (Lot(200, 9.4), Lot(2000, 8.0))]
    assert savings[1].saves < 0 < savings[0].saves
    assert best(savings) is savings[0]


def test_a_lot_at_no_lower_cost_never_pays() -> None:
    found = saving(Lot(200, 10.0), 10.0, PACE, 180, 0.3, 0.12)
    assert found.even is None
    assert best([found]) is None


@pytest.mark.parametrize("typed", ["500", "500@", "@3", "-5@3", "many@2", "5@0", "inf@2"])
def test_what_is_no_lot_is_refused(typed: str) -> None:
    with pytest.raises(BadValue):
        lot_of(typed)
