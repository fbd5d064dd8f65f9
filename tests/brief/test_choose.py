"""Error control over the whole morning, and one line a cause."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhanggui.brief.choose import choose, one_cause
from zhanggui.brief.kinds import MetricLine
from zhanggui.config import Config
from zhanggui.playbooks.kinds import Finding, Verdict
from zhanggui.units import Words

CONFIG = Config(currency="GBP")
WORDS = Words("rules.verdict.no_sales")


def claim(p: float, size: float = -500.0, product: str = "A", weight: float = 1.0) -> Finding:
    where = {"product_id": product}
    return Finding(
        "analysis",
        "falling_product",
        "claim",
        WORDS,
        "orders",
        where,
        size,
        p=p,
        weight=weight,
        cause=f"product:{product}",
    )


def line(p: float | None, value: float = 100.0, name: str = "gross_sales") -> MetricLine:
    return MetricLine(name, "money", value, 90.0, 200.0, 150.0, 250.0, False, p=p)


def test_one_small_p_among_many_tests_is_chance() -> None:
    chosen = choose([], [Verdict(findings=[claim(0.01)], family=100)], CONFIG, 25)
    assert not chosen.findings
    assert len(chosen.held_back) == 1


def test_the_same_p_in_a_small_family_is_a_claim() -> None:
    assert choose([], [Verdict(findings=[claim(0.01)], family=2)], CONFIG, 25).findings


def test_a_fall_beyond_all_doubt_is_said() -> None:
    """Four hundred buyers fewer: the chance of it is so small that it is written as nought."""
    assert choose([], [Verdict(findings=[claim(0.0)], family=2)], CONFIG, 25).findings


def test_a_claim_below_the_money_floor_is_not_said() -> None:
    assert not choose([], [Verdict(findings=[claim(1e-9, size=-20)], family=2)], CONFIG, 25).findings


def test_a_claim_needs_its_posterior_even_where_the_family_is_small() -> None:
    assert not choose([], [Verdict(findings=[claim(0.04)], family=1)], CONFIG, 25).findings


def test_a_product_with_more_money_is_given_more_of_the_error_budget() -> None:
    verdict = Verdict(findings=[claim(0.004, weight=9.0), claim(0.004, product="B", weight=0.5)], family=40)
    found = choose([], [verdict], CONFIG, 25).findings
    assert [f.where["product_id"] for f in found] == ["A"]


def test_an_unusual_headline_is_marked_and_an_ordinary_one_is_not() -> None:
    lines = [line(0.0001), line(0.4, value=190.0, name="orders")]
    marked = choose(lines, [], CONFIG, 25).lines
    assert [m.unusual for m in marked] == [True, False]


def test_a_headline_inside_its_range_is_never_unusual() -> None:
    (marked,) = choose([line(0.0001, value=199.0)], [], CONFIG, 25).lines
    assert not marked.unusual


def test_of_noise_alone_the_false_discovery_rate_holds() -> None:
    chance = np.random.default_rng(5)
    wrong = 0
    for _ in range(300):
        p = chance.uniform(size=60)
        verdict = Verdict(findings=[claim(float(q), product=str(i)) for i, q in enumerate(p) if q < 0.05], family=60)
        lines = [replace(line(float(chance.uniform())), name=f"m{i}") for i in range(5)]
        chosen = choose(lines, [verdict], CONFIG, 25)
        wrong += bool(chosen.findings) or any(m.unusual for m in chosen.lines)
    assert wrong / 300 <= 0.08


def test_arithmetic_needs_no_error_control() -> None:
    certain = replace(claim(0.5), kind="arithmetic", p=None)
    assert choose([], [Verdict(findings=[certain], family=50)], CONFIG, 25).findings


def test_one_cause_is_one_line_said_by_the_strongest_kind() -> None:
    asked = replace(claim(0.001), kind="question", rule="sold_out", p=None)
    other = replace(claim(0.001, size=-90.0, product="B"), cause="product:B")
    found = one_cause([asked, claim(0.001), other])
    assert [(f.rule, f.where["product_id"]) for f in found] == [("falling_product", "A"), ("falling_product", "B")]


def test_a_certain_leak_comes_before_larger_doubts() -> None:
    leak = replace(claim(0.1, size=-30.0, product="C"), kind="arithmetic", p=None, alert="urgent")
    found = one_cause([claim(0.001, size=-9000.0), leak])
    assert found[0].where["product_id"] == "C"


def test_a_share_of_the_budget_is_kept_for_the_tests_it_was_promised_to() -> None:
    crowd = Verdict(family=200)
    promised = Verdict(findings=[claim(0.003)], family=4, share=0.3)
    assert choose([], [crowd, promised], CONFIG, 25).findings
    assert not choose([], [crowd, replace(promised, share=None)], CONFIG, 25).findings


def test_with_shares_the_false_discovery_rate_of_noise_still_holds() -> None:
    chance = np.random.default_rng(6)
    wrong = 0
    for _ in range(400):
        groups = []
        for tests, share in ((8, 0.3), (50, None)):
            p = chance.uniform(size=tests)
            found = [claim(float(q), product=f"{share}{i}") for i, q in enumerate(p) if q < 0.05]
            groups.append(Verdict(findings=found, family=tests, share=share))
        lines = [replace(line(float(chance.uniform())), name=f"m{i}") for i in range(5)]
        chosen = choose(lines, groups, CONFIG, 25)
        wrong += bool(chosen.findings) or any(m.unusual for m in chosen.lines)
    assert wrong / 400 <= 0.08
