"""The people of a workspace, for a command: the ledger file alone is opened, also while a desk holds the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhanggui.app.who import who
from zhanggui.people import Door, People, Person
from zhanggui.state.database import FILE, Database

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop


def people_of(shop: Shop) -> People:
    """The register of people. Raises WorkspaceError where the ledger is missing."""
    return People(_database(shop), shop.clock)


def door_of(shop: Shop) -> Door:
    """The door of the workspace: for one-time links."""
    return Door(_database(shop), shop.clock)


def at_the_machine() -> Person:
    """Who sits at the machine may all: the files are theirs anyway."""
    return Person(who(None), "owner")


def _database(shop: Shop) -> Database:
    if not (shop.folder / FILE).is_file():
        _ = shop.ledger  # says what is missing, and what to do
    return Database.open(shop.folder)
