"""What moves the scores that buyers give: the parcel, the order and the places it came from, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtr

from zhanggui.methods import score_drivers as method
from zhanggui.methods.multiplicity import discover
from zhanggui.numbers.frames.grid import MONEY
from zhanggui.numbers.moments import AS_OF, END, START, put
from zhanggui.units import Period, Refusal

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

Floats = npt.NDArray[np.float64]
ORDER = ("channel", "order_id")
THREE = ("stars_product", "stars_service", "stars_logistics")
FLAGS = ("waiting", "late", "several", "short", "back")
FACTORS = (*FLAGS, "weeks", "price")
PLACES = ("product_id", "category", "region", "city", "carrier", "source")
LEAST = 15
"""Reviews that a thing must hold for, and not hold for, to be told apart; and that a place must have."""
MOST_LEVELS, MOST_REVIEWS = 60, 20_000
NINETY = 1.6448536269514722
POOR_STARS = 3


@dataclass(frozen=True, slots=True)
class Effect:
    """How many stars a score is moved, with a 90 % interval; ``shown`` where that is more than chance does, all told at once."""

    value: float
    low: float
    high: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Driver:
    """A thing that holds for some reviews, or a number each has: ``usual`` is its mean (the share of reviews for a flag), ``effects`` one
    for each score. ``by`` and ``value`` name a place; ``reviews`` are those it holds for."""

    name: str
    effects: tuple[Effect, ...]
    usual: float
    reviews: int
    value: str = ""

    @property
    def shown(self) -> bool:
        return any(effect.shown for effect in self.effects)

    @property
    def of_mean(self) -> float:
        """Stars that the mean of the first score is moved by it in all."""
        return self.effects[0].value * self.usual


@dataclass(frozen=True, slots=True)
class Scores:
    """What the reviews written in ``period`` tell. ``scores`` are columns of reviews; ``means`` theirs; ``together`` how they correlate and
    ``left`` what of it the drivers leave (scores × scores); ``explained`` the share of each one's spread that drivers account for.
    ``refusal`` says why nothing is told."""

    period: Period
    scores: tuple[str, ...] = ()
    reviews: int = 0
    means: tuple[float, ...] = ()
    poor: float = 0.0
    factors: tuple[Driver, ...] = ()
    places: tuple[Driver, ...] = ()
    spreads: dict[str, tuple[float, ...]] = field(default_factory=dict)
    together: tuple[tuple[float, ...], ...] = ()
    left: tuple[tuple[float, ...], ...] = ()
    explained: tuple[float, ...] = ()
    refusal: Refusal | None = None

    def names_shown(self) -> set[tuple[str, str]]:
        return {(one.name, one.value) for one in (*self.factors, *self.places) if one.shown}


def score_drivers(warehouse: Warehouse, period: Period, as_of: date, level: float) -> Scores:
    """Hold the scores of ``period`` against what is known of their orders on ``as_of``; ``level`` is the share of false finds allowed among
    factors. One question."""
    moments = {START: period.start, END: period.end, AS_OF: as_of}
    rows = put(warehouse, "reviews with their orders", lambda: _reviewed(warehouse), moments)
    scores, rows = _scored(rows)
    if rows.height < method.FEWEST:
        refusal = Refusal("too_few", needed=method.FEWEST, have=rows.height)
        return Scores(period, scores, rows.height, refusal=refusal)
    rows = _described(rows)
    stars = rows.select(scores).to_numpy().astype(np.float64)
    names, levels = _told(rows), [_levels(rows[name]) for name in PLACES]
    kinds = [(name, named, place) for name, (named, place) in zip(PLACES, levels, strict=True) if len(named) > 1]
    factors = np.column_stack([np.zeros((rows.height, 0)), *(rows[name].to_numpy() for name in names)])
    found = method.score_drivers(stars, factors, [place for *_, place in kinds], rows["buyer"].to_numpy())
    means = tuple(float(mean) for mean in stars.mean(axis=0))
    if isinstance(found, Refusal):
        return Scores(period, scores, rows.height, means, refusal=found)
    return Scores(
        period,
        scores,
        rows.height,
        means,
        float((stars[:, 0] <= POOR_STARS).mean()),
        _factors(found, names, factors, level),
        tuple(
            place
            for (name, named, at), group in zip(kinds, found.groups, strict=True)
            for place in _places(name, named, np.bincount(at[at >= 0], minlength=len(named)), group, rows.height)
        ),
        {name: tuple(map(float, group.spread)) for (name, *_), group in zip(kinds, found.groups, strict=True)},
        _square(found.together),
        _square(found.left),
        tuple(map(float, found.explained)),
    )


def _reviewed(warehouse: Warehouse) -> Any:
    """Each review of the period with its order, its parcel and what came back before it was written."""
    told = warehouse.table("reviews")
    told = told.filter((told.created_day >= START) & (told.created_day <= END))
    stars = {name: told[name].cast("float64") for name in ("stars", *THREE)}
    told = told.select(
        *ORDER, "review_id", "product_id", "created_at", reviewer=told.customer_key, day=told.created_day, **stars
    )
    orders = warehouse.table("order_facts")
    orders = orders.select(
        *ORDER, "customer_key", "region", "city", "source", "units", "created_at", "paid_at", "ship_by", "shipped_at",
        "delivered_at", goods=orders.goods.cast(MONEY),
    ).rename(placed_at="created_at")  # fmt: skip
    carried = warehouse.table("orders").select(*ORDER, "carrier")
    named = warehouse.table("products").select("channel", "product_id", "category")
    both = _beside(_beside(told, orders), carried)
    both = _beside(both, _back(warehouse, told), ORDER)
    both = _beside(both, named, ("channel", "product_id"))
    both = both.order_by([both.day.desc(), both.review_id, both.order_id]).limit(MOST_REVIEWS)
    return both.select(
        "channel",
        *PLACES,
        *stars,
        "units",
        "goods",
        buyer=ibis.coalesce(both.reviewer, both.customer_key, both.order_id, both.review_id),
        arrived=both.delivered_at.notnull(),
        waiting=both.delivered_at.isnull() | (both.delivered_at > both.created_at),
        known=both.placed_at.notnull(),
        late=(both.shipped_at > both.ship_by).fill_null(False),
        travel=both.delivered_at.delta(ibis.coalesce(both.paid_at, both.placed_at), unit="second").cast("float64"),
        back=both.backs.fill_null(0) > 0,
        short=both.shorts.fill_null(0) > 0,
    )


def _back(warehouse: Warehouse, told: Any) -> Any:
    """Refunds of a reviewed order that were begun by the day of its review: how many, and how many for lack of a piece."""
    refunds = warehouse.table("refund_facts")
    refunds = refunds.filter((refunds.status.isnull() | (refunds.status != "refused")) & (refunds.day <= AS_OF))
    reason = refunds.reason.fill_null("").lower()
    lacking = ibis.or_(*(reason.contains(word) for word in _missing_words()))
    begun = refunds.select(*ORDER, back_day=refunds.day, lacking=lacking)
    first = told.group_by(*ORDER).agg(said=told.day.max())
    joined = begun.inner_join(first, list(ORDER))
    joined = joined.filter(joined.back_day <= joined.said)
    return joined.group_by(*ORDER).agg(backs=(~joined.lacking).sum(), shorts=joined.lacking.sum())


@cache
def _missing_words() -> tuple[str, ...]:
    """What a refund's reason says where a piece was missing."""
    return tuple(loads((files(__package__) / "words" / "missing_pieces.toml").read_text(encoding="utf-8"))["said"])


