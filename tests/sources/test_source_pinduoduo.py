"""Pinduoduo's order export: one row an order, ids and times with tabs, no column of refunded money."""

import json
from decimal import Decimal

import pytest

from zhanggui.errors import BadFile, NotUnderstood

ROW = {
    "商品": "水杯",
    "订单号": "260801-000000000000001\t",
    "订单状态": "已收货",
    "商品总价(元)": "120.00",
    "店铺优惠折扣(元)": "10.00",
    "平台优惠折扣(元)": "6.00",
    "多多支付立减金额(元)": "1.00",
    "邮费(元)": "5.00",
    "上门安装费(元)": "",
    "用户实付金额(元)": "108.00",
    "商家实收金额(元)": "115.00",
    "商品数量(件)": "2",
    "身份证号码": "110101199001011234",
    "收货人": "甲**",
    "手机": "130****0001",
    "省": "浙江省",
    "市": "杭州市",
    "支付时间": "2026-08-01 09:00:01\t",
    "拼单成功时间": "2026-08-01 09:30:00\t",
    "承诺发货时间": "2026-08-03 09:00:00\t",
    "发货时间": "2026-08-01 18:00:00\t",
    "确认收货时间": "2026-08-05 10:00:00\t",
    "商品id": "800000000001\t",
    "商品规格": "白色",
    "用户购买手机号": "13000000001",
    "样式ID": "900000000001\t",
    "商家编码-SKU维度": "CUP-500-W",
    "商家编码-商品维度": "CUP-500",
    "快递公司": "测试快递",
    "是否抽奖或0元试用": "否",
    "是否直播间成交": "否",
    "售后状态": "无售后或售后取消",
    "商家备注": "",
}


@pytest.fixture
def pdd(write, read, rows):
    """Reads an export drawn from changes to one row; gives the rows of a canonical table, or the reading."""

    def _pdd(*changes, table="orders", columns=tuple(ROW), renamed=None, encoding="utf-8-sig"):
        lines = [",".join((renamed or {}).get(name, name) for name in columns)]
        for number, change in enumerate(changes, start=1):
            row = {**ROW, "订单号": f"260801-00000000000000{number}\t", **change}
            lines.append(",".join(row.get(name, "") for name in columns))
        readings = read(write("orders_export.csv", "\n".join(lines) + "\n", encoding))
        return rows(readings, table) if table else readings[0]

    return _pdd


def test_the_sample_is_recognised_by_its_columns(samples, read):
    (reading,) = read(samples / "pdd_orders_export.csv")
    assert (reading.recognition.source, reading.recognition.layout) == ("pinduoduo", "orders")
    assert (reading.recognition.score, reading.channel, reading.rows_read) == (1.0, "pinduoduo:main", 2)
    assert "是否直播间成交" in reading.recognition.missing


def test_an_order_is_read_whole_with_its_tabs_taken_off(pdd):
    (order,) = pdd({})
    assert (order["order_id"], order["paid_at"]) == ("260801-000000000000001", "2026-08-01 09:00:01")
    assert (order["ship_by"], order["shipped_at"]) == ("2026-08-03 09:00:00", "2026-08-01 18:00:00")
    assert order["goods_amount"] == Decimal(110)
    assert order["shipping_amount"] == Decimal(5)
    assert order["platform_discount"] == Decimal(7)
    assert order["paid_amount"] == Decimal(108)
    assert order["payout_amount"] == Decimal(115)
    assert (order["region"], order["city"], order["carrier"]) == ("浙江省", "杭州市", "测试快递")


def test_a_sale_is_dated_by_payment_and_not_by_the_group_that_came_together(pdd):
    (order,) = pdd({"支付时间": "2026-08-01 23:59:59", "拼单成功时间": "2026-08-02 00:10:00"})
    assert order["paid_at"] == "2026-08-01 23:59:59"


def test_an_order_without_any_time_is_dated_by_its_number(pdd):
    (order,) = pdd({"支付时间": "", "发货时间": "", "确认收货时间": ""})
    assert (order["paid_at"], order["created_at"], order["status"]) == (None, "2026-08-01 00:00:00", "completed")


STATES = {
    "待付款": "placed",
    "待发货": "paid",
    "已发货，待收货": "shipped",
    '"已发货,待收货"': "shipped",
    "已收货": "completed",
    "已发货，退款成功": "shipped",
    "未发货，退款成功": "paid",
    "新的状态": "completed",
}


def test_a_state_has_one_meaning_with_either_comma_and_whatever_it_says_of_a_refund(pdd):
    read = pdd(*({"订单状态": text} for text in STATES))
    assert [row["status"] for row in read] == list(STATES.values())


def test_cancelled_unpaid_is_cancelled_and_cancelled_after_payment_with_a_refund_is_a_sale_with_a_refund(pdd):
    unpaid = {"订单状态": "已取消", "支付时间": "", "发货时间": "", "确认收货时间": ""}
    paid = {"订单状态": "已取消", "发货时间": "", "确认收货时间": "", "售后状态": "退款成功"}
    assert [row["status"] for row in pdd(unpaid, paid)] == ["cancelled", "paid"]


