"""Taobao's and Tmall's exports: every quirk of the order, item, sub-order and refund lists."""

import json
from decimal import Decimal

import pytest

from zhanggui.errors import BadFile
from zhanggui.sources.taobao import exported

HEADER = (
    "订单编号,买家会员名,买家应付货款,买家应付邮费,总金额,买家实际支付金额,订单状态,买家留言,收货地址 ,"
    "联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,"
    "店铺名称,分阶段订单信息,退款金额,确认收货时间,打款商家金额"
)
PAID = {
    "订单编号": '="5301234567890123401"',
    "买家会员名": "买家甲",
    "买家应付货款": "100.00",
    "买家应付邮费": "10.00",
    "总金额": "110.00",
    "买家实际支付金额": "105.00",
    "订单状态": "交易成功",
    "收货地址": "浙江省 杭州市 西湖区 某路1号(310000)",
    "联系手机": "'13000000001",
    "订单创建时间": "2019-05-01 10:02:11",
    "订单付款时间": "2019-05-01 10:02:40",
    "宝贝标题": "水杯",
    "宝贝种类": "1",
    "宝贝总数量": "2",
    "退款金额": "0.00",
    "打款商家金额": "105.00元",
}


@pytest.fixture
def order_list(write, read, rows):
    """Reads an order list drawn from changes to a paid order; gives the rows of a canonical table."""

    def _order_list(*changes, table="orders", header=HEADER, name="ExportOrderList201905151650.csv"):
        names = header.split(",")
        lines = [header]
        for number, change in enumerate(changes):
            row = {**PAID, "订单编号": f'="53012345678901234{number:02d}"', **change}
            lines.append(",".join(row.get(column.strip(), "") for column in names))
        readings = read(write(name, "\r\n".join(lines) + "\r\n", "gb18030"), source="taobao")
        return rows(readings, table) if table else readings

    return _order_list


def test_the_order_list_of_2019_is_recognised_by_its_columns(samples, read):
    (reading,) = read(samples / "taobao_ExportOrderList201905151650.csv")
    assert (reading.recognition.source, reading.recognition.layout, reading.recognition.score) == (
        "taobao",
        "orders",
        1.0,
    )
    assert (reading.channel, reading.shop, reading.rows_read) == ("taobao:main", "测试旗舰店", 3)
    assert "发货时间" in reading.recognition.missing


def test_each_sample_is_recognised_as_what_it_is(samples, read):
    layouts = {r.sheet.path.name: r.recognition.layout for r in read(*samples.glob("taobao_*"))}
    assert layouts == {
        "taobao_ExportOrderDetailList201905151650.csv": "items",
        "taobao_ExportOrderList201905151650.csv": "orders",
        "taobao_orders_2026.xlsx": "orders",
        "taobao_refunds_2026.xlsx": "refunds",
        "taobao_suborders_2026.xlsx": "suborders",
    }


def test_the_export_time_is_in_the_file_name():
    assert exported("ExportOrderList201905151650.csv") == "2019-05-15 16:50:00"
    assert exported("ExportOrderList202613991650.xlsx") is None
    assert exported("orders.csv") is None


def test_a_completed_order_is_read_whole(order_list):
    (order,) = order_list({})
    assert order["order_id"] == "5301234567890123400"
    assert (order["created_at"], order["paid_at"]) == ("2019-05-01 10:02:11", "2019-05-01 10:02:40")
    assert (order["status"], order["kind"], order["currency"]) == ("completed", "normal", "CNY")
    assert order["goods_amount"] == Decimal("100.00")
    assert order["shipping_amount"] == Decimal("10.00")
    assert order["order_total"] == Decimal("110.00")
    assert order["paid_amount"] == Decimal("105.00")
    assert order["payout_amount"] == Decimal("105.00")


def test_the_platform_discount_is_what_was_due_less_what_was_paid(order_list):
    first, unpaid, more = order_list(
        {}, {"订单付款时间": "", "买家实际支付金额": "0", "订单状态": "等待买家付款"}, {"买家实际支付金额": "120.00"}
    )
    assert first["platform_discount"] == Decimal("5.00")
    assert unpaid["platform_discount"] is None
    assert more["platform_discount"] is None


def test_trailing_blanks_in_headers_do_not_hide_columns(order_list):
    (order,) = order_list({"物流公司": "某快递"})
    assert (order["paid_at"], order["region"], order["city"]) == ("2019-05-01 10:02:40", "浙江省", "杭州市")
    assert order["carrier"] == "某快递"


