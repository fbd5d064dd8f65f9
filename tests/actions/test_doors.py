"""Every refused practice, tried at every door: rules, drafts, what is entered by hand, notes, experiments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drawn.practices import REFUSED
from drawn.situation import situation
from zhanggui.actions.guards import check
from zhanggui.actions.kinds import Action, Draft
from zhanggui.app import Shop
from zhanggui.brief.guarded import passed
from zhanggui.config import Config
from zhanggui.errors import BadValue, Refused
from zhanggui.units import Words

EVERY = [(reason, said) for reason, texts in REFUSED.items() for said in texts]
FIRST = [(reason, texts[0]) for reason, texts in REFUSED.items()]


def proposed(**more: Any) -> Action:
    given = {"words": Words("actions.kind.order_stock", {"product": "cup"}), "where": {"product_id": "P"}} | more
    return Action("products", "stock_out", "order_stock", **given)


@pytest.mark.parametrize(("reason", "said"), EVERY)
def test_a_rule_cannot_bring_it_into_the_brief(reason: str, said: str) -> None:
    hidden = [
        proposed(words=Words("actions.kind.order_stock", {"product": said})),
        proposed(words=Words("actions.kind.order_stock", {"product": Words("x", {"names": ["cup", said]})})),
        proposed(reason=Words("x", {"why": said})),
        proposed(break_even=Words("x", {"why": said})),
        proposed(where={"product_id": said}),
    ]
    kept, stopped = passed([*hidden, proposed()], situation())
    assert [action.words.params for action in kept] == [{"product": "cup"}]
    assert stopped == {reason: len(hidden)}


@pytest.mark.parametrize(("reason", "said"), EVERY)
def test_no_draft_can_hold_it(reason: str, said: str) -> None:
    for draft in (
        Draft("text", (Words("x", {"text": said}),)),
        Draft("table", rows=[{"product_id": "P", "note": said}]),
        Draft("checklist", (Words("x", {"a": 1}), Words("x", {"b": said}))),
    ):
        with pytest.raises(Refused) as error:
            check(proposed(draft=draft))
        assert error.value.code == f"guards.{reason}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder: Path = tmp_path_factory.mktemp("doors") / "shop"
    Shop.create(folder, Config("Tea", "CNY", "Asia/Shanghai", "en")).close()
    with Shop.open(folder) as opened:
        yield opened


@pytest.mark.parametrize(("reason", "said"), EVERY)
def test_no_hand_can_enter_it(shop: Shop, reason: str, said: str) -> None:
    with pytest.raises(Refused) as error:
        shop.actions.add("change_packing", {"product_id": "P"}, said)
    assert error.value.code == f"guards.{reason}"
    assert not shop.actions.list(everything=True)


def test_a_kind_of_it_cannot_be_entered(shop: Shop) -> None:
    for kind in ("brushing", "buy_reviews", "price_by_person", "scrape_prices"):
        with pytest.raises(BadValue):
            shop.actions.add(kind, {"product_id": "P"}, "")
    assert not shop.actions.list(everything=True)


@pytest.mark.parametrize(("reason", "said"), FIRST)
def test_a_reason_to_set_a_policy_aside_cannot_carry_it(shop: Shop, reason: str, said: str) -> None:
    with pytest.raises(Refused) as error:
        shop.actions.add("change_packing", {"product_id": "P"}, "box", despite=said)
    assert error.value.code == f"guards.{reason}"


@pytest.mark.parametrize(("reason", "said"), FIRST)
def test_a_hand_over_cannot_pass_it_on(shop: Shop, reason: str, said: str) -> None:
    with pytest.raises(Refused) as error:
        shop.actions.hand_over(said)
    assert error.value.code == f"guards.{reason}"
    assert shop.actions.handover() is None


@pytest.mark.parametrize(("reason", "said"), FIRST)
def test_an_experiment_cannot_be_about_it(shop: Shop, reason: str, said: str) -> None:
    for named in (
        {"name": said},
        {"name": "x", "note": said},
        {"name": "x", "variants": (("control", None), (said, None))},
    ):
        with pytest.raises(Refused) as error:
            shop.experiments.plan(**{"change": "picture", "a_day": 600.0, "mean": 0.04} | named)
        assert error.value.code == f"guards.{reason}"


@pytest.fixture
def trading(tmp_path: Path) -> Iterator[Shop]:
    """Ten products: P0 sells most to visitors from search, P1 carries a brand of its own."""
    Shop.create(tmp_path / "shop", Config("Tea", "CNY", "Asia/Shanghai", "en")).close()
    with Shop.open(tmp_path / "shop") as opened:
        day = opened.clock.today().isoformat()
        opened.enter(
            "products",
            *({"product_id": f"P{k}", "title": "cup", "brand": "Acme" if k == 1 else "Own"} for k in range(10)),
        )
        told = {"day": day, "device": "*", "visitors": "90"}
        opened.enter(
            "traffic_days",
            *({**told, "source": "search", "product_id": f"P{k}", "pay_amount": f"{90 - k}"} for k in range(10)),
            {**told, "source": "ads", "product_id": "P9", "pay_amount": "9000"},
        )
        yield opened


def test_a_title_of_a_product_that_carries_search_waits_for_a_reason(trading: Shop) -> None:
    for product in ("P0", "P1"):
        with pytest.raises(Refused) as error:
            trading.actions.add("change_title", {"product_id": product}, "white cup")
        assert error.value.code == "guards.strong_listing"
    assert trading.actions.add("change_title", {"product_id": "P9"}, "white cup").entry.state == "proposed"
    assert trading.actions.add(
        "change_title", {"product_id": "P0"}, "white cup", despite="the old one names a wrong size"
    )
    assert trading.actions.add("change_image", {"product_id": "P1"}, "white ground")


def test_a_brand_of_another_product_is_not_put_on_a_page(trading: Shop) -> None:
    with pytest.raises(Refused) as error:
        trading.actions.add("change_title", {"product_id": "P9"}, "Acme cup")
    assert error.value.code == "guards.others_mark"
    assert trading.actions.add("change_title", {"product_id": "P9"}, "Own cup")


def test_no_experiment_sets_prices_by_person(shop: Shop) -> None:
    with pytest.raises(Refused):
        shop.experiments.plan("prices", change="price", unit="visitor", a_day=600.0, mean=0.04)
