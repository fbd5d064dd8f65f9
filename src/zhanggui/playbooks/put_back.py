"""Changes that went wrong: a product of which fewer are bought since one thing was logged as changed, while the others went on.

Reads: visits and buyers by day, logged changes, what people did (``since_change``). Where a fall is read window against window, a change
inside a window is diluted until the window is over; the day of a logged change is known, so the days since are held against those before.
Says: nothing by itself; nothing is claimed of so few days.
Does: puts the page back as it was, which costs ten minutes.
Source: docs/rules.md, "Analysis".
"""

from __future__ import annotations

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft
from zhanggui.playbooks.causes import what_words
from zhanggui.playbooks.gains import even_cases, gain, of_amount, of_share
from zhanggui.playbooks.kinds import Rule, Situation, Verdict
from zhanggui.playbooks.readable import measure
from zhanggui.playbooks.since_change import Since, held_against, the_page_change
from zhanggui.playbooks.terms import name_of
from zhanggui.playbooks.visits import Visits, visits
from zhanggui.playbooks.worth import Worth, order_worth, pays_above
from zhanggui.units import Quantity, Words

SURE = 0.9
"""How likely fewer must buy for the change; of several changed products one always looks worse."""
PUT_BACK = 0.7
"""φ: the share of what a change took that comes back with it; a place in search that was lost comes back slowly, if at all."""


def put_back(situation: Situation) -> Verdict:
    """Of every product the one page change since which clearly fewer buy, put back."""
    if not situation.weekly:
        return Verdict()
    actions = []
    for v in visits(situation).values():
        worth = order_worth(situation, v.product)
        change = None if v.flag or worth is None else the_page_change(situation, v)
        since = None if change is None else held_against(situation, v, change)
        if worth is not None and since is not None and since.fell >= SURE and since.now < since.expected:
            actions.append(_action(situation, v, since, worth))
    return Verdict(actions=actions)


def _action(situation: Situation, v: Visits, since: Since, worth: Worth) -> Action:
    """φ · buyers a week that are missing since the change · contribution of an order."""
    kind, change = kind_named("restore_change"), since.change
    named = {"product": name_of(situation, v.product), "what": what_words(change.what), "day": change.day}
    even = even_cases(3)
    missing = of_amount(since.expected - since.now, since.error, even[:, 0]) * 7
    profits = of_share(PUT_BACK, even[:, 1]) * missing * of_amount(worth.value, worth.spread, even[:, 2])
    sales = PUT_BACK * (since.expected - since.now) * 7 * worth.price
    row = {
        "product_id": v.product,
        "change_id": change.id,
        "what": change.what,
        "before": change.after,
        "after": change.before,
        "changed_on": change.day.isoformat(),
    }
    return Action(
        "analysis",
        "put_back",
        kind.name,
        Words("rules_analysis.do.change", named),
        {"product_id": v.product},
        gain=gain(profits) if worth.known else None,
        break_even=None if worth.known else pays_above(situation.floor / sales if sales > 0 else 1.0),
        minutes=kind.minutes,
        reason=Words(
            "rules_analysis.because.since",
            {
                "what": what_words(change.what),
                "day": change.day,
                "now": Quantity(since.now, "ratio"),
                "expected": Quantity(since.expected, "ratio"),
            },
        ),
        draft=Draft("table", rows=[row]),
        measure=measure(situation, v, v.now.rate, worth.value, kind.days) if worth.value > 0 else None,
        touches=(v.product,),
    )


RULES = (
    Rule(
        "put_back",
        "analysis",
        put_back,
        frames=("product_diary", "happenings", "product_refunds"),
        needs=("traffic_days", "changes"),
        proposes=("restore_change",),
        reads=("money_floor_share",),
    ),
)
