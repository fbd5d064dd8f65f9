"""Visits from GA4, Matomo, Plausible, Search Console and servers' logs, and a product feed."""

import gzip
import json
from datetime import date

import polars as pl
import pytest

from zhanggui.sources import weblogs

DAY = date(2026, 3, 1)
START = 1772400000
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/128.0"


@pytest.fixture
def days(rows):
    """The traffic of readings by (source, product, device)."""

    def _days(readings):
        return {(row["source"], row["product_id"], row["device"]): row for row in rows(readings, "traffic_days")}

    return _days


def event(name, visitor="v1", session="1", at=0, **more):
    params = [{"key": "ga_session_id", "value": {"int_value": session, "string_value": None}}]
    fields = {"event_date": "20260301", "event_timestamp": str((START + at) * 1_000_000), "event_name": name}
    return fields | {"user_pseudo_id": visitor, "event_params": params, "device": {"category": "mobile"}} | more


def lines(*events):
    return "".join(json.dumps(one) + "\n" for one in events)


CART = [{"item_id": "MUG", "price": 10.0, "quantity": "2"}]
BOUGHT = {"ecommerce": {"transaction_id": "#1", "purchase_revenue": 25.0}, "items": CART}


def test_ga4_counts_visitors_sessions_pages_and_what_they_became(write, read, days):
    text = lines(
        event("page_view", collected_traffic_source={"manual_source": "google", "manual_medium": "cpc"}),
        event("view_item", at=5, items=CART),
        event("add_to_cart", at=9, items=CART),
        event("purchase", at=20, **BOUGHT),
        event("page_view", "v2", "1"),
    )
    found = days(read(write("events.jsonl", text)))
    shop = found["*", "*", "*"]
    assert [
        shop[name]
        for name in (
            "day",
            "visitors",
            "sessions",
            "page_views",
            "bounces",
            "cart_visitors",
            "pay_buyers",
            "pay_amount",
        )
    ] == [
        DAY,
        2,
        2,
        2,
        1,
        1,
        1,
        25,
    ]
    assert {key[0] for key in found} == {"*", "google / cpc", "direct"}
    mug = found["*", "MUG", "*"]
    assert [mug[name] for name in ("visitors", "page_views", "cart_visitors", "pay_buyers", "pay_amount")] == [
        1,
        1,
        1,
        1,
        20,
    ]
    assert found["google / cpc", "MUG", "*"]["pay_amount"] == 20


def test_a_purchase_sent_twice_is_one_and_those_without_a_number_are_all(write, read, days, rows):
    unnumbered = {"ecommerce": {"transaction_id": "(not set)", "purchase_revenue": 1.0}, "items": None}
    text = lines(
        event("purchase", **BOUGHT),
        event("purchase", at=60, **BOUGHT),
        event("purchase", **unnumbered),
        event("purchase", **unnumbered),
    )
    readings = read(write("events.jsonl", text))
    assert days(readings)["*", "*", "*"]["pay_amount"] == 27
    (paid,) = rows(readings, "events")
    assert (paid["event_id"], paid["kind"], json.loads(paid["extra"])["transaction_id"]) == ("pay-#1", "pay", "#1")
    assert [(one.reason, one.rows) for one in readings[0].left_out] == [("purchase_again", 1)]


def test_a_parameter_may_change_its_type_and_consent_may_be_missing(write, read, days):
    other = event("page_view")
    other["event_params"] = [
        {"key": "ga_session_id", "value": {"string_value": "1"}},
        {"key": "source", "value": {"string_value": "mail"}},
    ]
    found = days(read(write("events.jsonl", lines(event("page_view"), other, event("page_view", None)))))
    shop = found["*", "*", "*"]
    assert [shop[name] for name in ("visitors", "sessions", "page_views")] == [1, 1, 3]
    assert found["mail", "*", "*"]["page_views"] == 2


def test_parquet_with_whole_numbers_says_the_same(write, read, days, tmp_path):
    typed = event("purchase", **BOUGHT) | {"event_timestamp": START * 1_000_000}
    typed["event_params"] = [
        {"key": "ga_session_id", "value": {"int_value": 1, "string_value": None, "double_value": None}}
    ]
    typed["items"] = [{"item_id": "MUG", "price": 10.0, "quantity": 2, "item_revenue": 20.0}]
    path = tmp_path / "events.parquet"
    pl.DataFrame([typed]).write_parquet(path)
    assert days(read(path)) == days(read(write("events.jsonl", lines(event("purchase", **BOUGHT)))))


