"""How long ``zhanggui --help`` and ``zhanggui metrics`` take, against ``python -c "import typer, rich"``.

The median of several runs that take turns; the bar is 3 ×.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Any

TIMES = 11
PEER = ("-c", "import typer, rich")
OURS = "import sys; from zhanggui.cli import main; sys.exit(main())"


def seconds(*arguments: str) -> float:
    """How long one run of Python takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def run(scale: float = 1.0) -> dict[str, Any]:
    """Take turns, so that a busy moment falls on all alike. Gives the median seconds and ratios."""
    turns = max(int(TIMES * scale), 5)
    commands = {"peer": PEER, "help": ("-c", OURS, "--help"), "metrics": ("-c", OURS, "metrics")}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(turns + 1):  # the first turn warms the disk and is not counted
        for name, arguments in commands.items():
            taken[name].append(seconds(*arguments))
    median = {name: statistics.median(times[1:]) for name, times in taken.items()}
    ratios = {f"{name}_ratio": median[name] / median["peer"] for name in ("help", "metrics")}
    return {"turns": turns, "seconds": median, **ratios}
