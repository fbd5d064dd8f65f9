"""Reports of many platforms: names of one meaning, rows of totals, the days a row speaks of, rows of one key added up.

A report over several days has no days of its own. Amounts that add up (cost, impressions, clicks) are spread evenly over its days, so
that every sum over the whole period is exact to the cent, and a report by day, where there is one, goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import polars as pl

from zhanggui.sources import periods, reading
from zhanggui.sources import values as v
from zhanggui.tables.loading import LeftOut, Piece, Reading, Recognition, Sheet

UNKNOWN = "(unknown)"
"""What a blank name is written as: a blank itself would mean the total."""
BY_DAY, BY_PERIOD = 30, 10
"""Layouts: a row of one day goes before one that was spread."""
LONGEST = 400
"""Days a period may have that is spread."""

_TOTAL = re.compile(
    r"^\s*(?:grand\s+)?(?:total|totals|totale|totaal|gesamt|summe|suma|sum|合计|合計|总计|總計|汇总|共计)\s*(?:$|[:：(（-])",
    re.IGNORECASE,
)

Note = tuple[str, Mapping[str, object]]
Notes = list[Note]


def renamed(sheet: Sheet, names: Mapping[str, str]) -> Sheet:
    """The sheet under one name a meaning: each header that ``names`` knows gets the name used here, unless a column has it already."""
    taken = set(sheet.headers)
    headers = []
    for header in sheet.headers:
        name = names.get(header, header)
        if name != header and name in taken:
            name = header
        taken.add(name)
        headers.append(name)
    return replace(sheet, headers=tuple(headers))


def synonyms(table: Mapping[str, str]) -> dict[str, str]:
    """A table ``name: other | other`` as other → name, all without white space."""
    return {
        re.sub(r"\s", "", other): re.sub(r"\s", "", name)
        for name, others in table.items()
        for other in others.split("|")
    }


@dataclass(slots=True)
class Report:
    """A sheet's rows on their way to pieces. ``frame`` is under normalised names and gets ``_first`` and ``_last``."""

    sheet: Sheet
    frame: pl.DataFrame
    rows_read: int
    left_out: list[LeftOut] = field(default_factory=list)
    rejects: reading.Rejects = field(default_factory=list)
    notes: Notes = field(default_factory=list)

    def reading(
        self, sheet: Sheet, recognition: Recognition, pieces: Iterable[Piece], channel: str, more: Iterable[Note] = ()
    ) -> Reading:
        """What the report came to; pieces without rows are left out. ``more`` are notes beside its own."""
        made = [piece for piece in pieces if not isinstance(piece.rows, pl.DataFrame) or len(piece.rows)]
        return Reading(
            sheet=sheet,
            recognition=recognition,
            pieces=made,
            channel=channel,
            rows_read=self.rows_read,
            left_out=self.left_out,
            rejects=self.rejects,
            notes=[*self.notes, *more],
        )

    def without_totals(self, sums: Sequence[str], money: str, *, first: str, filled: Sequence[str] = ()) -> None:
        """Take out the rows of totals: the cell of column ``first`` says so, or those of all the present ``filled`` columns are empty.
        They check the sum: where none of them fits it is noted."""
        frame = self.frame
        says = pl.col(first).str.contains(f"(?i){_TOTAL.pattern}").fill_null(value=False)
        present = [v.missing(pl.col(name)).is_null() for name in filled if name in frame.columns]
        marked = frame.select(says | pl.all_horizontal(present) if present else says).to_series()
        totals, self.frame = frame.filter(marked), frame.filter(~marked)
        if totals.is_empty():
            return
        self.left_out.append(LeftOut("totals", len(totals), v.total(totals, money)))
        for name in sums:
            if name not in frame.columns or self.frame.is_empty():
                continue
            stated = totals.select(v.number(pl.col(name))).to_series().drop_nulls().to_list()
            added = v.total(self.frame, name)
            if stated and all(abs(one - added) > 0.005 * abs(one) for one in stated):
                stating = max(stated)
                self.notes.append(
                    (
                        "totals_differ",
                        {"file": self.sheet.name, "column": name, "stated": stating, "added": round(added, 2)},
                    )
                )

    def readable(self, columns: Collection[str]) -> None:
        """Set apart as rejects the rows with an amount nobody can read."""
        self.frame, unread = v.readable_amounts(self.frame, columns)
        self.rejects += unread

    def dated(
        self,
        *,
        money: str = "",
        day: str = "",
        first: str = "",
        last: str = "",
        span: str = "",
        week: str = "",
        month: str = "",
    ) -> None:
        """Give each row the first and last day it speaks of: from the named columns, else the lines above the header, else the
        file's name. Rows with no day that can be read become rejects; where nothing says a day, all are left out with a note."""
        frame, names = self.frame, self.frame.columns
        ends: tuple[pl.Series, pl.Series] | None = None
        source = ""
        if day in names:
            source, one = day, periods.days(frame[day], self.sheet.name)
            ends = (one, one)
        elif first in names and last in names:
            source = first
            ends = (periods.days(frame[first], self.sheet.name), periods.days(frame[last], self.sheet.name))
        elif span in names:
            source, ends = span, _pairs(frame[span], periods.period)
        elif week in names:
            source, one = week, periods.days(frame[week], self.sheet.name)
            ends = (one, one + timedelta(days=6))
        elif month in names:
            source, ends = month, _pairs(frame[month], periods.month)
        if ends is None:
            whole = periods.above(self.sheet.above) or periods.in_name(self.sheet.path.name)
            if whole is None:
                self._nothing_says(money)
                return
            self.frame = frame.with_columns(pl.lit(whole[0]).alias("_first"), pl.lit(whole[1]).alias("_last"))
            return
        dated = frame.with_columns(ends[0].alias("_first"), ends[1].alias("_last"))
        fits = (pl.col("_first") <= pl.col("_last")).fill_null(value=False)
        wrong = dated.filter(~fits).select("_row", source)
        self.rejects += [(row, source, text or "", "store.reject.not_a_day") for row, text in wrong.rows()]
        self.frame = dated.filter(fits)

    def _nothing_says(self, money: str) -> None:
        if not self.frame.is_empty():
            self.left_out.append(LeftOut("no_period", len(self.frame), v.total(self.frame, money)))
            self.notes.append(("no_period", {"file": self.sheet.name, "rows": len(self.frame)}))
        self.frame = self.frame.clear().with_columns(
            pl.lit(None, pl.Date).alias("_first"), pl.lit(None, pl.Date).alias("_last")
        )

    def only_days(self, money: str) -> None:
        """Leave out rows of several days: visits and visitors of a period cannot be split into its days."""
        several = self.frame.filter(pl.col("_first") != pl.col("_last"))
        if len(several):
            self.left_out.append(LeftOut("several_days", len(several), v.total(several, money)))
            self.notes.append(("several_days", {"file": self.sheet.name, "rows": len(several)}))
            self.frame = self.frame.filter(pl.col("_first") == pl.col("_last"))

    def spread_note(self) -> None:
        """Say so where rows are spread over the days of a period, and leave out those of periods too long to say anything of a day."""
        length = (pl.col("_last") - pl.col("_first")).dt.total_days() + 1
        long = self.frame.filter(length > LONGEST)
        if len(long):
            self.left_out.append(LeftOut("too_long", len(long)))
            self.frame = self.frame.filter(length <= LONGEST)
        most = self.frame.select(length.max()).item()
        if most and most > 1:
            self.notes.append(("spread", {"file": self.sheet.name, "days": most}))

    def piece(self, table: str, rows: pl.DataFrame, *, layout: int, currency: str | None, money: float | None) -> Piece:
        """A piece of this report: its rows are added up or spread, so they are not one to one with the file's."""
        return Piece(
            table, rows, self.sheet.name, layout, currency=currency, file_money=money, rows_read=len(self.frame)
        )


