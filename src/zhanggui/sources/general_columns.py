"""Guessing what the columns of an unknown order file mean, from their names and from what is in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhanggui.errors import BadValue
from zhanggui.sources.general_synonyms import COUNTRIES, DATES, DIALECTS, FIELDS, NOT_ORDERS, NUMBERS, SYNONYMS
from zhanggui.sources.headers import normalised
from zhanggui.tables.loading import Sheet

AMOUNTS = ("line_total", "unit_price", "order_total", "goods_amount", "paid_amount")
"""Any one of them makes a file one about money."""

_LEADING = ("quantity", "unit_price", "country", "city", "region", "currency")
"""Fields whose word may stand first in a name (``Quantity sold``); elsewhere the last word is what the column is."""

_MOST = 0.6
"""The share of cells that must look like dates or numbers where the name says so; the others become rejects."""
_SURE, _WORD, _PART, _CONTENT, _GIVEN = 0.95, 0.7, 0.5, 0.45, 1.0
_DATE = re.compile(
    r"(19[789]\d|20\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([ ,T].*)?"
    r"|(19[789]\d|20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])([ T]?\d{2}.*)?"
    r"|\d{1,2}[- ][A-Za-zéû]{3,9}\.?[- ,]+\d{2,4}( .*)?|[A-Za-z]{3,9}\.? \d{1,2}, ?\d{4}( .*)?"
)
_NUMBER = re.compile(r"\(?[-+]?\s*(?:[A-Z]{0,3}[$￥¥£€])?\s*[-+]?\d[\d,.' ]*\s*(?:元|€|USD|GBP|EUR|BRL|CNY)?\)?")
_COUNTED = re.compile(r".*[数數量率额額价價值]")
"""A name that ends so is a measure, whatever it is a measure of: 成交客户数 holds no customer."""
_FLAG = re.compile(r"true|false|yes|no|是|否", re.IGNORECASE)
_NAMING = ("order_id", "line_id", "product_id", "sku", "title", "customer")
_WHOLE = re.compile(r"[-+]?\d{1,7}(\.0+)?")


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column is taken for. ``field`` None means it is kept beside the row. ``reason`` is a key under
    ``sources_general.reason``: given, name, word, part, content, taken (another column has the meaning), none."""

    column: str
    field: str | None
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Guess:
    """The reading of a whole header. ``missing`` names what an order file cannot do without: ``date``, ``amount``."""

    columns: tuple[ColumnGuess, ...]
    missing: tuple[str, ...]

    @property
    def fields(self) -> dict[str, str]:
        """Column by canonical field."""
        return {guess.field: guess.column for guess in self.columns if guess.field}

    @property
    def confidence(self) -> float:
        """The mean confidence of the columns that were understood; 0 where none was."""
        known = [guess.confidence for guess in self.columns if guess.field]
        return sum(known) / len(known) if known else 0.0


@dataclass(frozen=True, slots=True)
class _Claim:
    confidence: float
    place: int
    field: str
    reason: str


def guess(sheet: Sheet, mapping: Mapping[str, str] | None = None) -> Guess:
    """What each column of ``sheet`` means; ``mapping`` (field ← column) goes before any guess.

    Raises BadValue for a mapping that names an unknown field or a column the sheet has not.
    """
    given = _given(sheet, mapping or {})
    given |= {f: name for f, name in _dialect(sheet).items() if f not in given and name not in given.values()}
    cells = {name: _filled(sheet, place) for place, name in enumerate(sheet.columns)}
    taken = {column: ColumnGuess(column, field, _GIVEN, "given") for field, column in given.items()}
    claims = sorted(
        (
            claim
            for place, name in enumerate(sheet.columns)
            if name not in taken
            for claim in _named(name, place, cells[name])
            if claim.field not in given
        ),
        key=lambda claim: (-claim.confidence, claim.place),
    )
    used = set(given)
    for claim in claims:
        name = sheet.columns[claim.place]
        if name not in taken and claim.field not in used:
            taken[name] = ColumnGuess(name, claim.field, claim.confidence, claim.reason)
            used.add(claim.field)
    _by_content(sheet, cells, taken, used)
    named = {sheet.columns[claim.place] for claim in claims}
    columns = tuple(
        taken.get(name) or ColumnGuess(name, None, 0.0, "taken" if name in named else "none") for name in sheet.columns
    )
    return Guess(columns, _missing(used))


def looks_like_orders(sheet: Sheet, found: Guess) -> bool:
    """Whether rows are orders or their lines, not days of traffic, ads or stock."""
    names = {_key(name) for name in sheet.columns}
    visits = {_key(name) for name in NOT_ORDERS}
    if names & visits or any(part in name for name in names for part in visits if _COUNTED.fullmatch(part)):
        return False
    return bool(set(found.fields) & {"order_id", "customer", "product_id", "sku", "title", "quantity"})


def _missing(used: set[str]) -> tuple[str, ...]:
    missing = [] if used & {"created_at", "paid_at"} else ["date"]
    return (*missing, *([] if used & set(AMOUNTS) else ["amount"]))


