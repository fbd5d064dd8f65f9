"""The experiments of a workspace, as they were planned and what was done about them. Nothing is changed once it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zhanggui.errors import BadValue, Decided
from zhanggui.experiments.kinds import Baseline, Experiment, Happened, Plan, Variant
from zhanggui.state.database import Database
from zhanggui.state.experiments import ExperimentEventRow, ExperimentRow
from zhanggui.units import Clock, Period


class Register:
    """The experiments in an open ledger file."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> list[Experiment]:
        """Every experiment, the oldest first."""
        with self._database.reading() as session:
            events = session.scalars(select(ExperimentEventRow).order_by(ExperimentEventRow.number)).all()
            rows = session.scalars(select(ExperimentRow).order_by(ExperimentRow.at, ExperimentRow.id)).all()
            return [_experiment(row, [event for event in events if event.experiment == row.id]) for row in rows]

    def found(self, id: str) -> Experiment:
        """The experiment of this id. Raises BadValue for an unknown one, with the ids most like it."""
        with self._database.reading() as session:
            return self._one(session, id)

    def note(self, plan: Plan, *, by: str) -> Experiment:
        """Write a plan down. Raises Decided where its id is taken."""
        try:
            with self._database.writing() as session:
                session.add(
                    ExperimentRow(
                        id=plan.id,
                        name=plan.name,
                        change=plan.change,
                        unit=plan.unit,
                        metric=plan.metric,
                        start=plan.start,
                        end=plan.end,
                        planned=plan.planned,
                        smallest=plan.smallest,
                        variants={"variants": [[variant.name, variant.share] for variant in plan.variants]},
                        baseline=_plain(plan.baseline),
                        note=plan.note,
                        action=plan.action,
                        by=by,
                        at=self._now(),
                        day=self._clock.today(),
                    )
                )
                session.flush()
                return self._one(session, plan.id)
        except IntegrityError:
            raise Decided("experiments.id_taken", id=plan.id) from None

    def assigned(self, id: str, *, by: str, counts: Mapping[str, int], file: str) -> Experiment:
        """Note that units were assigned. Raises Decided where the experiment is stopped."""
        return self._happened(id, "assigned", by, {"counts": dict(counts), "file": file})

    def stop(self, id: str, *, by: str, why: str, reading: Mapping[str, Any]) -> Experiment:
        """Close an experiment, with the reason and what it showed then. Raises Decided where it is stopped already."""
        return self._happened(id, "stopped", by, {"why": why, "reading": dict(reading)})

    def _happened(self, id: str, verb: str, by: str, content: dict[str, Any]) -> Experiment:
        with self._database.writing() as session:
            known = self._one(session, id)
            if stop := known.stopped:
                raise Decided("experiments.stopped", id=id, by=stop.by, day=stop.day)
            steps = select(func.max(ExperimentEventRow.step)).where(ExperimentEventRow.experiment == id)
            session.add(
                ExperimentEventRow(
                    experiment=id,
                    step=(session.scalar(steps) or 0) + 1,
                    verb=verb,
                    by=by,
                    at=self._now(),
                    day=self._clock.today(),
                    content=content,
                )
            )
            session.flush()
            return self._one(session, id)

    def _one(self, session: Session, id: str) -> Experiment:
        row = session.get(ExperimentRow, id)
        if row is None:
            ids = list(session.scalars(select(ExperimentRow.id).order_by(ExperimentRow.id)))
            near = get_close_matches(id, ids, 3) or ids[-5:]
            raise BadValue("experiments.unknown", id=id, near=", ".join(near) or "–")
        events = select(ExperimentEventRow).where(ExperimentEventRow.experiment == id)
        return _experiment(row, session.scalars(events.order_by(ExperimentEventRow.step)).all())

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC).replace(tzinfo=None)


def _experiment(row: ExperimentRow, events: Sequence[ExperimentEventRow]) -> Experiment:
    plan = Plan(
        id=row.id,
        name=row.name,
        change=row.change,
        unit=row.unit,  # type: ignore[arg-type]
        metric=row.metric,  # type: ignore[arg-type]
        variants=tuple(Variant(str(name), float(share)) for name, share in row.variants["variants"]),
        start=row.start,
        end=row.end,
        planned=row.planned,
        smallest=row.smallest,
        baseline=_baseline(row.baseline),
        note=row.note,
        action=row.action,
    )
    history = [Happened(event.verb, event.by, event.at, event.day, event.content) for event in events]  # type: ignore[arg-type]
    return Experiment(plan, row.by, row.at, row.day, tuple(history))


def _plain(baseline: Baseline | None) -> dict[str, Any]:
    if baseline is None:
        return {}
    period = baseline.period
    ends = [period.start.isoformat(), period.end.isoformat()] if period else None
    return asdict(baseline) | {"period": ends}


def _baseline(stored: Mapping[str, Any]) -> Baseline | None:
    if not stored:
        return None
    ends = stored["period"]
    period = Period(*map(date.fromisoformat, ends)) if ends else None
    return Baseline(**{**stored, "period": period})
