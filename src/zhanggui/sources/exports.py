"""A platform's export as its source sees it: each column under one name, ids whole, amounts readable, totals rows apart.

Sellers choose which columns they export and platforms rename them, so a layout is told by its marks (names no other platform has), and
what it cannot be read without is named when it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from zhanggui.sources import reading
from zhanggui.sources import values as v
from zhanggui.sources.matching import best, by_header
from zhanggui.sources.reports import Report
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

ZONE = "Asia/Shanghai"
CURRENCY = "CNY"
TOTALS = ("合计", "总计", "汇总", "总计:", "合计:", "小计")

Notes = list[tuple[str, Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Layout:
    """One file of a platform. ``known`` are its normalised headers; two ``marks`` as they stand in the file tell it, or one where all it
    ``needs`` is there.

    Each of ``needs`` is a set of columns any one of which will do. ``amounts`` must be numbers wherever they are filled. A row whose
    first of ``labels`` says 合计 is a totals row; ``money`` is the column its amount is taken from.
    """

    name: str
    known: tuple[str, ...]
    marks: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    money: str = ""
    guarded: str = ""
    """The column that may hold commas nobody quoted."""
    key: tuple[str, ...] = ()
    """What names a row: of rows that repeat it the first is taken, and the others are left out with their money."""
    explained: tuple[str, ...] = ()
    """A row that fills none of these explains the header."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Later or rarer name → the name used here."""
    never_extra: frozenset[str] = frozenset()
    """Names, addresses, accounts, free text about people: these never reach ``extra``."""


@dataclass(frozen=True, slots=True)
class Export:
    """The rows of one sheet under the names of its layout."""

    sheet: Sheet
    layout: Layout
    frame: pl.DataFrame
    left_out: tuple[LeftOut, ...]
    rejects: reading.Rejects
    rows_read: int

    def has(self, *names: str) -> bool:
        """Whether all of the columns are there."""
        return all(name in self.frame.columns for name in names)

    def text(self, *names: str) -> pl.Expr:
        """The first filled of the columns, NULL where the sheet has none of them."""
        found = [v.missing(pl.col(name)) for name in names if name in self.frame.columns]
        return pl.coalesce(found) if found else pl.lit(None, dtype=pl.String)

    def id(self, *names: str) -> pl.Expr:
        """The first filled of the columns as ids."""
        found = [v.identifier(pl.col(name)) for name in names if name in self.frame.columns]
        return pl.coalesce(found) if found else pl.lit(None, dtype=pl.String)

    def amount(self, *names: str) -> pl.Expr:
        """The first filled of the columns as DECIMAL(18,4)."""
        found = [v.amount(pl.col(name)) for name in names if name in self.frame.columns]
        return pl.coalesce(found) if found else pl.lit(None, dtype=pl.Decimal(18, 4))

    def sum(self, *names: str) -> pl.Expr:
        """The columns added up, blanks as nothing; NULL where all are blank."""
        found = [self.amount(name) for name in names if name in self.frame.columns]
        if not found:
            return pl.lit(None, dtype=pl.Decimal(18, 4))
        blank = pl.all_horizontal(one.is_null() for one in found)
        added = found[0].fill_null(0)
        for one in found[1:]:
            added = added + one.fill_null(0)
        return pl.when(~blank).then(added.cast(pl.Decimal(18, 4)))

    def instant(self, *names: str) -> pl.Expr:
        """The first filled of the columns as a time."""
        found = [v.instant(pl.col(name)) for name in names if name in self.frame.columns]
        return pl.coalesce(found) if found else pl.lit(None, dtype=pl.String)

    def extra(self, mapped: Iterable[str]) -> pl.Expr:
        """What the row had beside, as JSON; the order of the columns in the file does not show in it."""
        taken = {*mapped, *self.layout.never_extra}
        beside = [name for name in self.frame.columns if name not in taken and not name.startswith("_")]
        return v.extra(self.frame, sorted(beside))

    def piece(
        self, table: str, rows: pl.DataFrame, layout: int = 20, money: float | None = None, *, counted: bool = True
    ) -> Piece:
        """Rows for a canonical table. ``counted`` False: they are not one to one with the file's rows."""
        return Piece(
            table,
            rows,
            self.sheet.name,
            layout,
            exported(self.sheet.path.name),
            ZONE,
            CURRENCY,
            file_money=money,
            rows_read=None if counted else len(self.frame),
        )

    def reading(
        self, recognition: Recognition, pieces: Sequence[Piece], options: Options, channel: str, notes: Notes
    ) -> Reading:
        """Everything made of the sheet; pieces without rows are left out."""
        return Reading(
            sheet=self.sheet,
            recognition=recognition,
            pieces=[piece for piece in pieces if isinstance(piece.rows, pl.DataFrame) and not piece.rows.is_empty()],
            channel=options.channel or channel,
            rows_read=self.rows_read,
            left_out=self.left_out,
            rejects=self.rejects,
            notes=notes,
        )


