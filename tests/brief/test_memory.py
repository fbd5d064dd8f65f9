"""Nothing is said twice unchanged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from zhanggui.app.own_days import nine_on
from zhanggui.brief.make import morning_of
from zhanggui.brief.memory import note, read, weekly_due, with_state
from zhanggui.playbooks.kinds import Finding
from zhanggui.units import Words

DAY = date(2026, 9, 14)
SLOW = Finding(
    "products", "slow_stock", "state", Words("rules.verdict.no_sales"), "on_hand", {"product_id": "A"}, 400.0
)


def say(path: Path, finding: Finding, day: date) -> str:
    earlier = read(path)
    said = with_state([finding], earlier, day)
    note(path, said, earlier, day, weekly=False)
    return said[0].state


def test_a_finding_is_new_once_then_open(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    assert say(path, SLOW, DAY) == "new"
    assert say(path, SLOW, DAY + timedelta(days=1)) == "open"
    assert with_state([SLOW], read(path), DAY + timedelta(days=2))[0].first_said == DAY


def test_it_is_said_again_when_its_money_moved_by_a_quarter(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    say(path, SLOW, DAY)
    assert say(path, replace(SLOW, size=480.0), DAY + timedelta(days=1)) == "open"
    assert say(path, replace(SLOW, size=500.0), DAY + timedelta(days=2)) == "changed"
    assert say(path, replace(SLOW, size=500.0), DAY + timedelta(days=3)) == "open"


def test_it_is_said_again_after_28_days(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    say(path, SLOW, DAY)
    assert say(path, SLOW, DAY + timedelta(days=27)) == "open"
    assert say(path, SLOW, DAY + timedelta(days=28)) == "changed"


def test_making_the_same_days_brief_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    assert say(path, SLOW, DAY) == "new"
    before = path.read_text()
    assert say(path, SLOW, DAY) == "new"
    assert path.read_text() == before


def test_a_brief_of_an_earlier_day_knows_nothing_of_later_ones(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    say(path, SLOW, DAY)
    assert say(path, SLOW, DAY - timedelta(days=7)) == "new"


def test_a_cut_line_does_not_lose_the_others(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    say(path, SLOW, DAY)
    with path.open("a") as file:
        file.write('{"day": "2026-09-1')
    assert len(read(path)) == 1


def test_the_weekly_claims_are_looked_at_once_in_seven_days(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    looked = []
    for back in range(15):
        day = DAY + timedelta(days=back)
        earlier = read(path)
        weekly = weekly_due(earlier, day)
        note(path, [], earlier, day, weekly=weekly)
        looked.append(weekly)
    assert [i for i, weekly in enumerate(looked) if weekly] == [0, 7, 14]


def test_the_same_mornings_brief_again_tests_the_weekly_claims_again(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    note(path, [], [], DAY, weekly=True)
    assert weekly_due(read(path), DAY)
    assert not weekly_due(read(path), DAY + timedelta(days=6))


def test_without_a_memory_everything_is_new() -> None:
    assert with_state([SLOW], read(None), DAY)[0].state == "new"


def test_whoever_looks_every_monday_keeps_his_week_though_a_last_day_was_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    note(path, [], [], DAY, weekly=True)
    monday, saturday = nine_on(DAY + timedelta(days=8), "UTC"), DAY + timedelta(days=6)
    day = morning_of(saturday, None, monday)
    assert day == DAY + timedelta(days=7)
    assert weekly_due(read(path), day)
    note(path, [], read(path), saturday, weekly=True, morning=day)
    assert not weekly_due(read(path), day + timedelta(days=6))
    assert morning_of(saturday, saturday, monday) == saturday
    assert morning_of(DAY, None, monday) == DAY
