"""What the desk says of a workspace's data: what is there, what is missing, what things cost, and what is aimed at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.errors import BadValue, UserError
from zhanggui.i18n import has, text
from zhanggui.i18n.writing import count, money

if TYPE_CHECKING:
    from zhanggui.app.background import Preview
    from zhanggui.app.desk import Desk
    from zhanggui.app.shop import Shop
    from zhanggui.brief import Brief
    from zhanggui.live.syncing import Synced
    from zhanggui.store import Reconciliation, Undone

ASKED = (
    ("goods", "*"),
    ("per_order", "freight"),
    ("per_order", "packing"),
    ("per_order", "gift"),
    ("share", "fees"),
    ("share", "commission"),
    ("share", "return_insurance"),
    ("refund", "freight"),
    ("refund", "handling"),
    ("refund", "unsellable"),
    ("lead_days", "*"),
    ("salvage", "*"),
)
"""The lines of the sheet that everybody is asked for; categories have lines of their own beside them."""
SHARES = ("goods", "share", "salvage")
_NUMBER = r"\d+(?:\.\d+)?%?"
_VALUE = re.compile(rf"\s*({_NUMBER})(?:\s*[-–~…]\s*({_NUMBER}))?\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the cost sheet, written: ``key`` is ``section.name``, ``value`` as it is typed (``0.45-0.5``)."""

    key: str
    section: str
    name: str
    value: str
    unit: str  # share | money | days


def imports(shop: Shop, locale: str) -> list[dict[str, Any]]:
    """Every import, the latest first, written."""
    from zhanggui.report.imports import batch_cells

    return batch_cells(shop.imports(), locale, shop.config.timezone)


def live_shops(desk: Desk, locale: str) -> list[dict[str, str]]:
    """Every live shop: its name, system, channel and last sync, written; why it cannot be read where the settings make no sense."""
    from zhanggui.app.live import called
    from zhanggui.app.live_json import cells
    from zhanggui.i18n.trouble import said_error

    if not desk.config.sync:
        return []
    try:
        with called(desk) as (live, _):
            found = cells(live.connections(), locale, desk.config.timezone)
    except UserError as problem:
        return [{"name": "", "problem": said_error(problem, locale)}]
    return [
        {"name": name, "kind": kind, "channel": channel, "at": at, "problem": ""}
        for name, kind, _, channel, at in found
    ]


def synced(done: Synced, locale: str) -> list[str]:
    """What a sync did, in sentences."""
    from zhanggui.report.live_json import said

    return said(done, locale)


def coverage(shop: Shop, locale: str) -> list[list[str]]:
    """Each table that has rows: name, rows, first day, last day."""
    from zhanggui.numbers.frames import FRAMES, View
    from zhanggui.report import naming

    found = FRAMES["coverage"](shop.warehouse, View(shop.clock.today()))
    return [
        [
            naming.table(row["table"], locale),
            count(row["rows"], locale),
            row["start"].isoformat() if row["start"] else "",
            row["end"].isoformat() if row["end"] else "",
        ]
        for row in found.iter_rows(named=True)
        if row["rows"]
    ]


def missing(brief: Brief, locale: str) -> list[dict[str, Any]]:
    """What data would let a brief say more, and what that is worth a week, the dearest first."""
    from zhanggui.report.lines import gaps

    return [
        {
            "needs": gap.needs,
            "name": gap.name,
            "said": gap.words,
            "worth": money(gap.worth, brief.currency, locale) if gap.worth else "",
            "rules": count(len(gap.rules), locale),
        }
        for gap in gaps(brief.missing, locale, brief.currency)
    ]


def reconciled(done: Reconciliation, locale: str, currency: str) -> dict[str, Any]:
    """What an import did, as cells."""
    from zhanggui.report.imports import reconciliation_cells

    return reconciliation_cells(done, locale, currency)


def previewed(found: Preview, locale: str, currency: str) -> list[dict[str, Any]]:
    """How each sheet was understood, as cells."""
    from zhanggui.report.imports import preview_cells

    return preview_cells(found, locale, currency)


