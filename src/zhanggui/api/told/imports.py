"""Imports: the list, one reconciliation, one taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhanggui.api.told.common import Told


class Import(Told):
    """One import: when (UTC), which files, how many rows of each table were new or replaced."""

    id: str
    at: datetime
    files: list[str]
    rows: dict[str, int]
    rejected: int
    undone_at: datetime | None


class Imports(Told):
    """A page of the imports, oldest first."""

    imports: list[Import]
    next: str | None = None


class Counts(Told):
    """Rows of all files together."""

    read: int
    new: int
    replaced: int
    already_there: int
    rejected: int
    left_out: int


class RejectedRow(Told):
    """A row that was not taken, and why."""

    file: str
    table: str
    row: int
    column: str
    value: str
    text: str


class RejectTold(RejectedRow):
    """The same, with the code of the reason."""

    reason: str


class Reconciled(Told):
    """What an import did, or would do: every row and the money of the files against what arrived."""

    batch: str
    dry_run: bool
    changed: bool
    rows: Counts
    files: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    rejects: list[RejectTold]
    notes: list[str]
    orphans: list[dict[str, Any]]


class TakenBack(Told):
    """What taking an import back removed, by table."""

    batch: str
    removed: dict[str, int]
    changed: bool
