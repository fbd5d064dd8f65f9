"""What people decide about an action, and what the ledger refuses: nothing is done twice, out of order, or in silence."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from drawn.actions import action, counted
from drawn.ledgers import Days, opened
from zhanggui.actions.kinds import Freeze, Outcome
from zhanggui.errors import BadValue, Decided, ZhangguiError
from zhanggui.ledger import Ledger

STEP = action()
OFFER = action("C3", counted(19), "take_out_of_offer", rule="sells_below_cash")


def read(entry: str, days: Days, verdict: str = "worked") -> Outcome:
    return Outcome(
        entry, verdict, "synthetic_control", "contribution_profit", 150.0, 40.0, 260.0, days.today, "observation"
    )


def approved(ledger: Ledger, proposed: object = STEP) -> str:
    ledger.propose([proposed])
    return ledger.approve(proposed.id, by="ann").entry.id


def refused(error: pytest.ExceptionInfo[ZhangguiError]) -> tuple[str, dict[str, object]]:
    return error.value.code, error.value.params


def test_a_proposal_is_remembered_as_it_was_made(ledger: Ledger) -> None:
    ledger.propose([STEP, OFFER])
    first, second = ledger.entries()
    assert (first.action, first.state, first.by) == (STEP, "proposed", "zhanggui")
    assert second.action == OFFER


def test_the_same_brief_twice_proposes_once(ledger: Ledger) -> None:
    ledger.propose([STEP, OFFER])
    before = ledger.last()
    ledger.propose([OFFER, STEP])
    assert ledger.last() == before


def test_a_proposal_with_other_numbers_is_the_same_action_with_those_numbers(ledger: Ledger, days: Days) -> None:
    ledger.propose([STEP])
    days.pass_by(1)
    ledger.propose([action(profit=320.0)])
    (entry,) = ledger.entries()
    assert entry.action.gain.profit == 320.0
    assert (entry.id, entry.since, entry.offered_on) == (STEP.id, date(2026, 9, 15), date(2026, 9, 16))


def test_from_proposal_to_outcome_every_step_says_who_and_when(ledger: Ledger, days: Days) -> None:
    ledger.propose([STEP])
    ledger.approve(STEP.id, by="ann", before={"products": {"A1": {"price": 100.0}}})
    ledger.assign(STEP.id, by="ann", owner="bo", due=date(2026, 9, 17))
    days.pass_by(1)
    done = ledger.done(STEP.id, by="bo").entry
    assert (done.state, done.owner, done.due_on, done.done_by) == ("done", "bo", date(2026, 9, 17), "bo")
    assert (done.done_on, done.stop_on, done.read_on) == (date(2026, 9, 16), date(2026, 10, 7), date(2026, 10, 14))
    assert done.before == {"products": {"A1": {"price": 100.0}}}
    days.pass_by(30)
    (entry,) = ledger.measured([read(done.id, days)])
    assert (entry.state, entry.outcome.verdict) == ("measured", "worked")
    said = [(event.step, event.verb, event.by) for event in entry.history]
    assert said == [
        (1, "proposed", "zhanggui"),
        (2, "approved", "ann"),
        (3, "assigned", "ann"),
        (4, "done", "bo"),
        (5, "measured", "zhanggui"),
    ]
    assert entry.past.outcome.effect == 150.0


def test_approving_twice_does_it_once_and_says_who_was_first(ledger: Ledger) -> None:
    approved(ledger)
    before = ledger.last()
    with pytest.raises(Decided) as error:
        ledger.approve(STEP.id, by="bo")
    code, said = refused(error)
    assert (code, said["by"], said["at"]) == ("ledger.already", "ann", "2026-09-15 08:30")
    assert ledger.last() == before


def test_what_is_not_approved_cannot_be_done(ledger: Ledger) -> None:
    ledger.propose([STEP])
    with pytest.raises(Decided) as error:
        ledger.done(STEP.id, by="ann")
    assert refused(error) == ("ledger.approve_first", {"id": STEP.id})
    assert ledger.entry(STEP.id).state == "proposed"


def test_an_action_nobody_proposed_is_unknown_and_the_latest_are_named(ledger: Ledger) -> None:
    ledger.propose([STEP])
    with pytest.raises(BadValue) as error:
        ledger.approve("ffffffff", by="ann")
    assert refused(error) == ("ledger.unknown_action", {"id": "ffffffff", "known": STEP.id})


@pytest.mark.parametrize("name", ["", "-", "%", "_", "c5' OR 1=1", "products", STEP.id + "-9", "🙂"])
def test_what_is_no_id_is_no_action(ledger: Ledger, name: str) -> None:
    ledger.propose([STEP])
    with pytest.raises(BadValue) as error:
        ledger.note(name, "?", by="ann")
    assert error.value.code == "ledger.unknown_action"


def test_the_beginning_of_an_id_is_enough_where_it_names_one(ledger: Ledger) -> None:
    ledger.propose([STEP, OFFER])
    assert ledger.entry(STEP.id[:5]).id == STEP.id
    assert ledger.entry(f" {STEP.id.upper()} ").id == STEP.id


def test_a_beginning_of_two_ids_names_neither(ledger: Ledger) -> None:
    many = [action(f"P{number}") for number in range(40)]
    ledger.propose(many)
    first = next(one.id[0] for one in many if sum(one.id[0] == other.id[0] for other in many) > 1)
    with pytest.raises(BadValue) as error:
        ledger.entry(first)
    assert error.value.code == "ledger.several_actions"


def test_a_proposal_of_last_month_is_gone(ledger: Ledger, days: Days) -> None:
    ledger.propose([STEP])
    days.pass_by(29)
    with pytest.raises(Decided) as error:
        ledger.approve(STEP.id, by="ann")
    assert refused(error) == ("ledger.lapsed", {"id": STEP.id, "day": "2026-09-15"})


def test_two_people_at_once_on_one_action_one_wins_and_the_other_hears_of_it(tmp_path: Path, days: Days) -> None:
    with opened(tmp_path, days) as book:
        book.propose([STEP])
    start = threading.Barrier(4)
    results: list[str] = []

    def decides(name: str) -> None:
        with opened(tmp_path, days) as book:
            start.wait()
            try:
                book.approve(STEP.id, by=name)
                results.append("won")
            except Decided as error:
                results.append(f"{error.code} {error.params['by']}")

    threads = [threading.Thread(target=decides, args=(name,)) for name in ("ann", "bo", "cy", "di")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened(tmp_path, days) as book:
        winner = book.entry(STEP.id)
    assert sorted(results) == [*[f"ledger.already {winner.by}"] * 3, "won"]
    assert [event.verb for event in winner.history] == ["proposed", "approved"]


def test_who_decides_on_what_has_moved_since_he_looked_is_told(ledger: Ledger) -> None:
    ledger.propose([STEP])
    seen = ledger.entry(STEP.id).step
    ledger.snooze(STEP.id, date(2026, 9, 20), by="bo")
    with pytest.raises(Decided) as error:
        ledger.approve(STEP.id, by="ann", seen=seen)
    code, said = refused(error)
    assert (code, said["by"], said["verb"].key) == ("ledger.meanwhile", "bo", "ledger.verb.snoozed")
    assert ledger.entry(STEP.id).state == "proposed"


def test_a_step_that_another_took_in_between_is_looked_at_again(ledger: Ledger) -> None:
    from sqlalchemy import event

    from zhanggui.state.decisions import EventRow

    ledger.propose([STEP])
    taken: list[int] = []

    def takes_it(mapper: object, connection: object, row: EventRow) -> None:
        if not taken:
            taken.append(row.step)
            told = f"VALUES ('{row.action}', {row.step}, 'noted', 'bo', '{row.at}', '{row.day}', '{{}}')"
            connection.execute(sql(f"INSERT INTO events (action, step, verb, by, at, day, content) {told}"))

    event.listen(EventRow, "before_insert", takes_it)
    try:
        entry = ledger.approve(STEP.id, by="ann").entry
    finally:
        event.remove(EventRow, "before_insert", takes_it)
    assert taken == [2]
    assert [said.verb for said in entry.history] == ["proposed", "approved"]


@pytest.mark.parametrize(
    ("decided", "back"), [("approve", "proposed"), ("dismiss", "proposed"), ("done", "approved"), ("read", "approved")]
)
def test_a_decision_made_by_mistake_is_taken_back(ledger: Ledger, days: Days, decided: str, back: str) -> None:
    ledger.propose([STEP])
    if decided in ("approve", "dismiss"):
        getattr(ledger, decided)(STEP.id, by="ann")
    else:
        ledger.approve(STEP.id, by="ann", before={"price": 100.0})
        ledger.done(STEP.id, by="ann")
        if decided == "read":
            ledger.measured([read(STEP.id, days)])
    entry = ledger.undo(STEP.id, by="bo").entry
    assert (entry.state, entry.by) == (back, "bo")
    assert (entry.done_on, entry.stop_on, entry.outcome, list(entry.changes)) == (None, None, None, [])
    assert entry.before == ({"price": 100.0} if back == "approved" else {})


def test_there_is_nothing_to_take_back_of_a_proposal(ledger: Ledger) -> None:
    ledger.propose([STEP])
    with pytest.raises(Decided) as error:
        ledger.undo(STEP.id, by="ann")
    assert error.value.code == "ledger.not_now"


def test_what_was_dismissed_must_be_taken_back_before_it_is_approved(ledger: Ledger) -> None:
    ledger.propose([STEP])
    ledger.dismiss(STEP.id, by="ann", text="we tried that")
    with pytest.raises(Decided) as error:
        ledger.approve(STEP.id, by="bo")
    code, said = refused(error)
    assert (code, said["state"].key, said["by"]) == ("ledger.not_now", "ledger.state.dismissed", "ann")
    assert [note.text for note in ledger.entry(STEP.id).notes] == ["we tried that"]


def test_an_outcome_is_stored_once_and_only_for_what_is_done(ledger: Ledger, days: Days) -> None:
    approved(ledger)
    assert ledger.measured([read(STEP.id, days), read("ffffffff", days)]) == []
    ledger.done(STEP.id, by="ann")
    assert len(ledger.measured([read(STEP.id, days)])) == 1
    assert ledger.measured([read(STEP.id, days, "harmed")]) == []
    assert ledger.entry(STEP.id).outcome.verdict == "worked"


def test_an_action_done_last_week_is_read_from_that_day(ledger: Ledger) -> None:
    approved(ledger)
    entry = ledger.done(STEP.id, by="ann", on=date(2026, 9, 8)).entry
    assert (entry.done_on, entry.since, entry.stop_on) == (date(2026, 9, 8), date(2026, 9, 8), date(2026, 9, 29))


def test_nothing_is_done_tomorrow_put_off_until_yesterday_or_stopped_before_it_began(
    ledger: Ledger, days: Days
) -> None:
    approved(ledger)
    with pytest.raises(BadValue) as tomorrow:
        ledger.done(STEP.id, by="ann", on=days.today + timedelta(days=1))
    with pytest.raises(BadValue) as yesterday:
        ledger.snooze(STEP.id, days.today, by="ann")
    ledger.done(STEP.id, by="ann")
    with pytest.raises(BadValue) as before:
        ledger.stop(STEP.id, by="ann", on=days.today - timedelta(days=1))
    assert [error.value.code for error in (tomorrow, yesterday, before)] == [
        "ledger.day_to_come",
        "ledger.day_not_to_come",
        "ledger.stopped_before_done",
    ]


def test_what_was_taken_away_again_is_read_until_that_day(ledger: Ledger, days: Days) -> None:
    approved(ledger)
    ledger.done(STEP.id, by="ann")
    day = days.pass_by(10)
    entry = ledger.stop(STEP.id, by="bo").entry
    assert (entry.state, entry.stop_on, entry.read_on) == ("done", day, day + timedelta(days=7))
    assert [(line.id, line.day) for line in entry.changes] == [
        (f"ledger:{STEP.id}", date(2026, 9, 15)),
        (f"ledger:{STEP.id}:stop", day),
    ]
    with pytest.raises(Decided) as error:
        ledger.stop(STEP.id, by="ann")
    assert error.value.code == "ledger.already"


def test_a_clock_that_went_back_loses_nothing_and_is_said(ledger: Ledger, days: Days) -> None:
    ledger.propose([STEP])
    written = ledger.last().at
    days.pass_by(-400)
    decision = ledger.approve(STEP.id, by="ann")
    assert [note.key for note in decision.notes] == ["ledger.note.clock"]
    assert ledger.last().at == written
    assert ledger.last().content["clock"] == "2025-08-11T00:30:00"
    assert decision.entry.state == "approved"


def test_a_clock_of_another_machine_a_minute_behind_is_nothing_to_speak_of(ledger: Ledger, days: Days) -> None:
    ledger.propose([STEP])
    days.pass_by(-1 / 1440)
    assert ledger.approve(STEP.id, by="ann").notes == []


def test_two_changes_on_one_product_are_read_together_and_that_is_said(ledger: Ledger) -> None:
    title = action("A1", kind="change_title", rule="falling_conversion")
    ledger.propose([STEP, title])
    ledger.approve(STEP.id, by="ann")
    ledger.done(STEP.id, by="ann")
    (note,) = ledger.approve(title.id, by="ann").notes
    assert (note.key, note.params["others"]) == ("ledger.note.together", STEP.id)


def test_a_change_within_a_freeze_is_noted_and_said(ledger: Ledger) -> None:
    ledger.freeze(Freeze(date(2026, 9, 10), date(2026, 9, 20), "*", "big sale"), by="ann")
    ledger.propose([STEP])
    (note,) = ledger.approve(STEP.id, by="ann").notes
    assert (note.key, note.params["text"]) == ("ledger.note.frozen", "big sale")


def test_entered_by_hand_is_a_proposal_of_that_person(ledger: Ledger) -> None:
    mine = action("A1", kind="change_image", rule="by_hand", playbook="by_hand")
    entry = ledger.add(mine, by="ann", text="new main picture").entry
    assert (entry.state, entry.by, entry.by_hand, entry.notes[0].text) == ("proposed", "ann", True, "new main picture")
    with pytest.raises(Decided) as error:
        ledger.add(mine, by="bo")
    assert error.value.code == "ledger.already_there"
