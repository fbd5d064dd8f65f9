"""S3: a group of buyers that brings clearly more in its first ninety days, in two periods, is written into the positioning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drawn.situation import DAY, situation
from drawn.spoken import spoken
from drawn.visits import ago
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Past, Standing
from zhanggui.playbooks.kinds import Verdict
from zhanggui.playbooks.who_to_serve import shifted, who_to_serve

COSTS = {"goods": {"*": 0.5}, "per_order": {"freight": 10.0}}
BLOCKS = [{"block": b, "orders": 50.0, "gross": 5000.0, "known_orders": 45.0} for b in range(26)]


def group(by: str, part: str, cohort: int, value: float, buyers: int = 400, spread: float = 60.0) -> dict[str, Any]:
    """Buyers who paid ``value`` each in one order, give or take ``spread``."""
    net = buyers * value
    return {
        "by": by,
        "part": part,
        "cohort": cohort,
        "buyers": buyers,
        "net": net,
        "net2": buyers * (value**2 + spread**2),
        "orders": float(buyers),
        "orders2": float(buyers),
        "both": net,
    }


def everybody(value: float = 100.0) -> list[dict[str, Any]]:
    return [group("*", "", cohort, value, 2000) for cohort in (0, 1)]


def judged(rows: list[dict[str, Any]], **more: Any) -> Verdict:
    same = {"buyer_parts": rows, "shop_blocks": BLOCKS, "costs": COSTS}
    return who_to_serve(situation(**{**same, **more}))


RICH = [group("region", "Zhejiang", cohort, 150.0) for cohort in (0, 1)]


def test_a_region_whose_buyers_bring_half_more_twice_is_written_into_the_positioning() -> None:
    verdict = judged(everybody() + RICH)
    (finding,), (action,) = verdict.findings, verdict.actions
    assert finding.kind == "state"
    assert action.kind == "record_positioning"
    assert action.where == {"region": "Zhejiang"}
    assert action.gain is not None
    # Half of 150 less freight is 65, of 100 it is 40; a tenth of 2,000 buyers of 90 days a week.
    assert action.gain.profit == pytest.approx(shifted(0.1 * 2000 * 7 / 90, 65, 40), rel=0.01)
    check(action)


def test_who_bought_a_thing_first_is_a_group_too() -> None:
    (action,) = judged(everybody() + [group("product_id", "P", c, 150.0) for c in (0, 1)]).actions
    assert action.where == {"segment": "product_id=P"}
    check(action)


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (everybody() + RICH[:1], {}),
        ([*everybody(), RICH[0], group("region", "Zhejiang", 1, 105.0)], {}),
        (everybody() + [group("region", "Zhejiang", c, 120.0) for c in (0, 1)], {}),
        (everybody() + [group("region", "Zhejiang", c, 150.0, buyers=99) for c in (0, 1)], {}),
        (everybody() + [group("region", "Zhejiang", c, 150.0, spread=900.0) for c in (0, 1)], {}),
        (RICH, {}),
        (everybody() + RICH, {"shop_blocks": [{**block, "known_orders": 20.0} for block in BLOCKS]}),
        ([], {}),
    ],
    ids=[
        "one period",
        "a festival made one of them",
        "a fifth more",
        "99 buyers",
        "a few large orders",
        "the shop's own unknown",
        "masked names",
        "nothing known",
    ],
)
def test_it_is_quiet(rows: list[dict[str, Any]], more: dict[str, Any]) -> None:
    verdict = judged(rows, **more)
    assert not verdict.findings
    assert not verdict.actions


def test_of_a_hundred_ordinary_groups_none_is_chosen() -> None:
    chance = np.random.default_rng(2)
    rows = everybody()
    for n in range(100):
        rows += [group("region", f"R{n}", c, float(chance.normal(100, 6)), 100) for c in (0, 1)]
    assert not judged(rows).findings


@pytest.mark.parametrize("more", [{}, {"costs": None}])
def test_every_sentence_is_there_in_three_languages(more: dict[str, Any]) -> None:
    assert len(spoken(judged(everybody() + RICH, **more))) >= 18


def test_while_one_group_is_being_read_a_second_is_told_and_not_written_in() -> None:
    two = everybody() + RICH + [group("region", "Fujian", cohort, 170.0) for cohort in (0, 1)]
    same = {"buyer_parts": two, "shop_blocks": BLOCKS, "costs": COSTS}
    assert len(judged(two).findings) == 2
    assert len(judged(two).actions) == 1
    done = Past(
        "x", "positioning", "who_to_serve", "record_positioning", {"region": "Anhui"}, "done", DAY, done_on=ago(60)
    )
    verdict = who_to_serve(replace(situation(**same), standing=Standing(past=(done,))))
    assert verdict.findings
    assert not verdict.actions
    over = replace(done, done_on=ago(100))
    assert who_to_serve(replace(situation(**same), standing=Standing(past=(over,)))).actions