def test_a_days_intraday_table_gives_way_to_its_daily_one(write, read, days):
    early = write("events_intraday_20260301.jsonl", lines(event("page_view")))
    whole = write("events_20260301.jsonl", lines(event("page_view"), event("page_view", "v2")))
    readings = read(early, whole)
    assert days(readings)["*", "*", "*"]["visitors"] == 2
    assert [one.reason for reading in readings for one in reading.left_out] == ["intraday"]


def test_the_fuller_file_of_a_day_holds_in_any_order(write, exported):
    part = write("a.jsonl", lines(event("page_view")))
    whole = write("b.jsonl", lines(event("page_view"), event("page_view", "v2")))
    one, other = exported([part], [whole]), exported([whole], [part])
    assert one["traffic_days.csv"] == other["traffic_days.csv"]
    shop = pl.read_csv(one["traffic_days.csv"].encode()).filter(pl.col("source") == "*", pl.col("device") == "*")
    assert shop["visitors"].to_list() == [2]


def test_the_sample_of_ga4_keeps_the_session_s_source_and_not_the_first_one(samples, read, days):
    assert ("google / cpc", "*", "*") in days(read(samples / "ga4_events.jsonl"))


def test_matomo_pages_carts_and_orders(samples, read, days, rows, write):
    readings = read(samples / "matomo_visits.json")
    shop = days(readings)["*", "*", "*"]
    assert [shop[name] for name in ("day", "visitors", "sessions", "page_views", "pay_buyers", "pay_amount")] == [
        DAY,
        1,
        1,
        1,
        1,
        68.3,
    ]
    assert days(readings)["Google", "MUG-W", "*"]["pay_amount"] == 40
    assert [row["event_id"] for row in rows(readings, "events")] == ["pay-#1001"]
    again = write(
        "again.json", "[" + (samples / "matomo_visits.json").read_text(encoding="utf-8").strip()[1:-1] + "]\n"
    )
    both = read(samples / "matomo_visits.json", again)
    assert (days(both)["*", "*", "*"]["visitors"], sum(one.rows for reading in both for one in reading.left_out)) == (
        1,
        1,
    )


@pytest.mark.parametrize("damaged", ["17724274900000000000", "-5", "1e400"])
def test_a_time_of_no_era_is_none_and_the_visit_counts(samples, read, days, rows, write, damaged):
    sample = (samples / "matomo_visits.json").read_text(encoding="utf-8")
    file = write("matomo.json", sample.replace("1772427490", damaged))
    readings = read(file)
    assert days(readings)["*", "*", "*"]["visitors"] == 1
    assert [row["at"] for row in rows(readings, "events")] == [None]


def test_matomo_as_utf_16_table(write, read, days):
    text = "idVisit\tvisitorId\tserverDate\tserverTimestamp\tactions\treferrerType\treferrerName\tdeviceType\n"
    text += "10\ta1\t2026-03-01\t1772427490\t3\tsearch\tGoogle\tSmartphone\n11\tb2\t2026-03-01\t1772427500\t1\tdirect\t\tDesktop\n"
    found = days(read(write("visits.tsv", text, "utf-16")))
    assert [found["*", "*", "*"][name] for name in ("visitors", "sessions", "page_views", "bounces")] == [2, 2, 4, 1]
    assert (found["Google", "*", "*"]["page_views"], found["*", "*", "mobile"]["visitors"]) == (3, 1)


PLAUSIBLE = {
    "imported_visitors_20260301_20260302.csv": '"date","visitors","pageviews","bounces","visits","visit_duration"\n'
    '"2026-03-01",50,80,20,54,900\n',
    "imported_sources_20260301_20260302.csv": '"date","source","utm_campaign","visitors","visits","visit_duration","bounces","pageviews"\n'
    '"2026-03-01","Google","a",20,21,300,9,30\n"2026-03-01","Google","b",5,6,30,3,8\n"2026-03-01","",,10,12,90,5,12\n',
    "imported_devices_20260301_20260302.csv": '"date","device","visitors","visits","visit_duration","bounces","pageviews"\n'
    '"2026-03-01","Mobile",30,33,400,12,44\n',
    "imported_browsers_20260301_20260302.csv": '"date","browser","visitors","visits","visit_duration","bounces","pageviews"\n'
    '"2026-03-01","Safari",30,33,400,12,44\n',
}


def test_plausible_tables_are_levels_and_visitors_of_campaigns_do_not_add_up(write, read, days):
    readings = read(*(write(name, text) for name, text in PLAUSIBLE.items()))
    found = days(readings)
    assert [found["*", "*", "*"][name] for name in ("visitors", "sessions", "page_views", "bounces")] == [
        50,
        54,
        80,
        20,
    ]
    google = found["Google", "*", "*"]
    assert (google["sessions"], google["visitors"], found["(unknown)", "*", "*"]["visitors"]) == (27, None, 10)
    assert found["*", "*", "Mobile"]["sessions"] == 33
    assert [(one.reason, one.rows) for reading in readings for one in reading.left_out] == [("not_used", 1)]


