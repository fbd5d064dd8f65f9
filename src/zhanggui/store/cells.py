"""How one cell of a piece becomes a typed value: engine expressions for the value and for what can be wrong with it.

A piece's columns reach the expressions as ``r_<column>``: text with blanks as NULL, or an already typed value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from babel.numbers import list_currencies

from zhanggui.store import personal
from zhanggui.store.schema import TYPES, literal, quote
from zhanggui.tables import Column, Table

UNKNOWN = "(unknown)"
"""How a file says *unknown* in a key column where blank means the total."""

CANONICAL_LAYOUT = 40
EARLIEST = "1990-01-01"
LATEST_DAYS = 3 * 366 + 1
"""Instants after today and this many days are no dates of a shop."""

PERSONAL_KEYS = {"customer_key": "personal_key", "unit_id": "personal_unit"}
"""Keys that may not be a person's address or number, and the reason that says so."""

_OFFSET = r"'(?i):[0-9.]+ ?(z|utc|[+-]\d\d(:?\d\d)?)$'"
_DESTROYED = r"'^\d(\.\d+)?E\+\d+$'"
_FORMULA = r"^''+[=+\-@\t\r]"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the cells of one piece share."""

    table: Table
    zone: str  # of the piece's naive instants
    home: str  # the workspace's zone
    today: str  # ISO day of the machine's clock
    layout: int
    neutralised: bool  # formula text carries a leading quote


@dataclass(frozen=True, slots=True)
class Cell:
    """One column: its typed value, and the conditions that reject the row, with the reason's name.

    ``fatal`` conditions stop the whole file. ``stray`` is true where a closed column holds a word it does not know.
    """

    name: str
    value: str
    faults: tuple[tuple[str, str], ...] = ()
    fatal: tuple[tuple[str, str], ...] = ()
    stray: str | None = None
    raw: str = field(default="NULL")


def raw(column: str, kind: str, plain: bool = False) -> str:
    """The cell as it comes: text with blanks as NULL, other kinds as they are.

    ``plain`` cells are numbers whose blanks the reader has made NULL already; the cast passes over white space around them.
    """
    if plain:
        return column
    if kind != "VARCHAR":
        return column
    # Trimming copies every text; one of ASCII alone that has no space at either end needs none.
    clean = f"strlen({column}) = length({column}) AND NOT starts_with({column}, ' ') AND NOT ends_with({column}, ' ')"
    return f"nullif(CASE WHEN {clean} THEN {column} ELSE trim({column}) END, '')"


def to_utc(expression: str, zone: str) -> str:
    """A naive local TIMESTAMP as a naive TIMESTAMP in UTC."""
    if zone == "UTC":
        return expression
    return f"timezone('UTC', timezone({literal(zone)}, {expression}))"


def local_day(expression: str, zone: str) -> str:
    """The DATE of a naive UTC TIMESTAMP in ``zone``."""
    if zone == "UTC":
        return f"CAST({expression} AS DATE)"
    return f"CAST(timezone({literal(zone)}, timezone('UTC', {expression})) AS DATE)"


def _offset_time(cell: str) -> str:
    return f"timezone('UTC', TRY_CAST(replace(replace({cell}, ' +', '+'), ' -', '-') AS TIMESTAMPTZ))"


def instant(cell: str, kind: str, setting: Setting) -> str:
    """SQL for an instant in UTC; NULL where the cell holds none."""
    if kind == "VARCHAR":
        local = to_utc(f"TRY_CAST({cell} AS TIMESTAMP)", setting.zone)
        return f"CASE WHEN regexp_matches({cell}, {_OFFSET}) THEN {_offset_time(cell)} ELSE {local} END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {cell})"
    return to_utc(f"TRY_CAST({cell} AS TIMESTAMP)", setting.zone)


def day(cell: str, kind: str, setting: Setting) -> str:
    """SQL for a day; NULL where the cell holds none."""
    if kind == "VARCHAR":
        away = local_day(_offset_time(cell), setting.home)
        return f"CASE WHEN regexp_matches({cell}, {_OFFSET}) THEN {away} ELSE TRY_CAST({cell} AS DATE) END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return local_day(f"timezone('UTC', {cell})", setting.home)
    return f"TRY_CAST({cell} AS DATE)"


def flag(cell: str, kind: str, setting: Setting) -> str:
    """SQL for yes or no; NULL where the cell says neither."""
    if kind == "BOOLEAN":
        return cell
    text = f"lower(CAST({cell} AS VARCHAR))"
    return (
        f"CASE WHEN {text} IN ('true', '1', 'yes', 'y', 't', '1.0') THEN true"
        f" WHEN {text} IN ('false', '0', 'no', 'n', 'f', '0.0') THEN false END"
    )


def money(cell: str, kind: str, setting: Setting) -> str:
    """SQL for an amount of four decimals; NULL where the cell holds none."""
    return f"TRY_CAST({cell} AS DECIMAL(18,4))"


def number(cell: str, kind: str, setting: Setting) -> str:
    """SQL for a finite number; NULL where the cell holds none."""
    value = f"TRY_CAST({cell} AS DOUBLE)"
    return f"CASE WHEN isfinite({value}) THEN {value} END" if kind in ("VARCHAR", "DOUBLE", "FLOAT") else value


def integer(cell: str, kind: str, setting: Setting) -> str:
    """SQL for a whole number; NULL where the cell holds none."""
    value = f"TRY_CAST({cell} AS DECIMAL(28,4))"
    return f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS BIGINT) END"


def text(cell: str, kind: str, setting: Setting) -> str:
    """SQL for text: the cell as it stands."""
    if kind != "VARCHAR":
        return f"CAST({cell} AS VARCHAR)"
    if setting.neutralised:
        return f"CASE WHEN starts_with({cell}, '''') AND regexp_matches({cell}, '{_FORMULA}') THEN substr({cell}, 2) ELSE {cell} END"
    return cell


_TYPED: dict[str, tuple[Callable[[str, str, Setting], str], str]] = {
    "text": (text, ""),
    "list": (text, ""),
    "integer": (integer, "not_an_integer"),
    "number": (number, "not_a_number"),
    "money": (money, "not_an_amount"),
    "instant": (instant, "not_a_time"),
    "day": (day, "not_a_day"),
    "flag": (flag, "not_a_flag"),
}


def cell(column: Column, kind: str, setting: Setting, default_currency: str | None) -> Cell:
    """What becomes of one declared column that the piece states, in cells of the engine type ``kind``."""
    source = quote(f"r_{column.name}")
    typed, reason = _TYPED[column.kind]
    value = typed(source, kind, setting)
    faults: list[tuple[str, str]] = []
    fatal: list[tuple[str, str]] = []
    stray = None
    own = quote(column.name)
    if reason:
        filled = f"trim({source}) <> ''" if kind == "VARCHAR" else f"{source} IS NOT NULL"
        faults.append((f"{own} IS NULL AND {filled}", reason))
    if column.kind in ("instant", "day"):
        faults.append((f"{own} < DATE '{EARLIEST}'", "too_early"))
        faults.append((f"{own} > DATE '{setting.today}' + {LATEST_DAYS}", "too_late"))
    if column.name in setting.table.wildcard:
        value = f"CASE WHEN {source} IS NULL THEN '*' WHEN {source} = '{UNKNOWN}' THEN '' ELSE {value} END"
    elif column.required:
        faults.append((f"{source} IS NULL", "missing"))
    if column.choices:
        known = ", ".join(map(literal, column.choices))
        value = f"CASE WHEN lower({source}) IN ({known}) THEN lower({source}) END"
        stray = f"{source} IS NOT NULL AND {own} IS NULL"
    if column.masked:
        value = personal.masked(value)
    if column.name == "currency":
        value = f"upper(coalesce({value}, {literal(default_currency)}))" if default_currency else f"upper({value})"
        faults.append((f"{own} NOT IN ({_currencies()})", "unknown_currency"))
    if column.kind == "text" and column.name.endswith("_id"):
        fatal.append((f"contains({source}, 'E+') AND regexp_matches({source}, {_DESTROYED})", "ids_destroyed"))
    if column.name in PERSONAL_KEYS:
        mail = f"contains({source}, '@') AND regexp_matches({source}, '{personal.KEY_EMAIL}')"
        looks = f"{mail} OR regexp_matches({source}, '{personal.KEY_PHONE}')"
        fatal.append((f"length({source}) < 100 AND ({looks})", PERSONAL_KEYS[column.name]))
    if column.name == "quantity":
        faults.append((f"{own} < 0", "negative_quantity"))
    if kind != "VARCHAR":
        fatal = []
    return Cell(column.name, value, tuple(faults), tuple(fatal), stray, source)


def absent(column: Column, setting: Setting, default_currency: str | None) -> Cell:
    """What a declared column is that the piece does not state."""
    if column.name in setting.table.wildcard:
        return Cell(column.name, "'*'")
    if column.name == "currency" and default_currency:
        return Cell(
            column.name,
            literal(default_currency),
            ((f"'{default_currency}' NOT IN ({_currencies()})", "unknown_currency"),),
        )
    faults = (("true", "missing"),) if column.required else ()
    return Cell(column.name, f"CAST(NULL AS {TYPES[column.kind]})", faults)


def _currencies() -> str:
    return ", ".join(literal(code) for code in sorted(list_currencies()))
