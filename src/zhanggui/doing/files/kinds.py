"""What a file for another program is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeAlias, runtime_checkable

from zhanggui.doing.kinds import What
from zhanggui.doing.plan import wishes
from zhanggui.ledger.kinds import Entry

Known: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Rows of the table ``products`` by product_id."""
Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Sequence[Row]


@runtime_checkable
class OtherPlace(Protocol):
    """A file that another program takes."""

    name: str
    columns: Sequence[str]

    def rows(self, entry: Entry, known: Known) -> Iterable[Row]:
        """The lines of one approved action; none where it has nothing for this file."""
        ...


def wanted(entry: Entry) -> dict[str, dict[What, str]]:
    """What an action wants of each product, whenever it is due."""
    found: dict[str, dict[What, str]] = {}
    for wish in wishes(entry, date.max):
        found.setdefault(wish.product, {})[wish.what] = wish.after
    return found
