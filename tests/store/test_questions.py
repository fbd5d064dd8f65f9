"""What is compiled once serves every warehouse and the next process, says nothing of a shop, and never serves other code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from zhanggui.config import Config
from zhanggui.store import Warehouse, questions
from zhanggui.store.questions import Compiled, Questions, told

ONE = Compiled("SELECT 1 AS n", (("n", "int64"),))


@dataclass(frozen=True)
class Shape:
    days: int
    where: Callable[[Any], Any] | None = None


def above(least: int) -> Callable[[Any], Any]:
    return lambda t: t.units > least


def test_a_shape_is_told_by_all_that_it_holds():
    shapes = [
        ("a", 1),
        ("a", 1.0),
        ("a", True),
        ("a", "1"),
        (("a",), 1),
        Shape(7),
        Shape(28),
        Shape(7, above(1)),
        Shape(7, above(2)),
        Shape(7, lambda t: t.units),
        Shape(7, lambda t: t.amount),
        {"a": 1},
        frozenset({"a"}),
        date(2026, 1, 1),
        None,
    ]
    words = [told(shape) for shape in shapes]
    assert None not in words
    assert len(set(words)) == len(shapes)
    assert told(Shape(7, above(1))) == told(Shape(7, above(1)))


def test_a_shape_that_holds_what_has_no_words_is_told_by_none():
    assert told(("a", object())) is None
    assert told(("a", partial(above, 1))) is None


def test_the_next_process_finds_what_this_one_kept(tmp_path):
    first, second = (Questions(lambda: tmp_path) for _ in range(2))
    first.keep(("weeks", 7), ONE, on_disk=True)
    assert second.get(("weeks", 7)) is None
    assert second.get(("weeks", 7), on_disk=True) == ONE
    assert second.get(("weeks", 8), on_disk=True) is None


def test_what_says_something_of_a_shop_stays_in_memory(tmp_path):
    Questions(lambda: tmp_path).keep(("P-4711", 7), ONE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("broken", [b"", b"{", b'{"sql": "SELECT 1"}', b"\xff\xfe", b"[]"])
def test_a_broken_file_is_as_none(tmp_path, broken):
    kept = Questions(lambda: tmp_path)
    kept.keep("weeks", ONE, on_disk=True)
    (file,) = tmp_path.iterdir()
    file.write_bytes(broken)
    assert Questions(lambda: tmp_path).get("weeks", on_disk=True) is None


def test_no_folder_is_no_reason_to_fail(tmp_path):
    nowhere = Questions(lambda: None)
    assert nowhere.keep("weeks", ONE, on_disk=True) == nowhere.get("weeks", on_disk=True) == ONE
    gone = Questions(lambda: tmp_path / "gone")
    assert gone.keep("weeks", ONE, on_disk=True) == ONE


def test_only_so_many_are_remembered(tmp_path, monkeypatch):
    monkeypatch.setattr(questions, "KEPT", 3)
    monkeypatch.setattr(questions, "KEPT_ON_DISK", 2)
    kept = Questions(lambda: tmp_path)
    for n in range(5):
        kept.keep(n, ONE, on_disk=True)
    assert len(kept) == 3
    assert kept.get(0) is None
    assert len(list(tmp_path.iterdir())) == 2


def test_the_folder_is_the_users_own_and_goes_with_the_code(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    base = tmp_path / "zhanggui-questions"
    seen: list[Path | None] = []
    for code in ("a", "b", "c", "d"):
        monkeypatch.setattr(questions, "_code_of_all", lambda code=code: code)
        seen.append(questions.cache_folder.__wrapped__())
    assert seen[-1] == base / "d"
    assert (base / "d").stat().st_mode & 0o077 == 0
    assert len(list(base.iterdir())) == questions.KEPT_CODES
    (base / "d").chmod(0o777)
    assert questions.cache_folder.__wrapped__() is None


def test_two_shops_ask_with_one_compiling_and_each_gets_its_own_rows(tmp_path):
    built: list[str] = []
    answers = []
    for name, currency in (("one", "GBP"), ("two", "EUR")):
        config = Config(currency=currency, timezone="UTC")
        Warehouse.create(tmp_path / name, config)
        with Warehouse.open(tmp_path / name, config) as shop:
            shop.note(greeting=name)

            def build(shop: Warehouse = shop, name: str = name) -> Any:
                built.append(name)
                return shop.table("orders").count().as_table()

            answers.append(shop.ask(("how many", "test_questions"), build))
    assert built == ["one"]
    assert [answer.row(0) for answer in answers] == [(0,), (0,)]