def taken_back(undone: Undone, locale: str) -> str:
    """What taking an import back removed, in a sentence."""
    from zhanggui.report.imports import undone_text

    return undone_text(undone, locale)


def sources(locale: str) -> list[tuple[str, str]]:
    """Every source by name, and what it is called."""
    from zhanggui.report.imports import source
    from zhanggui.sources import all_sources

    return [(each.name, source(each.name, locale)) for each in all_sources()]


def fields() -> Sequence[str]:
    """The fields that a column of a general file may be."""
    from zhanggui.sources.general_synonyms import FIELDS

    return tuple(FIELDS)


# ---- what the owner enters


def cost_lines(shop: Shop, locale: str) -> list[Line]:
    """The lines everybody is asked for and those of categories, in the order of the sheet."""
    sheet = shop.costs
    more = [
        (section, name)
        for section, entries in sheet.entries.items()
        for name in entries
        if (section, name) not in ASKED
    ]
    order = {section: number for number, section in enumerate(dict.fromkeys(section for section, _ in ASKED))}
    found = sorted([*ASKED, *more], key=lambda pair: order[pair[0]])
    return [_line(section, name, sheet.entries.get(section, {}).get(name), locale) for section, name in found]


def _line(section: str, name: str, known: Any, locale: str) -> Line:
    key = f"cli.costs.entry_{'all' if name == '*' else name}"
    share = section in SHARES or name == "unsellable"
    unit = "share" if share else "days" if section == "lead_days" else "money"
    return Line(
        f"{section}.{name}",
        text(f"cli.costs.section_{section}", locale),
        text(key, locale) if has(key, locale) else name,
        "" if known is None else f"{known.low:g}" if known.exact else f"{known.low:g}-{known.high:g}",
        unit,
    )


def cost_value(entry: str, typed: str) -> float | list[float]:
    """``6.5``, ``0.45-0.5``, ``45%-50%``: a number or a range; 45 % is 0.45. Raises BadValue for anything else."""
    found = _VALUE.fullmatch(typed)
    if not found:
        raise BadValue("config.bad_cost", name=entry, value=typed)
    ends = [round(float(end[:-1]) / 100, 10) if end.endswith("%") else float(end) for end in found.groups() if end]
    return ends if len(ends) > 1 else ends[0]


def enter_costs(shop: Shop, typed: Mapping[str, str]) -> list[str]:
    """Enter the lines of the sheet that were typed and differ from what stands there; an emptied one is taken out. All or none: the
    first that makes no sense raises BadValue. Gives which changed."""
    from zhanggui import costs

    sheet = shop.costs
    entries = {section: dict(rows) for section, rows in sheet.entries.items()}
    changed: list[str] = []
    for key, value in typed.items():
        section, _, name = key.partition(".")
        if section not in costs.SECTIONS or not name:
            raise BadValue("config.unknown_cost", name=key, known=", ".join(costs.SECTIONS))
        before = entries.get(section, {}).get(name)
        if not value.strip():
            changed += [key] if entries.get(section, {}).pop(name, None) is not None else []
            continue
        one = costs.with_entry(costs.CostSheet({}), section, name, cost_value(key, value)).entries[section][name]
        changed += [key] if one != before else []
        entries.setdefault(section, {})[name] = one
    if changed:
        costs.write(shop.folder, costs.CostSheet({section: rows for section, rows in entries.items() if rows}))
    return changed


def target_rows(shop: Shop) -> list[dict[str, Any]]:
    """Every target, the latest month first: month, metric, value."""
    table = shop.warehouse.table("targets")
    rows = shop.warehouse.run(table.select("month", "metric", "value"))
    return [
        {**row, "value": float(row["value"])}
        for row in rows.sort("month", "metric", descending=[True, False]).iter_rows(named=True)
    ]


def targets(shop: Shop, locale: str) -> list[tuple[str, str, str]]:
    """The same, written."""
    from zhanggui.report import naming

    return [
        (
            row["month"],
            naming.metric(row["metric"], locale),
            money(row["value"], shop.config.currency, locale, whole=True),
        )
        for row in target_rows(shop)
    ]
