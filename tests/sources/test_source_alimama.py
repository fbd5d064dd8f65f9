"""Alimama's reports: many rows an item and day, percents as numbers, days that may stand in the file's name alone."""

import pytest

from zhanggui.errors import NotUnderstood

ROW = {
    "日期": "2026-08-01",
    "场景名字": "货品全站推广",
    "计划ID": "9000000001",
    "计划名字": "计划甲",
    "主体ID": "700000000001",
    "主体类型": "商品",
    "主体名称": "水杯",
    "展现量": '"12,500"',
    "点击量": "525",
    "花费": "￥875.00",
    "点击率": "4.20",
    "总成交金额": "6000.00",
    "总成交笔数": "52",
    "直接成交金额": "4500.00",
    "总购物车数": "78",
    "总成交成本": "-",
}


@pytest.fixture
def report(write, read):
    """Reads a report drawn from changes to one row; gives the reading."""

    def _report(*changes, columns=tuple(ROW), name="report.csv", encoding="utf-8-sig"):
        lines = [",".join(columns)]
        lines += [",".join({**ROW, **change}.get(column, "") for column in columns) for change in changes]
        (reading,) = read(write(name, "\n".join(lines) + "\n", encoding))
        return reading

    return _report


def days(reading, *columns):
    return [row for piece in reading.pieces if piece.table == "ad_days" for row in piece.rows.select(columns).rows()]


def test_the_sample_is_recognised_and_says_what_its_sales_are(samples, read):
    (reading,) = read(samples / "alimama_wanxiangtai_item_report.csv")
    assert (reading.recognition.source, reading.recognition.score) == ("alimama", 1.0)
    assert reading.channel == "taobao:main"
    assert days(reading, "platform", "campaign", "product_id", "cost", "clicks") == [
        ("直通车", "测试计划A", "700000000001", 875.0, 525.0),
        ("人群推广", "测试计划B", "700000000001", 120.5, 100.0),
    ]
    assert [name for name, _ in reading.notes] == ["claimed_window"]


def test_rows_of_one_item_and_day_are_added_and_not_overwritten(report):
    reading = report({}, {"花费": "25.00", "展现量": "500"}, {"日期": "合计", "花费": "900.00"})
    assert days(reading, "platform", "campaign", "product_id", "impressions", "cost", "orders", "revenue", "carts") == [
        ("货品全站推广", "计划甲", "700000000001", 13000.0, 900.0, 104.0, 12000.0, 156.0)
    ]
    assert [(one.reason, one.money) for one in reading.left_out] == [("totals", 900.0)]
    assert reading.pieces[0].file_money == 900.0


def test_what_is_no_product_is_not_taken_for_one_and_its_cost_stays(report):
    reading = report({}, {"主体类型": "直播间", "主体ID": "55", "主体名称": "晚场"})
    assert days(reading, "product_id", "cost") == [("700000000001", 875.0), ("(unknown)", 875.0)]
    assert [piece.rows["title"].to_list() for piece in reading.pieces if piece.table == "products"] == [["水杯"]]


def test_keywords_and_audiences_are_told_apart(report):
    columns = [*ROW, "单元名字", "人群名字", "关键词", "质量分", "默认出价"]
    row = {"单元名字": "单元一", "人群名字": "老客", "关键词": "保温杯", "质量分": "8", "默认出价": "1.20"}
    reading = report(row, columns=columns)
    assert days(reading, "ad_group", "keyword", "quality_score", "bid") == [("单元一 / 老客", "保温杯", 8.0, 1.2)]


def test_older_names_in_another_order_and_gb18030_are_read_alike(report):
    older = {"计划名字": "计划名称", "主体ID": "宝贝ID", "主体名称": "宝贝名称", "日期": "数据日期"}
    base = {older.get(name, name): value for name, value in ROW.items()}
    reading = report(base, columns=list(reversed(base)), encoding="gb18030")
    assert days(reading, "campaign", "product_id", "cost") == [("计划甲", "700000000001", 875.0)]


def test_a_day_that_stands_in_the_name_alone_is_read_there_and_without_one_the_rows_wait(report):
    columns = [name for name in ROW if name != "日期"]
    dated = report({}, columns=columns, name="商品报表_2026-08-03.csv")
    assert [str(day) for (day,) in days(dated, "day")] == ["2026-08-03"]
    undated = report({}, columns=columns)
    assert [(one.reason, one.rows) for one in undated.left_out] == [("no_period", 1)]


def test_without_a_cost_it_says_what_is_missing(report):
    with pytest.raises(NotUnderstood) as caught:
        report({}, columns=[name for name in ROW if name != "花费"])
    assert (caught.value.code, caught.value.params["wanted"]) == ("sources.lacks_columns", "花费")
