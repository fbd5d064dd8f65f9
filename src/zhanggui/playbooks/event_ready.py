"""What must be ready before an event begins: stock, prices that hold, the price that may be shown as the earlier one, hands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np

from zhanggui.actions.reference import WINDOW_DAYS, Deal, reference_price
from zhanggui.playbooks.event_history import COLUMNS, Belief, Terms, days_of, ordinary_pace
from zhanggui.playbooks.gains import UNIT
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.reachable import lowest, promotions
from zhanggui.playbooks.shelves import on_shelves
from zhanggui.playbooks.terms import count, exact, name_of
from zhanggui.playbooks.worth import order_worth
from zhanggui.units import Quantity, Words

MOST_NAMED = 3
EUROPE = ("EUR", "GBP")
"""Currencies of places where the lowest price of thirty days counts; elsewhere that of seven."""
TWICE, THRICE = 2.0, 3.0
"""How many times its normal units an event is prepared for, before any was read: as a rule, and at most."""


def ready(situation: Situation, terms: Terms, products: Sequence[str], believed: Belief | None) -> tuple[Words, ...]:
    """The checklist of an event, what is missing first."""
    usual = believed.multiple if believed else TWICE
    most = float(np.exp(believed.log + UNIT * believed.spread)) if believed else THRICE
    found = [*_stock(situation, terms, products, most), *_stacked(situation, terms, products)]
    found += _earlier_price(situation, terms, products)
    found.append(
        Words("rules_events.ready.hands", {"multiple": Quantity(usual, "ratio"), "day": terms.offer.start.isoformat()})
    )
    found.append(Words("rules_events.ready.quiet"))
    return tuple(found)


def _stock(situation: Situation, terms: Terms, products: Sequence[str], most: float) -> Iterator[Words]:
    """Products whose shelves do not hold what the event may sell nine times in ten."""
    if "stock" not in situation.frames or situation.frames["stock"].is_empty():
        return
    short = []
    for product in products:
        sold, days, _ = ordinary_pace(situation, product)
        until = (terms.offer.start - situation.as_of).days - 1
        pace = sold / days if days > 0 else 0.0
        needed = pace * (until + terms.days * most)
        have = sum(on_shelves(situation).get(product, {}).values())
        if have < needed:
            short.append((needed - have, needed, have, product))
    for _, needed, have, product in sorted(short, reverse=True)[:MOST_NAMED]:
        said = {"product": name_of(situation, product), "needed": count(round(needed)), "have": count(have)}
        yield Words("rules_events.ready.stock", said)


def _stacked(situation: Situation, terms: Terms, products: Sequence[str]) -> Iterator[Words]:
    """Other offers that may be used together with the event's price."""
    day = terms.offer.start
    for product in products[:MOST_NAMED]:
        worth = order_worth(situation, product)
        if worth is None:
            continue
        price = worth.price / worth.units
        running = [offer for offer in promotions(situation) if offer.holds(product, day)]
        alone, together = lowest(price, [terms.offer], day), lowest(price, running or [terms.offer], day)
        others = [offer.name for offer in together.offers if offer.id != terms.id]
        if together.price < alone.price and others:
            said = {"product": name_of(situation, product), "price": exact(together.price), "offers": others}
            yield Words("rules_events.ready.stacked", said)


def _earlier_price(situation: Situation, terms: Terms, products: Sequence[str]) -> list[Words]:
    """The price that may be shown as the earlier one, by the rule of the place; of an event of one product."""
    if len(products) != 1:
        return []
    table = days_of(situation, products)
    units, gross = table[:, COLUMNS.index("units")], table[:, COLUMNS.index("gross")]
    deals = [
        Deal(situation.as_of - timedelta(days=age), float(gross[age] / units[age]))
        for age in range(len(units))
        if units[age] > 0 and gross[age] > 0
    ]
    place = "EU" if situation.config.currency in EUROPE else "CN"
    price = reference_price(deals, place, terms.offer.start)
    if price is None:
        return []
    return [Words("rules_events.ready.earlier", {"price": exact(price), "days": count(WINDOW_DAYS[place])})]