def test_a_refund_that_succeeded_is_taken_as_all_goods_and_said_to_be_an_estimate(pdd):
    reading = pdd({"售后状态": "退款成功"}, {"售后状态": "售后处理中"}, {}, table=None)
    refunds = next(piece.rows for piece in reading.pieces if piece.table == "refunds")
    assert refunds.select("amount", "status", "phase", "scope").rows() == [
        (Decimal(110), "finished", "after_shipment", "order_total")
    ]
    assert json.loads(refunds["extra"][0]) == {"estimated": "true"}
    note = {"file": "orders_export.csv", "orders": 1, "amount": "110.00"}
    assert reading.notes == [("refunds_estimated", note)]


def test_a_lottery_is_no_sale(pdd):
    reading = pdd({"是否抽奖或0元试用": "是"}, {}, table=None)
    assert reading.pieces[0].rows["kind"].to_list() == ["test", "normal"]
    assert reading.notes == [("lottery_orders", {"file": "orders_export.csv", "orders": 1})]


def test_a_sale_in_the_live_room_has_it_as_its_source(pdd):
    assert [row["source"] for row in pdd({"是否直播间成交": "是"}, {})] == ["直播间", None]


def test_an_order_has_one_line_with_several_pieces(pdd):
    (line,) = pdd({}, table="order_lines")
    assert (line["product_id"], line["sku"], line["variant"]) == ("800000000001", "CUP-500-W", "白色")
    assert (line["quantity"], line["unit_price"], line["line_total"]) == (Decimal(2), Decimal(60), Decimal(110))


def test_the_sellers_code_of_the_product_is_its_key_over_channels(pdd):
    (product,) = pdd({}, {"商家编码-SKU维度": "CUP-500-B"}, table="products")
    assert (product["product_id"], product["item_key"]) == ("800000000001", "CUP-500")


def test_identity_cards_names_and_phones_go_nowhere(pdd):
    reading = pdd({}, table=None)
    said = "".join(str(piece.rows.drop("_identity", strict=False).rows()) for piece in reading.pieces)
    assert not any(part in said for part in ("110101199001011234", "甲**", "13000000001", "130****"))


def test_the_buyer_is_a_phone_unless_masked_and_never_a_name(pdd):
    whole, masked = pdd({}, {"用户购买手机号": "130****0001", "收货人": "甲某"})
    assert (whole["_identity"], masked["_identity"]) == ("13000000001", None)


def test_later_spellings_brackets_and_order_of_columns_change_nothing(pdd):
    renamed = {
        "商品": "商品名称",
        "商品总价(元)": "商品总价（元）",
        "商家实收金额(元)": "商家实收金额（元）",
        "商家编码-SKU维度": "商家编码-规格维度",
    }
    plain, other = pdd({}), pdd({}, renamed=renamed, columns=tuple(reversed(ROW)), encoding="gb18030")
    assert plain == other


def test_a_variant_of_few_columns_gives_what_it_holds(pdd):
    columns = ["订单号", "商品", "商家实收金额(元)", "用户实付金额(元)", "订单状态", "邮费(元)"]
    reading = pdd({}, columns=columns, table=None)
    (order,) = reading.pieces[0].rows.rows(named=True)
    assert (order["goods_amount"], order["created_at"]) == (Decimal(110), "2026-08-01 00:00:00")
    assert "支付时间" in reading.recognition.missing


def test_unknown_columns_are_kept(pdd):
    (order,) = pdd({"活动标签": "百亿补贴"}, columns=(*ROW, "活动标签"))
    assert json.loads(order["extra"])["活动标签"] == "百亿补贴"


def test_what_it_cannot_be_read_without_is_named(pdd):
    with pytest.raises(NotUnderstood) as caught:
        pdd({}, columns=[name for name in ROW if name != "订单号"])
    assert (caught.value.code, caught.value.params["wanted"]) == ("sources.lacks_columns", "订单号")


def test_an_id_that_lost_its_digits_stops_the_import(pdd):
    with pytest.raises(BadFile, match="lost_ids"):
        pdd({"商品id": "8.0E+11"})


def test_what_is_due_meets_the_parts_it_is_made_of_where_the_column_is_missing(pdd):
    reading = pdd({}, columns=[name for name in ROW if name != "商家实收金额(元)"], table=None)
    assert reading.pieces[0].file_money == 115.0
    assert reading.pieces[0].rows["order_total"].to_list() == [Decimal(115)]


def test_an_order_that_stands_there_twice_counts_once_and_that_is_said(pdd):
    again = {"订单号": "260801-000000000000001"}
    reading = pdd({}, again, table=None)
    assert reading.pieces[0].rows.height == 1
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("repeated_rows", 1, 115.0)]
