"""The program dies while an action is carried out, or put back: whoever comes next neither doubles nor loses anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drawn.ledgers import Days
from drawn.oscar_tables import OscarFile
from zhanggui.app import Shop
from zhanggui.errors import Decided
from zhanggui.ledger.kinds import Carried, Written

Death = Callable[[Shop, OscarFile, str], None]
CUPS = tuple(Written("3", sku, f"record:{nth}", "price", "12.00", "13.00") for nth, sku in ((3, "CUP-W"), (4, "CUP-B")))


@pytest.fixture
def approved(shop: Shop, tea: OscarFile) -> str:
    """An approved price for a product with two stock records."""
    tea.run("update partner_stockrecord set price = 12 where product_id = 3")
    name = shop.actions.add("step_price", {"product_id": "3"}, values={"price": "13"}, by="ann").entry.id
    return shop.actions.approve(name, by="ann").entry.id


def prices(tea: OscarFile) -> tuple[object, object]:
    return tea.price(3), tea.price(4)


def verbs(shop: Shop, name: str) -> list[str]:
    return [event.verb for event in shop.actions.show(name).history]


def noted(shop: Shop, tea: OscarFile, name: str) -> None:
    """After the ledger was told what is going to be written."""
    shop.ledger.applying(name, Carried("tea", CUPS), by="bo")


def half_written(shop: Shop, tea: OscarFile, name: str) -> None:
    """Between two values."""
    noted(shop, tea, name)
    tea.run("update partner_stockrecord set price = 13 where id = 3")


def all_written(shop: Shop, tea: OscarFile, name: str) -> None:
    """After the last value, before the ledger was told."""
    half_written(shop, tea, name)
    tea.run("update partner_stockrecord set price = 13 where id = 4")


@pytest.mark.parametrize("died", [noted, half_written, all_written], ids=lambda died: died.__name__)
def test_carrying_out_is_ended_by_whoever_comes_next(shop: Shop, tea: OscarFile, approved: str, died: Death) -> None:
    died(shop, tea, approved)
    assert shop.actions.show(approved).state == "approved"
    shop.actions.apply(approved, by="cy")
    assert prices(tea) == (13, 13)
    assert verbs(shop, approved).count("done") == 1
    assert shop.warehouse.rows()["changes"] == 1
    with pytest.raises(Decided, match="already"):
        shop.actions.apply(approved)
    shop.actions.undo(approved)
    assert (prices(tea), shop.warehouse.rows()["changes"]) == ((12, 12), 0)


@pytest.mark.parametrize("died", [noted, half_written, all_written], ids=lambda died: died.__name__)
def test_what_was_begun_can_be_taken_back_but_not_dismissed(
    shop: Shop, tea: OscarFile, approved: str, died: Death
) -> None:
    died(shop, tea, approved)
    with pytest.raises(Decided, match="half_written"):
        shop.actions.dismiss(approved)
    shop.actions.undo(approved, by="cy")
    assert (prices(tea), shop.actions.show(approved).state) == ((12, 12), "proposed")
    shop.actions.dismiss(approved)


@pytest.mark.parametrize(
    ("back", "told"), [((3,), False), ((3, 4), False), ((3, 4), True)], ids=["half", "all", "all, and noted"]
)
def test_putting_back_is_ended_by_whoever_comes_next(
    shop: Shop, tea: OscarFile, approved: str, back: tuple[int, ...], told: bool
) -> None:
    shop.actions.apply(approved, by="bo")
    for record in back:
        tea.run(f"update partner_stockrecord set price = 12 where id = {record}")
    if told:
        shop.ledger.put_back(approved, by="bo", written=2)
    shop.actions.undo(approved, by="cy")
    assert (prices(tea), shop.actions.show(approved).state) == ((12, 12), "approved")
    assert (verbs(shop, approved).count("put_back"), shop.warehouse.rows()["changes"]) == (1, 0)
    shop.actions.apply(approved, by="cy")
    assert prices(tea) == (13, 13)


def test_what_another_changed_after_the_death_is_left_alone(shop: Shop, tea: OscarFile, approved: str) -> None:
    half_written(shop, tea, approved)
    tea.run("update partner_stockrecord set price = 11 where id = 4")
    with pytest.raises(Decided, match="meanwhile"):
        shop.actions.apply(approved)
    assert prices(tea) == (13, 11)


def test_what_was_done_without_the_change_log_hearing_of_it_is_in_it_when_the_shop_is_opened_again(
    shop: Shop, tea: OscarFile, approved: str
) -> None:
    all_written(shop, tea, approved)
    shop.ledger.done(approved, by="bo")
    folder = shop.folder
    shop.close()
    with Shop.open(folder, Days().clock) as again:
        assert again.actions.show(approved).state == "done"
        with pytest.raises(Decided, match="already"):
            again.actions.apply(approved)
        again.actions.list()
        assert again.warehouse.rows()["changes"] == 1
