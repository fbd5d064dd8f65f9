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
