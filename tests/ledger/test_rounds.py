"""When an action that ended, or was refused, is proposed again."""

from __future__ import annotations

from datetime import date

import pytest

from drawn.actions import action, counted
from drawn.ledgers import Days
from zhanggui.actions.kinds import Outcome, Past
from zhanggui.ledger import Ledger

STEP = action()
OFFER = action("C3", counted(19), "take_out_of_offer", rule="sells_below_cash")


def dismissed(ledger: Ledger) -> None:
    ledger.propose([STEP])
    ledger.dismiss(STEP.id, by="ann")


def done(ledger: Ledger, wanted: object = STEP) -> None:
    ledger.propose([wanted])
    ledger.approve(wanted.id, by="ann")
    ledger.done(wanted.id, by="ann")


def rounds(ledger: Ledger) -> list[tuple[str, str]]:
    return [(entry.id, entry.state) for entry in ledger.entries()]


def past(ledger: Ledger) -> dict[str, Past]:
    return {one.id: one for one in ledger.standing().past}


def test_what_was_dismissed_is_not_proposed_for_four_weeks(ledger: Ledger, days: Days) -> None:
    dismissed(ledger)
    days.pass_by(27)
    assert ledger.propose([STEP]) == []
    days.pass_by(1)
    (again,) = ledger.propose([STEP])
    assert (again.id, again.round, again.state) == (f"{STEP.id}-2", 2, "proposed")
    assert rounds(ledger) == [(STEP.id, "dismissed"), (f"{STEP.id}-2", "proposed")]


@pytest.mark.parametrize(("profit", "back"), [(399.0, False), (400.0, True)])
def test_what_was_dismissed_comes_back_when_its_expected_profit_doubles(
    ledger: Ledger, days: Days, profit: float, back: bool
) -> None:
    dismissed(ledger)
    days.pass_by(3)
    assert bool(ledger.propose([action(profit=profit)])) == back


def test_what_promised_a_loss_does_not_come_back_by_promising_more_of_it(ledger: Ledger, days: Days) -> None:
    ledger.propose([action(profit=-10.0)])
    ledger.dismiss(STEP.id, by="ann")
    days.pass_by(3)
    assert ledger.propose([action(profit=-20.0)]) == []


def test_what_is_being_read_is_not_proposed_until_the_reading_is_over(ledger: Ledger, days: Days) -> None:
    done(ledger)
    days.pass_by(21)
    assert ledger.propose([STEP]) == []
    days.pass_by(1)
    assert [entry.id for entry in ledger.propose([STEP])] == [f"{STEP.id}-2"]


def test_what_is_counted_may_be_needed_again_a_week_later(ledger: Ledger, days: Days) -> None:
    done(ledger, OFFER)
    days.pass_by(6)
    assert ledger.propose([OFFER]) == []
    days.pass_by(1)
    assert [entry.id for entry in ledger.propose([OFFER])] == [f"{OFFER.id}-2"]


def test_what_was_read_opens_a_new_round_and_the_old_one_keeps_its_outcome(ledger: Ledger, days: Days) -> None:
    done(ledger)
    days.pass_by(30)
    read = Outcome(
        STEP.id, "harmed", "before_after", "contribution_profit", -9.0, -12.0, -6.0, days.today, "observation"
    )
    ledger.measured([read])
    ledger.propose([STEP])
    known = past(ledger)
    assert (known[STEP.id].state, known[STEP.id].outcome) == ("measured", read)
    assert (known[f"{STEP.id}-2"].state, known[f"{STEP.id}-2"].outcome) == ("proposed", None)
    assert ledger.entry(STEP.id).id == f"{STEP.id}-2"
    assert ledger.entry(f"{STEP.id}-1").id == STEP.id
    assert ledger.entry(f"{STEP.id[:6]}-2").round == 2


def test_what_is_approved_waits_to_be_done_and_is_not_proposed_anew(ledger: Ledger, days: Days) -> None:
    ledger.propose([STEP])
    ledger.approve(STEP.id, by="ann")
    days.pass_by(60)
    assert ledger.propose([action(profit=999.0)]) == []
    assert ledger.entry(STEP.id).action.gain.profit == 200.0


def test_rules_and_brief_see_what_is_put_off(ledger: Ledger) -> None:
    ledger.propose([STEP])
    ledger.snooze(STEP.id, date(2026, 9, 20), by="ann")
    assert past(ledger)[STEP.id].snoozed_until == date(2026, 9, 20)
    ledger.approve(STEP.id, by="ann")
    assert past(ledger)[STEP.id].snoozed_until is None
