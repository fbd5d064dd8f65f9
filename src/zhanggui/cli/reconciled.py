"""What an import did, written: files, rows, money, what was rejected and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from zhanggui.cli.speech import RUN, columns, say
from zhanggui.i18n import text, writing
from zhanggui.i18n.columns import shorten, table, wrap
from zhanggui.report.imports import COUNTS, columns_of, money_sums, reason

if TYPE_CHECKING:
    from zhanggui.app import Batch, Reading, Reconciliation, Reject

SHOWN = 5
LONGEST = 60


def lines(done: Reconciliation, currency: str) -> list[str]:
    """The reconciliation of one import, for people."""
    found = [_head(done)]
    for file in done.files:
        found.append(" " + say("cli.import.file", **_file(file)))
        for part in file.left_out:
            found.append(
                "   "
                + say(
                    "cli.import.left_out",
                    reason=_reason(f"sources.left_out.{part.reason}"),
                    rows=part.rows,
                    money=writing.money(part.money, part.currency or currency, RUN.locale, exact=True),
                )
            )
    found += _tables(done)
    found += _money(done)
    found += _rejects(done)
    for note in done.notes:
        found += wrap(say("cli.import.note", words=note), columns(), " ", "   ")
    found += [
        " " + say("cli.import.orphans", table=o.table, column=o.column, target=o.target, rows=o.rows)
        for o in done.orphans
    ]
    return found


def _head(done: Reconciliation) -> str:
    if done.dry_run:
        return say("cli.import.dry", rows=done.rows_read)
    key = "cli.import.done" if done.changed else "cli.import.unchanged"
    return say(key, batch=done.batch, rows=done.rows_read)


def _file(file: Any) -> dict[str, Any]:
    return {
        "file": file.file,
        "source": file.source,
        "layout": file.layout,
        "channel": file.channel,
        "rows": file.rows_read,
    }


def _tables(done: Reconciliation) -> list[str]:
    head = [text(f"cli.column.{name}", RUN.locale) for name in ("table", "read", *COUNTS)]
    rows = []
    for name, same in groupby(sorted(done.tables, key=lambda count: count.table), key=lambda count: count.table):
        counts = list(same)
        numbers = [sum(getattr(count, column) for count in counts) for column in ("rows_read", *COUNTS)]
        rows.append([name, *(writing.count(number, RUN.locale) for number in numbers)])
    return table([head, *rows], "<>>>>>") if rows else []


def _money(done: Reconciliation) -> list[str]:
    """What arrived of each table's money."""
    return [" " + _money_line(name, own, total) for (name, own), total in money_sums(done).items()]


def _money_line(name: str, currency: str, total: Sequence[float]) -> str:
    names = ("of_file", "arrived", "rejected", "already_there", "gap")
    written = {
        name: writing.money(number, currency, RUN.locale, exact=True) for name, number in zip(names, total, strict=True)
    }
    gap = abs(total[4]) >= 0.005
    return say("cli.import.money_gap" if gap else "cli.import.money", table=name, **written)


def _rejects(done: Reconciliation) -> Iterator[str]:
    if not done.rejected:
        return
    yield from rejected(done.rejects, done.rejected)
    if done.rejects_folder is not None:
        yield "   " + say("cli.import.rejects_folder", folder=str(done.rejects_folder))


def rejected(rejects: Sequence[Reject], count: int) -> Iterator[str]:
    """How many rows were rejected, and the first of them with their reasons."""
    yield " " + say("cli.import.rejected", rows=count)
    for reject in rejects[:SHOWN]:
        yield "   " + say(
            "cli.import.reject",
            file=reject.file,
            row=str(reject.row),
            column=reject.column,
            value=shorten(writing.printable(reject.value), LONGEST),
            reason=_reason(reject.reason),
        )


def _reason(key: str) -> str:
    return reason(key, RUN.locale)


def guesses(readings: Sequence[Reading]) -> Iterator[str]:
    """How each file was understood, before anything is loaded: which column goes where, and which are not used."""
    for reading in readings:
        seen = reading.recognition
        yield say(
            "cli.import.understood",
            file=reading.sheet.name,
            source=seen.source,
            layout=seen.layout,
            sure=writing.percent(seen.score, RUN.locale),
        )
        for piece in reading.pieces:
            pairs = [origin if origin == column else f"{origin} → {column}" for column, origin in columns_of(piece)]
            yield from wrap(f"{piece.table}: {', '.join(pairs)}", columns(), "   ", "     ")
        if seen.unknown:
            yield "   " + say("cli.import.unused", columns=[shorten(name, 30) for name in seen.unknown])


def list_of(batches: Sequence[Batch]) -> list[str]:
    """Every import in a line."""
    head = [text(f"cli.column.{name}", RUN.locale) for name in ("batch", "at", "rows", "rejected", "files", "state")]
    rows = [
        [
            batch.id,
            f"{batch.at:%Y-%m-%d %H:%M}",
            writing.count(sum(batch.rows.values()), RUN.locale),
            writing.count(batch.rejected, RUN.locale),
            shorten(writing.joined([writing.printable(name) for name in batch.files], RUN.locale), LONGEST),
            text("cli.imports.state_undone", RUN.locale) if batch.undone_at else "",
        ]
        for batch in batches
    ]
    return table([head, *rows], "<<>><<", indent=0)
