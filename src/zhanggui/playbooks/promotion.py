"""Paid promotion: whether the last unit of money spent on a plan comes back.

Reads: plans by day (cost, budget, what the platform claims), the sales of the products they promote, costs, refunds, logged changes.
Says: what the last unit brings, out of how all sales of the products moved with the budget, and the return at which the plan pays.
Does: less where it does not come back, more where it does and stock lasts, and where that is unclear a budget that varies by pairs of days.
Source: docs/rules.md, "Promotion".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zhanggui.actions.catalogue import kind_named
from zhanggui.actions.kinds import Action, Draft, Gain, Measure
from zhanggui.methods.marginal_return import MarginalReturn, marginal_return
from zhanggui.methods.smallest_visible import DETECTABLE
from zhanggui.playbooks.budgets import at_one_sitting, resting
from zhanggui.playbooks.clicks import by_clicks
from zhanggui.playbooks.feeding import feed
from zhanggui.playbooks.gains import ADDED_TRAFFIC, UNIT, Floats, even_cases, gain, of_amount
from zhanggui.playbooks.kinds import Evidence, Finding, Locked, Rule, Situation, Verdict
from zhanggui.playbooks.plans import Plan, budgets, changed_together, lately_changed, plans
from zhanggui.playbooks.supply import lasts
from zhanggui.playbooks.terms import asked, exact, money, share
from zhanggui.playbooks.visits import visits
from zhanggui.playbooks.worth import pays_above
from zhanggui.units import Quantity, Words

FEWEST_DAYS = 14
FEWEST_ORDERS = 30
ORDERS_WORTH = 20
CUT, RAISE, SWING = 0.25, 0.2, 0.2
SURE, SURE_BY_CLICKS = 0.8, 0.9
"""How likely the last unit must not come back; surer where only clicks say so: of many plans some look bad by chance."""
SURE_AT = 0.8416212335729143
"""So many standard deviations away a normal belief is that sure."""
CLEARLY_MORE = 1.2
CANDIDATE = 0.05
PRIOR_SPREAD = 0.4
"""How far off the prior may be, as a share of it: what the platform claims, what it takes from organic visits, how the curve bends."""
UNCLAIMED = (ADDED_TRAFFIC, 1.0)
"""What is believed of a plan whose platform claims nothing."""
LEAST_WEIGHT, CLICKS_WEIGHT = 0.2, 0.5
"""Share of the answer that must come from the shop's own sales, or of what is known of its clicks from its own days, before a budget is
moved: the platform's claim alone moves none."""
TEST_DAYS = 28
STOCK_DAYS, FASTER = 14, 1.1
"""For so many days what is on hand must last at so much more than the present pace: a fifth more spend sells a few more in a hundred."""
KNOWN_LATER = 0.5
"""A test of four weeks pays in the other half of eight."""


def visitor_worth(situation: Situation) -> Verdict:
    """What the last unit of money of every plan brings: cut, raise, or learn."""
    findings: list[Finding] = []
    actions: list[Action] = []
    judged = read_plans(situation)
    moves: list[Action] = []
    for plan, before, answer in judged:
        if not plan.known:
            continue
        if answer is not None:
            actions += _fed(situation, plan, answer, before)
        if resting(situation, plan):
            continue
        verdict = _decided(situation, plan, answer, before) if answer is not None else None
        if verdict is None or answer is None:
            actions += _learn(situation, plan, answer, before)
            continue
        found, action = verdict
        findings += found
        moves.append(action)
    actions += at_one_sitting(situation, moves)
    return Verdict(
        findings=findings,
        actions=actions,
        locked=_locked([p for p, *_ in judged]),
        family=sum(p.known for p, *_ in judged),
    )


def read_plans(situation: Situation) -> list[Read]:
    """Every plan that can be judged, what was believed of its last unit before, and what its sales say; read once a morning."""
    if "read_plans" not in situation.workings:
        found: list[Read] = []
        for plan in plans(situation):
            if _judgeable(situation, plan):
                before = _before(situation, plan)
                found.append((plan, before, _return(plan, before)))
        situation.workings["read_plans"] = found
    kept: list[Read] = situation.workings["read_plans"]
    return kept


def _judgeable(situation: Situation, plan: Plan) -> bool:
    """Two weeks, and enough orders or money; not while it learns, nor where price and budget moved together."""
    spent = float(plan.spend.sum())
    if plan.days < FEWEST_DAYS or plan.weekly <= 0 or plan.order <= 0 or plan.rate <= 0:
        return False
    if plan.orders < FEWEST_ORDERS and spent < ORDERS_WORTH * plan.order:
        return False
    return not (lately_changed(situation, plan) or changed_together(situation, plan))


