"""Opening the warehouse's file: one process writes, the others wait a little and then say who holds it."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import duckdb

from zhanggui.config import Config
from zhanggui.errors import Busy, WorkspaceError

_HOLDER = re.compile(r"\(PID (\d+)\)")
_PAUSE_SECONDS = 0.1
THREADS = os.cpu_count() or 2


def settings(folder: Path, config: Config) -> dict[str, Any]:
    """How the engine runs here: bounded memory, spilling inside the workspace, no downloads."""
    return {
        "memory_limit": f"{int(config['memory_limit_mb'])}MB",
        "threads": THREADS,
        "temp_directory": str(folder.resolve() / ".spill"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }


def connect(
    folder: Path, file: Path, config: Config, *, read_only: bool, wait_seconds: float
) -> duckdb.DuckDBPyConnection:
    """A connection to the warehouse's file.

    Raises Busy, with the holder's process id, when it is still held after ``wait_seconds``; WorkspaceError when it cannot be
    opened at all.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            connection = duckdb.connect(str(file.resolve()), read_only=read_only, config=settings(folder, config))
        except duckdb.Error as error:
            if not _held(error):
                raise _unopened(file, error) from None
            if time.monotonic() >= deadline:
                holder = _HOLDER.search(str(error))
                pid = holder.group(1) if holder else str(os.getpid())
                raise Busy("store.busy", file=str(file), pid=pid, seconds=round(wait_seconds, 1)) from None
            time.sleep(_PAUSE_SECONDS)
        else:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")
            return connection


def _held(error: duckdb.Error) -> bool:
    message = str(error)
    return "Could not set lock" in message or "different configuration" in message


def _unopened(file: Path, error: duckdb.Error) -> WorkspaceError:
    message = str(error).splitlines()[0]
    if re.search(r"Permission denied|Read-only file system|read-only|Not a directory|Operation not permitted", message):
        return WorkspaceError("store.not_writable", folder=str(file.parent), reason=message)
    if "newer version of DuckDB" in message or "newer DuckDB version" in message:
        return WorkspaceError("store.newer_version", found="?", known="?")
    return WorkspaceError("store.unreadable", file=str(file), reason=message)
