"""The live shops that a workspace's settings name: read, checked, and how a new one is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zhanggui.config import Config
from zhanggui.errors import BadValue
from zhanggui.live import connector
from zhanggui.live.kinds import COMMON, Connection, Option

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_OWN = ("kind", "url", "channel")
VERBS = ("add", "list", "remove", "run", "test")
"""Words that mean something to ``zhanggui sync``: no connection is called so."""
_USER_IN_URL = re.compile(r"^[a-z0-9+.-]+://[^/@]*:[^/@]*@", re.IGNORECASE)


def connections(config: Config) -> list[Connection]:
    """All connections, in the order of the file. Raises BadValue for the first that makes no sense."""
    return [connection_of(name, raw) for name, raw in config.sync.items()]


def find(config: Config, name: str) -> Connection:
    """The connection of a name. Raises BadValue where there is none."""
    if name not in config.sync:
        raise BadValue("live.unknown_connection", name=name, known=", ".join(config.sync) or "–")
    return connection_of(name, config.sync[name])


def connection_of(name: str, raw: Any) -> Connection:
    """One ``[sync.<name>]`` checked, with every option it does not say at its default."""
    if not _NAME.fullmatch(name) or name in VERBS:
        raise BadValue("live.bad_name", name=name)
    if not isinstance(raw, Mapping):
        raise BadValue("live.no_section", name=name)
    system = connector(str(raw.get("kind", "")))
    url = str(raw.get("url", "")).strip()
    if "://" not in url:
        raise BadValue("live.no_url", name=name, value=url)
    if _USER_IN_URL.match(url):
        raise BadValue("live.secret_in_url", name=name)
    known = {option.name: option for option in (*COMMON, *system.options)}
    told = {option: value for option, value in raw.items() if option not in _OWN}
    for option in told:
        if option not in known:
            raise BadValue("live.unknown_option", name=name, option=option, known=", ".join(sorted(known)))
    options = {option.name: _value(name, option, told.get(option.name, option.default)) for option in known.values()}
    return Connection(name, system.kind, url, str(raw.get("channel") or system.channel), options)


def as_told(connection: Connection) -> dict[str, str | float]:
    """A connection as its section says it: what stands at its default is left out."""
    system = connector(connection.kind)
    usual = {option.name: option.default for option in (*COMMON, *system.options)}
    told = {name: value for name, value in connection.options.items() if value != usual[name]}
    channel = {"channel": connection.channel} if connection.channel != system.channel else {}
    return {"kind": connection.kind, "url": connection.url, **channel, **told}


def typed(kind: str, pairs: Mapping[str, str]) -> dict[str, str | float]:
    """Options as they are typed, numbers as numbers. Raises BadValue for one that is none."""
    known = {option.name: option for option in (*COMMON, *connector(kind).options)}
    return {name: _value("", known[name], value) if name in known else value for name, value in pairs.items()}


def _value(name: str, option: Option, value: Any) -> str | float:
    if isinstance(option.default, str):
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < 1e9:
        raise BadValue("live.bad_option", name=name, option=option.name, value=str(value))
    return number
