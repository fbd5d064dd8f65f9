"""Live shops: one shop system a file, each reads, page by page, what changed since the last time. Nothing is written to a shop here.

Connectors are found by presence: a module of this folder with a ``CONNECTOR``, or an entry point of the group ``zhanggui.connectors``.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from importlib.metadata import entry_points

from zhanggui.errors import BadValue
from zhanggui.live.kinds import Connector


@lru_cache(maxsize=1)
def connectors() -> dict[str, Connector]:
    """Every connector by its kind: those of this folder, then those of other packages."""
    found: dict[str, Connector] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        connector = getattr(importlib.import_module(f"{__name__}.{module.name}"), "CONNECTOR", None)
        if connector is not None:
            found[connector.kind] = connector
    for entry in sorted(entry_points(group="zhanggui.connectors"), key=lambda entry: entry.name):
        connector = entry.load()
        found.setdefault(connector.kind, connector)
    return dict(sorted(found.items()))


def connector(kind: str) -> Connector:
    """The connector of a kind of shop. Raises BadValue for an unknown one."""
    known = connectors()
    if kind not in known:
        raise BadValue("live.unknown_kind", kind=kind, known=", ".join(known))
    return known[kind]
