"""A whole shop, with every table: what is planted in a product's conversion is named with its cause and its repair; chance is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from drawn.visited import LAST, Planted, opened, tables
from zhanggui.actions.kinds import Action, Outcome, Past, Standing
from zhanggui.app import Shop
from zhanggui.brief import Brief
from zhanggui.brief.make import situate
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.promotion import visitor_worth
from zhanggui.playbooks.rerouting import reroute_traffic

MOST_QUESTIONS = 52
"""How often a whole brief may ask the warehouse: each frame of each rule once, and the headline."""


def brief_of(folder: Path, seed: int, planted: Planted) -> Brief:
    with opened(folder, tables(seed, planted)) as shop:
        before = shop.warehouse.queries
        brief = shop.brief(LAST, remember=False)
        assert shop.warehouse.queries - before <= MOST_QUESTIONS
        return brief


def situation_of(shop: Shop) -> Situation:
    """What the rules of this morning judge by."""
    view = View(LAST)
    frames = {name: frame(shop.warehouse, view) for name, frame in FRAMES.items()}
    return situate(view, frames, shop.warehouse.rows(), shop.config, shop.costs)


def failed(product: str) -> Past:
    """A repair of its conversion that was measured and showed nothing."""
    read = Outcome("a", "no difference shown", None, "contribution_profit", None, None, None, LAST, "none")
    where = {"product_id": product}
    return Past(
        "a", "analysis", "falling_conversion", "audit_listing", where, "measured", LAST, (product,), outcome=read
    )


def of_rule(brief: Brief, rule: str) -> list[Action]:
    return [ranked.action for ranked in brief.actions if ranked.action.rule == rule]


def because(brief: Brief) -> dict[str, str]:
    """product → what coincides with its claim, of the first three findings."""
    first = [said.finding for said in brief.findings[:3]]
    return {f.where.get("product_id", ""): f.because.key.rpartition(".")[2] for f in first if f.because}


def test_a_title_that_halved_conversion_is_named_and_put_back(tmp_path: Path) -> None:
    brief = brief_of(tmp_path / "shop", 1, Planted(factor=0.55, since=24, change="title"))
    assert because(brief)["P00"] == "change"
    (action,) = of_rule(brief, "falling_conversion")
    assert action.kind == "restore_change"
    assert action.gain is not None
    assert action.draft is not None
    assert action.draft.rows[0]["change_id"] == "C1"


def test_a_size_sold_out_is_named_and_ordered(tmp_path: Path) -> None:
    brief = brief_of(tmp_path / "shop", 2, Planted(since=28, without="M"))
    assert because(brief)["P00"] == "sizes"
    assert [action.kind for action in of_rule(brief, "falling_conversion")] == ["order_stock"]


def test_an_image_that_lifted_conversion_is_tried_on_its_siblings(tmp_path: Path) -> None:
    brief = brief_of(tmp_path / "shop", 3, Planted(factor=1.7, since=24, change="image"))
    assert because(brief)["P00"] == "because"
    tried = of_rule(brief, "replicate_win")
    assert {action.kind for action in tried} >= {"repeat_change"}
    assert {action.where["product_id"] for action in tried if action.kind == "repeat_change"} < {
        f"P{n:02d}" for n in range(8)
    }


def test_an_ordinary_month_has_no_claim_of_conversion_and_no_repair(tmp_path: Path) -> None:
    brief = brief_of(tmp_path / "shop", 4, Planted())
    rules = {"falling_conversion", "replicate_win", "reroute_traffic", "visitor_worth"}
    assert not [said.finding for said in brief.findings if said.finding.kind == "claim" and said.finding.rule in rules]
    assert not [action for rule in rules - {"visitor_worth"} for action in of_rule(brief, rule)]


def test_what_two_repairs_did_not_help_leads_its_visitors_to_a_sibling(tmp_path: Path) -> None:
    with opened(tmp_path / "shop", tables(5, Planted(factor=0.4, since=70))) as shop:
        here = situation_of(shop)
    assert not reroute_traffic(here).actions
    (action,) = reroute_traffic(replace(here, standing=Standing((failed("P00"), failed("P00"))))).actions
    assert action.where == {"product_id": "P00"}
    assert action.shift in {f"P{n:02d}" for n in range(1, 8)}
    assert action.gain is not None
    assert action.gain.profit > 0


def test_a_plan_that_moves_no_sale_is_cut_and_the_others_are_left(tmp_path: Path) -> None:
    with opened(tmp_path / "shop", tables(6, Planted(budget=300.0))) as shop:
        verdict = visitor_worth(situation_of(shop))
    cut = [action for action in verdict.actions if action.kind == "change_budget"]
    assert [action.where["campaign"] for action in cut] == ["plan P00"]
    (finding,) = verdict.findings
    assert finding.words.params["value"].value < 0.6
