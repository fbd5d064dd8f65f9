"""Amazon's files: prices of whole lines, blanks, orders shipped for others, reports without a date, two layouts of search terms."""

import json
from datetime import date

import pytest

from zhanggui.errors import NotUnderstood

ORDER = [
    "amazon-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "sales-channel",
    "product-name",
    "sku",
    "asin",
]
ORDER += ["item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "gift-wrap-price"]
ORDER += ["item-promotion-discount", "ship-promotion-discount", "ship-country"]
MUG = [
    "111-1",
    "2026-03-02T04:58:10+00:00",
    "2026-03-05T10:00:00+00:00",
    "Shipped",
    "Amazon.com",
    "Mug",
    "MUG-W",
    "B01",
]
MUG += ["Shipped", "2", "USD", "40.00", "2.50", "5.00", "", "4.00", "", "US"]
TERMS = "Budget currency,Date range,Advertiser account name,Campaign name,Ad group name,Search term,"
TERMS += "Impressions,Clicks,Total cost,Purchases,Sales"


@pytest.fixture
def order(write, read):
    """Reads lines of an All Orders file, each a mug with some cells changed."""

    def _order(*changes):
        lines = [
            MUG if not change else [dict(zip(ORDER, MUG, strict=True), **change)[name] for name in ORDER]
            for change in changes
        ]
        (reading,) = read(
            write("orders.txt", "\r\n".join("\t".join(line) for line in [ORDER, *lines]) + "\r\n"), currency="USD"
        )
        return reading

    return _order


def test_a_price_is_of_the_whole_line(order, rows):
    reading = order({})
    (line,) = rows([reading], "order_lines")
    assert (line["quantity"], line["unit_price"], line["line_discount"], line["line_total"]) == (2, 20, 4, 36)
    (one,) = rows([reading], "orders")
    assert (one["goods_amount"], one["shipping_amount"], one["tax_amount"], one["order_total"]) == (36, 5, 2.5, 43.5)
    assert (one["status"], one["created_at"], one["country"]) == ("shipped", "2026-03-02T04:58:10+00:00", "US")
    assert reading.pieces[0].timezone == "UTC"


def test_two_equal_lines_of_one_order_are_two(order, rows):
    reading = order({}, {})
    assert len({line["line_id"] for line in rows([reading], "order_lines")}) == 2
    assert [one["goods_amount"] for one in rows([reading], "orders")] == [72]


def test_a_cancelled_order_has_blanks_and_no_zeros(samples, read, rows):
    (reading,) = read(samples / "amazon_all_orders.txt")
    gone = next(one for one in rows([reading], "orders") if one["status"] == "cancelled")
    assert [gone[name] for name in ("goods_amount", "order_total", "tax_amount")] == [None] * 3


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Pending", "placed"),
        ("Unshipped", "paid"),
        ("Shipped - Delivered to Buyer", "delivered"),
        ("Shipped - Picked Up", "shipped"),
    ],
)
def test_states_in_amazons_words(order, rows, said, meant):
    (one,) = rows([order({"order-status": said})], "orders")
    assert one["status"] == meant


def test_a_state_nobody_knows_keeps_the_order(order, rows):
    (one,) = rows([order({"order-status": "Teleported"})], "orders")
    assert (one["status"], one["goods_amount"]) == (None, 36)


def test_orders_shipped_for_another_shop_are_its_sales(order, rows):
    reading = order({}, {"amazon-order-id": "S01-9", "sales-channel": "Non-Amazon", "item-price": "99.00"})
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("shipped_for_others", 1, 99.0)]
    assert (len(rows([reading], "orders")), reading.rows_read) == (1, 2)


def test_a_quotation_mark_is_a_sign_like_others(order, rows):
    reading = order({"product-name": '"Best" plate 12"'}, {"amazon-order-id": "111-2"})
    assert [line["title"] for line in rows([reading], "order_lines")] == ['"Best" plate 12"', "Mug"]


def test_gift_wrap_is_no_goods(order, rows):
    reading = order({"gift-wrap-price": "3.00"})
    assert {line["kind"]: line["line_total"] for line in rows([reading], "order_lines")} == {
        "goods": 36,
        "non_goods": 3,
    }
    assert [(one["goods_amount"], one["order_total"]) for one in rows([reading], "orders")] == [(36, 46.5)]


