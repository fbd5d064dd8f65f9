"""The ledger of actions: proposed, approved or dismissed, done, measured. Events are added, never changed; the state is what they add
up to."""

from __future__ import annotations

from zhanggui.ledger.book import PROGRAM, Ledger
from zhanggui.ledger.feed import Meeting, meet, open_beside
from zhanggui.ledger.kinds import Change, Decision, Entry, Event, Handover, Note

__all__ = [
    "PROGRAM",
    "Change",
    "Decision",
    "Entry",
    "Event",
    "Handover",
    "Ledger",
    "Meeting",
    "Note",
    "meet",
    "open_beside",
]
