"""What a writer is: it looks how something stands in a live shop, and writes one value there.

A writer is one module of this folder with a module-level ``WRITER`` that satisfies :class:`Writer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, Protocol, get_args, runtime_checkable

from zhanggui.live.kinds import Visit

What = Literal["price", "title", "status", "sale_from", "sale_to", "sale_price"]
"""What may be written to a shop, and nothing else. A price and a sale's price are money, its ends are days, ``status`` is one of the table
``products``. They are written in this order and put back in the other: a sale's price without its days would hold at once."""
WRITABLE: tuple[What, ...] = get_args(What)
MONEY = frozenset({"price", "sale_price"})
SALE: frozenset[What] = frozenset({"sale_from", "sale_to", "sale_price"})
ON = "active"


@dataclass(frozen=True, slots=True)
class Wish:
    """A value that an action wants in a shop. ``sku`` is empty for all variants of the product; ``before`` is how it stood for whoever
    proposed or approved it, None where nobody knew."""

    product: str
    what: What
    after: str
    sku: str = ""
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A value as a shop holds it: ``item`` is the shop's own name of what holds it (a variant, a stock record), ``now`` None where it
    has none."""

    item: str
    now: str | None
    sku: str = ""


class Hand(Protocol):
    """A shop that is open for writing."""

    def look(self, product: str, what: What, sku: str = "") -> Sequence[Held]:
        """Where the shop holds a value: once for each variant of the product, or for the one of that ``sku``. Raises Unreached, and
        BadValue for a product that the shop does not have."""
        ...

    def write(self, item: str, what: What, now: str | None, after: str | None) -> bool:
        """Put ``after`` where ``now`` stands; False where it does not stand there any more, and then nothing was written."""
        ...

    def spoken(self, what: What, value: str) -> str:
        """A value as this shop would give it back: a status that it does not tell from another is that other."""
        ...


@runtime_checkable
class Writer(Protocol):
    """A shop system that may be written to."""

    kind: str
    """The same as its connector's."""
    writes: frozenset[str]
    """What of :data:`WRITABLE` it can write."""

    def open(self, visit: Visit) -> AbstractContextManager[Hand]:
        """Reach for the shop."""
        ...


def money(value: object) -> str:
    """Money as one text: two digits at least, more where there are more.

    >>> money("8.5"), money(8), money("12.345"), money(19.9)
    ('8.50', '8.00', '12.345', '19.90')
    """
    amount = Decimal(str(value)).normalize()
    digits = max(2, -int(amount.as_tuple().exponent))
    return f"{amount:.{digits}f}"


def said(what: What, value: object) -> str:
    """A value as one text, so that the same is the same. Raises ValueError for money that is none."""
    if what not in MONEY:
        return str(value).strip()
    try:
        return money(value)
    except InvalidOperation:
        raise ValueError(str(value)) from None


def on_or_off(status: str) -> str:
    """A status in a shop that only shows or hides: ``active``, or ``draft`` for everything else."""
    return ON if status == ON else "draft"
