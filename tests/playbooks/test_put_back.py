"""A page change since which fewer buy is put back before a whole window has passed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drawn.situation import DAY, situation
from drawn.spoken import spoken
from drawn.visits import BLOCKS, TABLES, ago, change, diary, siblings
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Action, Past, Standing
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.put_back import put_back as judge

COSTS = {"goods": {"*": [0.42, 0.50]}, "per_order": {"freight": 7.0}, "share": {"fees": 0.02}}
FELL = ((8000, 120), (8000, 240))


def shop(back: int = 9, what: str = "image", fell: Any = FELL, **more: Any) -> Situation:
    """P's rate is half of what it was since a change ``back`` days ago; six siblings are as they were."""
    rows = diary("P", *fell, changed=back + 1) + siblings(6)
    frames = {"product_diary": rows, "happenings": [change(back, what=what)], "shop_blocks": BLOCKS, "costs": COSTS}
    return situation(**{"tables": TABLES, **frames, **more})


def put_back(where: Situation) -> list[Action]:
    verdict = judge(where)
    assert not verdict.findings
    return list(verdict.actions)


def test_nine_days_after_a_worse_picture_it_is_put_back_and_nothing_is_claimed() -> None:
    (action,) = put_back(shop())
    assert action.kind == "restore_change"
    assert not action.because
    assert action.gain is not None
    # Of 8.6 buyers a day 4.3 are missing; four tenths of them come back, 39 a unit of sales of 100 is left of each.
    assert action.gain.profit == pytest.approx(0.4 * 4.3 * 7 * 45, rel=0.1)
    assert action.draft is not None
    assert (action.draft.rows[0]["before"], action.draft.rows[0]["after"]) == ("new", "old")
    check(action)
    assert len(spoken(judge(shop()))) == 6


def test_a_change_of_four_days_ago_is_left_to_settle() -> None:
    assert not put_back(shop(4))


def test_a_change_that_did_nothing_stays() -> None:
    assert not put_back(shop(fell=((8000, 240), (8000, 240))))


def test_where_all_products_fell_it_was_not_the_change() -> None:
    rows = diary("P", *FELL, changed=10)
    for n in range(6):
        rows += diary(f"S{n}", (8000, 120), (8000, 240), changed=10)
    assert not put_back(shop(product_diary=rows))


def test_two_changes_cannot_be_told_apart() -> None:
    both = [change(9, what="image"), change(12, what="title")]
    assert not put_back(shop(happenings=both))


def test_a_price_is_not_put_back_as_a_page() -> None:
    assert not put_back(shop(what="price"))


def test_what_was_done_since_then_voids_the_comparison() -> None:
    done = Past("x", "analysis", "replicate_win", "feed_traffic", {"product_id": "P"}, "done", DAY, done_on=ago(3))
    assert not put_back(replace(shop(), standing=Standing(past=(done,))))


def test_without_visits_before_the_change_there_is_nothing_to_hold_it_against() -> None:
    rows = [row for row in diary("P", *FELL, changed=10) if row["age"] < 20] + siblings(6)
    assert not put_back(shop(product_diary=rows))


def test_without_costs_it_says_from_which_margin_it_pays() -> None:
    (action,) = put_back(shop(costs=None))
    assert action.gain is None
    assert action.break_even is not None


def test_a_change_of_five_weeks_ago_is_still_found() -> None:
    rows = diary("P", (8000, 120), (8000, 240), changed=36) + siblings(6)
    (action,) = put_back(shop(35, product_diary=rows))
    assert action.draft is not None
    assert action.draft.rows[0]["changed_on"] == ago(35).isoformat()


def test_a_title_since_which_fewer_come_is_put_back_though_as_many_of_them_buy() -> None:
    (action,) = put_back(shop(what="title", fell=((4000, 120), (8000, 240))))
    assert action.gain is not None
    assert action.gain.profit > 0


def test_how_many_come_says_nothing_of_what_is_read_on_the_page_only() -> None:
    assert not put_back(shop(what="delivery", fell=((4000, 120), (8000, 240))))
    assert put_back(shop(what="delivery"))


def test_fewer_visitors_where_its_advertising_was_cut_are_no_matter_of_the_title() -> None:
    both = [change(9, what="title"), change(9, what="advertising")]
    assert not put_back(shop(fell=((4000, 120), (8000, 240)), happenings=both))


def test_a_move_that_products_left_alone_make_by_themselves_shows_nothing() -> None:
    rows = diary("P", (8000, 150), (8000, 240), changed=10)
    for n, buyers in enumerate((30, 60, 90, 160, 240, 320)):
        rows += diary(f"S{n}", (4000, buyers), (4000, 120), changed=10)
    assert not put_back(shop(product_diary=rows))


def test_a_change_that_came_straight_after_another_is_not_read() -> None:
    assert put_back(shop(happenings=[change(9, what="image"), change(30, what="title")]))
    assert not put_back(shop(happenings=[change(9, what="image"), change(20, what="title")]))
    assert not put_back(shop(happenings=[change(9, what="image"), change(5, what="price")]))
