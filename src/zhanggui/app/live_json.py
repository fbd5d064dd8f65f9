"""Live shops for programs and as cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhanggui.app.live import Standing, Tried
from zhanggui.report import live_json


def tried_json(tried: Tried, locale: str) -> dict[str, Any]:
    """What a sync did, or why it could not."""
    if tried.problem is not None:
        return live_json.problem_json(tried.name, tried.problem, locale)
    assert tried.done is not None
    return live_json.synced_json(tried.done, locale)


def standing_json(standing: Standing) -> dict[str, Any]:
    """A live shop and how far it has been read."""
    return live_json.connection_json(standing.connection, standing.at, ended=standing.ended, missing=standing.missing)


def cells(found: Sequence[Standing], locale: str, zone: str) -> list[list[str]]:
    """Name, kind, address, channel and last sync of every connection, written."""
    return [
        [
            each.connection.name,
            each.connection.kind,
            each.connection.url,
            each.connection.channel,
            live_json.last_text(each.at, locale, zone, ended=each.ended, missing=each.missing),
        ]
        for each in found
    ]
