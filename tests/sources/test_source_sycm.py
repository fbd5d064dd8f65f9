"""生意参谋's daily reports: the item ranking and the shop overview."""

import json

import pytest

from zhanggui import i18n
from zhanggui.errors import BadFile

ITEMS = ["统计日期", "商品ID", "商品名称", "货号", "商品访客数", "商品浏览量", "商品详情页跳出率", "商品收藏人数"]
ITEMS += ["商品加购人数", "下单买家数", "支付买家数", "支付金额", "成功退款金额", "年累计支付金额"]
ITEMS += ["搜索引导访客数", "搜索引导支付买家数"]
CUP = ["2026-08-01", "700000000001", "水杯", "CUP-500", "12,345", "23,456", "61.23%", "120", "880", "130"]
CUP += ["118", "8,134.40", "354.00", "1,234,567.89", "4,500", "54"]
BRUSH = ["2026-08-01", "700000000002", "杯刷", "-", "9", "11", "-", "0", "0", "0", "0", "0.00", "-", "96.00", "-", "-"]
ABOVE = [["【生意参谋平台】商品排行"], ["统计时间：2026-08-01 ~ 2026-08-01"], ["终端：所有终端"], []]


@pytest.fixture
def ranking(book, read):
    """Reads an item ranking drawn from rows, with its four lines above the header."""

    def _ranking(*lines, above=ABOVE, header=ITEMS):
        (reading,) = read(book("商品排行.xlsx", [*above, header, *lines]))
        return reading

    return _ranking


@pytest.fixture
def overview(book, read):
    """Reads a shop overview drawn from columns."""

    def _overview(**columns):
        plain = {"统计日期": "2026-08-01", "访客数": "15,210", "浏览量": "40,100", **columns}
        above = [["【生意参谋】取数"], *([f"第{n}行"] for n in range(5)), []]
        (reading,) = read(book("取数.xlsx", [*above, list(plain), list(plain.values())]))
        return reading

    return _overview


def test_both_samples_are_recognised(samples, read):
    readings = read(*samples.glob("sycm_*"))
    assert {r.recognition.layout: (r.sheet.header_row, r.recognition.score) for r in readings} == {
        "items": (5, 1.0),
        "shop": (8, 1.0),
    }
    assert {r.channel for r in readings} == {"taobao:main"}


def test_a_product_day_is_traffic_of_all_sources_and_devices(ranking, rows):
    first = rows([ranking(CUP, BRUSH)], "traffic_days")[0]
    assert [first[name] for name in ("day", "source", "product_id", "device")] == [
        "2026-08-01",
        "*",
        "700000000001",
        "*",
    ]
    assert [first[name] for name in ("visitors", "page_views", "favourites", "cart_visitors")] == [
        "12345",
        "23456",
        "120",
        "880",
    ]
    assert [first[name] for name in ("order_buyers", "pay_buyers", "pay_amount")] == ["130", "118", "8134.40"]


def test_bounces_come_from_the_rate_where_it_is_known(ranking, rows):
    first, second = rows([ranking(CUP, BRUSH)], "traffic_days")[:2]
    assert (first["bounces"], second["bounces"]) == (7559, None)


def test_visitors_from_search_are_a_source_of_their_own(ranking, rows):
    searched = [row for row in rows([ranking(CUP, BRUSH)], "traffic_days") if row["source"] == "手淘搜索"]
    assert [(row["product_id"], row["visitors"], row["pay_buyers"]) for row in searched] == [
        ("700000000001", "4500", "54")
    ]


def test_a_dash_is_never_zero(ranking, rows):
    line = [*BRUSH[:4], "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"]
    (row,) = rows([ranking(line)], "traffic_days")
    measures = ("visitors", "page_views", "favourites", "cart_visitors", "order_buyers", "pay_buyers", "pay_amount")
    assert [row[name] for name in (*measures, "bounces")] == [None] * 8


def test_products_come_with_their_title_and_code(ranking, rows):
    products = {row["product_id"]: row for row in rows([ranking(CUP, BRUSH)], "products")}
    assert (products["700000000001"]["title"], products["700000000001"]["item_key"]) == ("水杯", "CUP-500")
    assert products["700000000002"]["item_key"] is None


def test_refunds_by_success_day_are_no_refunds(ranking, rows):
    reading = ranking(CUP)
    assert rows([reading], "refunds") == []
    assert json.loads(rows([reading], "traffic_days")[0]["extra"])["成功退款金额"] == "354.00"


def test_figures_since_january_are_no_measure_of_the_day(ranking, rows):
    for row in rows([ranking(CUP)], "traffic_days"):
        assert "1234567.89" not in [row.get(name) for name in ("pay_amount", "visitors", "page_views")]


def test_a_totals_row_is_dropped_but_checks_the_sum(ranking):
    total = ["总计", "-", "-", "-", "12,350", "23,467", "-", "-", "-", "-", "-", "8,134.40", "-", "-", "-", "-"]
    reading = ranking(total, CUP, BRUSH)
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("totals", 1, 8134.40)]
    assert (reading.rows_read, reading.notes) == (3, [])
    assert len(reading.pieces[0].rows) == 2


def test_a_totals_row_that_the_rows_do_not_reach_is_noted(ranking):
    total = ["总计", "-", "-", "-", "99,999", "23,467", "-", "-", "-", "-", "-", "9,000.00", "-", "-", "-", "-"]
    ((key, params),) = ranking(CUP, BRUSH, total).notes
    assert (key, params["column"], params["stated"], params["added"]) == ("totals_differ", "支付金额", 9000.0, 8134.4)
    assert "9000" in i18n.text("sources.note.totals_differ", "zh-Hant", **params)


