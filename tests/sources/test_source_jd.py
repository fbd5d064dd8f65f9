"""JD's order export: one row per order and SKU, amounts of the order on each of its rows."""

import json
from decimal import Decimal

import pytest

from zhanggui.errors import BadFile, NotUnderstood
from zhanggui.sources.jd_orders import COLUMNS

ROW = {
    "订单号": "290000000001",
    "商品ID": "10000000001",
    "商品名称": "水杯",
    "订购数量": "2",
    "支付方式": "在线支付",
    "下单时间": "2026-08-01 09:10:11",
    "京东价": "60.00",
    "订单金额": "120.00",
    "结算金额": "110.00",
    "余额支付": "10.00",
    "应付金额": "95.00",
    "订单状态": "完成",
    "下单帐号": "buyer_a",
    "客户姓名": "甲某",
    "客户地址": "浙江省杭州市西湖区某路****",
    "联系电话": "130****0001",
    "运费金额": "5.00",
    "付款确认时间": "2026-08-01 09:10:30",
    "商家SKUID": "CUP-500",
    "订单来源": "移动端订单",
    "订单渠道": "暂无来源",
}


@pytest.fixture
def jd(write, read, rows):
    """Reads an order export drawn from changes to one row; gives the rows of a canonical table, or the reading."""

    def _jd(*changes, table="orders", columns=COLUMNS, encoding="gb18030"):
        lines = [",".join(columns)]
        for change in changes:
            row = {**ROW, **change}
            lines.append(",".join(row.get(name, "") for name in columns))
        readings = read(write("jd.csv", "\r\n".join(lines) + "\r\n", encoding))
        return rows(readings, table) if table else readings[0]

    return _jd


def test_the_sample_is_recognised_by_its_columns(samples, read):
    (reading,) = read(samples / "jd_orders.csv")
    assert (reading.recognition.source, reading.recognition.layout, reading.recognition.score) == ("jd", "orders", 1.0)
    assert (reading.channel, reading.rows_read) == ("jd:main", 3)
    assert reading.recognition.missing == ("普通发票纳税编号",)


def test_an_order_is_read_whole(jd):
    (order,) = jd({})
    assert (order["order_id"], order["status"], order["kind"]) == ("290000000001", "completed", "normal")
    assert (order["created_at"], order["paid_at"]) == ("2026-08-01 09:10:11", "2026-08-01 09:10:30")
    assert order["goods_amount"] == Decimal(110)
    assert order["discount_amount"] == Decimal(10)
    assert order["paid_amount"] == Decimal(105)
    assert order["platform_discount"] == Decimal(10)
    assert (order["region"], order["city"], order["device"], order["source"]) == ("浙江省", "杭州市", "mobile", None)


def test_amounts_of_the_order_on_every_line_count_once(jd):
    second = {"商品ID": "10000000002", "京东价": "0.00", "订购数量": "1"}
    reading = jd({}, second, table=None)
    orders, lines, _ = reading.pieces
    assert (orders.rows.height, lines.rows.height, orders.file_money) == (1, 2, 120.0)
    assert orders.rows["goods_amount"].to_list() == [Decimal(110)]
    assert lines.rows["kind"].to_list() == ["goods", "gift"]


def test_rows_of_one_order_that_state_different_amounts_are_told(jd):
    reading = jd({}, {"商品ID": "2", "订单金额": "80.00"}, table=None)
    assert ("order_amounts_differ", {"file": "jd.csv", "orders": 1}) in reading.notes


STATES = {
    "等待付款": "placed",
    "等待出库": "paid",
    "(锁定)等待出库": "paid",
    "等待确认收货": "shipped",
    "完成": "completed",
    "(删除)等待出库": "cancelled",
    "（删除）等待付款": "cancelled",
    "新的状态": "paid",
}


