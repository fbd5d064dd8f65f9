"""What earlier briefs said, so that nothing is said twice unchanged: one line a day and finding in ``said.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from zhanggui.brief.kinds import Said
from zhanggui.playbooks.kinds import Finding

AGAIN_AFTER_DAYS = 28
WEEKLY = "weekly"
"""Notes that the claims of four weeks against four were tested: once in seven days, or seven looks a week would spend the error budget."""
MOVED = 0.25


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as it was said on one day."""

    day: date
    id: str
    size: float


def read(path: Path | None) -> list[Line]:
    """Everything said so far, oldest first. A line that cannot be read (a cut write) is passed over."""
    if path is None or not path.is_file():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(text)
            lines.append(Line(date.fromisoformat(row["day"]), row["id"], float(row["size"])))
        except (ValueError, KeyError, TypeError):
            continue
    return sorted(lines, key=lambda line: line.day)


def with_state(findings: Iterable[Finding], earlier: Sequence[Line], today: date) -> list[Said]:
    """Each finding as new, changed (its money moved by a quarter, or 28 days have passed since it was last said) or open."""
    past: dict[str, list[Line]] = {}
    for line in earlier:
        if line.day < today:
            past.setdefault(line.id, []).append(line)
    said = []
    for finding in findings:
        lines = past.get(finding.id)
        if not lines:
            said.append(Said(finding, "new", today))
            continue
        last = lines[-1]
        moved = abs(finding.size - last.size) >= MOVED * max(abs(last.size), 1e-9)
        stale = today - last.day >= timedelta(days=AGAIN_AFTER_DAYS)
        said.append(Said(finding, "changed" if moved or stale else "open", lines[0].day))
    return said


def weekly_due(earlier: Sequence[Line], today: date) -> bool:
    """Whether no other brief of the last six days tested the weekly claims."""
    return not any(line.id == WEEKLY and timedelta(0) < today - line.day < timedelta(days=7) for line in earlier)


def note(
    path: Path | None,
    said: Sequence[Said],
    earlier: Sequence[Line],
    today: date,
    *,
    weekly: bool,
    morning: date | None = None,
) -> None:
    """Write down what is new or changed today, and that the weekly claims were tested, on the day of ``morning`` where the week counts from
    another than ``today``; the same day's brief again adds nothing."""
    if path is None:
        return
    known = {(line.day, line.id) for line in earlier}
    lines = [(today, s.finding.id, s.finding.size) for s in said if s.state != "open"]
    lines += [(morning or today, WEEKLY, 0.0)] if weekly else []
    fresh = [(day, name, size) for day, name, size in lines if (day, name) not in known]
    if fresh:
        with path.open("a", encoding="utf-8") as file:
            for day, name, size in fresh:
                row = {"day": day.isoformat(), "id": name, "size": round(size, 2)}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
