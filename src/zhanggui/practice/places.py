"""Places in search: lost where a rival bids more, won back with the visits that are bought meanwhile; and niches that few others serve."""

from __future__ import annotations

import numpy as np

from zhanggui.practice.chance import Floats
from zhanggui.practice.kinds import RECOMMEND, SEARCH
from zhanggui.practice.opening import Assortment
from zhanggui.practice.state import State

CLIMB_DAYS = 14
"""Visits bought for so long, as many as are missing, win back what a place can win back at all: an even share of what was lost."""
TIDE, HIGH_TIDE = 1.004, 2.0
"""Searches for a niche grow daily, until they are twice as many."""
SLOTS = 0.3
"""At most this part of the shop's slots is given to one part of its range."""
AIMED_RATE = 0.7


def climbed(assortment: Assortment, state: State, visitors: Floats, fed: Floats) -> None:
    """The evening of a day with ``visitors`` (P, S), of which ``fed`` (P) were bought: the platform ranks by what is visited and bought."""
    low = np.nonzero(state.outbid < 1)[0]
    for p in low:
        missing = visitors[p, SEARCH] * (1 / max(state.place[p], 1e-9) - 1)
        covered = min(float(fed[p]) / max(float(missing), 1e-9), 1.0)
        share = float(assortment.climb[p])
        most = 1 - (1 - share) * (1 - float(state.outbid[p]))
        state.place[p] = min(
            state.place[p] + covered * share * (1 - state.outbid[p]) / CLIMB_DAYS, max(most, state.place[p])
        )


def rising(state: State) -> None:
    """One day on, a few more search for what a niche sells."""
    state.tide = np.where(state.fond > 1, np.minimum(state.tide * TIDE, HIGH_TIDE), state.tide)


def aim(assortment: Assortment, state: State, product: int) -> bool:
    """Titles, a landing page and slots for what a product serves: visitors of other slots are led there. Once."""
    if any(p == product for p, _ in state.aimed):
        return False
    state.aimed.append(
        (product, float(assortment.reach[product] * assortment.base[product, SEARCH] * state.tide[product]))
    )
    return True


def aimed(visitors: Floats, rate: Floats, state: State) -> tuple[Floats, Floats]:
    """Visitors of the slots of others, led to what was made for them: they buy nearly as often as those who searched for it."""
    for p, wanted in state.aimed:
        slots = visitors[:, RECOMMEND].copy()
        slots[p] = 0.0
        more = min(wanted, SLOTS * float(slots.sum())) * bool(state.selling[p])
        if more <= 0:
            continue
        visitors, rate = visitors.copy(), rate.copy()
        visitors[:, RECOMMEND] -= more * slots / slots.sum()
        own = visitors[p, SEARCH]
        rate[p, SEARCH] *= (own + AIMED_RATE * more) / max(own + more, 1e-9)
        visitors[p, SEARCH] = own + more
    return visitors, rate
