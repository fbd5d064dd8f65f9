"""An experiment from its plan to its end, through the facade, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.errors import BadValue, WorkspaceError
from zhanggui.experiments.assigning import deal
from zhanggui.experiments.units_file import unit_list
from zhanggui.methods.ab_reading import Reading
from zhanggui.units import Clock

NOON = datetime.fromisoformat("2026-09-01T04:00:00+00:00")


def on_day(number: int) -> Clock:
    """Noon in Shanghai, so many days after the start."""
    return Clock("Asia/Shanghai", lambda: NOON + timedelta(days=number))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Shop.create(tmp_path / "shop", Config("Tea", "CNY", "Asia/Shanghai", "en")).close()
    return tmp_path / "shop"


def begun(folder: Path, **said: object) -> str:
    with Shop.open(folder, on_day(0)) as shop:
        plan, ahead = shop.experiments.plan(
            "Photo", **{"change": "picture", "smallest": 0.4, "a_day": 600.0, "mean": 0.04} | said
        )
        return shop.experiments.new(plan, ahead, by="ann").id


def exposed(folder: Path, id: str, *, bought: dict[str, int], units: int = 4000, day: int = 3) -> None:
    """So many of ``units`` visitors as each variant's figure says buy, on one day."""
    with Shop.open(folder, on_day(day)) as shop:
        dealt = deal(shop.warehouse.key(), shop.experiments.found(id).plan, unit_list(f"v{n}" for n in range(units)))
        left, lines = dict(bought), ["experiment_id,unit_id,variant,at,outcome"]
        for unit, variant in dealt.variants:
            left[variant] -= 1
            lines.append(
                f"{id},{unit},{variant},{NOON + timedelta(days=day):%Y-%m-%d %H:%M},{'yes' if left[variant] >= 0 else ''}"
            )
        file = folder / f"exposures_{day}.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        shop.import_files([file])


def test_the_reading_for_the_end_comes_when_the_end_has_passed(folder: Path) -> None:
    id = begun(folder)
    exposed(folder, id, bought={"control": 60, "treatment": 95})
    for day, ended in ((5, False), (27, False), (28, True)):
        with Shop.open(folder, on_day(day)) as shop:
            found = shop.experiments.show(id)
            assert (found.variants[1].at_end is not None) is ended
            assert found.advice == ("better" if ended else "go_on")
            assert isinstance(found.variants[1].daily, Reading)


def test_the_end_cannot_be_chosen_afterwards(folder: Path) -> None:
    with Shop.open(folder, on_day(20)) as shop:
        plan, ahead = shop.experiments.plan(
            "Late", change="page", start="2026-09-01", end="2026-09-10", smallest=0.9, a_day=600.0, mean=0.04
        )
        assert shop.experiments.new(plan, ahead).late
    exposed(folder, "late", bought={"control": 60, "treatment": 95})
    with Shop.open(folder, on_day(40)) as shop:
        assert shop.experiments.show("late").variants[1].at_end is None


def test_what_comes_after_the_planned_end_is_not_read(folder: Path) -> None:
    id = begun(folder)
    exposed(folder, id, bought={"control": 60, "treatment": 95}, units=2000, day=3)
    exposed(folder, id, bought={"control": 0, "treatment": 900}, units=2600, day=30)
    with Shop.open(folder, on_day(31)) as shop:
        found = shop.experiments.show(id)
        assert found.left_out.outside > 0
        assert found.units + found.left_out.outside == 2600


def test_the_stored_reading_of_a_stop_stays_what_it_was(folder: Path) -> None:
    id = begun(folder)
    exposed(folder, id, bought={"control": 40, "treatment": 160})
    with Shop.open(folder, on_day(6)) as shop:
        shop.experiments.stop(id, "clearly better", by="bo")
    exposed(folder, id, bought={"control": 400, "treatment": 160}, day=7)
    with Shop.open(folder, on_day(8)) as shop:
        kept = shop.experiments.found(id).stopped
        assert kept is not None
        assert kept.content["reading"]["advice"] == "better"
        assert kept.content["reading"]["variants"][0]["hits"] == 40
        assert shop.experiments.show(id).variants[0].hits > 40


