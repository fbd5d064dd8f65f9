"""P1: orders below cash cost, prices that offers let fall below it, products that lose after refunds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import facts_from
from zhanggui.actions.kinds import NOTHING_YET, Past, Standing
from zhanggui.playbooks.below_cash import sells_below_cash
from zhanggui.playbooks.kinds import Situation, Verdict

SHEET = {
    "per_order": {"freight": 8.0},
    "share": {"fees": 0.05},
    "refund": {"freight": 6, "handling": 2, "unsellable": 0.1},
}


def below(loss_orders: int = 6, paid: float = 49.9, cost: float = 53.1, **more: Any) -> dict[str, Any]:
    """A product of twenty orders, some of them paid less than they cost."""
    return {
        "product_id": "P",
        "orders": 20,
        "units": 20.0,
        "gross": 1200.0,
        "skus": 1,
        "others": 0,
        "others_gross": 0.0,
        "costed": 20,
        "costed_units": 20.0,
        "costed_gross": 1200.0,
        "costed_listed": 1300.0,
        "costed_cost": 1000.0,
        "goods_orders": loss_orders if paid < cost else 0,
        "loss_orders": loss_orders,
        "loss_units": float(loss_orders),
        "loss_gross": loss_orders * paid,
        "loss_listed": loss_orders * 60.0,
        "loss_cost": loss_orders * cost,
        "loss_freight": 0.0,
        "loss_skus": 1,
        "loss_sku": "",
        **more,
    }


def judged(here: Situation) -> Verdict:
    """What the rule says; everything it proposes passes the guards."""
    verdict = sells_below_cash(here)
    facts = facts_from(here.frames["happenings"].iter_rows(named=True), DAY + timedelta(days=1), NOTHING_YET)
    for action in verdict.actions:
        guards.check(action, facts=facts)
    return verdict


def test_orders_paid_below_the_goods_cost_are_a_certain_leak() -> None:
    verdict = judged(situation(below_cash=[below()]))
    (finding,) = verdict.findings
    assert finding.kind == "arithmetic"
    assert finding.alert == "urgent"
    assert finding.size == pytest.approx(-6 * 3.2 / 4)
    assert finding.words.key == "rules.sells_below_cash.goods"
    assert finding.words.params["paid"].value == pytest.approx(49.9)
    assert finding.where == {"product_id": "P"}


def test_ending_a_loss_is_counted_and_needs_no_proof() -> None:
    (action,) = judged(situation(below_cash=[below()])).actions
    assert action.gain is not None
    assert action.gain.counted
    assert action.gain.profit == pytest.approx(6 * 3.2 / 4)
    assert action.proved
    assert action.measure is not None
    assert action.measure.design == "counted"


def test_fees_of_the_cost_sheet_make_the_leak_larger() -> None:
    (finding,) = judged(situation(below_cash=[below()], costs={"share": {"fees": 0.05}})).findings
    assert finding.size == pytest.approx(-6 * (53.1 - 49.9 * 0.95) / 4)


def test_a_deeper_discount_than_usual_is_taken_out_of_the_offer() -> None:
    offer = {"name": "m1", "kind": "promotion", "day": DAY, "until": DAY, "products": "P", "what": "full reduction"}
    (action,) = judged(situation(below_cash=[below(cost=55.0)], happenings=[offer])).actions
    assert action.kind == "take_out_of_offer"
    assert action.reason is not None
    assert action.reason.key == "rules_products.below_cash.because.offer"
    assert action.draft is not None
    assert list(action.draft.rows) == [{"product_id": "P", "promotion_id": "m1"}]


def test_one_size_that_loses_has_a_wrong_price() -> None:
    row = below(loss_listed=6 * 49.9, skus=3, loss_sku="L")
    (action,) = judged(situation(below_cash=[row])).actions
    assert action.kind == "step_price"
    assert action.where == {"product_id": "P", "sku": "L"}
    assert action.draft is not None
    assert action.draft.rows[0]["price"] == pytest.approx(53.1)


def test_goods_that_pay_but_not_their_freight_are_sold_from_more_units_on() -> None:
    row = below(paid=12.0, cost=9.0, loss_listed=6 * 12.0, loss_freight=6 * 8.0, goods_orders=0)
    verdict = judged(situation(below_cash=[row], costs=SHEET))
    assert verdict.findings[0].words.key == "rules_products.below_cash.cash"
    assert verdict.findings[0].size == pytest.approx(-6 * (9 + 8 - 12 * 0.95) / 4)
    (action,) = verdict.actions
    assert action.kind == "minimum_quantity"
    assert action.words.params["units"].value == 4  # 4 × (12 × .95 − 9) = 9.6 covers 8 of freight, 3 do not


def test_a_price_that_fees_eat_is_stepped_to_where_it_covers() -> None:
    row = below(paid=54.0, cost=53.1, loss_listed=6 * 54.0, goods_orders=0)
    (action,) = judged(situation(below_cash=[row], costs=SHEET)).actions
    assert action.kind == "step_price"
    assert action.reason is not None
    assert action.reason.key == "rules_products.below_cash.because.fees"
    assert action.words.params["price"].value == pytest.approx(55.9)  # 53.1 ÷ .95


def test_no_leak_is_said_when_every_order_covers_its_cost() -> None:
    verdict = judged(situation(below_cash=[below(loss_orders=0)]))
    assert not verdict.findings
    assert not verdict.actions


def promotion(name: str, start: date = DAY + timedelta(days=2), **terms: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "promotion",
        "day": start,
        "until": start + timedelta(days=3),
        "products": "C310",
        "what": name,
    } | terms


STACKED = [
    promotion("day price", price=99.0, stackable=True),
    promotion("shop coupon", discount=10.0, threshold=90.0, stackable=True),
    promotion("full reduction", discount=30.0, threshold=297.0, stackable=True),
]


def announced(*offers: dict[str, Any], **more: Any) -> Situation:
    names = [{"product_id": "C310", "name": "C310", "price": 129.0, "cost": 75.0}]
    row = {**below(loss_orders=0), "product_id": "C310"}
    return situation(below_cash=[row], product_names=names, happenings=list(offers), costs=SHEET, **more)


def test_offers_that_together_go_below_cash_are_due_before_they_start() -> None:
    verdict = judged(announced(*STACKED))
    (finding,) = verdict.findings
    assert finding.words.key == "rules_products.below_cash.reach"
    assert finding.words.params["price"].value == pytest.approx(99 - 10 - 30 * 99 / 297)
    assert finding.words.params["cost"].value == pytest.approx(75 + 8 * 79 / 297 + 0.05 * 79)
    assert not [due for due in verdict.due if due.by != "2026-09-16"]


def test_a_reachable_price_below_cash_is_taken_out_of_the_offers_that_stack() -> None:
    dear = [*STACKED[:2], promotion("full reduction", discount=60.0, threshold=297.0, stackable=True)]
    verdict = judged(announced(*dear))
    (action,) = verdict.actions
    assert action.kind == "take_out_of_offer"
    assert [row["promotion_id"] for row in action.draft.rows] == ["day price", "full reduction", "shop coupon"]  # type: ignore[union-attr]
    assert action.gain is not None
    assert action.gain.counted
    assert verdict.due[0].by == "2026-09-16"


def test_offers_that_cannot_be_used_together_do_not_add_up() -> None:
    alone = [{**offer, "stackable": False} for offer in STACKED]
    assert not judged(announced(*alone)).findings


def test_an_offer_that_has_ended_reaches_nobody() -> None:
    past = [
        promotion(o["name"], DAY - timedelta(days=9)) | {k: v for k, v in o.items() if k not in ("day", "until")}
        for o in STACKED
    ]
    assert not judged(announced(*past)).findings


def sold(product: str, orders: int, price: float) -> list[dict[str, Any]]:
    """Eight weeks of even sales."""
    return [
        {"product_id": product, "age": age, "orders": orders / 56, "units": orders / 56, "gross": orders * price / 56}
        for age in range(56)
    ]


def returning(share: float, orders: int = 400) -> dict[str, list[dict[str, Any]]]:
    """A shop of which this share is refunded after shipment, known for long."""
    old = [{"cohort": 20, "age": -1, "amount": 100_000.0, "refunds": 1000.0}]
    old.append({"cohort": 20, "age": 10, "amount": 100_000.0 * share, "refunds": 1000.0 * share, "early": 0.0})
    rows = [
        {"product_id": "P", "window": w, "orders": orders, "refunded": round(orders * share), "refunds": 0.0}
        for w in (0, 1)
    ]
    return {"refund_ages": old, "product_refunds": rows}


def long_run(share: float, *, notes: list[dict[str, Any]] | None = None, **row: Any) -> Situation:
    names = [{"product_id": "P", "name": "Boot", "price": 60.0, "cost": 40.0}]
    rows = [below(loss_orders=0, orders=200, units=200.0, gross=12_000.0, **row)]
    return situation(
        below_cash=rows,
        product_names=names,
        product_diary=sold("P", 400, 60.0),
        annotated_days=notes or [],
        costs={**SHEET, "goods": {"*": 0.6}},
        **returning(share),
    )


def test_a_product_that_loses_after_refunds_is_stepped_or_stopped() -> None:
    verdict = judged(long_run(0.4))
    (finding,) = verdict.findings
    assert finding.kind == "state"
    assert finding.words.key == "rules_products.below_cash.long_run"
    assert finding.size == pytest.approx(50 * (0.6 * (57 - 40 - 8) - 0.4 * (8 + 6 + 2 + 4)), rel=0.05)
    (action,) = verdict.actions
    assert action.kind in ("step_price", "stop_selling")
    assert action.gain is not None
    assert action.gain.profit > 0
    assert not action.gain.counted
    assert not action.proved


def test_a_step_beats_stopping_where_it_makes_the_order_pay() -> None:
    (action,) = judged(long_run(0.4)).actions
    assert action.kind == "step_price"
    (action,) = judged(long_run(0.75)).actions
    assert action.kind == "stop_selling"


def test_a_product_that_pays_after_refunds_is_left_alone() -> None:
    assert not judged(long_run(0.1)).findings


def test_nine_orders_tell_nothing_of_the_long_run() -> None:
    here = long_run(0.4)
    rows = [{**row, "orders": 9} for row in here.frames["below_cash"].to_dicts()]
    assert not judged(
        situation(
            **{**{k: v.to_dicts() for k, v in here.frames.items()}, "below_cash": rows},
            costs={**SHEET, "goods": {"*": 0.6}},
        )
    ).findings


def test_a_declared_leader_whose_baskets_pay_is_left_alone() -> None:
    note = [{"day": DAY, "target": "P", "text": "引流款,別動"}]
    baskets = {"others": 180, "others_gross": 200 * 80.0}
    assert judged(long_run(0.6, **baskets)).findings
    assert not judged(long_run(0.6, notes=note, **baskets)).findings
    assert judged(long_run(0.6, notes=note)).findings


def test_advertising_of_what_loses_is_stopped_for_its_cost_at_least() -> None:
    here = long_run(0.75)
    ads = [{"platform": "p", "campaign": "c", "product_id": "P", "age": age, "cost": 10.0} for age in range(28)]
    frames = {name: frame.to_dicts() for name, frame in here.frames.items()} | {"ad_plans": ads}
    verdict = judged(situation(**frames, costs={**SHEET, "goods": {"*": 0.6}}))
    stop = next(action for action in verdict.actions if action.kind == "stop_advertising")
    assert stop.gain is not None
    assert stop.gain.profit == pytest.approx(70)
    assert stop.gain.counted


def test_without_costs_the_break_even_is_said_instead_of_silence() -> None:
    prices = [
        {"product_id": "P", "window": 0, "orders": 9, "units": 9.0, "gross": 690.0, "listed": 1000.0, "price": 69.0}
    ]
    verdict = judged(situation(paid_prices=prices))
    assert not verdict.findings
    assert not verdict.actions
    (locked,) = verdict.locked
    assert locked.needs == "costs"
    assert locked.words.key == "rules.sells_below_cash.break_even"
    assert locked.words.params["kept"].value == pytest.approx(0.69)
    assert locked.words.params["point"].value == 50


OFFER = {"name": "m1", "kind": "promotion", "day": DAY, "until": DAY, "products": "P", "what": "full reduction"}
SOLD = [{"product_id": "P", "age": age, "orders": 5, "units": 5.0, "gross": 300.0} for age in range(28)]


def stacked(paid: float = 52.0, **more: Any) -> Situation:
    """A product of 100 that costs 50, in four weeks paid 52 in forty of sixty orders: a small loss for each with its freight."""
    row = below(40, paid, 50.0, orders=60, units=60.0, gross=4080.0, costed_gross=4080.0, costed_listed=6000.0)
    row |= {"loss_listed": 4000.0, "loss_freight": 40 * 3.0, "goods_orders": 0}
    costs = {"goods": {"*": 0.5}, "per_order": {"freight": 3.0}, "refund": {"freight": 6}}
    names = [{"product_id": "P", "cost": 50.0}]
    frames = {"below_cash": [row], "happenings": [OFFER], "product_diary": SOLD, "product_names": names}
    return situation(**{"costs": costs, **frames, **more})


def test_a_small_loss_hides_what_the_product_would_earn_at_its_usual_price() -> None:
    """One a unit is lost, ten a week: below the floor. At 100 it would be bought by (100 ÷ 52)^−2.6 of ten a week, and leave 47 each."""
    (action,) = judged(stacked()).actions
    assert action.kind == "take_out_of_offer"
    assert action.gain is not None
    assert not action.gain.counted
    assert action.gain.profit == pytest.approx(10 + 10 * 47 * (100 / 52) ** -2.6, rel=0.25)
    assert action.measure is not None
    assert action.measure.design == "synthetic_control"
    (counted,) = judged(stacked(floor=5.0)).actions
    assert counted.gain is not None
    assert counted.gain.counted
    assert counted.gain.profit == pytest.approx(10)


def test_losing_orders_from_before_the_offer_was_ended_ask_for_nothing_more() -> None:
    done = Past(
        "a", "products", "sells_below_cash", "take_out_of_offer", {"product_id": "P"}, "done", DAY,
        done_on=DAY - timedelta(days=10),
    )  # fmt: skip
    over, still = ([row | {"gross": 5 * price} if row["age"] < 10 else row for row in SOLD] for price in (100.0, 50.0))
    assert not judged(replace(stacked(product_diary=over), standing=Standing((done,)))).actions
    assert judged(replace(stacked(product_diary=still), standing=Standing((done,)))).actions
