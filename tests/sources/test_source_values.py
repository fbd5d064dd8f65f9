"""The text of cells cleaned: ids, money, shares, times, what is missing, who is masked, where it went."""

import json
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhanggui.errors import BadFile
from zhanggui.sources import reading
from zhanggui.sources import values as v


def clean(expression, cells, **others):
    frame = pl.DataFrame({"x": cells, **others}, schema_overrides={"x": pl.String})
    return frame.select(expression(pl.col("x")).alias("y"))["y"].to_list()


@pytest.mark.parametrize("guarded", ['="123"', "'123", "\t123", "123\t", '"\t123"', " 123 ", '="123', "123"])
def test_an_id_loses_its_guards(guarded):
    assert clean(v.identifier, [guarded]) == ["123"]


@given(st.integers(10**15, 10**19 - 1), st.sampled_from(['="{}"', "'{}", "\t{}", "{}\t", "{}"]))
@settings(max_examples=60, deadline=None)
def test_a_long_id_keeps_every_digit(number, guard):
    assert clean(v.identifier, [guard.format(number)]) == [str(number)]


@pytest.mark.parametrize("lost", ["1.23E+17", "5.30123456789012E+18", '="1.23E+17"', "1e18"])
def test_an_id_a_spreadsheet_destroyed_stops_the_import(write, lost):
    sheet = reading.sheets(write("orders.csv", f"order,x\n1001,a\n{lost},b\n"))[0]
    with pytest.raises(BadFile) as caught:
        v.check_ids(reading.frame(sheet), ["order"], sheet)
    assert caught.value.code == "sources.lost_ids"
    assert {name: caught.value.params[name] for name in ("file", "row", "column")} == {
        "file": "orders.csv",
        "row": 3,
        "column": "order",
    }


def test_a_code_with_an_e_in_it_is_no_lost_id(write):
    sheet = reading.sheets(write("o.csv", "order,x\n12E45,a\nE10,b\n1E5,c\n"))[0]
    assert v.check_ids(reading.frame(sheet), ["order"], sheet) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.56", "1234.56"),
        ("12,345", "12345"),
        ("￥1,234.50", "1234.50"),
        ("¥ 8", "8"),
        ("$3.20", "3.20"),
        ("£3", "3"),
        ("598.00元", "598.00"),
        ("USD 12.00", "12.00"),
        ("1.2万", "12000.0"),
        ("3.50 €", "3.50"),
        ("(3.50)", "-3.50"),
        ("-3.50", "-3.50"),
        ("+3.50", "3.50"),
        ("0", "0"),
    ],
)
def test_an_amount_loses_its_dress(text, value):
    assert clean(v.money, [text]) == [value]


def test_a_decimal_comma_is_decided_for_the_column():
    assert clean(v.money, ["1.234,56", "3,5", "1.234"]) == ["1234.56", "3.5", "1234"]
    assert clean(v.money, ["1,234.56", "1,234", "3.5"]) == ["1234.56", "1234", "3.5"]
    assert clean(v.money, ["1,234", "5"]) == ["1234", "5"]


def test_what_is_no_amount_stays_to_be_rejected():
    assert clean(v.money, ["abc", "12..5", "1-2", "1,2,3"]) == ["abc", "12..5", "1-2", "1,2,3"]
    frame = pl.DataFrame({"_row": [2, 3, 4], "pay": ["1.5", "abc", "-"]})
    good, rejects = v.readable_amounts(frame, ["pay", "absent"])
    assert good["_row"].to_list() == [2, 4]
    assert rejects == [(3, "pay", "abc", "store.reject.not_an_amount")]


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False), st.sampled_from(["{}", "￥{}", "{}元"])
)
@settings(max_examples=80, deadline=None)
def test_every_amount_survives_thousand_marks_to_the_cent(amount, dress):
    frame = pl.DataFrame({"x": [dress.format(f"{amount:,.2f}")]})
    assert frame.select(v.amount(pl.col("x"))).item() == amount


@given(st.lists(st.decimals(min_value=0, max_value=10**7, places=2, allow_nan=False), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_column_of_european_amounts_survives_when_one_cell_tells(amounts):
    cells = ["1.000,25", *(f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) for amount in amounts)]
    assert [Decimal(cell) for cell in clean(v.money, cells)[1:]] == amounts


@pytest.mark.parametrize("text", ["-", "--", " --", "—", "", "null", "NULL", "nan", "暂无", " ", "\t"])
def test_missing_is_null_and_never_zero(text):
    for expression in (v.missing, v.money, v.identifier, v.percent, v.instant):
        assert clean(expression, [text]) == [None]


def test_a_minus_sign_before_a_number_is_not_missing():
    assert clean(v.money, ["-5"]) == ["-5"]
    assert clean(v.missing, ["0"]) == ["0"]


def test_a_percent_sign_makes_a_share():
    assert clean(v.percent, ["61.23%", "4.2％", "-"]) == pytest.approx([0.6123, 0.042, None])


@pytest.mark.parametrize("cells", [["4.0", "10"], ["0.04", "0.1"], ["4.0%", "10%"]])
def test_a_rate_without_sign_is_checked_against_its_parts(cells):
    expression = lambda cell: v.percent(cell, pl.col("clicks"), pl.col("shown"))  # noqa: E731
    assert clean(expression, cells, clicks=["4", "1"], shown=["100", "10"]) == pytest.approx([0.04, 0.1])


def test_a_rate_that_nothing_decides_is_not_guessed():
    assert clean(v.percent, ["4.2", "0.5"]) == [None, None]
    expression = lambda cell: v.percent(cell, pl.col("clicks"), pl.col("shown"))  # noqa: E731
    assert clean(expression, ["4.2"], clicks=["-"], shown=["0"]) == [None]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019-05-01 10:02:11", "2019-05-01 10:02:11"),
        ("2016/5/23 22:02", "2016-05-23 22:02:00"),
        ("2016/05/23", "2016-05-23 00:00:00"),
        ("2019年5月1日", "2019-05-01 00:00:00"),
        ("20190501", "2019-05-01 00:00:00"),
        ("2019-05-01T10:02:11.123", "2019-05-01 10:02:11"),
        ("2026-08-01T10:00:00+08:00", "2026-08-01T10:00:00+08:00"),
        ("not a day", "not a day"),
        ("2019-13-45", "2019-13-45"),
        ("0000-00-00 00:00:00", None),
    ],
)
def test_a_time_becomes_iso_text_or_stays_to_be_rejected(text, iso):
    assert clean(v.instant, [text]) == [iso]


