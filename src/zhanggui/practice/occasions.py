"""What the shop does about what is offered to it and what it may begin: events, member days, thresholds, bundles, launches, new goods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from zhanggui.practice.beside import Threshold, standing
from zhanggui.practice.doing import Doing, number
from zhanggui.practice.events import answered
from zhanggui.practice.kinds import Move
from zhanggui.practice.places import aim
from zhanggui.practice.state import NOT_LISTED
from zhanggui.practice.troubles import list_new

FIRST_UNITS = 30.0
"""Units of each new product that are bought before anybody bought one."""


def _answer_event(doing: Doing, move: Move) -> bool:
    """Join where the draft says so; anything else declines."""
    row = move.rows[0] if move.rows else {}
    name = str(row.get("promotion_id") or move.where.get("campaign") or "")
    return answered(doing.state.events, name, doing.day, joins=row.get("answer") == "join")


def _member_day(doing: Doing, move: Move) -> bool:
    """The days of the draft on which past buyers get a unit of its product for what it costs to send."""
    taken = False
    for p, row in doing.targets(move):
        try:
            day = (date.fromisoformat(str(row.get("day"))) - doing.start).days
        except ValueError:
            continue
        if day >= doing.day:
            doing.state.member[day] = p
            taken = True
    return taken


def _gift_threshold(doing: Doing, move: Move) -> bool:
    """Another threshold from today on, or none."""
    now = standing(doing.state)
    if now is None or not move.rows:
        return False
    then = number(move.rows[0], "after")
    over = replace(now, until=doing.day)
    doing.state.thresholds = [over if one is now else one for one in doing.state.thresholds]
    if then is not None:
        doing.state.thresholds.append(Threshold(doing.day, then, now.gift))
    return True


def _bundle(doing: Doing, move: Move) -> bool:
    """The second product is shown beside the first: a few more take both. Once a pair."""
    taken = False
    for p, row in doing.targets(move):
        other = doing.product(row.get("to_product_id") or row.get("to"))
        shown = doing.state.shown
        if other is not None and other != p and (p, other) not in shown:
            shown.append((p, other))
            doing.state.beside[p, other] += doing.assortment.takes_shown
            taken = True
    return taken


def _test_launch(doing: Doing, move: Move) -> bool:
    """The visitors of new listings are divided among them by the shares of the draft."""
    shares = {p: number(row, "share") or 0.0 for p, row in doing.targets(move) if doing.state.fresh[p] > 0}
    whole = sum(shares.values())
    if whole <= 0:
        return False
    visitors = float(doing.state.fresh[list(shares)].sum())
    for p, share in shares.items():
        doing.state.fresh[p] = visitors * share / whole
    return True


def _add_products(doing: Doing, move: Move) -> bool:
    """The products outside the range are bought and shown beside all others: a few orders take one along."""
    state = doing.state
    new = np.nonzero(state.listed == NOT_LISTED)[0]
    if not len(new):
        return False
    list_new(doing.assortment, state, doing.day, new, np.full(len(new), FIRST_UNITS))
    old = state.listed < doing.day
    state.beside[np.ix_(old, new)] += doing.assortment.takes_new / len(new)
    doing.cost += float(FIRST_UNITS * state.cost[new].sum())
    return True


def _record_positioning(doing: Doing, move: Move) -> bool:
    """Titles and slots for a search word or a category; what is written down of anything else changes nothing."""
    word, kind = move.where.get("keyword", ""), move.where.get("category", "")
    assortment = doing.assortment
    if word and (p := _numbered(word)) < assortment.products:
        return p >= 0 and aim(assortment, doing.state, p)
    if kind and (category := _numbered(kind)) >= 0:
        return sum(aim(assortment, doing.state, int(p)) for p in np.nonzero(assortment.category == category)[0]) > 0
    return False


def _numbered(name: str) -> int:
    """The number at the end of a search word or a category, from nought; -1 without one."""
    tail = name.replace("-", " ").rpartition(" ")[2]
    return int(tail) - 1 if tail.isdigit() else -1


ANSWERS: Mapping[str, Callable[[Doing, Move], bool]] = {
    "answer_event": _answer_event,
    "member_day": _member_day,
    "gift_threshold": _gift_threshold,
    "bundle": _bundle,
    "test_launch": _test_launch,
    "add_products": _add_products,
    "record_positioning": _record_positioning,
}
"""What the shop answers to of these, by kind of action."""
