"""The shop's calendar: promotions with the day until which they must be answered, festivals, days without changes, what explains a day
away, and what is due of the actions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from zhanggui.app.who import day_of
from zhanggui.errors import BadValue
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.store import Reconciliation

Kind = Literal["answer", "promotion", "member_day", "festival", "freeze", "annotation", "action", "reading"]
BACK, AHEAD = 60, 150
"""Days that are shown before today and from it on."""
ORDER: tuple[Kind, ...] = ("answer", "action", "freeze", "promotion", "member_day", "festival", "annotation", "reading")
MEMBER_DAY = "member_day"
"""How the ids of promotions that are member days begin, and what an action that holds one is called."""
MOST_TIMES = 24


@dataclass(frozen=True, slots=True)
class Event:
    """Something on the calendar. ``end`` is its last day. ``title`` is the shop's own text, or a key's words with ``named`` (festivals);
    ``id`` is what a form needs to take it back, ``action`` the action behind it."""

    kind: Kind
    start: date
    end: date
    title: str
    note: str = ""
    target: str = "*"
    named: bool = False
    action: str = ""

    def days(self) -> Period:
        """Its days."""
        return Period(self.start, max(self.start, self.end))


def events(shop: Shop, period: Period) -> list[Event]:
    """Everything that touches the days of ``period``, by day."""
    found = [*_promotions(shop), *_festivals(shop, period), *_freezes(shop), *_annotations(shop), *_actions(shop)]
    inside = [event for event in found if event.start <= period.end and event.end >= period.start]
    return sorted(inside, key=lambda event: (event.start, ORDER.index(event.kind), event.title))


def _promotions(shop: Shop) -> Iterator[Event]:
    table = shop.warehouse.table("promotions")
    names = ("promotion_id", "name", "platform", "starts_day", "ends_day", "answer_by_day", "terms")
    for row in shop.warehouse.run(table.select(*names)).iter_rows(named=True):
        title = str(row["name"] or row["promotion_id"])
        note = " · ".join(str(row[name]) for name in ("platform", "terms") if row[name])
        start, answer = row["starts_day"], row["answer_by_day"]
        if start is not None and str(row["promotion_id"]).startswith(f"{MEMBER_DAY}:"):
            yield Event("member_day", start, row["ends_day"] or start, "", str(row["terms"] or ""))
        elif start is not None:
            yield Event("promotion", start, row["ends_day"] or start, title, note)
        if answer is not None and (start is None or answer <= start):
            yield Event("answer", answer, answer, title, note)


def _festivals(shop: Shop, period: Period) -> Iterator[Event]:
    from zhanggui.numbers.festivals import festivals

    for year in range(period.start.year - 1, period.end.year + 1):
        for name, days in festivals(year, shop.config.timezone):
            yield Event("festival", days.start, days.end, name, named=True)


def _freezes(shop: Shop) -> Iterator[Event]:
    for freeze in shop.ledger.standing().freezes:
        yield Event("freeze", freeze.start, freeze.end, freeze.text, target=freeze.target)


def _annotations(shop: Shop) -> Iterator[Event]:
    table = shop.warehouse.table("annotations")
    for row in shop.warehouse.run(table.select("day", "target", "text")).iter_rows(named=True):
        yield Event("annotation", row["day"], row["day"], str(row["text"] or ""), target=str(row["target"]))


def _actions(shop: Shop) -> Iterator[Event]:
    """Open actions on the day they are due, done ones on the day from which they are read."""
    for entry in shop.ledger.entries():
        by = entry.due_on or (day_of(entry.action.do_by[:10]) if entry.action.do_by else None)
        if entry.state in ("proposed", "approved") and by is not None:
            yield Event("action", by, by, "", action=entry.id)
        if entry.action.kind == MEMBER_DAY and entry.done_on is not None:
            yield Event("member_day", entry.done_on, entry.done_on, "", action=entry.id)
        if entry.state == "done" and entry.read_on is not None:
            yield Event("reading", entry.read_on, entry.read_on, "", action=entry.id)


def cells(shop: Shop, locale: str) -> dict[str, Any]:
    """The calendar written: ``today``, what is ``ahead`` and ``past`` by month."""
    from zhanggui.i18n.writing import month

    today = shop.clock.today()
    found = events(shop, Period(today - timedelta(days=BACK), today + timedelta(days=AHEAD)))
    titles = _titles(shop, locale, [event for event in found if event.action])
    ahead: dict[str, list[dict[str, Any]]] = {}
    for event in found:
        if event.end >= today:
            first = max(event.start, today)
            ahead.setdefault(month(f"{first:%Y-%m}", locale), []).append(_cell(event, today, titles, locale))
    past = [_cell(event, today, titles, locale) for event in reversed(found) if event.end < today]
    return {"today": today.isoformat(), "ahead": ahead, "past": past}


def _titles(shop: Shop, locale: str, found: list[Event]) -> Mapping[str, str]:
    from zhanggui.i18n.writing import say

    if not found:
        return {}
    wanted = {event.action for event in found}
    names = shop.product_names()
    return {
        entry.id: say(entry.action.words, locale, shop.config.currency, names)
        for entry in shop.ledger.entries()
        if entry.id in wanted
    }


def _cell(event: Event, today: date, titles: Mapping[str, str], locale: str) -> dict[str, Any]:
    from zhanggui.i18n import text
    from zhanggui.i18n.writing import day, days, printable

    title = text(f"web_calendar.festival.{event.title}", locale) if event.named else event.title
    period = event.days()
    written = day(period.start, locale, weekday=True) if period.days == 1 else days(period, locale)
    left = (event.start - today).days
    return {
        "kind": event.kind,
        "called": text(f"web_calendar.kind.{event.kind}", locale),
        "when": written,
        "iso": event.start.isoformat(),
        "end": event.end.isoformat(),
        "title": printable(titles.get(event.action, title)),
        "note": printable(event.note),
        "target": "" if event.target == "*" else printable(event.target),
        "raw_target": event.target,
        "action": event.action,
        "soon": 0 <= left <= 3 and event.kind in ("answer", "action"),
        "now": event.start <= today <= event.end and period.days > 1,
    }


def promote(shop: Shop, told: Mapping[str, str]) -> Reconciliation:
    """Put a promotion on the calendar; one of the same name and first day is replaced. Raises BadValue for days that make no sense."""
    name = told.get("name", "").strip()
    start, end = day_of(told.get("start") or None), day_of(told.get("end") or None)
    answer = day_of(told.get("answer_by") or None)
    if not name:
        raise BadValue("calendar.no_name")
    if start is None or (end or start) < start or (answer or start) > start:
        raise BadValue("calendar.bad_days")
    row = {
        "promotion_id": f"{start.isoformat()}-{name}"[:80],
        "name": name,
        "starts_at": start.isoformat(),
        "ends_at": f"{(end or start).isoformat()} 23:59:59",
    }
    row |= {"answer_by": f"{answer.isoformat()} 23:59:59"} if answer else {}
    row |= {key: told[key].strip() for key in ("platform", "terms") if told.get(key, "").strip()}
    return shop.enter("promotions", row)


def member_days(shop: Shop, start: str, every: str, times: int, terms: str = "") -> list[date]:
    """Put member days on the calendar: one, or ``times`` of them every week or on that day of every month (the last one where a month has
    none such). Gives the days; one that is there already stays one. Raises BadValue for what is no day or no rhythm."""
    first = day_of(start or None)
    if first is None or every not in ("once", "week", "month") or not 1 <= times <= MOST_TIMES:
        raise BadValue("calendar.bad_days")
    found = [_again(first, every, number) for number in range(1 if every == "once" else times)]
    said = {"terms": terms.strip()} if terms.strip() else {}
    shop.enter(
        "promotions",
        *(
            {
                "promotion_id": f"{MEMBER_DAY}:{day}",
                "starts_at": day.isoformat(),
                "ends_at": f"{day} 23:59:59",
                **said,
            }
            for day in found
        ),
    )
    return found


def _again(first: date, every: str, number: int) -> date:
    if every != "month":
        return first + timedelta(weeks=number)
    months = first.year * 12 + first.month - 1 + number
    return date(months // 12, months % 12 + 1, min(first.day, monthrange(months // 12, months % 12 + 1)[1]))