def test_child_items_of_a_product_are_not_added_to_it(ranking, rows):
    child = [*CUP[:4], "345", "500", *CUP[6:]]
    reading = ranking(child, CUP)
    (row,) = [row for row in rows([reading], "traffic_days") if row["source"] == "*"]
    assert (row["visitors"], row["_row"]) == ("12345", 7)
    assert [(one.reason, one.rows) for one in reading.left_out] == [("child_items", 1)]


def test_the_same_product_on_two_days_is_two_rows(ranking, rows):
    reading = ranking(CUP, ["2026-08-02", *CUP[1:]])
    assert [row["day"] for row in rows([reading], "traffic_days") if row["source"] == "*"] == [
        "2026-08-01",
        "2026-08-02",
    ]
    assert reading.left_out == []


def test_a_report_over_several_days_is_refused(ranking):
    with pytest.raises(BadFile) as caught:
        ranking(CUP, ["2026-08-01 ~ 2026-08-07", *BRUSH[1:]])
    assert caught.value.code == "sources.several_days"
    assert (caught.value.params["row"], caught.value.params["column"]) == (7, "统计日期")
    for locale in i18n.LOCALES:
        assert "2026-08-01 ~ 2026-08-07" in i18n.text("sources.error.several_days", locale, **caught.value.params)


def test_a_range_of_one_day_is_that_day(ranking, rows):
    reading = ranking(["2026-08-01 ~ 2026-08-01", *CUP[1:]])
    assert rows([reading], "traffic_days")[0]["day"] == "2026-08-01"


def test_the_day_may_stand_above_the_header_only(ranking, rows):
    assert rows([ranking(CUP[1:], header=ITEMS[1:])], "traffic_days")[0]["day"] == "2026-08-01"
    week = [ABOVE[0], ["统计时间：2026-08-01 ~ 2026-08-07"], *ABOVE[2:]]
    with pytest.raises(BadFile, match="several_days"):
        ranking(CUP[1:], header=ITEMS[1:], above=week)
    with pytest.raises(BadFile, match="no_day"):
        ranking(CUP[1:], header=ITEMS[1:], above=[["商品排行"]])


def test_a_report_of_one_device_says_so(ranking, rows):
    reading = ranking(CUP, above=[*ABOVE[:2], ["终端：无线端"], []])
    assert {row["device"] for row in rows([reading], "traffic_days")} == {"mobile"}


def test_an_older_name_of_the_product_column_is_known(ranking, rows):
    header = [{"商品ID": "主商品ID"}.get(name, name) for name in ITEMS]
    assert rows([ranking(CUP, header=header)], "traffic_days")[0]["product_id"] == "700000000001"


def test_product_ids_destroyed_by_a_spreadsheet_stop_the_import(ranking):
    with pytest.raises(BadFile, match="lost_ids"):
        ranking([CUP[0], "7.00E+11", *CUP[2:]])


def test_the_shop_as_a_whole_is_one_row(samples, read, rows):
    (row,) = rows(read(samples / "sycm_shop_overview_2026-08-01.xls"), "traffic_days")
    assert [row[name] for name in ("day", "source", "product_id", "device")] == ["2026-08-01", "*", "*", "*"]
    assert [row[name] for name in ("visitors", "page_views", "pay_buyers", "pay_amount")] == [
        "15210",
        "40100",
        "260",
        "18950.20",
    ]
    assert (row["bounces"], row["favourites"], row["order_buyers"]) == (8867, None, None)


def test_three_shop_scores_are_scores(overview, rows):
    scores = rows([overview(描述相符评分="4.88", 物流服务评分="4.90", 服务态度评分="-")], "scores")
    assert [(row["system"], row["object"], row["name"], row["value"]) for row in scores] == [
        ("dsr", "*", "description", "4.88"),
        ("dsr", "*", "logistics", "4.90"),
    ]


def test_advertising_and_commission_are_spending(overview, rows):
    reading = overview(直通车消耗="1,500.00", 钻石展位消耗="-", 淘宝客佣金="320.10")
    (spend,) = rows([reading], "ad_days")
    assert (spend["platform"], spend["cost"], spend["campaign"], spend["product_id"]) == ("直通车", "1500.00", "*", "*")
    (cost,) = rows([reading], "costs")
    assert (cost["kind"], cost["amount"], cost["currency"]) == ("commission", "320.10", "CNY")


def test_columns_by_device_are_rows_by_device(overview, rows):
    reading = overview(PC端访客数="1,210", PC端跳失率="50.00%", 无线端访客数="14,000", 无线端支付金额="9.50")
    by_device = {row["device"]: row for row in rows([reading], "traffic_days")}
    assert {device: row["visitors"] for device, row in by_device.items()} == {
        "*": "15210",
        "pc": "1210",
        "mobile": "14000",
    }
    assert (by_device["pc"]["bounces"], by_device["mobile"]["pay_amount"]) == (605, "9.50")


def test_shop_refunds_by_success_day_stay_an_aggregate(overview, rows):
    reading = overview(成功退款金额="1,020.00", 支付父订单数="271")
    assert rows([reading], "refunds") == []
    assert json.loads(rows([reading], "traffic_days")[0]["extra"]) == {
        "成功退款金额": "1,020.00",
        "支付父订单数": "271",
    }


def test_a_measure_nobody_can_read_rejects_its_row(ranking):
    reading = ranking(CUP, [*BRUSH[:4], "很多", *BRUSH[5:]])
    assert reading.rejects == [(7, "商品访客数", "很多", "store.reject.not_an_amount")]
