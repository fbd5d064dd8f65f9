"""Polars expressions that clean the text of cells: ids, money, shares, times, places, what is missing.

Each takes a text expression and gives one; what cannot be understood stays as it is, so that ``store`` rejects it with the
value seen. Decisions that one cell cannot settle (a decimal comma, a percent sign left out) are taken for the whole column.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import polars as pl

from zhanggui.errors import BadFile
from zhanggui.sources.blanks import GUARD, MISSING, every, filled, missing, once_each, whole
from zhanggui.sources.content_ids import digests, numbered
from zhanggui.sources.people import extra, identity, is_masked, looks_personal
from zhanggui.sources.places import region_parts
from zhanggui.tables.loading import Sheet

Order = Literal["ymd", "dmy", "mdy"]

_LOST = r"^[-+]?\d(?:\.\d+)?[eE]\+?\d{2}$"
_NEARLY_LOST = r"\d[eE]\+?\d{2}"
_SYMBOLS = r"(?:￥|¥|\$|£|€|元|圆|RMB|CNY|USD|GBP|EUR|HKD|TWD|HK\$|US\$|NT\$|BRL|R\$)"
_EUROPEAN = r"^-?\d{1,3}(?:\.\d{3})+,\d+$|^-?\d+,\d{1,2}$|^-?\d{1,3}(?:\.\d{3}){2,}$"
_ENGLISH = r"^-?\d{1,3}(?:,\d{3})+\.\d+$|^-?\d+\.\d{1,2}$|^-?\d{1,3}(?:,\d{3}){2,}$"
_PLAIN_ID = r"^[0-9A-Za-z#_-]+$"
_ISO = (
    r"^(?:19|20)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r" (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
)
"""A time as it should be written, of a day that there is in every year."""
_SECONDS = "%Y-%m-%d %H:%M:%S"
_ZONED = r"(?:[+-]\d{2}:?\d{2}|Z|UTC|GMT)$"
_AMOUNT = pl.Decimal(18, 4)
_NUMBER = r"^-?\d+(?:\.\d+)?$|^-?\.\d+$"


def identifier(cell: pl.Expr) -> pl.Expr:
    """An id without the guards exporters put around it: ``="123"``, a leading ``'``, tabs. See also :func:`check_ids`."""
    return whole(cell, _identifier)


def _identifier(column: pl.Series) -> pl.Series:
    for before, after in (("", ""), ('="', '"'), ("'", ""), ("\t", "")):
        if column.str.starts_with(before).all() and column.str.ends_with(after).all():
            bare = column.str.strip_prefix(before).str.strip_suffix(after) if before else column
            if all_of(bare, pl.Int64):
                return bare
    return filled(column if every(column, _PLAIN_ID) else column.str.replace_all(GUARD, ""))


def all_of(column: pl.Series, kind: pl.DataType | type[pl.DataType]) -> bool:
    """Whether every filled cell is a number of that kind as it stands, the first of them asked before all."""
    return all(part.cast(kind, strict=False).null_count() == part.null_count() for part in (column.head(100), column))


def check_ids(frame: pl.DataFrame, columns: Iterable[str], sheet: Sheet) -> None:
    """Raise BadFile where an id was turned into ``1.23E+17`` by a spreadsheet: its digits are lost and nothing can be joined."""
    for column in columns:
        if column not in frame.columns:
            continue
        likely = frame[column].str.contains(_NEARLY_LOST)
        if not likely.any():
            continue
        lost = frame.filter(likely).filter(identifier(pl.col(column)).str.contains(_LOST)).head(1)
        if not lost.is_empty():
            raise BadFile(
                "sources.lost_ids", file=sheet.name, row=int(lost["_row"][0]), column=column, value=str(lost[column][0])
            )


def money(cell: pl.Expr, *more_missing: str) -> pl.Expr:
    """An amount or a count as plain text (``1234.5``): currency signs, thousand marks, 万, brackets for negative, ``%`` not.

    Whether ``1.234,56`` writes its decimals with a comma is decided for the whole column: some cell must show it and none the contrary.
    """
    return whole(cell, lambda column: _money(filled(column, more_missing)))


def _money(text: pl.Series) -> pl.Series:
    if every(text, _NUMBER):
        return text
    bare = text.str.replace_all(_SYMBOLS, "").str.replace_all(r"[\s\u00a0'’]", "").str.replace(r"^\+", "")
    bare = (
        bare.str.replace(r"^[−](.*)$", "-$1").str.replace(r"^[(（](.+)[)）]$", "-$1").str.replace(r"^([^-].*)-$", "-$1")
    )
    if bare.str.contains(_EUROPEAN).any() and not bare.str.contains(_ENGLISH).any():
        plain = bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    else:
        marked = bare.str.contains(r"^-?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?[万萬亿億]?$").fill_null(False)
        plain = bare.str.replace_all(",", "", literal=True).zip_with(marked, bare)
    if plain.str.contains("[万萬亿億]$").any():
        plain = _multiplied(plain)
    return plain.zip_with(plain.str.contains(_NUMBER).fill_null(False), text)