def test_a_later_file_of_the_same_orders_is_the_one_that_holds(write, exported):
    def file(name, status, price, at):
        cells = dict(
            zip(ORDER, MUG, strict=True), **{"order-status": status, "item-price": price, "last-updated-date": at}
        )
        return write(name, "\t".join(ORDER) + "\n" + "\t".join(cells[name] for name in ORDER) + "\n")

    early = file("a.txt", "Pending", "", "2026-03-02T05:00:00+00:00")
    late = file("b.txt", "Shipped", "40.00", "2026-03-05T10:00:00+00:00")
    one, other = exported([early], [late]), exported([late], [early])
    assert one == other
    assert ",shipped," in one["orders.csv"]


def test_visits_of_a_report_without_a_date_wait_for_one_and_its_products_are_taken(samples, read, rows, write):
    sample = samples / "amazon_business_report_child_asin.csv"
    (reading,) = read(sample)
    assert [(one.reason, one.rows, one.money) for one in reading.left_out] == [("no_period", 2, 3200.0)]
    assert [row["product_id"] for row in rows([reading], "products")] == ["B000000001", "B000000002"]
    assert (rows([reading], "traffic_days"), reading.notes[0][0]) == ([], "no_period")
    (dated,) = read(write("BusinessReport_2026-03-01.csv", sample.read_bytes()))
    first = rows([dated], "traffic_days")[0]
    assert [first[name] for name in ("day", "product_id", "sessions", "page_views", "pay_amount")] == [
        date(2026, 3, 1),
        "B000000001",
        1234,
        1560,
        3000,
    ]
    assert json.loads(first["extra"])["Featured Offer (Buy Box) Percentage"] == "98.50%"
    (month,) = read(write("BusinessReport_2026-03-01_2026-03-31.csv", sample.read_bytes()))
    assert ([one.reason for one in month.left_out], rows([month], "traffic_days")) == (["several_days"], [])


def test_a_report_by_date_is_the_shops_and_older_names_are_known(write, read, rows):
    (reading,) = read(
        write(
            "days.csv",
            'Date,Ordered Product Sales,Units Ordered,Sessions,Page Views,Buy Box Percentage\n03/31/26,"$1,200.50",9,"1,020",2000,98%\n',
        )
    )
    (row,) = rows([reading], "traffic_days")
    assert (row["day"], row["product_id"], row["sessions"], row["pay_amount"]) == (date(2026, 3, 31), "*", 1020, 1200.5)


def test_both_layouts_of_search_terms_say_the_same(samples, read, rows):
    for name in ("amazon_sp_search_term_legacy.xlsx", "amazon_sp_search_term_2026_console.csv"):
        (reading,) = read(samples / name)
        words = rows([reading], "keyword_days")
        assert {row["keyword"] for row in words} == {"test mug"}, name
        assert (sum(row["clicks"] for row in words), round(sum(row["pay_amount"] for row in words), 2)) == (20, 59.98)
        days = rows([reading], "ad_days")
        assert (len(days), round(sum(row["cost"] for row in days), 2)) == (7, 12.5)


def test_no_term_is_unknown_and_two_currencies_are_two_campaigns(write, read, rows):
    (reading,) = read(
        write(
            "terms.csv",
            TERMS
            + '\nUSD,"Aug 18, 2026 - Aug 18, 2026",A,C,G,*,10,1,1.00,,\nEUR,"Aug 18, 2026 - Aug 18, 2026",B,C,G,mug,10,1,2.00,1,9.00\n',
        )
    )
    assert {row["keyword"] for row in rows([reading], "keyword_days")} == {"(unknown)", "mug"}
    assert [(row["campaign"], row["currency"], row["cost"]) for row in rows([reading], "ad_days")] == [
        ("C (USD)", "USD", 1),
        ("C (EUR)", "EUR", 2),
    ]


def test_money_written_with_its_sign_and_words_spelt_otherwise(write, read, rows):
    (reading,) = read(
        write(
            "terms.csv",
            "Date,Currency,Campaign Name,Ad Group Name,Targeting,Customer Search Term,Impressions,Clicks,Spend,14 Day Total Sales ,"
            "Total Advertising Cost of Sales (ACoS) \n2026-08-18,USD,C,G,*,mug,100,2,$ 0.35,$ 12.00,2.9167%\n",
        )
    )
    (day,) = rows([reading], "ad_days")
    assert (day["cost"], day["revenue"], day["keyword"]) == (0.35, 12, "(unknown)")


def test_an_order_file_without_prices_says_which_column_is_missing(write, read):
    with pytest.raises(NotUnderstood) as caught:
        read(write("orders.txt", "amazon-order-id\tpurchase-date\tquantity\n111-1\t2026-03-02T04:58:10+00:00\t1\n"))
    assert (caught.value.code, caught.value.params["wanted"]) == ("sources.lacks_columns", "item-price")
