"""Questions over several tables: nothing counted twice, nothing lost, and unknown said as unknown."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn.shop import BLANK, drawn_shop
from drawn.warehouse import DrawnWarehouse, query, value
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.metrics import METRICS
from zhanggui.numbers.query import last_complete_day
from zhanggui.units import Clock, Period


@pytest.fixture(scope="module")
def shop() -> DrawnWarehouse:
    return drawn_shop()


@pytest.fixture
def empty() -> DrawnWarehouse:
    return DrawnWarehouse()


def sell(warehouse: DrawnWarehouse, order: str, day: str, amount: float, *lines: float, **more: object) -> None:
    """One counted order of one buyer, its amount on its lines (all on one where none are given)."""
    own = {**BLANK, **{name: more.pop(name) for name in tuple(more) if name in BLANK}}
    moment = date.fromisoformat(day)
    same = {"order_id": order, "customer_key": more.pop("customer_key", "c1"), "day": moment, **own}
    paid = more.pop("paid_at", datetime(moment.year, moment.month, moment.day, 12))
    kind = more.pop("kind", "normal")
    product = more.pop("product_id", "A")
    fact = {"counted": True, "placed": True, "placed_day": moment, "paid_at": paid, "kind": kind, "currency": "GBP"}
    money = Decimal(str(amount))
    warehouse.draw("order_facts", [{**same, **fact, "goods": money, "goods_own": money, **more}])
    warehouse.draw(
        "sales",
        [
            {
                **same,
                "line_id": str(i),
                "product_id": product,
                "kind": "goods",
                "units": 1.0,
                "amount": Decimal(str(part)),
            }
            for i, part in enumerate(lines or (amount,))
        ],
    )


def give_back(warehouse: DrawnWarehouse, refund: str, day: str, amount: float, **more: object) -> None:
    row = {
        **BLANK,
        "refund_id": refund,
        "day": date.fromisoformat(day),
        "amount": Decimal(str(amount)),
        "status": "finished",
    }
    warehouse.draw("refund_facts", [{**row, "non_goods": False, "dated": True, **more}])


def visits(warehouse: DrawnWarehouse, day: str, visitors: int | None, **more: object) -> None:
    level = {"source": "*", "product_id": "*", "device": "*"}
    warehouse.draw("traffic_days", [{"day": date.fromisoformat(day), **level, "visitors": visitors, **more}])


# Fan-out and chasm


def test_an_order_of_three_lines_is_one_order(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30, 5, 10, 15)
    answer = query(empty, ["orders", "units", "gross_sales", "average_order_value"])
    assert answer.rows.row(0) == (1.0, 3.0, 30.0, 30.0)


def test_two_refunds_and_two_lines_of_one_order_do_not_multiply(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30, 10, 20)
    give_back(empty, "r1", "2025-03-03", 4, sale_day=date(2025, 3, 3), order_id="1")
    give_back(empty, "r2", "2025-03-03", 6, sale_day=date(2025, 3, 3), order_id="1")
    assert query(empty, ["net_sales", "refund_rate", "orders"], "day").rows.row(0) == ("2025-03-03", 20.0, 10 / 30, 1.0)


def test_a_source_with_visits_and_no_sale_stays_and_one_with_sales_and_no_visits_too(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30, source="search")
    visits(empty, "2025-03-03", 50, source="ads", pay_buyers=0)
    rows = query(empty, ["net_sales", "visitors", "conversion_rate"], "source").rows
    assert rows.rows() == [("ads", 0.0, 50.0, 0.0), ("search", 30.0, None, None)]


def test_the_same_order_number_in_two_channels_is_two_orders_of_a_product(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 10, channel="a:main")
    empty.raw.execute("UPDATE sales SET channel = 'a:main'")
    sell(empty, "1", "2025-03-03", 10)
    assert query(empty, "orders", "product_id").rows.row(0) == ("A", 2.0)


# Refunds and days


def test_net_sales_take_a_refund_off_on_its_own_day_and_the_order_dated_view_on_the_sales(
    empty: DrawnWarehouse,
) -> None:
    sell(empty, "1", "2025-03-03", 30)
    sell(empty, "2", "2025-03-05", 10)
    give_back(empty, "r", "2025-03-05", 8, sale_day=date(2025, 3, 3))
    rows = query(empty, ["net_sales", "net_sales_by_order_day"], "day").rows
    assert rows.rows() == [("2025-03-03", 30.0, 22.0), ("2025-03-04", 0.0, 0.0), ("2025-03-05", 2.0, 10.0)]


def test_a_refund_that_was_only_asked_for_or_of_postage_is_not_taken_off(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30)
    give_back(empty, "r1", "2025-03-03", 8, status="requested")
    give_back(empty, "r2", "2025-03-03", 8, non_goods=True)
    assert value(empty, "net_sales") == 30.0


def test_a_day_without_sales_is_a_row_of_zero_and_its_ratios_are_unknown(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30)
    sell(empty, "2", "2025-03-05", 10)
    rows = query(empty, ["orders", "net_sales", "average_order_value"], "day").rows
    assert rows.row(1) == ("2025-03-04", 0.0, 0.0, None)


def test_a_day_belongs_to_the_period_by_its_local_day_not_by_its_instant(empty: DrawnWarehouse) -> None:
    # paid at 23:30 local on 31 March, which is 22:30 UTC that day in summer time and 1 April in a zone further east
    sell(empty, "1", "2025-03-31", 30, paid_at=datetime(2025, 4, 1, 3, 30))
    sell(empty, "2", "2025-04-01", 10, paid_at=datetime(2025, 3, 31, 23, 30))
    assert query(empty, "net_sales", "month").rows.rows() == [("2025-03", 30.0), ("2025-04", 10.0)]


def test_weeks_start_on_monday_and_cross_the_year(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2024-12-31", 30)
    sell(empty, "2", "2025-01-05", 10)
    sell(empty, "3", "2025-01-06", 5)
    assert query(empty, "net_sales", "week").rows.rows() == [("2024-12-30", 40.0), ("2025-01-06", 5.0)]


def test_the_running_day_is_never_in(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30)
    sell(empty, "2", "2025-03-04", 10)
    clock = Clock("UTC", lambda: datetime.fromisoformat("2025-03-04T15:00:00+00:00"))
    answer = query(empty, "net_sales", clock=clock)
    assert (answer.rows["net_sales"][0], answer.end) == (30.0, date(2025, 3, 3))
    assert [flag.caveat for flag in answer.flags] == ["running_day"]


def test_a_last_day_that_breaks_off_before_any_other_is_not_complete(empty: DrawnWarehouse) -> None:
    for day in range(1, 15):
        for number, hour in enumerate((9, 13, 18)):
            sell(empty, f"{day}-{number}", f"2025-03-{day:02}", 10, paid_at=datetime(2025, 3, day, hour))
    sell(empty, "x", "2025-03-15", 10, paid_at=datetime(2025, 3, 15, 11))
    clock = Clock("UTC", lambda: datetime.fromisoformat("2026-01-01T12:00:00+00:00"))
    assert last_complete_day(empty, clock) == date(2025, 3, 14)
    sell(empty, "y", "2025-03-15", 10, paid_at=datetime(2025, 3, 15, 19))
    assert last_complete_day(empty, clock) == date(2025, 3, 15)


# Levels of traffic


def test_rows_of_different_levels_are_never_added(empty: DrawnWarehouse) -> None:
    visits(empty, "2025-03-03", 100, clicks=10)
    visits(empty, "2025-03-03", 70, source="search", clicks=7)
    visits(empty, "2025-03-03", 60, source="ads", clicks=6)
    assert value(empty, "visitors") == 100.0
    assert query(empty, "visitors", "source").rows.rows() == [("ads", 60.0), ("search", 70.0)]


def test_visitors_of_sources_do_not_add_up_but_clicks_do(empty: DrawnWarehouse) -> None:
    visits(empty, "2025-03-03", 70, source="search", clicks=7)
    visits(empty, "2025-03-03", 60, source="ads", clicks=6)
    answer = query(empty, ["visitors", "clicks"])
    assert answer.rows.row(0) == (None, 13.0)
    (flag,) = (flag for flag in answer.flags if flag.caveat == "level_missing")
    assert (flag.metric, flag.params["table"], flag.params["channels"]) == ("visitors", "traffic_days", "shop:main")


def test_each_channel_is_read_at_its_own_level(empty: DrawnWarehouse) -> None:
    visits(empty, "2025-03-03", 100, clicks=10, channel="a:main")
    visits(empty, "2025-03-03", 90, source="search", clicks=9, channel="a:main")
    visits(empty, "2025-03-03", 70, source="search", clicks=7, channel="b:main")
    assert query(empty, "clicks", "channel").rows.rows() == [("a:main", 10.0), ("b:main", 7.0)]
    assert value(empty, "clicks") == 17.0


def test_visitors_of_a_category_are_not_the_sum_over_its_products(empty: DrawnWarehouse) -> None:
    empty.draw("products", [{"product_id": "A", "category": "tea"}, {"product_id": "B", "category": "tea"}])
    visits(empty, "2025-03-03", 70, product_id="A", clicks=7)
    visits(empty, "2025-03-03", 60, product_id="B", clicks=6)
    assert query(empty, ["clicks"], "category").rows.rows() == [("tea", 13.0)]
    assert value(empty, "visitors", where={"category": "tea"}) is None


def test_ad_platforms_with_files_of_different_detail_are_added_once_each(empty: DrawnWarehouse) -> None:
    blank = dict.fromkeys(("campaign", "ad_group", "keyword", "creative", "product_id"), "*")
    day = date(2025, 3, 3)
    empty.draw(
        "ad_days",
        [
            {"day": day, **blank, "platform": "meta", "clicks": 10, "cost": Decimal(5)},
            {"day": day, **blank, "platform": "meta", "campaign": "x", "clicks": 9, "cost": Decimal(4)},
            {"day": day, **blank, "platform": "baidu", "campaign": "y", "clicks": 3, "cost": Decimal(2)},
        ],
    )
    assert query(empty, ["ad_clicks", "ad_cost"]).rows.row(0) == (13.0, 7.0)


def test_a_platform_that_states_no_visitors_leaves_them_unknown_not_zero(empty: DrawnWarehouse) -> None:
    visits(empty, "2025-03-03", None, clicks=10)
    assert value(empty, "visitors") is None


# Questions


def test_where_narrows_and_empty_text_is_unknown(shop: DrawnWarehouse) -> None:
    everything = value(shop, "gross_sales")
    parts = [value(shop, "gross_sales", where={"country": name}) for name in ("GB", "FR", "")]
    assert math.isclose(sum(part or 0 for part in parts), everything or 0)
    assert query(shop, "gross_sales", "country").rows["country"].to_list() == ["", "FR", "GB"]


def test_where_by_month_is_the_month(shop: DrawnWarehouse) -> None:
    assert value(shop, "orders", where={"month": "2025-02"}) == value(
        shop, "orders", start="2025-02-01", end="2025-02-28"
    )


def test_the_earlier_period_stands_beside_aligned_by_weekday(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30)
    sell(empty, "2", "2025-03-10", 10)
    sell(empty, "3", "2025-03-12", 5)
    answer = query(empty, ["net_sales", "average_order_value"], "day", start="2025-03-10", against="previous")
    assert answer.rows.rows() == [
        ("2025-03-10", 10.0, 30.0, 10.0, 30.0),
        ("2025-03-11", 0.0, 0.0, None, None),
        ("2025-03-12", 5.0, 0.0, 5.0, None),
    ]


def test_of_a_time_before_the_data_begin_nothing_is_known(shop):
    for by in ((), ("week",), ("country",)):
        rows = query(shop, ["net_sales", "orders"], by, against="previous").rows
        assert rows["net_sales"].sum()
        assert rows["net_sales_previous"].null_count() == rows.height
        assert rows["orders_previous"].null_count() == rows.height
    assert query(shop, "orders", against="previous", start="2025-03-10").rows["orders_previous"].sum()


def test_a_product_sold_before_and_not_now_is_kept_with_zero(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30, product_id="old")
    sell(empty, "2", "2025-03-10", 10, product_id="new")
    against = Period(date(2025, 3, 3), date(2025, 3, 3))
    rows = query(empty, "net_sales", "product_id", start="2025-03-10", against=against).rows
    assert rows.rows() == [("new", 10.0, 0.0), ("old", 0.0, 30.0)]


def test_a_question_asks_the_engine_once_and_the_same_question_not_at_all() -> None:
    shop = drawn_shop(40)
    metrics = ["net_sales", "orders", "visitors", "conversion_rate", "ad_cost"]
    query(shop, metrics, "week", against="previous", start="2025-03-01")
    assert shop.queries <= 3  # coverage and day counts of this version, and the question
    before = shop.queries
    query(shop, metrics, "week", against="previous", start="2025-03-01")
    assert shop.queries == before
    query(shop, metrics, "week", against="previous", start="2025-03-01", fresh=True)
    assert shop.queries == before + 1
    shop.version += 1
    query(shop, metrics, "week", against="previous", start="2025-03-01")
    assert shop.queries > before + 1


def test_an_unknown_metric_is_answered_with_the_nearest_names(shop: DrawnWarehouse) -> None:
    with pytest.raises(BadValue) as caught:
        query(shop, "net_sale")
    assert caught.value.code == "metrics.unknown_metric"
    assert "net_sales" in caught.value.params["nearest"]


def test_an_unknown_dimension_or_label_is_refused(shop: DrawnWarehouse) -> None:
    with pytest.raises(BadValue, match=r"metrics\.unknown_dimension.*country"):
        query(shop, "orders", "contry")
    with pytest.raises(BadValue, match=r"metrics\.bad_label"):
        query(shop, "orders", where={"month": "March"})


def test_visitors_by_country_are_refused_because_no_traffic_has_countries(shop: DrawnWarehouse) -> None:
    with pytest.raises(Unanswerable) as caught:
        query(shop, ["net_sales", "visitors"], "country")
    assert caught.value.params["table"] == "traffic_days"
    assert caught.value.params["dimension"] == "country"


def test_profit_is_unknown_where_no_cost_is_known(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30)
    answer = query(empty, ["gross_profit", "contribution_profit"])
    assert answer.rows.row(0) == (None, None)
    flag = next(flag for flag in answer.flags if flag.caveat == "cost_missing")
    assert (flag.money, flag.params["share"]) == (30.0, 1.0)


# Flags


def test_flags_say_presale_masked_buyers_missing_rates_and_gaps(empty: DrawnWarehouse) -> None:
    for day in range(1, 60):
        month, number = (1, day) if day <= 31 else (2, day - 31)
        if day != 40:
            sell(empty, f"{day}", f"2025-{month:02}-{number:02}", 10, customer_key=None if day % 2 else "c")
    sell(empty, "fx", "2025-02-20", 0, kind="presale")
    empty.raw.execute("UPDATE order_facts SET goods = NULL, goods_own = 7, currency = 'XYZ' WHERE order_id = 'fx'")
    empty.version += 1
    answer = query(empty, ["gross_sales", "pay_buyers"], start="2025-02-01", end="2025-02-28")
    found = {(flag.metric, flag.caveat): flag for flag in answer.flags}
    assert found["gross_sales", "presale"].rows == 1
    assert (found["gross_sales", "fx_missing"].rows, found["gross_sales", "fx_missing"].money) == (1, 7.0)
    assert found["gross_sales", "days_missing"].params["first"] == "2025-02-09"
    assert found["pay_buyers", "masked_names"].rows == 14
    assert found["pay_buyers", "masked_names"].instead == "orders"


def test_recent_net_sales_say_that_refunds_will_come(empty: DrawnWarehouse) -> None:
    sell(empty, "1", "2025-03-03", 30)
    sell(empty, "2", "2025-05-03", 30)
    give_back(empty, "r", "2025-03-05", 8, sale_day=date(2025, 3, 3))
    caveats = [flag.caveat for flag in query(empty, "net_sales", start="2025-04-28").flags]
    assert "refunds_to_come" in caveats
    old = [flag.caveat for flag in query(empty, "net_sales", end="2025-03-20").flags]
    assert "refunds_to_come" not in old


# Over the whole catalogue

SHOP_DIMENSIONS = ("channel", "source", "product_id", "category", "country", "new_or_returning", "day", "week", "month")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by=st.lists(st.sampled_from(SHOP_DIMENSIONS), min_size=2, max_size=2, unique=True))
def test_any_two_dimensions_sum_to_the_total_of_additive_metrics(shop: DrawnWarehouse, by: list[str]) -> None:
    metrics = ["gross_sales", "net_sales", "net_sales_by_order_day", "refund_amount", "units", "non_goods"]
    period = {"start": "2024-11-01", "end": "2025-04-15"}
    total = query(shop, metrics, **period).rows
    parts = query(shop, metrics, by, **period).rows
    for metric in metrics:
        assert math.isclose(parts[metric].sum(), total[metric][0], abs_tol=1e-9)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by=st.sampled_from(("source", "country", "month", "product_id", "channel")))
def test_a_ratio_is_its_numerator_over_its_denominator(shop: DrawnWarehouse, by: str) -> None:
    rows = query(
        shop, ["units_per_order", "units", "orders", "refund_rate", "refunds_by_order_day", "gross_sales"], by
    ).rows
    for row in rows.iter_rows(named=True):
        for ratio, above, below in (
            ("units_per_order", "units", "orders"),
            ("refund_rate", "refunds_by_order_day", "gross_sales"),
        ):
            assert row[ratio] is None if not row[below] else math.isclose(row[ratio], row[above] / row[below])


def test_every_metric_answers_on_empty_tables_without_a_number_of_its_own(empty: DrawnWarehouse) -> None:
    for name in METRICS:
        answer = query(empty, name)
        assert "table_missing" in [flag.caveat for flag in answer.flags]
    for asked in ({}, {"start": "2025-01-01", "end": "2025-01-31", "against": "previous"}):
        answer = query(empty, list(METRICS), **asked)
        assert answer.rows.height == 1
        assert all(cell in (None, 0.0) for cell in answer.rows.row(0))


def test_no_metric_is_ever_nan_or_infinite(shop: DrawnWarehouse) -> None:
    for by in ("month", "channel"):
        rows = query(shop, list(METRICS), by).rows
        for name in METRICS:
            assert all(cell is None or math.isfinite(cell) for cell in rows[name])


def test_a_limit_keeps_the_first_rows_of_the_json_answer(shop: DrawnWarehouse) -> None:
    answer = query(shop, "orders", "month", limit=2).to_dict()
    assert (answer["metrics"], answer["by"], len(answer["rows"])) == (["orders"], ["month"], 2)
    assert answer["rows"][0]["month"] == "2024-01"
