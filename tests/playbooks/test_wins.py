"""A2: what rose with one change is fed and tried elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from drawn.situation import situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, TABLES, change, diary, promotion, siblings
from zhanggui.actions.guards import check
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.wins import fed, replicate_win

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}
STOCK = [{"product_id": "P", "sku": "m", "on_hand": 500.0}]
ROSE = ((8000, 360), (8000, 240))
CLICKS = [
    {"platform": "t", "campaign": "c", "product_id": "P", "age": age, "cost": 20.0, "clicks": 50.0} for age in range(28)
]


def cups(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"product_id": p, "name": p, "category": "cups", **more} for p in ("P", *(f"S{i}" for i in range(count)))]


def judged(**frames: Any) -> Verdict:
    same = {
        "product_diary": diary("P", *ROSE) + siblings(12),
        "product_names": cups(12),
        "happenings": [change(27, what="image")],
        "stock": STOCK,
        "shop_blocks": BLOCKS,
        "ad_plans": CLICKS,
        "costs": COSTS,
        "tables": {**TABLES, "changes": 1},
    }
    return replicate_win(situation(**{**same, **frames}))


def kinds(verdict: Verdict) -> list[str]:
    return [action.kind for action in verdict.actions]


def test_four_hundred_more_visitors_bring_162_70_before_the_rules_record() -> None:
    assert fed(400, 0.034 * 36, 0.45) == pytest.approx(162.72)


def test_a_rise_with_one_change_is_claimed_fed_and_tried_on_three_like_it() -> None:
    verdict = judged()
    (finding,) = verdict.findings
    assert finding.p is not None
    assert finding.p < 1e-5
    assert finding.size == pytest.approx(0.015 * 2000 * 45, rel=0.1)
    assert finding.because is not None
    assert finding.because.params["rank"].value == 1
    assert kinds(verdict) == ["feed_traffic", "repeat_change", "repeat_change", "repeat_change"]
    assert verdict.family == 1


def test_feeding_brings_what_added_visitors_are_worth_less_their_price() -> None:
    feed = judged().actions[0]
    assert feed.gain is not None
    # A fifth of 2,000 visitors a week, 4.5 % of them buy for 45, seven tenths as ready, .40 a click.
    assert feed.gain.profit == pytest.approx(fed(400, 0.045 * 45, 0.40), rel=0.03)
    assert feed.cost == pytest.approx(2 * 400 * 0.40)
    assert feed.draft is not None
    assert feed.draft.rows[0]["share"] == 0.2


def test_elsewhere_half_of_the_gain_is_expected() -> None:
    first = judged().actions[1]
    assert first.gain is not None
    assert first.gain.profit == pytest.approx(0.5 * 1000 * 0.03 * 0.5 * 45, rel=0.1)
    assert first.draft is not None
    (row,) = first.draft.rows
    assert (row["from_product_id"], row["what"], row["like"]) == ("P", "image", "new")
    assert row["product_id"] != "P"
    assert first.touches == (row["product_id"],)


def test_clicks_dearer_than_a_visitor_is_worth_feed_nothing() -> None:
    dear = [row | {"cost": 100.0} for row in CLICKS]
    assert "feed_traffic" not in kinds(judged(ad_plans=dear))
    assert "feed_traffic" not in kinds(judged(ad_plans=[]))


def test_without_a_logged_change_nothing_is_tested() -> None:
    verdict = judged(happenings=[])
    assert not verdict.findings
    assert verdict.family == 0


@pytest.mark.parametrize(
    "more",
    [
        {"happenings": [change(27, what="image"), change(26, what="title")]},
        {"happenings": [change(12, what="image")]},
        {"happenings": [change(27, what="image"), promotion(30, 26)]},
        {"product_diary": diary("P", *ROSE)},
        {"product_diary": diary("P", (8000, 262), (8000, 240)) + siblings(12)},
    ],
    ids=["two changes", "long after the rise", "an event", "no other dates to compare with", "as chance has it"],
)
def test_what_cannot_be_told_from_something_else_is_no_win(more: dict[str, Any]) -> None:
    verdict = judged(**more)
    assert not verdict.findings
    assert not verdict.actions


def test_a_lower_price_or_better_visitors_are_no_win_of_the_page() -> None:
    cheap = [
        {"product_id": "P", "sku": "m", "fortnight": f, "units": 90.0, "gross": 90.0 * p, "listed": 9000.0}
        for f, p in enumerate((90, 90, 100, 100))
    ]
    assert not judged(product_sizes=cheap).findings
    better = [
        {"product_id": "P", "source": s, "fortnight": f, "visitors": v, "pay_buyers": b}
        for f, both in enumerate([((3000, 165), (1000, 15))] * 2 + [((1870, 103), (2130, 17))] * 2)
        for s, (v, b) in zip(("search", "ads"), both, strict=True)
    ]
    assert not judged(product_sources=better).findings


def test_a_rise_as_large_as_those_of_other_dates_is_no_win() -> None:
    wild = [row for i in range(6) for row in diary(f"S{i}", (4000, 240), (4000, 60), changed=28)]
    assert not judged(product_diary=diary("P", *ROSE) + wild).findings


def test_goods_for_two_weeks_are_not_given_more_visitors() -> None:
    verdict = judged(stock=[{"product_id": "P", "sku": "m", "on_hand": 200.0}])
    assert verdict.findings
    assert not verdict.actions


def test_without_stock_it_says_what_stock_would_tell() -> None:
    verdict = judged(stock=[])
    assert not verdict.actions
    (locked,) = verdict.locked
    assert locked.needs == "stock_days"


def test_only_products_of_its_kind_and_price_left_alone_are_tried() -> None:
    assert kinds(judged(product_names=cups(12, category="")[:1])) == ["feed_traffic"]
    dear = diary("P", *ROSE) + [row | {"gross": (row["gross"] or 0) * 2} for row in siblings(12)]
    assert kinds(judged(product_diary=dear)) == ["feed_traffic"]
    logged = [change(27, what="image"), *(change(100, f"S{i}", what="image") for i in range(12))]
    assert kinds(judged(happenings=logged)) == ["feed_traffic"]


def test_too_few_controls_and_too_small_an_effect_are_not_tried() -> None:
    small = diary("P", (8000, 320), (8000, 240))
    few, many = (kinds(judged(product_diary=small + siblings(count), product_names=cups(count))) for count in (9, 12))
    assert few == ["feed_traffic"]
    assert len(many) == 4


def test_a_price_or_a_coupon_is_nothing_to_repeat() -> None:
    assert kinds(judged(happenings=[change(27, what="promotion")])) == ["feed_traffic"]


def test_without_costs_both_say_from_which_margin_on_they_pay() -> None:
    verdict = judged(costs=None)
    assert all(action.gain is None and action.break_even is not None for action in verdict.actions)
    feed = verdict.actions[0].break_even
    assert feed is not None
    assert feed.params["margin"].value == pytest.approx(0.40 / (0.7 * 0.045 * 100), rel=0.03)


def test_every_action_passes_the_guards() -> None:
    for action in judged().actions:
        check(action)


def test_days_before_the_shop_opened_are_not_looked_for() -> None:
    """A change of a product known for two windows only is compared with dates that exist."""
    short = diary("P", *ROSE, earlier=False) + siblings(12)
    assert judged(product_diary=short).findings


@pytest.mark.parametrize("more", [{}, {"costs": None}, {"stock": []}])
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    assert len(spoken(judged(**more))) >= 9


def young(rate: tuple[float, float] = (8000, 360), back: int = 10, **more: Any) -> Verdict:
    """The rate is another one since a change ten days ago: the older half of the window does not know of it."""
    rows = diary("P", rate, (8000, 240), changed=back + 1) + siblings(12)
    return judged(**{"product_diary": rows, "happenings": [change(back, what="image")], **more})


def test_a_rise_of_ten_days_is_tried_on_siblings_without_a_claim_and_without_buying_visitors() -> None:
    verdict = young()
    assert not verdict.findings
    assert kinds(verdict) == ["repeat_change"] * 3
    (first, *_) = verdict.actions
    assert not first.because
    assert first.reason is not None
    assert first.reason.key == "rules_analysis.because.rose"
    assert first.gain is not None
    assert first.gain.profit == pytest.approx(0.5 * 1000 * 0.03 * 0.5 * 45, rel=0.3)
    assert len(spoken(verdict)) >= 6
    check(first)


def test_a_change_since_which_no_more_buy_is_tried_nowhere() -> None:
    assert not young((8000, 250)).actions


def test_five_days_are_too_few_to_try_it_elsewhere() -> None:
    assert not young(back=4).actions


def test_where_the_siblings_rose_as_well_there_is_nothing_to_repeat() -> None:
    rows = [row for name in ("P", *(f"S{i}" for i in range(12))) for row in diary(name, *ROSE, changed=11)]
    assert not young(product_diary=rows).actions
