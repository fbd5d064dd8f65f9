"""Long work in the background: one job after another, its progress for whoever looks, and a note on disk of what was begun.

A server that was killed leaves jobs that were begun and not ended; the next one says so. What a job does to the warehouse is one
transaction, so a job that did not end left nothing behind.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue
from secrets import token_hex
from typing import Any, Literal

from zhanggui.errors import Broken, ZhangguiError

FILE = "jobs.json"
KEPT = 40
"""How many ended jobs are remembered."""

State = Literal["waiting", "running", "done", "failed", "broken_off"]
Step = Callable[[str], None]
"""What work calls with the name of each step it begins."""
Work = Callable[[Step], Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work. ``about`` says what of (file names); ``before`` is what the caller noted of how things stood; ``result`` and
    ``error`` are there once it has ended, as long as this process lives."""

    id: str
    kind: str  # ``jobs.kind.<kind>`` is what it is called
    by: str
    at: datetime
    about: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    state: State = "waiting"
    step: int = 0
    ended_at: datetime | None = None
    before: str = ""
    after: str = ""  # what it made, such as a batch
    result: Any = None
    error: ZhangguiError | None = None

    @property
    def ended(self) -> bool:
        return self.state not in ("waiting", "running")

    @property
    def step_name(self) -> str:
        """The step at hand; empty before the first."""
        return self.steps[self.step - 1] if 0 < self.step <= len(self.steps) else ""


class Jobs:
    """The jobs of one workspace. They run one at a time, in the order they came; what was begun stands in ``jobs.json``."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._guard = threading.Lock()
        self._queue: Queue[tuple[str, Work] | None] = Queue()
        self._thread: threading.Thread | None = None
        self._jobs = {job.id: _broken_off(job) for job in _read(self._file)}

    def begin(
        self, kind: str, work: Work, *, by: str, steps: Sequence[str], about: Sequence[str] = (), before: str = ""
    ) -> Job:
        """Put work in line and give its job at once. ``work`` is called with a function that takes the name of each of ``steps``."""
        job = Job(token_hex(8), kind, by, datetime.now(UTC), tuple(about), tuple(steps), before=before)
        with self._guard:
            self._jobs[job.id] = job
            self._write()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
                self._thread.start()
        self._queue.put((job.id, work))
        return job

    def find(self, id: str) -> Job | None:
        """A job by its id; None for one that is not known (any more)."""
        with self._guard:
            return self._jobs.get(id)

    def all(self) -> list[Job]:
        """Every job that is remembered, the latest first."""
        with self._guard:
            return sorted(self._jobs.values(), key=lambda job: job.at, reverse=True)

    def running(self) -> Job | None:
        """The job at work, else the next in line."""
        return next((job for job in reversed(self.all()) if not job.ended), None)

    def mend(self, id: str, after: str) -> None:
        """Note that a job which seemed broken off had ended: what it was to make is there."""
        self._change(id, state="done", after=after)

    def forget(self, id: str) -> None:
        """Take a job that has ended off the list."""
        with self._guard:
            job = self._jobs.get(id)
            if job is not None and job.ended:
                del self._jobs[id]
                self._write()

    def close(self) -> None:
        """Wait for the job at hand; those in line behind it are not begun."""
        with self._guard:
            thread = self._thread
        if thread is None:
            return
        with suppress(Empty):
            while True:
                self._queue.get_nowait()
        self._queue.put(None)
        thread.join()

    def _run(self) -> None:
        while (taken := self._queue.get()) is not None:
            id, work = taken
            self._change(id, state="running")
            try:
                result = work(lambda name, id=id: self._step(id, name))  # type: ignore[misc]
            except ZhangguiError as error:
                self._change(id, state="failed", error=error)
            except Exception as error:
                logging.getLogger(__name__).exception("job %s", id)
                self._change(id, state="failed", error=Broken("jobs.broken", reason=type(error).__name__))
            else:
                self._change(id, state="done", result=result, after=str(getattr(result, "batch", "") or ""))

    def _step(self, id: str, name: str) -> None:
        with self._guard:
            job = self._jobs[id]
            self._jobs[id] = replace(job, step=job.steps.index(name) + 1)

    def _change(self, id: str, **values: Any) -> None:
        with self._guard:
            job = replace(self._jobs[id], **values)
            self._jobs[id] = replace(job, ended_at=datetime.now(UTC)) if job.ended else job
            self._write()

    def _write(self) -> None:
        ended = sorted((job for job in self._jobs.values() if job.ended), key=lambda job: job.at)
        for job in ended[:-KEPT]:
            del self._jobs[job.id]
        draft = self._file.with_name(f"{FILE}.tmp")
        told = [_told(job) for job in self._jobs.values()]
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(self._file)


def _broken_off(job: Job) -> Job:
    return job if job.ended else replace(job, state="broken_off", ended_at=job.at)


def _told(job: Job) -> dict[str, Any]:
    texts = {name: getattr(job, name) for name in ("id", "kind", "by", "state", "step", "before", "after")}
    ended = job.ended_at.isoformat() if job.ended_at else None
    return {**texts, "at": job.at.isoformat(), "ended_at": ended, "about": job.about, "steps": job.steps}


def _read(file: Path) -> list[Job]:
    """The jobs noted on disk. A note that cannot be read (a disk that was full) is no reason not to start."""
    try:
        return [_job(told) for told in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _job(told: Mapping[str, Any]) -> Job:
    ended = told["ended_at"]
    return Job(
        id=str(told["id"]),
        kind=str(told["kind"]),
        by=str(told["by"]),
        at=datetime.fromisoformat(told["at"]),
        about=tuple(told["about"]),
        steps=tuple(told["steps"]),
        state=told["state"],
        step=int(told["step"]),
        ended_at=datetime.fromisoformat(ended) if ended else None,
        before=str(told["before"]),
        after=str(told["after"]),
    )
