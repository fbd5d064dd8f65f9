"""The day's brief as a page keeps it: its numbers stay as long as the data does, what people decide about it is looked up anew."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhanggui.actions.kinds import Past
    from zhanggui.app.shop import Shop
    from zhanggui.brief import Brief


class Morning:
    """One brief, written in as many languages as are asked for."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self._parts: dict[str, dict[str, Any]] = {}
        self._guard = threading.Lock()

    def parts(self, locale: str) -> dict[str, Any]:
        """Its sections as written cells and charts; drawn once for each language."""
        from zhanggui.report.page import page_parts

        with self._guard:
            if locale not in self._parts:
                self._parts[locale] = page_parts(self.brief, locale)
            return self._parts[locale]


def morning_of(shop: Shop, as_of: date | str | None = None) -> Morning | None:
    """The brief of the last complete day, remembered and with its actions entered as proposals; of another day, only looked at. None
    before the first import."""
    if not shop.imports():
        return None
    made = Morning(shop.brief(as_of, remember=as_of is None))
    made.parts(shop.config.locale)
    return made


def decided(shop: Shop, brief: Brief, locale: str, *, gone_by: bool = False) -> dict[str, Any]:
    """What people decided about a brief's actions by now: the cards of its list, those approved beside it, and what is watched. Of a day
    gone by, what was watched on its morning and as it was known then."""
    from zhanggui.brief.make import watched
    from zhanggui.report.cards import interval
    from zhanggui.report.today import Today

    cards = {card.base: card for card in shop.actions.cards(locale, everything=True)}
    listed = [ranked.action.id for ranked in brief.actions if ranked.today]
    written = Today(brief, locale)
    ranges = {
        ranked.action.id: interval(ranked.profit, ranked.low, ranked.high, written.gain(ranked))
        for ranked in brief.actions
        if ranked.today
    }
    watching = watched(shop.standing(), brief.as_of)
    if gone_by:
        watching = _known_on(brief.as_of + timedelta(days=1), watching)
    return {
        "cards": {name: cards[name] for name in listed if name in cards},
        "ranges": ranges,
        "waiting": [card for name, card in cards.items() if name not in listed and card.state == "approved"],
        "watching": Today(replace(brief, watching=watching), locale).watched(),
    }


def _known_on(day: date, watching: Sequence[Past]) -> list[Past]:
    """What was done by a day, each without what was read of it later."""
    return [
        past if past.state != "measured" or past.since <= day else replace(past, state="done", outcome=None)
        for past in watching
        if past.done_on is not None and past.done_on <= day
    ]
