"""``make bench-decisions``: proves the chain of decisions on practice shops and writes its section of docs/proof.md.

Every part is a file of this folder: ``PIECES`` with ``one(piece)`` and ``summed(found)``, done by two processes, or ``run(...)`` as a
whole. Seeds are fixed: the same code gives the same figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.__main__ import figures, machine
from benchmarks.decisions.bars import BARS
from benchmarks.decisions.pieces import module_of, piece_of

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "proof.md"
HEADING = "## Decisions"
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Ran:
    """A part's figures, how many seconds of one core it took, and what went wrong."""

    name: str
    found: Mapping[str, Any]
    seconds: float
    trouble: str = ""


def parts() -> list[str]:
    """The parts of the proof: files that can be run, the long ones first."""
    names = [path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_")]
    found = [name for name in names if hasattr(module_of(name), "PIECES") or hasattr(module_of(name), "run")]
    return sorted(found, key=lambda name: (-len(getattr(module_of(name), "PIECES", ())), name))


def prove(names: Sequence[str], *, every: int = 1, workers: int = WORKERS) -> list[Ran]:
    """Run parts over ``workers`` processes; of parts in pieces only each ``every``-th piece."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), max_tasks_per_child=20) as pool:
        begun: dict[str, list[Future[tuple[Any, float]]]] = {}
        for name in names:
            pieces = list(getattr(module_of(name), "PIECES", [None]))[::every]
            begun[name] = [pool.submit(piece_of, name, piece) for piece in pieces]
        return [_collected(name, futures) for name, futures in begun.items()]


def _collected(name: str, futures: Sequence[Future[tuple[Any, float]]]) -> Ran:
    """Wait for a part's pieces and sum them; a piece that broke breaks the part."""
    found, seconds = [], 0.0
    for future in futures:
        try:
            one, took = future.result()
        except Exception as error:
            return Ran(name, {}, seconds, f"{type(error).__name__}: {error}")
        found.append(one)
        seconds += took
    module = module_of(name)
    ran = Ran(name, module.summed(found) if hasattr(module, "summed") else found[0], seconds)
    print(f"{name}: {seconds:.0f} s of one core", flush=True)
    return ran


def section(ran: Sequence[Ran], took: float, note: str = "") -> str:
    """The page's section: the bars first, then every figure."""
    by_name = {one.name: one for one in ran}
    rows = ["| what | bar | here | |", "|---|---:|---:|---|"]
    for bar in BARS:
        one = by_name.get(bar.part)
        value = bar.value(one.found) if one else None
        here = "not run" if value is None else f"{value:.3g}"
        holds = "–" if value is None else "holds" if one is not None and bar.holds(one.found) else "**DOES NOT HOLD**"
        rows.append(f"| {bar.says} | {bar.bounds} | {here} | {holds} |")
    facts = "; ".join(f"{name} {value}" for name, value in machine().items())
    told = [f"Written by `make bench-decisions` in {took / 60:.0f} minutes on {WORKERS} processes ({facts})."]
    if note:
        told.append(f"**{note}**")
    lines = [HEADING, *told, "\n".join(rows)]
    for one in ran:
        opening = (module_of(one.name).__doc__ or "").strip()
        if one.trouble:
            lines.append(f"### {one.name}\n\n{opening}\n\nDID NOT RUN: {one.trouble}")
            continue
        table = "\n".join(
            ["| figure | value |", "|---|---:|", *(f"| {name} | {value} |" for name, value in figures(one.found))]
        )
        lines.append(f"### {one.name}\n\n{opening}\n\n{table}\n\nTook {one.seconds:.0f} s of one core.")
    return "\n\n".join(lines) + "\n"


def kept(page: str) -> str:
    """The page without this section."""
    return page.partition(f"\n{HEADING}\n")[0].rstrip() + "\n"


def main() -> int:
    """Prove the parts named, or all; gives 1 unless every bar of what ran holds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions", description=__doc__)
    parser.add_argument(
        "--every", type=int, default=1, help="only each n-th piece of a part: a quick look, not a proof"
    )
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--json", action="store_true", help="print the figures instead of writing the page")
    parser.add_argument("only", nargs="*", metavar="PART", help=f"of {', '.join(parts())}; all by default")
    asked = parser.parse_args()
    start = time.perf_counter()
    ran = prove(asked.only or parts(), every=asked.every, workers=asked.workers)
    took = time.perf_counter() - start
    if asked.json:
        print(json.dumps({one.name: one.found or one.trouble for one in ran}, indent=2, default=str))
    else:
        missing = sorted(set(parts()) - {one.name for one in ran})
        notes = [f"NOT IN THIS RUN: {', '.join(missing)}."] if missing else []
        notes += [f"ONLY EACH {asked.every}th PIECE."] if asked.every > 1 else []
        page = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else "# Proof\n"
        PAGE.write_text(kept(page) + "\n" + section(ran, took, " ".join(notes)), encoding="utf-8")
        print(f"wrote {HEADING} of {PAGE.name}")
    by_name = {one.name: one for one in ran}
    failed = [bar for bar in BARS if bar.part in by_name and not bar.holds(by_name[bar.part].found)]
    for bar in failed:
        print(f"DOES NOT HOLD: {bar.says} ({bar.bounds}): {bar.value(by_name[bar.part].found)}", file=sys.stderr)
    return 1 if failed or any(one.trouble for one in ran) else 0


if __name__ == "__main__":
    sys.exit(main())