@dataclass(frozen=True, slots=True)
class Before:
    """What is believed of a plan's last unit before its sales are looked at: mean and standard deviation; ``weight``: which share of what
    it buys the shop's own clicks say; ``most``: what of it does not rest on days of more demand, ``click``: what
    the next one then costs."""

    mean: float
    spread: float
    weight: float = 0.0
    most: float | None = None
    click: float | None = None


Read = tuple[Plan, Before, MarginalReturn | None]


def _before(situation: Situation, plan: Plan) -> Before:
    """By the shop's own clicks; where they say nothing, κ × what the mean unit brings by the platform's claim: returns diminish."""
    clicked = by_clicks(situation, plan, budgets(plan))
    if clicked is not None and clicked.mean > 0:
        return Before(clicked.mean, clicked.spread, clicked.weight, clicked.most, clicked.click)
    if plan.claimed is None:
        return Before(*UNCLAIMED)
    mean = ADDED_TRAFFIC * plan.claimed * plan.rate
    return Before(mean, PRIOR_SPREAD * max(mean, ADDED_TRAFFIC))


def _return(plan: Plan, before: Before) -> MarginalReturn | None:
    """From days on which the budget was moved, where it is told; else from what was spent."""
    told = budgets(plan)
    beside = plan.others if plan.others.any() else None
    prior = before.mean, before.spread
    for moved_by in (told, None):
        answer = marginal_return(plan.contribution, plan.spend, moved_by=moved_by, beside=beside, prior=prior)
        if isinstance(answer, MarginalReturn):
            return answer
    return None


def _by_decision(plan: Plan) -> bool:
    """Whether the budget itself was varied, so that demand cannot have made the spend."""
    told = budgets(plan)
    if told is None:
        return False
    return isinstance(marginal_return(plan.contribution, plan.spend, moved_by=told, prior=UNCLAIMED), MarginalReturn)


def _decided(
    situation: Situation, plan: Plan, answer: MarginalReturn, before: Before
) -> tuple[list[Finding], Action] | None:
    """Less or more, where the shop's own days say so clearly enough: its sales, or for less, which can be taken back, the clicks that its
    money buys; None where they do not."""
    by_sales = answer.weight >= LEAST_WEIGHT
    agree = answer.data_mean < 1 or answer.weight < LEAST_WEIGHT
    needed = SURE if by_sales else SURE_BY_CLICKS
    if (by_sales or before.weight >= CLICKS_WEIGHT) and answer.below(1.0) >= needed and agree:
        return _move(situation, plan, answer, -CUT, _by_sales(answer, 1.0) if by_sales else 1.0)
    if by_sales and _by_decision(plan):
        pays = answer.data_mean > 1 and added(1.0, answer.mean) > 0
        if 1 - answer.below(CLEARLY_MORE) >= SURE and pays and stocked(situation, plan):
            return _move(situation, plan, answer, RAISE, 1 - _by_sales(answer, CLEARLY_MORE))
        return None
    least = _at_least(answer, before)
    if before.weight >= CLICKS_WEIGHT and 1 - least.below(CLEARLY_MORE) >= SURE and stocked(situation, plan):
        return _move(situation, plan, least, RAISE, 1.0, kept=1.0)
    return None


def _fed(situation: Situation, plan: Plan, answer: MarginalReturn, before: Before) -> list[Action]:
    """Two weeks of more visitors, where the next click clearly brings more than it costs and sales do not speak against it."""
    least = _at_least(answer, before)
    agree = answer.data_mean > 1 or answer.weight < LEAST_WEIGHT
    if before.click is None or before.weight < CLICKS_WEIGHT or not agree or 1 - least.below(CLEARLY_MORE) < SURE:
        return []
    return feed(situation, plan, least, before.click, _reason(plan, answer))


def _at_least(answer: MarginalReturn, before: Before) -> MarginalReturn:
    """The answer for spending more, where the budget was never varied and clicks tell it: of the part that the clicks of days with more
    spend brought, no more than returns usually diminish to. On days of more demand both rise, whatever the money does."""
    if before.most is None or before.most >= answer.mean:
        return answer
    return replace(answer, mean=before.most, error=answer.error * before.most / max(answer.mean, 1e-9))


def _by_sales(answer: MarginalReturn, value: float) -> float:
    """How likely sales look as they do, or clearer, if the last unit brought ``value``: small where they speak for less."""
    from scipy.special import ndtr

    return float(ndtr((answer.data_mean - value) / answer.data_error))


