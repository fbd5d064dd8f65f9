"""Visits counted from hits, whatever they come from: page views, carts and purchases of visitors become ``traffic_days``.

Visitors of sources, devices and products overlap, so each is counted at levels of its own: the shop, by source, by device, by product,
by source and product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

LEVELS: Sequence[tuple[str, ...]] = ((), ("source",), ("device",), ("product_id",), ("source", "product_id"))
SCHEMA: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "at": pl.Datetime("us"),
    "visitor": pl.UInt64(),
    "session": pl.UInt64(),
    "kind": pl.String(),
    "views": pl.UInt32(),
    "source": pl.String(),
    "device": pl.String(),
    "product_id": pl.String(),
    "amount": pl.Float64(),
}
"""What a hit is. ``kind``: view, favourite, cart, order (checkout begun), pay; ``views`` are the pages it stands for: 0 for a product that
is part of another hit, so that a page is counted once."""

DIRECT = "direct"
_MOST = 100_000_000


def traffic(hits: pl.DataFrame) -> pl.DataFrame:
    """``traffic_days`` of hits at all levels. ``_time`` grows with the hits of the day: of two files of one day the fuller one holds."""
    if hits.is_empty():
        return pl.DataFrame()
    hits = _with_session_sources(hits)
    weight = hits.group_by("day").agg(pl.len().clip(upper_bound=_MOST).alias("_hits"))
    made = [counted for level in LEVELS if len(counted := _level(hits, level))]
    rows = pl.concat(made, how="diagonal").join(weight, on="day", how="left", maintain_order="left")
    return rows.with_columns(
        (pl.col("day").cast(pl.Datetime("us")) + pl.duration(seconds="_hits")).alias("_time")
    ).drop("_hits")


def sessions(hits: pl.DataFrame, minutes: int = 30) -> pl.DataFrame:
    """Hits with ``session``: a visitor's next hit begins a new one after ``minutes`` without any. Sorted by visitor and time."""
    ordered = hits.sort("visitor", "at")
    new = (pl.col("visitor") != pl.col("visitor").shift()) | (
        pl.col("at") - pl.col("at").shift() > pl.duration(minutes=minutes)
    )
    return ordered.with_columns(new.fill_null(value=True).cast(pl.UInt64).cum_sum().alias("session"))


def _with_session_sources(hits: pl.DataFrame) -> pl.DataFrame:
    """Each hit with the first source and device its session names."""
    named = hits.sort("at").group_by("session").agg(pl.col("source", "device").drop_nulls().first())
    hits = hits.drop("source", "device").join(named, on="session", how="left", nulls_equal=True)
    return hits.with_columns(pl.col("source").fill_null(DIRECT), pl.col("device").fill_null("(unknown)"))


def _level(hits: pl.DataFrame, level: tuple[str, ...]) -> pl.DataFrame:
    of_products = "product_id" in level
    rows = hits.filter(pl.col("product_id").is_not_null()) if of_products else hits
    if rows.is_empty():
        return pl.DataFrame()
    key = ["day", *level]
    seen = pl.col("kind") == "view"
    whole = [] if of_products else [pl.col("session").drop_nulls().n_unique().alias("sessions")]
    measures = rows.group_by(key).agg(
        _people(seen if of_products else pl.lit(value=True)).alias("visitors"),
        *whole,
        (seen.sum() if of_products else pl.col("views").sum()).alias("page_views"),
        *(
            pl.when((pl.col("kind") == kind).any()).then(_people(pl.col("kind") == kind)).otherwise(0).alias(name)
            for kind, name in (("cart", "cart_visitors"), ("order", "order_buyers"), ("pay", "pay_buyers"))
            if (hits["kind"] == kind).any()
        ),
        *([(pl.col("kind") == "favourite").sum().alias("favourites")] if (hits["kind"] == "favourite").any() else []),
        *([_money(of_products=of_products)] if hits["amount"].count() else []),
    )
    if of_products:
        # Bought without being seen: the file holds no views of products, and nobody seen is not the same as unknown.
        measures = measures.with_columns(pl.col("visitors", "page_views").replace(0, None))
    else:
        measures = measures.join(_bounces(rows, key), on=key, how="left")
    absent = [pl.lit("*").alias(name) for name in ("source", "device", "product_id") if name not in level]
    return measures.with_columns(absent).sort(key)


def _people(chosen: pl.Expr) -> pl.Expr:
    return pl.col("visitor").filter(chosen).drop_nulls().n_unique()


def _money(*, of_products: bool) -> pl.Expr:
    """Revenue of purchases: the shop's is that of the purchase itself, a product's that of its items."""
    part = pl.col("amount") if of_products else pl.col("amount").filter(pl.col("product_id").is_null())
    return part.sum().round(4).alias("pay_amount")


def _bounces(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Sessions of one page and nothing else."""
    of_sessions = (
        rows.filter(pl.col("session").is_not_null())
        .group_by([*key, "session"])
        .agg(pl.col("views").sum(), (pl.col("kind") != "view").any().alias("_more"))
    )
    return of_sessions.group_by(key).agg(((pl.col("views") == 1) & ~pl.col("_more")).sum().alias("bounces"))


def notes(file: str, channel: str, named: str | None) -> Sequence[tuple[str, Mapping[str, object]]]:
    """What to say where visits stand in a channel of their own, away from the orders of their shop."""
    return () if named else (("visits_channel", {"file": file, "channel": channel}),)
