"""Telling people what cannot wait at once, and the rest once a day: channels, and the journal that keeps anything from being told twice."""

from __future__ import annotations

from zhanggui.notify.channels import deliver
from zhanggui.notify.journal import Journal
from zhanggui.notify.kinds import Channel, Item, Notify, Told, parse

__all__ = ["Channel", "Item", "Journal", "Notify", "Told", "deliver", "parse"]
