"""What came of what was done: due actions are read once, stored in the ledger, and shown with each rule's scorecard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from zhanggui.app.who import day_of
from zhanggui.errors import Unanswerable

if TYPE_CHECKING:
    from zhanggui.actions.kinds import Past, Score
    from zhanggui.app.shop import Shop


@dataclass(frozen=True, slots=True)
class Waiting:
    """A done action that is not read yet: from which day it can be, and the last day the data covers."""

    past: Past
    read_on: date
    data_to: date | None

    @property
    def lacks_data(self) -> bool:
        return self.data_to is None or self.data_to < self.read_on


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Every action that was read, those that were read just now, those that wait, and the scorecard."""

    as_of: date
    read: Sequence[Past]
    fresh: Sequence[str]
    waiting: Sequence[Waiting]
    scorecard: Sequence[Score]


def outcomes(shop: Shop, as_of: date | str | None = None) -> Outcomes:
    """Read what is due by ``as_of`` (the last complete day) and give everything that was read. Without data nothing is read, and what
    waits for it is said."""
    return known(shop, as_of, fresh=read_due(shop, day_of(as_of)))


def known(shop: Shop, as_of: date | str | None = None, *, fresh: Sequence[str] = ()) -> Outcomes:
    """What was read so far, without reading anything now."""
    return _known(shop, last_day(shop), as_of, fresh)


def _known(shop: Shop, last: date | None, as_of: date | str | None = None, fresh: Sequence[str] = ()) -> Outcomes:
    from zhanggui.outcomes import scorecard

    past = shop.ledger.standing().past
    waiting = [Waiting(each, each.read_on, last) for each in past if each.state == "done" and each.read_on is not None]
    return Outcomes(
        as_of=day_of(as_of) or last or shop.clock.today(),
        read=[each for each in past if each.outcome is not None],
        fresh=fresh,
        waiting=sorted(waiting, key=lambda one: (one.read_on, one.past.id)),
        scorecard=scorecard(past),
    )


def read_due(shop: Shop, as_of: date | None = None) -> list[str]:
    """Read the done actions that are due by ``as_of`` or the last day of the data, and store what was read, once. Gives their ids."""
    past = shop.ledger.standing().past
    last = last_day(shop) if any(each.state == "done" for each in past) else None
    if last is None:
        return []
    from zhanggui.outcomes import due, read

    day = min(as_of, last) if as_of else last
    if not due(past, day):
        return []
    shown = shop.experiments.effects()
    found = read(
        shop.warehouse, past, as_of=day, config=shop.config, costs=shop.costs, clock=shop.clock, experiments=shown
    )
    stored = shop.ledger.measured(found)
    shop.meet()
    return [entry.id for entry in stored]


def last_day(shop: Shop) -> date | None:
    """The last complete day of the data, if there is any."""
    from zhanggui.numbers.query import data_span, last_complete_day

    try:
        data_span(shop.warehouse, shop.config.currency)
        return last_complete_day(shop.warehouse, shop.clock, shop.config.currency)
    except Unanswerable:
        return None


def outcomes_text(shop: Shop, found: Outcomes, locale: str, width: int = 120) -> str:
    """All outcomes and the scorecard for a terminal, with what still waits."""
    from zhanggui.report.ledger import Page, waiting_text
    from zhanggui.report.outcomes import outcomes_text as written

    names = _names(shop, found)
    currency = shop.config.currency
    text = written(found.read, found.scorecard, found.as_of, locale=locale, currency=currency, names=names, width=width)
    page = Page(locale, currency, names, width)
    rows = [(one.past, one.read_on, one.data_to, one.lacks_data) for one in found.waiting]
    return text + waiting_text(rows, page)


def outcomes_cells(shop: Shop, locale: str, last: date | None) -> dict[str, Any]:
    """What was read so far as written cells: ``read``, ``waiting``, ``scores``, the day of the data, the currency. ``last`` is the last
    complete day, if there is any."""
    from zhanggui.i18n.writing import day
    from zhanggui.report import outcome_cells as cells

    found = _known(shop, last)
    writer = cells.writer(locale, shop.config.currency, _names(shop, found))
    rows = [(one.past, one.read_on, one.data_to, one.lacks_data) for one in found.waiting]
    return {
        "as_of": day(found.as_of, locale, year=True),
        "currency": shop.config.currency,
        "read": cells.outcome_cells(found.read, writer),
        "waiting": cells.waiting_cells(rows, writer),
        "scores": cells.score_cells(found.scorecard, writer),
        "due": sum(not one.lacks_data for one in found.waiting),
    }


def outcomes_json(shop: Shop, found: Outcomes, locale: str) -> dict[str, Any]:
    """The same for programs."""
    from zhanggui.report.outcomes import outcomes_json as written

    told = written(found.read, found.scorecard, locale=locale, currency=shop.config.currency)
    waiting = [
        {
            "action": one.past.id,
            "rule": one.past.rule,
            "done_on": one.past.done_on,
            "stop_on": one.past.stop_on,
            "read_on": one.read_on,
            "data_to": one.data_to,
        }
        for one in found.waiting
    ]
    return {"as_of": found.as_of, **told, "fresh": list(found.fresh), "waiting": waiting}


def _names(shop: Shop, found: Outcomes) -> dict[str, str]:
    named = any("product_id" in past.where for past in [*found.read, *(one.past for one in found.waiting)])
    return shop.product_names() if named else {}
