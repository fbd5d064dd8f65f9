"""What moves the scores of a shop: a poor product and late parcels stand out, what is no more than chance does not."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from drawn.warehouse import DrawnWarehouse
from zhanggui.numbers.score_drivers import THREE, Scores, score_drivers
from zhanggui.report.scores import as_json, cells, scores_text
from zhanggui.units import Period

AS_OF = date(2026, 9, 30)
PERIOD = Period(date(2026, 1, 1), AS_OF)
POOR, FAULTY = "P3", "short"


def shop(reviews: int, *, three: bool = False) -> DrawnWarehouse:
    """Product P3 is poor by a star, each week on the way costs a third of one, a missing piece two; carriers are alike."""
    random = np.random.default_rng(7)
    warehouse = DrawnWarehouse()
    orders, facts, told, back = [], [], [], []
    for at in range(reviews):
        name, product, weeks = f"o{at}", f"P{at % 6}", float(random.gamma(3, 0.4))
        paid = datetime(2026, 2, 1, 9, 0) + timedelta(hours=6 * (at % 900))
        come = paid + timedelta(days=7 * weeks)
        lacks = random.random() < 0.08
        mean = 4.6 - (product == POOR) - 0.33 * weeks - 2 * lacks + random.normal(0, 0.4)
        stars = [float(np.clip(round(mean + random.normal(0, 0.3)), 1, 5)) for _ in THREE]
        given = dict(zip(THREE, stars, strict=True)) if three else {"stars": stars[0]}
        orders.append({"order_id": name, "carrier": ("SF", "YTO")[at % 2]})
        facts.append(
            {
                "order_id": name,
                "day": paid.date(),
                "paid_at": paid,
                "created_at": paid,
                "delivered_at": come,
                "ship_by": paid + timedelta(days=2),
                "shipped_at": paid + timedelta(days=1),
                "customer_key": f"c{at % (reviews * 3 // 4)}",
                "goods": 50.0 + at % 40,
                "units": 1,
                "region": f"R{at % 5}",
            }
        )
        told.append({"review_id": f"r{at}", "order_id": name, "product_id": product, "created_at": come, **given})
        told[-1] |= {"created_at": come + timedelta(days=1), "created_day": (come + timedelta(days=1)).date()}
        if lacks:
            back.append({"refund_id": name, "order_id": name, "day": come.date(), "reason": "漏發一件", "amount": 5.0})
    for table, rows in (("orders", orders), ("order_facts", facts), ("reviews", told), ("refund_facts", back)):
        warehouse.draw(table, rows)
    return warehouse


@pytest.fixture(scope="module")
def found() -> Scores:
    return score_drivers(shop(900, three=True), PERIOD, AS_OF, 0.05)  # type: ignore[arg-type]


def test_late_parcels_missing_pieces_and_a_poor_product_stand_out(found: Scores) -> None:
    by = {one.name: one for one in found.factors}
    assert set(by) == {FAULTY, "weeks", "price"}
    assert by[FAULTY].effects[0].low < -1.8 < by[FAULTY].effects[0].high + 0.2
    assert by["weeks"].effects[0].low < -0.33 < by["weeks"].effects[0].high
    assert by[FAULTY].shown
    assert by["weeks"].shown
    lowest = found.places[0]
    assert (lowest.name, lowest.value) == ("product_id", POOR)
    assert lowest.effects[0].value == pytest.approx(-5 / 6, abs=0.2)  # a star below, and itself a sixth of all


def test_what_makes_no_difference_is_not_shown(found: Scores) -> None:
    assert not {"carrier", "region"} & {one.name for one in found.places}
    assert not next(one for one in found.factors if one.name == "price").shown


def test_three_scores_are_one_system(found: Scores) -> None:
    assert found.scores == THREE
    assert found.left[0][1] < found.together[0][1]
    said = " ".join(scores_text(found, 3, [("product_id", POOR)], {POOR: "cup"}, "en", "CNY", 110).split())
    assert "The scores go together: product with service" in said
    assert "without them these no longer show: product: cup" in said


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_it_is_told_in_three_languages(found: Scores, locale: str) -> None:
    one = cells(found, 0, [], {}, locale, "CNY")
    assert len(one["head"]) == 2 + len(THREE)
    assert all(len(row["effects"]) == len(THREE) for row in one["factors"] + one["places"])
    assert json.loads(json.dumps(as_json(found, 0, [])))["refusal"] is None


def test_a_shop_of_few_reviews_is_told_how_many_it_takes() -> None:
    few = score_drivers(shop(60), PERIOD, AS_OF, 0.05)  # type: ignore[arg-type]
    assert few.refusal is not None
    assert "60, of 100 needed" in scores_text(few, 0, [], {}, "en", "CNY", 110)
