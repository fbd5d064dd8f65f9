"""Calendar, settings, experiments, outcomes and practice: what their forms change, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from drawn.browsers import Browser, desk
from zhanggui.app.calendar import events
from zhanggui.app.practice import Practice
from zhanggui.config import SETTINGS, load
from zhanggui.units import Period


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Browser]:
    with desk(tmp_path / "shop") as opened:
        yield Browser(opened)


def days_ahead(browser: Browser, days: int) -> str:
    with browser.desk.reading() as shop:
        return (shop.clock.today() + timedelta(days=days)).isoformat()


# ---- calendar


def test_a_promotion_stands_on_its_days_and_on_the_day_it_must_be_answered(owner: Browser) -> None:
    first, answer = days_ahead(owner, 20), days_ahead(owner, 5)
    page = owner.post(
        "/calendar/promotion", name="Autumn sale", start=first, end=days_ahead(owner, 22), answer_by=answer
    )
    assert page.count("Autumn sale") == 2
    assert f'<time datetime="{answer}"' in page
    assert "answer by" in page


def test_a_promotion_that_ends_before_it_begins_is_refused(owner: Browser) -> None:
    page = owner.post("/calendar/promotion", 400, name="Sale", start=days_ahead(owner, 9), end=days_ahead(owner, 8))
    assert "The days do not fit" in page
    assert "Sale" not in owner.get("/calendar")


def test_a_freeze_holds_and_is_lifted(owner: Browser) -> None:
    start, end = days_ahead(owner, 2), days_ahead(owner, 4)
    assert "before the event" in owner.post("/calendar/freeze", start=start, end=end, text="before the event")
    with owner.desk.reading() as shop:
        assert len(shop.actions.freezes()) == 1
    assert "before the event" not in owner.post("/calendar/lift", start=start, end=end, target="*")


def test_a_day_is_explained_away(owner: Browser) -> None:
    page = owner.post("/calendar/annotation", day=days_ahead(owner, -3), text="courier strike <b>")
    assert "courier strike &lt;b&gt;" in page


def test_member_days_come_every_month_and_the_last_day_stands_in_for_one_that_is_not_there(owner: Browser) -> None:
    with owner.desk.reading() as shop:
        year = shop.clock.today().year + 1
    first = f"{year}-01-31"
    page = owner.post("/calendar/members", start=first, every="month", times="3", terms="double points")
    assert "It is on the calendar" in page
    with owner.desk.reading() as shop:
        table = shop.warehouse.table("promotions")
        days = shop.warehouse.run(table.select("starts_day", "terms").order_by("starts_day")).rows()
        found = {event.kind for event in events(shop, Period(date(year, 1, 1), date(year, 4, 1)))}
    end = date(year, 3, 1) - timedelta(days=1)
    assert days == [(day, "double points") for day in (date(year, 1, 31), end, date(year, 3, 31))]
    assert "member_day" in found
    assert "promotion" not in found
    assert "The days do not fit" in owner.post("/calendar/members", 400, start=first, every="year", times="1")
    owner.post("/calendar/members", 422, start=first, every="week", times="900")


# ---- the demo


@pytest.mark.prove
def test_the_demo_is_looked_at_and_nothing_of_it_comes_into_the_workspace(owner: Browser) -> None:
    before = {path.name for path in owner.desk.folder.iterdir()}
    owner.post("/demo")
    page = owner.wait()
    assert "Online Retail" in page
    assert "NOT SAID" in page
    assert "/approve" not in page
    assert {path.name for path in owner.desk.folder.iterdir()} - before <= {"jobs.json"}
    with owner.desk.reading() as shop:
        assert shop.imports() == []
        assert shop.actions.list() == []
    assert "Three steps" in owner.get("/")


# ---- an action of one's own


def test_an_action_is_entered_by_hand_and_one_that_was_done_is_being_measured(owner: Browser) -> None:
    page = owner.post("/actions/new", kind="audit_listing", product="Cup", text="looks odd <b>", low="5", high="9")
    assert "Entered: Buy it once yourself (Cup): looks odd &lt;b&gt;" in page
    assert "¥7" in page
    with owner.desk.reading() as shop:
        assert [entry.state for entry in shop.actions.list()] == ["proposed"]
        day = shop.clock.today().isoformat()
    page = owner.post("/actions/new", kind="ship_orders", text="a truck more", on=day)
    with owner.desk.reading() as shop:
        assert [entry.state for entry in shop.actions.list()] == ["proposed", "done"]
    assert "in the ledger already" in owner.post("/actions/new", 409, kind="audit_listing", product="Cup")
    assert len(re.findall("<option", owner.get("/actions/new?product=Cup"))) > 40
    assert 'value="Cup"' in owner.get("/actions/new?product=Cup")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "explode"}, "explode"),
        ({"kind": "audit_listing", "low": "a lot"}, "is no number"),
        ({"kind": "audit_listing", "low": "nan"}, "is no number"),
        ({"kind": "audit_listing", "value": "France"}, "What is “France”?"),
        ({"kind": "audit_listing", "target": "country", "value": "France"}, "country"),
        ({"kind": "audit_listing", "on": "someday"}, "is not a day"),
        ({"kind": "ship_orders", "text": "pay buyers for five-star reviews"}, "Refused"),
    ],
)
def test_what_cannot_be_entered_is_said_and_what_was_typed_stays(
    owner: Browser, fields: dict[str, str], said: str
) -> None:
    page = owner.post("/actions/new", 422, **{"text": "kept as it is", **fields})
    assert said in page
    assert fields.get("text", "kept as it is") in page
    with owner.desk.reading() as shop:
        assert shop.actions.list() == []


# ---- settings


def test_a_threshold_is_changed_and_the_comments_of_the_file_stay(owner: Browser) -> None:
    file = owner.desk.folder / "zhanggui.toml"
    file.write_text(file.read_text(encoding="utf-8") + "# ours is slower\nship_by_hours = 36\n", encoding="utf-8")
    owner.post("/settings", **{"set:ship_by_hours": "24", "set:refund_ratio": "1.5"})
    told = file.read_text(encoding="utf-8")
    assert "# ours is slower" in told
    assert load(owner.desk.folder)["ship_by_hours"] == 24
    assert load(owner.desk.folder)["refund_ratio"] == 1.5
    owner.post("/settings", **{"set:ship_by_hours": "48"})
    assert "ship_by_hours" not in file.read_text(encoding="utf-8")


def test_a_threshold_out_of_bounds_changes_nothing(owner: Browser) -> None:
    before = (owner.desk.folder / "zhanggui.toml").read_bytes()
    page = owner.post("/settings", 400, **{"set:refund_ratio": "1.5", "set:ship_by_hours": "100000"})
    assert "must lie between 1 and 720" in page
    owner.post("/settings", 400, **{"set:ship_by_hours": "nan"})
    owner.post("/settings", 400, **{"set:no_such": "1"})
    assert (owner.desk.folder / "zhanggui.toml").read_bytes() == before


def test_every_setting_stands_on_the_page_with_its_reason(owner: Browser) -> None:
    page = owner.get("/settings")
    assert [setting.name for setting in SETTINGS if f">{setting.name}</code>" not in page] == []


def test_the_shop_gets_another_name_and_language(owner: Browser) -> None:
    name = 'Cups "and" \\ more\n[settings]\nrefund_ratio = 9'
    owner.post("/settings/shop", name=name, locale="zh-Hans")
    found = load(owner.desk.folder)
    assert found.name == name.replace("\n", "")
    assert found.locale == "zh-Hans"
    assert found["refund_ratio"] == 1.3
    owner.post("/settings/shop", 400, name=" ", locale="en")


# ---- experiments


def test_an_experiment_is_looked_at_first_then_written_down_and_stopped(owner: Browser) -> None:
    plan = {"name": "New <picture>", "unit": "visitor", "effect": "20%", "variants": "old=50%, new=50%"}
    known = {"a_day": "3000", "mean": "3%"}
    assert "cannot be said" in owner.post("/experiments/new", 400, **plan, do="look")
    page = owner.post("/experiments/new", **plan, **known, do="look")
    assert "3,000 visitors a day" in page
    assert 'value="New &lt;picture&gt;"' in page
    with owner.desk.reading() as shop:
        assert shop.experiments.list() == []
    page = owner.post("/experiments/new", **plan, **known, do="note")
    assert "No exposures yet" in page
    assert "<picture>" not in page
    assert "/experiments/new-picture" in owner.get("/experiments")
    owner.post("/experiments/new-picture/stop", 400, why=" ")
    assert "Stopped by owner" in owner.post("/experiments/new-picture/stop", why="too slow")
    assert "too slow" in owner.get("/experiments/new-picture")
    owner.post("/experiments/new-picture/stop", 409, why="again")


def test_a_price_by_person_is_refused_and_nothing_is_written_down(owner: Browser) -> None:
    page = owner.post("/experiments/new", 400, name="Dearer", change="price", unit="visitor", do="note")
    assert "forbid different prices" in page
    with owner.desk.reading() as shop:
        assert shop.experiments.list() == []


# ---- outcomes, practice


def test_outcomes_of_a_new_shop_say_when_there_will_be_some(owner: Browser) -> None:
    assert "No action is over" in owner.get("/outcomes")
    assert "0 actions were read" in owner.post("/outcomes/read")


def test_a_real_shop_says_how_to_get_one_to_practise_on(owner: Browser) -> None:
    assert "zhanggui practice new" in owner.get("/practice")


def test_a_practice_shop_lives_its_days_in_the_background_and_is_scored(tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    Practice.new(folder, "tea", 5, history=40).shop.close()
    with desk(folder) as opened:
        browser = Browser(opened)
        before = browser.get("/practice")
        browser.post("/practice/days", days="7")
        assert "done" in browser.wait()
        after = browser.get("/practice")
        assert "went by and was imported" in after
        assert before != after
        browser.post("/practice/score")
        browser.wait()
        assert "the oracle" in browser.get("/practice")
