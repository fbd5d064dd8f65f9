"""What a product sells on ordinary days, and what its events did to it: how many times as much, and how much was only bought earlier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.playbooks.event_after import AFTER_DAYS, course, lacking, unevenness
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.reachable import Promotion
from zhanggui.playbooks.visits import DAILY, EVENT_DAYS, days_left_out, ids

Floats = npt.NDArray[np.float64]
MEMBER_DAY = "member_day:"
"""How the ids of promotions that are member days begin."""
COLUMNS = ("units", "gross", "orders", "returned", "reviews", "low_reviews", "empty")
BEFORE_DAYS = 28
FEWEST_BEFORE = 14
LEAST_UNITS = 10.0
PULLED, PULLED_SPREAD = 0.2, 0.1
"""How much of what an event sells more is only bought earlier, before any own event was read (docs/rules.md)."""
BETWEEN = 0.35
"""Standard deviation, on the log scale, of how unlike each other events of one shop are taken to be, as if two had shown it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """An event as announced. ``offer`` its price or discount, ``fee`` what taking part costs, ``answer_by`` the last day to answer (None:
    nothing to answer), ``products`` it is for."""

    offer: Promotion
    fee: float
    answer_by: date | None

    @property
    def id(self) -> str:
        return self.offer.id

    @property
    def days(self) -> int:
        return (self.offer.end - self.offer.start).days + 1


@dataclass(frozen=True, slots=True)
class Ran:
    """An event that is over, as its products' days tell it. ``usual`` units a day before, ``units`` sold in its days, ``multiple`` of the
    usual, ``pulled`` share of the extra units that the three weeks after lack (None: these are not over), each with its ``error``;
    ``paid`` a unit in it and ``paid_before``, ``back`` share of its money refunded so far and ``back_before`` of the four weeks before,
    ``low`` and ``low_before`` share of poor reviews since and before (None: none)."""

    terms: Terms
    usual: float
    units: float
    multiple: float
    multiple_error: float
    pulled: float | None
    pulled_error: float
    paid: float
    paid_before: float
    back: float
    back_before: float
    low: float | None
    low_before: float | None


def event_terms(situation: Situation) -> list[Terms]:
    """Every promotion of two weeks or less with its terms, by day."""
    if "event_terms" not in situation.workings:
        dated = (pl.col("kind") == "promotion") & pl.col("until").is_not_null()
        rows = situation.frames["happenings"].filter(dated & ~pl.col("name").str.starts_with(MEMBER_DAY))
        found = [_terms(row) for row in rows.sort("day", "name").iter_rows(named=True)]
        situation.workings["event_terms"] = [t for t in found if 1 <= t.days <= EVENT_DAYS]
    kept: list[Terms] = situation.workings["event_terms"]
    return kept


def _terms(row: Mapping[str, Any]) -> Terms:
    offer = Promotion(
        row["name"],
        str(row["what"] or row["name"]),
        row["day"],
        row["until"],
        ids(row["products"]),
        row["price"],
        row["discount"],
        row["threshold"],
        float(row["gift_cost"] or 0.0),
        bool(row["stackable"]),
    )
    return Terms(offer, float(row["fee"] or 0.0), row["answer_day"])


def declined(situation: Situation, event: str) -> bool:
    """Whether people decided not to take part."""
    for past in situation.standing.past:
        rows = past.draft.rows if past.draft else ()
        if past.kind == "answer_event" and past.where.get("campaign") == event:
            said = [row.get("answer") for row in rows]
            return past.state in ("approved", "done", "measured") and "decline" in said
    return False


def answered(situation: Situation, event: str) -> bool:
    """Whether an answer was given or refused already."""
    return any(
        past.kind == "answer_event"
        and past.where.get("campaign") == event
        and past.state in ("dismissed", "done", "measured")
        for past in situation.standing.past
    )


