"""Approved actions reach a live shop, with the value before in the ledger, and come back; nothing else is ever written."""

from __future__ import annotations

from pathlib import Path

import pytest

from drawn.ledgers import Days
from drawn.oscar_tables import OscarFile
from zhanggui.app import Shop
from zhanggui.app.by_hand import entered
from zhanggui.doing.kinds import Held, Wish
from zhanggui.doing.plan import Limits, Planned, check_limits
from zhanggui.errors import BadValue, Decided, Refused, Unanswerable, Unreached
from zhanggui.live.oscar_database import opened


def wanted(shop: Shop, product: str = "1", kind: str = "step_price", **values: str) -> str:
    """An action by hand that is not decided about yet."""
    named = values or {"price": "22"}
    return shop.actions.add(kind, {"product_id": product}, "", values=named, by="ann").entry.id


def approved(shop: Shop, product: str = "1", kind: str = "step_price", **values: str) -> str:
    return shop.actions.approve(wanted(shop, product, kind, **values), by="ann").entry.id


def changes(shop: Shop) -> list[tuple[str | None, str | None]]:
    rows = shop.warehouse.run(shop.warehouse.table("changes")).sort("change_id")
    return list(zip(rows["before"].to_list(), rows["after"].to_list(), strict=True))


def verbs(shop: Shop, name: str) -> list[str]:
    return [event.verb for event in shop.actions.show(name).history]


def test_an_approved_price_reaches_the_shop_and_is_noted_with_the_one_before(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop)
    made = shop.actions.apply(name, by="bo")
    assert [(one.product, one.sku, one.before, one.after) for one in made.changes] == [
        ("1", "GREEN-100", "20.00", "22.00")
    ]
    assert tea.price() == 22
    entry = shop.actions.show(name)
    assert (entry.state, entry.done_by) == ("done", "bo")
    assert entry.carried is not None
    assert [(value.before, value.after) for value in entry.carried.values] == [("20.00", "22.00")]
    assert verbs(shop, name) == ["added", "approved", "applying", "done"]
    assert changes(shop) == [("20", "22")]


def test_a_dry_run_shows_the_difference_and_writes_nothing(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop)
    made = shop.actions.apply(name, dry_run=True)
    assert (made.shop, [(one.what, one.before, one.after) for one in made.changes]) == (
        "tea",
        [("price", "20.00", "22.00")],
    )
    assert (tea.price(), verbs(shop, name)) == (20, ["added", "approved"])


def test_nothing_is_written_without_approval(shop: Shop, tea: OscarFile) -> None:
    name = wanted(shop)
    with pytest.raises(Decided, match="approve_first"):
        shop.actions.apply(name)
    shop.actions.approve(name)
    shop.actions.undo(name)
    with pytest.raises(Decided, match="approve_first"):
        shop.actions.apply(name)
    shop.actions.dismiss(name)
    with pytest.raises(Decided):
        shop.actions.apply(name)
    assert tea.price() == 20


def test_twice_does_nothing_twice(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop)
    shop.actions.apply(name)
    tea.run("update partner_stockrecord set price = 25 where id = 1")
    with pytest.raises(Decided, match="already"):
        shop.actions.apply(name)
    assert tea.price() == 25


def test_what_the_shop_has_already_is_only_noted_as_done(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop)
    tea.run("update partner_stockrecord set price = 22 where id = 1")
    made = shop.actions.apply(name)
    assert made.decision is not None
    assert [note.key for note in made.decision.notes] == ["doing.note.there_already"]
    assert shop.actions.show(name).carried is None


def test_a_price_that_somebody_changed_meanwhile_is_not_written_over(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop)
    tea.run("update partner_stockrecord set price = 19 where id = 1")
    for dry_run in (True, False):
        with pytest.raises(Decided, match="meanwhile"):
            shop.actions.apply(name, dry_run=dry_run)
    assert (tea.price(), verbs(shop, name)) == (19, ["added", "approved"])


def test_another_difference_than_the_one_shown_is_not_carried_out(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop, "3", price="13")
    with pytest.raises(BadValue, match="variants_differ"):
        shop.actions.apply(name, dry_run=True)
    tea.run("update partner_stockrecord set price = 12 where id = 4")
    shown = shop.actions.apply(name, dry_run=True).shown
    tea.run(
        "insert into partner_stockrecord (id, product_id, partner_id, partner_sku, price) values (5, 3, 1, 'CUP-R', 12)"
    )
    with pytest.raises(Decided, match="other_than_shown"):
        shop.actions.apply(name, shown=shown)
    assert (tea.price(3), tea.price(4)) == (12, 12)
    assert len(shop.actions.apply(name, shown=shop.actions.apply(name, dry_run=True).shown).changes) == 3


def test_a_step_beyond_the_cap_is_refused(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop, price="200")
    with pytest.raises(Refused, match="too_far"):
        shop.actions.apply(name)
    assert tea.price() == 20


def planned(now: str | None, after: str) -> Planned:
    return Planned(Wish("1", "price", after), Held("record:1", now), after)


@pytest.mark.parametrize(("now", "after"), [("20.00", "200.00"), ("20.00", "2.20"), ("20.00", "13.99"), (None, "5.00")])
def test_prices_move_by_no_more_than_the_cap_up_or_down(now: str | None, after: str) -> None:
    with pytest.raises(Refused, match="too_far"):
        check_limits([planned(now, after)], Limits(0.3, 50))


def test_one_run_writes_no_more_values_than_the_cap() -> None:
    check_limits([planned("20.00", "26.00")] * 2, Limits(0.3, 2))
    with pytest.raises(Refused, match="too_many"):
        check_limits([planned("20.00", "26.00")] * 3, Limits(0.3, 2))