def test_day_and_month_first_are_told_by_the_column():
    assert v.date_order(pl.Series("d", ["12/1/2010 8:26", "12/13/2010 8:26"]), "f") == "mdy"
    assert v.date_order(pl.Series("d", ["1.12.2010", "13.12.2010"]), "f") == "dmy"
    assert v.date_order(pl.Series("d", ["2010-12-01"]), "f") == "ymd"
    assert clean(lambda cell: v.instant(cell, "mdy"), ["12/1/2010 8:26"]) == ["2010-12-01 08:26:00"]
    assert clean(lambda cell: v.day(cell, "dmy"), ["1.12.2010"]) == ["2010-12-01"]


def test_dates_in_two_orders_are_refused():
    with pytest.raises(BadFile, match="two_date_orders"):
        v.date_order(pl.Series("paid", ["13/1/2010", "1/13/2010"]), "orders.csv")


def test_a_masked_name_is_no_identity():
    assert clean(v.identity, ["张**", "t**", "张三", "-", " 李四 "]) == [None, None, "张三", None, "李四"]
    assert clean(v.is_masked, ["张**", "张三"]) == [True, False]


@pytest.mark.parametrize(
    ("address", "region", "city"),
    [
        ("湖北省 武汉市 洪山区 某路1号 (430000)", "湖北省", "武汉市"),
        ("广东省深圳市南山区某路2号", "广东省", "深圳市"),
        ("北京 北京市 朝阳区 某街", "北京市", "北京市"),
        ("上海市 上海市 浦东新区", "上海市", "上海市"),
        ("上海", "上海市", "上海市"),
        ("内蒙古自治区", "内蒙古自治区", None),
        ("新疆维吾尔自治区 伊犁哈萨克自治州 伊宁市", "新疆维吾尔自治区", "伊犁哈萨克自治州"),
        ("广西 南宁市 某区", "广西壮族自治区", "南宁市"),
        ("测试省 测试市 ****", "测试省", "测试市"),
        ("吉林省 吉林市 某区", "吉林省", "吉林市"),
        ("12 High Street, Leeds", None, None),
        ("-", None, None),
    ],
)
def test_an_address_gives_region_and_city_and_never_the_rest(address, region, city):
    frame = pl.DataFrame({"x": [address]})
    first, second = v.region_parts(pl.col("x"))
    assert frame.select(first.alias("r"), second.alias("c")).row(0) == (region, city)


def test_text_keeps_line_breaks_and_formulas_and_loses_control_signs():
    assert clean(v.safe_text, ["a\x00b\nc", "=cmd|' /C calc'!A0", "  x "]) == ["ab\nc", "=cmd|' /C calc'!A0", "x"]


def test_extra_takes_no_person_by_header_or_by_content():
    frame = pl.DataFrame(
        {
            "收货人姓名": ["甲", "乙"],
            "发票抬头": ["甲公司", None],
            "备用": ["a@example.com", "13800000000"],
            "颜色": ['白"色', "-"],
            "单号": ["7", "8"],
        }
    )
    extras = frame.with_columns(v.extra(frame, frame.columns).alias("extra"))["extra"].to_list()
    assert [json.loads(one) for one in extras] == [{"颜色": '白"色', "单号": "7"}, {"单号": "8"}]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_extra_is_always_json(cells):
    frame = pl.DataFrame({"note": cells})
    for one in frame.with_columns(v.extra(frame, ["note"]).alias("extra"))["extra"].to_list():
        assert one is None or set(json.loads(one)) == {"note"}


def test_equal_lines_of_an_order_get_numbers_that_other_orders_do_not_move():
    frame = pl.DataFrame({"order": ["1", "1", "2", "1"], "sku": ["A", "A", "A", "B"]})
    ids = frame.with_columns(v.occurrence_ids(frame, "order", "sku").alias("id"))["id"].to_list()
    assert ids[0].endswith("-1")
    assert ids[1] == ids[0][:-1] + "2"
    assert ids[2] == ids[0]
    assert ids[3] != ids[0]
    shuffled = frame[[2, 3, 1, 0]]
    again = shuffled.with_columns(v.occurrence_ids(shuffled, "order", "sku").alias("id"))["id"].to_list()
    assert sorted(again) == sorted(ids)