def test_pages_say_how_many_were_seen_and_the_visitors_table_goes_before_them(samples, read, rows):
    (reading,) = read(samples / "plausible_imported_pages_20260301_20260302.csv")
    (row,) = rows([reading], "traffic_days")
    assert (row["page_views"], row["visitors"], reading.pieces[0].layout) == (80, None, 10)


def test_search_words_need_a_day_which_the_filters_or_the_name_may_give(samples, read, rows, write):
    sample = samples / "search_console_Queries.csv"
    (reading,) = read(sample)
    assert (rows([reading], "keyword_days"), [one.reason for one in reading.left_out]) == ([], ["no_period"])
    words = rows(read(write("Queries_2026-03-01.csv", sample.read_bytes())), "keyword_days")
    assert [(row["day"], row["keyword"], row["clicks"], row["impressions"], row["position"]) for row in words] == [
        (DAY, "test mug", 12, 900, 11.2),
        (DAY, "mug, white", 3, 150, 14),
    ]
    both = read(
        write("gsc/Queries.csv", sample.read_bytes()),
        write(
            "gsc/Filters.csv",
            "Filter,Value\nSearch type,Web\nDate,Mar 1, 2026-Mar 3, 2026\n".replace(
                "Mar 1, 2026-Mar 3, 2026", '"Mar 1, 2026-Mar 3, 2026"'
            ),
        ),
    )
    spread = rows(both, "keyword_days")
    assert (len(spread), sum(row["impressions"] for row in spread), {row["position"] for row in spread}) == (
        6,
        1050,
        {11.2, 14.0},
    )


def test_days_of_search_are_a_source_and_german_names_are_known(write, read, days):
    found = days(
        read(write("Diagramm.csv", 'Datum,Klicks,Impressionen,CTR,Position\n2026-03-01,12,900,"1,33 %","11,2"\n'))
    )
    row = found["google / organic", "*", "*"]
    assert (row["clicks"], row["impressions"]) == (12, 900)


def log(
    path,
    at="01/Mar/2026:12:00:00 +0000",
    *,
    host="203.0.113.7",
    agent=DESK,
    referer="-",
    status=200,
    method="GET",
    rest="",
):
    return f'{host} - - [{at}] "{method} {path} HTTP/1.1" {status} 10 "{referer}" "{agent}"{rest}\n'


def test_bots_pictures_errors_and_forms_are_no_visits(write, read, days):
    text = (
        log("/p/mug?utm_source=google&utm_medium=cpc")
        + log("/p/pot", "01/Mar/2026:12:10:00 +0000")
        + log("/style.css")
        + log("/gone", status=404)
        + log("/checkout", method="POST", status=302)
        + log("/p/mug", agent="Googlebot/2.1 (+http://www.google.com/bot.html)")
        + log("/p/mug", agent="-")
        + '203.0.113.9 - - [01/Mar/2026:12:00:02 +0000] "\\x16\\x03\\x01" 400 157 "-" "Mozilla/5.0"\n'
        + "no line at all\n"
    )
    (reading,) = read(write("access.log", text), timezone="UTC")
    found = days([reading])
    assert [found["*", "*", "*"][name] for name in ("visitors", "sessions", "page_views", "bounces")] == [1, 1, 2, 0]
    assert ("google / cpc", "*", "*") in found
    assert {one.reason: one.rows for one in reading.left_out} == {"bots": 2, "no_pages": 4}
    assert (reading.rows_read, reading.rejects) == (9, [(9, "line", "***", "sources.reject.not_a_log_line")])


def test_half_an_hour_of_silence_begins_a_new_session_and_the_own_site_is_no_source(write, read, days):
    own = "https://www.shop.example/p/mug"
    text = (
        log("/", referer="https://www.bing.com/search")
        + log("/p/mug", "01/Mar/2026:12:20:00 +0000", referer=own)
        + log("/p/pot", "01/Mar/2026:12:55:00 +0000", referer=own)
        + log("/p/pot", "01/Mar/2026:12:56:00 +0000", agent=PHONE)
    )
    found = days(read(write("access.log", text), timezone="UTC"))
    assert [found["*", "*", "*"][name] for name in ("visitors", "sessions", "page_views")] == [2, 3, 4]
    assert {key[0] for key in found} == {"*", "bing.com", "direct"}
    assert found["*", "*", "mobile"]["visitors"] == 1


