"""The ledger beside the warehouse: what was done stands in the table ``changes``, and either notices when the other was put back from
another day.

There is no transaction over both files. The ledger is written first; what it feeds is compared with what is there whenever the two meet,
and missing lines are loaded, surplus ones taken back. So a process may die at any point between them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhanggui.actions.kinds import Action
from zhanggui.errors import WorkspaceError
from zhanggui.ledger.book import Ledger
from zhanggui.ledger.changing import PREFIX
from zhanggui.ledger.finding import Found
from zhanggui.ledger.kinds import Change, Entry, Event
from zhanggui.ledger.pages import local
from zhanggui.ledger.plain import plain, whole
from zhanggui.state.database import FILE
from zhanggui.tables.loading import Piece, Reading, Recognition, Sheet
from zhanggui.units import Clock, Words

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

_STATED = ("change_id", "at", "product_id", "what", "before", "after", "by", "channel", "extra")


@dataclass(frozen=True, slots=True)
class Meeting:
    """What came of comparing ledger and warehouse: lines loaded and taken back, actions taken over, and what a person should know."""

    loaded: Sequence[str] = ()
    removed: Sequence[str] = ()
    found: Sequence[str] = ()
    notes: Sequence[Words] = ()


def open_beside(folder: Path, warehouse: Warehouse, clock: Clock, *, anew: bool = False) -> tuple[Ledger, Meeting]:
    """Open the ledger of a workspace and compare it with its warehouse.

    ``anew`` takes a ledger that is not the one this warehouse knew. Raises WorkspaceError for such a one without it, and where the
    warehouse knew a ledger but there is none.
    """
    known = warehouse.noted("ledger")
    if known and not anew and not (folder / FILE).exists():
        raise WorkspaceError("ledger.missing", file=str(folder / FILE), events=warehouse.noted("ledger_event") or "0")
    ledger = Ledger.open(folder, clock)
    try:
        return ledger, meet(ledger, warehouse, anew=anew)
    except BaseException:
        ledger.close()
        raise


def meet(ledger: Ledger, warehouse: Warehouse, *, anew: bool = False) -> Meeting:
    """Compare ledger and warehouse, mend what differs, and note in each how far the other went."""
    marks = ledger.marks()
    _check_same(marks, warehouse, anew=anew)
    last = ledger.last()
    number, seen = last.number if last else 0, int(warehouse.noted("ledger_event") or 0)
    notes = _restored(marks, warehouse, ledger, last, seen)
    known = (marks.get("version"), marks.get("batch")) == (str(warehouse.version), warehouse.noted("last_batch"))
    if (known or not number) and not anew and seen <= number and not ledger.fed_since(seen):
        if seen < number or not known:
            _mark(ledger, warehouse)
        return Meeting(notes=notes)
    there = _there(warehouse)
    found: list[Entry] = []
    if anew or seen > number:
        found = ledger.take_over(_unknown(there, ledger))
    if found:
        notes.append(Words("ledger.note.found", {"n": len(found), "ids": ", ".join(entry.id for entry in found)}))
    removed, loaded = _mend(ledger, warehouse, there)
    _mark(ledger, warehouse)
    return Meeting(loaded, removed, [entry.id for entry in found], notes)


def _check_same(marks: Mapping[str, str], warehouse: Warehouse, *, anew: bool) -> None:
    """Raises WorkspaceError where ledger and warehouse belong to different workspaces."""
    other = warehouse.noted("ledger") not in (None, marks["id"])
    if not anew and (other or marks.get("warehouse") not in (None, warehouse.noted("key"))):
        raise WorkspaceError("ledger.foreign", folder=str(warehouse.folder))


def _restored(
    marks: Mapping[str, str], warehouse: Warehouse, ledger: Ledger, last: Event | None, seen: int
) -> list[Words]:
    """Which of the two was put back from an earlier day, precisely."""
    notes = []
    number = last.number if last else 0
    if seen > number:
        at = local(last.at, ledger.clock.zone) if last else "–"
        notes.append(Words("ledger.note.ledger_older", {"seen": seen, "last": number, "at": at}))
    batch, has = int(marks.get("batch", "0")), int(warehouse.noted("last_batch") or 0)
    if batch > has:
        first = f"{has + 1:04d}"
        notes.append(
            Words("ledger.note.warehouse_older", {"has": f"{has:04d}", "first": first, "last": f"{batch:04d}"})
        )
    return notes


def _mend(ledger: Ledger, warehouse: Warehouse, there: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Take back surplus lines and load missing ones."""
    entries = {entry.id: entry for entry in ledger.entries()}
    wanted = {line.id: line for entry in entries.values() for line in entry.changes}
    surplus = [name for name, row in there.items() if name not in wanted or not _same(wanted[name], row)]
    if surplus:
        _take_back(warehouse, {_action(name) for name in surplus})
        there = _there(warehouse)
    missing = [line for line in wanted.values() if line.id not in there]
    if missing:
        warehouse.load([_reading(missing, entries)])
    return surplus, [line.id for line in missing]


