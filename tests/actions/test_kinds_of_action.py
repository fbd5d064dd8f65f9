"""The closed set: what may be done, and that nothing of the refused list is of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.actions import guards
from zhanggui.actions.catalogue import KINDS, kind_named
from zhanggui.actions.kinds import Action
from zhanggui.actions.wording import practices
from zhanggui.errors import BadValue
from zhanggui.i18n import LOCALES, has, text
from zhanggui.metrics import METRICS
from zhanggui.numbers import dimensions
from zhanggui.units import Words

NAMES = {kind.name for kind in KINDS}
DIMENSIONS = {"segment", *dimensions.DIMENSIONS}


def of_kind(name: str) -> Action:
    return Action("hand", "hand", name, Words("actions.kind.step_price"))


def test_every_kind_stands_once_and_is_named_in_every_language() -> None:
    assert len(NAMES) == len(KINDS)
    assert [(k.name, lang) for k in KINDS for lang in LOCALES if not has(f"actions.kind.{k.name}", lang)] == []
    assert [(k.name, lang) for k in KINDS for lang in LOCALES if not has(f"actions.change.{k.changes}", lang)] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_says_how_it_is_read_and_what_it_may_cost(kind) -> None:  # type: ignore[no-untyped-def]
    assert kind.metric in METRICS
    assert 0 < kind.days <= 90
    assert 0 <= kind.settle_days <= 28
    assert 0 < kind.minutes <= 120
    assert 0 <= kind.largest_cost <= 4
    assert set(kind.targets) <= DIMENSIONS
    assert kind.reversible or kind.approver == "owner" or kind.largest_cost <= 0.5


def test_no_price_has_a_buyers_trait_for_a_target() -> None:
    priced = [kind for kind in KINDS if kind.priced]
    assert len(priced) > 5
    assert [kind.name for kind in priced if guards.PERSON & {*kind.targets}] == []


def test_no_kind_is_of_the_refused_list_in_any_language() -> None:
    named = [kind.name.replace("_", " ") for kind in KINDS]
    named += [text(f"actions.kind.{kind.name}", lang) for kind in KINDS for lang in LOCALES]
    assert [name for name in named if practices(name)] == []


def test_reviews_are_asked_of_all_buyers_alike() -> None:
    assert [kind.name for kind in KINDS if "invite" in kind.name] == ["invite_reviews_from_all"]
    assert not {"segment", "new_or_returning"} & {*kind_named("invite_reviews_from_all").targets}


def test_an_unknown_kind_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(BadValue) as error:
        guards.check(of_kind("step_prise"))
    assert error.value.code == "guards.unknown_kind_near"
    assert error.value.params["near"] == "step_price"


@pytest.mark.parametrize("name", ["brush_orders", "buy_reviews", "delete_review", "scrape_rivals", "", "STEP_PRICE "])
def test_a_practice_of_the_refused_list_is_no_kind(name: str) -> None:
    with pytest.raises(BadValue):
        guards.check(of_kind(name))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_the_set_is_closed(name: str) -> None:
    if name in NAMES:
        assert kind_named(name).name == name
    else:
        with pytest.raises(BadValue):
            guards.check(of_kind(name))
