"""What is weighed before money or weeks go into it: a larger lot, a pitch, a story."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from drawn.visited import LAST, opened, tables
from zhanggui.app import Shop
from zhanggui.app.buying import bought, lot_of
from zhanggui.app.buying import said_of as said_of_lots
from zhanggui.app.pitch import pitch
from zhanggui.app.story import plan, read, said_of, said_of_plan
from zhanggui.errors import BadValue
from zhanggui.i18n.writing import say
from zhanggui.methods.switchback import Switched

EVENT = {
    "promotion_id": "festival",
    "name": "Autumn festival",
    "starts_at": datetime.combine(LAST + timedelta(days=10), datetime.min.time()),
    "ends_at": datetime.combine(LAST + timedelta(days=12), datetime.min.time()),
    "answer_by": datetime.combine(LAST + timedelta(days=4), datetime.min.time()),
    "product_ids": "P00",
    "price": 80.0,
    "fee": 500.0,
}
EARLIER = {
    **EVENT,
    "promotion_id": "spring",
    "name": "Spring",
    "starts_at": datetime.combine(LAST - timedelta(days=60), datetime.min.time()),
    "ends_at": datetime.combine(LAST - timedelta(days=58), datetime.min.time()),
    "answer_by": None,
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory):
    made = tables(7)
    told = pl.DataFrame([EVENT, EARLIER], infer_schema_length=None)
    direct = made["traffic_days"].filter(pl.col("product_id") == "*").with_columns(source=pl.lit("direct"))
    made = {**made, "promotions": told, "traffic_days": pl.concat([made["traffic_days"], direct])}
    with opened(tmp_path_factory.mktemp("plans") / "shop", made) as there:
        yield there


def test_a_larger_lot_is_weighed_by_the_products_own_pace(shop: Shop) -> None:
    found = bought(shop, "P00", [lot_of("300@40"), lot_of("20000@39")], present=45.0)
    assert found.pace == pytest.approx(12, rel=0.2)
    assert found.savings[0].pays
    assert not found.savings[1].pays
    for locale in ("zh-Hant", "zh-Hans", "en"):
        assert all(say(words, locale, "GBP") for words in said_of_lots(found))
    with pytest.raises(BadValue):
        bought(shop, "nothing", [lot_of("3@4")], present=5.0)


def test_a_pitch_says_what_is_expected_and_shows_no_costs_to_others(shop: Shop) -> None:
    found = pitch(shop, "festival")
    proposal, sheet = ([say(words, "en", "GBP") for words in part] for part in (found.proposal, found.sheet))
    assert any("festival" in line for line in proposal)
    assert any("visitors" in line and "P00" in line for line in sheet)
    assert any("£80.00 instead of £100.00" in line for line in sheet)
    assert not any(word in line for line in sheet for word in ("cost", "margin", "contribution", "profit"))
    with pytest.raises(BadValue):
        pitch(shop, "christmas")


def test_a_story_is_told_by_coin_and_read_against_its_quiet_weeks(shop: Shop) -> None:
    planned = plan(shop, "autumn", weeks=12, start=LAST - timedelta(days=83))
    assert planned.sources == ["direct"]
    assert sum(on for _, on in planned.weeks) == 6
    assert isinstance(planned.smallest, float)
    assert 1 < planned.smallest < 1.2
    with pytest.raises(BadValue):
        plan(shop, "autumn")
    found = read(shop, "autumn")
    assert found.over == 6
    assert isinstance(found.found, Switched)
    assert found.found.low < 1 < found.found.high
    for locale in ("zh-Hant", "zh-Hans", "en"):
        assert all(say(words, locale, "GBP") for words in (*said_of_plan(planned), *said_of(found)))
    with pytest.raises(BadValue):
        read(shop, "winter")


def test_what_is_not_there_is_refused_with_what_there_is(run, stocked: Path) -> None:
    said = run("position", "story-read", "winter", "--shop", stocked)
    assert said.code == 2
    lots = run("position", "buy", "nothing", "--offer", "3@4", "--shop", stocked)
    assert lots.code == 2
    assert run("position", "pitch", "christmas", "--shop", stocked).code == 2
