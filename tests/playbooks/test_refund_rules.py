"""P2: refunds that jumped, where the rise lies, and its repair."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drawn.situation import DAY, situation
from drawn.spoken import spoken
from drawn.visits import change
from zhanggui.actions import guards
from zhanggui.actions.kinds import NOTHING_YET, Action, Past, Standing
from zhanggui.playbooks.kinds import Situation, Verdict
from zhanggui.playbooks.refund_causes import nature_of
from zhanggui.playbooks.refunds import refund_jump

TABLES = {"orders": 1, "order_lines": 1, "traffic_days": 1, "refunds": 1}


def refunded(product: str, now: tuple[int, int], before: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {"product_id": product, "window": w, "orders": o, "gross": 50.0 * o, "refunded": r, "refunds": 50.0 * r}
        for w, (o, r) in enumerate((now, before))
    ]


def test_refunds_that_doubled_at_equal_age_are_claimed() -> None:
    rows = (
        refunded("P", (400, 60), (400, 24)) + refunded("Q", (300, 18), (300, 18)) + refunded("R", (300, 15), (300, 17))
    )
    verdict = refund_jump(situation(product_refunds=rows, tables=TABLES))
    (finding,) = verdict.findings
    assert finding.where == {"product_id": "P"}
    assert finding.size < 0
    assert verdict.family == 3


def test_a_small_rise_stays_below_the_ratio_of_the_settings() -> None:
    rows = refunded("P", (4000, 280), (4000, 240))
    assert not refund_jump(situation(product_refunds=rows, tables=TABLES)).findings


def test_nineteen_orders_are_too_few_for_a_refund_rate() -> None:
    rows = refunded("P", (19, 10), (400, 8))
    verdict = refund_jump(situation(product_refunds=rows, tables=TABLES))
    assert not verdict.findings
    assert verdict.family == 0


def test_four_weeks_against_four_are_compared_on_weekly_mornings_only() -> None:
    rows = (
        refunded("P", (400, 60), (400, 24)) + refunded("Q", (300, 18), (300, 18)) + refunded("R", (300, 15), (300, 17))
    )
    here = situation(product_refunds=rows, tables=TABLES)
    assert refund_jump(here).findings
    assert refund_jump(replace(here, weekly=False)).family == 0


COSTS = {
    "goods": {"*": 0.45},
    "per_order": {"freight": 8.0, "packing": 1.0},
    "refund": {"freight": 6, "handling": 2, "unsellable": 0.1},
}
QUIET = refunded("Q", (300, 18), (300, 18)) + refunded("R", (300, 15), (300, 17)) + refunded("S", (300, 12), (300, 14))


def place(by: str, value: str, now: tuple[int, int], before: tuple[int, int] = (0, 0)) -> list[dict[str, Any]]:
    """Refunds of P by a value: (orders, refunded) now and before; reasons and phases have no orders."""
    return [
        {"product_id": "P", "by": by, "value": value, "window": w, "orders": o, "refunded": r, "refunds": 50.0 * r}
        for w, (o, r) in enumerate((now, before))
    ]


def jumped(
    *places: list[dict[str, Any]], now: tuple[int, int] = (400, 60), before: tuple[int, int] = (400, 24), **more: Any
) -> Situation:
    diary = [
        {"product_id": "P", "age": age, "orders": 400 / 28, "units": 400 / 28, "gross": 100 * 400 / 28}
        for age in range(56)
    ]
    frames: dict[str, Any] = {"product_refunds": refunded("P", now, before) + QUIET, "product_diary": diary}
    frames["refund_places"] = [row for rows in places for row in rows]
    return situation(**{**frames, "tables": TABLES, "costs": COSTS, **more})


def judged(here: Situation) -> Verdict:
    verdict = refund_jump(here)
    for action in verdict.actions:
        guards.check(action)
    return verdict


def only(verdict: Verdict) -> Action:
    (action,) = verdict.actions
    return action


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("收到商品破損", "change_packing"),
        ("尺碼偏小", "add_size_chart"),
        ("质量问题,开胶", "hold_batch"),
        ("Not as described", "correct_description"),
        ("物流太慢", "show_arrival_date"),
    ],
)
def test_the_reasons_that_grew_choose_the_repair(reason: str, kind: str) -> None:
    verdict = judged(jumped(place("reason", reason, (0, 40), (0, 6)), place("reason", "七天無理由", (0, 15), (0, 14))))
    action = only(verdict)
    assert action.kind == kind
    assert action.because == (verdict.findings[0].id,)
    assert action.measure is not None
    assert action.measure.early == "refund_rate"
    assert verdict.findings[0].because is not None
    assert verdict.findings[0].because.key == "rules_products.refunds.reason"


def test_a_repair_brings_the_recovered_part_of_what_the_rise_costs() -> None:
    action = only(judged(jumped(place("reason", "破損", (0, 40), (0, 4)))))
    cm, lost = 100 - 45 - 9, 9 + 6 + 2 + 4.5
    rise = 60 / 400 - 24 / 400
    # Half of the rise is taken back, all of it lies in that reason; better packing costs half a unit of money an order. A jump is partly
    # luck: what is expected of the repair is somewhat less.
    most = 0.5 * rise * 100 * (cm + lost) - 100 * 0.5
    assert action.gain is not None
    assert 0.65 * most < action.gain.profit < most
    assert action.gain.low < action.gain.profit < action.gain.high
    assert action.draft is not None
    assert action.draft.words[1].key == "rules_products.refunds.pays_under"


def test_refunds_before_shipment_lose_the_sale_but_no_parcel() -> None:
    verdict = judged(
        jumped(place("phase", "before_shipment", (0, 45), (0, 8)), place("reason", "破損", (0, 50), (0, 8)))
    )
    assert only(verdict).kind == "show_arrival_date"
    assert verdict.findings[0].because is not None
    assert verdict.findings[0].because.key == "rules_products.refunds.phase"


def test_damage_that_one_carrier_has_is_the_carriers() -> None:
    carrier = place("carrier", "Fast", (120, 42), (110, 8)) + place("carrier", "Slow", (280, 18), (290, 16))
    action = only(judged(jumped(place("reason", "破損", (0, 40), (0, 6)), carrier)))
    assert action.kind == "change_carrier"
    assert action.words.params["value"] == "Fast"


def test_damage_that_every_carrier_has_is_the_packings_though_one_carries_most() -> None:
    carrier = place("carrier", "Most", (280, 42), (280, 17)) + place("carrier", "Other", (120, 18), (120, 7))
    action = only(judged(jumped(place("reason", "破損", (0, 40), (0, 6)), carrier)))
    assert action.kind == "change_packing"


def test_damage_since_the_packing_was_changed_is_mended_by_the_packing_of_before() -> None:
    rows = place("reason", "破損", (0, 40), (0, 6))
    action = only(judged(jumped(rows, happenings=[change(20, what="packing")])))
    assert action.kind == "restore_change"
    assert action.draft is not None
    assert (action.draft.rows[0]["what"], action.draft.rows[0]["after"]) == ("packing", "old")
    guards.check(action)
    better = only(judged(jumped(rows)))
    assert action.gain is not None
    assert better.gain is not None
    assert action.gain.profit > better.gain.profit
    assert only(judged(jumped(rows, happenings=[change(90, what="packing")]))).kind == "change_packing"
    assert only(judged(jumped(rows, happenings=[change(20, what="image")]))).kind == "change_packing"


def test_one_size_of_poor_quality_is_held_and_not_the_others() -> None:
    sizes = place("sku", "P-40", (100, 40), (100, 6)) + place("sku", "P-41", (300, 20), (300, 18))
    action = only(judged(jumped(place("reason", "開膠", (0, 40), (0, 6)), sizes)))
    assert action.kind == "hold_batch"
    assert action.where == {"product_id": "P", "sku": "P-40"}


def test_a_source_is_paused_only_where_its_orders_lose() -> None:
    kinder = place("source", "live", (100, 36), (100, 6)) + place("source", "search", (300, 24), (300, 18))
    assert not judged(jumped(kinder)).actions  # 36 % of refunds, yet its orders still pay
    harsh = place("source", "live", (100, 94), (100, 6)) + place("source", "search", (300, 12), (300, 18))
    action = only(judged(jumped(harsh, now=(400, 106))))
    assert action.kind == "pause_source"
    assert action.where == {"product_id": "P", "source": "live"}


def test_a_few_buyers_are_told_as_evidence_and_nothing_is_done_against_them() -> None:
    buyers = place("customer_key", "k1", (0, 15)) + place("customer_key", "k2", (0, 14))
    verdict = judged(jumped(buyers))
    assert verdict.findings[0].because is not None
    assert verdict.findings[0].because.key == "rules_products.refunds.buyers"
    assert not verdict.actions


def test_where_nothing_stands_out_the_owner_buys_it_once() -> None:
    verdict = judged(jumped())
    assert only(verdict).kind == "audit_listing"
    assert verdict.findings[0].because is not None
    assert verdict.findings[0].because.key == "rules_products.refunds.unknown"


def test_a_likely_rise_is_repaired_cheaply_and_said_not_to_be_proved() -> None:
    broken = place("reason", "碎了", (0, 5), (0, 1))
    verdict = judged(jumped(broken, now=(60, 9), before=(60, 5)))
    assert not [f for f in verdict.findings if f.where == {"product_id": "P"}]
    action = only(verdict)
    assert action.kind == "change_packing"
    assert not action.proved
    assert not action.because
    assert action.reason is not None
    assert action.reason.key == "rules_products.refunds.cheap"


def test_a_rise_without_a_place_and_without_proof_is_left_alone() -> None:
    assert not judged(jumped(now=(60, 9), before=(60, 5))).actions


def test_refunds_of_most_products_that_rose_together_are_the_shops_and_no_products() -> None:
    rows = [row for name in "ABCDEFG" for row in refunded(name, (300, 45), (300, 20))]
    verdict = judged(situation(product_refunds=rows, tables=TABLES, costs=COSTS))
    (finding,) = verdict.findings
    assert finding.words.key == "rules.refund_jump.shop"
    assert finding.where == {}
    assert not verdict.actions


def test_a_note_about_the_product_explains_its_rise_away() -> None:
    note = [{"day": DAY, "target": "P", "text": "recall, all refunded"}]
    verdict = judged(jumped(place("reason", "破損", (0, 40), (0, 6)), annotated_days=note))
    assert not verdict.findings
    assert not verdict.actions


def test_without_costs_the_repair_says_from_which_margin_on_it_pays() -> None:
    action = only(judged(jumped(place("reason", "尺碼", (0, 40), (0, 6)), costs=None)))
    assert action.gain is None
    assert action.break_even is not None
    assert 0 < action.break_even.params["margin"].value < 1


@pytest.mark.parametrize(
    ("reason", "nature"),
    [
        ("Arrived broken", "damage"),
        ("Too small", "size"),
        ("颜色/图案/款式与商品描述不符", "unlike"),
        ("", ""),
        ("7天", ""),
    ],
)
def test_a_reason_is_read_for_what_it_is_about(reason: str, nature: str) -> None:
    assert nature_of(reason) == nature


# ---- beside siblings


def lasting(reasons: dict[str, tuple[int, int]], *, standing: Standing = NOTHING_YET, **more: Any) -> Situation:
    """P's refunds are the same in both windows; of 400 orders each, so many for a reason. Its siblings have three in a hundred broken."""
    places = [place("reason", reason, (0, now), (0, before)) for reason, (now, before) in reasons.items()]
    others = [
        {"product_id": name, "by": "reason", "value": "破損", "window": w, "orders": 0, "refunded": 3, "refunds": 150.0}
        for name in "QRS"
        for w in (0, 1)
    ]
    rows = {"now": (400, 24), "before": (400, 24)}
    return replace(jumped(*places, others, **rows, **more), standing=standing)


