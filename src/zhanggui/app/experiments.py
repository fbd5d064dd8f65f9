"""The experiments as the shells see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop


class Experiments:
    """The experiments of an open workspace, of one open shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