def recognised(source: str, sheet: Sheet, layouts: Iterable[Layout]) -> Recognition | None:
    """The best fitting layout that can be read, else the best of the others: its ``lacking`` says what it cannot be read without."""
    claims = [claim for layout in layouts if (claim := _claim(source, sheet, layout)) is not None]
    return best(*([claim for claim in claims if not claim.lacking] or claims))


def _claim(source: str, sheet: Sheet, layout: Layout) -> Recognition | None:
    marks = len(set(sheet.headers) & set(layout.marks))
    sheet = renamed(sheet, layout)
    headers = set(sheet.headers)
    lacking = tuple(" / ".join(names) for names in layout.needs if not headers & set(names))
    if not marks or (marks < 2 and lacking):
        return None
    known = headers & set(layout.known)
    return Recognition(
        source=source,
        layout=layout.name,
        score=0.5 + 0.5 * len(known) / len(headers),
        known=tuple(name for name in sheet.headers if name in known),
        missing=tuple(name for name in layout.known if name not in headers),
        unknown=tuple(name for name in sheet.headers if name not in known),
        lacking=lacking,
    )


def renamed(sheet: Sheet, layout: Layout) -> Sheet:
    """The sheet with its headers under the names of the layout, unless that name stands in the file too."""
    names = layout.renamed
    return replace(
        sheet, headers=tuple(names[n] if n in names and names[n] not in sheet.headers else n for n in sheet.headers)
    )


def load(sheet: Sheet, layout: Layout) -> Export:
    """All rows of a sheet. Raises BadFile where an id lost its digits."""
    rows, rejects = reading.rows(sheet, layout.guarded)
    frame = by_header(rows, renamed(sheet, layout))
    v.check_ids(frame, layout.ids, sheet)
    labels = [name for name in layout.labels if name in frame.columns]
    is_total = pl.any_horizontal(
        pl.lit(False), *(v.missing(pl.col(name)).is_in(TOTALS).fill_null(False) for name in labels)
    )
    totals, rest = frame.filter(is_total), frame.filter(~is_total)
    left_out = [LeftOut("totals", len(totals), v.total(totals, layout.money), CURRENCY)] if len(totals) else []
    told = [v.missing(pl.col(name)).is_null() for name in layout.explained if name in rest.columns]
    if told:
        empty = rest.filter(pl.all_horizontal(told))
        rest = rest.filter(~pl.all_horizontal(told))
        left_out += [LeftOut("explanation", len(empty))] if len(empty) else []
    rest, repeated = without_repeats(rest, [name for name in layout.key if name in rest.columns], layout.money)
    left_out += repeated
    good, unread = v.readable_amounts(rest, layout.amounts)
    return Export(sheet, layout, good, tuple(left_out), [*rejects, *unread], len(rows) + len(rejects))


