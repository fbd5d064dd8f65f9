"""What an import did or would do, as written cells: files, rows, money, what was rejected and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from zhanggui.i18n import has, text
from zhanggui.i18n.columns import shorten
from zhanggui.i18n.writing import count, joined, money, percent, printable, say, write
from zhanggui.report import naming
from zhanggui.units import Words

COUNTS = ("new", "replaced", "already_there", "rejected")
SHOWN_REJECTS = 100
LONGEST = 60
SMALLEST_GAP = 0.005
LEDGER_FILE = re.compile(r"ledger\[([\w-]+)\]")
"""What an import is of that notes an action as carried out."""


def columns_of(piece: Any) -> list[tuple[str, str]]:
    """Canonical column and where it comes from. A frame has the canonical names already."""
    stated = getattr(piece.rows, "columns", None)
    if isinstance(stated, dict):
        return list(stated.items())
    return [(name, name) for name in stated or () if not name.startswith("_")]


def money_sums(done: Any) -> dict[tuple[str, str], tuple[float, ...]]:
    """What arrived of each table's money, by table and currency: of the file, arrived, rejected, already there, gap. Lines name no
    currency: where the import has one only, it is theirs."""
    sums: dict[tuple[str, str], list[float]] = {}
    for one in done.tables:
        for check in one.money:
            total = sums.setdefault((one.table, check.currency), [0.0] * 5)
            each = (check.of_file, check.arrived, check.rejected, check.already_there, check.gap)
            sums[one.table, check.currency] = [a + b for a, b in zip(total, each, strict=True)]
    named = {currency for _, currency in sums if currency}
    silent = named.pop() if len(named) == 1 else ""
    return {(name, currency or silent): tuple(total) for (name, currency), total in sums.items()}


def reason(key: str, locale: str) -> str:
    """Why a row was not taken or not counted."""
    return text(key, locale) if has(key, locale) else key.rpartition(".")[2].replace("_", " ")


def reconciliation_cells(done: Any, locale: str, currency: str) -> dict[str, Any]:
    """One import: ``head``, ``files``, ``tables`` (name and counts), ``money`` (``gap``: not adding up), ``rejects``, ``notes``."""
    key = "dry" if done.dry_run else "done" if done.changed else "unchanged"
    return {
        "batch": done.batch,
        "head": _t("import", key, locale, batch=done.batch, rows=done.rows_read),
        "files": [_file(file, locale, currency) for file in done.files],
        "counts": [text(f"cli.column.{name}", locale) for name in ("table", "read", *COUNTS)],
        "tables": [_table(name, list(same), locale) for name, same in _by_table(done.tables)],
        "money": [_money(name, own or currency, total, locale) for (name, own), total in money_sums(done).items()],
        "rejected": done.rejected,
        "rejects_head": _t("import", "rejected", locale, rows=done.rejected) if done.rejected else "",
        "rejects": [_reject(reject, locale) for reject in done.rejects[:SHOWN_REJECTS]],
        "notes": [say(note, locale, currency) for note in done.notes]
        + [
            _t(
                "import",
                "orphans",
                locale,
                table=naming.table(each.table, locale),
                column=each.column,
                target=each.target,
                rows=each.rows,
            ).removeprefix("※ ")
            for each in done.orphans
        ],
    }


def preview_cells(preview: Any, locale: str, currency: str) -> list[dict[str, Any]]:
    """How each sheet was understood, before anything is loaded."""
    return [_understood(sheet, locale, currency) for sheet in preview.sheets]


def batch_cells(batches: Sequence[Any], locale: str, zone: str) -> list[dict[str, Any]]:
    """Every import, the latest first."""
    return [
        {
            "id": batch.id,
            "at": _moment(batch.at, zone),
            "rows": count(sum(batch.rows.values()), locale),
            "rejected": count(batch.rejected, locale) if batch.rejected else "",
            "files": shorten(joined([_origin(name, locale) for name in batch.files], locale), 2 * LONGEST),
            "undone": text("cli.imports.state_undone", locale) if batch.undone_at else "",
            "action": _action_of(batch),
        }
        for batch in reversed(batches)
    ]


def _action_of(batch: Any) -> str:
    """The action whose carrying out an import notes; empty for one of files. It is taken back with the action, not by itself."""
    found = [LEDGER_FILE.fullmatch(name) for name in batch.files]
    return next((match[1] for match in found if match), "")


def _origin(name: str, locale: str) -> str:
    """Where rows are from: a file, an action that was carried out, or a table that somebody entered by hand."""
    if LEDGER_FILE.fullmatch(name):
        return text("web_data.of_action", locale)
    return printable(naming.table(name, locale))


def undone_text(undone: Any, locale: str) -> str:
    """What taking an import back removed."""
    return _t("imports", "undone", locale, batch=undone.batch, rows=sum(undone.removed.values()))


def _t(part: str, key: str, locale: str, **params: Any) -> str:
    return say(Words(f"cli.{part}.{key}", params), locale, "")


def _moment(at: datetime, zone: str) -> str:
    """A moment told in UTC, as the shop's clocks show it."""
    return f"{at.replace(tzinfo=ZoneInfo('UTC')).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _by_table(tables: Sequence[Any]) -> Iterator[tuple[str, Iterator[Any]]]:
    return groupby(sorted(tables, key=lambda one: str(one.table)), key=lambda one: str(one.table))