def test_the_rest_of_the_address_the_name_and_the_phone_go_nowhere(order_list):
    (reading,) = order_list({}, table=None)
    said = "".join(str(piece.rows.drop("_identity", strict=False).rows()) for piece in reading.pieces)
    assert "某路" not in said
    assert "13000000001" not in said
    assert "买家甲" not in said


def test_the_buyer_is_an_identity_unless_masked(order_list):
    first, masked, absent = order_list({}, {"买家会员名": "t**"}, {"买家会员名": ""})
    assert [row["_identity"] for row in (first, masked, absent)] == ["买家甲", None, None]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("等待买家付款", "placed"),
        ("买家已付款，等待卖家发货", "paid"),
        ('"买家已付款,等待卖家发货"', "paid"),
        ("卖家已发货，等待买家确认", "shipped"),
        ('"卖家已发货,等待买家确认"', "shipped"),
        ("交易成功", "completed"),
    ],
)
def test_a_status_has_one_meaning_with_either_comma(order_list, text, status):
    (order,) = order_list({"订单状态": text})
    assert order["status"] == status


def test_an_unpaid_closed_order_is_cancelled(order_list):
    change = {"订单状态": "交易关闭", "订单付款时间": "", "买家实际支付金额": "0.00"}
    assert [row["status"] for row in order_list(change)] == ["cancelled"]
    assert order_list(change, table="refunds") == []


def test_a_closed_order_that_was_paid_is_a_sale_with_a_refund(order_list):
    unsent = {"订单状态": "交易关闭", "退款金额": "105.00", "打款商家金额": "0.00元"}
    sent = {**unsent, "物流单号": "No:T1"}
    silent = {**sent, "退款金额": ""}
    assert [row["status"] for row in order_list(unsent, sent, silent)] == ["paid", "shipped", "shipped"]
    refunds = order_list(unsent, sent, silent, table="refunds")
    assert [row["amount"] for row in refunds] == [Decimal("105.00")] * 3
    assert [row["phase"] for row in refunds] == ["before_shipment", None, None]
    assert refunds[0]["refund_id"] == refunds[0]["order_id"] + "#order"
    assert {(row["scope"], row["status"]) for row in refunds} == {("order_total", "finished")}


def test_a_partial_refund_is_a_statement_about_the_order(order_list):
    (refund,) = order_list({"退款金额": "11.00"}, table="refunds")
    assert (refund["amount"], refund["scope"]) == (Decimal("11.00"), "order_total")


def test_without_a_refund_column_the_payout_tells_what_was_refunded(order_list):
    header = HEADER.replace("退款金额,", "")
    refunds = order_list({}, {"打款商家金额": "80.00元"}, {"打款商家金额": "0.00元"}, table="refunds", header=header)
    assert [row["amount"] for row in refunds] == [Decimal("25.00")]


def test_an_unknown_status_is_kept_and_judged_by_the_times(order_list):
    (reading,) = order_list({"订单状态": "退款中"}, {"订单状态": "退款中", "订单付款时间": ""}, table=None)
    paid, unpaid = reading.pieces[0].rows.rows(named=True)
    assert (paid["status"], unpaid["status"]) == ("paid", None)
    assert json.loads(paid["extra"])["订单状态"] == "退款中"
    assert ("unknown_status_texts", {"file": reading.sheet.name, "values": "退款中"}) in reading.notes


def test_a_presale_is_a_presale(order_list):
    staged, plain = order_list({"分阶段订单信息": "阶段1 已付款"}, {"分阶段订单信息": ""})
    assert (staged["kind"], plain["kind"]) == ("presale", "normal")


def test_a_presale_whose_balance_is_open_stays_placed(order_list):
    (order,) = order_list({"订单状态": "等待买家付尾款", "分阶段订单信息": "阶段1"})
    assert order["status"] == "placed"


def test_notes_about_test_orders_are_kept_and_decide_nothing(order_list):
    (order,) = order_list({"订单备注": "刷单 测试"})
    assert (order["seller_note"], order["kind"], order["status"]) == ("刷单 测试", "normal", "completed")


def test_a_note_may_hold_commas_quotes_and_line_breaks(order_list):
    (order,) = order_list({"买家留言": '"请尽快,谢谢""急""\r\n第二行"'})
    assert order["buyer_note"] == '请尽快,谢谢"急"\r\n第二行'