def without_repeats(frame: pl.DataFrame, key: Sequence[str], money: str) -> tuple[pl.DataFrame, list[LeftOut]]:
    """The first row of each key, and the others as left out. A row without any key stays: it is told elsewhere."""
    if not key or frame.is_empty():
        return frame, []
    named = [pl.col(name).cast(pl.String).str.strip_chars() for name in key]
    hashes = frame.select(named).hash_rows()
    if hashes.n_unique() == len(frame):
        return frame, []
    first = pl.struct(named).is_first_distinct() | pl.all_horizontal(one.is_null() for one in named)
    stays = frame.select(first.alias("stays")).to_series()
    others = frame.filter(~stays)
    if others.is_empty():
        return frame, []
    return frame.filter(stays), [LeftOut("repeated_rows", len(others), v.total(others, money), CURRENCY)]


def without_name(report: Report, column: str, money: str) -> None:
    """Leave out, with their money, the rows that do not name what they are about."""
    if column not in report.frame.columns:
        return
    unnamed = v.missing(pl.col(column)).is_null()
    rows = report.frame.filter(unnamed)
    if len(rows):
        report.left_out.append(LeftOut("unnamed", len(rows), v.total(rows, money), CURRENCY))
        report.frame = report.frame.filter(~unnamed)


_DAY = r"20\d\d\D?\d{1,2}\D?\d{1,2}"
_TWO_DAYS = r"20\d\d\D\d{1,2}\D\d{1,2}.*20\d\d\D\d{1,2}\D\d{1,2}"


def date(report: Report, columns: Iterable[str], money: str) -> None:
    """Give each row of a report its first and last day: from the first of ``columns`` that holds days or ranges of days; else from the
    lines above the header or the file's name."""
    frame = report.frame
    name = next((name for name in columns if name in frame.columns and frame[name].str.contains(_DAY).any()), "")
    ranges = bool(name) and bool(report.frame[name].str.contains(_TWO_DAYS).any())
    report.dated(money=money, day="" if ranges else name, span=name if ranges else "")


def exported(name: str) -> str | None:
    """The export's time in a file name: ``202608011650`` or a longer one with seconds, to the minute.

    >>> exported("orders_20260801165030.csv"), exported("orders.csv")
    ('2026-08-01 16:50:00', None)
    """
    found = re.search(
        r"(?<!\d)(20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])[-_ ]?([01]\d|2[0-3])[-:]?([0-5]\d)", name
    )
    return "{}-{}-{} {}:{}:00".format(*found.groups()) if found else None


_STEPS = ("placed", "paid", "shipped", "delivered", "completed", "cancelled")


def moment(status: str, *instants: str) -> pl.Expr:
    """When the row became what it is: its latest time, and a second for each step of its status. Exports give no time for every step, and
    of two exports that differ in the step alone the one further on is the later."""
    steps = pl.col(status).replace_strict({step: n for n, step in enumerate(_STEPS)}, default=0, return_dtype=pl.Int64)
    last = pl.max_horizontal(instants)
    later = last.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False) + pl.duration(seconds=steps)
    return pl.coalesce(later.dt.strftime("%Y-%m-%d %H:%M:%S"), last)


def unknown_texts(cells: pl.Series, known: Iterable[str], file: str) -> Notes:
    """A note on the states nobody knows yet."""
    strange = cells.drop_nulls().unique().sort()
    strange = strange.filter(~strange.is_in(list(known)))
    return (
        [("unknown_status_texts", {"file": file, "values": "、".join(strange.to_list()[:5])})] if len(strange) else []
    )


def estimated(refunds: pl.DataFrame, file: str) -> Notes:
    """A note on refunds whose money the file does not give."""
    if refunds.is_empty():
        return []
    amount = f"{float(refunds['amount'].sum() or 0):,.2f}"
    return [("refunds_estimated", {"file": file, "orders": len(refunds), "amount": amount})]


def products(lines: pl.DataFrame, key: str = "sku") -> pl.DataFrame:
    """The products that lines name; the seller's code is the item's own key where a product has only one."""
    code = pl.col(key).drop_nulls()
    return (
        lines.filter(pl.col("product_id").is_not_null())
        .group_by("product_id", maintain_order=True)
        .agg(
            pl.col("_row").first(),
            pl.col("title").drop_nulls().last(),
            pl.when(code.n_unique() == 1).then(code.first()).alias("item_key"),
        )
        .with_columns(pl.lit(CURRENCY).alias("currency"))
    )
