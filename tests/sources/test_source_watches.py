"""Notes of rivals' prices, and logs of what users did with items."""

from __future__ import annotations

from datetime import date

import pytest

from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.errors import NotUnderstood
from zhanggui.units import Period

WATCHED = """update_time,id,title,price,sale_count,comment_count,店名
2016/11/14,A1,雪域霜,139,26719,2704,自然堂
2016/11/14,A1,雪域霜,129,26719,2704,自然堂
2016/11/9,A1,雪域霜,159,26000,2700,自然堂
2016/11/9,A2,活肌乳,,12,3,自然堂
"""
LOG = """1,10,7,pv,1511544070
1,10,7,pv,1511544100
1,11,7,fav,1511544200
1,10,7,cart,1511544300
1,10,7,buy,1511544400
2,10,7,pv,1511571600
2,10,7,pv,1511571600
3,10,7,cart,late
3,10,7,like,1511571600
3,10,7,pv
"""


def test_the_lowest_price_of_an_item_and_day_is_noted(write, read, rows):
    found = {(r["rival_item"], r["day"]): r for r in rows(read(write("watch.csv", WATCHED)), "rival_prices")}
    assert {key: float(r["price"]) for key, r in found.items()} == {
        ("A1", "2016-11-14"): 129,
        ("A1", "2016-11-09"): 159,
    }
    assert found["A1", "2016-11-09"]["source"] == "自然堂"
    assert "雪域霜" in found["A1", "2016-11-09"]["extra"]


def test_what_is_left_out_of_the_notes_is_counted_and_a_match_is_asked_for(write, read):
    (one,) = read(write("watch.csv", WATCHED))
    assert {left.reason: left.rows for left in one.left_out} == {"no_price": 1, "repeated_rows": 1}
    assert one.notes == (("rivals_unmatched", {"items": 1}),)


@pytest.mark.parametrize("header", [True, False])
def test_deeds_become_visitors_and_buyers_of_the_shop_and_of_items(write, read, rows, header):
    text = ("user_id,item_id,category_id,behavior_type,timestamp\n" if header else "") + LOG
    (one,) = readings = read(write("log.csv", text), timezone="Asia/Shanghai")
    days = {(r["product_id"], r["source"], r["device"]): r for r in rows(readings, "traffic_days")}
    shop, item = days["*", "*", "*"], days["10", "*", "*"]
    assert shop["day"] == date(2017, 11, 25)
    assert [shop[name] for name in ("visitors", "pay_buyers", "cart_visitors", "favourites", "page_views")] == [
        2,
        1,
        1,
        1,
        3,
    ]
    assert [item[name] for name in ("visitors", "pay_buyers", "favourites")] == [2, 1, 0]
    assert days["11", "*", "*"]["visitors"] is None, "a favourite without a view"
    assert {row[3] for row in one.rejects} == {"sources.reject.no_unix_time", "sources.reject.unknown_behaviour"}


def test_numbers_alone_are_no_log(write, read):
    with pytest.raises(NotUnderstood):
        read(write("other.csv", "1,10,7,pv,12\n2,11,7,pv,13\n"))


def test_what_was_bought_unseen_leaves_the_change_of_conversion_whole(write, tmp_path):
    """Item 9 is bought on the second day by somebody who did not look at it that day."""
    first = [f"{user},{item},7,pv,1511544070" for user in range(4) for item in (8, 9)] + ["0,8,7,buy,1511544400"]
    second = [f"{user},8,7,pv,1511630470" for user in range(5)]
    second += [f"{user},{item},7,buy,1511630900" for user, item in ((0, 8), (1, 8), (1, 9))]
    log = write("log.csv", "\n".join(first + second))
    with Shop.create(tmp_path / "shop", Config(timezone="Asia/Shanghai")) as shop:
        shop.import_files([log])
        then = Period(date(2017, 11, 25), date(2017, 11, 25))
        day = {"start": "2017-11-26", "end": "2017-11-26", "against": then}
        driver = shop.explain("conversion_rate", by=["product_id"], **day)
    assert driver.change == pytest.approx(2 / 5 - 1 / 4)
    assert sum(part.change for part in driver.parts) == pytest.approx(driver.change)