def test_what_a_test_showed_is_the_outcome_of_its_action(folder: Path) -> None:
    with Shop.open(folder, on_day(0)) as shop:
        rows = [f"{n},2026-08-{1 + n % 28:02d} 10:00,Cup,1,50.00,c{n},France" for n in range(90)]
        rows += [f"{500 + n},2026-09-{1 + n % 28:02d} 10:00,Cup,1,50.00,c{n},France" for n in range(90)]
        file = folder / "lines.csv"
        file.write_text("Invoice,Date,Item,Qty,Price,Customer,Country\n" + "\n".join(rows), encoding="utf-8")
        shop.import_files([file])
        shop.set_cost("goods", "*", 0.4)
        action = shop.actions.add("staff_service", {"channel": "shop:main"}, by="ann").entry.id
    id = begun(folder, action=action)
    exposed(folder, id, bought={"control": 60, "treatment": 95})
    for day in (5, 27):
        with Shop.open(folder, on_day(day)) as shop:
            assert shop.experiments.effects() == {}
    with Shop.open(folder, on_day(30)) as shop:
        found = shop.experiments.effects()[action]
        rates = [shown.mean for shown in shop.experiments.show(id).variants]
        assert found.value == pytest.approx(30.0 * (rates[1] - rates[0]) * 4000 / 4)  # type: ignore[operator]
        assert 0 < found.low < found.value < found.high
        shop.actions.approve(action, by="ann")
        shop.actions.done(action, on="2026-09-01", by="ann")
    with Shop.open(folder, on_day(60)) as shop:
        more = [f"{900 + n},2026-10-{1 + n % 28:02d} 10:00,Cup,1,50.00,c{n},France" for n in range(90)]
        file.write_text("Invoice,Date,Item,Qty,Price,Customer,Country\n" + "\n".join(more), encoding="utf-8")
        shop.import_files([file])
        (read,) = shop.outcomes().read
        assert read.outcome is not None
        assert (read.outcome.design, read.outcome.label, read.outcome.verdict) == ("experiment", "experiment", "worked")
        assert read.outcome.effect == pytest.approx(found.value)
    with Shop.open(folder, on_day(0)) as shop, pytest.raises(BadValue):
        shop.experiments.plan("X", change="page", mean=0.1, a_day=900, action="nothing")


def test_texts_and_json_of_every_state_are_whole_in_every_language(folder: Path) -> None:
    id = begun(folder)
    readings = []
    with Shop.open(folder, on_day(1)) as shop:
        readings.append(shop.experiments.show(id))
    exposed(folder, id, bought={"control": 5, "treatment": 9}, units=800, day=2)
    for day in (3, 30):
        with Shop.open(folder, on_day(day)) as shop:
            readings.append(shop.experiments.show(id))
    with Shop.open(folder, on_day(30)) as shop:
        for locale in ("zh-Hant", "zh-Hans", "en"):
            for found in readings:
                text = shop.experiments.reading_text(found, locale, 60)
                assert "{" not in text
                assert "experiments." not in text
            listed = shop.experiments.list_text(shop.experiments.list(), locale)
            assert id in listed
        assert shop.experiments.reading_json(readings[0])["advice"] == "no_units"


def test_an_experiment_without_its_key_deals_nothing_out(folder: Path) -> None:
    id = begun(folder)
    (folder / "key").unlink()
    with Shop.open(folder, on_day(1)) as shop, pytest.raises(WorkspaceError, match="key_missing"):
        shop.experiments.assign(id, ["v1"])


def test_a_ledger_is_made_with_the_first_experiment_and_names_are_checked(folder: Path) -> None:
    with Shop.open(folder, on_day(0)) as shop:
        assert shop.experiments.list() == []
        with pytest.raises(BadValue, match="unknown"):
            shop.experiments.show("photo")