def _multiplied(plain: pl.Series) -> pl.Series:
    """``1.2万`` as 12000, ``1亿`` as 100000000."""
    return (
        plain.to_frame("cell")
        .select(
            pl.when(pl.col("cell").str.contains("[万萬]$"))
            .then(10_000.0)
            .when(pl.col("cell").str.contains("[亿億]$"))
            .then(1e8)
            .alias("scale"),
            "cell",
        )
        .select(
            pl.coalesce(
                (pl.col("cell").str.replace("[万萬亿億]$", "").cast(pl.Float64, strict=False) * pl.col("scale"))
                .round(4)
                .cast(pl.String),
                "cell",
            )
        )
        .to_series()
    )


def amount(cell: pl.Expr, *more_missing: str) -> pl.Expr:
    """:func:`money` as DECIMAL(18,4); NULL where it is missing or no number."""
    return whole(cell, lambda column: _amount(column, more_missing), _AMOUNT)


def _amount(column: pl.Series, more_missing: Iterable[str]) -> pl.Series:
    plain = column.cast(_AMOUNT, strict=False) if all_of(column.head(100), _AMOUNT) else None
    if plain is not None and plain.null_count() == column.null_count():
        return plain
    return _money(filled(column, tuple(more_missing))).cast(_AMOUNT, strict=False)


def readable_amounts(
    frame: pl.DataFrame, columns: Iterable[str], *more_missing: str
) -> tuple[pl.DataFrame, list[tuple[int, str, str, str]]]:
    """The rows whose amounts and counts can be read, and the others as rejects (row, column, value, reason)."""
    rejects: list[tuple[int, str, str, str]] = []
    for column in columns:
        if column not in frame.columns or _plainly_amounts(frame[column]):
            continue
        numbers = frame.select(
            "_row",
            missing(pl.col(column), *more_missing).alias("text"),
            amount(pl.col(column), *more_missing).alias("value"),
        )
        unread = numbers["text"].is_not_null() & numbers["value"].is_null()
        if unread.any():
            wrong = numbers.filter(unread)
            rejects += [
                (row, column, text, "store.reject.not_an_amount") for row, text in wrong.select("_row", "text").rows()
            ]
            frame = frame.filter(~unread)
    return frame, rejects


def _plainly_amounts(column: pl.Series) -> bool:
    """Whether every filled cell is a number as it stands: the common case, and a cheap question."""
    read = once_each(column, lambda cells: cells.cast(_AMOUNT, strict=False), _AMOUNT)
    return read.null_count() == column.null_count()


def total(frame: pl.DataFrame, column: str) -> float:
    """The sum of a column of amounts as counted from the text, 0 where there is none."""
    if column not in frame.columns or frame.is_empty():
        return 0.0
    value = frame.select(amount(pl.col(column)).sum()).item()
    return float(value or 0)


def percent(cell: pl.Expr, numerator: pl.Expr | None = None, denominator: pl.Expr | None = None) -> pl.Expr:
    """A rate as a share (float): ``12.3%`` is 0.123.

    Without a sign the column is compared with numerator ÷ denominator: whichever of value and value ÷ 100 lies nearer, over all
    rows. Where nothing decides (no sign, no columns to check against) the value is NULL: a guess may be wrong a hundredfold.
    """
    text = missing(cell).str.replace_all(",", "", literal=True)
    signed = text.str.contains("[%％]$")
    value = text.str.replace("[%％]$", "").cast(pl.Float64, strict=False)
    if numerator is None or denominator is None:
        return pl.when(signed).then(value / 100)
    truth = number(numerator) / number(denominator).replace(0.0, None)
    as_share, as_percent = (value - truth).abs().sum(), (value / 100 - truth).abs().sum()
    checked = (value * truth).is_not_null().any()
    unsigned = pl.when(~checked).then(None).when(as_share <= as_percent).then(value).otherwise(value / 100)
    return pl.when(signed).then(value / 100).otherwise(unsigned)


def number(cell: pl.Expr) -> pl.Expr:
    """:func:`money` as a float; NULL where it is missing or no number."""
    return money(cell).cast(pl.Float64, strict=False)


