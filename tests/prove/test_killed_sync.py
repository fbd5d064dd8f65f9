"""A sync of a live shop, killed at thirty random moments and begun again, equals one that nobody disturbed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from drawn.killed_sync import killed, sync
from drawn.woo import KEY, SECRET, Woo, served
from zhanggui.app import Shop
from zhanggui.config import Config

MOMENTS = 30
ORDERS = 150
KEYS = {"ZHANGGUI_TEA_KEY": KEY, "ZHANGGUI_TEA_SECRET": SECRET}


def filled() -> Woo:
    """A shop of many orders, some of them changed at the same second, some with refunds, with variations in stock."""
    woo, chance = Woo.of_samples(), random.Random(6)
    for number in range(ORDERS):
        day, hour = chance.randint(1, 22), chance.randint(8, 20)
        woo.sell(1000 + number, f"2026-11-{day:02d}T{hour:02d}:00:00", f"{chance.randint(3, 90)}.00")
        if number % 9 == 0:
            woo.refund(1000 + number, 9000 + number, f"2026-11-22T{hour:02d}:30:00", "2.00")
    woo.products[11] |= {"type": "variable", "manage_stock": False, "stock_quantity": None}
    woo.variations[11] = [
        {"id": n, "sku": f"POT-{n}", "manage_stock": True, "stock_quantity": n} for n in range(12, 40)
    ]
    return woo


def exported(folder: Path, to: Path) -> dict[str, str]:
    with Shop.open(folder) as shop:
        return {path.name: path.read_text() for path in shop.export(to)}


@pytest.mark.prove
def test_a_sync_killed_at_thirty_random_moments_and_resumed_equals_an_undisturbed_one(tmp_path: Path) -> None:
    with served(filled()) as url:
        empty = tmp_path / "empty"
        Shop.create(empty, Config(name="Tea", currency="GBP", timezone="UTC", locale="en")).close()
        with Shop.open(empty) as shop:
            shop.live.add("tea", "woocommerce", url, options={"page_size": "15", "per_second": "1000"})
        whole = Path(shutil.copytree(empty, tmp_path / "whole"))
        took = killed({whole: 0.0}, KEYS)[whole]
        expected = exported(whole, tmp_path / "expected")
        assert expected["orders.csv"].count("\n") == ORDERS + 3
        chance = random.Random(30)
        moments = {tmp_path / f"{n}": took * (0.02 + 0.9 * chance.random()) for n in range(MOMENTS)}
        left = dict(moments)
        while left:  # a sync that ended before its moment is begun anew, with an earlier one
            for folder in left:
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(empty, folder)
            ended = killed(left, KEYS)
            left = {folder: left[folder] * 0.7 for folder, seconds in ended.items() if seconds < 0}
        halfway = 0
        for folder in moments:
            with Shop.open(folder) as shop:
                halfway += 0 < shop.warehouse.rows()["orders"] < ORDERS
            sync(folder, KEYS)
            assert exported(folder, tmp_path / "resumed" / folder.name) == expected
            with Shop.open(folder) as shop:
                assert [batch.id for batch in shop.imports()] == ["0001"]
        assert halfway >= MOMENTS / 3
