"""Orders and reviews that look as if no real buyer had made them, by signs that are added up. Nothing is deleted and nobody accused:
they serve to say which conclusions rest on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.config import Config
from zhanggui.methods.evidence import CAP, UNKNOWN, Evidence, weigh, weight_of
from zhanggui.methods.near_copies import near_copies
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.numbers.frames.suspects import DAYS, MOST_COPIES, STOCK_PHRASE
from zhanggui.units import Refusal

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

OF_ORDERS: dict[str, Any] = {
    "burst": 0.4,
    "one_place": 0.4,
    "unvisited": 0.5,
    "same_buyer": 0.25,
    "cheap_first": 0.25,
    "quick_parcel": 0.35,
    "back_at_once": 0.15,
    "same_words": 0.4,
    "own_note": 0.3,
}
"""How often each sign is seen among orders that nobody really made: assumed, since no shop's are known. How often it is seen among the
others is the shop's own."""
OF_REVIEWS = {"same_words": 0.5, "praise_burst": 0.4, "before_parcel": 0.1, "of_suspect": 0.7}
REVIEW_CAP = 4.0
"""A review has few signs, so each may say more."""
LEVELS = (0.5, 0.9, 0.99)
LETTER = {"1": 1, "0": 0, "-": UNKNOWN}
PART = pl.Struct({"sign": pl.String, "weight": pl.Float64})
ORDERS: dict[str, Any] = {
    "channel": pl.String,
    "order_id": pl.String,
    "day": pl.Date,
    "product_id": pl.String,
    "money": pl.Float64,
    "chance": pl.Float64,
    "score": pl.Float64,
    "parts": pl.List(PART),
}
REVIEWS: dict[str, Any] = {name: kind for name, kind in ORDERS.items() if name not in ("money",)} | {
    "review_id": pl.String
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: how often it is assumed among suspect things, how often it is seen among the others here, and what it then says."""

    name: str
    suspected: float
    usual: float
    weight: float


@dataclass(frozen=True, slots=True)
class Bar:
    """What a threshold of probability would let through: how many, their money, and how many usual ones chance would bring."""

    level: float
    found: int
    money: float
    wrong: float


@dataclass(frozen=True, slots=True)
class Suspects:
    """What looks as if no real buyer had made it. ``orders``: channel · order_id · day · product_id · money · chance · score · parts (sign,
    weight); ``reviews`` the same with review_id and without money. ``looked`` orders and reviews of ``days`` days were looked at;
    ``by_chance`` of the orders would stand here by chance alone. ``refusal`` says why none could be looked for."""

    orders: pl.DataFrame
    reviews: pl.DataFrame
    looked: tuple[int, int] = (0, 0)
    by_chance: float = 0.0
    signs: Sequence[Sign] = ()
    review_signs: Sequence[Sign] = ()
    bars: Sequence[Bar] = ()
    level: float = 0.9
    days: int = DAYS
    refusal: Refusal | None = None

    @property
    def money(self) -> float:
        """What the suspect orders paid for goods."""
        return float(self.orders["money"].sum())

    def __bool__(self) -> bool:
        return bool(self.orders.height or self.reviews.height)


NONE = Suspects(pl.DataFrame(schema=ORDERS), pl.DataFrame(schema=REVIEWS))


def suspects(warehouse: Warehouse, view: View, config: Config) -> Suspects:
    """Look through the orders and reviews of sixteen weeks up to ``view.as_of``: one question, and one more where there are reviews."""
    held, level = warehouse.rows(), config["suspect_chance"]
    found = _orders(FRAMES["order_signs"](warehouse, view), level) if held.get("orders") else replace(NONE, level=level)
    if not held.get("reviews"):
        return found
    return _with_reviews(found, FRAMES["review_words"](warehouse, view))


def _orders(rows: pl.DataFrame, level: float) -> Suspects:
    patterns = [[LETTER[letter] for letter in pattern] for pattern in rows["pattern"]]
    looked = int(rows["orders"].sum())
    found = weigh(patterns, rows["orders"].to_list(), list(OF_ORDERS.values()), level=level)
    if isinstance(found, Refusal):
        return replace(NONE, looked=(looked, 0), level=level, refusal=found)
    alone = (rows["order_id"] != "").to_numpy()
    listed = _listed(rows, found, found.suspect & alone, tuple(OF_ORDERS)).select(*ORDERS)
    return Suspects(
        listed,
        NONE.reviews,
        (looked, 0),
        found.by_chance,
        _signs(found, OF_ORDERS),
        bars=[_bar(rows, found, at) for at in LEVELS],
        level=level,
    )


def _with_reviews(found: Suspects, rows: pl.DataFrame) -> Suspects:
    copies = _copies(rows["words"].to_list())
    suspect = set(found.orders.select("channel", "order_id").iter_rows())
    patterns = [
        [_known(copied), _known(crowd), _known(early), int((channel, order) in suspect) if order else UNKNOWN]
        for copied, (channel, order, crowd, early) in zip(
            copies, rows.select("channel", "order_id", "crowd", "early").iter_rows(), strict=True
        )
    ]
    weighed = weigh(patterns, [1.0] * rows.height, list(OF_REVIEWS.values()), level=found.level, cap=REVIEW_CAP)
    looked = (found.looked[0], rows.height)
    if isinstance(weighed, Refusal):
        return replace(found, looked=looked)
    listed = _listed(rows, weighed, weighed.suspect, tuple(OF_REVIEWS)).select(*REVIEWS)
    return replace(found, reviews=listed, looked=looked, review_signs=_signs(weighed, OF_REVIEWS, REVIEW_CAP))


def _copies(texts: Sequence[str]) -> list[bool | None]:
    """Whether each review has nearly the words of another; None for one of few words, and for a platform's own phrase."""
    near = near_copies(texts)
    phrase = max(STOCK_PHRASE * sum(map(bool, texts)), MOST_COPIES)
    return [
        None if not text or len(others) >= phrase else bool(others) for text, others in zip(texts, near, strict=True)
    ]


def _known(sign: float | bool | None) -> int:
    return UNKNOWN if sign is None else int(sign)


def _listed(rows: pl.DataFrame, found: Evidence, which: npt.NDArray[np.bool_], names: Sequence[str]) -> pl.DataFrame:
    """The chosen rows with their probability, their sum and what each sign says, the surest first."""
    parts = [
        [{"sign": name, "weight": float(value)} for name, value in zip(names, said, strict=True) if value]
        for said in found.parts
    ]
    told = rows.with_columns(
        pl.Series("chance", found.chance),
        pl.Series("score", found.score),
        pl.Series("parts", parts, dtype=pl.List(PART)),
    )
    told = told.filter(pl.Series(which))
    order = ["score", "day", "order_id"]
    return told.sort(order, descending=[True, True, False], nulls_last=True)


def _signs(found: Evidence, assumed: Mapping[str, float], cap: float = CAP) -> list[Sign]:
    """What each sign says here where it is seen, the weightiest first; what is as common among usual ones says nothing."""
    signs = [
        Sign(name, share, float(usual), weight_of(share, float(usual), cap))
        for (name, share), usual in zip(assumed.items(), found.usual, strict=True)
    ]
    return sorted(signs, key=lambda sign: (-sign.weight, sign.name))


def _bar(rows: pl.DataFrame, found: Evidence, level: float) -> Bar:
    reached = rows.filter(pl.Series(found.reaching(level)))
    return Bar(level, int(reached["orders"].sum()), float(reached["money"].sum()), found.chance_at(level))
