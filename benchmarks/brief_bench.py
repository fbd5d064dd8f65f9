"""How long a whole brief takes, against the same numbers as hand-written SQL one after another, and in pandas.

A drawn shop of two years is imported once and kept. The brief is made three times in one process with nothing remembered; the first is
given apart (it builds and compiles the questions), the best of the others counts. The SQL gathers the same numbers from the same tables,
without a word on what is unusual; pandas gathers them from tables that it has in memory before its clock starts. Rows and sums of all
three must be equal. Bars: at most 3 × the SQL and 2 s more, at most 40 questions to the engine, faster than pandas; growth no worse
than linear; below 3 GB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.brief_shop import AS_OF, folder_of

LINES = 1_000_000
MOST_QUESTIONS = 40

_CLOCK = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
folder, as_of = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
def timed(work, rounds=3):
    walls, works = [], []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        walls.append(time.perf_counter() - wall)
        works.append(time.process_time() - cpu)
    said = {"seconds": min(walls[1:]), "cpu": min(works[1:]), "first_seconds": walls[0], "first_cpu": works[0]}
    said["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return said, found
"""

_BRIEF = """
from zhanggui.app import Shop
with Shop.open(folder / "shop") as shop:
    before = shop.warehouse.queries
    said, brief = timed(lambda: shop.brief(as_of, remember=False))
    said["questions"] = (shop.warehouse.queries - before) // 3
    other = as_of.replace(day=as_of.day - 5)
    said["other_day_cpu"] = timed(lambda: shop.brief(other, remember=False), 2)[0]["first_cpu"]
print(json.dumps(said))
"""

_SQL = """
from benchmarks.brief_sql import queries
from zhanggui.app import Shop
with Shop.open(folder / "shop") as shop:
    run = shop.warehouse._connection.sql
    said, found = timed(lambda: {name: run(query).to_arrow_table() for name, query in queries(as_of).items()})
    from benchmarks.brief_bench import check
    said["sums"] = check(shop.warehouse, as_of, found)
said["queries"] = len(found)
print(json.dumps(said))
"""

_PANDAS = """
from benchmarks.brief_pandas import gathered, loaded
tables = loaded(folder, as_of)
said, found = timed(lambda: gathered(tables, as_of))
from benchmarks.brief_bench import totals
print(json.dumps(said | {"sums": {name: totals(table) for name, table in found.items()}}))
"""


def check(warehouse: Any, as_of: Any, found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Every frame that SQL gives has as many rows and the same sums as ours; our sums. Raises AssertionError."""
    import polars as pl

    from zhanggui.numbers.frames import FRAMES, View

    sums = {}
    for name, table in found.items():
        if name in FRAMES:
            sums[name] = totals(FRAMES[name](warehouse, View(as_of)).to_pandas())
            same(name, sums[name], totals(pl.DataFrame(table).to_pandas()))
    return sums


def totals(table: Any) -> dict[str, float]:
    """How many rows a pandas table has, and the sum of each column of numbers."""
    numbers = table.reset_index().select_dtypes("number").astype("float64")
    return {"rows": float(len(table)), **{str(name): float(total) for name, total in numbers.sum().items()}}


def same(name: str, ours: dict[str, float], theirs: dict[str, float]) -> None:
    """The sums that two tables both have are equal. Raises AssertionError."""
    for column in ours.keys() & theirs.keys() - {"index"}:
        mine, other = ours[column], theirs[column]
        assert abs(mine - other) <= 1e-9 * max(abs(other), 1.0), f"{name}.{column}: {mine} against {other}"


def timed(program: str, folder: Path, as_of: date = AS_OF) -> dict[str, Any]:
    """What a program of the clock said of the shop in ``folder``, run in a process of its own. Raises RuntimeError where it broke."""
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", _CLOCK + program, str(folder), as_of.isoformat()],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    measured: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def measure(lines: int, *, peers: bool) -> dict[str, Any]:
    """One size of the shop; the numbers of all must be equal."""
    folder = folder_of(lines)
    ours = timed(_BRIEF, folder)
    if ours["questions"] > MOST_QUESTIONS:
        raise AssertionError(f"the brief asked the engine {ours['questions']} times")
    found: dict[str, Any] = {"lines": lines, "ours": ours}
    if peers:
        sql, pandas = found["sql"], found["pandas"] = timed(_SQL, folder), timed(_PANDAS, folder)
        our_sums, their_sums = sql.pop("sums"), pandas.pop("sums")
        for name in our_sums.keys() & their_sums.keys():
            same(name, our_sums[name], their_sums[name])
        for unit in ("seconds", "cpu"):
            found[f"{unit}_of_bar"] = ours[unit] / (3 * sql[unit] + 2)
            found[f"{unit}_of_sql"] = ours[unit] / sql[unit]
            found[f"{unit}_of_pandas"] = ours[unit] / pandas[unit]
    return found


def run(scale: float = 1.0) -> dict[str, Any]:
    """A tenth of and one million order lines at scale 1, with the peers beside the larger; from scale 10 on ten million, too."""
    steps = (0.1, 1.0, 10.0) if scale >= 10 else (0.1, 1.0)
    unit = 1.0 if scale >= 10 else scale
    sizes = {f"x{step:g}": measure(int(LINES * step * unit), peers=step == 1.0) for step in steps}
    cpu = [size["ours"]["cpu"] for size in sizes.values()]
    growth = {
        f"growth_to_{step:g}": later / earlier for step, earlier, later in zip(steps[1:], cpu, cpu[1:], strict=False)
    }
    return {**sizes, **growth}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    print(json.dumps(run(parser.parse_args().scale), indent=2))