def opened(sheet: Sheet, frame: pl.DataFrame, rejects: reading.Rejects) -> Report:
    """A report of rows already read, under normalised names."""
    return Report(sheet, frame, len(frame) + len({row for row, *_ in rejects}), rejects=list(rejects))


def _pairs(column: pl.Series, read: object) -> tuple[pl.Series, pl.Series]:
    """First and last days of a column whose cells are periods."""
    assert callable(read)
    distinct = column.drop_nulls().unique()
    found = [read(text) or (None, None) for text in distinct.to_list()]
    ends = [pl.Series([pair[at] for pair in found], dtype=pl.Date) for at in (0, 1)]
    first, last = (column.replace_strict(distinct, one, default=None, return_dtype=pl.Date) for one in ends)
    return first, last


def named(frame: pl.DataFrame, *columns: str) -> pl.Expr:
    """The first of ``columns`` that the frame has as a name in a key: a blank cell or ``*`` is unknown, no such column the total."""
    for column in columns:
        if column in frame.columns:
            return v.identifier(pl.col(column)).fill_null(UNKNOWN).replace({"*": UNKNOWN})
    return pl.lit("*")


def number(frame: pl.DataFrame, *columns: str) -> pl.Expr:
    """The first of ``columns`` that the frame has, as numbers; NULL where it has none."""
    for column in columns:
        if column in frame.columns:
            return v.number(pl.col(column))
    return pl.lit(None, pl.Float64)


