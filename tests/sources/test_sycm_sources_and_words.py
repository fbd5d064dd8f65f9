"""生意参谋's traffic sources and search words: a tree of which one level counts, and indices that are no counts."""

import json

import pytest

from zhanggui.errors import NotUnderstood

PREAMBLE = (
    "【生意参谋】流量来源,,\n导出时间：2026-08-05 10:00:00,,\n统计时间：2026-08-01 ~ 2026-08-01,,\n终端：无线端,,\n"
)
TREE = (
    PREAMBLE
    + """一级来源,二级来源,三级来源,访客数,较前一日变化,支付买家数,较前一日变化,支付金额,较前一日变化,加购商品-支付买家数
汇总,汇总,汇总,"1,500",1%,60,-,"9,000.00",2%,9
淘内免费,汇总,汇总,"1,200",1%,50,-,"7,000.00",2%,8
淘内免费,手淘搜索,汇总,800,1%,30,-,"4,000.00",2%,5
淘内免费,手淘搜索,保温杯,500,1%,20,-,"2,500.00",2%,3
淘内免费,手淘推荐,汇总,500,1%,20,-,"3,000.00",2%,3
付费流量,直通车,汇总,300,1%,8,-,"1,500.00",2%,1
自主访问,汇总,汇总,100,1%,2,-,500.00,2%,0
"""
)


@pytest.fixture
def sycm(write, read):
    """Reads a text as a report of 生意参谋; gives the reading and its rows by table."""

    def _sycm(text, name="report.csv"):
        (reading,) = read(write(name, text))
        assert reading.recognition.source == "sycm"
        return reading, {piece.table: piece.rows.rows(named=True) for piece in reading.pieces}

    return _sycm


def test_of_the_tree_of_sources_one_level_counts_and_the_sums_above_and_the_parts_below_do_not(sycm):
    reading, tables = sycm(TREE)
    found = [(str(row["day"]), row["source"], row["device"], row["visitors"]) for row in tables["traffic_days"]]
    assert found == [
        ("2026-08-01", "手淘搜索", "mobile", "800"),
        ("2026-08-01", "手淘推荐", "mobile", "500"),
        ("2026-08-01", "直通车", "mobile", "300"),
        ("2026-08-01", "自主访问", "mobile", "100"),
    ]
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [
        ("source_totals", 2, 16000.0),
        ("finer_sources", 1, 2500.0),
    ]
    assert reading.pieces[0].file_money == 9000.0


def test_changes_against_the_day_before_are_not_kept_and_other_columns_are(sycm):
    _, tables = sycm(TREE)
    assert json.loads(tables["traffic_days"][0]["extra"]) == {"加购商品-支付买家数": "5"}


def test_a_source_of_one_name_under_two_roofs_is_two_sources(sycm):
    text = "统计日期,一级来源,二级来源,访客数\n2026-08-01,PC,手淘搜索,5\n2026-08-01,无线,手淘搜索,90\n2026-08-01,无线,购物车,7\n"
    _, tables = sycm(text)
    assert [row["source"] for row in tables["traffic_days"]] == ["PC>手淘搜索", "无线>手淘搜索", "购物车"]


def test_sources_of_products_name_the_product_and_a_source_without_its_own_row_its_parts(sycm):
    text = "统计日期,商品ID,流量来源,来源明细,访客数,支付金额\n2026-08-01,700000000001,手淘搜索,保温杯,40,90.00\n"
    _, tables = sycm(text)
    (row,) = tables["traffic_days"]
    assert (row["product_id"], row["source"], row["pay_amount"]) == ("700000000001", "手淘搜索>保温杯", "90.00")


def test_sources_of_several_days_are_left_out(sycm):
    reading, tables = sycm(TREE.replace("~ 2026-08-01", "~ 2026-08-07"))
    assert tables == {}
    assert [(one.reason, one.rows) for one in reading.left_out] == [("several_days", 7)]


def test_sources_without_visitors_say_what_is_missing(sycm):
    with pytest.raises(NotUnderstood) as caught:
        sycm("统计日期,一级来源,二级来源,支付金额\n2026-08-01,付费流量,直通车,5.00\n")
    assert (caught.value.code, caught.value.params["wanted"]) == ("sources.lacks_columns", "访客数")


def test_search_words_are_read_once_a_day_and_indices_stay_beside_them(sycm):
    text = "统计日期,搜索词,终端,带来的访客数,曝光量,引导支付金额,全网搜索人气,全网商品数\n"
    text += '2026-08-01,保温杯,所有终端,"1,200","40,000",900.00,"12,345","5,000"\n'
    text += "2026-08-01,保温杯,无线端,1100,39000,850.00,12000,5000\n"
    reading, tables = sycm(text)
    (word,) = tables["keyword_days"]
    assert (word["keyword"], word["product_id"], word["visitors"]) == ("保温杯", "*", "1200")
    assert (word["impressions"], word["pay_amount"], word["competition"]) == ("40000", "900.00", "5000")
    assert json.loads(word["extra"])["全网搜索人气"] == "12,345"
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("other_devices", 1, 850.0)]


def test_words_of_the_market_are_kept_with_their_indices_and_claim_no_visitor(sycm):
    text = "搜索词,搜索人气,点击人气,点击率,相关搜索词数\n保温杯,12345,6789,50.1%,-\n"
    _, tables = sycm(text, name="搜索词_2026-08-01.csv")
    (word,) = tables["keyword_days"]
    assert set(word) == {"_row", "day", "keyword", "product_id", "extra"}
    assert json.loads(word["extra"]) == {"搜索人气": "12345", "点击人气": "6789", "点击率": "50.1%"}


def test_the_page_analysis_is_known_and_nothing_is_read_from_it(sycm):
    reading, tables = sycm("统计时段,浏览量,访客数,点击次数,点击人数,引导下单金额\n2026-08-01,10,9,8,7,6.00\n")
    assert (tables, reading.notes) == ({}, [("pages_not_used", {"file": "report.csv", "rows": 1})])
    assert [(one.reason, one.rows) for one in reading.left_out] == [("not_used", 1)]


def test_an_overview_dated_above_its_header_or_under_another_name_is_the_shops_day(sycm):
    _, above = sycm("统计时间：2026-08-01 ~ 2026-08-01,,\n访客数,支付买家数,支付转化率\n900,9,1.00%\n")
    _, other = sycm("日期,访客数,浏览量\n2026-08-01,900,2000\n")
    days = [row for tables in (above, other) for row in tables["traffic_days"]]
    assert [(str(row["day"]), row["visitors"]) for row in days] == [("2026-08-01", "900")] * 2
