"""The ledger of actions as the shells see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop


class Actions:
    """What people decide about actions, of one open shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
