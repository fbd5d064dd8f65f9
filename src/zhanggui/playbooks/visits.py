"""Visits of products in two windows, days that say nothing of demand left out, and what is usual for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.methods.shrinkage import Beta
from zhanggui.numbers.festivals import festivals
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.terms import rate_prior
from zhanggui.playbooks.worth import catalogue
from zhanggui.units import Period

Floats = npt.NDArray[np.float64]
DAILY = 112
PRIOR_VISITORS = 400.0
SMALL_ORDERS, LARGE_ORDERS = 20, 300
LONG_WINDOW, WINDOW, SHORT_WINDOW = 56, 28, 14
EVENT_DAYS = 14
"""A promotion that runs longer is a price, not an event; and so long is its hangover."""
REGRESS_DAYS = 180
NEW_DAYS = 7
COLUMNS = ("visitors", "pay_buyers", "cart_base", "cart_visitors", "orders", "units", "gross")
VOID = ("empty", "presale")


@dataclass(frozen=True, slots=True)
class Window:
    """Sums over the days of a window that say something: ``days`` of them."""

    days: int
    visitors: float
    buyers: float
    cart_base: float = 0.0
    carts: float = 0.0
    orders: float = 0.0
    units: float = 0.0
    gross: float = 0.0

    @property
    def rate(self) -> float:
        return self.buyers / self.visitors if self.visitors else 0.0


@dataclass(frozen=True, slots=True)
class Visits:
    """A product's ``now`` and ``before``, ``now`` in its later and earlier ``halves``, what came ``earlier`` than both (up to 180 days
    before ``now``), and the ``daily`` visitors and buyers of both windows, oldest first, 0 on days that were left out; ``long``: those of
    sixteen weeks. ``flag`` names why
    its numbers are not to be judged, if so."""

    product: str
    now: Window
    before: Window
    halves: tuple[Window, Window]
    earlier: Window
    daily: tuple[Floats, Floats]
    long: tuple[Floats, Floats]
    flag: str = ""

    @property
    def weekly(self) -> float:
        """Visitors a week, now."""
        return 7 * self.now.visitors / self.now.days if self.now.days else 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """Days on which trade is not ordinary, for some products (None = all)."""

    days: Period
    products: frozenset[str] | None

    def touches(self, product: str) -> bool:
        return self.products is None or product in self.products


@dataclass(frozen=True, slots=True)
class Change:
    """A logged change of a product: on which day what went from what to what."""

    id: str
    day: date
    what: str
    before: str
    after: str
    product: str


def window_days(situation: Situation) -> int:
    """How long a window is: eight weeks below 20 orders a day, two above 300, else four."""
    if situation.orders_per_day < SMALL_ORDERS:
        return LONG_WINDOW
    return SHORT_WINDOW if situation.orders_per_day > LARGE_ORDERS else WINDOW


def ids(text: object) -> frozenset[str] | None:
    """The products of a list joined by ``;``; None = all of the shop."""
    found = frozenset(part.strip() for part in str(text or "").split(";") if part.strip())
    return found or None


def events(situation: Situation) -> list[Event]:
    """Festivals of the shop's calendar, and promotions of two weeks or less."""
    if "events" not in situation.workings:
        found = [Event(days, None) for days in _festive(situation)]
        offers = situation.frames["happenings"].filter((pl.col("kind") == "promotion") & pl.col("until").is_not_null())
        for row in offers.iter_rows(named=True):
            if row["until"] >= row["day"] and (row["until"] - row["day"]).days < EVENT_DAYS:
                found.append(Event(Period(row["day"], row["until"]), ids(row["products"])))
        situation.workings["events"] = found
    kept: list[Event] = situation.workings["events"]
    return kept


def _festive(situation: Situation) -> Iterator[Period]:
    for year in range(situation.as_of.year - 1, situation.as_of.year + 2):
        for _, days in festivals(year, situation.config.timezone):
            yield days


def near_event(situation: Situation, product: str) -> bool:
    """Whether the day of the brief lies within two weeks of an event of this product."""
    reach = timedelta(days=EVENT_DAYS)
    day = situation.as_of
    return any(e.touches(product) and e.days.start - reach <= day <= e.days.end + reach for e in events(situation))


def changes_of(situation: Situation, product: str) -> list[Change]:
    """What was logged as changed on this product, oldest first."""
    if "changes" not in situation.workings:
        rows = situation.frames["happenings"].filter(pl.col("kind") == "change").sort("day", "name")
        found: dict[str, list[Change]] = {}
        for row in rows.iter_rows(named=True):
            for name in ids(row["products"]) or ():
                change = Change(
                    row["name"], row["day"], str(row["what"] or ""), row["before"] or "", row["after"] or "", name
                )
                found.setdefault(name, []).append(change)
        situation.workings["changes"] = found
    kept: dict[str, list[Change]] = situation.workings["changes"]
    return kept.get(product, [])


def visits(situation: Situation) -> dict[str, Visits]:
    """Every product's visits by id; a day of an event or of the two weeks after it, without stock, or explained by a note is left out."""
    if "visits" not in situation.workings:
        situation.workings["visits"] = {v.product: v for v in _visits(situation)}
    found: dict[str, Visits] = situation.workings["visits"]
    return found


