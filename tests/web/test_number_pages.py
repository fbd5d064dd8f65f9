"""Why, Metrics and Products: what they answer, where they lead, what can be taken away, and that no text of the shop runs."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from drawn.attacked import FORMULA, SCRIPT, attacked
from drawn.browsers import Browser
from drawn.browsers import desk as empty_desk
from zhanggui.app.desk import Desk

PAGES = (
    "/why",
    "/why?metric=conversion_rate&by=source&against=year",
    "/rows",
    "/metrics",
    "/metrics?metric=visitors&by=product_id&grain=week",
    "/metrics/net_sales",
    "/products",
    "/products/P00",
    "/waterfall",
    "/payouts",
    "/origins",
    "/suspects",
    "/scores",
)


@pytest.fixture(scope="module")
def sat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("numbers") / "shop"
    attacked(folder).close()
    desk = Desk(folder, readers=2)
    yield Browser(desk)
    desk.close()


def links(page: str, start: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', page) if found.startswith(start)]


def table_rows(page: str) -> list[list[str]]:
    """The cells of the last table of a page, without their markup."""
    body = page.rpartition("<tbody>")[2].partition("</tbody>")[0]
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr>(.*?)</tr>", body, re.S))
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def frame(sat: Browser, path: str) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(sat.client.get(path).content))


# ---- why


def test_a_place_leads_to_the_same_question_inside_it_and_on_to_its_rows(sat):
    page = sat.get("/why?metric=net_sales&by=product_id")
    deeper = next(link for link in links(page, "/why?") if "where=product_id" in link)
    inside = sat.get(deeper)
    product = re.search(r"where=product_id%3D(P\d\d)", deeper)[1]
    assert f"Take off Cup {product} ({product})" in inside or product == "P00"
    rows = next(link for link in links(inside, "/rows?") if product in link)
    assert product in sat.get(rows)


def test_the_parts_and_the_places_of_a_change_are_listed_with_their_intervals(sat):
    page = sat.get("/why?metric=net_sales&by=product_id")
    assert "Why net sales moved" in page
    assert "Visitors" in page
    assert "within noise" in page
    assert page.count('<svg role="img"') >= 10
    assert re.search(r"\[[−\d,]+ … [+\d,]+\]", page)


def test_the_rows_behind_gross_sales_add_up_to_it(sat):
    asked = "from=2026-08-01&to=2026-08-31&where=product_id%3DP03"
    lines = frame(sat, f"/rows.csv?metric=gross_sales&table=sales&{asked}")
    whole = frame(sat, f"/metrics.csv?metric=gross_sales&{asked}")
    assert lines.height > 50
    assert lines["amount"].sum() == pytest.approx(whole["gross_sales"][0])


def test_rows_come_page_by_page_and_whole_in_the_file(sat):
    page = sat.get("/rows?metric=gross_sales")
    count = int(re.search(r"([\d,]+) in all", page)[1].replace(",", ""))
    whole = frame(sat, links(page, "/rows.csv")[0])
    assert whole.height == count
    assert len(table_rows(page)) == 50
    assert "Page 1 of" in page
    second = sat.get(next(link for link in links(page, "/rows?") if "page=2" in link))
    assert [row[1] for row in table_rows(second)] == [str(name) for name in whole["order_id"][50:100]]
    last = -(-count // 50)
    assert len(table_rows(sat.get(f"/rows?metric=gross_sales&table=sales&page={last}"))) == (count - 1) % 50 + 1
    assert "nothing in these days" in sat.get("/rows?metric=gross_sales&table=sales&page=9999")


# ---- metrics


def test_the_picture_fits_the_shape_of_the_answer(sat):
    shapes = {
        "/metrics?metric=net_sales&grain=week": "mark-line",
        "/metrics?metric=net_sales&by=product_id": "mark-rect",
        "/metrics?metric=net_sales&by=product_id&grain=week": "mark-rect",
        "/metrics?metric=net_sales&by=category&grain=week": "mark-line",
    }
    for path, mark in shapes.items():
        page = sat.get(path)
        assert mark in page.partition("<script type=")[0], path
        assert "<tbody>" in page, path
    wished = sat.get("/metrics?metric=net_sales&by=product_id&grain=week&shape=line")
    assert "mark-line" in wished


def test_a_week_of_which_only_some_days_are_asked_says_so(sat):
    page = sat.get("/metrics?metric=orders&grain=week&from=2026-08-05&to=2026-08-30")
    assert table_rows(page)[0][0] == "2026-08-03 (5 of 7 days)"
    assert table_rows(page)[1][0] == "2026-08-10"


def test_the_table_can_be_taken_away_as_csv_workbook_and_parquet(sat):
    asked = "metric=units&metric=net_sales&by=product_id&from=2026-08-01&to=2026-08-31"
    listed = frame(sat, f"/metrics.csv?{asked}")
    parquet = pl.read_parquet(io.BytesIO(sat.client.get(f"/metrics.parquet?{asked}").content))
    sheet = load_workbook(io.BytesIO(sat.client.get(f"/metrics.xlsx?{asked}").content)).active
    assert listed.columns == ["product_id", "units", "net_sales"]
    assert listed.height == 12
    assert parquet["net_sales"].to_list() == pytest.approx(listed["net_sales"].to_list())
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == listed["product_id"].to_list()
    assert sum(row[2] for row in sheet.iter_rows(min_row=2, values_only=True)) == pytest.approx(
        listed["net_sales"].sum()
    )
    assert 'filename="units-net_sales.xlsx"' in sat.client.get(f"/metrics.xlsx?{asked}").headers["content-disposition"]


def test_a_metric_says_what_it_is_what_it_needs_and_when_not_to_trust_it(sat):
    page = sat.get("/metrics/conversion_rate")
    for said in ("Paying buyers divided by visitors", "traffic_days.visitors", "daily traffic", "When not to trust it"):
        assert said in page
    assert links(page, "/why?metric=conversion_rate")


# ---- products


def test_products_sort_by_a_click_on_a_head_and_back(sat):
    down = [row[0] for row in table_rows(sat.get("/products?sort=visitor_value"))]
    page = sat.get("/products?sort=visitor_value&up=1")
    up = [row[0] for row in table_rows(page)]
    assert up == down[::-1]
    assert "Cup <script>" in up[0]
    assert 'aria-sort="ascending"' in page
    assert any("sort=visitor_value" in link and "up=1" not in link for link in links(page, "/products?"))


def test_the_table_of_products_ties_to_the_metrics(sat):
    asked = "from=2026-08-17&to=2026-09-13"
    rows = frame(sat, f"/products.csv?{asked}")
    whole = frame(sat, f"/metrics.csv?metric=gross_sales&metric=units&{asked}")
    assert rows["sales"].sum() == pytest.approx(whole["gross_sales"][0])
    assert rows["units"].sum() == whole["units"][0]
    assert (rows["visitor_value"] * rows["visitors"]).to_list() == pytest.approx(rows["contribution"].to_list())


def test_a_search_finds_by_name_and_says_when_it_finds_nothing(sat):
    assert [row[0] for row in table_rows(sat.get("/products?q=cup+p07"))] == ["Cup P07 cups"]
    assert "No product has &#39;&lt;kettle&gt;&#39;" in sat.get("/products?q=%3Ckettle%3E")


def test_one_products_page_has_its_history_changes_reviews_and_stock(sat):
    page = sat.get("/products/P00")
    for said in ("Net sales (£) by week", "title", "2026-08-17", "★", "P00-S", "400", "https://shop.example/item"):
        assert said in page


def test_a_product_that_nobody_knows_is_not_there(sat):
    assert "There is no such page" in sat.get("/products/nothing", 404)


def test_what_is_left_of_a_price_stands_on_the_products_page_and_on_its_own(sat):
    assert "= contribution" in sat.get("/products/P00")
    whole = sat.get("/waterfall")
    assert "One in a hundred better" in whole
    assert "Fixed costs and break-even" in whole


def test_payouts_and_suspects_are_told_where_the_data_is(sat):
    data = sat.get("/data")
    assert 'href="/payouts"' in data
    assert 'href="/suspects"' in data
    assert 'href="/origins"' in data
    assert "no known source" in sat.get("/origins")
    assert "No file tells what was paid out" in sat.get("/payouts")
    assert "orders of the last 112 days" in sat.get("/suspects")
    assert "What moves the scores" in sat.get("/scores")


# ---- what anybody may write into an address or a title


@pytest.mark.parametrize("path", PAGES)
def test_no_text_of_the_shop_runs_and_every_page_has_one_heading(sat, path):
    page = sat.get(path)
    assert SCRIPT not in page
    assert "javascript:" not in page
    assert page.count("<h1") == 1
    assert "style=" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.S)


def test_an_address_that_a_browser_would_run_is_no_link(sat):
    assert "javascript:" not in sat.get("/products/P01")


def test_a_formula_in_a_sku_is_text_in_every_file(sat):
    rows = sat.client.get("/rows.csv?metric=gross_sales&table=sales&where=product_id%3DP01").text
    assert "'=HYPERLINK" in rows
    assert "\n=HYPERLINK" not in rows
    asked = "metric=units&by=sku&where=product_id%3DP01"
    sheet = load_workbook(io.BytesIO(sat.client.get(f"/metrics.xlsx?{asked}").content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == FORMULA]
    assert [cell.data_type for cell in cells] == ["s"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/why?metric=net_sale", "There is no metric &#39;net_sale&#39;. Nearest: net_sales"),
        ("/metrics?metric=nothing", "There is no metric &#39;nothing&#39;"),
        ("/metrics/nothing", "There is no metric &#39;nothing&#39;"),
        ("/metrics?metric=net_sales&by=colour", "There is no dimension &#39;colour&#39;"),
        ("/why?from=soon", "soon"),
        ("/why?where=country", "The filter &#39;country&#39; is not understood"),
        ("/why?against=rivals", "rivals"),
        ("/why?from=2026-09-10&to=2026-09-01", "2026-09-10"),
        ("/products?sort=luck", "luck"),
        ("/metrics.doc", "doc"),
        ("/rows.csv?table=people", "people"),
        ("/metrics?" + "&".join(f"metric=m{n}" for n in range(9)), "9 metrics are chosen"),
    ],
)
def test_what_is_not_understood_is_said_and_where_to_go_on(sat, path, said):
    page = sat.get(path, 400)
    assert said in page
    assert 'href="/"' in page


def test_an_unknown_word_in_an_address_is_never_put_into_the_page_as_it_is(sat):
    assert SCRIPT not in sat.get("/why?metric=%3Cscript%3Ealert(1)%3C/script%3E", 400)


# ---- before there is data, before anybody signs in, without script


@pytest.mark.parametrize("path", ["/why", "/metrics", "/rows", "/products"])
def test_a_shop_without_data_is_shown_the_way_to_it(tmp_path: Path, path):
    with empty_desk(tmp_path / "shop") as opened:
        page = Browser(opened).get(path)
    assert 'href="/data"' in page
    assert "<form" in page


@pytest.mark.parametrize("path", [*PAGES, "/metrics.csv", "/rows.csv?table=sales", "/products.csv"])
def test_nobody_reads_numbers_without_signing_in(sat, path):
    stranger = type(sat.client)(sat.client.app, headers={"accept-language": "en"})
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "£" not in answer.text


def test_every_picture_has_its_numbers_in_a_table_and_its_spec_for_the_browser(sat):
    page = sat.get("/metrics")
    assert page.count("<figure") == page.count('<script type="application/json">') == 2
    assert "<tbody>" in page
    assert not re.search(r"<script(?! src=| type=\"application/json\")", page)


def test_the_script_of_charts_is_ours_compressed_and_kept(sat):
    address = re.search(r'data-chart="([^"]+)"', sat.get("/metrics"))[1]
    answer = sat.client.get(address)
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert "vegaEmbed" in answer.text
    assert sat.client.get("/charts/0.0.1/vega.js").status_code == 404


def test_questions_that_cannot_be_answered_leave_nothing_in_memory(sat):
    for number in range(5):
        sat.get(f"/metrics/nothing{number}", 400)
    assert not sat.desk._making
    assert not sat.desk._answers._running
