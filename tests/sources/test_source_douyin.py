"""Douyin's exports: sub-orders with tabs inside their quotes, and settlements in both kinds."""

import json
from decimal import Decimal

import pytest

from zhanggui.errors import NotUnderstood

ROW = {
    "主订单编号": '"\t6900000000000000001"',
    "子订单编号": '"\t6900000000000000001"',
    "选购商品": '"\t水杯"',
    "商品规格": '"\t白色"',
    "商品数量": "1",
    "商品ID": '"\t3600000000001"',
    "商家编码": '"\tCUP-500"',
    "商品金额": "60.00",
    "订单应付金额": "35.00",
    "运费": "0.00",
    "收件人": "##密文",
    "收件人手机号": "$$密文",
    "详细地址": "##密文",
    "快递信息": "YT1-圆通",
    "订单提交时间": "2026-09-22 00:54:10",
    "支付完成时间": "2026-09-22 00:54:20",
    "商家备注": "-",
    "订单完成时间": "2026-09-24 13:18:29",
    "订单状态": "已完成",
    "售后状态": "-",
    "取消原因": "",
    "发货时间": "2026-09-22 08:53:45",
    "达人ID": '"\t7000000000000000001"',
    "达人昵称": "某达人",
    "平台实际承担优惠金额": "18.00",
    "商家实际承担优惠金额": "5.00",
    "达人实际承担优惠金额": "2.00",
}
BOOKING = {
    "动账时间": "2026-09-28 07:54:38",
    "动帐流水号": "'T1",
    "动账方向": "入账",
    "动账金额": "1.84",
    "动账场景": "货款结算入账",
    "子订单号": "'6900000000000000001",
    "订单号": "'6900000000000000001",
    "订单实付应结": "28.9",
    "运费实付": "0",
    "实际平台补贴": "0.81",
    "订单退款": "-27.78",
    "平台服务费": "-0.09",
    "佣金": "0",
    "招商服务费": "0",
    "站外推广费": "0",
    "备注": "订单结算",
}
SUMMARY = {
    "结算时间": "2026-09-28 07:54:38",
    "订单号": "'6900000000000000001",
    "子订单号": "'6900000000000000001",
    "结算金额": "50.00",
    "结算账户": "聚合账户",
    "结算单类型": "订单结算",
    "有结算前退款": "否",
    "下单时间": "2026-09-22 00:54:10",
    "收入合计": "55.00",
    "支出合计": "-5.00",
    "平台服务费": "-3.00",
    "达人佣金": "-1.50",
}
EXPLAINED = " , , ,收入+支出, , , , ,订单实付+补贴,各项费用, , "


@pytest.fixture
def file(write):
    """Writes changes to one row as a file with BOM."""

    def _file(base, *changes, name="douyin.csv", columns=None, second="", encoding="utf-8-sig"):
        columns = columns or tuple(base)
        lines = [",".join(columns), *([second] if second else [])]
        lines += [",".join({**base, **change}.get(column, "") for column in columns) for change in changes]
        return write(name, "\n".join(lines) + "\n", encoding)

    return _file


@pytest.fixture
def douyin(file, read, rows):
    """Reads orders drawn from changes to one row; gives the rows of a canonical table, or the reading."""

    def _douyin(*changes, table="orders", base=ROW, **how):
        readings = read(file(base, *changes, **how))
        return rows(readings, table) if table else readings[0]

    return _douyin


def test_the_samples_are_recognised_by_their_columns(samples, read):
    readings = read(samples / "douyin_orders.csv", samples / "douyin_settlement.csv")
    found = {r.sheet.path.name: (r.recognition.source, r.recognition.layout, r.recognition.score) for r in readings}
    assert found == {
        "douyin_orders.csv": ("douyin", "orders", 1.0),
        "douyin_settlement.csv": ("douyin", "settlement", 1.0),
    }


def test_tabs_inside_the_quotes_of_ids_and_titles_are_taken_off(douyin):
    (line,) = douyin({}, table="order_lines")
    named = {name: line[name] for name in ("order_id", "line_id", "product_id", "sku", "title", "variant")}
    assert named == {
        "order_id": "6900000000000000001",
        "line_id": "6900000000000000001",
        "product_id": "3600000000001",
        "sku": "CUP-500",
        "title": "水杯",
        "variant": "白色",
    }


def test_goods_are_less_the_shops_own_discount_alone(douyin):
    (order,) = douyin({})
    assert order["goods_amount"] == Decimal(55)
    assert (order["discount_amount"], order["platform_discount"]) == (Decimal(5), Decimal(20))
    assert (order["paid_amount"], order["order_total"]) == (Decimal(35), Decimal(55))


