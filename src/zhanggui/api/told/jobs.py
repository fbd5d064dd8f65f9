"""Long work: how far it is, and what came of it."""

from __future__ import annotations

from datetime import datetime

from zhanggui.api.told.common import Fault, Told
from zhanggui.api.told.imports import Reconciled


class JobTold(Told):
    """One piece of long work. ``step`` is the one at hand; ``reconciled`` is what an import did, ``error`` why work failed; both only as
    long as the desk that did it runs. What changed the data is one transaction: a job that is not done changed nothing."""

    id: str
    kind: str
    by: str
    at: datetime
    ended_at: datetime | None
    about: list[str]
    state: str
    step: str
    batch: str
    reconciled: Reconciled | None = None
    error: Fault | None = None


class JobsTold(Told):
    """A page of the work, the latest first."""

    jobs: list[JobTold]
    next: str | None = None
