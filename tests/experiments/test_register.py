"""Experiments written down, and what was done about them."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from zhanggui.errors import BadValue, Decided
from zhanggui.experiments.kinds import Baseline, Plan, Variant
from zhanggui.experiments.register import Register
from zhanggui.state.database import Database
from zhanggui.units import Clock, Period

PLAN = Plan(
    id="photo",
    name="主圖測試",
    change="picture",
    unit="visitor",
    metric="conversion",
    variants=(Variant("old", 0.6), Variant("new", 0.4)),
    start=date(2026, 9, 1),
    end=date(2026, 9, 28),
    planned=20_000,
    smallest=0.1,
    baseline=Baseline(0.02, 0.0196, a_day=500.5, period=Period(date(2026, 8, 1), date(2026, 8, 28))),
    note="second try",
    action="c5189f93",
)


def at(moment: str) -> Clock:
    return Clock("Asia/Shanghai", lambda: datetime.fromisoformat(moment))


@pytest.fixture
def register(tmp_path: Path):
    with Database.open(tmp_path) as database:
        yield Register(database, at("2026-08-30T20:00:00+00:00"))


def test_a_plan_comes_back_as_it_was_written(register: Register) -> None:
    noted = register.note(PLAN, by="ann")
    assert noted.plan == PLAN
    assert (noted.by, noted.day) == ("ann", date(2026, 8, 31))  # the shop's day
    assert register.all() == [noted]
    assert register.found("photo") == noted
    other = register.note(replace(PLAN, id="letter", baseline=None), by="bo")
    assert other.plan.baseline is None


def test_what_happened_is_in_order_and_a_stop_is_the_last(register: Register) -> None:
    register.note(PLAN, by="ann")
    register.assigned("photo", by="bo", counts={"old": 60, "new": 40}, file="ids.csv")
    closed = register.stop("photo", by="cy", why="clear", reading={"advice": "better"})
    assert [each.verb for each in closed.history] == ["assigned", "stopped"]
    assert closed.stopped is not None
    assert closed.stopped.content == {"why": "clear", "reading": {"advice": "better"}}
    assert closed.state(date(2026, 9, 2)) == "stopped"
    for again in (
        lambda: register.stop("photo", by="di", why="twice", reading={}),
        lambda: register.assigned("photo", by="di", counts={}, file=""),
    ):
        with pytest.raises(Decided) as decided:
            again()
        assert decided.value.code == "experiments.stopped"
        assert decided.value.params["by"] == "cy"
    assert register.found("photo") == closed


def test_states_follow_the_days(register: Register) -> None:
    noted = register.note(PLAN, by="ann")
    days = {date(2026, 8, 31): "planned", date(2026, 9, 1): "running", date(2026, 9, 28): "running"}
    assert {day: noted.state(day) for day in days} == days
    assert noted.state(date(2026, 9, 29)) == "over"
    assert not noted.late


def test_an_id_is_taken_once_and_an_unknown_one_is_met_with_the_nearest(register: Register) -> None:
    register.note(PLAN, by="ann")
    with pytest.raises(Decided, match="id_taken"):
        register.note(PLAN, by="bo")
    with pytest.raises(BadValue) as unknown:
        register.found("foto")
    assert unknown.value.params["near"] == "photo"


def test_of_two_people_who_stop_it_at_once_one_does(register: Register) -> None:
    register.note(PLAN, by="ann")
    told: list[str] = []

    def stop(by: str) -> None:
        try:
            register.stop("photo", by=by, why="mine", reading={})
            told.append("stopped")
        except Decided:
            told.append("too late")

    both = [threading.Thread(target=stop, args=(name,)) for name in ("ann", "bo")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(told) == ["stopped", "too late"]


def test_what_was_written_cannot_be_changed(register: Register, tmp_path: Path) -> None:
    register.note(PLAN, by="ann")
    with (
        Database.open(tmp_path) as database,
        pytest.raises(DatabaseError, match="never changed"),
        database.writing() as session,
    ):
        session.execute(text("UPDATE experiments SET smallest = 0.5"))
