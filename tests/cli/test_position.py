"""Positioning on the command line: weighed, kept, shown."""

from __future__ import annotations

import json

ASKED = ("--price", "100", "--goods", "45", "--rate", "1.2%-2.8%", "--refunds", "14%", "--click", "1.2")


def test_what_is_weighed_and_kept_stands_in_the_record(run, shop):
    assert "position weigh" in run("position", "--shop", shop).out
    said = run("position", "weigh", "travel set", *ASKED, "--keep", "--shop", shop)
    assert said.code == 0
    assert "leave it" in said.out
    assert "needs a conversion of 2.5%, its kind has 2.0% [1.2–2.8%]" in said.out
    assert "travel set" in run("position", "--shop", shop).out
    assert len(json.loads(run("position", "--json", "--shop", shop).out)["positions"]) == 1


def test_without_price_or_goods_it_says_what_is_missing(run, shop):
    said = run("position", "weigh", "cup", "--price", "100", "--shop", shop)
    assert said.code == 2
    assert "--goods" in said.err


def test_a_decision_is_kept_in_its_own_words(run, shop):
    said = run("position", "keep", "region=Zhejiang", "new pictures are made for them", "--shop", shop)
    assert said.code == 0
    assert "new pictures are made for them" in run("position", "--shop", shop).out


def test_what_the_law_forbids_is_not_written_into_the_record_either(run, shop):
    said = run("position", "keep", "segment=everybody", "適量刷單把銷量做起來", "--shop", shop)
    assert said.code != 0


def test_every_no_of_a_purchase_becomes_a_task(run, stocked):
    sold = json.loads(run("query", "units", "--by", "product_id", "--json", "--shop", stocked).out)["rows"]
    nos = ("--no", "unpacking", "--no", "sizes", "--no", "answer")
    said = run("position", "audit", sold[0]["product_id"], *nos, "--shop", stocked)
    assert said.code == 0, said.err
    assert len(said.out.splitlines()) == 3
    listed = json.loads(run("actions", "--json", "--shop", stocked).out)["actions"]
    assert {action["kind"] for action in listed} == {"change_packing", "add_size_chart", "staff_service"}


def test_what_is_not_on_the_list_or_was_not_sold_makes_no_task(run, stocked):
    assert run("position", "audit", "Cup", "--no", "colour", "--shop", stocked).code == 2
    assert run("position", "audit", "Hat", "--no", "price", "--shop", stocked).code == 2
    assert not json.loads(run("actions", "--json", "--shop", stocked).out)["actions"]


def test_the_gate_of_a_new_category_needs_one_that_is_sold(run, stocked):
    given = (
        "--contribution",
        "3",
        "--units",
        "40",
        "--stock",
        "80",
        "--cash",
        "900",
        "--hours",
        "1",
        "--free-hours",
        "3",
    )
    said = run("position", "gate", "hats", "--beside", "gloves", *given, "--shop", stocked)
    assert said.code == 2
    assert "gloves" in said.err