def _given(sheet: Sheet, mapping: Mapping[str, str]) -> dict[str, str]:
    columns = {normalised(name): name for name in reversed(sheet.columns)}
    given: dict[str, str] = {}
    for field, column in mapping.items():
        if field not in FIELDS:
            raise BadValue("sources_general.unknown_field", field=field, allowed=", ".join(FIELDS))
        if column not in sheet.columns and normalised(column) not in columns:
            raise BadValue(
                "sources_general.unknown_column", column=column, file=sheet.name, columns=", ".join(sheet.columns)
            )
        given[field] = column if column in sheet.columns else columns[normalised(column)]
    return given


def _dialect(sheet: Sheet) -> dict[str, str]:
    """Columns whose name means something else in the files of one platform, told by a column that only it has."""
    columns = {_key(name): name for name in reversed(sheet.columns)}
    return {
        field: columns[_key(name)]
        for mark, fields in DIALECTS.items()
        if _key(mark) in columns
        for field, name in fields.items()
        if _key(name) in columns
    }


def _filled(sheet: Sheet, place: int) -> list[str]:
    return [row[place].strip() for row in sheet.head if place < len(row) and row[place].strip()]


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name)).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return [word for part in re.split(r"[\W_]+", spaced) if (word := _key(part))]


_FIELD_OF: dict[str, tuple[str, int]] = {
    _key(name): (field, place)
    for field in reversed(FIELDS)
    for place, name in reversed(list(enumerate(SYNONYMS[field])))
}


def _named(name: str, place: int, cells: Sequence[str]) -> list[_Claim]:
    """What the column's name may stand for and its content does not contradict."""
    key, claims = _key(name), []
    if key in _FIELD_OF:
        field, order = _FIELD_OF[key]
        claims.append(_Claim(_SURE - 0.004 * order, place, field, "name"))
    words = _words(name)
    for number, word in enumerate(words):
        last = number == len(words) - 1
        if len(words) > 1 and word in _FIELD_OF and (last or _FIELD_OF[word][0] in _LEADING):
            claims.append(_Claim(_WORD if last else _PART, place, _FIELD_OF[word][0], "word"))
    if words[:2] == ["number", "of"]:
        claims.append(_Claim(_WORD + 0.01, place, "quantity", "word"))
    if not key.isascii():
        parts = [part for part in _FIELD_OF if len(part) > 1 and not part.isascii() and part in key]
        fields = [(part, _FIELD_OF[part][0]) for part in parts]
        measure = _COUNTED.fullmatch(key)
        claims += [
            _Claim(_PART + 0.02 * len(part), place, field, "part")
            for part, field in fields
            if field in NUMBERS or not measure
        ]
    return [claim for claim in claims if _fits(claim.field, cells)]


def _fits(field: str, cells: Sequence[str]) -> bool:
    if not cells:
        return True
    if field in DATES:
        return _share(_DATE, cells) >= _MOST
    if field in NUMBERS:
        return _share(_NUMBER, cells) >= _MOST
    if field in _NAMING and _share(_FLAG, cells) == 1:
        return False
    return not (field in ("title", "country", "city", "currency") and _share(_DATE, cells) > 0.8)


def _share(pattern: re.Pattern[str], cells: Sequence[str]) -> float:
    return sum(bool(pattern.fullmatch(cell)) for cell in cells) / len(cells) if cells else 0.0


def _by_content(
    sheet: Sheet, cells: Mapping[str, Sequence[str]], taken: dict[str, ColumnGuess], used: set[str]
) -> None:
    """Fill what names left open: the date and the amount always, ids and pieces only where the file has no header."""

    def take(name: str | None, field: str) -> None:
        if name is not None:
            taken[name] = ColumnGuess(name, field, _CONTENT, "content")
            used.add(field)

    def first(fits: object) -> str | None:
        assert callable(fits)
        return next((name for name in sheet.columns if name not in taken and cells[name] and fits(cells[name])), None)

    nameless = sheet.header_row == 0 and sheet.kind != "parquet"
    if not used & {"created_at", "paid_at"}:
        take(first(lambda values: _share(_DATE, values) >= 0.95), "created_at")
    if not used & set(AMOUNTS):
        take(first(_money_like), "line_total")
    if "country" not in used:
        take(
            first(lambda values: sum(value.casefold() in COUNTRIES for value in values) >= 0.9 * len(values)), "country"
        )
    if nameless:
        if "quantity" not in used:
            take(first(_piece_like), "quantity")
        if "customer" not in used:
            take(first(lambda values: _id_like(values) and len(set(values)) < len(values)), "customer")
        if "order_id" not in used:
            take(first(lambda values: _id_like(values) and len(set(values)) == len(values) > 30), "order_id")


def _money_like(values: Sequence[str]) -> bool:
    return _share(_NUMBER, values) >= 0.95 and sum("." in value or "," in value for value in values) >= 0.5 * len(
        values
    )


def _piece_like(values: Sequence[str]) -> bool:
    if _share(_WHOLE, values) < 0.95 or any(re.match(r"0\d", value) for value in values):
        return False
    sizes = sorted(abs(float(value)) for value in values if _WHOLE.fullmatch(value))
    return sizes[len(sizes) // 2] <= 100


def _id_like(values: Sequence[str]) -> bool:
    return all(re.fullmatch(r"[0-9A-Za-z#_-]{3,64}", value) for value in values) and _share(_DATE, values) < 0.5
