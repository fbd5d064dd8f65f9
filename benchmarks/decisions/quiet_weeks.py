"""Weekly briefs of shops in which nothing happens: how many weeks hold a claim that something changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.decisions.shops import practised
from zhanggui.practice import World, character

SHOPS = ("tea", "home", "kitchen", "cosmetics", "shoes", "bags", "siblings", "wholesale")
"""Shops without trend or season of their own; the last two break other assumptions (interference, heavy tails)."""
WEEKS = 13
HISTORY = 175
SEEDS = (101, 102)
PIECES = [(name, seed) for seed in SEEDS for name in SHOPS]


def one(piece: tuple[str, int]) -> dict[str, Any]:
    """Thirteen weekly briefs of a quiet shop."""
    name, seed = piece
    world = World(character(name), seed, history=HISTORY, troubles=[], quiet=True)
    claims: Counter[str] = Counter()
    weeks = 0
    with practised(name, seed, history=HISTORY, world=world) as practice:
        for _ in range(WEEKS):
            brief = practice.shop.brief()
            said = [item.finding.rule for item in brief.findings if item.finding.kind == "claim"]
            claims.update(said)
            weeks += bool(said)
            practice.live(7)
    return {"shop": name, "weeks": WEEKS, "with_claim": weeks, "claims": dict(claims)}


def summed(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Shop-weeks, those with a claim, and which rules claimed."""
    claims: Counter[str] = Counter()
    for shop in found:
        claims.update(shop["claims"])
    weeks, with_claim = (sum(shop[name] for shop in found) for name in ("weeks", "with_claim"))
    return {"shop_weeks": weeks, "with_claim": with_claim, "share": with_claim / weeks, "claims": dict(claims)}
