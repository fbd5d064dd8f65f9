"""What an import, a list of imports and an undo say: rows and money of the file against what arrived."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from zhanggui.tables.loading import LeftOut
from zhanggui.units import Words

SHOWN_REJECTS = 1000
"""How many rejected values a reconciliation carries; the files under ``rejects/`` hold them all."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: where it stands, the value seen (``***`` where it looks personal) and why.

    ``reason`` is the key of a text. ``row`` counts records of the file, the header included, from 1; 0 is the whole file.
    """

    file: str
    table: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class MoneyCheck:
    """The table's money column of one piece, in one currency: what the file holds, what arrived, what was rejected."""

    currency: str
    of_file: float
    arrived: float
    rejected: float
    already_there: float = 0.0

    @property
    def gap(self) -> float:
        """What neither arrived nor was already there nor was rejected: 0 where everything is accounted for."""
        return round(self.of_file - self.arrived - self.rejected - self.already_there, 4)


@dataclass(frozen=True, slots=True)
class TableCount:
    """Rows of one file for one canonical table. ``rows_read = new + replaced + already_there + rejected``.

    ``replaced`` are new versions of keys that were known; ``rows_of_file`` is given where rows of the file and of the
    table are not one to one.
    """

    file: str
    table: str
    rows_read: int
    new: int
    replaced: int
    already_there: int
    rejected: int
    rows_of_file: int | None = None
    money: tuple[MoneyCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class FileCount:
    """One sheet that was read, and the rows of it that were left out on purpose, with their money."""

    file: str
    source: str
    layout: str
    channel: str  # several with a comma between
    rows_read: int
    left_out: tuple[LeftOut, ...] = ()
    shop: str = ""


@dataclass(frozen=True, slots=True)
class Orphans:
    """Rows whose reference points to nothing in the store. They are kept; a metric that needs the other side misses them."""

    table: str
    column: str
    target: str
    rows: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What one import did. ``batch`` is empty for a dry run; ``changed`` says whether the store's content is another now."""

    batch: str
    dry_run: bool
    changed: bool
    files: tuple[FileCount, ...]
    tables: tuple[TableCount, ...]
    rejects: tuple[Reject, ...] = ()
    rejects_folder: Path | None = None
    notes: tuple[Words, ...] = ()
    orphans: tuple[Orphans, ...] = ()
    source_rejects: int = 0

    @property
    def rows_read(self) -> int:
        return sum(file.rows_read for file in self.files)

    @property
    def new(self) -> int:
        return sum(table.new for table in self.tables)

    @property
    def replaced(self) -> int:
        return sum(table.replaced for table in self.tables)

    @property
    def already_there(self) -> int:
        return sum(table.already_there for table in self.tables)

    @property
    def rejected(self) -> int:
        """Rows rejected by the store and by the source together."""
        return self.source_rejects + sum(table.rejected for table in self.tables)

    @property
    def left_out(self) -> int:
        return sum(part.rows for file in self.files for part in file.left_out)


@dataclass(frozen=True, slots=True)
class Batch:
    """One import: its id, when it was made (UTC), its files, and the rows that were new or replaced, per table."""

    id: str
    at: datetime
    files: tuple[str, ...]
    rows: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a batch back removed: versions of rows per table. Rows that another import states too stay."""

    batch: str
    removed: dict[str, int]
    changed: bool
