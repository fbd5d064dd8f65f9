"""Carrying approved actions out in the shop's own system, as the shells see it: the difference first, then the deed, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.app.actions import Difference
from zhanggui.app.before import differences
from zhanggui.doing import writers
from zhanggui.doing.carrying import carry_out, put_back, to_put_back
from zhanggui.doing.files import known_products, written
from zhanggui.doing.kinds import Hand, Wish
from zhanggui.doing.plan import Limits, Planned, check_limits, digest, planned, wishes
from zhanggui.errors import BadValue, Unanswerable
from zhanggui.ledger.steps import check_open
from zhanggui.live.connections import connections, find
from zhanggui.live.kinds import Connection

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop
    from zhanggui.ledger import Decision, Entry

YES = "yes"


@dataclass(frozen=True, slots=True)
class Application:
    """What carrying an action out changes. ``shop`` is the connection of the live shop that was asked, empty where none may be written to:
    then ``changes`` compare with what the data knows. ``shown`` marks this difference; ``decision`` is what came of it, None when it was
    only shown."""

    id: str
    shop: str
    changes: Sequence[Difference]
    shown: str = ""
    decision: Decision | None = None

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        rows = [
            {
                "product_id": one.product,
                "sku": one.sku,
                "what": one.what,
                "before": one.before,
                "after": one.after,
            }
            for one in self.changes
        ]
        return {"action": self.id, "shop": self.shop, "changes": rows, "shown": self.shown}


def shown(shop: Shop, name: str) -> Application:
    """What carrying an action out would change; nothing is written.

    Raises Unanswerable where its draft has nothing that a program could carry out, Refused for what law, policy or the cap forbids,
    Decided where the live shop is not as it was at approval.
    """
    entry = _guarded(shop, name)
    wanted = wishes(entry, shop.clock.today())
    connection = _connection(shop, entry, wanted)
    if connection is None:
        found = differences(shop, entry)
        if not found:
            raise Unanswerable("ledger.nothing_drafted", id=entry.id)
        return Application(entry.id, "", found)
    with _hand(shop, connection) as hand:
        plan = planned(hand, writers()[connection.kind], wanted, entry.carried)
    check_limits([one for one in plan if not one.there], _limits(shop))
    return Application(entry.id, connection.name, _told(plan), digest(plan))


def applied(shop: Shop, name: str, *, by: str, seen: int | None = None, mark: str | None = None) -> Application:
    """Carry an approved action out. ``seen`` is the step, ``mark`` the difference that the person had before his eyes. Raises as
    :func:`shown` and ``carry_out`` do."""
    entry = shop.ledger.entry(name)
    shop.ledger.may_apply(entry.id)
    entry = _guarded(shop, entry.id)
    wanted = wishes(entry, shop.clock.today())
    connection = _connection(shop, entry, wanted)
    if connection is None:
        raise Unanswerable("ledger.not_applied_yet" if wanted else "ledger.nothing_drafted", id=entry.id)
    with _hand(shop, connection) as hand:
        plan = planned(hand, writers()[connection.kind], wanted, entry.carried)
        decision = carry_out(
            shop.ledger, entry, hand, plan, shop=connection.name, limits=_limits(shop), by=by, seen=seen, shown=mark
        )
    return Application(entry.id, connection.name, _told(plan), digest(plan), decision)


def restorable(shop: Shop, name: str) -> Application:
    """What putting a carried-out action back would change in the live shop; nothing is written."""
    entry = shop.ledger.entry(name)
    if entry.carried is None:
        raise Unanswerable("doing.not_carried", id=entry.id)
    with _hand(shop, _own(shop, entry)) as hand:
        found = to_put_back(entry, hand)
    changes = [Difference(value.product, value.what, value.after, value.before, value.sku) for value in found]
    return Application(entry.id, entry.carried.shop, changes)


def restored(shop: Shop, name: str, *, by: str, seen: int | None = None) -> int | None:
    """Put what an action wrote to a live shop back, where it wrote something. Gives the step that the person has seen now.

    Raises Decided where somebody changed it there since; nothing is put back then.
    """
    entry = shop.ledger.entry(name)
    if entry.carried is None:
        return seen
    with _hand(shop, _own(shop, entry)) as hand:
        return put_back(shop.ledger, entry, hand, by=by, seen=seen).step


def file_of(shop: Shop, name: str) -> str:
    """A file of approved actions for another program, as text. Raises BadValue and Unanswerable as ``files.written`` does; Refused where
    law or policy forbids one of them by now."""
    entries = [entry for entry in shop.ledger.entries() if entry.state == "approved"]
    for entry in entries:
        _guarded(shop, entry.id)
    table = shop.warehouse.table("products")
    columns = ("product_id", "channel", "item_key", "short_name", "title", "price", "status", "attributes")
    rows = shop.warehouse.run(table.select(*columns)).sort("product_id", "channel").to_dicts()
    return written(name, entries, known_products(rows))


def _guarded(shop: Shop, name: str) -> Entry:
    """The action, if it still may be done: what a person gave as a reason at approval to set a policy aside still holds."""
    entry = shop.ledger.entry(name)
    check_open(entry, shop.clock)
    reasons = [event.content.get("text", "") for event in entry.history if event.verb == "approved"]
    shop.guard(entry.action, despite=reasons[-1] if reasons else "")
    return entry


def _connection(shop: Shop, entry: Entry, wanted: Sequence[Wish]) -> Connection | None:
    """The one live shop that may be written to and sells these products; None where there is none. Raises BadValue for several."""
    open_ones = [one for one in connections(shop.config) if _may_write(one)]
    if not open_ones or not wanted:
        return None
    channel = entry.action.where.get("channel")
    channels = {channel} if channel else _channels(shop, [wish.product for wish in wanted])
    found = [one for one in open_ones if one.channel in channels]
    if len(found) > 1:
        raise BadValue("doing.several_shops", id=entry.id, shops=", ".join(one.name for one in found))
    return found[0] if found else None


def _may_write(connection: Connection) -> bool:
    return connection.text("writes") == YES and connection.kind in writers()


def _channels(shop: Shop, products: Sequence[str]) -> set[str]:
    """Where these products are sold."""
    table = shop.warehouse.table("products")
    rows = shop.warehouse.run(table.filter(table.product_id.isin(products)).select("channel").distinct())
    return set(rows["channel"].to_list())


def _own(shop: Shop, entry: Entry) -> Connection:
    """The live shop that an action was carried out in. Raises BadValue where the settings do not let it be written to any more."""
    assert entry.carried is not None
    connection = find(shop.config, entry.carried.shop)
    if not _may_write(connection):
        raise BadValue("doing.read_only", shop=connection.name)
    return connection


@contextmanager
def _hand(shop: Shop, connection: Connection) -> Iterator[Hand]:
    with writers()[connection.kind].open(shop.live.visit(connection.name)) as hand:
        yield hand


def _limits(shop: Shop) -> Limits:
    return Limits(shop.config["apply_price_share"], int(shop.config["apply_values"]))


def _told(plan: Sequence[Planned]) -> list[Difference]:
    """The values that change, one a line."""
    return [
        Difference(one.wish.product, one.wish.what, one.held.now, one.after, one.held.sku)
        for one in plan
        if not one.there
    ]