def test_a_state_says_how_far_the_order_is(jd):
    read = jd(*({"订单号": f"29000000000{n}", "订单状态": text} for n, text in enumerate(STATES)))
    assert [row["status"] for row in read] == list(STATES.values())


def test_what_is_paid_on_delivery_is_a_sale_when_it_is_placed(jd):
    (order,) = jd({"支付方式": "货到付款", "付款确认时间": "", "订单状态": "等待出库"})
    assert (order["status"], order["paid_at"]) == ("paid", None)


def test_the_parent_of_split_orders_is_not_counted_beside_them(jd):
    parent = {"订单状态": "(删除)等待出库", "商家备注": "订单拆分为  290000000002    290000000003"}
    reading = jd(parent, {"订单号": "290000000002"}, {"订单号": "290000000003"}, table=None)
    assert reading.pieces[0].rows["status"].to_list() == ["cancelled", "completed", "completed"]
    assert reading.notes == []


def test_a_deleted_order_that_was_paid_is_told_for_nobody_says_what_became_of_it(jd):
    reading = jd({"订单状态": "(删除)等待出库"}, table=None)
    assert reading.notes == [("jd_deleted_paid", {"file": "jd.csv", "orders": 1, "amount": "105.00"})]


def test_a_state_nobody_knows_is_named(jd):
    reading = jd({"订单状态": "新的状态"}, table=None)
    assert reading.notes == [("unknown_status_texts", {"file": "jd.csv", "values": "新的状态"})]


def test_lines_stand_at_jds_price_and_name_the_sellers_code(jd):
    line, old = jd({}, {"订单号": "2", "商家SKUID": "", "货号": "OLD-1"}, table="order_lines")
    assert (line["product_id"], line["sku"], line["title"]) == ("10000000001", "CUP-500", "水杯")
    assert (line["quantity"], line["unit_price"]) == (Decimal(2), Decimal(60))
    assert old["sku"] == "OLD-1"


def test_names_phones_addresses_and_accounts_go_nowhere(jd):
    reading = jd({"发票抬头": "某公司", "商家备注": "备注"}, table=None)
    said = "".join(str(piece.rows.drop("_identity", strict=False).rows()) for piece in reading.pieces)
    assert not any(part in said for part in ("甲某", "某路", "130****", "buyer_a", "某公司"))
    assert reading.pieces[0].rows["_identity"].to_list() == ["buyer_a"]


def test_columns_in_another_order_with_one_more_are_read_alike_and_the_new_one_is_kept(jd):
    columns = [*reversed(COLUMNS), "活动标签"]
    (order,) = jd({"活动标签": "会员日"}, columns=columns, encoding="utf-8-sig")
    assert order["goods_amount"] == Decimal(110)
    assert json.loads(order["extra"])["活动标签"] == "会员日"


def test_fewer_columns_give_what_they_hold(jd):
    columns = ["订单号", "订购数量", "京东价", "下单时间", "应付金额", "商品名称"]
    (order,) = jd({}, columns=columns)
    assert (order["goods_amount"], order["order_total"], order["status"]) == (Decimal(95), None, None)


@pytest.mark.parametrize(
    ("gone", "wanted"),
    [
        (("订单号",), "订单号"),
        (("下单时间", "付款确认时间"), "下单时间 / 付款确认时间"),
        (("订单金额", "结算金额", "应付金额", "京东价"), "结算金额 / 订单金额 / 应付金额 / 京东价"),
    ],
)
def test_what_it_cannot_be_read_without_is_named(jd, gone, wanted):
    with pytest.raises(NotUnderstood) as caught:
        jd({}, columns=[name for name in COLUMNS if name not in gone])
    assert (caught.value.code, caught.value.params["wanted"]) == ("sources.lacks_columns", wanted)


def test_a_totals_row_is_left_out_with_its_money(jd):
    reading = jd({}, {"订单号": "合计"}, table=None)
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("totals", 1, 120.0)]
    assert reading.rows_read == 2


