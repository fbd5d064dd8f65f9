"""What is approved as files that other programs take: the price that was approved, and nothing that was not."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from drawn.actions import action
from zhanggui.actions.kinds import Draft
from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.errors import BadValue, Unanswerable

PRODUCTS = (
    "product_id,channel,item_key,short_name,title,price,status,attributes\n"
    "TEA-S,shopify:main,green-tea,Green tea,Green tea - small,8.50,active,Size=small\n"
    "POT-1,shopify:main,teapot,Teapot,Teapot,35.00,active,\n"
    "700001,taobao:main,CUP-500,,测试水杯,59.90,active,\n"
)
PLAN = {"platform": "wanxiang", "campaign": "=spring", "before": 40.0, "daily_budget": 30.0}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("files")
    (folder / "products.csv").write_text(PRODUCTS, encoding="utf-8")
    there = Shop.create(folder / "tea", Config("Tea", "CNY", "Asia/Shanghai", "en"))
    there.import_files([folder / "products.csv"])
    for product, value in (("TEA-S", "8.90"), ("POT-1", "36"), ("700001", "61.9")):
        name = there.actions.add("step_price", {"product_id": product}, values={"price": value}, by="ann").entry.id
        if product != "POT-1":
            there.actions.approve(name, by="ann")
    budget = action("", kind="change_budget", where={"campaign": "spring"}, draft=Draft("table", rows=[PLAN]))
    there.ledger.propose([budget])
    there.actions.approve(budget.id, by="ann")
    return there


def told(shop: Shop, name: str) -> list[dict[str, str]]:
    text = shop.actions.file(name)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_shopify_gets_the_handle_the_options_and_the_new_price_of_what_is_approved(shop: Shop) -> None:
    assert told(shop, "shopify") == [
        {
            "Handle": "green-tea",
            "Title": "Green tea",
            "Option1 Name": "Size",
            "Option1 Value": "small",
            "Option2 Name": "",
            "Option2 Value": "",
            "Option3 Name": "",
            "Option3 Value": "",
            "Variant SKU": "TEA-S",
            "Variant Price": "8.90",
            "Status": "active",
        }
    ]


def test_the_shopify_file_is_read_back_by_the_product_reader(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "products_export.csv"
    file.write_text(shop.actions.file("shopify"), encoding="utf-8")
    (reading,) = shop.read_files([file], source="shopify")
    (row,) = reading.pieces[0].rows.to_dicts()
    assert (row["product_id"], row["item_key"], row["price"]) == ("TEA-S", "green-tea", 8.9)


def test_taobao_gets_item_code_title_and_both_prices(shop: Shop) -> None:
    (row,) = told(shop, "taobao")
    assert (row["商品ID"], row["商家编码"], row["现标题"]) == ("700001", "CUP-500", "测试水杯")
    assert (row["现价"], row["新价"]) == ("59.90", "61.90")


def test_budgets_stand_before_and_after_and_no_cell_is_a_formula(shop: Shop) -> None:
    (row,) = told(shop, "budgets")
    assert (row["platform"], row["campaign"], row["before"], row["after"]) == ("wanxiang", "'=spring", "40.0", "30.0")


def test_a_file_without_anything_approved_or_of_an_unknown_name_is_none(shop: Shop) -> None:
    with pytest.raises(Unanswerable):
        shop.actions.file("audience")
    with pytest.raises(BadValue, match="no_file"):
        shop.actions.file("myspace")
