"""Calendar, settings, experiments, outcomes and practice: what their forms change, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn.browsers import Browser, desk
from zhanggui.app.practice import Practice
from zhanggui.config import SETTINGS, load


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Browser]:
    with desk(tmp_path / "shop") as opened:
        yield Browser(opened)


def days_ahead(browser: Browser, days: int) -> str:
    from datetime import timedelta

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
