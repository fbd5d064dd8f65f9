"""The warehouse: stage, version, fold, undo, derive. The only room that knows the engine's name."""

from __future__ import annotations

from zhanggui.store.bookmarks import Kept
from zhanggui.store.export import parquet_copy
from zhanggui.store.reconcile import (
    Batch,
    FileCount,
    MoneyCheck,
    Orphans,
    Reconciliation,
    Reject,
    TableCount,
    Undone,
)
from zhanggui.store.warehouse import Warehouse

__all__ = [
    "Batch",
    "FileCount",
    "Kept",
    "MoneyCheck",
    "Orphans",
    "Reconciliation",
    "Reject",
    "TableCount",
    "Undone",
    "Warehouse",
    "parquet_copy",
]