def stocked(situation: Situation, plan: Plan) -> bool:
    """Whether the stock of everything it promotes is told and lasts two weeks at a tenth more than the pace."""
    known = visits(situation)
    return bool(plan.products) and all(
        p in known and lasts(situation, known[p], STOCK_DAYS, FASTER) is True for p in plan.products
    )


def saved(spend: float, marginal: float) -> float:
    """ΔS · (1 − g): what a cut keeps a week before the rule's record.

    >>> round(saved(5600, 0.78), 6)
    1232.0
    """
    return spend * (1 - marginal)


def added(spend: float, marginal: float) -> float:
    """ΔS · (κ·g − 1): what more spend brings a week before the rule's record.

    >>> round(added(1000, 1.8), 6)
    260.0
    """
    return spend * (ADDED_TRAFFIC * marginal - 1)


def _move(
    situation: Situation, plan: Plan, answer: MarginalReturn, step: float, p: float, *, kept: float = ADDED_TRAFFIC
) -> tuple[list[Finding], Action]:
    """The action, and its claim with the p-value of the sales alone: what was believed before is reason to act, not to claim. ``kept`` is
    κ, or 1 where the answer is reckoned of added visitors already."""
    spend = abs(step) * plan.weekly
    returns = of_amount(answer.mean, answer.error, even_cases(1)[:, 0])
    profits = spend * (1 - returns) if step < 0 else spend * (kept * returns - 1)
    promised = gain(profits)
    key = "cut" if step < 0 else "raise"
    reason = _reason(plan, answer)
    words = Words(f"rules_promotion.{key}.claim", {"plan": plan.campaign, **_returns(answer)})
    finding = Finding(
        "promotion",
        "visitor_worth",
        "claim",
        words,
        "ad_cost",
        {"campaign": plan.campaign, "platform": plan.platform},
        -promised.profit if step < 0 else promised.profit,
        -promised.high if step < 0 else promised.low,
        -promised.low if step < 0 else promised.high,
        p=p,
        worth=promised.profit,
        evidence=(Evidence(words, asked("ad_cost", situation, ("campaign",), campaign=plan.campaign)),),
        because=reason,
        cause=f"plan:{plan.platform}:{plan.campaign}",
    )
    claimed = [finding] if p < CANDIDATE else []
    return claimed, _action(situation, plan, answer, promised, step, tuple(f.id for f in claimed), reason)


def _returns(answer: MarginalReturn) -> dict[str, Quantity]:
    reach = UNIT * answer.error
    return {"value": Quantity(answer.mean, "ratio", answer.mean - reach, answer.mean + reach)}


def _reason(plan: Plan, answer: MarginalReturn | None) -> Words:
    """What the answer stands on, and the return on claimed sales at which the plan pays."""
    said: dict[str, Any] = {"needed": Quantity(plan.break_even or 0.0, "ratio"), "margin": share(plan.rate)}
    if plan.claimed is not None:
        said["claimed"] = Quantity(plan.claimed, "ratio")
    by_sales = answer is not None and answer.weight >= LEAST_WEIGHT
    told = "clicks" if not by_sales else "claimed" if plan.claimed is not None else "unclaimed"
    key = "unmoved" if answer is None else told
    return Words(f"rules_promotion.reason.{key}", said)


def daily_budget_of(plan: Plan) -> float:
    """The budget of a day: the mean of those told in two weeks, since it may go up and down; else what a day of four weeks cost."""
    told = plan.budget[-FEWEST_DAYS:]
    told = told[~np.isnan(told)]
    return float(told.mean()) if told.size and told.mean() > 0 else plan.weekly / 7


def _row(plan: Plan, budget: float) -> dict[str, Any]:
    row: dict[str, Any] = {"platform": plan.platform, "campaign": plan.campaign}
    if len(plan.products) == 1:
        row["product_id"] = plan.products[0]
    return row | {"before": round(daily_budget_of(plan), 2), "daily_budget": round(budget, 2)}


def _action(
    situation: Situation,
    plan: Plan,
    answer: MarginalReturn,
    promised: Gain,
    step: float,
    because: tuple[str, ...],
    reason: Words,
) -> Action:
    kind = kind_named("change_budget")
    old = daily_budget_of(plan)
    new = old * (1 + step)
    said: Mapping[str, Any] = {
        "plan": plan.campaign,
        "before": exact(old),
        "after": exact(new),
        "change": share(step, signed=True),
        **_returns(answer),
    }
    return Action(
        "promotion",
        "visitor_worth",
        "change_budget",
        Words(f"rules_promotion.do.{'cut' if step < 0 else 'raise'}", said),
        {"campaign": plan.campaign, "platform": plan.platform},
        gain=promised,
        minutes=kind.minutes,
        cost=0.0 if step < 0 else step * plan.weekly,
        because=because,
        reason=reason,
        draft=Draft("table", rows=[_row(plan, new)]),
        measure=by_pairs_of_days(answer.noise, kind.days),
        touches=plan.products,
    )