def _table(name: str, counts: Sequence[Any], locale: str) -> dict[str, Any]:
    numbers = [sum(getattr(one, column) for one in counts) for column in ("rows_read", *COUNTS)]
    return {"name": naming.table(name, locale), "counts": [count(number, locale) for number in numbers]}


def _file(file: Any, locale: str, currency: str) -> dict[str, Any]:
    return {
        "name": printable(file.file),
        "source": source(file.source, locale),
        "layout": file.layout,
        "channel": file.channel,
        "rows": count(file.rows_read, locale),
        "left_out": [_left_out(part, locale, currency) for part in file.left_out],
    }


def source(name: str, locale: str) -> str:
    """What a source is called."""
    key = f"web_data.source.{name}"
    return text(key, locale) if has(key, locale) else name


def _left_out(part: Any, locale: str, currency: str) -> str:
    amount = money(part.money, part.currency or currency, locale, exact=True)
    why = reason(f"sources.left_out.{part.reason}", locale)
    return _t("import", "left_out", locale, reason=why, rows=part.rows, money=amount)


def _money(name: str, currency: str, total: Sequence[float], locale: str) -> dict[str, Any]:
    names = ("of_file", "arrived", "rejected", "already_there", "gap")
    written = {key: money(value, currency, locale, exact=True) for key, value in zip(names, total, strict=True)}
    gap = abs(total[4]) >= SMALLEST_GAP
    key = "money_gap" if gap else "money"
    return {"said": _t("import", key, locale, table=naming.table(name, locale), **written), "gap": gap}


def _reject(reject: Any, locale: str) -> dict[str, str]:
    return {
        "file": printable(reject.file),
        "row": str(reject.row),
        "column": printable(reject.column),
        "value": shorten(printable(reject.value), LONGEST),
        "reason": reason(reject.reason, locale),
    }


def _understood(sheet: Any, locale: str, currency: str) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for _, field, column in sheet.columns:
        fields.setdefault(column, []).append(field)
    read_from = [name for name in fields if name in sheet.examples]
    return {
        "name": printable(sheet.file),
        "source": source(sheet.source, locale),
        "layout": sheet.layout,
        "sure": percent(sheet.score, locale),
        "channel": sheet.channel,
        "rows": count(sheet.rows, locale),
        "columns": [
            {
                "name": printable(name),
                "key": name,
                "fields": ", ".join(dict.fromkeys(fields.get(name, ()))),
                "field": fields.get(name, [""])[0],
                "used": name in read_from if sheet.by_mapping else name not in sheet.unknown,
                "examples": joined([printable(value) for value in values], locale),
            }
            for name, values in sheet.examples.items()
        ],
        "by_mapping": sheet.by_mapping,
        "unknown": len(sheet.unknown),
        "left_out": [_left_out(part, locale, currency) for part in sheet.left_out],
        "rejected": write(sheet.rejected, locale) if sheet.rejected else "",
        "rejects": [
            {
                "row": str(row),
                "column": printable(column),
                "value": printable(value),
                "reason": reason(why if "." in why else f"rejects.{why}", locale),
            }
            for row, column, value, why in sheet.rejects
        ],
        "notes": [
            say(Words(key if key.startswith("sources.") else f"sources.note.{key}", params), locale, currency)
            for key, params in sheet.notes
        ],
    }
