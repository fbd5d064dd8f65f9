"""Which variant a unit gets: decided by a keyed hash of experiment and unit, the same every time, and different in every experiment."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from zhanggui.experiments.kinds import Plan, Variant
from zhanggui.experiments.units_file import UnitList
from zhanggui.store.identity import keyed_hash

_SCALE = 1 << 64
_HASHED = re.compile(r"[0-9a-f]{32}")


def place(key: bytes, experiment: str, unit: str) -> float:
    """Where a unit falls between 0 and 1 in an experiment: the first 64 bits of HMAC-SHA-256. Nobody without the key can foretell
    it, and where it falls in one experiment says nothing of another."""
    digest = hmac.new(key, f"experiment\0{experiment}\0{unit}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") / _SCALE


def variant_of(key: bytes, experiment: str, unit: str, variants: Sequence[Variant]) -> str:
    """The variant of a unit. Shares are kept in expectation, exactly; a single draw of units differs from them as chance does."""
    at = place(key, experiment, unit)
    ends = accumulate(variant.share for variant in variants)
    return next((variant.name for variant, end in zip(variants, ends, strict=True) if at < end), variants[-1].name)


@dataclass(frozen=True, slots=True)
class Dealt:
    """Units with their variant, in the order given. ``counts`` by variant; ``masked`` ids name nobody and were left out, ``repeated``
    and ``blank`` are what the list held besides. ``keys`` are what the warehouse knows the units by: of customers, the keyed hash."""

    variants: tuple[tuple[str, str], ...]
    counts: Mapping[str, int]
    keys: Mapping[str, str]
    repeated: int = 0
    blank: int = 0
    masked: int = 0


def deal(key: bytes, plan: Plan, units: UnitList) -> Dealt:
    """Every unit with its variant. A customer is the same customer however his e-mail or phone is written, and by his keyed hash."""
    keys = {unit: found for unit in units.ids if (found := _known_by(key, plan, unit))}
    dealt = tuple((unit, variant_of(key, plan.id, known, plan.variants)) for unit, known in keys.items())
    counts = dict.fromkeys((variant.name for variant in plan.variants), 0)
    for _, name in dealt:
        counts[name] += 1
    return Dealt(dealt, counts, keys, units.repeated, units.blank, masked=len(units.ids) - len(keys))


def _known_by(key: bytes, plan: Plan, unit: str) -> str | None:
    if plan.unit != "customer" or _HASHED.fullmatch(unit):
        return unit
    return keyed_hash(key, unit)