def _mark(ledger: Ledger, warehouse: Warehouse) -> None:
    last = ledger.last()
    warehouse.note(ledger=ledger.marks()["id"], ledger_event=last.number if last else 0)
    ledger.mark(warehouse=warehouse.noted("key"), batch=warehouse.noted("last_batch"), version=warehouse.version)


def _there(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """The lines that a ledger fed, by their id."""
    table = warehouse.table("changes")
    rows = warehouse.run(table.filter(table.change_id.startswith(PREFIX)).select(*_STATED, "at_day"))
    return {row["change_id"]: row for row in rows.iter_rows(named=True)}


def _same(line: Change, row: Mapping[str, Any]) -> bool:
    stated = (line.day, line.product_id, line.what, line.before, line.after)
    return stated == (row["at_day"], *(row[name] or "" for name in ("product_id", "what", "before", "after")))


def _action(change_id: str) -> str:
    """The action that a line belongs to.

    >>> _action("ledger:c5189f93-2:B200:stop")
    'c5189f93-2'
    """
    return change_id.removeprefix(PREFIX).split(":")[0]


def _take_back(warehouse: Warehouse, actions: set[str]) -> None:
    """Undo the batches in which the ledger loaded lines of these actions."""
    for batch in warehouse.batches():
        names = (file.removeprefix("ledger[").removesuffix("]") for file in batch.files if file.startswith("ledger["))
        if batch.undone_at is None and any(actions & set(name.split(",")) for name in names):
            warehouse.undo(batch.id)


def _reading(lines: Sequence[Change], entries: Mapping[str, Entry]) -> Reading:
    """Lines as if they were a file; each carries its action, so that a ledger put back from an earlier day can learn of it."""
    import polars as pl

    rows = [_row(line, entries[_action(line.id)]) for line in lines]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_STATED, pl.String))
    names = tuple(dict.fromkeys(_action(line.id) for line in lines))
    sheet = Sheet(Path("ledger"), "csv", _STATED, _STATED, (), sheet=",".join(names))
    recognition = Recognition("ledger", "changes", 1.0, _STATED)
    return Reading(sheet, recognition, (Piece("changes", frame, "ledger", layout=40),), "", len(rows))


def _row(line: Change, entry: Entry) -> dict[str, str | None]:
    known = {"action": plain(entry.action), "stop_on": str(entry.stop_on), "read_on": str(entry.read_on)}
    return {
        "change_id": line.id,
        "at": f"{line.day} 12:00:00",
        "product_id": line.product_id or None,
        "what": line.what or None,
        "before": line.before or None,
        "after": line.after or None,
        "by": line.by or None,
        "channel": line.channel,
        "extra": json.dumps(known, ensure_ascii=False),
    }


def _unknown(there: Mapping[str, Mapping[str, Any]], ledger: Ledger) -> list[Found]:
    """Actions that the warehouse knows as done and the ledger does not."""
    done = {entry.id for entry in ledger.entries() if entry.state in ("done", "measured")}
    found = []
    for name in dict.fromkeys(_action(change_id) for change_id in there):
        rows = [row for row in there.values() if _action(row["change_id"]) == name]
        told: dict[str, Any] = next((json.loads(row["extra"]) for row in rows if row["extra"]), {})
        action = whole(told["action"]) if "action" in told else None
        if name not in done and isinstance(action, Action):
            dates = [date.fromisoformat(told[key]) for key in ("stop_on", "read_on")]
            found.append(Found(name, action, tuple(map(_line, rows)), dates[0], dates[1]))
    return found


def _line(row: Mapping[str, Any]) -> Change:
    texts = {name: row[name] or "" for name in ("product_id", "what", "before", "after", "by", "channel")}
    return Change(id=row["change_id"], day=row["at_day"], **texts)
