"""Sending: one message to one channel, by the address that the environment holds."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from urllib.parse import unquote

from zhanggui.errors import BadValue
from zhanggui.notify.kinds import Channel

LONGEST_REASON = 200
SHORTEST_SECRET = 4


def deliver(channel: Channel, title: str, body: str, environment: Mapping[str, str]) -> str:
    """Send a message. Gives why it was not taken, empty where it was; the address is in neither.

    Raises BadValue where the environment has no address for the channel, or one that means nothing.
    """
    import apprise

    address = environment.get(channel.variable, "").strip()
    if not address:
        raise BadValue("notify.no_address", channel=channel.name, variable=channel.variable)
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as heard:
        sender = apprise.Apprise.instantiate(address, suppress_exceptions=True)
        if sender is None:
            raise BadValue("notify.bad_address", channel=channel.name, variable=channel.variable)
        taken = sender.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT)
        if taken:
            return ""
        return _reason(heard.getvalue(), address)


def _reason(heard: str, address: str) -> str:
    """The last line that the sender said, without any part of the address but the machine's name."""
    lines = [line.strip() for line in heard.splitlines() if line.strip()]
    if not lines:
        return "–"
    said = lines[-1]
    for part in _secrets(address):
        said = said.replace(part, "***")
    return said[:LONGEST_REASON]


def _secrets(address: str) -> list[str]:
    """Every part of an address that might be a password or a token, longest first."""
    rest = address.partition("://")[2]
    parts = {piece for piece in re.split(r"[/:@?&=,+]", rest) if len(piece) >= SHORTEST_SECRET}
    host = re.split(r"[/?]", rest.rpartition("@")[2] or rest)[0].partition(":")[0]
    plain = {unquote(piece) for piece in parts}
    return sorted((parts | plain) - {host}, key=len, reverse=True)
