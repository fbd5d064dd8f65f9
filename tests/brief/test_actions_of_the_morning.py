"""From files to the day's list: a rule proposes, the guards look, people's decisions are kept, and the brief says so in every form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drawn.actions import action as drawn
from drawn.actions import past, plain
from drawn.readings import reading
from drawn.situation import drawn as frame_of
from drawn.situation import empty_frames, situation
from zhanggui.actions.guards import REASONS
from zhanggui.actions.kinds import NOTHING_YET, Action, Freeze, Outcome, Standing
from zhanggui.app import Shop
from zhanggui.brief import Brief, make
from zhanggui.brief.guarded import passed
from zhanggui.brief.make import situate
from zhanggui.config import Config
from zhanggui.costs import CostSheet, parse
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.report import as_html, as_json, as_text

LAST = date(2026, 9, 13)
TODAY = LAST + timedelta(days=1)


def sold(product: str, day: date, price: float, number: int) -> tuple[dict[str, str], dict[str, str]]:
    """One paid order of one unit."""
    at, name = str(datetime.combine(day, datetime.min.time()) + timedelta(hours=9 + number % 9)), f"{product}-{number}"
    order = {"order_id": name, "paid_at": at, "created_at": at, "status": "paid", "goods_amount": f"{price}"}
    line = {"order_id": name, "line_id": "1", "product_id": product, "quantity": "1"}
    return order, {**line, "unit_price": f"{price}", "line_total": f"{price}"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Ninety days of a tea shop: four cups a day at a profit, and one lidded bowl a day below what it costs."""
    pairs = [
        sold(product, LAST - timedelta(days=back), price, 100 * back + i)
        for back in range(90)
        for product, price, a_day in (("cup", 60.0, 4), ("bowl", 49.9, 1))
        for i in range(a_day)
    ]
    goods = [{"product_id": p, "title": p, "price": "60", "cost": c} for p, c in (("cup", "20"), ("bowl", "53.1"))]
    tables: dict[str, list[dict[str, Any]]] = {
        "orders": [order for order, _ in pairs],
        "order_lines": [line for _, line in pairs],
        "products": goods,
    }
    with Shop.create(
        tmp_path / "tea", Config(name="tea", currency="CNY", timezone="Asia/Shanghai", locale="en")
    ) as made:
        made.warehouse.load([reading(tables, channel="shop:main")])
        made.set_cost("goods", "*", 0.4)
        yield made


def morning(shop: Shop, standing: Standing = NOTHING_YET) -> Brief:
    return make(
        shop.warehouse,
        as_of=LAST,
        days=7,
        config=shop.config,
        clock=shop.clock,
        costs=shop.costs,
        memory=None,
        standing=standing,
    )


def leak(brief: Brief) -> Any:
    """The bowl's action of the day."""
    return next(
        r for r in brief.actions if r.action.rule == "sells_below_cash" and r.action.where["product_id"] == "bowl"
    )


def test_a_leak_becomes_the_days_action_with_its_sum_and_reason(shop: Shop) -> None:
    brief = morning(shop)
    found = leak(brief)
    assert found.today
    assert found.profit == pytest.approx(7 * 3.2, rel=0.15)
    assert found.action.gain.counted
    written = as_text(brief, "en")
    assert "/wk, arithmetic" in written
    assert f"[{found.action.id}]" in written
    assert as_json(brief, "zh-Hant")["actions"][0]["today"]
    assert f'id="action-{found.action.id}"' in as_html(brief, "zh-Hans")


def test_what_was_approved_and_is_not_done_is_named_every_morning_until_it_is(shop: Shop) -> None:
    action = leak(morning(shop)).action
    other = replace(past(action, "approved", 2), id="0badcafe-2")
    brief = morning(shop, Standing(past=(past(action, "approved", 2), other)))
    assert [each.id for each in brief.approved] == ["0badcafe-2"]  # the other one stands on the list
    for mornings in (brief, replace(brief, cadence="short")):
        assert as_text(mornings, "en").count("still to be done") == 1
        assert "[0badcafe-2]" in as_text(mornings, "zh-Hant")
    assert as_json(brief, "en")["approved"][0]["action"] == "0badcafe-2"


def test_what_people_decided_is_kept(shop: Shop) -> None:
    action = leak(morning(shop)).action
    for state, reason in (("dismissed", "dismissed"), ("done", "under_way"), ("proposed", "")):
        brief = morning(shop, Standing(past=(past(action, state, 2),)))
        assert leak(brief).left_out == reason
        assert len(brief.watching) == (state == "done")
    asleep = past(action, "proposed", 2, snoozed_until=TODAY + timedelta(days=3))
    assert as_json(morning(shop, Standing(past=(asleep,))), "en")["actions"][0]["snoozed_until"] == "2026-09-17"
    frozen = Standing(freezes=(Freeze(LAST, TODAY, "*", "festival"),))
    assert leak(morning(shop, frozen)).left_out == "frozen"