def test_an_order_list_gives_units_and_names_the_item_only_where_there_is_one(order_list):
    one, two = order_list({}, {"宝贝种类": "2", "宝贝标题": "水杯，杯刷"}, table="order_lines")
    assert (one["title"], one["quantity"], one["line_total"]) == ("水杯", "2", Decimal("100.00"))
    assert (two["title"], two["quantity"]) == (None, "2")


def test_the_goods_amount_is_the_total_less_freight_where_the_file_lacks_it(order_list):
    header = HEADER.replace("买家应付货款,", "")
    (order,) = order_list({}, header=header)
    assert order["goods_amount"] == Decimal("100.00")


def test_a_totals_row_is_left_out_and_said(order_list):
    (reading,) = order_list({}, {"订单编号": "合计", "总金额": "110.00"}, table=None)
    assert len(reading.pieces[0].rows) == 1
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("totals", 1, 110.0)]
    assert reading.rows_read == 2


def test_an_amount_nobody_can_read_rejects_its_row(order_list):
    (reading,) = order_list({}, {"总金额": "一百"}, table=None)
    assert reading.rejects == [(3, "总金额", "一百", "store.reject.not_an_amount")]
    assert len(reading.pieces[0].rows) == 1


def test_ids_destroyed_by_a_spreadsheet_stop_the_import(order_list):
    with pytest.raises(BadFile, match="lost_ids"):
        order_list({"订单编号": "5.30123E+18"})


def test_a_file_re_saved_by_a_spreadsheet_keeps_its_times(order_list):
    (order,) = order_list({"订单创建时间": "2016/5/23 22:02", "订单付款时间": "2016/5/23 22:03"})
    assert (order["created_at"], order["paid_at"]) == ("2016-05-23 22:02:00", "2016-05-23 22:03:00")


def test_the_header_of_2016_is_still_read(order_list):
    old = ",".join(HEADER.split(",")[:19]) + ",订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单"
    (order,) = order_list({"是否手机订单": "手机订单"}, header=old)
    assert (order["status"], order["device"], order["kind"]) == ("completed", "mobile", None)


def test_a_cut_report_with_paid_after_refund_is_noticed(write, read, rows):
    text = (
        "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\n"
        "1,178.8,0.0,上海,2020-02-21 00:00:00,,0.0\n"
        "2,21.0,21.0,内蒙古自治区,2020-02-20 23:59:54,2020-02-21 00:00:02,0.0\n"
        "3,64.8,24.8,湖南省,2020-02-20 23:57:04,2020-02-20 23:57:11,40.0\n"
        "4,30.0,0.0,湖南省,2020-02-20 23:57:04,2020-02-20 23:57:11,30.0\n"
    )
    readings = read(write("report.csv", text))
    assert readings[0].recognition.source == "taobao"
    assert ("paid_after_refund", {"file": "report.csv"}) in readings[0].notes
    orders = rows(readings, "orders")
    assert [row["status"] for row in orders] == ["placed", "paid", "paid", "paid"]
    assert [row["paid_amount"] for row in orders] == [Decimal(n) for n in ("0", "21", "64.8", "30")]
    assert [row["goods_amount"] for row in orders] == [Decimal(n) for n in ("178.8", "21", "64.8", "30")]
    assert [row["region"] for row in orders] == ["上海市", "内蒙古自治区", "湖南省", "湖南省"]
    assert [row["amount"] for row in rows(readings, "refunds")] == [Decimal("40.0"), Decimal("30.0")]
    assert readings[0].pieces[0].file_money == pytest.approx(294.6)


def test_one_refund_that_does_not_fit_means_paid_before_refund(order_list):
    orders = order_list({"退款金额": "5.00"}, {"退款金额": "30.00"})
    assert [row["paid_amount"] for row in orders] == [Decimal("105.00")] * 2


def test_an_item_list_keeps_list_prices_and_numbers_equal_lines(write, read, rows):
    text = (
        '"订单编号","标题","价格","购买数量","外部系统编号","商品属性","套餐信息","备注","订单状态","商家编码"\r\n'
        '="530","水杯","269.00","2","null","颜色分类:白色","","","交易成功","CUP"\r\n'
        '="530","水杯","269.00","2","null","颜色分类:白色","","","交易成功","CUP"\r\n'
        '="530","杯刷","60.00","1","null","","null","","交易成功","null"\r\n'
    )
    readings = read(write("ExportOrderDetailList201905151650.csv", text, "gb18030"))
    lines = rows(readings, "order_lines")
    assert [(line["sku"], line["product_id"], line["unit_price"]) for line in lines] == [
        ("CUP", "CUP", "269.0000"),
        ("CUP", "CUP", "269.0000"),
        (None, "杯刷", "60.0000"),
    ]
    assert lines[0]["line_id"][:-2] == lines[1]["line_id"][:-2]
    assert [line["line_id"][-2:] for line in lines] == ["-1", "-2", "-1"]
    assert all("line_total" not in line and "line_discount" not in line for line in lines)
    assert readings[0].pieces[0].layout == 20


