"""Actions that a person enters: from the words of a command to an action like any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from zhanggui import i18n
from zhanggui.actions.catalogue import KINDS, kind_named
from zhanggui.actions.kinds import Action, ActionKind, Draft, Gain, Measure
from zhanggui.app.actions import BY_HAND
from zhanggui.app.before import attributes
from zhanggui.errors import BadValue
from zhanggui.units import Words

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop

SETS: Mapping[str, tuple[str, ...]] = {
    "price": ("price", "sale_price", "sale_from", "sale_to"),
    "promotion": ("sale_price", "sale_from", "sale_to"),
    "title": ("title",),
    "status": ("status",),
}
"""What an entry may put in the shop, by what its kind changes."""
VALUES = ("price", "title", "status", "sale_price", "sale_from", "sale_to")
"""All of them, in the order in which a form asks."""
MONEY, DAYS = ("price", "sale_price"), ("sale_from", "sale_to")
STATUSES = ("active", "draft", "archived")
CHANCE = 0.9
"""What a person expects to pay is taken to pay nine times in ten; the record of what was entered by hand corrects it."""


def entered(
    kind: str,
    where: Mapping[str, str],
    text: str,
    *,
    minutes: int | None = None,
    expected: float | tuple[float, float] | None = None,
    values: Mapping[str, str] | None = None,
) -> Action:
    """The action of a person's entry. ``expected`` is money a week, a value or a range; ``values`` are what it puts in the shop.

    Raises BadValue for a kind that is not of the set, and for a value that this kind does not change.
    """
    known = kind_named(kind)
    draft = drafted(known, where, values) if values else None
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
        draft=draft,
    )


def drafted(kind: ActionKind, where: Mapping[str, str], values: Mapping[str, str]) -> Draft:
    """The values of a person's entry as a draft's row.

    Raises BadValue where the kind changes none of that, a product is not named, or money or a day is none.
    """
    may = SETS.get(kind.changes, ())
    for name, value in values.items():
        if name not in may:
            raise BadValue("doing.not_of_this_kind", name=name, kind=kind.name, known=", ".join(may) or "–")
        if not _holds(name, value):
            raise BadValue("doing.bad_value", name=name, value=value)
    if not where.get("product_id"):
        raise BadValue("doing.no_product", kind=kind.name)
    return Draft("table", rows=[{"product_id": where["product_id"], **values}])


def _holds(name: str, value: str) -> bool:
    """Whether a value is one of its kind."""
    try:
        if name in MONEY:
            return Decimal(value).is_finite() and Decimal(value) > 0
        if name in DAYS:
            return bool(date.fromisoformat(value))
    except (InvalidOperation, ValueError):
        return False
    return value in STATUSES if name == "status" else bool(value.strip())


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


def held(shop: Shop, product: str) -> dict[str, Any]:
    """What the data knows of a product's own values now."""
    known = attributes(shop, [product]).get(product, {})
    return {name: known[name] for name in VALUES if name in known}


def value_fields(typed: Mapping[str, str], now: Mapping[str, Any], locale: str) -> list[dict[str, Any]]:
    """What an entry may put in the shop: how each value is called and typed, what was typed, and how it is now."""
    types = dict.fromkeys(MONEY, "money") | dict.fromkeys(DAYS, "date") | {"status": "status"}
    return [
        {
            "name": name,
            "said": i18n.text(f"doing.what.{name}", locale),
            "type": types.get(name, "text"),
            "typed": typed.get(name, ""),
            "now": _written(name, now[name], locale) if name in now else "",
        }
        for name in VALUES
    ]


def statuses(locale: str) -> list[tuple[str, str]]:
    """Whether a product is on sale, and what that is called."""
    return [(status, i18n.text(f"doing.status.{status}", locale)) for status in STATUSES]


def _written(name: str, value: Any, locale: str) -> str:
    if name in MONEY:
        return f"{Decimal(str(value)):.2f}"
    return i18n.text(f"doing.status.{value}", locale) if name == "status" and value in STATUSES else str(value)


def targets(locale: str) -> list[tuple[str, str]]:
    """Everything that some kind may aim at besides the whole shop: the name of the dimension, and what it is called."""

    names = dict.fromkeys(target for kind in KINDS for target in kind.targets)
    said = {name: f"metrics.dimension.{name}" for name in names}
    return [(name, i18n.text(key, locale) if i18n.has(key, locale) else name) for name, key in said.items()]
