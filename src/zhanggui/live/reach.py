"""Which addresses a connection may call that was entered over the network, at the desk or by a program.

Whoever types at the machine itself can reach everything it reaches anyhow. Whoever comes over the network must not turn the desk into a
way to the machine's other programs and neighbours: such a connection calls only what stands in the open internet, and of the own network
what the machine's own environment names. It is looked at when the connection is entered and again at every line that is opened, by the
address that was in fact reached: a name may lead elsewhere by then.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from zhanggui.errors import BadValue, Unreached
from zhanggui.live.kinds import Connection

INSIDE = "ZHANGGUI_SYNC_INSIDE"
"""The variable that names what of the own network may be called: ``host`` or ``host:port``, separated by spaces."""
NETWORK, ANY, PUBLIC = "network", "any", "public"
PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_bound(connection: Connection) -> bool:
    """Whether a connection may call public addresses only."""
    return connection.text(NETWORK) != ANY


def check_entered(name: str, url: str) -> None:
    """Look at an address that was entered over the network. Raises BadValue for one that may not be called; a name that nobody knows
    yet is let pass, for it is looked at again before it is called."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadValue("live.not_over_http", name=name)
    if parts.username or parts.password:
        raise BadValue("live.secret_in_url", name=name)
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise BadValue("live.no_url", name=name, value=url) from None
    if not _may_call(parts.hostname, port):
        raise BadValue("live.inside", name=name, host=parts.hostname, variable=INSIDE)


class Bound:
    """Stands at every line that is opened for a connection: goes before a byte is sent, and raises Unreached where it leads inside."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._host, self._port = "", 0

    def __call__(self, event: str, told: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            self._host, self._port = _text(told["host"]), int(told["port"])
            if not _may_call(self._host, self._port):
                raise self._inside()
        elif event == "connection.connect_tcp.complete":
            reached = told["return_value"].get_extra_info("server_addr")
            if not _is_named(self._host, self._port) and not (reached and is_public(str(reached[0]))):
                raise self._inside()

    def _inside(self) -> Unreached:
        return Unreached("live.inside", name=self._name, host=self._host, variable=INSIDE)


def is_public(address: str) -> bool:
    """Whether an address stands in the open internet, and not in a network, a machine or a range of its own.

    >>> [is_public(one) for one in ("1.1.1.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1")]
    [True, False, False, False, False]
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast for one in (found, *_within(found)))


def _within(address: Address) -> list[Address]:
    """The older addresses that a newer one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address] = [one for one in (address.ipv4_mapped, address.sixtofour) if one is not None]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found


def _may_call(host: str, port: int) -> bool:
    if _is_named(host, port):
        return True
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return not _is_number(host)  # whoever calls hears that nobody knows the name
    return all(is_public(str(one[4][0])) for one in found)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_named(host: str, port: int) -> bool:
    named = os.environ.get(INSIDE, "").lower().split()
    return host.lower() in named or f"{host.lower()}:{port}" in named


def _text(value: str | bytes) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value
