"""What the guards must know of the shop to judge an action: what was changed lately, what runs, what was charged, whose marks are whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhanggui.actions.kinds import NOTHING_YET, Standing
from zhanggui.actions.reference import Deal


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the change log: ``what`` as in ``ActionKind.changes``."""

    product: str
    what: str
    day: date


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion as it was announced: its terms are frozen from ``start`` to ``end``. Without ``products`` it is for all."""

    name: str
    start: date
    end: date
    products: frozenset[str] = frozenset()

    @property
    def stands(self) -> bool:
        """Whether no end was announced: such terms may be changed for orders to come."""
        return self.end == date.max

    def runs_for(self, product: str | None, day: date) -> bool:
        """Whether it runs on ``day`` for a product (None: for any)."""
        return self.start <= day <= self.end and (product is None or not self.products or product in self.products)


@dataclass(frozen=True, slots=True)
class Facts:
    """``prices`` are the lowest deals by product and day, ``marks`` the brands of others by product (``*``: others' for all),
    ``strong`` the fifth of the products that bring most of search's trade, ``set_aside`` a person's reason to put a policy (never a
    law) aside."""

    day: date | None = None
    standing: Standing = NOTHING_YET
    changes: Sequence[Change] = ()
    offers: Sequence[Offer] = ()
    prices: Mapping[str, Sequence[Deal]] = field(default_factory=dict)
    jurisdiction: str = "CN"
    marks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    strong: frozenset[str] = frozenset()
    set_aside: str = ""


NO_FACTS = Facts()


def facts_from(
    happenings: Iterable[Mapping[str, Any]],
    day: date,
    standing: Standing,
    *,
    prices: Mapping[str, Sequence[Deal]] | None = None,
    marks: Mapping[str, Sequence[str]] | None = None,
    strong: frozenset[str] = frozenset(),
    set_aside: str = "",
) -> Facts:
    """What the guards must know on ``day``, from the logged changes and promotions (rows of the frame ``happenings``) and what people
    did."""
    changes, offers = [], []
    for row in happenings:
        products = [product for product in (row["products"] or "").split(";") if product]
        if row["kind"] == "change":
            changes += [Change(product, str(row["what"]), row["day"]) for product in products]
        else:
            named = str(row["what"] or row["name"])
            offers.append(Offer(named, row["day"], row["until"] or date.max, frozenset(products)))
    return Facts(
        day=day,
        standing=standing,
        changes=changes,
        offers=offers,
        prices=prices or {},
        marks=marks or {},
        strong=strong,
        set_aside=set_aside,
    )
