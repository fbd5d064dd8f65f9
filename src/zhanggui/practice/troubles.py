"""What goes wrong in a practice shop, and what chances it misses: planted with known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhanggui.practice.beside import Threshold
from zhanggui.practice.chance import Floats, Ints, Purpose, uniforms
from zhanggui.practice.kinds import ADS, SEARCH, Cause, Character, Terms, Trouble
from zhanggui.practice.margin import order_margin
from zhanggui.practice.opening import Assortment, paid_orders
from zhanggui.practice.state import Change, State

LOGGED: dict[Cause, str] = {
    "price_raised": "price",
    "bad_title": "title",
    "bad_image": "image",
    "good_image": "image",
    "worse_packing": "packing",
    "slow_delivery": "delivery",
}
"""Causes that leave a line in the change log, and what it says was changed."""

FROM_THE_START: tuple[Cause, ...] = ("mispriced", "ads_over", "ads_under")
COMING: tuple[Cause, ...] = (
    "broken_sizes",
    "price_raised",
    "bad_reviews",
    "bad_title",
    "bad_image",
    "worse_packing",
    "wrong_chart",
    "wrong_description",
    "stacked_coupons",
    "forgotten_reorder",
    "slow_delivery",
    "good_image",
)
CASE_DAYS: dict[Cause, int] = {"niche": 0, "companions": 0, "dear_gift": 70}
"""From which day on a case stands; others come a week after the first decision."""
HERO_CHANCE = 0.4
FIRST_COUPON = 0.12
GIFT_SHARE = 0.06
FIRST_DAYS = 10
"""So long lasts what new listings have at first."""
BEFORE_DAYS, LAST_DAYS = 35, 28
"""Troubles begin from five weeks before the first decision to four weeks before the last."""
STRENGTH: dict[Cause, tuple[float, float]] = {
    "broken_sizes": (0.45, 0.65),
    "price_raised": (1.18, 1.30),
    "bad_reviews": (4.5, 7.0),
    "bad_title": (0.55, 0.72),
    "bad_image": (0.62, 0.78),
    "worse_packing": (8.0, 14.0),
    "wrong_chart": (5.0, 8.0),
    "wrong_description": (5.0, 9.0),
    "stacked_coupons": (0.04, 0.12),
    "forgotten_reorder": (12.0, 20.0),
    "mispriced": (0.86, 1.16),
    "ads_over": (2.2, 3.2),
    "ads_under": (0.3, 0.5),
    "good_image": (1.22, 1.40),
    "weak_hero": (0.40, 0.55),
    "slow_delivery": (4.0, 6.0),
    "outbid": (0.4, 0.6),
    "niche": (1.8, 2.4),
    "companions": (0.25, 0.35),
    "dear_gift": (0.75, 0.95),
    "launch": (0.5, 1.0),
}


def strength_of(cause: Cause, draw: float) -> float:
    """How strong a trouble is, for an even draw."""
    low, high = STRENGTH[cause]
    if cause == "mispriced":  # too cheap or too dear, never right
        return low if draw < 0.5 else high
    return low + (high - low) * draw


def possible(cause: Cause, character: Character) -> bool:
    """Whether a shop of this character can have it."""
    if cause == "launch":
        return character.waiting > 1
    return cause not in ("broken_sizes", "wrong_chart") or character.sized


def planted(character: Character, seed: int, assortment: Assortment, decisions: int, weeks: int) -> list[Trouble]:
    """The troubles of a shop: some stand from the start, others come in the weeks before and during decisions (from day
    ``decisions`` on), on the products that matter, never two on one product."""
    if character.troubles <= 0:
        return []
    ranked = np.argsort(-paid_orders(assortment), kind="stable")
    often = max(len(ranked) // 2, 4)
    places = list(ranked[:often][np.argsort(uniforms(seed, Purpose.TROUBLE, 1, np.arange(often)), kind="stable")])
    found: list[Trouble] = []

    def plant(cause: Cause, nth: int, day: int) -> None:
        fit = [p for p in places if cause not in ("ads_over", "ads_under") or assortment.budget[p] > 0]
        if not fit or not possible(cause, character):
            return
        places.remove(fit[0])
        draw = float(uniforms(seed, Purpose.TROUBLE, 2, nth)[0])
        found.append(Trouble(cause, int(fit[0]), day, strength_of(cause, draw)))

    for nth, cause in enumerate(character.cases):
        if cause == "outbid":  # it is the place of the product that carries the shop that is worth a rival's money
            places.sort(key=lambda p: int(p != ranked[0]))
        plant(cause, 200 + nth, CASE_DAYS.get(cause, decisions + 7))
    if uniforms(seed, Purpose.TROUBLE, 6)[0] < HERO_CHANCE * character.troubles:
        plant("weak_hero", 50, decisions - 60)
    standing = max(1, round(character.troubles * len(ranked) / 12))
    for nth in range(standing):
        pick = int(uniforms(seed, Purpose.TROUBLE, 3, nth)[0] * len(FROM_THE_START))
        plant(FROM_THE_START[pick], nth, 0)
    coming = max(2, round(character.troubles * len(ranked) / 5))
    for nth in range(coming):
        pick = int(uniforms(seed, Purpose.TROUBLE, 4, nth)[0] * len(COMING))
        day = (
            decisions
            - BEFORE_DAYS
            + int(uniforms(seed, Purpose.TROUBLE, 5, nth)[0] * (BEFORE_DAYS + 7 * weeks - LAST_DAYS))
        )
        plant(COMING[pick], 100 + nth, day)
    return found


def begin(assortment: Assortment, state: State, trouble: Trouble, terms: Terms) -> None:
    """Let a trouble come over the shop."""
    p, strength, cause = trouble.product, trouble.strength, trouble.cause
    factors: list[tuple[str, float]] = []
    if cause == "broken_sizes":
        _break_sizes(assortment, state, p, strength)
    elif cause == "price_raised":
        factors = [("price", strength)]
    elif cause == "bad_reviews":
        state.batch[p] = strength
    elif cause == "bad_title":
        factors = [("title", strength), ("page", 0.5 + 0.5 * strength)]
    elif cause == "bad_image":
        factors = [("image", 0.5 + 0.5 * strength), ("page", strength)]
    elif cause == "worse_packing":
        factors = [("packed", strength)]
    elif cause == "wrong_chart":
        state.chart[p] = strength
    elif cause == "wrong_description":
        state.described[p] = strength
    elif cause == "stacked_coupons":
        state.offer[p] = max(state.offer[p], FIRST_COUPON)
        cash = (state.cost[p] + terms.freight + state.box[p]) / (1 - terms.fee)
        state.stacked[p] = max(1 - cash * (1 - strength) / (state.price[p] * (1 - state.offer[p])), 0.05)
    elif cause == "forgotten_reorder":
        _forget(assortment, state, p, strength)
    elif cause == "mispriced":
        state.price[p] = np.round(state.price[p] * strength, 0) - 0.1
    elif cause in ("ads_over", "ads_under"):
        state.budget[p] = np.round(max(best_budget(assortment, p, terms), 0.2 * state.budget[p]) * strength, 1)
    elif cause == "good_image":
        factors = [("page", strength), ("image", 1.05)]
    elif cause == "weak_hero":
        state.page[p] *= strength
    elif cause == "outbid":
        state.outbid[p] = state.place[p] = strength
    elif cause == "niche":
        state.fond[p] = strength
    elif cause == "companions":
        listed = int((assortment.base.sum(axis=1) > 0).sum())
        other = trouble.other if trouble.other >= 0 else (p + 1) % listed
        state.beside[p, other] = strength
    elif cause == "dear_gift":
        at = round(float(np.median(assortment.price)) * strength)
        state.thresholds.append(Threshold(trouble.day, at, round(GIFT_SHARE * at, 1)))
    elif cause == "launch":
        _launch(assortment, state, trouble.day, strength)
    elif cause == "slow_delivery":
        factors = [("promise", 1 + strength / float(state.promise[p]))]
    if factors or cause in LOGGED:
        alter(state, trouble.day, p, LOGGED[cause], factors)


def _launch(assortment: Assortment, state: State, day: int, strength: float) -> None:
    """The products outside the range are listed, each with a share of what a product of the shop is visited by."""
    new = np.nonzero(assortment.category == assortment.category.max())[0]
    usual = assortment.base.sum(axis=1)
    visitors = strength * float(usual[usual > 0].mean())
    list_new(assortment, state, day, new, np.ceil(FIRST_DAYS * visitors * assortment.rate[new].mean(axis=1)))
    state.fresh[new] = visitors


def list_new(assortment: Assortment, state: State, day: int, new: Ints, units: Floats) -> None:
    """Put new products with their first stock on sale."""
    state.selling[new] = True
    state.listed[new] = day
    state.stock[new] += np.ceil(units[:, None] * assortment.sizes[new])


def best_budget(assortment: Assortment, p: int, terms: Terms) -> float:
    """The day's advertising of a product whose last unit of money just comes back, with the organic visitors it brings or takes."""
    one = np.ones(1)
    margin = order_margin(
        assortment.price[p] * one,
        assortment.cost[p] * one,
        assortment.units[p] * one,
        assortment.before[p] * one,
        assortment.after[p] * one,
        terms,
    )
    worth = float(margin[0]) * (assortment.rate[p, ADS] + assortment.halo[p] * assortment.rate[p, SEARCH])
    budget, half = float(assortment.budget[p]), float(assortment.half[p])
    last = worth * float(assortment.bought[p]) / max(budget, 1e-9) * half / (budget + half)
    return float((budget + half) * np.sqrt(max(last, 0.0)) - half)


