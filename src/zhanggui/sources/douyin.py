"""Douyin (抖店): the order export, and settlements with fees and refunds. See docs/sources/douyin.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from zhanggui.sources import douyin_orders, douyin_settlement, exports
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

CHANNEL = "douyin:main"
LAYOUTS = {layout.name: layout for layout in (douyin_orders.LAYOUT, douyin_settlement.LAYOUT)}


class Douyin:
    """The source of Douyin's files."""

    name = "douyin"
    known = frozenset(name for layout in LAYOUTS.values() for name in (*layout.known, *layout.renamed))

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """Orders or a settlement."""
        return exports.recognised(self.name, sheet, LAYOUTS.values())

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Read each sheet by itself: a settlement completes the orders whenever it is imported."""
        for sheet, recognition in sheets:
            export = exports.load(sheet, LAYOUTS[recognition.layout])
            if recognition.layout == "orders":
                pieces, notes = douyin_orders.pieces(export)
            else:
                pieces, notes, strangers = douyin_settlement.pieces(export)
                export = replace(export, left_out=(*export.left_out, *strangers))
            yield export.reading(recognition, pieces, options, CHANNEL, notes)


SOURCE = Douyin()
