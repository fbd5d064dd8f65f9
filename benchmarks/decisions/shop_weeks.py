"""Sixty practice shops, thirteen weekly decisions each: contribution profit led by the brief, against doing nothing, rules of thumb and
an oracle with the same kinds of action, list, minutes, cash and owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.decisions.shops import practised
from zhanggui.app.practice import Practice, move_of
from zhanggui.brief.kinds import Ranked
from zhanggui.errors import Refused
from zhanggui.practice import CHARACTERS, World, character
from zhanggui.practice.choosing import ADVISERS, decided, willing
from zhanggui.practice.moves import KINDS

WEEKS = 13
HISTORY = 175
SEEDS = (301, 302, 303, 304, 305)
PIECES = [(shop.name, seed) for seed in SEEDS for shop in CHARACTERS]


def one(piece: tuple[str, int]) -> dict[str, Any]:
    """The same shop led by each adviser, from the same morning on."""
    name, seed = piece
    world = World(character(name), seed, history=HISTORY, weeks=WEEKS)
    world.live(HISTORY)
    end = HISTORY + 7 * WEEKS - 1
    found: dict[str, Any] = {"shop": name, "seed": seed}
    for adviser in ADVISERS:
        found[adviser] = decided(world, adviser, WEEKS, world.character.minutes).reckoning(HISTORY, end).expected
    with practised(name, seed, history=HISTORY, world=world) as practice:
        taken = led(practice, WEEKS)
        found["ours"] = practice.world.reckoning(HISTORY, end).expected
    found["actions"] = dict(taken)
    return found


def led(practice: Practice, weeks: int) -> Counter[str]:
    """Do each week what the brief puts on today's list, as far as the owner gets round to it. Gives how often each kind was done."""
    shop, done = practice.shop, Counter[str]()
    for week in range(weeks):
        today = [ranked.action.id for ranked in listed(practice) if ranked.today]
        for entry in [entry for entry in shop.actions.list() if entry.base in today and entry.state == "proposed"]:
            if willing(practice.world, week, move_of(entry)):
                try:
                    shop.actions.approve(entry.id)
                except Refused:
                    done["refused at the door"] += 1
                    continue
                shop.actions.done(entry.id)
                done[f"{entry.action.rule} {entry.action.kind}"] += 1
        practice.live(7)
    return done


def listed(practice: Practice) -> Sequence[Ranked]:
    """The week's list. What the simulated shop does not answer to (a bundle, an arrival date on the page) its owner cannot carry out: he
    dismisses it and is given the list again, as the other advisers are given only what can be done."""
    shop, minutes = practice.shop, practice.world.character.minutes
    while True:
        found = shop.listed(minutes=minutes)
        kinds = {ranked.action.id: ranked.action.kind for ranked in found if ranked.today}
        idle = [
            e.id for e in shop.actions.list() if e.state == "proposed" and kinds.get(e.base, "") not in ("", *KINDS)
        ]
        for name in idle:
            shop.actions.dismiss(name)
        if not idle:
            return found


def summed(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """In what share of shops the list beats doing nothing and rules of thumb, and which part of the oracle's gain it makes."""
    ours, nothing, thumb, oracle = (
        np.array([shop[name] for shop in found]) for name in ("ours", "nothing", "thumb", "oracle")
    )
    share = (ours - nothing) / np.maximum(oracle - nothing, 1e-9)
    done: Counter[str] = Counter()
    for shop in found:
        done.update(shop["actions"])
    told: dict[str, Any] = {
        "shops": len(found),
        "better_than_nothing": float(np.mean(ours > nothing)),
        "not_worse_than_nothing": float(np.mean(ours >= nothing)),
        "better_than_thumb": float(np.mean(ours > thumb)),
        "median_share_of_oracle": float(np.median(share)),
        "median_gain": float(np.median(ours / nothing - 1)),
        "median_gain_of_thumb": float(np.median(thumb / nothing - 1)),
        "median_gain_of_oracle": float(np.median(oracle / nothing - 1)),
        "actions_done": sum(done.values()),
    }
    told |= {f"done {name}": count for name, count in done.most_common()}
    for name in dict.fromkeys(shop["shop"] for shop in found):
        mine = np.array([shop["shop"] == name for shop in found])
        told[f"share of the oracle, {name}"] = float(np.median(share[mine]))
    return told
