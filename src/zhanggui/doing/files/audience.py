"""Whom approved actions may reach: keys and segments of buyers who agreed, never names or addresses, which this program does not have."""

from __future__ import annotations

from collections.abc import Iterable

from zhanggui.actions.catalogue import kind_named
from zhanggui.doing.files.kinds import Known, Row
from zhanggui.ledger.kinds import Entry

WHO = ("customer_key", "segment", "new_or_returning", "country", "region", "category")


class AudienceTable:
    """One line a buyer, or a segment; without consent none."""

    name = "audience"
    columns = ("action", "kind", *WHO, "consent")

    def rows(self, entry: Entry, known: Known) -> Iterable[Row]:
        action = entry.action
        if kind_named(action.kind).changes != "contact":
            return
        for row in action.draft.rows if action.draft else ():
            if row.get("consent") is True:
                who = {name: row.get(name, action.where.get(name, "")) for name in WHO}
                yield {"action": entry.id, "kind": action.kind, **who, "consent": "yes"}


FILE = AudienceTable()
