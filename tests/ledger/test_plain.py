"""What the ledger keeps of an action is the action, whatever it is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn.actions import action
from zhanggui.actions.kinds import Draft, Outcome
from zhanggui.ledger.plain import plain, whole
from zhanggui.units import Estimate, Money, Period, Quantity, Refusal, Words

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False),
    st.text(),
    st.dates(),
    st.builds(lambda value: Quantity(value, "money", value - 1, value + 1), st.floats(-1e9, 1e9)),
    st.builds(lambda text: Words("topic.name", {"inner": Words("topic.other", {"text": text})}), st.text()),
)


def kept(value: Any) -> Any:
    return whole(json.loads(json.dumps(plain(value), allow_nan=False)))


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: name != "~"), VALUES, max_size=5))
def test_an_action_is_kept_as_it_was_proposed(params: Mapping[str, Any]) -> None:
    wanted = action(
        words=Words("topic.name", params), reason=Words("topic.reason", params), draft=Draft("table", (), (params,))
    )
    assert kept(wanted) == wanted


def test_every_noun_of_the_trade_is_kept() -> None:
    nouns = (
        Period(date(2026, 9, 1), date(2026, 9, 7)),
        Money(Decimal("1.50"), "GBP"),
        Estimate(1.0, 0.5, 2.0),
        Refusal("topic.refused", 3.0, 1.0),
        Outcome("a", "counted", None, "m", 1.0, None, None, date(2026, 9, 1), "arithmetic", placebo_rank=(3, 40)),
        datetime(2026, 9, 1, 8, 30),
        float("inf"),
    )
    assert kept(nouns) == nouns


def test_numbers_of_an_array_are_numbers() -> None:
    assert kept((np.float64(1.5), np.int64(3), np.bool_(True))) == (1.5, 3, True)


def test_a_field_that_a_later_version_added_is_passed_over() -> None:
    told = plain(Quantity(1.0)) | {"colour": "red"}
    assert whole(told) == Quantity(1.0)


def test_what_is_no_noun_of_the_trade_is_not_kept_in_silence() -> None:
    with pytest.raises(TypeError):
        plain({"thing": object()})
