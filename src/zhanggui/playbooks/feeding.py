"""More visitors for what they are worth: a fifth more for two weeks, of a product whose next visitor clearly brings more than he costs.

A budget's step of a fifth brings a few visitors in a hundred. Where the next click costs far less than what its visitor leaves, two weeks
of more visitors bring more, and then end by themselves.
"""

from __future__ import annotations

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Measure
from zhanggui.methods.marginal_return import MarginalReturn
from zhanggui.playbooks.gains import HORIZON_WEEKS, even_cases, gain, of_amount
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.plans import Plan
from zhanggui.playbooks.supply import lasts
from zhanggui.playbooks.terms import count, exact, name_of
from zhanggui.playbooks.visits import visits
from zhanggui.units import Quantity, Words

MORE = 0.2
"""A step in visitors of at most a fifth in a fortnight (docs/rules.md): who comes beyond that was never seen to buy."""
FEED_WEEKS = 2
RECENT_DAYS = 7


def feed(situation: Situation, plan: Plan, answer: MarginalReturn, click: float, reason: Words) -> list[Action]:
    """ΔV · cpc · (g − 1), for two weeks of the horizon's four; ``answer`` is g, the return of the last unit of spend, ``click`` the cost
    of the next click. Nothing where stock would not last or another plan buys visitors of the product already."""
    if len(plan.products) != 1 or plan.others[-RECENT_DAYS:].any():
        return []
    product, kind = plan.products[0], kind_named("feed_traffic")
    v = visits(situation).get(product)
    if v is None or v.flag or lasts(situation, v) is not True:
        return []
    more = MORE * v.weekly
    profits = more * click * (of_amount(answer.mean, answer.error, even_cases(1)[:, 0]) - 1)
    reach = {"product": name_of(situation, product), "visitors": count(more), "price": exact(click)}
    return [
        Action(
            "promotion",
            "visitor_worth",
            kind.name,
            Words("rules_promotion.do.feed", {**reach, "value": Quantity(answer.mean, "ratio")}),
            {"product_id": product},
            gain=gain(profits * FEED_WEEKS / HORIZON_WEEKS),
            minutes=kind.minutes,
            cost=more * click * FEED_WEEKS,
            reason=reason,
            draft=Draft("table", rows=[{"product_id": product, "share": MORE, "cost_per_click": round(click, 4)}]),
            measure=Measure(kind.metric, kind.design, kind.days),
            touches=(product,),
        )
    ]
