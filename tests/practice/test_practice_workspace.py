"""A practice shop as a workspace: its files imported, its own clock, what the ledger says is done is felt, and the score is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zhanggui.app import Shop
from zhanggui.app.practice import FILE, Practice, read
from zhanggui.errors import BadValue, Unanswerable, WorkspaceError


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop after eight weeks, with one price raised by hand in the first week of decisions."""
    folder = tmp_path_factory.mktemp("practice") / "shop"
    made = Practice.new(folder, "tea", 3, history=56)
    with made.shop as shop:
        with pytest.raises(Unanswerable, match="too_early"):
            made.score()
        shop.actions.add("step_price", {"product_id": "P002"}, on=shop.clock.today())
        felt = made.live(7)
        assert felt.done == [("step_price", "P002", True)]
    return folder


def test_its_clock_stands_on_the_morning_of_its_next_day(begun: Path) -> None:
    with Shop.open(begun) as shop:
        assert shop.clock.today() == shop.practice.world.date_of(63)
        assert shop.clock.now() == shop.clock.now()
        assert (shop.clock.today() - shop.brief(remember=False).as_of).days == 1


def test_what_the_ledger_says_is_done_is_felt_once_and_lives_on_after_reopening(begun: Path) -> None:
    course = read(begun)
    assert [(day, kind) for day, kind, *_ in course.moves] == [(56, "step_price")]
    with Shop.open(begun) as shop:
        price = shop.practice.world.state.price[1]
        assert price == pytest.approx(shop.practice.world.assortment.price[1] * 1.05, rel=0.2)
        paid = shop.query(
            ["gross_sales", "units"], by=["product_id"], start=shop.practice.world.date_of(56)
        ).to_polars()
    assert paid.height > 1


def test_its_profit_is_the_metric_and_the_costs_no_file_tells(begun: Path) -> None:
    """The catalogue's contribution charges freight and packing with the order and takes all returned goods as good again."""
    with Shop.open(begun) as shop:
        world = shop.practice.world
        lines = world.reckoning(0).lines
        told = shop.query(["gross_sales", "refund_amount", "cost_of_goods", "ad_cost"]).to_polars().row(0, named=True)
    assert told["gross_sales"] == pytest.approx(lines["sales"], abs=0.005)
    assert told["refund_amount"] == pytest.approx(lines["refunds"], abs=0.005)
    assert told["ad_cost"] == pytest.approx(lines["ads"], abs=0.005)
    assert told["cost_of_goods"] == pytest.approx(lines["goods"] - lines["goods_back"], rel=0.01)


def test_the_score_compares_with_nothing_thumb_and_oracle(begun: Path) -> None:
    with Shop.open(begun) as shop:
        score = shop.practice.score()
    assert score.oracle > score.nothing
    assert score.yours != score.nothing
    # Of a single week a greedy oracle may be beaten: it looks further ahead than the week is long.
    assert score.share == pytest.approx((score.yours - score.nothing) / (score.oracle - score.nothing))
    assert (score.end - score.start).days == 6


def test_the_same_seed_is_the_same_workspace(begun: Path, tmp_path: Path) -> None:
    again = Practice.new(tmp_path / "again", "tea", 3, history=56)
    with again.shop as shop, Shop.open(begun) as first:
        for one in (shop, first):
            one.brief(one.practice.world.date_of(55), remember=False)
        until = again.world.date_of(55)
        same = [one.query(["gross_sales", "visitors"], by=["week"], end=until).to_polars() for one in (shop, first)]
    assert same[0].equals(same[1])


def test_a_folder_without_a_practice_shop_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no_practice"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("text", "code"), [("{", "unreadable"), ('{"format": 1}', "unreadable"), ('{"format": 9}', "newer")]
)
def test_a_broken_or_newer_course_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=code):
        read(tmp_path)


def test_an_unknown_character_a_negative_seed_and_no_days_are_refused(begun: Path, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="unknown_character"):
        Practice.new(tmp_path / "a", "circus", 1)
    with pytest.raises(BadValue, match="bad_seed"):
        Practice.new(tmp_path / "b", "tea", -1)
    assert not (tmp_path / "a").exists()
    with Shop.open(begun) as shop, pytest.raises(BadValue, match="bad_days"):
        shop.practice.live(0)


def test_the_course_is_plain_json_that_says_what_was_done(begun: Path) -> None:
    told = json.loads((begun / FILE).read_text(encoding="utf-8"))
    assert told["character"] == "tea"
    assert told["moves"][0][1] == "step_price"
