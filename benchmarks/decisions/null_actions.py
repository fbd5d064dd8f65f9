"""Actions noted as done that truly did nothing, in shops of every character with all their troubles elsewhere: how many are called
worked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.decisions.readings import DAYS, SETTLE, carried_out, outcomes_of
from benchmarks.decisions.shops import practised
from zhanggui.practice import CHARACTERS, World, character
from zhanggui.practice.chance import Purpose, uniforms

LIVED = 300
FIRST, EVERY = 130, 21
AT_ONCE = 3
SEEDS = (401, 402)
PIECES = [(shop.name, seed) for seed in SEEDS for shop in CHARACTERS]


def one(piece: tuple[str, int]) -> dict[str, Any]:
    """Three products at a time, every three weeks: noted as changed, never touched."""
    name, seed = piece
    world = World(character(name), seed, history=LIVED)
    world.live(LIVED)
    hurt = {trouble.product for trouble in world.troubles}
    calm = [p for p in range(len(world.names)) if p not in hurt]
    verdicts: Counter[str] = Counter()
    with practised(name, seed, history=LIVED, world=world) as practice:
        for day in range(FIRST, LIVED - DAYS - SETTLE, EVERY):
            order = np.argsort(uniforms(seed, Purpose.OPENING, 900, day, np.array(calm)), kind="stable")
            past = [carried_out(world, calm[nth], day) for nth in order[:AT_ONCE]]
            verdicts.update(outcome.verdict for outcome in outcomes_of(practice, past))
    return {"shop": name, "breaks": bool(world.character.breaks), "verdicts": dict(verdicts)}


def summed(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All readings, and those of shops that break a method's assumption."""
    told: dict[str, Any] = {}
    for label, mine in (("", found), (" where assumptions break", [shop for shop in found if shop["breaks"]])):
        verdicts: Counter[str] = Counter()
        for shop in mine:
            verdicts.update(shop["verdicts"])
        count = sum(verdicts.values())
        measured = count - verdicts["unmeasurable"]
        told[f"readings{label}"] = count
        told[f"measured{label}"] = measured
        told[f"worked{label}"] = verdicts["worked"] / max(measured, 1)
        told[f"harmed{label}"] = verdicts["harmed"] / max(measured, 1)
    told["unmeasurable"] = 1 - told["measured"] / told["readings"]
    return told
