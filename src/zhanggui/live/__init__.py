"""Live shops: one shop system a file, each reads, page by page, what changed since the last time. Nothing is written to a shop here.

Connectors are found by presence: a module of this folder with a ``CONNECTOR``, or an entry point of the group ``zhanggui.connectors``.
"""

from __future__ import annotations

from functools import lru_cache

from zhanggui import presence
from zhanggui.errors import BadValue
from zhanggui.live.keys import Keys
from zhanggui.live.kinds import Connection, Connector


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


def secrets_of(connection: Connection) -> tuple[str, ...]:
    """The secrets that a connection may have, in the order in which they are asked for: some systems are reached in several ways."""
    system = connector(connection.kind)
    found: tuple[str, ...] = getattr(system, "secrets_of", lambda told: system.secrets)(connection)
    return found


def missing(connection: Connection, keys: Keys) -> tuple[str, ...]:
    """Those of them that are nowhere and without which it cannot be read; none where another one stands in their place."""
    system = connector(connection.kind)
    instead: str = getattr(system, "instead", "")
    if instead and keys.find(instead) is not None:
        return ()
    optional: tuple[str, ...] = getattr(system, "optional_of", lambda told: getattr(system, "optional", ()))(connection)
    return tuple(name for name in secrets_of(connection) if name not in optional and keys.find(name) is None)
