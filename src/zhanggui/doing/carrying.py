"""Carrying an approved action out in a live shop, and putting it back.

There is no transaction over a shop and the ledger. What is going to be written stands in the ledger first, with the value before; every
value is written only where the shop still holds what was seen; and whoever comes again finds in the shop what is done already. So a
process may die at any point in between, and twice does nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from zhanggui.doing.kinds import Hand, What
from zhanggui.doing.plan import Limits, Planned, check_limits, digest
from zhanggui.errors import Decided, ZhangguiError
from zhanggui.ledger import Decision, Entry, Ledger
from zhanggui.ledger.kinds import Carried, Written
from zhanggui.units import Words


def carry_out(
    ledger: Ledger,
    entry: Entry,
    hand: Hand,
    plan: Sequence[Planned],
    *,
    shop: str,
    limits: Limits,
    by: str,
    seen: int | None = None,
    shown: str | None = None,
) -> Decision:
    """Write what is planned and note the action as done. ``shown`` is the digest of the difference that the person had before his eyes.

    Raises Decided where the action is not approved, was carried out already, or the shop holds something else than was shown; Refused
    for more than a run may write; Unreached where the shop breaks off: the ledger then holds what was written, and the same again goes on.
    """
    ledger.may_apply(entry.id)
    if shown is not None and shown != digest(plan):
        raise Decided("doing.other_than_shown", id=entry.id)
    todo = [one for one in plan if not one.there]
    check_limits(todo, limits)
    values = _values(entry, todo)
    if values:
        ledger.applying(entry.id, Carried(shop, values), by=by, seen=seen)
        seen = None
        written = 0
        try:
            for one in todo:
                _write(hand, one.wish.product, one.wish.what, one.held.item, one.held.now, one.after)
                written += 1
        except ZhangguiError as error:
            ledger.broke_off(entry.id, by=by, written=written, of=len(todo), code=error.code)
            raise
    decision = ledger.done(entry.id, by=by, seen=seen)
    if not todo:
        note = Words("doing.note.there_already", {"id": entry.id, "shop": shop})
        return replace(decision, notes=[*decision.notes, note])
    return decision


def put_back(ledger: Ledger, entry: Entry, hand: Hand, *, by: str, seen: int | None = None) -> Entry:
    """Put every value that an action wrote back to what it was before, and note it. A value that stands there again already is left.

    Raises Decided where somebody changed a value in the shop since: then nothing is put back.
    """
    carried = entry.carried
    assert carried is not None
    todo = [value for value in carried.values if _to_put_back(hand, value)]
    for value in reversed(todo):
        _write(hand, value.product, value.what, value.item, value.after, value.before)
    return ledger.put_back(entry.id, by=by, written=len(todo), seen=seen).entry


def to_put_back(entry: Entry, hand: Hand) -> list[Written]:
    """What putting an action back would write. Raises what :func:`put_back` raises; nothing is written."""
    return [value for value in entry.carried.values if _to_put_back(hand, value)] if entry.carried else []


def _to_put_back(hand: Hand, value: Written) -> bool:
    now = _now(hand, value)
    if now not in (value.before, value.after):
        raise Decided(
            "doing.changed_since",
            product=value.product,
            what=Words(f"doing.what.{value.what}"),
            after=value.after,
            now="–" if now is None else now,
        )
    return now != value.before


def _now(hand: Hand, value: Written) -> str | None:
    found = hand.look(value.product, cast(What, value.what), value.sku)
    held = {one.item: one.now for one in found}
    return held.get(value.item)


def _write(hand: Hand, product: str, what: str, item: str, now: str | None, after: str | None) -> None:
    if not hand.write(item, cast(What, what), now, after):
        raise Decided("doing.moved_under_us", product=product, what=Words(f"doing.what.{what}"), before=now or "–")


def _values(entry: Entry, todo: Sequence[Planned]) -> tuple[Written, ...]:
    """What this run writes, and what an earlier one that broke off had begun: its values before are the true ones."""
    begun = {(value.item, value.what): value for value in (entry.carried.values if entry.carried else ())}
    for one in todo:
        key = one.held.item, one.wish.what
        before = begun[key].before if key in begun else one.held.now
        begun[key] = Written(one.wish.product, one.held.sku, one.held.item, one.wish.what, before, one.after)
    return tuple(begun.values())
