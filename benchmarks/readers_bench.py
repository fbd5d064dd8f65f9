"""How fast the readers of CSV exports and access logs are, as shares of DuckDB's speed on the same rows.

For every CSV sample of a platform a large file of its shape is drawn. Ours is all of a reader's work: finding the encoding, transcoding,
recognising, cleaning, and the pieces for the store. The peer is ``CREATE TABLE … AS SELECT * FROM read_csv(…, all_varchar=true)`` of the
same text, already in UTF-8: it parses and cleans nothing. A log's lines are read by one regular expression there. Best of three each,
one after the other; ``cpu`` is the share of the speed by processor time, steadier on a busy machine. Bar: 0.5.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.drawn_exports import SAMPLES, sheet_of, write
from zhanggui import sources
from zhanggui.sources.weblogs import COLUMNS
from zhanggui.tables.loading import Options, Sheet

BAR = 0.5
ROWS = 200_000
TAKES = 3
LINES = r'^(\S+) \S+ .*?\[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"(.*)$'
"""The parts of a line of the combined format."""


def _best(work: Callable[[], int]) -> tuple[float, float]:
    """Seconds and processor seconds, the least of several takes each."""
    taken = []
    for _ in range(TAKES):
        wall, cpu = time.perf_counter(), time.process_time()
        assert work() > 0
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(one for one, _ in taken), min(one for _, one in taken)


def _ours(path: Path) -> int:
    readings = sources.read([path], Options(currency="USD", timezone="America/New_York"))
    return sum(one.rows_read for one in readings if one.pieces)


def _parsed(plain: Path, sheet: Sheet) -> int:
    read = "read_csv(?, all_varchar=true, header=true, delim=?, skip=?, quote='\"')"
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE t AS SELECT * FROM {read}", [str(plain), sheet.delimiter, sheet.header_row - 1]
        )
        return len(connection.execute("SELECT 1 FROM t").fetchmany(1))


def _split(plain: Path) -> int:
    names = list(COLUMNS)
    read = "read_csv(?, header=false, delim='\x01', quote='', escape='', columns={'line': 'VARCHAR'})"
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE t AS SELECT regexp_extract(line, ?, ?) FROM {read}", [LINES, names, str(plain)]
        )
        return len(connection.execute("SELECT 1 FROM t").fetchmany(1))


def _against(ours: Callable[[], int], peer: Callable[[], int], rows: int, size: int) -> dict[str, Any]:
    theirs, mine = _best(peer), _best(ours)
    return {
        "rows": rows,
        "megabytes": size / 1e6,
        "seconds": mine[0],
        "peer_seconds": theirs[0],
        "speed": theirs[0] / mine[0],
        "cpu": theirs[1] / mine[1],
    }


def of_sample(sample: Path, rows: int, folder: Path) -> dict[str, Any]:
    """One reader against the peer, on a file in the shape of a sample."""
    # A report without days of its own says them in its name.
    dated = sample.stem if any(sign.isdigit() for sign in sample.stem) else f"{sample.stem}_2026-08-01"
    path = folder / f"{dated}{sample.suffix}"
    plain = write(sample, rows, path)
    sheet = sheet_of(path)
    found = _against(lambda: _ours(path), lambda: _parsed(plain, sheet), rows, plain.stat().st_size)
    path.unlink()
    plain.unlink()
    return found


def of_log(rows: int, folder: Path) -> dict[str, Any]:
    """An access log of many visitors, half of its lines pages, against one regular expression over its lines."""
    path = folder / "access.log"
    lines = [line for line in (SAMPLES / "access_combined.log").read_text().splitlines() if line]
    with path.open("w", encoding="utf-8") as file:
        for n in range(rows):
            clock = f"{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}"
            line = lines[n % len(lines)].replace("203.0.113.7", f"203.0.{n // 40 % 250}.{n // 9000 % 250}")
            file.write(line.replace("23:58:10", clock).replace("/p/mug", f"/p/mug-{n % 2000}") + "\n")
    found = _against(lambda: _ours(path), lambda: _split(path), rows, path.stat().st_size)
    path.unlink()
    return found


def run(scale: float = 1.0) -> dict[str, Any]:
    """Every CSV reader and the access logs at ``scale`` × 200,000 rows. Returns both sides and the shares of the peer's speed."""
    rows = max(int(ROWS * scale), 100)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for sample in sorted(SAMPLES.iterdir()):
            if sample.suffix in (".csv", ".tsv", ".txt"):
                found[sample.stem] = of_sample(sample, rows, folder)
        found["access_combined"] = of_log(rows, folder)
    below = [name for name, one in found.items() if one["cpu"] < BAR]
    return {**found, "bar": BAR, "readers": len(found), "below": ", ".join(below) or "none"}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    print(json.dumps(run(parser.parse_args().scale), indent=2))
