"""What is planted is named, what is chance is not: a few drawn shops here, forty in ``make prove``."""

from __future__ import annotations

from pathlib import Path

import pytest

from drawn.midsize import HERO, LAST, lines, shop
from zhanggui.brief import Brief


def brief_of(folder: Path, seed: int, fewer: float) -> Brief:
    with shop(folder, lines(seed, fewer=fewer)) as made:
        return made.brief(LAST, remember=False)


def claims(brief: Brief) -> list[dict[str, str]]:
    said = [dict(s.finding.where) for s in brief.findings if s.finding.kind == "claim"]
    return said + [{"metric": line.name} for line in brief.metrics if line.unusual]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.prove)])
def test_thirty_percent_fewer_orders_of_the_largest_product_are_named(tmp_path: Path, seed: int) -> None:
    assert {"product_id": HERO} in claims(brief_of(tmp_path / "shop", seed, 0.3))


def test_an_ordinary_week_claims_nothing(tmp_path: Path) -> None:
    assert not claims(brief_of(tmp_path / "shop", 3, 0.0))