def test_what_was_read_lately_is_watched_and_older_readings_are_not(shop: Shop) -> None:
    action = leak(morning(shop)).action

    def read(days_ago: int) -> Any:
        on = LAST - timedelta(days=days_ago)
        outcome = Outcome(action.id, "counted", "counted", "contribution_profit", 22.0, 22.0, 22.0, on, "arithmetic")
        return past(action, "measured", 20, outcome=outcome)

    assert [p.state for p in morning(shop, Standing(past=(read(6),))).watching] == ["measured"]
    assert not morning(shop, Standing(past=(read(7),))).watching
    said = as_json(morning(shop, Standing(past=(read(0),))), "en")["watching"][0]
    assert (said["verdict"], said["effect"]["value"]) == ("counted", 22.0)


def test_no_minutes_no_list_but_the_brief_says_what_it_left_out(shop: Shop) -> None:
    brief = morning(shop, Standing(minutes=0))
    assert not [r for r in brief.actions if r.today]
    assert "Not shown: 1 beyond the minutes" in as_text(brief, "en")


def test_what_the_guards_forbid_is_never_shown_whoever_proposes_it(shop: Shop) -> None:
    lawful = drawn("A1")
    by_person = replace(drawn("B1"), where={"product_id": "B1", "segment": "old buyers"})
    brushing = replace(drawn("C1"), words=plain("C1 先刷單二十筆"))
    kept, stopped = passed([lawful, by_person, brushing], situation())
    assert [action.id for action in kept] == [lawful.id]
    assert stopped == {"price_by_person": 1, "brushing": 1}
    assert set(stopped) <= set(REASONS)


def test_a_page_changed_last_week_is_left_alone(shop: Shop) -> None:
    change = {
        "change_id": "1",
        "at": "2026-09-08 09:00:00",
        "product_id": "A1",
        "what": "price",
        "before": "9",
        "after": "8",
    }
    offer = {"promotion_id": "1", "name": "Autumn", "starts_at": "2026-09-01 00:00:00", "product_ids": "B1"}
    shop.warehouse.load([reading({"changes": [change], "promotions": [offer]}, channel="shop:main")])

    def stopped(*actions: Action) -> Any:
        view = View(LAST, 7)
        frames = {name: FRAMES[name](shop.warehouse, view) for name in ("shop_blocks", "product_names", "happenings")}
        return passed(actions, situate(view, frames, shop.warehouse.rows(), shop.config, shop.costs))[1]

    assert stopped(drawn("A1")) == {"changed_lately": 1}
    assert stopped(drawn("B1")) == {"terms_changed": 1}
    assert stopped(drawn("D1")) == {}
    assert morning(shop).stopped == {}


def test_the_same_morning_twice_is_the_same_list(shop: Shop) -> None:
    first, again = morning(shop), morning(shop)
    assert as_text(first, "zh-Hant") == as_text(again, "zh-Hant")
    assert [r.action.id for r in first.actions] == [r.action.id for r in again.actions]


def test_the_list_alone_is_the_briefs_own(shop: Shop) -> None:
    told = [(r.action.id, r.today, r.left_out, r.profit) for r in shop.brief(remember=False).actions]
    assert [(r.action.id, r.today, r.left_out, r.profit) for r in shop.listed()] == told
    assert {entry.base for entry in shop.actions.list()} == {name for name, today, *_ in told if today}
    assert [r.action.id for r in shop.listed()] == [name for name, *_ in told]


def test_the_floor_is_a_share_of_what_a_week_leaves_after_parcels_and_promotion() -> None:
    costs = parse({"goods": {"*": 0.4}, "share": {"fees": 0.05}, "per_order": {"freight": 10.0}})
    blocks = [{"block": b, "orders": 50.0, "gross": 5000.0, "refunds": 500.0} for b in range(8)]
    spent = [{"platform": "ads", "campaign": "one", "product_id": "*", "age": age, "cost": 100.0} for age in range(60)]
    frames = {**empty_frames(), "shop_blocks": frame_of("shop_blocks", blocks), "ad_plans": frame_of("ad_plans", spent)}
    here = situate(View(LAST), frames, {"orders": 1}, Config(), costs)
    assert here.contribution == pytest.approx(4500 * 0.6 - 5000 * 0.05 - 50 * 10 - 700)
    assert here.least == pytest.approx(0.005 * 1250)
    assert situate(View(LAST), frames, {"orders": 1}, Config(), CostSheet()).contribution is None
