"""Who may come in to the desk, as what, and who did what: people, sign-ins, tokens, one-time links, the log."""

from __future__ import annotations

from zhanggui.people.door import Door
from zhanggui.people.kinds import RANK, ROLES, Deed, Person, Role, Token
from zhanggui.people.register import People

__all__ = ["RANK", "ROLES", "Deed", "Door", "People", "Person", "Role", "Token"]
