"""Actions that a person enters: from the words of a command to an action like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhanggui import i18n
from zhanggui.actions.catalogue import KINDS, kind_named
from zhanggui.actions.kinds import Action, Gain, Measure
from zhanggui.app.actions import BY_HAND
from zhanggui.units import Words

CHANCE = 0.9
"""What a person expects to pay is taken to pay nine times in ten; the record of what was entered by hand corrects it."""


def entered(
    kind: str,
    where: Mapping[str, str],
    text: str,
    *,
    minutes: int | None = None,
    expected: float | tuple[float, float] | None = None,
) -> Action:
    """The action of a person's entry. ``expected`` is money a week, a value or a range.

    Raises BadValue for a kind that is not of the set.
    """
    known = kind_named(kind)
    said = {"kind": Words(f"actions.kind.{kind}"), "target": list(where.values()) or Words("ledger.whole_shop")}
    words = Words("ledger.by_hand", said | {"text": text}) if text else Words("ledger.by_hand_bare", said)
    product = where.get("product_id")
    return Action(
        playbook=BY_HAND,
        rule=BY_HAND,
        kind=kind,
        words=words,
        where=dict(where),
        gain=_gain(expected),
        minutes=known.minutes if minutes is None else minutes,
        measure=Measure(known.metric, known.design, known.days),
        touches=(product,) if product else (),
    )


def _gain(expected: float | tuple[float, float] | None) -> Gain | None:
    if expected is None:
        return None
    low, high = expected if isinstance(expected, tuple) else (expected, expected)
    low, high = min(low, high), max(low, high)
    profit = (low + high) / 2
    return Gain(profit, low, high, CHANCE if profit > 0 else 1 - CHANCE)


def kinds(locale: str) -> list[dict[str, Any]]:
    """Every kind of action that a person may enter: what it is called, what it may aim at, whose it is to approve."""

    found = [
        {
            "name": kind.name,
            "said": i18n.text(f"actions.kind.{kind.name}", locale),
            "targets": kind.targets,
            "owner": kind.approver == "owner",
        }
        for kind in KINDS
    ]
    return sorted(found, key=lambda kind: str(kind["said"]))


def targets(locale: str) -> list[tuple[str, str]]:
    """Everything that some kind may aim at besides the whole shop: the name of the dimension, and what it is called."""

    names = dict.fromkeys(target for kind in KINDS for target in kind.targets)
    said = {name: f"metrics.dimension.{name}" for name in names}
    return [(name, i18n.text(key, locale) if i18n.has(key, locale) else name) for name, key in said.items()]
