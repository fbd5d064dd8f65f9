"""Live shops: one shop system a file, each reads, page by page, what changed since the last time. Nothing is written to a shop here.

Connectors are found by presence: a module of this folder with a ``CONNECTOR``, or an entry point of the group ``zhanggui.connectors``.
"""

from __future__ import annotations

from functools import lru_cache

from zhanggui import presence
from zhanggui.errors import BadValue
from zhanggui.live.kinds import Connector


@lru_cache(maxsize=1)
def connectors() -> dict[str, Connector]:
    """Every connector by its kind: those of this folder, then those of other packages."""
    others = {found.kind: found for found in presence.elsewhere("zhanggui.connectors")}
    own = {found.kind: found for found in presence.declared(__name__, __path__, "CONNECTOR")}
    return dict(sorted((others | own).items()))


def connector(kind: str) -> Connector:
    """The connector of a kind of shop. Raises BadValue for an unknown one."""
    known = connectors()
    if kind not in known:
        raise BadValue("live.unknown_kind", kind=kind, known=", ".join(known))
    return known[kind]