def _by_day(situation: Situation) -> dict[str, Floats]:
    """Product → (112 days by age, columns)."""
    if "event_days" not in situation.workings:
        rows = situation.frames["product_diary"].filter(pl.col("age") < DAILY)
        found: dict[str, Floats] = {}
        for product, age, *values in rows.select("product_id", "age", *COLUMNS).iter_rows():
            table = found.setdefault(str(product), np.zeros((DAILY, len(COLUMNS))))
            table[int(age)] = [value or 0.0 for value in values]
        situation.workings["event_days"] = found
    kept: dict[str, Floats] = situation.workings["event_days"]
    return kept


def days_of(situation: Situation, products: Iterable[str] | None) -> Floats:
    """Sums over the products of an event, by age; of all followed products where it names none."""
    table = _by_day(situation)
    chosen = [table[p] for p in (table if products is None else products) if p in table]
    return np.sum(chosen, axis=0) if chosen else np.zeros((DAILY, len(COLUMNS)))


def ordinary_pace(situation: Situation, product: str) -> tuple[float, float, float]:
    """(units, days, price paid a unit) of the last 56 days that no event, festival or note touches; 0 where nothing was sold."""
    table = _by_day(situation).get(product)
    if table is None:
        return 0.0, 0.0, 0.0
    calm = ~days_left_out(product, situation)[: 2 * BEFORE_DAYS]
    units, gross, *_ = table[: 2 * BEFORE_DAYS][calm].sum(axis=0)
    return float(units), float(calm.sum()), float(gross / units) if units > 0 else 0.0


def ran(situation: Situation, terms: Terms) -> Ran | None:
    """What an event did, out of its products' days; None where it is not over, older than the days that are kept, or its products sold too
    little before."""
    offer = terms.offer
    last, first = (situation.as_of - offer.end).days, (situation.as_of - offer.start).days
    if last < 1 or first + FEWEST_BEFORE >= DAILY or declined(situation, terms.id):
        return None
    table = days_of(situation, offer.products)
    out = _disturbed(situation, terms) | (table[:, 6] > 0)
    earlier = np.flatnonzero(~out[first + 1 : first + 1 + BEFORE_DAYS]) + first + 1
    before, inside = table[earlier], table[last : first + 1]
    if len(before) < FEWEST_BEFORE or before[:, 0].sum() < LEAST_UNITS or not _took_part(offer, inside, before):
        return None
    usual = float(before[:, 0].mean())
    units = float(inside[:, 0].sum())
    normal = usual * terms.days
    uneven = unevenness(before[:, 0])
    aside = _aside(situation, terms)
    wander = course(aside, np.arange(last, first + 1), earlier)
    error = float(np.sqrt(uneven / max(units, 1.0) + uneven / before[:, 0].sum() + wander.unlike**2))
    pulled, pulled_error = None, 0.0
    if last >= AFTER_DAYS and units - normal >= LEAST_UNITS:
        later = np.flatnonzero(~out[last - AFTER_DAYS : last]) + last - AFTER_DAYS
        if len(later) >= FEWEST_BEFORE:
            moved = course(aside, later, earlier)
            missing, noise = lacking(table[later, 0], before[:, 0], moved)
            pulled, pulled_error = AFTER_DAYS * missing / (units - normal), AFTER_DAYS * noise / (units - normal)
    since, until = table[: last + 1], table[first + 1 : first + 1 + BEFORE_DAYS]
    return Ran(
        terms,
        usual,
        units,
        units / normal,
        error,
        pulled,
        pulled_error,
        float(inside[:, 1].sum()) / units if units > 0 else 0.0,
        float(before[:, 1].sum() / before[:, 0].sum()),
        _part(inside[:, 3], inside[:, 1]) or 0.0,
        _part(before[:, 3], before[:, 1]) or 0.0,
        _part(since[:, 5], since[:, 4]),
        _part(until[:, 5], until[:, 4]),
    )


def _took_part(offer: Promotion, inside: Floats, before: Floats) -> bool:
    """Whether its days were sold at its price rather than at that of before: an event that nobody joined is none."""
    units = float(inside[:, 0].sum())
    if not offer.price or units <= 0:
        return True
    usual = float(before[:, 1].sum() / before[:, 0].sum())
    return float(inside[:, 1].sum()) / units <= (usual + offer.price) / 2 or offer.price >= usual