def _visits(situation: Situation) -> Iterator[Visits]:
    diary = situation.frames["product_diary"]
    visited = diary.filter(pl.col("visitors") > 0).select("product_id").unique()
    rows = diary.join(visited, on="product_id", how="semi").sort("product_id", "age")
    names = rows["product_id"].unique(maintain_order=True).to_list()
    place = {name: i for i, name in enumerate(names)}
    at = rows["product_id"].replace_strict(place, return_dtype=pl.Int64).to_numpy() if names else np.zeros(0, np.int64)
    ages = rows["age"].to_numpy()
    values = np.column_stack([rows[name].fill_null(0).cast(pl.Float64).to_numpy() for name in (*COLUMNS, *VOID)])
    values[:, 1] = np.minimum(values[:, 1], values[:, 0])
    length, recent = window_days(situation), ages < DAILY
    table = np.zeros((len(names), DAILY, values.shape[1]))
    table[at[recent], ages[recent]] = values[recent]
    # Four weeks that are kept whole stand at their youngest day: they belong to half a year if that day does.
    old = np.zeros((len(names), 2))
    within = ~recent & (ages < length + REGRESS_DAYS)
    np.add.at(old, at[within], values[within][:, :2])
    for i, product in enumerate(names):
        yield _one(str(product), table[i], old[i], length, situation)


def _one(product: str, table: Floats, old: Floats, length: int, situation: Situation) -> Visits:
    """``table`` (112 days by age, columns) and the sums of the months before."""
    empty, ahead = table[:, len(COLUMNS)] > 0, table[: 2 * length, len(COLUMNS) + 1] > 0
    left_out = days_left_out(product, situation) | empty
    told = (table[:, 0] > 0) & ~left_out
    days = np.where(left_out[:, None], 0.0, table[:, : len(COLUMNS)])

    def window(first: int, last: int) -> Window:
        return Window(int(told[first:last].sum()), *map(float, days[first:last].sum(axis=0)))

    earlier = window(2 * length, DAILY)
    half = length // 2
    span = days[: 2 * length][::-1]
    return Visits(
        product,
        window(0, length),
        window(length, 2 * length),
        (window(0, half), window(half, length)),
        Window(earlier.days, earlier.visitors + float(old[0]), earlier.buyers + float(old[1])),
        (span[:, 0].copy(), span[:, 1].copy()),
        (days[::-1, 0].copy(), days[::-1, 1].copy()),
        _flag(product, bool(ahead.any()), situation),
    )


def days_left_out(product: str, situation: Situation) -> npt.NDArray[np.bool_]:
    """Which of the last 112 days, by age, say nothing of this product's ordinary demand: events and the two weeks after, noted days."""
    if "days_left_out" not in situation.workings:
        situation.workings["days_left_out"] = _days_out(situation)
    found: dict[str, npt.NDArray[np.bool_]] = situation.workings["days_left_out"]
    return found.get(product, found["*"])


def _days_out(situation: Situation) -> dict[str, npt.NDArray[np.bool_]]:
    """By product that has days of its own; ``*`` = every other one."""
    spans: list[tuple[frozenset[str] | None, int, int]] = []
    for event in events(situation):
        # A hangover is known of the products that were in the event; of a festival only its days are left out.
        until = event.days.end + timedelta(days=EVENT_DAYS if event.products else 0)
        first, last = (situation.as_of - until).days, (situation.as_of - event.days.start).days
        spans.append((event.products, first, last))
    for row in situation.frames["annotated_days"].iter_rows(named=True):
        age = (situation.as_of - row["day"]).days
        spans.append((None if row["target"] == "*" else frozenset((row["target"],)), age, age))
    spans = [(products, max(a, 0), min(b, DAILY - 1)) for products, a, b in spans if b >= 0 and a < DAILY]
    named = {"*"}.union(*(products for products, _, _ in spans if products))
    out = {name: np.zeros(DAILY, dtype=bool) for name in named}
    for products, first, last in spans:
        for name in named if products is None else products:
            out[name][first : last + 1] = True
    return out


def _flag(product: str, ahead: bool, situation: Situation) -> str:
    listed = catalogue(situation).get(product, {}).get("listed_day")
    if isinstance(listed, date) and (situation.as_of - listed).days < NEW_DAYS:
        return "new"
    if ahead:
        return "presale"
    return "event" if near_event(situation, product) else ""


def usual_rates(situation: Situation) -> dict[str, Beta]:
    """For each product what is believed of its rate before its own visits are looked at: the mean of its category, with the spread over
    all products, worth at most 400 visitors. Taken from ``before``, so that a fall of all does not hide itself."""
    if "usual_rates" not in situation.workings:
        known = [v for v in visits(situation).values() if v.before.visitors > 0]
        situation.workings["usual_rates"] = _usual(situation, known) if known else {}
    found: dict[str, Beta] = situation.workings["usual_rates"]
    return found


def _usual(situation: Situation, known: list[Visits]) -> dict[str, Beta]:
    everywhere = rate_prior(
        np.array([v.before.buyers for v in known]), np.array([v.before.visitors for v in known]), PRIOR_VISITORS
    )
    sums: dict[str, tuple[float, float]] = {}
    for v in known:
        kind = kind_of(situation, v.product)
        hits, trials = sums.get(kind, (0.0, 0.0))
        sums[kind] = hits + v.before.buyers, trials + v.before.visitors
    means = {kind: everywhere.after(*both).mean if kind else everywhere.mean for kind, both in sums.items()}
    found = {}
    for v in known:
        mean = means[kind_of(situation, v.product)]
        found[v.product] = Beta(mean * everywhere.size, (1 - mean) * everywhere.size)
    return found


def kind_of(situation: Situation, product: str) -> str:
    """The product's category; '' where the catalogue names none."""
    return str(catalogue(situation).get(product, {}).get("category") or "")


def settled_before(prior: Beta, v: Visits) -> Beta:
    """The rate before, drawn to what the product showed in half a year: a window that stands out is partly luck. Half a year counts at
    most as much as the window itself, or as 400 visitors."""
    long = prior.after(v.earlier.buyers, v.earlier.visitors)
    return long.held(max(PRIOR_VISITORS, v.before.visitors)).after(v.before.buyers, v.before.visitors)