def by_pairs_of_days(noise: float, days: int) -> Measure:
    """All contribution of the products on pairs of days with the old and the new budget."""
    return Measure("contribution_profit", "experiment", days, DETECTABLE * noise * 2 / days**0.5 * 7)


def _learn(situation: Situation, plan: Plan, answer: MarginalReturn | None, before: Before) -> list[Action]:
    """A budget a fifth above and below by pairs of days for four weeks, where knowing is worth it."""
    kind = kind_named("vary_budget")
    noise = answer.noise if answer is not None else _noise(plan)
    if noise is None:
        return []
    mean, error = (answer.mean, answer.error) if answer is not None else (before.mean, before.spread)
    promised = worth_of_learning(mean, error, noise, plan.weekly)
    if promised.profit < situation.floor:
        return []
    budget = daily_budget_of(plan)
    rows = [
        {**_row(plan, budget * (1 + sign * SWING)), "days": days}
        for sign, days in ((1, "first pair"), (-1, "second pair"))
    ]
    said = {"plan": plan.campaign, "low": exact(budget * (1 - SWING)), "high": exact(budget * (1 + SWING))}
    return [
        Action(
            "promotion",
            "visitor_worth",
            "vary_budget",
            Words("rules_promotion.do.learn", said),
            {"campaign": plan.campaign, "platform": plan.platform},
            gain=promised,
            minutes=kind.minutes,
            reason=_reason(plan, answer),
            draft=Draft("table", rows=rows),
            measure=by_pairs_of_days(noise, kind.days),
            touches=plan.products,
        )
    ]


def _noise(plan: Plan) -> float | None:
    """The day-to-day standard deviation of contribution where no return could be reckoned."""
    steps = np.diff(plan.contribution[-TEST_DAYS * 2 :])
    steps = steps[~np.isnan(steps)]
    return float(steps.std() / 2**0.5) if steps.size >= FEWEST_DAYS and steps.std() > 0 else None


def worth_of_learning(mean: float, error: float, noise: float, weekly: float) -> Gain:
    """What four weeks of a budget moved by a fifth are expected to be worth a week: afterwards it is cut or raised where the answer is sure
    enough, and left where it is not. ``chance`` is that of losing nothing by it."""
    if weekly <= 0:
        return Gain(0.0, 0.0, 0.0, 0.0)
    unsure = noise / (TEST_DAYS**0.5 * SWING * weekly / 7)
    learnt = error**2 / (error**2 + unsure**2)
    left = (1 - learnt) ** 0.5 * error
    even = even_cases(2)
    answer = of_amount(mean, learnt**0.5 * error, even[:, 0])
    truth = answer + of_amount(0.0, left, even[:, 1])
    less, more = CUT * weekly * (1 - truth), RAISE * weekly * (ADDED_TRAFFIC * truth - 1)
    cut, rise = answer < 1 - SURE_AT * left, answer > np.maximum(CLEARLY_MORE + SURE_AT * left, 1 / ADDED_TRAFFIC)
    profits: Floats = KNOWN_LATER * np.where(cut, less, np.where(rise, more, 0.0))
    return replace(gain(profits), chance=float((profits >= 0).mean()))


def _locked(judged: list[Plan]) -> list[Locked]:
    """Where costs are unknown: from which margin on the largest plan pays, if all sales that it claims are its own."""
    unknown = [plan for plan in judged if not plan.known and plan.claimed is not None]
    if not unknown:
        return []
    plan = max(unknown, key=lambda p: (p.weekly, p.campaign))
    said = {
        "plan": plan.campaign,
        "spend": money(plan.weekly),
        "claimed": Quantity(plan.claimed or 0.0, "ratio"),
        "pays": pays_above(1 / ((plan.claimed or 1.0) * max(1 - plan.refunds, 1e-9))),
    }
    return [Locked("visitor_worth", "costs", Words("rules_promotion.costs", said), None)]


RULES = (
    Rule(
        "visitor_worth",
        "promotion",
        visitor_worth,
        frames=(
            "ad_plans",
            "product_diary",
            "product_sizes",
            "happenings",
            "stock",
            "shop_days",
            "product_refunds",
            "below_cash",
        ),
        needs=("ad_days", "orders"),
        proposes=("change_budget", "vary_budget", "feed_traffic"),
        reads=("price_drift_share", "money_floor_share"),
    ),
)