def test_a_day_is_the_shops_and_rotated_packed_logs_are_read_together(write, read, days):
    late = write("access.log.1", log("/", "01/Mar/2026:23:58:10 -0500"))
    packed = write("access.log-20260301.gz", gzip.compress(log("/a", "02/Mar/2026:05:05:00 +0000").encode()))
    (row,) = [row for key, row in days(read(late, packed, timezone="Europe/London")).items() if key == ("*", "*", "*")]
    assert (row["day"], row["visitors"], row["sessions"], row["page_views"]) == (date(2026, 3, 2), 1, 1, 2)


def test_behind_a_proxy_the_forwarded_address_tells_visitors_apart(write, read, days):
    text = (
        log("/", rest=' "198.51.100.1, 203.0.113.7"')
        + log("/", rest=' "198.51.100.2"')
        + log("/", host="shop.example:443 2001:db8::1")
    )
    assert days(read(write("access.log", text), timezone="UTC"))["*", "*", "*"]["visitors"] == 3


def test_a_cart_is_a_post_and_apache_writes_a_dash_for_no_bytes(write, read, days):
    text = log("/p/mug") + log("/cart/add", method="POST", status=302).replace(" 302 10 ", " 302 - ")
    shop = days(read(write("access.log", text), timezone="UTC"))["*", "*", "*"]
    assert (shop["cart_visitors"], shop["page_views"], shop["bounces"]) == (1, 1, 0)


def test_a_feed_gives_products_with_their_currency(samples, read, rows, write):
    (product,) = rows(read(samples / "google_merchant_feed.tsv"), "products")
    assert [product[name] for name in ("product_id", "title", "price", "currency", "category", "brand")] == [
        "MUG-W",
        "Test mug white",
        25,
        "USD",
        "Mugs",
        "Test vendor",
    ]
    assert json.loads(product["extra"])["sale_price"] == "20.00 USD"
    text = "id\ttitle\tavailability\tprice\tlink\tcolor\tgtin\n01\tCup\tin stock\tEUR 1.299,00\thttps://x.example\tred\t0012345\n"
    (other,) = rows(read(write("feed.txt", text)), "products")
    assert (other["product_id"], other["price"], other["currency"], other["attributes"]) == (
        "01",
        1299,
        "EUR",
        "color=red",
    )
    assert json.loads(other["extra"])["gtin"] == "0012345"


ODD_LINES = (
    log("/a"),
    log("/a", host="shop.example:443 2001:db8::1"),
    log("/a", host="2001:db8::1"),
    log("/a", rest=' "198.51.100.1" 0.004'),
    log("/a", rest=" 0.004"),
    '1.2.3.4 - alice [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 -',
    '1.2.3.4 - - [01/Mar/2026:12:00:00 +0000] "" 400 0 "-" "-"',
    '1.2.3.4 - - [01/Mar/2026:12:00:00 +0000] "-" 408 - "-" "-"',
    '1.2.3.4 - - [01/Mar/2026:12:00:00] "GET / HTTP/1.1" 200 5 "-" "-"',
    '1.2.3.4 - - [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" abc 5 "-" "-"',
    '1.2.3.4 - - [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-"',
    '1.2.3.4 - - [01/Mar/2026:12:00:00 +0000] "GET /',
    "nothing",
    "",
)


def test_cutting_at_quotation_marks_gives_the_parts_of_the_pattern():
    lines = pl.Series("line", [line.rstrip("\n") for line in ODD_LINES])
    by_pattern = lines.to_frame().select(pl.col("line").str.extract_groups(weblogs.PATTERN).alias("x")).unnest("x")
    for line, cut, wanted in zip(
        lines, weblogs.split(lines).rows(), by_pattern.select(weblogs.COLUMNS).rows(), strict=True
    ):
        assert [cell or None for cell in cut] == [cell or None for cell in wanted], line


def test_escaped_quotation_marks_stay_within_their_part():
    lines = pl.Series("line", [log("/a", agent='Odd \\"browser\\"').rstrip("\n"), log("/b").rstrip("\n")])
    parts = weblogs.split(lines)
    assert parts["agent"].to_list() == ['Odd \\"browser\\"', DESK]
    assert parts["request"].to_list() == ["GET /a HTTP/1.1", "GET /b HTTP/1.1"]


def test_a_log_without_browsers_still_counts_addresses(write, read, days):
    text = "".join(
        f'{host} - - [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5\n' for host in ("1.2.3.4", "1.2.3.5")
    )
    found = days(read(write("access.log", text), timezone="UTC"))
    assert (found["*", "*", "*"]["visitors"], ("*", "*", "(unknown)") in found) == (2, True)