def test_what_was_written_is_put_back_and_the_ledger_says_so(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop)
    shop.actions.apply(name)
    assert [(one.before, one.after) for one in shop.actions.restorable(name).changes] == [("22.00", "20.00")]
    shop.actions.undo(name, by="cy")
    assert tea.price() == 20
    assert verbs(shop, name)[-2:] == ["put_back", "undone"]
    assert (shop.actions.show(name).state, changes(shop)) == ("approved", [])
    shop.actions.apply(name)
    assert tea.price() == 22


def test_what_somebody_changed_since_is_not_put_back_but_the_ledger_can_be(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop)
    shop.actions.apply(name)
    tea.run("update partner_stockrecord set price = 24 where id = 1")
    with pytest.raises(Decided, match="changed_since"):
        shop.actions.undo(name)
    assert (tea.price(), shop.actions.show(name).state) == (24, "done")
    shop.actions.undo(name, keep_shop=True)
    assert (tea.price(), shop.actions.show(name).state) == (24, "approved")


def test_stopping_puts_the_shop_back_and_keeps_the_days_it_was_so(shop: Shop, tea: OscarFile) -> None:
    name = approved(shop)
    shop.actions.apply(name)
    shop.actions.stop(name)
    assert tea.price() == 20
    assert changes(shop) == [("20", "22"), ("22", "20")]


def test_a_shop_that_breaks_off_half_way_is_gone_on_with(shop: Shop, tea: OscarFile) -> None:
    tea.run("update partner_stockrecord set price = 12 where product_id = 3")
    name = approved(shop, "3", price="13")
    tea.run(
        "create trigger full before update on partner_stockrecord when new.id = 4 begin select raise(abort, 'disk full'); end"
    )
    with pytest.raises(Exception, match="broken_off"):
        shop.actions.apply(name)
    assert (tea.price(3), tea.price(4), shop.actions.show(name).state) == (13, 12, "approved")
    assert verbs(shop, name)[-2:] == ["applying", "broke_off"]
    tea.run("drop trigger full")
    made = shop.actions.apply(name)
    assert [one.sku for one in made.changes] == ["CUP-B"]
    assert (tea.price(3), tea.price(4)) == (13, 13)
    shop.actions.undo(name)
    assert (tea.price(3), tea.price(4)) == (12, 12)


def test_a_title_and_a_status_are_written_too(shop: Shop, tea: OscarFile) -> None:
    shop.actions.apply(approved(shop, "2", "change_title", title="Teapot for four"))
    assert tea.one("select title from catalogue_product where id = 2") == "Teapot for four"
    stopped = shop.actions.add("stop_selling", {"product_id": "3"}, by="ann").entry.id
    shop.actions.approve(stopped, by="ann")
    shop.actions.apply(stopped)
    assert tea.one("select is_public from catalogue_product where id = 3") == 0
    shop.actions.undo(stopped)
    assert tea.one("select is_public from catalogue_product where id = 3") == 1


def test_a_shop_that_is_connected_for_reading_is_never_written_to(folder: Path, tea: OscarFile) -> None:
    file = folder / "zhanggui.toml"
    file.write_text(file.read_text().replace('writes = "yes"', ""))
    with Shop.open(folder, Days().clock) as shop:
        name = approved(shop)
        assert shop.actions.apply(name, dry_run=True).shop == ""
        with pytest.raises(Unanswerable, match="not_applied_yet"):
            shop.actions.apply(name)
    assert tea.price() == 20


def test_a_sale_has_its_days_before_its_price_and_goes_back_the_other_way(shop: Shop, tea: OscarFile) -> None:
    tea.run(
        """create table told (status text, begins datetime);
        create trigger open after update of status on offer_conditionaloffer begin
            insert into told values (new.status, new.start_datetime); end"""
    )
    name = approved(shop, sale_price="18", sale_from="2026-10-01", sale_to="2026-10-07")
    made = shop.actions.apply(name)
    assert [one.what for one in made.changes] == ["sale_from", "sale_to", "sale_price"]
    assert tea.one("select value from offer_benefit") == 2
    shop.actions.undo(name)
    assert tea.one("select status || ' ' || coalesce(start_datetime, '-') from offer_conditionaloffer") == "Suspended -"
    assert (
        tea.one("select group_concat(status || ' ' || substr(begins, 1, 10)) from told")
        == "Open 2026-10-01,Suspended 2026-10-01"
    )


def test_a_sale_of_what_costs_different_prices_is_refused(shop: Shop) -> None:
    with pytest.raises(BadValue, match="variants_differ"):
        shop.actions.apply(approved(shop, "3", sale_price="10"), dry_run=True)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("step_price", {"title": "x"}),
        ("step_price", {"price": "-1"}),
        ("step_price", {"sale_from": "soon"}),
        ("stop_selling", {"status": "gone"}),
        ("change_image", {"price": "3"}),
    ],
)
def test_values_that_do_not_fit_the_action_are_refused(kind: str, values: dict[str, str]) -> None:
    with pytest.raises(BadValue):
        entered(kind, {"product_id": "1"}, "", values=values)


def test_a_title_with_what_law_forbids_is_never_entered(shop: Shop) -> None:
    with pytest.raises(Refused):
        wanted(shop, "2", "change_title", title="第一 teapot, 国家级")


def test_reading_a_shop_cannot_write_to_it(shop: Shop, tea: OscarFile) -> None:
    with pytest.raises(Unreached), opened(shop.live.visit("tea")) as connection:
        connection.exec_driver_sql("update partner_stockrecord set price = 1")
    assert tea.price() == 20
