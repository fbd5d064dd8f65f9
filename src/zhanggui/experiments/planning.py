"""What an experiment may be: checked before it is written down. Nobody's price depends on who he is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from math import ceil
from tomllib import loads
from typing import Any

from zhanggui.actions.guards import check_text
from zhanggui.actions.spelling import read
from zhanggui.errors import BadValue, Refused
from zhanggui.experiments.kinds import CHANGES, METRICS, PERSONS, PRICED, UNITS, Plan, Variant
from zhanggui.units import Words

MOST_VARIANTS = 10
FEWEST_A_VARIANT = 20
MOST_DAYS = 366
_NAME = re.compile(r"[^\w]+")


def variants_of(stated: Sequence[tuple[str, float | None]]) -> tuple[Variant, ...]:
    """Variants with their shares, which come to sum to 1; those without one get equal parts of what is left.

    Raises BadValue for fewer than two or more than ten, an empty or repeated name, a share that is not above 0, and where nothing is left.

    >>> [variant.share for variant in variants_of([("old", None), ("new", None)])]
    [0.5, 0.5]
    """
    names = [name.strip() for name, _ in stated]
    if not 2 <= len(names) <= MOST_VARIANTS:
        raise BadValue("experiments.how_many_variants", n=len(names), most=MOST_VARIANTS)
    twice = next((name for name in names if not name or names.count(name) > 1), None)
    if twice is not None:
        raise BadValue("experiments.variant_names", name=twice)
    open_shares = sum(share is None for _, share in stated)
    given = sum(share for _, share in stated if share is not None)
    left = (1 - given) / open_shares if open_shares else 0.0
    shares = [left if share is None else share for _, share in stated]
    if (bad := next((name for name, share in zip(names, shares, strict=True) if not share > 0), None)) is not None:
        raise BadValue("experiments.bad_share", name=bad)
    whole = sum(shares)
    return tuple(Variant(name, share / whole) for name, share in zip(names, shares, strict=True))


def id_of(name: str, taken: Iterable[str]) -> str:
    """An id to type: the name in lower case, its words joined by hyphens, numbered where it is taken.

    >>> id_of("Longer main picture!", ["longer-main-picture"])
    'longer-main-picture-2'
    """
    known = set(taken)
    base = _NAME.sub("-", name.casefold()).strip("-_")[:40] or "experiment"
    return next(found for n in range(1, len(known) + 2) if (found := base if n == 1 else f"{base}-{n}") not in known)


def check(plan: Plan) -> Plan:
    """Pass a plan that may be carried out; raise otherwise.

    Raises BadValue for what is unknown or out of bounds, Refused for a price by person (``experiments.price_by_person``, whether its kind
    says so or its words) and for every practice that the guards of actions refuse.
    """
    _known("change", plan.change, CHANGES)
    _known("unit", plan.unit, UNITS)
    _known("metric", plan.metric, METRICS)
    if not plan.name.strip():
        raise BadValue("experiments.no_name")
    if plan.end < plan.start or plan.period.days > MOST_DAYS:
        raise BadValue("experiments.bad_days", start=plan.start, end=plan.end, most=MOST_DAYS)
    if not 0 < plan.smallest <= 10:
        raise BadValue("experiments.bad_effect", value=plan.smallest)
    if plan.planned < fewest(plan):
        raise BadValue("experiments.too_small", n=plan.planned, least=FEWEST_A_VARIANT)
    texts = [plan.name, plan.note, *(variant.name for variant in plan.variants)]
    for text in texts:
        check_text(text)
    if plan.unit in PERSONS:
        _same_price(plan, texts)
    return replace(plan, name=plan.name.strip())


def fewest(plan: Plan) -> int:
    """The least units that give every variant enough to be read at all."""
    return ceil(FEWEST_A_VARIANT / min(plan.shares) - 1e-9)


def _known(what: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise BadValue(f"experiments.unknown_{what}", value=value, known=", ".join(known))


def _same_price(plan: Plan, texts: Iterable[str]) -> None:
    if plan.change in PRICED:
        raise Refused("experiments.price_by_person", unit=Words(f"experiments.unit.{plan.unit}"), words=plan.change)
    found = next((words for text in texts if (words := speaks_of_price(text))), None)
    if found:
        raise Refused("experiments.price_by_person", unit=Words(f"experiments.unit.{plan.unit}"), words=found)


def speaks_of_price(text: str) -> str | None:
    """The words by which a text speaks of what a buyer pays; None where it does not.

    >>> speaks_of_price("10% off for new visitors"), speaks_of_price("longer main picture")
    ('10 off', None)
    """
    usual, chinese, english = _words()
    reading = read(text)
    clauses = usual.sub("|", reading.clauses)
    found = chinese.search(clauses) or english.search(reading.plain) or english.search(reading.letters)
    return found[0].strip() if found else None


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    lists: dict[str, Any] = loads((files("zhanggui.experiments") / "price_words.toml").read_text(encoding="utf-8"))
    return (
        re.compile("|".join(lists["usual"])),
        re.compile("|".join(lists["chinese"])),
        re.compile(rf"\b(?:{'|'.join(lists['english'])})\b"),
    )
