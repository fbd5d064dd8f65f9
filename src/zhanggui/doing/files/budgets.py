"""Budgets and bids of approved advertising actions, before and after: a table that holds for every advertising platform."""

from __future__ import annotations

from collections.abc import Iterable

from zhanggui.actions.catalogue import kind_named
from zhanggui.doing.files.kinds import Known, Row
from zhanggui.ledger.kinds import Entry

PLACES = ("platform", "campaign", "ad_group", "keyword", "creative", "source", "product_id")
STOPS = ("stop_advertising", "pause_source")
AFTER = ("after", "daily_budget", "bid", "cost_per_click")


class BudgetTable:
    """One line a plan; what is stopped has a budget of 0."""

    name = "budgets"
    columns = ("action", "kind", *PLACES, "before", "after")

    def rows(self, entry: Entry, known: Known) -> Iterable[Row]:
        action = entry.action
        if kind_named(action.kind).changes != "advertising":
            return
        drafted = action.draft.rows if action.draft else ()
        for row in drafted or ({},):
            after = 0 if action.kind in STOPS else next((row[name] for name in AFTER if name in row), "")
            places = {name: row.get(name, action.where.get(name, "")) for name in PLACES}
            before = row.get("before", "")
            yield {"action": entry.id, "kind": action.kind, **places, "before": before, "after": after}


FILE = BudgetTable()
