"""What an experiment may be, and what it may never be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from zhanggui.errors import BadValue, Refused
from zhanggui.experiments.kinds import CHANGES, PERSONS, UNITS, Plan, Variant
from zhanggui.experiments.planning import check, id_of, speaks_of_price, variants_of

PLAN = Plan(
    id="photo",
    name="Longer photo",
    change="picture",
    unit="visitor",
    metric="conversion",
    variants=(Variant("old", 0.5), Variant("new", 0.5)),
    start=date(2026, 9, 1),
    end=date(2026, 9, 28),
    planned=20_000,
    smallest=0.1,
)


def test_a_change_of_the_picture_passes() -> None:
    assert check(replace(PLAN, name="  Longer photo ")).name == "Longer photo"


@pytest.mark.parametrize("unit", sorted(PERSONS))
def test_nobodys_price_depends_on_who_he_is(unit: str) -> None:
    with pytest.raises(Refused) as refused:
        check(replace(PLAN, change="price", unit=unit))
    assert refused.value.code == "experiments.price_by_person"


@pytest.mark.parametrize("unit", sorted(set(UNITS) - PERSONS))
def test_a_price_is_tried_by_product_or_by_day(unit: str) -> None:
    assert check(replace(PLAN, change="price", unit=unit, name="Price of tea, a step down")).change == "price"


@pytest.mark.parametrize(
    "text",
    [
        "10% off for new visitors",
        "優惠券給老客",
        "VIP 價格",
        "打 8 折",
        "八折",
        "p r i c e test",
        "Prіce",  # a Cyrillic letter
        "滿100減20",
        "返现 5 元",
        "免運費",
        "cheaper for some",
        "free shipping",
        "ＣＯＵＰＯＮ",
        "discounted",
        "$5 less",
        "降價",
        "紅包",
    ],
)
@pytest.mark.parametrize("place", ["name", "note", "variant"])
def test_another_name_does_not_make_a_price_something_else(text: str, place: str) -> None:
    variants = (Variant("old", 0.5), Variant(text, 0.5)) if place == "variant" else PLAN.variants
    changed = {"variants": variants} if place == "variant" else {place: text}
    with pytest.raises(Refused) as refused:
        check(replace(PLAN, **changed))
    assert refused.value.code == "experiments.price_by_person"
    assert refused.value.params["words"]


@pytest.mark.parametrize(
    "text",
    [
        "longer main picture",
        "主圖換成模特",
        "折疊椅主圖",
        "評價區排版",
        "性價比文案",
        "priceless moments",
        "expiry notice",
        "現場圖",
        "加入購物車按鈕",
        "value page",
    ],
)
def test_what_merely_looks_like_a_price_passes(text: str) -> None:
    assert speaks_of_price(text) is None


@pytest.mark.parametrize("text", ["好評返現卡", "fake reviews on top", "刷單"])
def test_what_no_action_may_be_no_experiment_may_be(text: str) -> None:
    for unit in ("visitor", "product"):
        with pytest.raises(Refused) as refused:
            check(replace(PLAN, name=text, unit=unit))
        assert refused.value.code.startswith("guards.")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"change": "stock"}, "unknown_change"),
        ({"unit": "buyer"}, "unknown_unit"),
        ({"metric": "clicks"}, "unknown_metric"),
        ({"name": " "}, "no_name"),
        ({"end": date(2026, 8, 1)}, "bad_days"),
        ({"end": date(2028, 9, 1)}, "bad_days"),
        ({"smallest": 0.0}, "bad_effect"),
        ({"smallest": float("nan")}, "bad_effect"),
        ({"planned": 30}, "too_small"),
    ],
)
def test_what_does_not_fit_is_said(changed: dict[str, object], code: str) -> None:
    with pytest.raises(BadValue) as bad:
        check(replace(PLAN, **changed))
    assert bad.value.code == f"experiments.{code}"


def test_price_is_the_only_change_that_depends_on_the_unit() -> None:
    passed = {change for change in CHANGES if change != "price" and check(replace(PLAN, change=change))}
    assert passed == set(CHANGES) - {"price"}


def test_shares_sum_to_one_and_what_is_left_is_parted_evenly() -> None:
    assert [v.share for v in variants_of([("a", None), ("b", None), ("c", None)])] == pytest.approx([1 / 3] * 3)
    assert [v.share for v in variants_of([("a", 0.8), ("b", None), ("c", None)])] == pytest.approx([0.8, 0.1, 0.1])
    assert [v.share for v in variants_of([("a", 50), ("b", 50)])] == [0.5, 0.5]


@pytest.mark.parametrize(
    "stated",
    [
        [("a", None)],
        [("a", None), ("a", None)],
        [("a", None), (" ", None)],
        [("a", 1.0), ("b", None)],
        [("a", 0.5), ("b", -0.5)],
        [("a", 0.0), ("b", 1.0)],
        [("a", float("nan")), ("b", 1.0)],
        [(str(n), None) for n in range(11)],
    ],
)
def test_variants_that_cannot_be_are_refused(stated: list[tuple[str, float | None]]) -> None:
    with pytest.raises(BadValue):
        variants_of(stated)


def test_an_id_is_made_of_the_name() -> None:
    assert id_of("Longer photo!", []) == "longer-photo"
    assert id_of("主圖測試", ["主圖測試"]) == "主圖測試-2"
    assert id_of("!!", ["experiment", "experiment-2"]) == "experiment-3"
