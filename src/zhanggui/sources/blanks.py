"""What a cell says when it says nothing, and columns handed over whole to be cleaned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

MISSING = ("", "-", "--", "---", "—", "——", "–", "null", "nan", "none", "n/a", "#n/a", "暂无", "暂无数据", "无数据")
"""Texts that say "no data" or "does not apply". They are never 0."""

GUARD = r'^\s*=?\s*"?\s*[\'’]?\s*|["\s]*$'
"""What exporters put around ids: ``="…"``, a leading ``'``, tabs."""

_BLANKS = " \t\r\n\u00a0\u3000\ufeff"
_WORTH = 4000
"""From so many rows on it is worth asking how often a column repeats itself."""
_LOOKED_AT, _DIFFERENT = 1000, 900
"""Of 1,000 cells from all over a column at most 900 different ones: it has some thousands of different cells, not more."""


def missing(cell: pl.Expr, *more: str) -> pl.Expr:
    """The text without blanks around it, NULL where it says "no data" (``-``, ``--``, ``—``, empty, null, nan, 暂无 and ``more``)."""
    return whole(cell, lambda column: filled(column, more))


def whole(
    cell: pl.Expr, clean: Callable[[pl.Series], pl.Series], kind: pl.DataType | type[pl.DataType] = pl.String
) -> pl.Expr:
    """An expression that hands the whole column to ``clean``, so that each step is taken once and may end early.

    What ``clean`` makes of a cell may depend on which cells there are, never on how many or where: it gets a column that repeats itself
    with each cell once. A literal (a column the file lacks) is spread over the rows first: the result of a function does not broadcast.
    """
    if not cell.meta.root_names():
        name = cell.meta.output_name(raise_if_undetermined=False) or "literal"
        cell = pl.coalesce(pl.repeat(None, pl.len(), dtype=pl.String), cell).alias(name)
    return cell.cast(pl.String).map_batches(lambda column: once_each(column, clean, kind), return_dtype=kind)


def once_each(
    column: pl.Series, clean: Callable[[pl.Series], pl.Series], kind: pl.DataType | type[pl.DataType] = pl.String
) -> pl.Series:
    """``clean`` of a column, asked about each different cell once where cells are repeated often. An empty column stays empty."""
    if column.null_count() == len(column):
        return nulls(column, kind)
    if not repeats(column):
        return clean(column)
    distinct = column.unique()
    done = clean(distinct)
    if done.dtype == column.dtype and done.equals(distinct, check_names=False):
        return column
    return column.replace_strict(distinct, done, return_dtype=kind)


def repeats(column: pl.Series) -> bool:
    """Whether a long column has few different cells, judged by cells from all over it."""
    if len(column) < _WORTH:
        return False
    step = max(len(column) // _LOOKED_AT, 1)
    return column.gather_every(step).n_unique() * _LOOKED_AT <= _DIFFERENT * (-(-len(column) // step))


def filled(column: pl.Series, more: Sequence[str] = ()) -> pl.Series:
    """The column with its blanks as NULL."""
    return once_each(column, lambda cells: _filled(cells, more))


def _filled(column: pl.Series, more: Sequence[str]) -> pl.Series:
    bare = column.str.strip_chars(_BLANKS)
    texts = [*MISSING, *(text.lower() for text in more)]
    # Hardly any cell says "no data", and most begin with a digit or are too long to say it: only the others are written small.
    odd = ((bare < "0") | (bare >= ":")) if not any("0" <= text[:1] <= "9" for text in texts) else bare.is_not_null()
    said = bare.filter(odd & (bare.str.len_bytes() <= 2 * max(len(text.encode()) for text in texts))).unique()
    said = said.filter(said.str.to_lowercase().is_in(texts))
    if said.is_empty():
        return bare
    return bare.zip_with(~bare.is_in(said.implode()).fill_null(True), nulls(bare))


def nulls(column: pl.Series, kind: pl.DataType | type[pl.DataType] = pl.String) -> pl.Series:
    """A column of the same length that is all NULL."""
    return pl.Series(column.name, [None], dtype=kind).new_from_index(0, len(column))


def every(column: pl.Series, pattern: str) -> bool:
    """Whether every filled cell matches."""
    return bool(column.head(100).str.contains(pattern).all()) and bool(column.str.contains(pattern).all())
