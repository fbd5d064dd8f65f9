"""Files in through the browser: looked at first, then imported, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn.browsers import ORDERS, Browser, desk, left_behind, rows


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Browser]:
    with desk(tmp_path / "shop") as opened:
        yield Browser(opened)


def test_a_file_is_shown_before_anything_is_loaded(owner: Browser) -> None:
    page = owner.send(("orders may.csv", ORDERS))
    assert "orders may.csv" in page
    assert "a general table" in page
    assert "White cup" in page
    assert rows(owner) == 0


def test_after_a_yes_it_is_imported_and_reconciled_and_its_file_is_gone(owner: Browser) -> None:
    owner.send(("orders.csv", ORDERS))
    owner.post(owner.at, do="load")
    page = owner.wait()
    assert "Imported as batch 0001" in page
    assert "¥207.00" in page
    assert rows(owner) == 3
    assert left_behind(owner) == []


def test_an_import_is_taken_back_from_the_list(owner: Browser) -> None:
    owner.send(("orders.csv", ORDERS))
    owner.post(owner.at, do="load")
    owner.wait()
    assert "0001" in owner.get("/data")
    owner.post("/data/undo", batch="0001")
    assert "Took back batch 0001" in owner.wait()
    assert rows(owner) == 0
    assert "taken back" in owner.get("/data")


def test_files_that_are_thrown_away_leave_nothing(owner: Browser) -> None:
    owner.send(("orders.csv", ORDERS))
    owner.post(owner.at, do="away")
    assert left_behind(owner) == []
    assert rows(owner) == 0


def test_a_file_that_is_not_understood_changes_nothing_and_says_why(owner: Browser) -> None:
    page = owner.send(("poem.csv", b"roses,violets\nred,blue\nwhite,pale\n"))
    assert "It cannot be told what poem.csv is" in page
    assert "roses" in page
    assert "The data was not changed" in page
    assert 'value="load"' not in page
    assert rows(owner) == 0


def test_a_broken_file_says_what_is_wrong_with_it(owner: Browser) -> None:
    page = owner.send(("orders.xlsx", b"PK\x03\x04 and then nothing"), status=400)
    assert "orders.xlsx is cut off or damaged" in page
    page = owner.send(("orders.csv", b""))
    assert "orders.csv is empty" in page
    assert rows(owner) == 0


def test_the_columns_of_a_file_that_is_not_understood_are_told_by_hand(owner: Browser) -> None:
    odd = ORDERS.replace(b"order_id,order date,product,quantity,amount", b"a,b,c,d,e")
    page = owner.send(("odd.csv", odd))
    assert 'name="map:e"' in page
    at, told = owner.at, {"map:a": "order_id", "map:b": "created_at", "map:c": "title", "map:e": "line_total"}
    owner.post(at, do="again", source="general", **told)
    owner.at = at
    assert 'value="load"' in owner.wait()
    owner.post(at, do="load", source="general", **told)
    assert "¥207.00" in owner.wait()


def test_a_column_is_told_by_hand_where_the_guess_is_wrong(owner: Browser) -> None:
    page = owner.send(("orders.csv", ORDERS.replace(b"quantity", b"menge")))
    assert 'name="map:menge"' in page
    at = owner.at
    owner.post(at, do="again", source="general", **{"map:menge": "quantity", "map:order_id": "order_id"})
    owner.at = at
    assert '<option value="quantity" selected>' in owner.wait()
    owner.post(at, do="load", source="general", **{"map:menge": "quantity"})
    owner.wait()
    with owner.desk.reading() as shop:
        assert shop.query(["units"]).rows["units"][0] == 4


def test_several_files_come_in_as_one_import(owner: Browser) -> None:
    more = ORDERS.replace(b"100", b"200")
    owner.send(("a.csv", ORDERS), ("b.csv", more))
    owner.post(owner.at, do="load")
    assert "Imported as batch 0001" in owner.wait()
    assert rows(owner) == 6


def test_rejected_rows_are_listed_with_place_and_reason(owner: Browser) -> None:
    owner.send(("orders.csv", ORDERS + b"1004,2026-05-03 10:00,Tea tin,1,a lot\n"))
    owner.post(owner.at, do="load")
    page = owner.wait()
    assert "a lot" in page
    assert rows(owner) == 3


def test_the_cost_sheet_takes_values_and_ranges_and_all_or_nothing(owner: Browser) -> None:
    owner.post("/data/costs", **{"cost:goods.*": "45%-50%", "cost:per_order.freight": "6.5"})
    with owner.desk.reading() as shop:
        assert shop.costs.goods_share().low == 0.45
        assert shop.costs.per_order == 6.5
    page = owner.post("/data/costs", 400, **{"cost:per_order.freight": "9", "cost:share.fees": "plenty"})
    assert "plenty" in page
    with owner.desk.reading() as shop:
        assert shop.costs.per_order == 6.5
    owner.post("/data/costs", **{"cost:per_order.freight": ""})
    with owner.desk.reading() as shop:
        assert shop.costs.per_order == 0


def test_a_target_is_entered_and_listed(owner: Browser) -> None:
    assert "¥26,000" in owner.post("/data/target", month="2026-09", value="26000")


def test_what_is_missing_says_what_it_would_bring(owner: Browser) -> None:
    owner.send(("orders.csv", ORDERS))
    owner.post(owner.at, do="load")
    owner.wait()
    assert "daily traffic" in owner.get("/data/missing")


def test_what_an_action_left_in_the_data_leads_to_it_and_is_not_taken_back_by_itself(owner: Browser) -> None:
    owner.send(("orders.csv", ORDERS))
    owner.post(owner.at, do="load")
    owner.wait()
    owner.post("/actions/new", kind="change_image", product="White cup", text="in daylight", on="2026-05-02")
    owner.post("/calendar/annotation", day="2026-05-01", text="holiday")
    with owner.desk.reading() as shop:
        name = shop.actions.list()[0].id
    page = owner.get("/data")
    assert f'<a href="/actions/{name}">An action carried out</a>' in page
    assert page.count('action="/data/undo"') == 2


def test_only_the_latest_imports_are_listed_until_all_are_asked_for(
    owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhanggui.web.pages.data.LISTED", 2)
    with owner.desk.writing() as shop:
        for number in range(5):
            shop.set_target("2026-09", 1000.0 + number)
    page = owner.get("/data")
    assert page.count('action="/data/undo"') == 2
    assert "3 earlier ones" in page
    assert owner.get("/data?all=yes").count('action="/data/undo"') == 5
    owner.get("/data?all=everything", 422)
