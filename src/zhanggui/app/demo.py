"""The bundled shop lived up to a day: its later days are held back until they are asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from zhanggui import demo
from zhanggui.app.own_days import nine_on
from zhanggui.errors import BadValue, WorkspaceError

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.units import Clock

FILE = "demo.json"
TIME = "InvoiceDate"
"""The column of the file that says when a line was invoiced, as ``YYYY-MM-DD HH:MM:SS``."""


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of the bundled file."""

    first: date
    last: date


def days_of_file() -> Days:
    """From which day to which the bundled file goes."""
    import polars as pl

    ends = pl.scan_parquet(demo.demo_file()).select(first=pl.col(TIME).min(), last=pl.col(TIME).max()).collect()
    return Days(*(date.fromisoformat(str(ends[name][0])[:10]) for name in ("first", "last")))


def lived_until(folder: Path) -> date | None:
    """The last day that a demo was given; None for any other workspace and for a demo that was given all at once."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["until"])
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError("demo.unreadable", file=str(path), reason=str(error)) from None


def clock_of(folder: Path) -> Clock | None:
    """The clock of a demo that goes on day by day: nine in the morning after its last day."""
    until = lived_until(folder)
    return None if until is None else nine_on(until + timedelta(days=1), demo.TIMEZONE)


def go_on(shop: Shop, until: date | None) -> tuple[date, date] | None:
    """Import the days of the file up to ``until`` (None: all there are) that ``shop`` has not yet. Gives the first and the last of them;
    None where there are none.

    Raises BadValue for a day outside the file, or before the last that was lived.
    """
    file, had = days_of_file(), lived_until(shop.folder)
    day = until or file.last
    if not file.first <= day <= file.last:
        raise BadValue("demo.no_such_day", day=day, first=file.first, last=file.last)
    if had is not None and day < had:
        raise BadValue("demo.lived", day=day, until=had)
    if had == day:
        return None
    first = file.first if had is None else had + timedelta(days=1)
    with TemporaryDirectory() as place:
        shop.import_files([_cut(Path(place), first, day)])
    _keep(shop.folder, day)
    shop.clock = clock_of(shop.folder) or shop.clock
    shop.ledger.clock = shop.clock
    return first, day


def _cut(folder: Path, first: date, last: date) -> Path:
    """The lines of some days in a file of their own, in their published order."""
    import polars as pl

    path = folder / f"online_retail_{first}_{last}.parquet"
    day = pl.col(TIME).str.slice(0, 10)
    pl.scan_parquet(demo.demo_file()).filter(
        day.is_between(pl.lit(str(first)), pl.lit(str(last)))
    ).collect().write_parquet(path)
    return path


def _keep(folder: Path, until: date) -> None:
    draft = folder / f"{FILE}.tmp"
    draft.write_text(json.dumps({"until": until.isoformat()}), encoding="utf-8")
    draft.replace(folder / FILE)
