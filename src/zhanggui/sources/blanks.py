"""What a cell says when it says nothing, and columns handed over whole to be cleaned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

MISSING = ("", "-", "--", "---", "—", "——", "–", "null", "nan", "none", "n/a", "#n/a", "暂无", "暂无数据", "无数据")
"""Texts that say "no data" or "does not apply". They are never 0."""

GUARD = r'^\s*=?\s*"?\s*[\'’]?\s*|["\s]*$'
"""What exporters put around ids: ``="…"``, a leading ``'``, tabs."""


def missing(cell: pl.Expr, *more: str) -> pl.Expr:
    """The text without blanks around it, NULL where it says "no data" (``-``, ``--``, ``—``, empty, null, nan, 暂无 and ``more``)."""
    return whole(cell, lambda column: filled(column, more))


def whole(cell: pl.Expr, clean: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    """An expression that hands the whole column to ``clean``, so that each step is taken once and may end early.

    A literal (a column the file lacks) is spread over the rows first: the result of a function does not broadcast.
    """
    if not cell.meta.root_names():
        name = cell.meta.output_name(raise_if_undetermined=False) or "literal"
        cell = pl.coalesce(pl.repeat(None, pl.len(), dtype=pl.String), cell).alias(name)
    return cell.cast(pl.String).map_batches(clean, return_dtype=pl.String)


def filled(column: pl.Series, more: Sequence[str] = ()) -> pl.Series:
    """The column with its blanks as NULL."""
    bare = column.str.strip_chars(" \t\r\n\u00a0\u3000\ufeff")
    said = bare.str.to_lowercase().is_in([*MISSING, *(text.lower() for text in more)]).fill_null(True)
    return bare.zip_with(~said, nulls(bare))


def nulls(column: pl.Series) -> pl.Series:
    """A column of the same length that is all NULL."""
    return pl.Series(column.name, [None], dtype=pl.String).new_from_index(0, len(column))


def every(column: pl.Series, pattern: str) -> bool:
    """Whether every filled cell matches."""
    return bool(column.str.contains(pattern).all())