def _aside(situation: Situation, terms: Terms) -> Floats:
    """Units of products that were in no event of these days (products, 112 days by age): how the shop went beside it."""
    offer, table = terms.offer, _by_day(situation)
    reach = timedelta(days=BEFORE_DAYS)
    near = [
        other.offer.products
        for other in event_terms(situation)
        if other.offer.end >= offer.start - reach and other.offer.start <= offer.end + reach
    ]
    own = offer.products
    if own is None or any(products is None for products in near):
        return np.zeros((0, DAILY))
    apart = own.union(*(products for products in near if products))
    rows = [table[p][:, 0] for p in sorted(table) if p not in apart and not table[p][:, 6].any()]
    return np.stack(rows) if rows else np.zeros((0, DAILY))


def _disturbed(situation: Situation, terms: Terms) -> npt.NDArray[np.bool_]:
    """Which days, by age, another event of the same products touches: its days only, since what follows it is as usual as anything."""
    out = np.zeros(DAILY, dtype=bool)
    for other in event_terms(situation):
        mine, theirs = terms.offer.products, other.offer.products
        if other.id == terms.id or declined(situation, other.id) or (mine and theirs and not mine & theirs):
            continue
        youngest, oldest = (situation.as_of - other.offer.end).days, (situation.as_of - other.offer.start).days
        out[max(youngest, 0) : max(oldest + 1, 0)] = True
    return out


def _part(some: Floats, whole: Floats) -> float | None:
    total = float(whole.sum())
    return float(some.sum()) / total if total > 0 else None


# ---- what is believed of the next one


@dataclass(frozen=True, slots=True)
class Belief:
    """Of the next event: log of its multiple ~ N(``log``, ``spread``²), share pulled forward ~ N(``pulled``, ``pulled_spread``²), out of so
    many ``events``."""

    log: float
    spread: float
    pulled: float
    pulled_spread: float
    events: int

    @property
    def multiple(self) -> float:
        return float(np.exp(self.log))


def belief(situation: Situation, terms: Terms) -> Belief | None:
    """What the shop's own events let expect of this one: those of its products where there are any, else all. None without any."""
    told = [r for r in events_ran(situation) if r.units > 0]
    own = [r for r in told if _shared(r.terms, terms)] or told
    if not own:
        return None
    logs = np.log([r.multiple for r in own])
    n = len(own)
    between = (float(((logs - logs.mean()) ** 2).sum()) + 2 * BETWEEN**2) / (n + 1)
    noise = float(np.mean([r.multiple_error**2 for r in own]))
    pulled, spread = pulled_belief(told)
    return Belief(float(logs.mean()), float(np.sqrt(between + (between + noise) / n)), pulled, spread, n)


def pulled_belief(told: Iterable[Ran]) -> tuple[float, float]:
    """The share pulled forward after what own events showed, each as sure as its noise lets it be."""
    weight, mean = 1 / PULLED_SPREAD**2, PULLED / PULLED_SPREAD**2
    for r in told:
        if r.pulled is not None:
            own = 1 / (r.pulled_error**2 + PULLED_SPREAD**2)
            weight, mean = weight + own, mean + own * r.pulled
    return float(np.clip(mean / weight, 0.0, 0.9)), float(weight**-0.5)


def _shared(one: Terms, other: Terms) -> bool:
    mine, theirs = one.offer.products, other.offer.products
    return mine is None or theirs is None or bool(mine & theirs)


def events_ran(situation: Situation) -> list[Ran]:
    """Every event that is over and can be read, by day."""
    if "events_ran" not in situation.workings:
        found = (ran(situation, terms) for terms in event_terms(situation))
        situation.workings["events_ran"] = [each for each in found if each is not None]
    kept: list[Ran] = situation.workings["events_ran"]
    return kept