def test_without_the_list_amount_goods_are_what_was_due_and_what_others_gave(douyin):
    columns = [name for name in ROW if name not in ("商品金额", "支付完成时间", "商品ID")]
    (order,) = douyin({}, columns=columns)
    assert (order["goods_amount"], order["paid_at"], order["status"]) == (Decimal(55), None, "completed")


def test_an_influencer_is_the_source_by_number_and_never_by_name(douyin):
    reading = douyin({}, {"主订单编号": "2", "子订单编号": "2", "达人ID": "-", "达人昵称": "-"}, table=None)
    orders = next(piece.rows for piece in reading.pieces if piece.table == "orders")
    assert orders.select("source", "campaign").rows() == [("达人", "7000000000000000001"), (None, None)]
    said = "".join(str(piece.rows.rows()) for piece in reading.pieces)
    assert not any(part in said for part in ("某达人", "密文"))


STATES = {
    "待支付": "placed",
    "备货中": "paid",
    "已发货": "shipped",
    "已完成": "completed",
    "新的状态": "completed",
}


def test_a_state_says_how_far_the_order_is(douyin):
    changes = ({"主订单编号": f"{n}", "子订单编号": f"{n}", "订单状态": text} for n, text in enumerate(STATES, 1))
    assert [row["status"] for row in douyin(*changes)] == list(STATES.values())


def test_closed_is_cancelled_only_where_nothing_was_paid(douyin):
    unpaid = {"主订单编号": "1", "订单状态": "已关闭", "支付完成时间": "-", "发货时间": "-", "订单完成时间": "-"}
    paid = {"主订单编号": "2", "订单状态": "已关闭", "发货时间": "-", "订单完成时间": "-"}
    reading = douyin(unpaid, {**paid, "子订单编号": "2"}, table=None)
    tables = {piece.table: piece.rows for piece in reading.pieces}
    assert tables["orders"]["status"].to_list() == ["cancelled", "paid"]
    assert tables["refunds"].select("order_id", "amount", "phase").rows() == [("2", Decimal(55), "before_shipment")]


def test_a_gift_that_was_closed_does_not_hold_the_order_back(douyin):
    gift = {"子订单编号": "3", "商品金额": "0.00", "订单应付金额": "0.00", "商家实际承担优惠金额": "0.00"}
    gift |= {"平台实际承担优惠金额": "0.00", "达人实际承担优惠金额": "0.00", "支付完成时间": "-"}
    gift |= {"订单状态": "已关闭", "取消原因": "主品订单售后完成", "发货时间": "-", "订单完成时间": "-"}
    reading = douyin({}, gift, table=None)
    tables = {piece.table: piece.rows for piece in reading.pieces}
    assert tables["orders"].select("status", "goods_amount").rows() == [("completed", Decimal(55))]
    assert tables["order_lines"]["kind"].to_list() == ["goods", "gift"]
    assert "refunds" not in tables


def test_a_refund_after_completion_is_all_goods_until_a_settlement_says_more(douyin):
    reading = douyin({"售后状态": "退款成功"}, table=None)
    refund = next(piece.rows for piece in reading.pieces if piece.table == "refunds").row(0, named=True)
    assert (refund["amount"], refund["scope"], refund["phase"]) == (Decimal(55), "line_total", "after_shipment")
    note = {"file": "douyin.csv", "orders": 1, "amount": "55.00"}
    assert reading.notes == [("refunds_estimated", note)]


def test_a_comma_in_the_parcels_column_does_not_shift_the_others(douyin):
    reading = douyin({"快递信息": "YT1-圆通,1件;YT2-圆通,1件"}, {"子订单编号": "2"}, table=None)
    lines = reading.pieces[0].rows
    assert (lines["line_total"].to_list(), list(reading.rejects)) == ([Decimal(55), Decimal(55)], [])


def test_sub_orders_joined_in_one_row_are_split_where_each_has_one_piece(douyin):
    joined = {"子订单编号": "11;12;13", "商品数量": "3", "商品规格": "白;黑;红", "商品金额": "100.00"}
    reading = douyin({**joined, "商家实际承担优惠金额": "0.00"}, table=None)
    lines = reading.pieces[0].rows
    assert lines.select("line_id", "variant", "quantity", "line_total").rows() == [
        ("11", "白", Decimal(1), Decimal("33.34")),
        ("12", "黑", Decimal(1), Decimal("33.33")),
        ("13", "红", Decimal(1), Decimal("33.33")),
    ]
    assert reading.pieces[0].file_money == 100.0


