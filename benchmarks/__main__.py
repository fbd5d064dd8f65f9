"""``make bench``: runs every ``*_bench.py`` and writes docs/benchmarks.md.

Each has ``run(scale)``, which measures us and the peer in one run and gives its figures.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
ENGINES = ("duckdb", "ibis-framework", "polars", "pyarrow", "pandas")


def names() -> list[str]:
    """The benches in this folder."""
    return sorted(path.stem for path in HERE.glob("*_bench.py"))


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    )
    return {
        "taken": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": commit.stdout.strip(),
        "machine": f"{os.cpu_count()} cores, {pages * size / 2**30:.0f} GiB, {platform.machine()}, {platform.system()}",
        "load": f"{os.getloadavg()[0]:.1f} at the start",
        "python": platform.python_version(),
        **{name: version(name) for name in ENGINES},
    }


def figures(found: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every figure of a bench, flat: ``peer.seconds`` and its value as text."""
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from figures(value, f"{before}{name}.")
        elif isinstance(value, float):
            yield before + name, f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
        else:
            yield before + name, f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def section(name: str, scale: float) -> tuple[str, bool]:
    """A bench's part of the page, and whether it ran."""
    module = importlib.import_module(f"benchmarks.{name}")
    opening = (module.__doc__ or "").strip()
    start = time.perf_counter()
    try:
        rows = list(figures(module.run(scale)))
    except Exception:
        return f"## {name}\n\n{opening}\n\nDID NOT RUN:\n\n```\n{traceback.format_exc(limit=-2).strip()}\n```", False
    took = time.perf_counter() - start
    lines = ["| figure | value |", "|---|---:|", *(f"| {figure} | {value} |" for figure, value in rows)]
    return f"## {name}\n\n{opening}\n\n" + "\n".join(lines) + f"\n\nTook {took:.0f} s.", True


def main() -> int:
    """Run the benches named, or all; gives 1 where one did not run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 for the sizes the bars name")
    parser.add_argument("--json", action="store_true", help="print the figures instead of writing the page")
    parser.add_argument("only", nargs="*", metavar="BENCH", help=f"of {', '.join(names())}; all by default")
    asked = parser.parse_args()
    chosen = asked.only or names()
    if asked.json:
        print(
            json.dumps(
                {name: importlib.import_module(f"benchmarks.{name}").run(asked.scale) for name in chosen}, indent=2
            )
        )
        return 0
    about = machine()
    parts, whole = [], True
    for name in chosen:
        print(f"{name} …", flush=True)
        part, ran = section(name, asked.scale)
        parts.append(part)
        whole = whole and ran
        if not ran:
            print(f"{name} DID NOT RUN", file=sys.stderr)
    facts = "\n".join(f"- {name}: {value}" for name, value in about.items())
    note = f"Written by `make bench` at scale {asked.scale:g}. Ours and the peer run in one go on one machine: read the ratios."
    PAGE.write_text("\n\n".join(["# Benchmarks", note, facts, *parts]) + "\n", encoding="utf-8")
    print(f"wrote {PAGE.relative_to(HERE.parent)}")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
