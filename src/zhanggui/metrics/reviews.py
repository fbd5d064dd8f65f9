"""What buyers say: reviews with their stars, and the platforms' scores of the shop."""

from __future__ import annotations

from typing import Any

from zhanggui.metrics.kinds import Measure, Metric

GOOD_STARS = 4
_STARS = ("stars", "stars_product", "stars_service", "stars_logistics")


def _sum(column: str) -> Any:
    return lambda t: t[column].sum()


def _count(column: str) -> Any:
    return lambda t: t[column].count()


def _measure(name: str, value: Any, *columns: str) -> Measure:
    return Measure(name, "reviews", value, day="created_day", columns=columns)


MEASURES = (
    _measure("review_count", lambda t: t.count(), "review_id"),
    _measure("positive_reviews", lambda t: t.count(where=t.stars >= GOOD_STARS), "stars"),
    _measure("negative_reviews", lambda t: t.count(where=t.stars < GOOD_STARS), "stars"),
    *(_measure(f"{column}_sum", _sum(column), column) for column in _STARS),
    *(_measure(f"{column}_count", _count(column), column) for column in _STARS),
    Measure(
        "score",
        "scores",
        lambda t: t.value.mean(),
        unit="ratio",
        additive=False,
        levels=True,
        columns=("value",),
        snapshot=True,
        absent=None,
    ),
)


def _stars(column: str) -> Metric:
    return Metric(
        column,
        "ratio",
        "stars",
        (f"{column}_sum", f"{column}_count"),
        formula=f"mean of {column}",
        caveats=("tiny_denominator", "table_missing"),
        needs=("reviews",),
    )


METRICS = (
    Metric(
        "review_count",
        "simple",
        "count",
        ("review_count",),
        formula="reviews by the day they were written",
        caveats=("running_day", "table_missing"),
        needs=("reviews",),
        additive=True,
    ),
    *(_stars(column) for column in _STARS),
    Metric(
        "positive_rate",
        "ratio",
        "share",
        ("positive_reviews", "stars_count"),
        formula="reviews of 4 stars and more / reviews with stars",
        caveats=("tiny_denominator", "table_missing"),
        needs=("reviews",),
    ),
    Metric(
        "negative_reviews",
        "simple",
        "count",
        ("negative_reviews",),
        good=-1,
        formula="reviews of 3 stars and fewer",
        caveats=("running_day", "table_missing"),
        needs=("reviews",),
        additive=True,
    ),
    Metric(
        "score",
        "simple",
        "ratio",
        ("score",),
        formula="the platform's score on the last day it is known; ask by system and name",
        caveats=("score_mixed", "table_missing", "level_missing"),
        needs=("scores",),
    ),
)
