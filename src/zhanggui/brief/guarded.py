"""The guards before the day's list: what law or good practice forbids is never shown, whichever rule proposes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from zhanggui.actions.facts import Change, Facts, Offer
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Action
from zhanggui.errors import Refused
from zhanggui.playbooks.kinds import Situation

ENDLESS = date.max


def passed(actions: Iterable[Action], situation: Situation) -> tuple[list[Action], Mapping[str, int]]:
    """The actions that may be done, and how many of the others were stopped by each reason of the guards."""
    facts, kept, stopped = facts_of(situation), [], Counter[str]()
    for action in actions:
        try:
            check(action, facts=facts)
        except Refused as refused:
            stopped[refused.code.removeprefix("guards.")] += 1
        else:
            kept.append(action)
    return kept, dict(stopped)


def facts_of(situation: Situation) -> Facts:
    """What the guards must know, on the morning the brief is read: changes that were logged, promotions that run, what people did."""
    day = situation.as_of + timedelta(days=1)
    frame = situation.frames.get("happenings")
    rows = [] if frame is None else list(frame.iter_rows(named=True))
    changes = [
        Change(product, str(row["what"]), row["day"])
        for row in rows
        if row["kind"] == "change"
        for product in _products(row["products"])
    ]
    offers = [
        Offer(
            str(row["what"] or row["name"]), row["day"], row["until"] or ENDLESS, frozenset(_products(row["products"]))
        )
        for row in rows
        if row["kind"] == "promotion"
    ]
    return Facts(day=day, standing=situation.standing, changes=changes, offers=offers)


def _products(joined: str | None) -> list[str]:
    return [product for product in (joined or "").split(";") if product]
