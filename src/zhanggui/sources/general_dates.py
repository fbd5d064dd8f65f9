"""Dates of a file nobody described: which of day and month stands first is decided for the whole column, from its content."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from zhanggui.errors import BadFile

_CLOCK = (
    r"(?:[ T,]+(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
_YEAR_FIRST = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + _CLOCK
_COMPACT = r"^(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2}):?(\d{2}):?(\d{2})?)?$"
_SLASHES = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _CLOCK
_DAY_NAMED = r"^(\d{1,2})[- .]+([A-Za-zéû]{3})[a-zéû]*[-., ]+(\d{4}|\d{2})" + _CLOCK
_MONTH_NAMED = r"^([A-Za-zéû]{3})[a-zéû]*[. ]+(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})" + _CLOCK
_SERIAL = r"^([2-6]\d{4})(?:\.(\d+))?$"
_ENGLISH = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS: dict[str, int] = {name: number for number, name in enumerate(_ENGLISH.split(), start=1)}
_MONTHS |= {
    "fev": 2,
    "fév": 2,
    "mär": 3,
    "abr": 4,
    "avr": 4,
    "mai": 5,
    "ago": 8,
    "aoû": 8,
    "set": 9,
    "out": 10,
    "okt": 10,
}
_MONTHS |= {"dez": 12, "déc": 12, "dic": 12, "ene": 1}


@dataclass(frozen=True, slots=True)
class Instants:
    """A column of times. ``values`` are datetimes, in UTC where ``zoned``, else as the wall clock of the file.

    ``order`` is ``dmy`` or ``mdy`` where the column is written in one of them, and ``guessed`` whether no cell decided it.
    """

    values: pl.Series
    order: str | None
    guessed: bool
    zoned: bool


def instants(column: pl.Series, rows: pl.Series, *, file: str, american: bool, timezone: str) -> Instants:
    """Parse a text column whose format is unknown; what is no time becomes NULL.

    ``rows`` are the rows' numbers in the file, for messages. ``american`` says what to take where every date could be read
    both ways and the rows' order does not tell either. Raises BadFile, naming two rows, where some dates only make sense day
    first and others only month first.
    """
    name = column.name
    text = column.cast(pl.String).str.strip_chars()
    order, guessed = _order(text, rows, file=file, american=american)
    fields = _spread(text, order or "dmy").select("at", "zone")
    zones = fields["zone"].drop_nulls()
    if zones.is_empty():
        return Instants(fields["at"].alias(name), order, guessed, zoned=False)
    universal = (pl.col("at") - pl.duration(minutes=pl.col("zone"))).alias(name)
    if fields.select((pl.col("zone").is_not_null() | pl.col("at").is_null()).all()).item():
        return Instants(fields.select(universal)[name], order, guessed, zoned=True)
    local = universal.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    mixed = fields.select(pl.when(pl.col("zone").is_not_null()).then(local).otherwise(pl.col("at")).alias(name))
    return Instants(mixed[name], order, guessed, zoned=False)


def _order(text: pl.Series, rows: pl.Series, *, file: str, american: bool) -> tuple[str | None, bool]:
    slashed = text.drop_nulls().unique().to_frame("text").filter(pl.col("text").str.contains(_SLASHES))
    groups = slashed.with_columns(pl.col("text").str.extract_groups(_SLASHES).alias("groups")).unnest("groups")
    parts = groups.select("text", pl.col("1").cast(pl.Int32).alias("a"), pl.col("2").cast(pl.Int32).alias("b"))
    if parts.is_empty():
        return None, False
    day_first = parts.filter(pl.col("a").is_between(13, 31) & (pl.col("b") <= 12))
    month_first = parts.filter(pl.col("b").is_between(13, 31) & (pl.col("a") <= 12))
    if len(day_first) and len(month_first):
        found = []
        for some in (day_first, month_first):
            place = int(text.is_in(some["text"].implode()).arg_max() or 0)
            found.append((int(rows[place]), str(text[place])))
        (row, value), (other_row, other) = found
        raise BadFile(
            "sources_general.two_date_formats",
            file=file,
            column=text.name,
            row=row,
            value=value,
            other_row=other_row,
            other_value=other,
        )
    if len(day_first) or len(month_first):
        return ("dmy" if len(day_first) else "mdy"), False
    sorted_as = [order for order in ("dmy", "mdy") if _is_sorted(text, order)]
    if len(sorted_as) == 1:
        return sorted_as[0], True
    return ("mdy" if american else "dmy"), True


def _is_sorted(text: pl.Series, order: str) -> bool:
    at = _spread(text, order)["at"].drop_nulls()
    return at.is_sorted() or at.is_sorted(descending=True)


def _spread(text: pl.Series, order: str) -> pl.DataFrame:
    """``at`` (as written) and ``zone`` for every row, each distinct text parsed once."""
    cells = text.alias("text").to_frame()
    distinct = cells.drop_nulls().unique(maintain_order=True)
    return cells.join(_parsed(distinct, order), on="text", how="left", maintain_order="left")


def _parsed(distinct: pl.DataFrame, order: str) -> pl.DataFrame:
    """``text``, ``at`` and ``zone`` (minutes east of Greenwich, NULL where none is written) by the first way of writing that fits."""
    day, month = ("1", "2") if order == "dmy" else ("2", "1")
    found: list[pl.DataFrame] = []
    rest = distinct
    for pattern, year, month_at, day_at in (
        (_YEAR_FIRST, "1", "2", "3"),
        (_SLASHES, "3", month, day),
        (_COMPACT, "1", "2", "3"),
        (_DAY_NAMED, "3", "2", "1"),
        (_MONTH_NAMED, "3", "1", "2"),
    ):
        if rest.is_empty():
            break
        fits = rest["text"].str.contains(pattern)
        if fits.any():
            groups = (
                rest.filter(fits)
                .with_columns(pl.col("text").str.extract_groups(pattern).alias("groups"))
                .unnest("groups")
            )
            found.append(groups.select("text", _moment(groups, year, month_at, day_at), _zone(groups)))
            rest = rest.filter(~fits)
    days = pl.col("text").str.extract(_SERIAL, 0).cast(pl.Float64, strict=False)
    serial = pl.datetime(1899, 12, 30, time_unit="us") + pl.duration(seconds=(days * 86_400).round(0).cast(pl.Int64))
    found.append(rest.select("text", serial.alias("at"), pl.lit(None, pl.Int64).alias("zone")))
    return pl.concat(found)


def _moment(groups: pl.DataFrame, year: str, month: str, day: str) -> pl.Expr:
    """The datetime of extracted groups; NULL where they name no day of the calendar."""

    def part(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Int32, strict=False) if name in groups.columns else pl.lit(None, pl.Int32)

    years = part(year)
    full = pl.when(years < 70).then(years + 2000).when(years < 100).then(years + 1900).otherwise(years)
    named = pl.col(month).str.to_lowercase().replace_strict(_MONTHS, default=None, return_dtype=pl.Int32)
    months, days = pl.coalesce(part(month), named), part(day)
    hours = part("4").fill_null(0)
    if "7" in groups.columns:
        noon = pl.col("7").str.to_lowercase().str.slice(0, 1)
        hours = pl.when(noon == "p").then(hours % 12 + 12).when(noon == "a").then(hours % 12).otherwise(hours)
    minutes, seconds = part("5").fill_null(0), part("6").fill_null(0)
    last = pl.when(months.is_in([4, 6, 9, 11])).then(30).when(months == 2).then(28 + _leap(full)).otherwise(31)
    real = full.is_between(1, 9999) & months.is_between(1, 12) & days.is_between(1, last)
    real = real & hours.is_between(0, 23) & minutes.is_between(0, 59) & seconds.is_between(0, 59)
    safe = [pl.when(real).then(value) for value in (full, months, days, hours, minutes, seconds)]
    return pl.datetime(*safe, time_unit="us").alias("at")


def _leap(year: pl.Expr) -> pl.Expr:
    return ((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))).cast(pl.Int32)


def _zone(groups: pl.DataFrame) -> pl.Expr:
    if "8" not in groups.columns:
        return pl.lit(None, pl.Int64).alias("zone")
    minutes = pl.col("8").str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + pl.col("8").str.slice(-2).cast(
        pl.Int64, strict=False
    )
    signed = pl.when(pl.col("8").str.starts_with("-")).then(-minutes).otherwise(minutes)
    return pl.when(pl.col("8").is_in(["Z", "UTC", "GMT"])).then(pl.lit(0, pl.Int64)).otherwise(signed).alias("zone")