def instant(cell: pl.Expr, order: Order = "ymd") -> pl.Expr:
    """A time as ISO text ``YYYY-MM-DD HH:MM:SS`` in the file's own zone; texts with a zone of their own stay as they are.

    Understands ``2016/5/23 22:02``, ``2019-05-01T10:02:11``, ``2019年5月1日``, ``20190501``, a date alone, and with ``order`` the
    day or the month first (``12/1/2010 8:26``); :func:`date_order` tells which it is.
    """
    return whole(cell, lambda column: _instant(column, order))


def _instant(column: pl.Series, order: Order) -> pl.Series:
    if every(column, _ISO):
        return column
    text = filled(column, ("0000-00-00 00:00:00", "0000-00-00"))
    if every(text, _ISO):
        return text
    even = (
        text.str.replace(r"^(\d{4})年(\d{1,2})月(\d{1,2})日?", "$1-$2-$3")
        .str.replace(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", "$1-$2-$3")
        .str.replace(r"^(\d{4})(\d{2})(\d{2})(?:$|[ T])", "$1-$2-$3 ")
        .str.replace(r"^(\d{4}-\d{1,2}-\d{1,2})T", "$1 ")
        .str.replace(r"(:\d{2})\.\d+$", "$1")
        .str.strip_chars()
    )
    if order != "ymd":
        swap = "$3-$2-$1" if order == "dmy" else "$3-$1-$2"
        even = even.str.replace(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", swap)
    parsed = pl.DataFrame({"text": text, "even": even}).select(
        pl.coalesce(
            *(
                pl.col("even").str.to_datetime(form, strict=False, time_unit="us")
                for form in (_SECONDS, "%Y-%m-%d %H:%M")
            ),
            pl.col("even").str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")),
        )
        .dt.strftime(_SECONDS)
        .alias("written"),
        (pl.col("text").str.contains(_ZONED) & pl.col("text").str.contains(r"\d:\d{2}")).alias("zoned"),
        "text",
    )
    return parsed.select(pl.when("zoned").then("text").otherwise(pl.coalesce("written", "text"))).to_series()


def day(cell: pl.Expr, order: Order = "ymd") -> pl.Expr:
    """A date as ISO text ``YYYY-MM-DD``."""
    iso = instant(cell, order)
    return pl.when(iso.str.contains(r"^\d{4}-\d{2}-\d{2} \d{2}:")).then(iso.str.slice(0, 10)).otherwise(iso)


def date_order(column: pl.Series, file: str) -> Order:
    """Whether dates such as ``12/1/2010`` put the day or the month first, judged by the whole column.

    Raises BadFile where some cells can only be day first and others only month first. Where no cell decides, the month is first
    if the column so keeps to fewer months (an export covers a stretch of time), else the day.
    """
    parts = pl.DataFrame({"text": column.cast(pl.String)}).select(
        pl.col("text").str.extract(r"^\s*(\d{1,2})[/.-]\d{1,2}[/.-]\d{4}", 1).cast(pl.Int64).alias("first"),
        pl.col("text").str.extract(r"^\s*\d{1,2}[/.-](\d{1,2})[/.-]\d{4}", 1).cast(pl.Int64).alias("second"),
    )
    known = parts.drop_nulls()
    if known.is_empty():
        return "ymd"
    day_first, month_first = (known["first"] > 12).any(), (known["second"] > 12).any()
    if day_first and month_first:
        at = parts.with_row_index().filter(pl.col("first") > 12).row(0)[0]
        raise BadFile("sources.two_date_orders", file=file, column=column.name, value=str(column[at]))
    if day_first:
        return "dmy"
    if month_first:
        return "mdy"
    return "mdy" if known["first"].n_unique() < known["second"].n_unique() else "dmy"


def safe_text(cell: pl.Expr) -> pl.Expr:
    """Free text without control signs (NUL, escapes); line breaks stay, and so does text that looks like a formula: it is data."""
    return missing(cell.str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", ""))


def occurrence_ids(frame: pl.DataFrame, order: str, *parts: str) -> pl.Expr:
    """Line ids for a platform that has none: 16 hex of a stable hash of ``parts`` and the occurrence number in (file, order).

    Equal lines in one order are real; the hash does not depend on where in the file they stand.
    """
    present = [name for name in parts if name in frame.columns]
    texts = frame.select(
        pl.concat_str([pl.col(name).fill_null("") for name in present], separator="\x1f").alias("text")
    )["text"]
    made = pl.DataFrame({"order": frame[order], "digest": digests(texts)})
    return pl.lit(numbered(made, "digest", "order", ()))


__all__ = [
    "MISSING",
    "Order",
    "amount",
    "check_ids",
    "date_order",
    "day",
    "extra",
    "identifier",
    "identity",
    "instant",
    "is_masked",
    "looks_personal",
    "missing",
    "money",
    "number",
    "occurrence_ids",
    "percent",
    "readable_amounts",
    "region_parts",
    "safe_text",
    "total",
]
