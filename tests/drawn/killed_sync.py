"""A sync in a process of its own that is killed at its moment: run as ``python -m drawn.killed_sync URL FOLDER=SECONDS…``.

What it needs is loaded once; each folder then has a child that syncs there and is killed so many seconds after it began (0: never).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from zhanggui.app import Shop
from zhanggui.app.live import Live
from zhanggui.live import syncing
from zhanggui.units import Clock

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROWS = 25
"""So many rows are stored together: many commits in a short sync."""


def sync(folder: Path, keys: Mapping[str, str]) -> None:
    """Read the shop of a workspace to its end."""
    syncing.ROWS_AT_ONCE = ROWS
    with Shop.open(folder, Clock("UTC", lambda: NOW)) as shop:
        Live(shop, keys).sync("tea")


def killed(moments: Mapping[Path, float], keys: Mapping[str, str], *, seconds: float = 900) -> dict[Path, float]:
    """Sync in every folder and kill it at its moment; gives how long each took, and below zero for those that had ended before."""
    told = [f"{folder}={moment}" for folder, moment in moments.items()]
    environment = {**os.environ, **keys, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    command = [sys.executable, "-m", "drawn.killed_sync", *told]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stderr
    return {Path(line.split("=")[0]): float(line.split("=")[1]) for line in done.stdout.splitlines()}


def main(*told: str) -> None:
    """Sync in every folder, each in a process of its own."""
    for each in told:
        folder, _, moment = each.rpartition("=")
        begun, child = time.monotonic(), os.fork()
        if not child:
            try:
                sync(Path(folder), os.environ)
                os._exit(0)
            finally:
                os._exit(3)
        if float(moment):
            time.sleep(float(moment))
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            sys.exit(f"{each}: {status}")
        took = time.monotonic() - begun
        sys.stdout.write(f"{folder}={took if os.WIFSIGNALED(status) or not float(moment) else -took}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