def test_an_id_that_lost_its_digits_stops_the_import(jd):
    with pytest.raises(BadFile, match="lost_ids"):
        jd({"订单号": "2.9E+11"})


def test_an_amount_that_is_none_is_a_reject_with_its_place(jd):
    reading = jd({}, {"订单号": "2", "结算金额": "见备注"}, table=None)
    assert list(reading.rejects) == [(3, "结算金额", "见备注", "store.reject.not_an_amount")]


def written(read, path):
    (reading,) = read(path)
    return reading, {piece.table: piece.rows.rows(named=True) for piece in reading.pieces}


def test_a_day_of_the_shop_is_traffic_and_its_texts_are_numbers(samples, read):
    reading, tables = written(read, samples / "jd_sz_shop_daily.xlsx")
    assert (reading.recognition.source, reading.recognition.layout, reading.recognition.score) == (
        "jd",
        "shop_days",
        1.0,
    )
    (day,) = tables["traffic_days"]
    assert (str(day["day"]), day["source"], day["product_id"], day["device"]) == ("2026-08-01", "*", "*", "*")
    assert (day["visitors"], day["page_views"], day["pay_buyers"], day["pay_amount"]) == (
        "9730",
        "25300",
        "180",
        "12345.60",
    )
    assert json.loads(day["extra"])["退款金额"] == "321.00"


def test_days_of_skus_name_the_products_that_orders_name_and_a_totals_row_is_left_out(write, read):
    text = "时间,SKU,商品名称,商品访客数,商品浏览量,成交商品件数,成交金额,成交客户数\n"
    text += '2026-08-01,10000000001,水杯,"1,200",2000,30,900.00,25\n2026-08-01,合计,,1500,2600,40,900.00,33\n'
    reading, tables = written(read, write("sku.csv", text))
    (day,) = tables["traffic_days"]
    assert (day["product_id"], day["visitors"], day["pay_amount"]) == ("10000000001", "1200", "900.00")
    assert tables["products"][0]["title"] == "水杯"
    assert [(one.reason, one.money) for one in reading.left_out] == [("totals", 900.0)]


def test_visitors_of_several_days_are_left_out_for_they_cannot_be_split(write, read):
    text = "时间,店铺访客数,店铺浏览量,成交客户数\n2026-08-01至2026-08-07,900,2000,30\n2026-08-08,100,200,3\n"
    reading, tables = written(read, write("week.csv", text))
    assert [row["visitors"] for row in tables["traffic_days"]] == ["100"]
    assert [(one.reason, one.rows) for one in reading.left_out] == [("several_days", 1)]


def test_ranges_of_search_words_stay_beside_the_word_as_they_are(write, read):
    text = (
        "关键词,搜索增长幅度,搜索人数,搜索次数,点击率,在线商品数,快车参考价\n保温杯,12%,1万-2万,2万-3万,30%,5210,1.2\n"
    )
    reading, tables = written(read, write("飙升榜_2026-08-01.csv", text))
    (word,) = tables["keyword_days"]
    assert (word["keyword"], word["market_searches"], word["competition"]) == ("保温杯", None, 5210.0)
    assert json.loads(word["extra"])["搜索人数"] == "1万-2万"
    assert reading.recognition.layout == "search_words"


def test_advertising_days_are_read_with_what_the_platform_claims(write, read):
    text = "日期,计划名称,SKU,展现数,点击数,总费用,总订单行,总订单金额,总购物车数\n"
    text += "2026-08-01,计划一,10000000001,1000,50,80.00,3,300.00,9\n"
    _, tables = written(read, write("ads.csv", text, "gb18030"))
    (day,) = tables["ad_days"]
    assert (day["platform"], day["campaign"], day["product_id"]) == ("京准通", "计划一", "10000000001")
    assert (day["cost"], day["orders"], day["revenue"], day["carts"]) == (80.0, 3.0, 300.0, 9.0)