def test_a_sub_order_list_gives_lines_orders_refunds_and_products(samples, read, rows):
    readings = read(samples / "taobao_suborders_2026.xlsx")
    first, second = rows(readings, "order_lines")
    assert (first["line_id"], first["order_id"]) == ("6901234567890123401", "6901234567890123401")
    assert (second["line_id"], second["order_id"]) == ("6901234567890123403", "6901234567890123402")
    assert (second["product_id"], second["sku"], second["line_total"]) == ("700000000002", "BRUSH-1", Decimal("24.00"))
    assert [row["status"] for row in rows(readings, "orders")] == ["paid", "completed"]
    (refund,) = rows(readings, "refunds")
    assert (refund["refund_id"], refund["amount"], refund["scope"]) == (
        "6901234567890123403#line",
        Decimal("11.00"),
        "line_total",
    )
    assert {row["product_id"]: row["item_key"] for row in rows(readings, "products")} == {
        "700000000001": "CUP-500",
        "700000000002": "BRUSH-1",
    }
    assert {piece.table: piece.layout for piece in readings[0].pieces}["order_lines"] == 30


SUB = (
    "子订单编号,主订单编号,商品标题,商品价格,购买数量,订单状态,商家编码,买家应付货款,买家实付金额,"
    "退款状态,退款金额,订单创建时间,订单付款时间,发货时间,商品ID"
)


@pytest.mark.parametrize("when", ["2026-08-01 10:00:00", "2026/08/01 10:00:00", "2026/8/1 10:00", "2026-08-01"])
def test_sub_order_times_come_in_four_shapes(write, read, rows, when):
    line = f"11,10,水杯,59.90,1,交易成功,CUP,59.90,55.90,没有申请退款,无退款申请,{when},{when},,700"
    (order,) = rows(read(write("sub.csv", f"{SUB}\n{line}\n")), "orders")
    assert order["created_at"] in ("2026-08-01 10:00:00", "2026-08-01 00:00:00")


def test_no_refund_asked_for_is_no_refund(write, read, rows):
    lines = [
        "11,10,水杯,59.90,1,交易成功,CUP,59.90,55.90,没有申请退款,无退款申请,2026-08-01,2026-08-01,,700",
        "12,10,杯刷,9.90,1,交易成功,BR,9.90,9.90,等待卖家同意,5.00,2026-08-01,2026-08-01,,701",
        "13,10,杯盖,9.90,1,交易成功,LID,9.90,9.90,退款关闭,4.00,2026-08-01,2026-08-01,,702",
    ]
    refunds = rows(read(write("sub.csv", "\n".join([SUB, *lines]) + "\n")), "refunds")
    assert [(row["refund_id"], row["status"]) for row in refunds] == [("12#line", "requested"), ("13#line", "refused")]


def test_a_line_closed_after_payment_was_refunded_and_its_order_goes_on(write, read, rows):
    lines = [
        "11,10,水杯,59.90,1,交易关闭,CUP,59.90,55.90,退款成功,55.90,2026-08-01,2026-08-01,,700",
        "12,10,杯刷,9.90,1,卖家已发货，等待买家确认,BR,9.90,9.90,,,2026-08-01,2026-08-01,2026-08-02,701",
        "21,20,水杯,59.90,1,交易关闭,CUP,59.90,0,,,2026-08-01,,,700",
    ]
    readings = read(write("sub.csv", "\n".join([SUB, *lines]) + "\n"))
    assert {row["order_id"]: row["status"] for row in rows(readings, "orders")} == {"10": "shipped", "20": "cancelled"}
    assert [row["goods_amount"] for row in rows(readings, "orders")] == [Decimal("69.80"), Decimal("59.90")]
    (refund,) = rows(readings, "refunds")
    assert (refund["line_id"], refund["amount"], refund["phase"]) == ("11", Decimal("55.90"), "before_shipment")


