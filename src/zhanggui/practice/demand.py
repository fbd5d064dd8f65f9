"""How many come and how likely they buy, given the shop's state: the law from which a day is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from zhanggui.practice.beside import past_buyers
from zhanggui.practice.chance import Floats, Purpose, gammas, normals, uniforms
from zhanggui.practice.events import crowded, event_prices, held, left_of
from zhanggui.practice.kinds import ADS, DIRECT, LIVE, RECOMMEND, SEARCH, Character
from zhanggui.practice.opening import Assortment
from zhanggui.practice.places import aimed
from zhanggui.practice.state import State

WEEKDAY = (1.02, 1.0, 0.99, 1.0, 0.98, 1.0, 1.01)
FESTIVALS = ((3, 8), (6, 18), (11, 11), (12, 12))
FESTIVAL_VISITORS, FESTIVAL_RATE, FESTIVAL_PRICE = 2.6, 1.55, 0.90
WAITING_DAYS, HANGOVER_DAYS = 5, 12
RATING_WEIGHT = 0.35
PROMISE_WEIGHT = 0.06
RIVAL_WEIGHT = 0.6
FED_RATE = 0.7
"""Visitors that are led or bought beyond those who come by themselves buy less often (docs/rules.md: κ)."""
LED_SHARE = 0.7
STEERED = (RECOMMEND, ADS, LIVE)
"""Slots, advertising and shows: where the shop decides which product is seen."""
DEEP_CUT, DEEP_ELASTICITY = 0.75, -1.0
SWING = 0.2
COMMON_DAILY = 0.006
SIBLING_WEIGHT = 0.8
NEW_SHARES = (0.6, 0.4)
"""Where visitors of a new listing come from: search, recommendations."""


@dataclass(frozen=True, slots=True)
class Law:
    """One day's means: visitors (P, S), chance of wanting to buy (P, S), paid price of a unit (P), spend on ads (P)."""

    visitors: Floats
    rate: Floats
    paid: Floats
    spend: Floats
    fed: Floats  # (P) visitors bought for feeding, part of ``visitors``
    click: Floats  # (P) click-through
    quality: Floats  # (P) quality score of the ads, about 1


def festival_of(day: date) -> tuple[float, float, float]:
    """Factors on visitors, conversion and price: the festival itself, the waiting before and the hangover after it."""
    for month, number in FESTIVALS:
        away = (day - date(day.year, month, number)).days
        if -1 <= away <= 0:
            return FESTIVAL_VISITORS, FESTIVAL_RATE, FESTIVAL_PRICE
        if -WAITING_DAYS <= away < -1:
            return 1.08, 0.86, 1.0
        if 0 < away <= HANGOVER_DAYS:
            return 1 - 0.22 * (1 - away / HANGOVER_DAYS), 1 - 0.12 * (1 - away / HANGOVER_DAYS), 1.0
    return 1.0, 1.0, 1.0


def until_festival(day: date) -> int:
    """Days until the festival for which people wait on this day; 0 where they wait for none."""
    for month, number in FESTIVALS:
        away = (date(day.year, month, number) - day).days
        if 1 < away <= WAITING_DAYS:
            return away
    return 0


def season(character: Character, categories: int, day: date) -> Floats:
    """Factor by category: categories have their high season at different times of the year."""
    if not character.season:
        return np.ones(categories)
    turn = 2 * np.pi * (day.timetuple().tm_yday / 365 - np.arange(categories) / categories)
    return np.asarray(np.exp(character.season * np.sin(turn)), dtype=np.float64)


def drifted(state: State, character: Character, seed: int, day: int) -> None:
    """Let interest wander by one day: the same wandering whatever the shop does."""
    count = len(state.drift)
    state.drift = 0.998 * state.drift + character.drift / np.sqrt(7) * normals(
        seed, Purpose.DRIFT, day, np.arange(count)
    )
    state.common = 0.99 * state.common + COMMON_DAILY * float(normals(seed, Purpose.TREND, day)[0])


def rivals(character: Character, seed: int, day: int, count: int) -> Floats:
    """Price of the matched rival item against its opening (P): quiet, with sales of two weeks now and then."""
    period = day // 14
    cut = uniforms(seed, Purpose.RIVAL, period, np.arange(count))
    return np.where(cut < character.rival_sales, 0.88, 1.0)


def paid_price(state: State) -> Floats:
    """What a buyer pays for a unit after all coupons."""
    return np.round(state.price * (1 - state.offer) * (1 - state.stacked), 2)


