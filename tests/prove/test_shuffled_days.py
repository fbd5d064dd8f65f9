"""Forty mornings on which nothing happened, and forty on which 30 % of the largest product's sales were taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from drawn import midsize
from drawn.shuffled import largest_product, shuffled, with_fewer_orders, with_fewer_units, with_less_money
from zhanggui.app import Shop
from zhanggui.brief import Brief
from zhanggui.config import Config
from zhanggui.demo import demo_file

pytestmark = pytest.mark.prove
RUNS = 40
LAST = date(2011, 12, 4)
SINCE = LAST - timedelta(days=6)
Record = Callable[[str, object], None]


def claims(brief: Brief) -> list[str]:
    said = [str(s.finding.where.get("product_id", s.finding.rule)) for s in brief.findings if s.finding.kind == "claim"]
    return said + [line.name for line in brief.metrics if line.unusual]


def retail_claims(folder: Path, lines: pl.DataFrame) -> list[str]:
    file = folder / "lines.parquet"
    lines.write_parquet(file)
    with Shop.create(folder / "shop", Config(name="r", currency="GBP", timezone="Europe/London", locale="en")) as shop:
        shop.import_files([file])
        return claims(shop.brief(LAST, remember=False))


def drawn_claims(folder: Path, seed: int, fewer: float) -> list[str]:
    with midsize.shop(folder / "shop", midsize.lines(seed, fewer=fewer)) as shop:
        return claims(shop.brief(midsize.LAST, remember=False))


def test_of_forty_shuffled_mornings_of_the_real_shop_at_most_four_claim_a_change(
    tmp_path_factory: pytest.TempPathFactory, record_property: Record
) -> None:
    lines = pl.read_parquet(demo_file())
    said = [retail_claims(tmp_path_factory.mktemp("ordinary"), shuffled(lines, seed, LAST)) for seed in range(RUNS)]
    wrong = sum(bool(found) for found in said)
    record_property("mornings with a claim", f"{wrong} of {RUNS}")
    assert wrong <= 4, said


def test_the_largest_product_paid_thirty_percent_less_is_named_on_thirty_six_of_forty(
    tmp_path_factory: pytest.TempPathFactory, record_property: Record
) -> None:
    lines = pl.read_parquet(demo_file())
    product = largest_product(lines)
    named = 0
    for seed in range(RUNS):
        planted = with_less_money(shuffled(lines, seed, LAST), product, 0.3, SINCE)
        named += product in retail_claims(tmp_path_factory.mktemp("planted"), planted)
    record_property("named", f"{named} of {RUNS}")
    assert named >= 36


def test_what_thirty_eight_orders_a_week_can_show_is_noted(
    tmp_path_factory: pytest.TempPathFactory, record_property: Record
) -> None:
    """With about 38 orders of the product a week, 30 % fewer *orders* cannot be told from chance: a test at 5 % with all it could know
    would see 58 % of them. How often it is named is noted, for orders and for units a line; a claim on noise would be worse."""
    lines = pl.read_parquet(demo_file())
    product = largest_product(lines)
    runs = 12
    for kind, plant in (("fewer orders", with_fewer_orders), ("fewer units a line", with_fewer_units)):
        named = 0
        for seed in range(runs):
            planted = plant(shuffled(lines, seed, LAST), product, 0.3, SINCE, seed)
            named += product in retail_claims(tmp_path_factory.mktemp("few"), planted)
        record_property(f"named, 30 % {kind}", f"{named} of {runs}")
        assert 0 <= named <= runs
    week = (pl.col("StockCode") == product) & (pl.col("Quantity") > 0)
    assert lines.filter(week).height / 53 < 60, "the product is as small as this test says"


def test_of_forty_ordinary_mornings_of_a_larger_shop_at_most_four_claim_a_change(
    tmp_path_factory: pytest.TempPathFactory, record_property: Record
) -> None:
    said = [drawn_claims(tmp_path_factory.mktemp("ordinary"), seed, 0.0) for seed in range(RUNS)]
    wrong = sum(bool(found) for found in said)
    record_property("mornings with a claim", f"{wrong} of {RUNS}")
    assert wrong <= 4, said


def test_thirty_percent_fewer_orders_of_a_larger_shops_largest_product_are_named(
    tmp_path_factory: pytest.TempPathFactory, record_property: Record
) -> None:
    named = sum(midsize.HERO in drawn_claims(tmp_path_factory.mktemp("fewer"), seed, 0.3) for seed in range(RUNS))
    record_property("named", f"{named} of {RUNS}")
    assert named >= 36