def test_what_has_been_breaking_for_months_is_seen_beside_its_siblings() -> None:
    verdict = judged(lasting({"破損": (18, 18)}))
    assert not verdict.findings
    action = only(verdict)
    assert action.kind == "change_packing"
    assert action.gain is not None
    assert action.gain.profit > 0
    assert action.reason is not None
    assert action.reason.key == "rules_products.refunds.odd"
    assert len(spoken(verdict)) >= 6


def test_what_breaks_as_often_as_elsewhere_is_usual() -> None:
    assert not judged(lasting({"破損": (5, 4)})).actions


def test_two_broken_ones_say_nothing() -> None:
    few = lasting({"破損": (1, 1)})
    assert not judged(few).actions


def test_refunds_without_a_stated_reason_have_no_repair() -> None:
    assert not judged(lasting({"七天無理由": (40, 40)})).actions


def test_what_was_mended_seven_weeks_ago_cannot_be_seen_yet() -> None:
    where = {"product_id": "P"}
    done = Past("x", "products", "refund_jump", "change_packing", where, "done", DAY, done_on=DAY - timedelta(days=49))
    assert not judged(lasting({"破損": (18, 18)}, standing=Standing((done,)))).actions


def test_without_siblings_there_is_nothing_to_hold_it_against() -> None:
    alone = lasting({"破損": (18, 18)}, product_refunds=refunded("P", (400, 24), (400, 24)))
    assert not judged(alone).actions
