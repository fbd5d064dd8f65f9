"""Days on which nothing is changed, and what one shift tells the next."""

from __future__ import annotations

from datetime import date

import pytest

from drawn.actions import action
from zhanggui.actions.kinds import Freeze
from zhanggui.errors import BadValue
from zhanggui.ledger import Ledger
from zhanggui.ledger.notices import frozen_by

SALE = Freeze(date(2026, 11, 1), date(2026, 11, 11), "*", "big sale")
ONE = Freeze(date(2026, 9, 20), date(2026, 9, 25), "A1")


def test_a_freeze_noted_twice_is_one(ledger: Ledger) -> None:
    ledger.freeze(SALE, by="ann")
    assert ledger.freeze(SALE, by="bo") == [SALE]
    assert ledger.freeze(ONE, by="bo") == [ONE, SALE]
    assert ledger.standing().freezes == [ONE, SALE]


def test_a_lifted_freeze_holds_no_more_and_may_be_set_again(ledger: Ledger) -> None:
    ledger.freeze(SALE, by="ann")
    assert ledger.lift(SALE.start, SALE.end, "*", by="bo") == []
    with pytest.raises(BadValue) as error:
        ledger.lift(SALE.start, SALE.end, "*", by="bo")
    assert error.value.code == "ledger.no_freeze"
    assert ledger.freeze(SALE, by="ann") == [SALE]


def test_a_freeze_that_ends_before_it_begins_is_none(ledger: Ledger) -> None:
    with pytest.raises(BadValue) as error:
        ledger.freeze(Freeze(SALE.end, SALE.start), by="ann")
    assert error.value.code == "ledger.ends_before"


@pytest.mark.parametrize(
    ("target", "held"),
    [("*", True), ("A1", True), ("product_id=A1", True), ("B2", False), ("source=search", False), ("C9", True)],
)
def test_a_freeze_holds_what_it_names(target: str, held: bool) -> None:
    wanted = action("A1", touches=("A1", "C9"))
    freeze = Freeze(SALE.start, SALE.end, target)
    assert (frozen_by([freeze], wanted, SALE.start) == freeze) == held
    assert frozen_by([freeze], wanted, date(2026, 11, 12)) is None


def test_the_latest_hand_over_note_counts_and_duty_stays_where_nobody_is_named(ledger: Ledger) -> None:
    assert ledger.handover() is None
    ledger.hand_over("parcels are late", "bo", by="ann")
    ledger.hand_over("parcels are through", "", by="bo")
    note = ledger.handover()
    assert note is not None
    assert (note.text, note.on_duty, note.by) == ("parcels are through", "bo", "bo")


def test_who_leaves_the_first_note_is_on_duty_himself(ledger: Ledger) -> None:
    ledger.hand_over("all quiet", "", by="ann")
    note = ledger.handover()
    assert note is not None
    assert note.on_duty == "ann"
