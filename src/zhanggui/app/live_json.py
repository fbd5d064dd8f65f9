"""Live shops for programs and as cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from zhanggui.app.live import Answered, Live, Standing, Tried
from zhanggui.i18n.writing import say
from zhanggui.report import live_json
from zhanggui.units import Words

if TYPE_CHECKING:
    from zhanggui.live.kinds import Connection
    from zhanggui.live.syncing import Synced


def tried_json(tried: Tried, locale: str) -> dict[str, Any]:
    """What a sync did, or why it could not."""
    if tried.problem is not None:
        return live_json.problem_json(tried.name, tried.problem, locale)
    assert tried.done is not None
    return live_json.synced_json(tried.done, locale)


def standing_json(standing: Standing) -> dict[str, Any]:
    """A live shop and how far it has been read."""
    return live_json.connection_json(standing.connection, standing.at, ended=standing.ended, missing=standing.missing)


def connected_json(live: Live, made: Connection) -> dict[str, Any]:
    """A live shop that was just connected, and where its secrets go."""
    told = live_json.connection_json(made, None, ended=True, missing=())
    secrets = [asdict(one) for one in live.secrets(made)]
    missing = [one["name"] for one in secrets if not one["there"]]
    return told | {"secrets": secrets, "missing": missing}


def synced_json(done: Synced, locale: str) -> dict[str, Any]:
    """What a sync did."""
    return live_json.synced_json(done, locale)


def answered_json(answered: Answered) -> dict[str, Any]:
    """What a live shop said when it was tried."""
    return asdict(answered)


def answered_said(answered: Answered, locale: str) -> list[str]:
    """The same in a sentence."""
    key = "live.said.answers" if answered.stream else "live.said.answers_nothing"
    return [say(Words(key, asdict(answered)), locale, "")]


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
