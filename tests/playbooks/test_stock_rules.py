"""P3: what runs out before more arrives, size by size; the order, and what is done until it comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from drawn.situation import DAY, situation
from zhanggui.actions import guards
from zhanggui.actions.facts import Facts
from zhanggui.actions.kinds import Action
from zhanggui.playbooks.kinds import Situation, Verdict
from zhanggui.playbooks.stock import stock_out

COSTS = {"goods": {"*": 0.5}}


def sold(product: str = "A", year: float = 16_000) -> dict[str, Any]:
    first = DAY - timedelta(days=300)
    return {
        "product_id": product,
        "first_day": first,
        "last_day": DAY,
        "orders": 400,
        "gross": year,
        "gross_year": year,
    }


def shelf(on_hand: float, product: str = "A", sku: str = "*", inbound: float = 0.0) -> dict[str, Any]:
    return {"product_id": product, "sku": sku, "day": DAY, "on_hand": on_hand, "inbound": inbound}


def named(product: str = "A", **told: Any) -> dict[str, Any]:
    return {
        "product_id": product,
        "name": "White cup",
        "category": "cups",
        "cost": 20.0,
        "price": 56.0,
        "lead_days": 10.0,
    } | told


def stocked(on_hand: float, **told: Any) -> dict[str, list[dict[str, Any]]]:
    """A cup that sells 1.1 a day at 56, costs 20, and takes ten days to come."""
    diary = [{"product_id": "A", "age": age, "orders": 1.1, "units": 1.1, "gross": 1.1 * 56} for age in range(84)]
    return {
        "stock": [shelf(on_hand)],
        "product_names": [named(**told)],
        "product_last_sales": [sold()],
        "product_diary": diary,
    }


def judged(here: Situation) -> Verdict:
    verdict = stock_out(here)
    for action in verdict.actions:
        guards.check(action, facts=Facts(day=DAY + timedelta(days=1)))
    return verdict


def of_kind(verdict: Verdict, kind: str) -> Action:
    (found,) = [action for action in verdict.actions if action.kind == kind]
    return found


def test_stock_that_likely_ends_before_the_supplier_delivers_is_a_state_with_its_chance() -> None:
    (finding,) = judged(situation(**stocked(9), costs=COSTS)).findings
    assert finding.kind == "state"
    assert finding.alert == "today"
    assert finding.words.key == "rules.stock_out.one"
    assert finding.words.params["chance"].value == pytest.approx(0.63, abs=0.05)
    assert finding.size < 0


def test_the_order_says_what_it_brings_and_what_it_cannot_save() -> None:
    order = of_kind(judged(situation(**stocked(9), costs=COSTS)), "order_stock")
    assert order.gain is not None
    assert 0 < order.gain.low < order.gain.profit < order.gain.high
    assert order.gain.chance > 0.8
    quantity = order.words.params["quantity"].value
    assert order.cost == pytest.approx(20 * quantity)
    assert order.draft is not None
    assert order.draft.rows[0]["quantity"] == quantity
    assert order.reason is not None
    assert order.reason.params["lost"].value == pytest.approx(2.7, abs=0.3)
    assert order.measure is not None
    assert order.measure.design == "counted"


def test_enough_stock_is_no_news() -> None:
    verdict = judged(situation(**stocked(60), costs=COSTS))
    assert not verdict.findings
    assert not verdict.actions


def test_what_is_on_its_way_counts() -> None:
    frames = stocked(9) | {"stock": [shelf(9, inbound=40)]}
    assert not judged(situation(**frames, costs=COSTS)).findings


def test_orders_are_rounded_to_the_suppliers_lots() -> None:
    order = of_kind(judged(situation(**stocked(9, min_order=12.0), costs=COSTS)), "order_stock")
    assert order.words.params["quantity"].value % 12 == 0


def test_without_a_lead_time_it_is_asked_for_and_nothing_is_ordered() -> None:
    verdict = judged(situation(**stocked(5, lead_days=None)))
    (finding,) = verdict.findings
    assert finding.kind == "question"
    assert finding.words.key == "rules.stock_out.lead"
    assert not verdict.actions


def test_the_cost_sheets_lead_time_serves_where_the_product_has_none() -> None:
    (finding,) = judged(situation(**stocked(9, lead_days=None), costs={**COSTS, "lead_days": {"*": 10}})).findings
    assert finding.words.params["lead"].value == 10


def test_without_costs_the_order_says_from_which_margin_on_it_pays() -> None:
    order = of_kind(judged(situation(**stocked(9, cost=None))), "order_stock")
    assert order.gain is None
    assert order.break_even is not None
    assert 0 < order.break_even.params["margin"].value < 1
    assert order.reason is not None
    assert order.reason.key == "rules_products.stock.assumed"


def test_days_with_an_empty_shelf_do_not_hide_the_demand_of_the_others() -> None:
    frames = stocked(9)
    frames["product_diary"] = frames["product_diary"][28:]
    (finding,) = judged(situation(**stocked(9), costs=COSTS)).findings
    assert not judged(situation(**frames, costs=COSTS)).findings
    frames["product_diary"] += [{"product_id": "A", "age": age, "empty": 1.0} for age in range(28)]
    (again,) = judged(situation(**frames, costs=COSTS)).findings
    assert again.words.params["pace"].value == pytest.approx(finding.words.params["pace"].value, rel=0.05)


def test_the_days_of_an_event_say_nothing_of_ordinary_demand() -> None:
    frames = stocked(9)
    frames["product_diary"] = [{**row, "units": 20.0 if row["age"] < 5 else 0.3} for row in frames["product_diary"]]
    assert judged(situation(**frames, costs=COSTS)).findings
    event = {
        "name": "e",
        "kind": "promotion",
        "day": DAY - timedelta(days=4),
        "until": DAY,
        "products": "A",
        "what": "e",
    }
    assert not judged(situation(**frames, happenings=[event], costs=COSTS)).findings


def test_a_product_sold_for_less_than_two_weeks_tells_no_demand() -> None:
    frames = stocked(2) | {"product_last_sales": [{**sold(), "first_day": DAY - timedelta(days=12)}]}
    assert not judged(situation(**frames, costs=COSTS)).findings


def sizes(**out: float) -> list[dict[str, Any]]:
    """Three sizes of which M sells most; ``out``: days without stock, of each fortnight."""
    pace = {"S": 3.0, "M": 9.0, "L": 3.4}
    return [
        {
            "product_id": "A",
            "sku": s,
            "fortnight": f,
            "orders": u,
            "units": u,
            "gross": 56 * u,
            "reported": 14,
            "out": out.get(s, 0),
        }
        for s, u in pace.items()
        for f in range(4)
    ]


def test_a_size_that_ends_is_ordered_by_itself() -> None:
    frames = stocked(0) | {
        "stock": [shelf(40, sku="S"), shelf(4, sku="M"), shelf(40, sku="L")],
        "product_sizes": sizes(),
    }
    verdict = judged(situation(**frames, costs=COSTS))
    (finding,) = verdict.findings
    assert finding.words.key == "rules_products.stock.sizes_out"
    assert finding.words.params["sizes"] == ["M"]
    order = of_kind(verdict, "order_stock")
    assert [row["sku"] for row in order.draft.rows] == ["M"]  # type: ignore[union-attr]
    assert order.words.key == "rules_products.stock.order_sizes"


def test_a_size_that_was_out_sells_more_than_its_units_say() -> None:
    frames = stocked(0) | {"stock": [shelf(40, sku="S"), shelf(4, sku="M"), shelf(40, sku="L")]}
    usual = of_kind(judged(situation(**frames, product_sizes=sizes(), costs=COSTS)), "order_stock")
    missed = of_kind(judged(situation(**frames, product_sizes=sizes(M=9), costs=COSTS)), "order_stock")
    assert missed.words.params["quantity"].value > usual.words.params["quantity"].value


def test_advertising_moves_to_a_lasting_product_of_its_kind_until_the_order_arrives() -> None:
    frames = stocked(2)
    frames["stock"].append(shelf(500, "B"))
    frames["product_names"].append(named("B", name="Blue cup"))
    frames["product_diary"] += [{"product_id": "B", "age": age, "orders": 1, "units": 2.0} for age in range(84)]
    ads = [{"platform": "p", "campaign": "c", "product_id": "A", "age": age, "cost": 14.0} for age in range(28)]
    verdict = judged(situation(**frames, ad_plans=ads, names={"B": "Blue cup"}, costs=COSTS))
    moved = of_kind(verdict, "shift_advertising")
    assert moved.words.params["other"] == "Blue cup"
    assert moved.touches == ("A", "B")
    assert moved.draft is not None
    assert [row["days"] for row in moved.draft.rows] == [10]
    assert moved.gain is not None
    assert moved.gain.profit == pytest.approx(14 * (10 - 2 / 1.1) / 4, rel=0.05)


def test_advertising_of_a_product_without_a_substitute_pauses() -> None:
    ads = [{"platform": "p", "campaign": "c", "product_id": "A", "age": age, "cost": 14.0} for age in range(28)]
    assert of_kind(judged(situation(**stocked(2), ad_plans=ads, costs=COSTS)), "stop_advertising").gain is not None


def test_a_nearly_empty_shelf_is_sold_dearer_and_one_that_hardly_falls_short_is_not() -> None:
    kinds = [action.kind for action in judged(situation(**stocked(2), costs=COSTS)).actions]
    assert "step_price" in kinds
    kinds = [action.kind for action in judged(situation(**stocked(11), costs=COSTS)).actions]
    assert "order_stock" in kinds
    assert "step_price" not in kinds


def test_products_beyond_the_first_eighty_percent_of_money_are_not_watched() -> None:
    frames = stocked(2)
    frames["product_last_sales"].append(sold("B", 90_000))
    assert not judged(situation(**frames, costs=COSTS)).findings


def test_units_that_come_in_bulk_tell_less_of_the_pace() -> None:
    even, bulk = stocked(9), stocked(9)
    bulk["product_diary"] = [{**row, "units": 11.0 if row["age"] % 10 == 0 else 0.0} for row in bulk["product_diary"]]
    of_even, of_bulk = (of_kind(judged(situation(**frames, costs=COSTS)), "order_stock") for frames in (even, bulk))
    assert of_even.gain is not None
    assert of_bulk.gain is not None
    assert of_bulk.gain.high - of_bulk.gain.low > of_even.gain.high - of_even.gain.low


def test_no_pace_of_coming_weeks_is_known_better_than_to_a_tenth() -> None:
    frames = stocked(500)
    frames["product_diary"] = [
        {**row, "units": 100.0, "orders": 100, "gross": 5600.0} for row in frames["product_diary"]
    ]
    order = of_kind(judged(situation(**frames, costs=COSTS)), "order_stock")
    assert order.gain is not None
    assert order.gain.high - order.gain.low > 0.15 * order.gain.profit
