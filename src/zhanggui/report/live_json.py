"""Live shops for programs and as cells: which there are, and what a sync did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from zhanggui.i18n import text
from zhanggui.i18n.writing import say
from zhanggui.report.imports import reason
from zhanggui.units import Words

if TYPE_CHECKING:
    from zhanggui.errors import ZhangguiError
    from zhanggui.live.kinds import Connection
    from zhanggui.live.syncing import Synced


def synced_json(done: Synced, locale: str) -> dict[str, Any]:
    """What a sync did."""
    return {
        "name": done.connection,
        "dry_run": done.dry_run,
        "batch": done.batch,
        "changed": done.changed,
        "pages": done.pages,
        "streams": dict(done.streams),
        "rows": {
            "read": done.rows_read,
            "new": done.new,
            "replaced": done.replaced,
            "already_there": done.already_there,
            "rejected": done.rejected,
        },
        "rejects": [
            {
                "file": reject.file,
                "table": reject.table,
                "row": reject.row,
                "column": reject.column,
                "value": reject.value,
                "text": reason(reject.reason, locale),
            }
            for reject in done.rejects
        ],
        "notes": [say(note, locale, "") for note in done.notes],
        "error": None,
    }


def said(done: Synced, locale: str) -> list[str]:
    """What a sync did, in sentences: a headline, each stream, and what became of the rows."""
    key = "dry" if done.dry_run else "done" if done.batch else "nothing"
    params = {"name": done.connection, "rows": done.rows_read, "batch": done.batch, "pages": done.pages}
    head = Words(f"live.said.{key}", params)
    streams = [Words("live.said.stream", {"stream": name, "rows": rows}) for name, rows in done.streams.items()]
    counts = {"new": done.new, "replaced": done.replaced, "there": done.already_there}
    return [say(words, locale, "") for words in (head, *streams, Words("live.said.counts", counts), *done.notes)]


def problem_json(name: str, problem: ZhangguiError, locale: str) -> dict[str, Any]:
    """Why a live shop could not be read."""
    from zhanggui.i18n.trouble import said_error

    return {"name": name, "error": {"code": problem.code, "text": said_error(problem, locale)}}


def connection_json(
    connection: Connection, at: datetime | None, *, ended: bool, missing: Sequence[str]
) -> dict[str, Any]:
    """A live shop and how far it has been read."""
    return {
        "name": connection.name,
        "kind": connection.kind,
        "url": connection.url,
        "channel": connection.channel,
        "options": dict(connection.options),
        "last": f"{at.isoformat()}Z" if at else None,
        "ended": ended,
        "missing": list(missing),
    }


def last_text(at: datetime | None, locale: str, zone: str, *, ended: bool, missing: Sequence[str]) -> str:
    """When a live shop was last read, or why it is not."""
    if missing:
        return text("live.said.lacks", locale, secrets=", ".join(missing))
    if at is None:
        return text("live.said.never", locale)
    told = f"{at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    return told if ended else text("live.said.stopped", locale, at=told)
