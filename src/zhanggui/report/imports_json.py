"""Imports as JSON, for programs: the list, and what one did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from zhanggui.i18n.writing import say
from zhanggui.report.imports import columns_of, reason
from zhanggui.store import Batch, Reconciliation
from zhanggui.tables.loading import Reading

COUNTS = ("new", "replaced", "already_there", "rejected")


def batch_json(batch: Batch) -> dict[str, Any]:
    """One import of the list."""
    return {
        "id": batch.id,
        "at": f"{batch.at.isoformat()}Z",
        "files": list(batch.files),
        "rows": dict(batch.rows),
        "rejected": batch.rejected,
        "undone_at": f"{batch.undone_at.isoformat()}Z" if batch.undone_at else None,
    }


def reconciliation_json(done: Reconciliation, locale: str, readings: Sequence[Reading] = ()) -> dict[str, Any]:
    """What an import did, or would do; ``readings`` add how each file was understood."""
    found = {
        "batch": done.batch,
        "dry_run": done.dry_run,
        "changed": done.changed,
        "rows": {
            "read": done.rows_read,
            **{name: getattr(done, name) for name in COUNTS},
            "left_out": done.left_out,
        },
        "files": [asdict(file) for file in done.files],
        "tables": [
            {**asdict(count), "money": [{**asdict(check), "gap": check.gap} for check in count.money]}
            for count in done.tables
        ],
        "rejects": [{**asdict(reject), "text": reason(reject.reason, locale)} for reject in done.rejects],
        "rejects_folder": str(done.rejects_folder) if done.rejects_folder else None,
        "notes": [say(note, locale, "") for note in done.notes],
        "orphans": [asdict(orphans) for orphans in done.orphans],
    }
    if readings:
        found["understood"] = [_understood(reading) for reading in readings]
    return found


def _understood(reading: Reading) -> dict[str, Any]:
    return {
        "file": reading.sheet.name,
        "source": reading.recognition.source,
        "layout": reading.recognition.layout,
        "score": reading.recognition.score,
        "columns": {piece.table: dict(columns_of(piece)) for piece in reading.pieces},
        "unknown": list(reading.recognition.unknown),
    }
