"""What the reading of an action would show is said before it is done, from the shop's own weeks."""

from dataclasses import replace

import numpy as np

from drawn.situation import situation
from zhanggui.actions.kinds import Action, Measure
from zhanggui.brief.rehearsal import rehearsed
from zhanggui.units import Words

COSTS = {"goods": {"*": 0.4}}


def weeks(products: int = 30, blocks: int = 24, noise: float = 0.1, seed: int = 1) -> list[dict[str, object]]:
    chance = np.random.default_rng(seed)
    sizes = np.exp(chance.normal(6, 0.5, products))
    sizes[1] = sizes[0]
    spread = np.full(products, noise)
    spread[1] = 4 * noise
    return [
        {
            "product_id": f"P{k}",
            "block": block,
            "orders": 9.0,
            "gross": float(sizes[k] * chance.lognormal(0, spread[k])),
            "refunds": 0.0,
        }
        for k in range(products)
        for block in range(blocks)
    ]


def action(product: str, *, design: str = "synthetic_control", days: int = 28, told: float | None = 5.0) -> Action:
    measure = Measure("contribution_profit", design, days, told)
    return Action(
        "analysis", "falling_conversion", "restore_change", Words("x.y"), {"product_id": product}, measure=measure
    )


def shown(rows, *actions: Action, **more) -> list[float | None]:
    found = rehearsed(actions, situation(product_blocks=rows, costs=more.pop("costs", COSTS), **more))
    return [each.measure.smallest_visible for each in found]


def test_a_restless_product_shows_only_larger_effects_than_a_calm_one_of_its_size():
    calm, restless = shown(weeks(), action("P0"), action("P1"))
    assert restless > 2 * calm > 10


def test_it_is_said_in_contribution_and_grows_with_the_margin():
    (half,) = shown(weeks(), action("P0"), costs={"goods": {"*": 0.5}})
    (whole,) = shown(weeks(), action("P0"), costs={"goods": {"*": 0.0}})
    assert abs(whole / half - 2) < 1e-9


def test_a_product_is_told_in_the_margin_its_own_cost_leaves():
    rows = [each | {"units": 10.0} for each in weeks()]
    unit = sum(each["gross"] for each in rows if each["product_id"] == "P0") / 240
    (own,) = shown(rows, action("P0"), product_names=[{"product_id": "P0", "cost": 0.8 * unit}])
    (sheet,) = shown(rows, action("P0"))
    assert abs(own / sheet - 0.2 / 0.6) < 1e-9


def test_two_weeks_of_reading_show_less_than_four():
    two, four = shown(weeks(), action("P0", days=14), action("P0", days=28))
    assert two > four


def test_a_pair_is_told_for_both_together():
    alone = shown(weeks(), action("P0"), action("P1"))
    (pair,) = shown(weeks(), replace(action("P0"), touches=("P0", "P1")))
    assert abs(pair - np.hypot(*alone)) < 1e-9


def test_where_nothing_can_be_rehearsed_the_rules_own_estimate_stays():
    assert shown(weeks(products=5), action("P0")) == [5.0]
    assert shown(weeks(blocks=6), action("P0")) == [5.0]
    assert shown(weeks(), action("unknown")) == [5.0]
    assert shown(weeks(), action("P0"), costs=None) == [5.0]
    assert shown(weeks(), action("P0", design="experiment"), action("P0", design="counted")) == [5.0, 5.0]