def _beside(left: Any, right: Any, keys: Sequence[str] = ORDER) -> Any:
    both = left.left_join(right, list(keys))
    return both.drop(*(name for name in both.columns if name.endswith("_right")))


def _scored(rows: pl.DataFrame) -> tuple[tuple[str, ...], pl.DataFrame]:
    """The three scores where enough reviews give all of them, else the one."""
    three = rows.drop_nulls(THREE)
    if three.height >= method.FEWEST:
        return THREE, three
    one = rows.with_columns(stars=pl.coalesce("stars", "stars_product")).drop_nulls("stars")
    return ("stars",), one


def _described(rows: pl.DataFrame) -> pl.DataFrame:
    """What each factor is of each review. A parcel that had not come counts as one of the usual time: what waiting does is told apart."""
    tells = pl.col("arrived").any().over("channel")
    travel = pl.when(pl.col("waiting") | (pl.col("travel") < 0)).then(None).otherwise(pl.col("travel") / 604_800)
    rows = rows.with_columns(
        waiting=(pl.col("waiting") & pl.col("known") & tells).cast(pl.Float64),
        several=(pl.col("units").fill_null(1) > 1).cast(pl.Float64),
        weeks=travel.clip(0, 12),
        price=pl.when(pl.col("goods") > 0).then(pl.col("goods").log(2)),
        **{name: pl.col(name).cast(pl.Float64) for name in ("late", "back", "short")},
    )
    return rows.with_columns(pl.col(name).fill_null(pl.col(name).mean()).fill_null(0.0) for name in ("weeks", "price"))


