"""A1: falls of conversion, what coincides with them, and their repair; and whether other visitors came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drawn.situation import DAY, situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, TABLES, change, diary, promotion, siblings
from zhanggui.actions.kinds import Outcome, Past, Standing
from zhanggui.playbooks.conversion import falling_conversion, source_mix
from zhanggui.playbooks.kinds import Situation, Verdict

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}


def shop(**frames: Any) -> Situation:
    frames = {"product_diary": diary("P", (8000, 120), (8000, 240)), "shop_blocks": BLOCKS, **frames}
    return situation(**{"tables": TABLES, "costs": COSTS, **frames})


def judged(**frames: Any) -> Verdict:
    return falling_conversion(shop(**frames))


def silent(verdict: Verdict) -> bool:
    """Nothing said, and nothing tested either."""
    return not (verdict.findings or verdict.actions or verdict.family)


def cause(verdict: Verdict) -> str:
    (finding,) = verdict.findings
    assert finding.because is not None
    return finding.because.key.removeprefix("rules_analysis.because.")


def test_a_clear_fall_is_claimed_with_its_loss() -> None:
    verdict = judged(costs=None)
    (finding,) = verdict.findings
    assert finding.p is not None
    assert finding.p < 1e-6
    assert finding.size == pytest.approx(-0.015 * 2000 * 100, rel=0.1)
    assert verdict.family == 1


def test_399_visitors_are_too_few_to_judge() -> None:
    verdict = judged(product_diary=diary("P", (399, 2), (8000, 240)))
    assert not verdict.findings
    assert verdict.family == 0


def test_at_400_visitors_eight_buyers_against_four_is_silence() -> None:
    assert not judged(product_diary=diary("P", (400, 4), (400, 8))).findings


def test_a_fall_in_one_half_only_is_not_claimed() -> None:
    rows = diary("P", (8000, 120), (8000, 240), changed=14)
    for row in rows[14:28]:
        row["pay_buyers"] = 10
    assert not judged(product_diary=rows).findings


def test_without_visits_there_is_nothing_to_judge() -> None:
    assert silent(falling_conversion(situation(shop_blocks=BLOCKS)))


def test_four_weeks_against_four_are_compared_on_weekly_mornings_only() -> None:
    assert falling_conversion(replace(shop(), weekly=False)).family == 0


def test_a_small_shop_is_read_over_eight_weeks_and_a_large_one_over_two() -> None:
    for orders, length in ((10.0, 56), (30.0, 28), (400.0, 14)):
        fell = diary("P", (8000, 120), (8000, 240), length=length)
        (finding,) = judged(product_diary=fell, orders_per_day=orders).findings
        assert finding.words.params["visitors"].value == 8000


@pytest.mark.parametrize(
    "more",
    [
        {"happenings": [change(13)]},
        {"happenings": [promotion(20, 12)]},
        {"happenings": [promotion(-5, -9)]},
        {"product_names": [{"product_id": "P", "name": "P", "listed_day": DAY - timedelta(days=6)}]},
        {"product_diary": diary("P", (8000, 120), (8000, 240), days={3: {"presale": 2.0}})},
    ],
    ids=["changed 13 days ago", "event ended 12 days ago", "event in five days", "listed six days ago", "presale"],
)
def test_numbers_that_mean_something_else_are_not_judged(more: dict[str, Any]) -> None:
    assert silent(judged(**more))


def test_a_fall_on_days_without_stock_is_no_fall_of_conversion() -> None:
    empty = {age: {"pay_buyers": 0, "empty": 1.0} for age in range(14)}
    assert not judged(product_diary=diary("P", (8000, 240), (8000, 240), days=empty)).findings


def test_an_event_in_the_window_before_is_left_out_with_its_hangover() -> None:
    high = {age: {"pay_buyers": 60} for age in range(50, 56)}
    rows = diary("P", (8000, 240), (8000, 240), days=high)
    assert judged(product_diary=rows).findings
    assert not judged(product_diary=rows, happenings=[promotion(55, 50)]).findings


def test_the_page_is_bought_once_where_no_cause_is_found() -> None:
    verdict = judged()
    assert cause(verdict) == "unknown"
    (action,) = verdict.actions
    assert action.kind == "audit_listing"
    assert action.because == (verdict.findings[0].id,)
    assert action.draft is not None
    assert len(action.draft.words) == 8


def test_what_an_audit_brings_is_the_share_that_can_be_recovered() -> None:
    (action,) = judged().actions
    assert action.gain is not None
    # An order of 100: goods 46, freight 7, fees 2: 45 left. Of a fall from 3 % to 1.5 % of 2,000 visitors a week .3 comes back.
    assert action.gain.profit == pytest.approx(0.3 * 0.015 * 2000 * 45, rel=0.1)
    assert action.gain.low < action.gain.profit < action.gain.high
    assert action.gain.chance > 0.99
    assert judged().actions[0].gain == action.gain


def test_a_window_that_stood_out_is_drawn_to_half_a_year() -> None:
    lucky = diary("P", (8000, 120), (8000, 240))
    usual = [row | ({"pay_buyers": 5} if row["age"] >= 56 else {}) for row in lucky]
    (steady,), (regressed,) = judged(product_diary=lucky).actions, judged(product_diary=usual).actions
    assert steady.gain is not None
    assert regressed.gain is not None
    assert regressed.gain.profit < 0.75 * steady.gain.profit


def test_without_costs_an_action_says_from_which_margin_on_it_pays() -> None:
    (action,) = judged(costs=None).actions
    assert action.gain is None
    assert action.break_even is not None
    assert action.break_even.params["margin"].value == pytest.approx(25 / (0.3 * 0.015 * 2000 * 100), rel=0.1)


def sizes(out: float) -> list[dict[str, Any]]:
    """Size 38 makes six tenths of the units; now it is out of stock on a share ``out`` of the days."""
    return [
        {
            "product_id": "P",
            "sku": sku,
            "fortnight": fortnight,
            "units": share * 100,
            "gross": share * 10000,
            "listed": share * 10000,
            "reported": 14.0,
            "out": 14 * out if sku == "38" and fortnight < 2 else 0.0,
        }
        for sku, share in (("38", 0.6), ("39", 0.4))
        for fortnight in range(4)
    ]


def test_sizes_out_of_stock_by_what_they_sold_are_ordered_again() -> None:
    stock = [{"product_id": "P", "sku": "38", "on_hand": 0.0, "inbound": 20.0}]
    verdict = judged(product_sizes=sizes(0.9), stock=stock)
    assert cause(verdict) == "sizes"
    (action,) = verdict.actions
    assert action.kind == "order_stock"
    assert action.draft is not None
    # 120 units in four weeks, 10 days until they arrive and a week: 73, less the 20 on their way.
    assert [(row["sku"], row["quantity"]) for row in action.draft.rows] == [("38", 53.0)]


def test_a_size_that_cannot_explain_half_is_not_named() -> None:
    assert cause(judged(product_sizes=sizes(0.2))) == "unknown"


def from_sources(now: tuple[int, int], before: tuple[int, int]) -> list[dict[str, Any]]:
    """Visitors by search (5 % buy) and ads (.5 % buy), two fortnights each."""
    return [
        {"product_id": "P", "source": s, "fortnight": f, "visitors": v, "pay_buyers": round(v * r)}
        for fortnights, (search, ads) in (((0, 1), now), ((2, 3), before))
        for f in fortnights
        for s, v, r in (("search", search, 0.05), ("ads", ads, 0.005))
    ]


def test_other_visitors_are_no_fault_of_the_product_and_nothing_is_repaired() -> None:
    verdict = judged(product_sources=from_sources((1000, 3000), (2200, 1800)))
    assert cause(verdict) == "mix"
    assert not verdict.actions


def prices(now: float, before: float, listed: float | None = None) -> list[dict[str, Any]]:
    """Paid prices of two sizes, the dearer one sold more now: the price of each is what counts. ``listed``: the list price now."""
    return [
        {
            "product_id": "P",
            "sku": sku,
            "fortnight": f,
            "units": units,
            "gross": units * factor * (now if f < 2 else before),
            "listed": units * factor * ((listed or now) if f < 2 else before),
        }
        for sku, factor, counts in (("m", 1.0, (20.0, 60.0)), ("xl", 2.0, (60.0, 20.0)))
        for f in range(4)
        for units in (counts[f // 2],)
    ]


def test_a_price_that_explains_half_of_the_fall_is_put_back() -> None:
    verdict = judged(product_sizes=prices(115.0, 100.0), happenings=[change(28, what="price")])
    assert cause(verdict) == "price"
    (action,) = verdict.actions
    assert action.kind == "restore_change"
    assert action.draft is not None
    (row,) = action.draft.rows
    assert row["before"] == pytest.approx(1.25 * 115)
    assert row["after"] == pytest.approx(1.25 * 100)
    assert row["change_id"] == change(28, what="price")["name"]


def test_a_dearer_price_that_brings_more_than_it_costs_stays() -> None:
    verdict = judged(product_sizes=prices(130.0, 100.0))
    assert cause(verdict) == "price"
    assert not verdict.actions


def test_a_mix_of_sizes_is_no_price_rise() -> None:
    assert cause(judged(product_sizes=prices(100.0, 100.0))) == "unknown"


def test_a_small_price_rise_cannot_explain_a_fall_by_half() -> None:
    assert cause(judged(product_sizes=prices(104.0, 100.0))) == "unknown"


def test_an_offer_that_ended_is_told_from_a_price_that_rose() -> None:
    fell = diary("P", (8000, 140), (8000, 240))
    assert cause(judged(product_diary=fell, product_sizes=prices(110.0, 100.0, listed=100.0))) == "offer"
    ended = [promotion(90, 29)]
    assert cause(judged(product_diary=fell, product_sizes=prices(110.0, 100.0), happenings=ended)) == "offer"


def test_poor_reviews_since_the_fall_are_named_with_their_number() -> None:
    poor = {age: {"reviews": 2.0, "low_reviews": 1.0 if 15 < age < 28 else 0.0} for age in range(56)}
    verdict = judged(product_diary=diary("P", (8000, 120), (8000, 240), days=poor))
    assert cause(verdict) == "reviews"
    assert verdict.findings[0].because.params["low"].value == 12  # type: ignore[union-attr]
    (action,) = verdict.actions
    assert action.kind == "correct_description"


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("quality", "hold_batch"), ("broken", "change_packing"), ("too small", "add_size_chart"), ("mind", None)],
)
def test_what_comes_back_says_what_poor_reviews_are_about(reason: str, kind: str | None) -> None:
    poor = {age: {"reviews": 2.0, "low_reviews": 1.0 if 15 < age < 28 else 0.0} for age in range(56)}
    back = [
        {"product_id": "P", "window": w, "orders": 120.0, "refunded": r, "gross": 1.0, "refunds": 0.1}
        for w, r in ((0, 40.0), (1, 12.0))
    ]
    reasons = [{"product_id": "P", "by": "reason", "value": reason, "window": 0, "orders": 0.0, "refunded": 35.0}]
    rows = diary("P", (8000, 120), (8000, 240), days=poor)
    (action,) = judged(product_diary=rows, product_refunds=back, refund_places=reasons).actions
    assert action.kind == (kind or "correct_description")


def test_goods_that_are_on_their_way_are_not_ordered_again() -> None:
    coming = [{"product_id": "P", "sku": "38", "on_hand": 0.0, "inbound": 200.0}]
    verdict = judged(product_sizes=sizes(0.9), stock=coming)
    assert cause(verdict) == "sizes"
    assert not verdict.actions


def test_a_fall_that_many_products_make_likely_is_no_reason_to_go_through_a_page() -> None:
    """One in forty by chance, forty looked at: with nothing that coincides it is left alone; put back is what was changed."""
    fell, others = diary("P", (8000, 195), (8000, 240)), siblings(40)
    assert judged(product_diary=fell + others).findings
    assert not judged(product_diary=fell + others).actions
    assert judged(product_diary=fell).actions
    assert judged(product_diary=fell + others, happenings=[change(28)]).actions


def test_as_many_poor_reviews_as_before_explain_nothing() -> None:
    poor = {age: {"reviews": 2.0, "low_reviews": 1.0} for age in range(56)}
    assert cause(judged(product_diary=diary("P", (8000, 120), (8000, 240), days=poor))) == "unknown"


@pytest.mark.parametrize(("back", "named"), [(34, True), (27, True), (26, True), (24, False), (36, False)])
def test_a_change_from_a_week_before_the_fall_to_a_day_after_is_named(back: int, named: bool) -> None:
    verdict = judged(happenings=[change(back)])
    assert (cause(verdict) == "change") == named
    if named:
        (action,) = verdict.actions
        assert action.kind == "restore_change"
        assert action.draft is not None
        (row,) = action.draft.rows
        assert (row["what"], row["before"], row["after"]) == ("title", "new", "old")
        assert row["change_id"] == change(back)["name"]


def test_a_title_that_goes_back_is_expected_to_recover_more_than_an_unknown_change() -> None:
    (title,), (other,) = (judged(happenings=[change(28, what=what)]).actions for what in ("title", "attributes"))
    assert title.gain is not None
    assert other.gain is not None
    assert title.gain.profit / other.gain.profit == pytest.approx(4 / 3, rel=0.01)


def test_a_longer_promise_of_shipment_is_named() -> None:
    slow = {age: {"promised": 4.0, "promised_hours": 4 * (120.0 if age < 28 else 48.0)} for age in range(56)}
    verdict = judged(product_diary=diary("P", (8000, 120), (8000, 240), days=slow))
    assert cause(verdict) == "delivery"
    assert verdict.actions[0].kind == "restore_change"


def test_after_an_event_of_others_a_fall_is_its_hangover() -> None:
    verdict = judged(happenings=[promotion(36, 30, products="Q")])
    assert cause(verdict) == "hangover"
    assert not verdict.actions


def test_a_fall_of_most_of_its_kind_is_the_season() -> None:
    fell = diary("P", (8000, 150), (8000, 240)) + siblings(5, (3000, 62), (3000, 90)) + siblings(0)
    verdict = judged(product_diary=fell)
    because = {f.where["product_id"]: f.because.key for f in verdict.findings if f.because}
    assert because["P"] == "rules_analysis.because.season"
    assert not [a for a in verdict.actions if a.where["product_id"] == "P"]


def test_orders_that_did_not_fall_say_that_the_files_disagree() -> None:
    rows = diary("P", (8000, 120), (8000, 240))
    for row in rows[:28]:
        row["orders"] = 8.5
    verdict = judged(product_diary=rows)
    assert cause(verdict) == "validity"
    assert not verdict.actions


def past(state: str, verdict: str | None = None, **more: Any) -> Past:
    read = {"design": None, "metric": "contribution_profit", "effect": None, "low": None, "high": None}
    outcome = Outcome("a", verdict, read_on=DAY, label="none", **read) if verdict else None  # type: ignore[arg-type]
    same = {"id": "a", "playbook": "analysis", "rule": "falling_conversion", "kind": "audit_listing"}
    where = {"where": {"product_id": "P"}, "since": DAY, "touches": ("P",)}
    return Past(**{**same, **where, "state": state, "outcome": outcome, **more})  # type: ignore[arg-type]


def test_what_is_under_way_or_failed_twice_is_not_proposed_again() -> None:
    here = shop()
    failed = past("measured", "no difference shown", kind="restore_change")
    for standing, proposed in (
        (Standing((past("approved"),)), False),
        (Standing((failed,)), True),
        (Standing((failed, failed)), False),
        (Standing((past("measured", "worked", done_on=DAY - timedelta(days=59)),)), False),
        (Standing((past("measured", "worked", done_on=DAY - timedelta(days=61)),)), True),
    ):
        verdict = falling_conversion(replace(here, standing=standing, workings={}))
        assert bool(verdict.actions) == proposed
        assert verdict.findings


def test_what_was_done_in_the_last_two_weeks_is_left_to_settle() -> None:
    done = past("done", done_on=DAY - timedelta(days=5), rule="price_step", kind="step_price")
    assert silent(falling_conversion(replace(shop(), standing=Standing((done,)))))


def test_the_smallest_visible_effect_is_said_before_the_change() -> None:
    """2.667 % of 8,400 visitors: 26.1 % of the product's contribution is the least that shows."""
    fell = diary("P", (8400, 224), (8400, 420))
    (action,) = judged(product_diary=fell).actions
    assert action.measure is not None
    assert action.measure.design == "before_after"
    now = 0.02667 * 2100 * 45
    assert action.measure.smallest_visible == pytest.approx(0.261 * now, rel=0.03)
    (beside,) = judged(product_diary=fell + siblings(8)).actions
    assert beside.measure is not None
    assert beside.measure.design == "synthetic_control"


