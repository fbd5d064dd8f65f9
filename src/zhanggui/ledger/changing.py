"""Which lines a done action leaves in the table ``changes``: what else happened to a product when an effect is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from zhanggui.actions.kinds import Action
from zhanggui.ledger.kinds import ENDS, Change, Entry

PREFIX = "ledger:"

DRAFTED = {"price": ("price_now", "price"), "advertising": ("before", "daily_budget")}
"""What a draft's table calls that which is, and that which is to be, by what changes."""


def change_lines(entry: Entry, what: str, day: date, by: str) -> list[Change]:
    """One line for each product that the action changes, or a single one without product for the whole shop; none where the kind of
    action changes nothing (``what`` is empty)."""
    if not what:
        return []
    products = changed_products(entry.action) or [""]
    lines = []
    for number, product in enumerate(products):
        draft = _row_of(entry.action, product)
        own = entry.before.get("products", {}).get(product, {})
        earlier, later = DRAFTED.get(what, ("before", "after"))
        before, after = draft.get("before", own.get(what, draft.get(earlier))), draft.get("after", draft.get(later))
        before, after = _carried(entry, product, what) or (before, after)
        lines.append(
            Change(
                id=PREFIX + entry.id + (f":{product}" if number else ""),
                day=day,
                product_id=product,
                what=what,
                before=_written(before),
                after=_written(after),
                by=by,
                channel=entry.action.where.get("channel", ""),
            )
        )
    return lines


def taken_away(lines: Iterable[Change], day: date, by: str) -> list[Change]:
    """The lines of a change that ends: it goes back to what was before."""
    return [
        replace(line, id=line.id + ENDS, day=day, before=line.after, after=line.before, by=by)
        for line in lines
        if not line.ends
    ]


def changed_products(action: Action) -> list[str]:
    """The products an action is carried out on: its target, the other one of a pair, or else those its draft lists."""
    named = [action.where.get("product_id", ""), action.shift or ""]
    drafted = [str(row["product_id"]) for row in (action.draft.rows if action.draft else ()) if row.get("product_id")]
    found = [product for product in named if product] or drafted
    return list(dict.fromkeys(found))


def touched(action: Action) -> set[str]:
    """The products whose numbers an action moves."""
    return {*action.touches, *changed_products(action)}


def plain_lines(lines: Iterable[Change]) -> list[dict[str, str]]:
    """Lines as JSON holds them."""
    return [{**asdict(line), "day": line.day.isoformat()} for line in lines]


def whole_lines(content: Mapping[str, Any]) -> tuple[Change, ...]:
    """The lines that an event brought."""
    return tuple(Change(**{**line, "day": date.fromisoformat(line["day"])}) for line in content.get("changes", ()))


def _carried(entry: Entry, product: str, what: str) -> tuple[Any, Any] | None:
    """What the program wrote of a product to a live shop, where that is one value or the same for all its variants."""
    values = entry.carried.values if entry.carried else ()
    found = {(value.before, value.after) for value in values if (value.product, value.what) == (product, what)}
    if len(found) != 1:
        return None
    before, after = found.pop()
    return (float(before or 0), float(after or 0)) if what == "price" else (before, after)


def _row_of(action: Action, product: str) -> Mapping[str, Any]:
    """What the draft says of one product."""
    rows = action.draft.rows if action.draft else ()
    return next((row for row in rows if row.get("product_id", product) == product), {})


def _written(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
