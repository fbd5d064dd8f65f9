"""A whole shop, with every table: what is planted in a product's conversion is named with its cause and its repair; chance is not."""

from __future__ import annotations

from pathlib import Path

from drawn.visited import LAST, Planted, opened, tables
from zhanggui.actions.kinds import Action
from zhanggui.brief import Brief

MOST_QUESTIONS = 40


def brief_of(folder: Path, seed: int, planted: Planted) -> Brief:
    with opened(folder, tables(seed, planted)) as shop:
        before = shop.warehouse.queries
        brief = shop.brief(LAST, remember=False)
        assert shop.warehouse.queries - before <= MOST_QUESTIONS
        return brief


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
