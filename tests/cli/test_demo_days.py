"""The demo lived day by day: later days are held back until they are asked for, and it is always the morning after the last one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from zhanggui.app import Shop
from zhanggui.app.demo import days_of_file, lived_until

Run = Callable[..., object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo’s first three days."""
    folder = tmp_path_factory.mktemp("made") / "demo"
    Shop.demo(folder, until="2010-12-03").close()
    return folder


@pytest.fixture
def lived(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "demo"))


def days(shop: Shop) -> list[str]:
    """The days on which something was sold."""
    return shop.query(("orders",), ("day",)).rows.filter(pl.col("orders") > 0)["day"].to_list()


def test_only_the_days_asked_for_are_there_and_it_is_the_next_morning(lived: Path) -> None:
    with Shop.open(lived) as shop:
        assert days(shop) == ["2010-12-01", "2010-12-02", "2010-12-03"]
        assert shop.clock.today() == date(2010, 12, 4)
        assert shop.brief(remember=False).as_of == date(2010, 12, 3)


def test_a_later_day_brings_those_in_between_once_and_the_clock_goes_on(lived: Path) -> None:
    for _ in range(2):
        with Shop.demo(lived, until="2010-12-06") as shop:
            assert days(shop)[-2:] == ["2010-12-05", "2010-12-06"]
            assert len(shop.imports()) == 2
            assert shop.clock.today() == shop.ledger.clock.today() == date(2010, 12, 7)
    assert lived_until(lived) == date(2010, 12, 6)


def test_two_parts_are_the_same_shop_as_the_whole_of_them(lived: Path, tmp_path: Path) -> None:
    with Shop.demo(lived, until="2010-12-06") as parts, Shop.demo(tmp_path / "once", until="2010-12-06") as once:
        asked = (("gross_sales", "orders", "refund_amount"), ("day",))
        assert parts.query(*asked).rows.equals(once.query(*asked).rows)


def test_a_desk_sees_that_the_shop_went_on(lived: Path) -> None:
    with Shop.open(lived) as watching:
        assert not watching.outdated()
        watching.close()
        Shop.demo(lived, until="2010-12-05").close()
        assert watching.outdated()


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2010-12-02", "has lived until 2010-12-03"),
        ("2009-01-01", "from 2010-12-01 to 2011-12-09"),
        ("2012-01-01", "from 2010-12-01 to 2011-12-09"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_day_that_it_cannot_live_is_refused_and_nothing_changes(run: Run, lived: Path, day: str, said: str) -> None:
    found = run("demo", "--dir", lived, "--until", day, "--no-serve")
    assert found.code == 2
    assert said in found.err
    assert lived_until(lived) == date(2010, 12, 3)


def test_a_workspace_that_is_no_such_demo_has_no_days_held_back(run: Run, shop: Path) -> None:
    found = run("demo", "--dir", shop, "--until", "2011-01-01", "--no-serve")
    assert found.code == 2
    assert "all its days at once" in found.err


def test_a_note_that_cannot_be_read_is_said(run: Run, lived: Path) -> None:
    (lived / "demo.json").write_text("{")
    found = run("brief", "--shop", lived)
    assert found.code == 2
    assert "demo.json cannot be read" in found.err


def test_what_is_held_back_is_said_until_nothing_is(run: Run, lived: Path) -> None:
    found = run("demo", "--dir", lived, "--until", "2010-12-05", "--no-serve")
    assert found.code == 0
    assert "it is the morning of 2010-12-06" in found.out
    assert days_of_file().last == date(2011, 12, 9)