def test_the_cart_rate_is_read_beside_it_only_where_it_moves_with_orders() -> None:
    def carts(product: str, now: float, follows: bool) -> list[dict[str, Any]]:
        rows = diary(product, (4000, now), (4000, 120))
        for row in rows:
            own = now if row["age"] < 28 and follows else 120
            row |= {"cart_base": row["visitors"], "cart_visitors": 3.0 * own / 28}
        return rows

    def early(follows: bool) -> str | None:
        others = [row for i in range(24) for row in carts(f"S{i}", 100 + 2 * i, follows)]
        actions = judged(product_diary=others + carts("P", 60, follows)).actions
        (action,) = [a for a in actions if a.where["product_id"] == "P"]
        assert action.measure is not None
        return action.measure.early

    assert early(True) == "cart_rate"
    assert early(False) is None


def visited(
    product: str, source: str, now: tuple[int, int], before: tuple[int, int], earlier: Sequence[tuple[int, int]] = ()
) -> list[dict[str, Any]]:
    """Two windows of two fortnights, and four fortnights before them: as those of the window before where nothing else is said."""
    windows = [(v // 2, b // 2) for v, b in (now, now, before, before)]
    return [
        {"product_id": product, "source": source, "fortnight": nth, "visitors": v, "pay_buyers": b}
        for nth, (v, b) in enumerate([*windows, *(earlier or [windows[2]] * 4)])
    ]


def test_more_visitors_from_a_poor_source_are_mix_and_not_the_products_fault() -> None:
    rows = visited("P", "search", (10000, 500), (10000, 500)) + visited("P", "ads", (30000, 150), (4000, 20))
    (finding,) = source_mix(situation(product_sources=rows, shop_blocks=BLOCKS, tables=TABLES)).findings
    assert finding.where in ({"product_id": "P", "source": "ads"}, {"product_id": "P", "source": "search"})
    assert finding.words.params["rate"].value == pytest.approx(0, abs=1e-12)
    assert finding.words.params["mix"].value == pytest.approx(650 / 40000 - 520 / 14000)


def test_sources_that_always_wax_and_wane_are_no_news() -> None:
    tides = [(8000, 40), (2000, 10), (9000, 45), (3000, 15)]
    rows = visited("P", "search", (10000, 500), (10000, 500)) + visited("P", "ads", (9000, 45), (4000, 20), tides)
    assert not source_mix(situation(product_sources=rows, shop_blocks=BLOCKS, tables=TABLES)).findings
    calm = visited("P", "search", (10000, 500), (10000, 500)) + visited("P", "ads", (9000, 45), (4000, 20))
    assert source_mix(situation(product_sources=calm, shop_blocks=BLOCKS, tables=TABLES)).findings


def test_what_is_usual_must_be_known_before_mix_is_news() -> None:
    rows = visited("P", "search", (10000, 500), (10000, 500)) + visited("P", "ads", (30000, 150), (4000, 20))
    young = [row for row in rows if row["fortnight"] < 5]
    assert not source_mix(situation(product_sources=young, shop_blocks=BLOCKS, tables=TABLES)).findings


def test_an_unchanged_mix_is_no_news() -> None:
    rows = visited("P", "search", (10000, 400), (10000, 500)) + visited("P", "ads", (3000, 12), (3000, 15))
    assert not source_mix(situation(product_sources=rows, shop_blocks=BLOCKS, tables=TABLES)).findings


def test_mix_needs_enough_visitors_and_buyers() -> None:
    rows = visited("P", "search", (100, 5), (100, 5)) + visited("P", "ads", (250, 1), (30, 0))
    assert not source_mix(situation(product_sources=rows, shop_blocks=BLOCKS, tables=TABLES)).findings


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"costs": None},
        {"product_sizes": sizes(0.9), "stock": [{"product_id": "P", "sku": "38", "on_hand": 0.0}]},
        {"product_sources": from_sources((1000, 3000), (2200, 1800))},
        {"product_sizes": prices(115.0, 100.0)},
        {"happenings": [change(28, what="our own word")]},
        {"happenings": [promotion(36, 30, products="Q")]},
    ],
)
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    said = spoken(judged(**more))
    assert len(said) >= 9
    assert all("{" not in sentence for sentence in said)
