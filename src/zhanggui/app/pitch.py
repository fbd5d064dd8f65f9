"""An event's proposal for the shop, and a sheet about it that may be shown to the platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from zhanggui.errors import BadValue
from zhanggui.units import Period, Quantity, Words

if TYPE_CHECKING:
    from zhanggui.actions.kinds import Action
    from zhanggui.app.shop import Shop
    from zhanggui.playbooks.event_history import Terms
    from zhanggui.playbooks.kinds import Finding, Situation

DAYS = 28
MOST = 3
FEWEST_VISITORS = 200
FEWEST_REVIEWS = 5
WEEKS = 4
ALSO = ("shop_blocks", "annotated_days")


@dataclass(frozen=True, slots=True)
class Pitch:
    """``proposal`` is what the shop should know before it answers, costs among it; ``sheet`` what speaks for it to others, without them."""

    event: str
    proposal: Sequence[Words]
    sheet: Sequence[Words]
    gain: tuple[float, float] | None  # money of the event, and the chance that it pays


def pitch(shop: Shop, event: str) -> Pitch:
    """The proposal and the sheet of an event to come that nobody answered. Raises BadValue for another."""
    from zhanggui.app.positioning import situation_of
    from zhanggui.playbooks import rules
    from zhanggui.playbooks.event_history import event_terms

    rule = next(rule for rule in rules() if rule.name == "event_go_no_go")
    names = [*rule.frames, *ALSO, *(["stock"] if shop.warehouse.rows().get("stock_days") else [])]
    here = situation_of(shop, tuple(dict.fromkeys(names)))
    verdict = rule.judge(here)
    actions = {a.where.get("campaign"): a for a in verdict.actions}
    findings = {f.where.get("campaign"): f for f in verdict.findings}
    if event not in actions:
        raise BadValue("plans.no_event", name=event, known=", ".join(sorted(map(str, actions))) or "–")
    terms = next(terms for terms in event_terms(here) if terms.id == event)
    action = actions[event]
    gain = (action.gain.profit * WEEKS, action.gain.chance) if action.gain else None
    return Pitch(event, _proposal(findings[event], action), _sheet(here, terms, action), gain)


def _proposal(finding: Finding, action: Action) -> list[Words]:
    lines = [finding.words, action.words]
    if action.gain is not None:
        gain = action.gain
        money = Quantity(gain.profit * WEEKS, "money", gain.low * WEEKS, gain.high * WEEKS, signed=True)
        lines.append(Words("plans.pitch.gain", {"money": money, "chance": Quantity(min(gain.chance, 0.99), "share")}))
    return [*lines, *(action.draft.words if action.draft else ())]


def _sheet(here: Situation, terms: Terms, action: Action) -> list[Words]:
    from zhanggui.playbooks.terms import name_of

    diary = here.frames["product_diary"].filter(pl.col("age") < DAYS)
    money = diary.group_by("product_id").agg(pl.col("gross").sum()).sort("gross", descending=True)
    largest = [str(name) for name in money["product_id"] if name != "*"]
    products = sorted(terms.offer.products or ()) or list(action.touches) or largest
    shown = sorted(products, key=lambda name: largest.index(name) if name in largest else len(largest))[:MOST]
    said = {
        "event": terms.offer.name,
        "days": Period(terms.offer.start, terms.offer.end),
        "products": [name_of(here, product) for product in shown],
    }
    lines = [Words("plans.pitch.asked", said)]
    for product in shown:
        lines += _evidence(here, terms, product, diary)
    return lines


def _evidence(here: Situation, terms: Terms, product: str, diary: pl.DataFrame) -> list[Words]:
    from zhanggui.playbooks.event_history import events_ran, ordinary_pace
    from zhanggui.playbooks.shelves import on_shelves
    from zhanggui.playbooks.terms import column_sum, name_of

    own, name = diary.filter(pl.col("product_id") == product), name_of(here, product)
    units, visitors, buyers, gross, back, reviews, low = (
        column_sum(own, column)
        for column in ("units", "visitors", "pay_buyers", "gross", "returned", "reviews", "low_reviews")
    )
    _, _, usual = ordinary_pace(here, product)
    lines = []
    if terms.offer.price and usual > terms.offer.price:
        price = {"product": name, "price": Quantity(terms.offer.price, "money", exact=True)}
        lines.append(Words("plans.pitch.price", {**price, "usual": Quantity(usual, "money", exact=True)}))
    sells: dict[str, Any] = {"product": name, "units": Quantity(units / DAYS, "count")}
    all_visitors, all_buyers = column_sum(diary, "visitors"), column_sum(diary, "pay_buyers")
    if visitors >= FEWEST_VISITORS and all_visitors:
        rates = {"rate": Quantity(buyers / visitors, "share"), "shop": Quantity(all_buyers / all_visitors, "share")}
        counts = {"buyers": Quantity(buyers, "count"), "visitors": Quantity(visitors, "count")}
        lines.append(Words("plans.pitch.sells", {**sells, **rates, **counts}))
    else:
        lines.append(Words("plans.pitch.sells_only", sells))
    if gross > 0:
        refunds = {"refunds": Quantity(back / gross, "share")}
        counted = {"low": Quantity(low, "count"), "reviews": Quantity(reviews, "count")}
        enough = reviews >= FEWEST_REVIEWS
        lines.append(Words("plans.pitch.kept" if enough else "plans.pitch.kept_only", {**refunds, **counted}))
    if "stock" in here.frames and (have := sum(on_shelves(here).get(product, {}).values())) > 0:
        lines.append(Words("plans.pitch.stock", {"product": name, "units": Quantity(have, "count")}))
    for earlier in events_ran(here):
        if product in (earlier.terms.offer.products or ()) and earlier.multiple > 1:
            told = {"event": earlier.terms.offer.name, "multiple": Quantity(earlier.multiple, "ratio")}
            lines.append(Words("plans.pitch.earlier", told))
    return lines
