"""Pages of long lists. A cursor names the last item that was seen, so that what is added meanwhile neither shifts nor repeats a page."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from zhanggui.api.about import about
from zhanggui.errors import BadValue

T = TypeVar("T")
LONGEST, USUAL = 1000, 100

Limit = Annotated[int, Query(ge=1, le=LONGEST, description=about("limit"))]
Cursor = Annotated[str | None, Query(max_length=400, description=about("cursor"))]


def after(
    items: Sequence[T], name: Callable[[T], str], limit: int, cursor: str | None
) -> tuple[Sequence[T], str | None]:
    """The page after ``cursor`` of a list that only grows at its end, and the cursor of the next one.

    Raises BadValue for a cursor that names nothing of this list.
    """
    start = 0
    if cursor is not None:
        last = opened(cursor)
        found = [place for place, item in enumerate(items) if name(item) == last]
        if not found:
            raise BadValue("api.bad_cursor", cursor=cursor)
        start = found[0] + 1
    page = items[start : start + limit]
    more = start + limit < len(items)
    return page, closed(name(page[-1])) if more and page else None


def rows_after(rows: Sequence[T], stand: str, limit: int, cursor: str | None) -> tuple[Sequence[T], str | None]:
    """The same for rows that have no name: ``stand`` tells the data they are of, and a cursor of other data is refused."""
    start = 0
    if cursor is not None:
        told = opened(cursor)
        if not isinstance(told, list) or len(told) != 2 or not isinstance(told[1], int) or told[1] < 0:
            raise BadValue("api.bad_cursor", cursor=cursor)
        if told[0] != stand:
            raise BadValue("api.old_cursor")
        start = told[1]
    more = start + limit < len(rows)
    return rows[start : start + limit], closed([stand, start + limit]) if more else None


def closed(value: Any) -> str:
    """A cursor: what it names, as text that fits an address."""
    return base64.urlsafe_b64encode(json.dumps(value, ensure_ascii=False).encode()).decode().rstrip("=")


def opened(cursor: str) -> Any:
    """What a cursor names. Raises BadValue for one that is none of ours."""
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise BadValue("api.bad_cursor", cursor=cursor) from None