def law(
    assortment: Assortment, state: State, character: Character, seed: int, day: int, at: date, *, noisy: bool = True
) -> Law:
    """The day's means. ``noisy`` puts the day's own luck in, the same in every world of the seed."""
    count = assortment.products
    every = np.arange(count)
    crowd, eager, cheap = festival_of(at) if character.festival or character.season else (1.0, 1.0, 1.0)
    running = held(state.events, day)
    paid = event_prices(running, np.round(paid_price(state) * cheap, 2))
    luck = gammas(uniforms(seed, Purpose.NOISE, day, 999), character.noise * 0.6) if noisy else np.ones(1)
    own = gammas(uniforms(seed, Purpose.NOISE, day, every), character.noise) if noisy else np.ones(count)
    pull = np.exp(state.drift + state.common) * own * luck
    pull = pull * season(character, int(assortment.category.max()) + 1, at)[assortment.category] * crowd
    pull = pull * WEEKDAY[at.weekday()] * state.selling
    visitors = assortment.base * pull[:, None]
    visitors[:, [SEARCH, RECOMMEND]] += (state.fresh * pull)[:, None] * NEW_SHARES
    visitors[:, SEARCH] *= state.title * state.image * state.place * state.tide
    visitors[:, RECOMMEND] *= state.image
    visitors[:, DIRECT] *= (0.3 + 0.7 * state.fans) * past_buyers(assortment, state.member, day)
    crowded(running, visitors)
    quality = state.image * np.sqrt(np.maximum(state.page, 0.05)) * np.exp(0.2 * (state.rating() - assortment.stars))
    swing = np.where(day < state.varied_until, SWING if day // 2 % 2 else -SWING, 0.0)
    spend = (
        state.budget
        * (1 + swing)
        * state.selling
        * np.exp(0.12 * normals(seed, Purpose.BUDGET, day, every))
        * (crowd**0.5)
    )
    bought = _bought(assortment, spend) * np.sqrt(quality) * own
    visitors[:, ADS] = bought
    organic = assortment.halo * (bought - assortment.bought * state.selling)
    visitors[:, SEARCH] = np.maximum(visitors[:, SEARCH] + organic, 0.1 * visitors[:, SEARCH])
    rate = assortment.rate * _wanting(assortment, state, character, seed, day, paid)[:, None] * eager
    rate[:, SEARCH] *= state.fond
    fed = np.where(day < state.fed_until, state.feed, 0.0) * visitors.sum(axis=1)
    visitors[:, SEARCH] = np.maximum(visitors[:, SEARCH] + assortment.halo * fed, 0.1 * visitors[:, SEARCH])
    visitors, rate = _with(visitors, rate, RECOMMEND, fed, FED_RATE * rate.mean(axis=1))
    visitors, rate = aimed(*_led(visitors, rate, state), state)
    if day in state.early:
        rate = rate * left_of(state.early[day], (visitors * rate).sum(axis=1))[:, None]
    return Law(visitors, np.clip(rate, 0, 0.9), paid, spend, fed, assortment.click * state.image, quality)


def _bought(assortment: Assortment, spend: Floats) -> Floats:
    """Visits that a day's spend buys: concave, half of all there are at ``half``."""
    opening = assortment.budget
    most = np.where(opening > 0, assortment.bought * (opening + assortment.half) / np.maximum(opening, 1e-9), 0.0)
    return np.asarray(most * spend / (spend + assortment.half), dtype=np.float64)


def _wanting(assortment: Assortment, state: State, character: Character, seed: int, day: int, paid: Floats) -> Floats:
    """Factor on every visitor's chance to want the product: price, page, stars, delivery, rival, smallest quantity."""
    count = assortment.products
    stars = np.exp(RATING_WEIGHT * (state.rating() - assortment.stars))
    wait = np.exp(-PROMISE_WEIGHT * (state.promise - assortment.promise))
    rival = rivals(character, seed, day, count) ** RIVAL_WEIGHT
    several = np.where(state.least > 1, 0.45, 1.0)
    price = _priced(paid / assortment.price, assortment.elasticity)
    own = price * state.page * stars * wait * rival * several
    weight = assortment.base.sum(axis=1)
    whole = np.bincount(assortment.category, weight)
    # A category that nobody visits yet has no siblings to choose among.
    kind = np.where(whole > 0, np.bincount(assortment.category, weight * own) / np.maximum(whole, 1e-9), 1.0)
    # What one product gains in appeal its siblings lose in part: buyers choose among them.
    return np.asarray(own * kind[assortment.category] ** (-SIBLING_WEIGHT * character.substitution), dtype=np.float64)


def _priced(ratio: Floats, elasticity: Floats) -> Floats:
    """Demand at a price against the opening's: of constant elasticity, but a cut beyond a quarter finds few more who want it at all."""
    near = np.clip(ratio, DEEP_CUT, 4.0) ** elasticity
    return np.asarray(near * np.minimum(ratio / DEEP_CUT, 1.0) ** DEEP_ELASTICITY, dtype=np.float64)


def _with(visitors: Floats, rate: Floats, source: int, more: Floats, their_rate: Floats) -> tuple[Floats, Floats]:
    """Add visitors of another readiness to a source: the source's rate becomes the mean of both."""
    both = visitors[:, source] + more
    mixed = np.where(
        both > 0, (visitors[:, source] * rate[:, source] + more * their_rate) / np.maximum(both, 1e-9), rate[:, source]
    )
    visitors, rate = visitors.copy(), rate.copy()
    visitors[:, source], rate[:, source] = both, mixed
    return visitors, rate


def _led(visitors: Floats, rate: Floats, state: State) -> tuple[Floats, Floats]:
    """Visitors whom the shop steers, led from one product to another, buy there, but less often than those who came for it."""
    for giver, taker, share in state.moved:
        usual = LED_SHARE * rate.mean(axis=1)
        for source in STEERED:
            more = np.zeros(len(visitors))
            more[taker] = share * visitors[giver, source]
            visitors = visitors.copy()
            visitors[giver, source] -= more[taker]
            visitors, rate = _with(visitors, rate, source, more, usual)
    return visitors, rate


def opening_day(festival: bool) -> date:
    """Monday on which shops open: a festive one so that a great festival falls into its weeks of decisions."""
    first = date(2024, 2, 12)
    return first + timedelta(days=63) if festival else first
