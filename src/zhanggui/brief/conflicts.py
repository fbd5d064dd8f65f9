"""Which actions cannot be done together, and which can but are read together because they move the same product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.guards import MAY_NOT_WAIT, PAGE
from zhanggui.actions.kinds import Action, Freeze, Past, target_text

CONTRARY = frozenset({frozenset({"clear_stock", "order_stock"})})
"""Pairs of kinds that pull one product both ways."""
ENDS = frozenset({"stop_selling"})
"""Kinds after which nothing else makes sense on the product."""


@dataclass(frozen=True, slots=True)
class Move:
    """What an action of today, or one under way, moves: by its kind, on its target, felt by these products."""

    id: str
    kind: str
    where: Mapping[str, str]
    products: frozenset[str]

    @classmethod
    def of(cls, action: Action) -> Move:
        named = {action.where[name] for name in ("product_id",) if name in action.where}
        pair = {action.shift} if action.shift else set()
        return cls(action.id, action.kind, action.where, frozenset({*named, *pair, *action.touches}))

    @classmethod
    def earlier(cls, past: Past) -> Move:
        named = {past.where[name] for name in ("product_id",) if name in past.where}
        return cls(past.id, past.kind, past.where, frozenset({*named, *past.touches}))


def together(one: Move, other: Move) -> bool:
    """Whether both move the numbers of one product, so that their effects cannot be told apart."""
    return bool(one.products & other.products)


def exclude(one: Move, other: Move) -> bool:
    """Whether only one of them can be done: the same lever on the same target, what a buyer pays moved twice, or one way and the other."""
    if not _same_target(one, other):
        return False
    first, second = kind_named(one.kind), kind_named(other.kind)
    if one.kind in ENDS or other.kind in ENDS or frozenset({one.kind, other.kind}) in CONTRARY:
        return True
    return first.changes == second.changes or (first.priced and second.priced)


def one_of_a_day(one: Move, other: Move) -> bool:
    """Whether a day's list holds only one of them: they exclude each other, or change the same page."""
    return _one_page(one, other) or exclude(one, other)


def _one_page(one: Move, other: Move) -> bool:
    """Whether both change the page of one product: of these the policy lets one be done in two weeks, so a day's list names one. What puts
    a change back or mends an untruth need not wait for another such."""
    pages = all(kind_named(move.kind).changes in PAGE for move in (one, other))
    return pages and not {one.kind, other.kind} <= MAY_NOT_WAIT and bool(one.products & other.products)


def _same_target(one: Move, other: Move) -> bool:
    """Whether one of them aims at something that the other aims at too: no dimension that both name differs, and they share one."""
    shared = one.where.keys() & other.where.keys()
    return bool(shared) and all(one.where[name] == other.where[name] for name in shared)


def pairs(moves: Sequence[Move]) -> list[tuple[int, int]]:
    """The places of the moves of which a day holds only one."""
    return [(a, b) for b in range(len(moves)) for a in range(b) if one_of_a_day(moves[a], moves[b])]


def frozen(move: Move, freezes: Sequence[Freeze]) -> bool:
    """Whether a freeze holds the move's target. The freezes are those of the day."""
    names = {target_text(move.where), *move.where.values(), *move.products, "*"}
    names |= {f"{name}={value}" for name, value in move.where.items()}
    return any(freeze.target in names for freeze in freezes)
