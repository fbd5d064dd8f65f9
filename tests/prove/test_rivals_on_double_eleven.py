"""What 22 cosmetics shops asked on ten days around Double 11 of 2016: cuts that stayed and cuts that were gone in three days, and the price
that a cut may be shown against; each counted by hand beside the program."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from drawn.published import data
from drawn.situation import situation
from drawn.visits import BLOCKS, TABLES, diary, siblings
from zhanggui.actions.reference import Deal, reference_price
from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.numbers.frames import FRAMES, View
from zhanggui.playbooks.kinds import Situation
from zhanggui.playbooks.rival_price import rival_price

pytestmark = pytest.mark.prove
Record = Callable[[str, object], None]
LAST = date(2016, 11, 14)
EVENT = date(2016, 11, 11)


@cache
def noted() -> dict[str, dict[date, float]]:
    """Prices by item and day."""
    found: dict[str, dict[date, float]] = defaultdict(dict)
    with gzip.open(data("tmall_double11_cosmetics") / "cosmetic.csv.gz", "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            year, month, day = map(int, row["update_time"].split("/"))
            found[row["id"]][date(year, month, day)] = float(row["price"])
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The file as it is, read as notes of rivals' prices, and one match by a person for each item."""
    made = Shop.create(tmp_path_factory.mktemp("watch") / "shop", Config(currency="CNY", timezone="Asia/Shanghai"))
    made.import_files([data("tmall_double11_cosmetics") / "cosmetic.csv.gz"])
    return made


@pytest.fixture(scope="module")
def matched(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    file: Path = tmp_path_factory.mktemp("matches") / "rival_prices.csv"
    rows = "".join(f"{LAST},{item},mine-{item}\n" for item in noted())
    file.write_text(f"day,rival_item,product_id\n{rows}", encoding="utf-8")
    shop.import_files([file])
    return shop


def test_every_noted_price_is_there_once(shop: Shop, record_property: Record) -> None:
    rows = shop.warehouse.run(shop.warehouse.table("rival_prices")).select("rival_item", "day", "price")
    assert {(item, day): float(price) for item, day, price in rows.iter_rows() if price is not None} == {
        (item, day): price for item, days in noted().items() for day, price in days.items()
    }
    record_property("items and prices", f"{len(noted()):,} and {sum(map(len, noted().values())):,}")


def test_nothing_is_read_of_an_item_nobody_matched_and_all_of_one_matched_once(matched: Shop) -> None:
    rows = FRAMES["rivals"](matched.warehouse, View(LAST))
    found = {(r["rival_item"], LAST - timedelta(days=r["age"])): r["price"] for r in rows.iter_rows(named=True)}
    assert found == {(item, day): price for item, days in noted().items() for day, price in days.items()}
    assert FRAMES["rivals"](matched.warehouse, View(LAST - timedelta(days=1))).is_empty(), "not matched on that day yet"


def stayed(days: dict[date, float], gap: float) -> float | None:
    """The earlier price where the last one is lower by ``gap`` of it, was first noted three days before the last note or earlier, and two
    notes or more stand before it."""
    ordered = sorted(days.items(), reverse=True)
    now = ordered[0][1]
    run = next((n for n, (_, price) in enumerate(ordered) if price > now * 1.02), len(ordered))
    earlier = [price for _, price in ordered[run:]]
    if len(earlier) < 2 or (ordered[0][0] - ordered[run - 1][0]).days < 3:
        return None
    usual = float(median(earlier))
    return usual if (now - usual) / usual <= -gap else None


def against(shop: Shop, item: str, usual: float) -> Situation:
    """A product of ours at the rival's old price that lost three quarters of its orders since the cut, on an ordinary day."""
    rows = FRAMES["rivals"](shop.warehouse, View(LAST))
    rows = rows.filter(rows["rival_item"] == item)
    mine = f"mine-{item}"
    changed = min(max(rows["age"].to_list(), default=0) + 1, 27)
    return situation(
        rivals=rows.to_dicts(),
        paid_prices=[{"product_id": mine, "window": w, "units": 200, "orders": 200, "price": usual} for w in (0, 1)],
        product_diary=diary(mine, (8000, 20), (8000, 240), changed=changed) + siblings(6),
        shop_blocks=BLOCKS,
        costs={"goods": {"*": 0.45}},
        tables=TABLES,
    )


def test_of_the_cuts_of_double_eleven_only_those_that_stayed_are_held_against(
    matched: Shop, record_property: Record
) -> None:
    eve = EVENT - timedelta(days=1)
    both = {item: days for item, days in noted().items() if {EVENT, eve} <= set(days)}
    fell = [item for item, days in both.items() if days[EVENT] <= 0.95 * days[eve]]
    kept = {item: usual for item, days in noted().items() if (usual := stayed(days, 0.05)) is not None}
    record_property("items 5 % cheaper on 11 November than on the 10th", f"{len(fell)} of {len(both):,}")
    record_property("items whose lower price stayed three days or more", len(kept))
    shortly = [item for item in fell if item not in kept]
    watched = {**kept, **{item: both[item][eve] for item in shortly[:60]}}
    named = {item for item, usual in watched.items() if rival_price(against(matched, item, usual)).findings}
    assert named <= set(kept)
    assert len(named) > 0.9 * len(kept)
    shown = f"{len(named)} of {len(kept)} that stayed, 0 of {len(watched) - len(kept)} that did not"
    record_property("held against", shown)


def test_within_two_weeks_of_double_eleven_no_cut_is_answered(matched: Shop) -> None:
    """Our own days are no measure then: visitors of the festival and its hangover are in them."""
    item, usual = next((i, u) for i, d in noted().items() if (u := stayed(d, 0.05)) is not None)
    ordinary = against(matched, item, usual)
    assert rival_price(ordinary).findings
    chinese = replace(ordinary.config, timezone="Asia/Shanghai")
    festive = replace(ordinary, as_of=LAST, period=View(LAST).period, config=chinese, workings={})
    assert not rival_price(festive).findings


def test_the_price_a_cut_may_be_shown_against_is_the_lowest_of_the_week_before(record_property: Record) -> None:
    raised = honest = empty = 0
    for days in noted().values():
        history = [Deal(day, price) for day, price in days.items()]
        reference = reference_price(history, "CN", EVENT)
        week = [price for day, price in days.items() if EVENT - timedelta(days=7) <= day < EVENT]
        assert reference == (min(week) if week else None)
        if reference is None or EVENT not in days:
            continue
        latest = days[max(day for day in days if day < EVENT)]
        honest += days[EVENT] < reference
        empty += days[EVENT] >= reference and days[EVENT] < latest
        raised += latest > reference
    record_property("items below the lowest price of the week before, on Double 11", honest)
    record_property("items below the day before only, which may not be called a cut", empty)
    record_property("items dearer on the eve than in the week before", raised)
    assert honest > 0
