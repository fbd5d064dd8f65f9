"""What the owner does without being told: small changes to listings, most of them without effect, and prices tried out."""

from __future__ import annotations

import numpy as np

from zhanggui.practice.chance import Purpose, uniforms
from zhanggui.practice.kinds import Character
from zhanggui.practice.state import State
from zhanggui.practice.troubles import alter

IDLE_CHANGES_A_WEEK = 0.5
TRIAL_DAYS = (14, 98)
"""In these days some prices were tried a twentieth higher or lower, a fortnight each."""
TRIED = 0.4


def tinker(character: Character, seed: int, state: State, day: int) -> None:
    """New pictures and words that change nothing, logged like any other change; some owners change the price on the same day."""
    draws = uniforms(seed, Purpose.HABIT, day, np.arange(4))
    if draws[0] >= IDLE_CHANGES_A_WEEK / 7:
        return
    product = int(draws[1] * len(state.price))
    alter(state, day, product, "title" if draws[2] < 0.4 else "image", [], logged=bool(draws[3] < 0.8))
    if character.two_at_once:
        alter(state, day, product, "description", [])


def try_prices(seed: int, state: State, day: int) -> None:
    """Every fortnight of the trial days, some prices go up or down by a twentieth and come back after it."""
    start, end = TRIAL_DAYS
    if not (start <= day <= end and (day - start) % 14 == 0):
        return
    for change in [change for change in state.changes if change.by == "trial" and change.day == day - 14]:
        back = [(name, 1 / factor) for name, factor in change.factors]
        alter(state, day, change.product, "price", back, "trial end")
    if day == end:
        return
    draws = uniforms(seed, Purpose.HABIT, day, 100 + np.arange(len(state.price)))
    for product in np.nonzero(draws < TRIED / 6)[0]:
        step = 1.05 if draws[product] < TRIED / 12 else 0.95
        alter(state, day, int(product), "price", [("price", step)], "trial")
