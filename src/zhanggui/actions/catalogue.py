"""The closed set of kinds of action, one topic a file: what is not here cannot be proposed, added by hand, or done."""

from __future__ import annotations

from difflib import get_close_matches

from zhanggui.actions import advertising, buyers, goods, listing, prices, records, service
from zhanggui.actions.kinds import ActionKind
from zhanggui.errors import BadValue

TOPICS = (prices, goods, advertising, listing, service, buyers, records)
KINDS: tuple[ActionKind, ...] = tuple(kind for topic in TOPICS for kind in topic.KINDS)
_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_named(name: str) -> ActionKind:
    """The kind of that name.

    Raises BadValue for a name that is not in the set, with the nearest one that is.

    >>> kind_named("step_price").days
    21
    """
    found = _BY_NAME.get(name)
    if found is not None:
        return found
    near = get_close_matches(name, _BY_NAME, n=1, cutoff=0.6)
    known = ", ".join(sorted(_BY_NAME))
    if near:
        raise BadValue("guards.unknown_kind_near", kind=name, near=near[0], known=known)
    raise BadValue("guards.unknown_kind", kind=name, known=known)