def test_sub_orders_joined_with_other_pieces_stay_one_line_and_that_is_said(douyin):
    reading = douyin({"子订单编号": "11;12", "商品数量": "3"}, table=None)
    assert reading.pieces[0].rows.select("line_id", "quantity").rows() == [("11;12", Decimal(3))]
    assert reading.notes == [("joined_suborders", {"file": "douyin.csv", "rows": 1})]


def test_later_names_another_order_and_unknown_columns(douyin):
    names = [{"订单提交时间": "下单时间", "支付完成时间": "支付时间"}.get(name, name) for name in reversed(ROW)]
    base = {**ROW, "下单时间": ROW["订单提交时间"], "支付时间": ROW["支付完成时间"], "流量类型": "直播"}
    (order,) = douyin({}, base=base, columns=[*names, "流量类型"])
    assert (order["created_at"], order["goods_amount"]) == ("2026-09-22 00:54:10", Decimal(55))
    (line,) = douyin({}, base=base, columns=[*names, "流量类型"], table="order_lines")
    assert json.loads(line["extra"])["流量类型"] == "直播"


@pytest.mark.parametrize(("base", "gone"), [(ROW, "子订单编号"), (BOOKING, "动账金额"), (SUMMARY, "订单号")])
def test_what_it_cannot_be_read_without_is_named(douyin, base, gone):
    with pytest.raises(NotUnderstood) as caught:
        douyin({}, base=base, columns=[name for name in base if name != gone])
    assert (caught.value.code, caught.value.params["wanted"]) == ("sources.lacks_columns", gone)


def test_a_booking_gives_fees_the_refund_and_the_payout_and_its_parts_add_up(douyin):
    reading = douyin({}, {"动帐流水号": "'T2", "动账金额": "1.34"}, base=BOOKING, table=None)
    fees, single, so_far, payout, unseen = (piece.rows for piece in reading.pieces)
    assert fees.select("kind", "amount").rows() == [
        ("platform:T1", Decimal("0.09")),
        ("platform:T2", Decimal("0.09")),
        ("other:T2", Decimal("0.50")),
    ]
    assert single.select("refund_id", "amount", "finished_at", "scope").rows() == [
        ("T1#refund", Decimal("27.78"), None, "single"),
        ("T2#refund", Decimal("27.78"), None, "single"),
    ]
    assert so_far.select("refund_id", "amount").rows() == [("6900000000000000001#line", Decimal("55.56"))]
    assert payout.select("order_id", "payout_amount").rows() == [("6900000000000000001", Decimal("3.18"))]
    assert unseen["kind"].to_list() == ["test"]


def test_the_line_under_the_header_that_explains_it_is_left_out(douyin):
    reading = douyin({}, base=SUMMARY, second=EXPLAINED, table=None)
    assert [(one.reason, one.rows) for one in reading.left_out] == [("explanation", 1)]
    assert (reading.rows_read, list(reading.rejects)) == (2, [])
    assert {
        kind.split(":")[0]: float(amount) for kind, amount in reading.pieces[0].rows.select("kind", "amount").rows()
    } == {
        "platform": 3.0,
        "commission": 1.5,
        "other": 0.5,
    }


def test_a_refund_after_settlement_is_dated_by_its_booking(douyin):
    back = {"结算单类型": "结算后退款-非原路退回", "结算金额": "-20.00", "收入合计": "-22.00", "支出合计": "2.00"}
    back |= {"平台服务费": "2.00", "达人佣金": "0"}
    reading = douyin(back, base=SUMMARY, table=None)
    tables = [piece.rows for piece in reading.pieces]
    assert tables[0].select("amount").rows() == [(Decimal(-2),)]
    assert tables[1].select("amount", "finished_at").rows() == [(Decimal(22), "2026-09-28 07:54:38")]


def test_bookings_of_no_order_are_left_out_with_their_money(douyin):
    reading = douyin({}, {"订单号": "", "子订单号": "", "动账金额": "-500"}, base=BOOKING, table=None)
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("no_order", 1, -500.0)]


def test_orders_and_their_settlement_are_the_same_in_either_order_and_twice(file, exported):
    orders = file(ROW, {"售后状态": "退款成功"}, name="orders.csv")
    settled = file(BOOKING, {}, name="settled.csv")
    first = exported([orders], [settled])
    assert exported([settled], [orders], [settled]) == first
    assert "27.78" in first["refunds.csv"]
    assert "55.00" not in first["refunds.csv"]
