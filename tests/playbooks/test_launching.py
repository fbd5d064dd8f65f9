"""O4: new products tested beside each other by those who do not know the shop, and the gate to events and advertising."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import Facts
from zhanggui.methods.best_arm import Normal
from zhanggui.playbooks.kinds import Finding, Situation, Verdict
from zhanggui.playbooks.launching import choosing, launch_test


def test_the_value_of_choosing_is_the_best_less_the_mean_times_visitors() -> None:
    beliefs = [Normal(0.8, 0.3), Normal(0.8, 0.3)]
    # E[max of two] − mean = σ ÷ √π
    assert choosing(beliefs, 1000, 20).mean() == pytest.approx(1000 * 0.3 / np.pi**0.5 - 20, abs=1)
    assert choosing([Normal(0.5, 1e-9), Normal(0.5, 1e-9)], 1000, 20).mean() == pytest.approx(-20, abs=0.1)


def arm(product: str, visitors: float, orders: float, old: float = 0.0, **more: Any) -> dict[str, Any]:
    return {
        "product_id": product,
        "visitors": visitors,
        "orders": orders,
        "old_orders": old,
        "units": orders,
        "gross": 100 * orders,
        **more,
    }


def name(product: str, listed: int = 8, **more: Any) -> dict[str, Any]:
    day = DAY - timedelta(days=listed)
    return {"product_id": product, "name": product, "listed_day": day, "price": 100.0, "cost": 50.0, **more}


USUAL = [{"product_id": "Z", "age": age, "visitors": 400.0, "pay_buyers": 10.0} for age in range(28)]


def shop(*arms: dict[str, Any], names: list[dict[str, Any]] | None = None, **more: Any) -> Situation:
    frames: dict[str, Any] = {
        "launches": list(arms),
        "product_names": names or [name(str(each["product_id"])) for each in arms],
        "product_diary": USUAL,
    }
    return situation(costs={"per_order": {"freight": 6}}, **{**frames, **more})


def judged(here: Situation) -> Verdict:
    verdict = launch_test(here)
    for action in verdict.actions:
        guards.check(action, facts=Facts(day=DAY + timedelta(days=1)))
    return verdict


def first(verdict: Verdict) -> Finding:
    return verdict.findings[0]


def test_new_products_get_shares_by_what_is_believed_of_each_none_below_a_tenth() -> None:
    verdict = judged(shop(arm("A", 300, 12), arm("B", 300, 8), arm("C", 300, 1)))
    (action,) = verdict.actions
    assert action.kind == "test_launch"
    assert action.draft is not None
    shares = {row["product_id"]: row["share"] for row in action.draft.rows}
    assert sum(shares.values()) == pytest.approx(1, abs=0.02)
    assert min(shares.values()) >= 0.1
    assert shares["A"] > shares["C"]
    assert action.gain is not None
    assert action.gain.profit > 0
    found = first(verdict)
    assert found.words.params["product"] == "A"
    assert 0.5 < found.words.params["sure"].value < 1
    assert found.because is not None
    assert found.because.key == "rules_events.launch.noise"


def test_who_bought_here_before_counts_for_nothing() -> None:
    verdict = judged(shop(arm("A", 300, 20, old=18), arm("B", 300, 9)))
    assert first(verdict).words.params["product"] == "B"


def test_what_is_put_into_the_cart_speaks_before_orders_do() -> None:
    carts = [{**row, "cart_base": 400.0, "cart_visitors": 40.0} for row in USUAL]
    young = [arm("A", 80, 1, carts=3), arm("B", 80, 1, carts=20)]
    assert first(judged(shop(*young, product_diary=carts))).words.params["product"] == "B"


def test_after_two_weeks_or_where_one_day_more_costs_more_than_it_tells_it_is_over() -> None:
    arms = [arm("A", 3000, 90), arm("B", 3000, 90)]
    old = [name("A", 15), name("B", 15)]
    assert not judged(shop(*arms, names=old)).actions
    clear = [arm("A", 3000, 200), arm("B", 3000, 10)]
    assert not judged(shop(*clear)).actions
    assert judged(shop(*arms)).actions


def test_one_new_product_or_few_visitors_are_no_test() -> None:
    assert not judged(shop(arm("A", 300, 12))).actions
    assert not judged(shop(arm("A", 300, 12), arm("B", 300, 2), product_diary=[])).actions
    old = [name("A", 31), name("B", 8)]
    assert not judged(shop(arm("A", 300, 12), arm("B", 300, 2), names=old)).actions


def test_without_costs_nothing_is_tested() -> None:
    names = [{**name(product), "cost": None} for product in "AB"]
    assert not judged(shop(arm("A", 300, 12), arm("B", 300, 2), names=names)).findings


def test_what_is_not_worth_its_clicks_after_three_hundred_visitors_is_named() -> None:
    ads = [{"platform": "p", "campaign": "c", "product_id": "*", "age": 1, "cost": 90.0, "clicks": 100}]
    verdict = judged(shop(arm("A", 400, 16), arm("B", 400, 1), ad_plans=ads))
    found = first(verdict)
    assert found.because is not None
    assert found.because.params["names"] == ["B"]
    few = first(judged(shop(arm("A", 200, 8), arm("B", 200, 0), ad_plans=ads)))
    assert few.because is not None
    assert few.because.key == "rules_events.launch.noise"


def gate(**more: Any) -> Finding:
    stock = [{"product_id": "A", "sku": "*", "day": DAY, "on_hand": more.pop("on_hand", 200.0), "inbound": 0.0}]
    row = arm("A", 1500, 45, **more)
    return first(judged(shop(row, names=[name("A", more.get("listed", 20))], stock=stock)))


def test_thirty_orders_a_margin_stock_and_a_rating_open_the_gate() -> None:
    assert gate().words.key == "rules_events.launch.next"
    short = gate(on_hand=20.0)
    assert short.words.key == "rules_events.launch.waits"
    assert [words.key.rpartition(".")[2] for words in short.words.params["lacks"]] == ["stock"]
    poor = gate(reviews=10.0, low_reviews=5.0)
    assert poor.words.key == "rules_events.launch.next"  # without reviews of others there is nothing to compare with


def test_refunds_must_have_come_in_and_fewer_orders_open_nothing() -> None:
    young = first(judged(shop(arm("A", 1500, 45), names=[name("A", 10)])))
    assert {words.key.rpartition(".")[2] for words in young.words.params["lacks"]} == {"refunds", "stock"}
    assert not judged(shop(arm("A", 1500, 29), names=[name("A", 20)])).findings
