"""The shelf: what can be sold of what is wanted, what goes to a sibling, what the owner orders again, what is worth nothing any more."""

from __future__ import annotations

import numpy as np

from zhanggui.practice.chance import Flags, Floats, Ints
from zhanggui.practice.kinds import Terms
from zhanggui.practice.opening import Assortment
from zhanggui.practice.state import Parcel, State

REORDER_BELOW_DAYS = 9
REORDER_TO_DAYS = 34
CAREFUL_DAYS = 24
CARELESS = 0.55
"""Owners order some goods only when little more than half of the usual reserve is left."""
PACE_MEMORY = 0.5 ** (1 / 14)


def arrive(state: State, day: int) -> None:
    """Put on the shelf what suppliers deliver and buyers send back today."""
    for parcel in [parcel for parcel in state.inbound if parcel.arrives <= day]:
        state.stock[parcel.product] += parcel.units
        state.inbound.remove(parcel)
    back = state.back.pop(day, None)
    if back is not None:
        state.stock += back
    _ended(state, day)


def _ended(state: State, day: int) -> None:
    """End what was done until today: advertising that was lent or paused while goods were missing, a price meanwhile dearer."""
    for ending in [ending for ending in state.endings if ending.day <= day]:
        values = getattr(state, ending.name)
        values[ending.product] = max(round(float(values[ending.product]) * ending.times + ending.more, 2), 0.0)
        state.endings.remove(ending)


def fill(stock: Floats, product: Ints, size: Ints, units: Floats) -> Flags:
    """Which requests, in their order, the stock still serves; takes them off ``stock`` (P, Z)."""
    place = product * stock.shape[1] + size
    order = np.argsort(place, kind="stable")
    sorted_place, sorted_units = place[order], units[order]
    running = np.cumsum(sorted_units)
    starts = np.searchsorted(sorted_place, sorted_place, side="left")
    before = np.where(starts > 0, running[starts - 1], 0.0)
    served = np.zeros(len(place), dtype=bool)
    served[order] = running - before <= stock.reshape(-1)[sorted_place] + 1e-9
    np.subtract.at(stock.reshape(-1), place[served], units[served])
    return served


def served_shares(stock: Floats, wanted: Floats) -> Floats:
    """Share of each size's demand (P, Z) that the stock serves on an average day."""
    return np.where(wanted > 0, np.minimum(stock, wanted) / np.maximum(wanted, 1e-12), (stock > 0) * 1.0)


def reorder(assortment: Assortment, state: State, day: int, weekday: int, *, careful: bool = False) -> None:
    """The owner's habit, on Mondays: by the calendar's mean of four weeks, for what is not forgotten. A ``careful`` owner keeps enough
    of everything."""
    if weekday != 0:
        return
    daily = state.lately.mean(axis=0)
    coming = np.zeros_like(state.stock)
    for parcel in state.inbound:
        coming[parcel.product] += parcel.units
    have = (state.stock + coming).sum(axis=1)
    pace = daily.sum(axis=1)
    reserve = np.where(assortment.chasing, 1.0, CARELESS) * (assortment.lead + REORDER_BELOW_DAYS)
    if careful:
        reserve = assortment.lead + CAREFUL_DAYS
    cared = (state.forgotten < 1).any(axis=1) & state.selling
    for product in np.nonzero((have < pace * reserve) & cared & (pace > 0))[0]:
        want = daily[product].sum() * assortment.sizes[product] * (assortment.lead[product] + REORDER_TO_DAYS)
        units = np.ceil(np.maximum(want - state.stock[product] - coming[product], 0)) * (1 - state.forgotten[product])
        if units.sum() > 0:
            units *= max(1.0, assortment.minimum[product] / units.sum())
            state.inbound.append(Parcel(day + int(assortment.lead[product]), int(product), np.ceil(units)))


def end_of_day(assortment: Assortment, state: State, sold: Floats, wanted: Floats, day: int) -> None:
    """Note what was sold and wanted (P, Z)."""
    state.lately = np.concatenate([state.lately[1:], sold[None]])
    state.pace = PACE_MEMORY * state.pace + (1 - PACE_MEMORY) * wanted


def holding(state: State, terms: Terms) -> float:
    """What the shelf costs today: room and bound cash."""
    return float((state.stock.sum(axis=1) * state.cost).sum() * terms.holding_per_week / 7)


def written_off(state: State, terms: Terms) -> float:
    """What stock is worth less than was paid for it: units beyond what sells in ``provision_days`` fetch salvage."""
    coming = np.zeros_like(state.stock)
    for parcel in state.inbound:
        coming[parcel.product] += parcel.units
    excess = np.maximum(state.stock + coming - terms.provision_days * state.pace, 0).sum(axis=1)
    return float((excess * state.cost).sum() * (1 - terms.salvage))
