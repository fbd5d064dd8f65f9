"""Which variant a unit gets, and the lists they come in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from zhanggui.errors import BadFile, BadValue
from zhanggui.experiments.assigning import deal, place, variant_of
from zhanggui.experiments.kinds import Plan, Variant
from zhanggui.experiments.units_file import names_a_person, unit_list, units_of
from zhanggui.methods.sample_ratio import sample_ratio

KEY = bytes(range(32))
THREE = (Variant("a", 0.5), Variant("b", 0.3), Variant("c", 0.2))
UNITS = [f"v{n}" for n in range(20_000)]


def plan(unit: str = "visitor") -> Plan:
    return Plan("photo", "Photo", "picture", unit, "conversion", THREE, date(2026, 9, 1), date(2026, 9, 28), 900, 0.1)  # type: ignore[arg-type]


def test_the_same_unit_gets_the_same_variant_and_another_key_another_split() -> None:
    first = [variant_of(KEY, "photo", unit, THREE) for unit in UNITS[:500]]
    assert first == [variant_of(KEY, "photo", unit, THREE) for unit in UNITS[:500]]
    assert first != [variant_of(b"other", "photo", unit, THREE) for unit in UNITS[:500]]


def test_a_new_variant_list_of_the_same_shares_moves_nobody() -> None:
    renamed = tuple(Variant(v.name.upper(), v.share) for v in THREE)
    assert all(
        variant_of(KEY, "photo", unit, THREE).upper() == variant_of(KEY, "photo", unit, renamed) for unit in UNITS[:500]
    )


def test_shares_are_kept_and_places_are_even() -> None:
    names = [variant_of(KEY, "photo", unit, THREE) for unit in UNITS]
    found = sample_ratio([names.count(v.name) for v in THREE], [v.share for v in THREE])
    assert found.p > 0.01  # type: ignore[union-attr]
    places = np.sort([place(KEY, "photo", unit) for unit in UNITS])
    assert float(np.abs(places - (np.arange(20_000) + 0.5) / 20_000).max()) < 1.63 / 20_000**0.5  # Kolmogorov, 1 %


def test_two_experiments_at_once_do_not_know_of_each_other() -> None:
    two = (Variant("a", 0.5), Variant("b", 0.5))
    both = np.array([[variant_of(KEY, e, unit, two) == "a" for unit in UNITS] for e in ("photo", "letter")])
    assert abs(float(np.corrcoef(both)[0, 1])) < 0.025


def test_a_customer_is_one_however_his_address_is_written() -> None:
    dealt = deal(KEY, plan("customer"), unit_list(["Ann@Example.com", "ann@example.com ", "张**", "+86 138-1234-5678"]))
    assert dealt.masked == 1
    names = dict(dealt.variants)
    assert names["Ann@Example.com"] == names["ann@example.com"]
    assert all(len(key) == 32 for key in dealt.keys.values())
    again = deal(KEY, plan("customer"), unit_list(list(dealt.keys.values())))
    assert dict(again.variants)[dealt.keys["ann@example.com"]] == names["ann@example.com"]


def test_repeated_and_blank_ids_are_counted_and_dealt_out_once() -> None:
    dealt = deal(KEY, plan(), unit_list(["v1", " v1", "", None, "v2"]))
    assert [unit for unit, _ in dealt.variants] == ["v1", "v2"]
    assert (dealt.repeated, dealt.blank) == (1, 2)
    assert sum(dealt.counts.values()) == 2
    assert set(dealt.counts) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("unit_id\nc1\nc2\n", ("c1", "c2")),
        ("c1\nc2\nc3\n", ("c1", "c2", "c3")),
        ("12345\n23456\n", ("12345", "23456")),
        ("email,name\na@b.com,Ann\nd@e.com,Dee\n", ("a@b.com", "d@e.com")),
        ("name,Customer_ID\nAnn,7\nDee,8\n", ("7", "8")),
    ],
)
def test_a_list_of_ids_or_a_table_is_read(tmp_path: Path, text: str, ids: tuple[str, ...]) -> None:
    file = tmp_path / "units.csv"
    file.write_text(text, encoding="utf-8")
    assert units_of(file).ids == ids


def test_which_column_is_asked_where_it_cannot_be_told(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("who,where\nc1,x\nc2,y\n", encoding="utf-8")
    with pytest.raises(BadValue, match="which_column"):
        units_of(file)
    assert units_of(file, "WHO").ids == ("c1", "c2")
    with pytest.raises(BadValue, match="no_column"):
        units_of(file, "what")
    with pytest.raises(BadValue, match="no_file"):
        units_of(tmp_path / "none.csv")


def test_ids_that_a_spreadsheet_rounded_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("unit_id\n1.23E+11\n1.24E+11\n", encoding="utf-8")
    with pytest.raises(BadFile, match="ids_rounded"):
        units_of(file)


def test_an_address_or_a_number_is_a_person() -> None:
    assert names_a_person("a.b@example.com")
    assert names_a_person("13812345678")
    assert not names_a_person("visitor-138")
    assert not names_a_person("0f" * 16)
