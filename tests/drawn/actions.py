"""Drawn actions, and what people decided about earlier ones."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from zhanggui.actions.kinds import Action, Draft, Gain, Measure, Past
from zhanggui.units import Words

TODAY = date(2026, 9, 15)
"""The morning on which a brief of the drawn situations' day is read."""


def plain(text: str) -> Words:
    return Words("units.as_it_is", {"text": text})


def gain(profit: float, low: float | None = None, high: float | None = None, chance: float = 0.9) -> Gain:
    """A promise; without ends it is sure of itself but for a tenth."""
    return Gain(profit, 0.9 * profit if low is None else low, 1.1 * profit if high is None else high, chance)


def counted(profit: float) -> Gain:
    return Gain(profit, profit, profit, 1.0, counted=True)


def action(product: str = "A1", profit: float | Gain | None = 200.0, kind: str = "step_price", **more: Any) -> Action:
    """An action on a product; a number is a promise as sure as ``gain`` makes it."""
    given = profit if isinstance(profit, Gain) or profit is None else gain(profit)
    return Action(
        **{
            "playbook": "products",
            "rule": "price_step",
            "kind": kind,
            "words": plain(f"{kind} {product}"),
            "where": {"product_id": product},
            "gain": given,
            "touches": (product,),
            "draft": Draft(
                "table", (plain(f"{product}: from 100 to 104"),), ({"product_id": product, "price": 104.0},)
            ),
            "measure": Measure("contribution_profit", "synthetic_control", 21),
            **more,
        }
    )


def past(done: Action, state: Any = "done", days_ago: int = 3, **more: Any) -> Past:
    """An earlier action in its present state since so many days."""
    since = TODAY - timedelta(days=days_ago)
    return Past(
        **{
            "id": done.id,
            "playbook": done.playbook,
            "rule": done.rule,
            "kind": done.kind,
            "where": done.where,
            "state": state,
            "since": since,
            "touches": done.touches,
            "done_on": since if state in ("done", "measured") else None,
            "stop_on": since + timedelta(days=28) if state == "done" else None,
            "expected": done.gain,
            "words": done.words,
            **more,
        }
    )