def count(frame: pl.DataFrame, *columns: str) -> pl.Expr:
    """:func:`number` of whole things: ``2.140`` is two thousand, whatever the other columns' decimals look like."""
    for column in columns:
        if column in frame.columns:
            cell = pl.col(column).str.strip_chars()
            thousands = cell.str.contains(r"^\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+$")
            bare = pl.when(thousands).then(cell.str.replace_all(r"\D", "")).otherwise(cell)
            return v.number(bare)
    return pl.lit(None, pl.Float64)


def beside(frame: pl.DataFrame, sheet: Sheet, mapped: Collection[str]) -> pl.Expr:
    """The columns that are not ``mapped``, as a JSON object under the names of the file."""
    originals = dict(zip(sheet.headers, sheet.columns, strict=True))
    rest = [name for name in frame.columns if name not in mapped and not name.startswith("_")]
    return v.extra(frame, rest, {name: originals.get(name, name).strip() for name in rest})


def added(frame: pl.DataFrame, key: Sequence[str], sums: Sequence[str], largest: Sequence[str] = ()) -> pl.DataFrame:
    """Rows of one key as one: ``sums`` added (NULL where none is known), of ``largest`` the largest; what stands beside a row is
    kept where it stood alone."""
    if frame.select(pl.struct(key).is_unique().all()).item():
        return frame.select("_row", *key, *sums, *largest, "extra")
    total = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum().round(6)).alias(name) for name in sums]
    return frame.group_by(key, maintain_order=True).agg(
        pl.col("_row").first(),
        *total,
        *(pl.col(name).max() for name in largest),
        pl.when(pl.len() == 1).then(pl.col("extra").first()).alias("extra"),
    )


def spread(frame: pl.DataFrame, money: Sequence[str], whole: Sequence[str]) -> pl.DataFrame:
    """A row a day for every day from ``_first`` to ``_last``: ``money`` to the ten-thousandth and ``whole`` to the unit split evenly,
    so that the days add up to exactly what the period had."""
    days = frame.with_columns(
        ((pl.col("_last") - pl.col("_first")).dt.total_days() + 1).alias("_days"),
        pl.date_ranges("_first", "_last").alias("day"),
    )
    days = days.explode("day").with_columns(
        (pl.col("day") - pl.col("_first")).dt.total_days().alias("_before"),
    )
    several = pl.col("_days") > 1
    parts = [
        pl.when(several).then(_part(name, scale)).otherwise(pl.col(name)).alias(name)
        for names, scale in ((money, 100), (whole, 1))
        for name in names
    ]
    return days.with_columns(parts).drop("_days", "_before")


def _part(name: str, scale: int) -> pl.Expr:
    def until(days: pl.Expr) -> pl.Expr:
        return (pl.col(name) * scale * days / pl.col("_days")).round(0)

    last = pl.col("_before") + 1 == pl.col("_days")
    before = until(pl.col("_before"))
    return (
        pl.when(last)
        .then(pl.col(name) - before / scale)
        .otherwise((until(pl.col("_before") + 1) - before) / scale)
        .round(6)
    )