def test_a_refund_list_is_read_whole_and_its_order_number_kept_as_it_stands(samples, read, rows):
    (alone,) = rows(read(samples / "taobao_refunds_2026.xlsx"), "refunds")
    assert (alone["refund_id"], alone["order_id"]) == ("200000000000000001", "6901234567890123403")
    assert (alone["amount"], alone["scope"], alone["kind"]) == ("11.00", "single", "refund_only")
    assert (alone["phase"], alone["status"], alone["reason"]) == ("after_shipment", "finished", "质量问题")
    assert (alone["requested_at"], alone["finished_at"]) == ("2026-08-04 20:00:00", "2026-08-05 09:00:00")


@pytest.mark.parametrize(
    ("kind", "phase", "goods", "status", "expected"),
    [
        ("仅退款", "售中", "未发货", "退款成功", ("refund_only", "before_shipment", "finished")),
        ("退货退款", "售后", "买家已退货", "退款关闭", ("return", "after_shipment", "refused")),
        ("换货", "售中", "买家已收到货", "等待卖家同意", ("exchange", "after_shipment", "requested")),
        ("别的", "", "", "", (None, None, "finished")),
    ],
)
def test_kind_phase_and_status_of_a_refund(write, read, rows, kind, phase, goods, status, expected):
    text = (
        "订单编号,退款编号,买家退款金额,售后类型,售中或售后,货物状态,退款状态,退款的申请时间,退款完结时间,卖家真实姓名\n"
        f"10,900,5.00,{kind},{phase},{goods},{status},2026-08-04 20:00:00,2026-08-05 09:00:00,王五\n"
    )
    (refund,) = rows(read(write("退款.csv", text)), "refunds")
    assert (refund["kind"], refund["phase"], refund["status"]) == expected
    assert "王五" not in str(refund)


def test_the_older_name_of_the_kind_column_is_known(write, read, rows):
    text = "订单编号,退款编号,买家退款金额,是否需要退货,退款状态\n10,900,5.00,需要退货,退款成功\n"
    assert rows(read(write("退款.csv", text)), "refunds")[0]["kind"] == "return"


def test_columns_renamed_over_the_years_mean_the_same(samples, read, rows):
    orders = rows(read(samples / "taobao_orders_2026.xlsx"), "orders")
    assert [row["paid_amount"] for row in orders] == [Decimal("55.90"), Decimal("22.00")]
    assert [row["payout_amount"] for row in orders] == [Decimal("0.00"), Decimal("11.00")]
    assert [row["seller_note"] for row in orders] == [None, "补发"]
    assert [row["platform_discount"] for row in orders] == [Decimal("4.00"), Decimal("2.00")]


def test_a_column_nobody_knows_is_kept_unless_it_is_about_a_person(order_list):
    (reading,) = order_list({"活动标签": "双11", "买家微信": "wx1"}, header=HEADER + ",活动标签,买家微信", table=None)
    assert set(reading.recognition.unknown) == {"活动标签", "买家微信"}
    extra = json.loads(reading.pieces[0].rows["extra"][0])
    assert extra["活动标签"] == "双11"
    assert "买家微信" not in extra


def test_ids_a_workbook_kept_as_numbers_are_lost_and_refused(book, read):
    rows = [["订单编号", "总金额", "买家实付金额", "订单创建时间"], [6901234567890123401, 5, 5, "2026-08-01 10:00:00"]]
    with pytest.raises(BadFile) as caught:
        read(book("ExportOrderList.xlsx", rows))
    assert (caught.value.code, caught.value.params["row"]) == ("sources.lost_ids", 2)


def test_a_list_in_the_wrong_order_of_columns_is_the_same_list(order_list):
    backwards = ",".join(reversed(HEADER.split(",")))
    assert order_list({}, header=backwards) == order_list({})


def test_other_platforms_files_are_not_claimed(write):
    from zhanggui.sources import reading
    from zhanggui.sources.taobao import SOURCE

    douyin = (
        "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品单价,订单应付金额,订单提交时间,订单状态\n"
        "1,2,a,b,1,3,c,4,5,2026-01-01,已完成\n"
    )
    jd = "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,订单状态\n1,2,a,1,2026-01-01,3,3,完成\n"
    for name, text in (("douyin.csv", douyin), ("jd.csv", jd)):
        (sheet,) = reading.sheets(write(name, text), SOURCE.known)
        assert SOURCE.recognise(sheet) is None
