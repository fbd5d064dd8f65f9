"""Ids for rows whose file has none: a stable hash of what stands in the row, and a number among equal rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import polars as pl

_BETWEEN = "\x1f"


def by_distinct(column: pl.Series, expression: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """``expression`` applied to the distinct values of a column and spread over its rows: cheap where values repeat, and
    cheaper still where it changes none of them."""
    name = column.name
    distinct = column.drop_nulls().unique().to_frame(name)
    done = distinct.with_columns(expression(pl.col(name)).alias("_done"))
    if (
        done["_done"].dtype == column.dtype
        and done.select((pl.col(name) == pl.col("_done")).fill_null(value=False).all()).item()
    ):
        return column
    joined = column.to_frame(name).join(done, on=name, how="left", maintain_order="left")
    return joined["_done"].alias(name)


def among(column: pl.Series, condition: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Whether a row's value fulfils ``condition``, asked once for each distinct value. NULL does not."""
    distinct = column.drop_nulls().unique()
    fitting = distinct.to_frame("value").filter(condition(pl.col("value")))["value"]
    if fitting.is_empty():
        return pl.Series([False]).new_from_index(0, len(column))
    return column.is_in(fitting.implode()).fill_null(value=False)


def text_of(parts: Sequence[pl.Expr]) -> pl.Expr:
    """The parts as one text; money and counts are written to four decimals so that ``2.5`` and ``2.50`` are the same."""
    return pl.concat_str([part.cast(pl.String).fill_null("") for part in parts], separator=_BETWEEN)


def number_text(column: pl.Expr) -> pl.Expr:
    """A number as text that does not depend on how the file wrote it: ten-thousandths as a whole number."""
    return (column * 10_000).round(0).cast(pl.Int64, strict=False).cast(pl.String)


def digests(texts: pl.Series) -> pl.Series:
    """16 hex digits of the SHA-256 of each text. The same text has the same digest everywhere and always."""
    distinct = texts.unique()
    hashes = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in distinct.to_list()]
    table = pl.DataFrame({"text": distinct, "digest": pl.Series(hashes, dtype=pl.String)})
    return texts.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")["digest"]


def numbered(frame: pl.DataFrame, digest: str, within: str | None, order_by: Sequence[str]) -> pl.Series:
    """``<digest>-<n>``, n counting equal digests (``within`` one order, else in the whole file) in the order of ``order_by``.

    Counting by content and not by place in the file lets a file that is sorted otherwise give the same ids.
    """
    key = pl.struct(digest, within).hash() if within else pl.col(digest).hash()
    rows = frame.select(key.alias("key"), pl.col(digest), *order_by).with_row_index("place")
    repeated = (
        rows.filter(pl.col("key").is_duplicated())
        .sort("key", *order_by, "place", nulls_last=True)
        .select("place", (pl.int_range(pl.len()).over("key") + 1).alias("n"))
    )
    counts = pl.Series([1], dtype=pl.Int64).new_from_index(0, len(rows)).scatter(repeated["place"], repeated["n"])
    return rows.select(pl.concat_str(pl.col(digest), pl.lit("-"), counts.cast(pl.String)).alias("id"))["id"]
