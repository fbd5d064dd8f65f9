"""What an approved action wants in a shop, how that stands there now, and whether it may be written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zhanggui.doing.kinds import WRITABLE, Hand, Held, What, Wish, Writer, said
from zhanggui.errors import BadValue, Decided, Refused, Unanswerable
from zhanggui.ledger.changing import changed_products
from zhanggui.ledger.kinds import Carried, Entry
from zhanggui.units import Words

STOPS = "stop_selling"
HIDDEN = "draft"


@dataclass(frozen=True, slots=True)
class Limits:
    """The cap of one run: by which share a price may move, and how many values may be written."""

    price_share: float
    values: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One value to be written: where in the shop, what stands there and what is to stand there."""

    wish: Wish
    held: Held
    after: str

    @property
    def there(self) -> bool:
        """Whether the shop has it already."""
        return self.held.now == self.after


def wishes(entry: Entry, today: date) -> list[Wish]:
    """What an action wants in a shop: what the rows of its draft say that is due by ``today``, the last row winning; a product that is no
    longer sold is hidden. Raises BadValue for money that is none."""
    found: dict[tuple[str, str, What], Wish] = {}
    target = entry.action.where.get("product_id", "")
    for row in _due(entry, today):
        product, sku = str(row.get("product_id") or target), str(row.get("sku") or entry.action.where.get("sku", ""))
        for what, after in _stated(row):
            if product and after is not None:
                found[product, sku, what] = _wish(entry, product, what, after, sku)
    if not found and entry.action.kind == STOPS:
        for product in changed_products(entry.action):
            found[product, "", "status"] = _wish(entry, product, "status", HIDDEN, "")
    return sorted(found.values(), key=lambda wish: WRITABLE.index(wish.what))


def _due(entry: Entry, today: date) -> Iterable[Mapping[str, Any]]:
    """The rows of the draft whose day has come; the first of them where none has, since whoever carries it out does so today."""
    rows = entry.action.draft.rows if entry.action.draft else ()
    due = [row for row in rows if str(row.get("day") or "") <= today.isoformat()]
    return due or rows[:1]


def _stated(row: Mapping[str, Any]) -> Iterable[tuple[What, Any]]:
    for what in WRITABLE:
        if what in row:
            yield what, row[what]
        elif row.get("what") == what:
            yield what, row.get("after")


def _wish(entry: Entry, product: str, what: What, after: Any, sku: str) -> Wish:
    known = entry.before.get("products", {}).get(product, {}).get(what) if not sku else None
    try:
        return Wish(product, what, said(what, after), sku, None if known is None else said(what, known))
    except ValueError:
        raise BadValue("doing.no_money", id=entry.id, product=product, value=str(after)) from None


def planned(hand: Hand, writer: Writer, wanted: Sequence[Wish], begun: Carried | None = None) -> list[Planned]:
    """Where in the shop each wish would be written, and what stands there now; ``begun`` is what an earlier run wrote that broke off.

    Raises Unanswerable for what this shop system cannot be told, BadValue for a product that the shop does not have or whose variants
    differ, Decided where the shop is not as it was when the action was approved. Nothing is written.
    """
    found = []
    first = {(value.item, value.what): value.before for value in (begun.values if begun else ())}
    for wish in wanted:
        if wish.what not in writer.writes:
            raise Unanswerable("doing.not_writable", what=_named(wish.what), kind=writer.kind)
        after = hand.spoken(wish.what, wish.after)
        held = hand.look(wish.product, wish.what, wish.sku)
        if len({first.get((one.item, wish.what), one.now) for one in held}) > 1:
            skus = ", ".join(sorted(one.sku for one in held))
            raise BadValue("doing.variants_differ", product=wish.product, what=_named(wish.what), skus=skus)
        found += [Planned(wish, one, after) for one in held]
    for one in found:
        _check_same(hand, one)
    return found


def _check_same(hand: Hand, one: Planned) -> None:
    wish, now = one.wish, one.held.now
    if one.there or wish.before is None or now == hand.spoken(wish.what, wish.before):
        return
    raise Decided(
        "doing.meanwhile",
        product=wish.product,
        what=_named(wish.what),
        before=wish.before,
        now="–" if now is None else now,
    )


def check_limits(todo: Sequence[Planned], limits: Limits) -> None:
    """Pass what one run may write. Raises Refused for more values, or a larger step of a price, than the settings allow."""
    if len(todo) > limits.values:
        raise Refused("doing.too_many", n=len(todo), most=limits.values)
    for one in todo:
        if one.wish.what != "price":
            continue
        now, after = Decimal(one.held.now or 0), Decimal(one.after)
        if after <= 0 or now <= 0 or abs(after / now - 1) > Decimal(str(limits.price_share)):
            raise Refused(
                "doing.too_far",
                product=one.wish.product,
                before=str(one.held.now),
                after=one.after,
                share=f"{limits.price_share:.0%}",
            )


def digest(plan: Iterable[Planned]) -> str:
    """A mark of a difference that was shown: another as soon as anything of it is."""
    lines = sorted(f"{one.held.item}|{one.wish.what}|{one.held.now}|{one.after}" for one in plan)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _named(what: str) -> Words:
    return Words(f"doing.what.{what}")
