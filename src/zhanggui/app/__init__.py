"""``Shop``: the one facade that the command line, the API and the desk call. It re-exports the types they annotate with."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhanggui.app.shop import Shop

if TYPE_CHECKING:
    from zhanggui.app.actions import Actions
    from zhanggui.app.backups import Backup
    from zhanggui.app.doing import Application
    from zhanggui.app.experiments import Experiments
    from zhanggui.app.live import Tried
    from zhanggui.app.morning import Morning, decided, morning_of
    from zhanggui.app.outcomes import Outcomes
    from zhanggui.brief import Brief
    from zhanggui.costs import CostSheet
    from zhanggui.ledger import Decision, Entry
    from zhanggui.metrics.kinds import Metric
    from zhanggui.notify import Told
    from zhanggui.numbers.kinds import Answer, Driver, Flag
    from zhanggui.people import Person
    from zhanggui.store import Batch, Reconciliation, Reject, Undone
    from zhanggui.tables.loading import Reading

_HOME = {
    "Actions": "zhanggui.app.actions",
    "Answer": "zhanggui.numbers.kinds",
    "Application": "zhanggui.app.doing",
    "Backup": "zhanggui.app.backups",
    "Batch": "zhanggui.store",
    "Brief": "zhanggui.brief",
    "CostSheet": "zhanggui.costs",
    "Decision": "zhanggui.ledger",
    "Driver": "zhanggui.numbers.kinds",
    "Entry": "zhanggui.ledger",
    "Experiments": "zhanggui.app.experiments",
    "Flag": "zhanggui.numbers.kinds",
    "Metric": "zhanggui.metrics.kinds",
    "Morning": "zhanggui.app.morning",
    "Outcomes": "zhanggui.app.outcomes",
    "Person": "zhanggui.people",
    "Reading": "zhanggui.tables.loading",
    "Reconciliation": "zhanggui.store",
    "Reject": "zhanggui.store",
    "Told": "zhanggui.notify",
    "Tried": "zhanggui.app.live",
    "Undone": "zhanggui.store",
    "decided": "zhanggui.app.morning",
    "morning_of": "zhanggui.app.morning",
}

__all__ = [
    "Actions",
    "Answer",
    "Application",
    "Backup",
    "Batch",
    "Brief",
    "CostSheet",
    "Decision",
    "Driver",
    "Entry",
    "Experiments",
    "Flag",
    "Metric",
    "Morning",
    "Outcomes",
    "Person",
    "Reading",
    "Reconciliation",
    "Reject",
    "Shop",
    "Told",
    "Tried",
    "Undone",
    "at_the_machine",
    "catalogue",
    "caveat_text",
    "decided",
    "morning_of",
]


def __getattr__(name: str) -> Any:
    """The types that shells annotate with, loaded when first asked for."""
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(name)


def catalogue() -> Mapping[str, Metric]:
    """Every metric by name. Needs no workspace and imports no engine."""
    from zhanggui.metrics import METRICS

    return METRICS


def at_the_machine() -> Person:
    """Whoever runs a command: an owner, since the files are theirs anyway."""
    from zhanggui.app.people import at_the_machine

    return at_the_machine()


def caveat_text(flag: Flag, locale: str, currency: str) -> str:
    """Why a number may not be what it seems, in words."""
    from zhanggui.report.naming import caveat

    return caveat(flag, locale, currency)
