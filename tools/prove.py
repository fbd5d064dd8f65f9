"""``make prove``: runs the long proofs and the benches and writes docs/proof.md, with what was not run said first.

``ZHANGGUI_DATA`` names the folder of the data sets that may not be passed on. A proof may note figures with pytest's
``record_property``; they stand beside it on the page.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "proof.md"
DATA = "ZHANGGUI_DATA"
sys.path.insert(0, str(ROOT))

from benchmarks.__main__ import machine  # noqa: E402
from benchmarks.decisions.__main__ import HEADING  # noqa: E402


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof: its test, how it ended (held, failed, not run), how long it took, what it noted or why it failed."""

    name: str
    ended: str
    seconds: float
    figures: str


def proofs(report: Path) -> list[Proof]:
    """The proofs of a JUnit report, in its order."""
    return [_proof(case) for case in ElementTree.parse(report).getroot().iter("testcase")]


def _proof(case: ElementTree.Element) -> Proof:
    name = f"{case.get('classname', '').removeprefix('tests.')}::{case.get('name', '')}"
    seconds = float(case.get("time") or 0)
    trouble = next((found for kind in ("failure", "error", "skipped") if (found := case.find(kind)) is not None), None)
    if trouble is None:
        noted = [f"{noted.get('name')} {noted.get('value')}" for noted in case.iter("property")]
        return Proof(name, "held", seconds, "; ".join(noted))
    said = " ".join((trouble.get("message") or trouble.text or "").split())[:300]
    needs_data = not os.environ.get(DATA) and DATA in (said + (trouble.text or ""))
    return Proof(name, "not run" if needs_data else "failed", seconds, f"needs {DATA}" if needs_data else said)


def run_proofs() -> list[Proof]:
    """Run every test marked ``prove``."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        side_by_side = ["-n", os.environ.get("WORKERS", "2"), "--dist", "load"]
        written = [f"--junitxml={report}", "-o", "junit_family=xunit1"]
        program = [sys.executable, "-m", "pytest", "-m", "prove", *side_by_side, *written]
        subprocess.run(program, cwd=ROOT, check=False)
        return proofs(report) if report.is_file() else []


def page(found: list[Proof], benches: bool) -> str:
    """The page: what was not run, then the machine, then every proof."""
    missing = [proof for proof in found if proof.ended == "not run"]
    failed = [proof for proof in found if proof.ended == "failed"]
    loud = []
    if not found:
        loud.append("**NO PROOF RAN.**")
    if missing:
        loud.append(f"**NOT RUN: {len(missing)} of {len(found)} proofs**, because `{DATA}` was not set.")
    if failed:
        loud.append(f"**FAILED: {len(failed)} of {len(found)} proofs.**")
    if not benches:
        loud.append("**NOT WHOLE: a bench did not run**, see [benchmarks](benchmarks.md).")
    held = sum(proof.ended == "held" for proof in found)
    facts = "\n".join(f"- {name}: {value}" for name, value in machine().items())
    rows = [
        f"| `{proof.name}` | {proof.ended} | {proof.seconds:.1f} | {proof.figures.replace('|', chr(92) + '|') or '–'} |"
        for proof in found
    ]
    table = "\n".join(["| proof | ended | seconds | figures |", "|---|---|---:|---|", *rows])
    verdict = f"{held} of {len(found)} proofs held. Speed and memory: [benchmarks](benchmarks.md)."
    return "\n\n".join(["# Proof", "Written by `make prove`.", *loud, facts, verdict, table]) + "\n"


def main() -> int:
    """Prove, bench, write the page; gives 1 unless everything ran and held."""
    if not os.environ.get(DATA):
        print(f"{DATA} IS NOT SET: proofs on data sets that may not be passed on CANNOT RUN.", file=sys.stderr)
    found = run_proofs()
    scale = os.environ.get("SCALE", "1")
    benches = (
        subprocess.run([sys.executable, "-m", "benchmarks", "--scale", scale], cwd=ROOT, check=False).returncode == 0
    )
    decisions = PAGE.read_text(encoding="utf-8").partition(f"\n{HEADING}\n") if PAGE.is_file() else ("", "", "")
    PAGE.write_text(page(found, benches) + decisions[1] + decisions[2], encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    for proof in found:
        if proof.ended != "held":
            print(f"{proof.ended.upper()}: {proof.name} ({proof.figures})", file=sys.stderr)
    return 0 if found and benches and all(proof.ended == "held" for proof in found) else 1


if __name__ == "__main__":
    sys.exit(main())