def alter(
    state: State,
    day: int,
    product: int,
    what: str,
    factors: list[tuple[str, float]],
    by: str = "owner",
    *,
    logged: bool = True,
) -> Change:
    """Multiply parts of the state and write the change down, so that it can be put back."""
    before = after = ""
    for name, factor in factors:
        values = getattr(state, name)
        old = float(values[product])
        values[product] = np.round(old * factor, 0) - 0.1 if name == "price" else old * factor
        if name in ("price", "budget"):
            before, after = f"{old:.2f}", f"{float(values[product]):.2f}"
            factor = float(values[product]) / old
            factors = [(name, factor) if n == name else (n, f) for n, f in factors]
    if not before:
        version = sum(change.product == product and change.what == what for change in state.changes) + 1
        before, after = f"{what} {version}", f"{what} {version + 1}"
    made = Change(f"C{day:04d}-{len(state.changes):04d}", day, product, what, before, after, by, tuple(factors), logged)
    state.changes.append(made)
    return made


def restored(state: State, change: Change, day: int, by: str) -> None:
    """Put a change back: what it multiplied is divided again."""
    back = [(name, 1 / factor) for name, factor in change.factors]
    alter(state, day, change.product, change.what, back, by, logged=False)
    state.changes[-1] = replace(state.changes[-1], before=change.after, after=change.before)


def _break_sizes(assortment: Assortment, state: State, product: int, share: float) -> None:
    """Sell out the best sizes until they make ``share`` of the demand, and order none of them again."""
    gone = 0.0
    for size in np.argsort(-assortment.sizes[product]):
        if gone >= share:
            break
        gone += float(assortment.sizes[product, size])
        state.stock[product, size] = 0
        state.forgotten[product, size] = 1
        for parcel in state.inbound:
            if parcel.product == product:
                parcel.units[size] = 0


def _forget(assortment: Assortment, state: State, product: int, days: float) -> None:
    """Leave stock for ``days`` and nothing on its way; the owner does not think of ordering it."""
    state.stock[product] = np.minimum(state.stock[product], np.ceil(days * state.pace[product]))
    state.forgotten[product] = 1
    state.inbound = [parcel for parcel in state.inbound if parcel.product != product]