def _told(rows: pl.DataFrame) -> list[str]:
    """The factors that hold for enough reviews and do not for enough, or that differ at all."""
    held = [name for name in FLAGS if LEAST <= rows[name].sum() <= rows.height - LEAST]
    return held + [name for name in FACTORS[len(FLAGS) :] if float(rows[name].std() or 0.0) > 1e-9]  # type: ignore[arg-type]


def _levels(column: pl.Series) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The places of a kind that enough reviews come from, most first, and which one each review is of."""
    told = column.cast(pl.String).replace("", None)
    counts = (
        told.drop_nulls().value_counts(name="n").filter(pl.col("n") >= LEAST).sort("n", column.name, descending=True)
    )
    named = counts[column.name].head(MOST_LEVELS).to_list()
    place = told.replace_strict(dict(zip(named, range(len(named)), strict=True)), default=-1, return_dtype=pl.Int64)
    return named, place.fill_null(-1).to_numpy()


def _factors(found: method.ScoreDrivers, names: list[str], values: Floats, level: float) -> tuple[Driver, ...]:
    """Factors by what they take from the mean; which are shown is decided over all of them and all scores."""
    p = 2 * ndtr(-np.abs(found.effects / np.maximum(found.errors, 1e-12)))
    shown = discover(p.ravel(), level).rejected.reshape(p.shape)
    made = [
        Driver(
            name,
            _effects(found.effects[at], found.errors[at], shown[at]),
            float(values[:, at].mean()),
            int((values[:, at] > 0).sum()),
        )
        for at, name in enumerate(names)
    ]
    return tuple(sorted(made, key=lambda one: (not one.shown, -abs(one.effects[0].value * float(_scale(one))))))


def _scale(one: Driver) -> float:
    """By what a factor's effect is multiplied to rank it: a flag by its share, a number by one unit."""
    return one.usual if one.name in FLAGS else 1.0


def _places(
    name: str, named: list[str], counts: npt.NDArray[np.int64], group: method.Group, reviews: int
) -> list[Driver]:
    """The places of one kind whose score is likely another than that of their like, those that take most first."""
    sure = ndtr(np.abs(group.effects) / np.maximum(group.errors, 1e-12)) >= 0.975
    made = [
        Driver(
            name,
            _effects(group.effects[at], group.errors[at], sure[at] & (group.spread > 0)),
            float(counts[at]) / reviews,
            int(counts[at]),
            value,
        )
        for at, value in enumerate(named)
    ]
    return sorted((one for one in made if one.shown), key=lambda one: one.of_mean)


def _effects(values: Floats, errors: Floats, shown: npt.NDArray[np.bool_]) -> tuple[Effect, ...]:
    return tuple(
        Effect(float(v), float(v - NINETY * e), float(v + NINETY * e), bool(s))
        for v, e, s in zip(values, errors, shown, strict=True)
    )


def _square(table: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in table)
