"""JD: the order export, 商智's days of shop and SKU and its lists of search words, 京准通's advertising. See docs/sources/jd.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhanggui.sources import exports, jd_orders
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

CHANNEL = "jd:main"
LAYOUTS = {"orders": (jd_orders.LAYOUT, jd_orders.pieces)}


class JD:
    """The source of JD's files."""

    name = "jd"
    known = frozenset(name for layout, _ in LAYOUTS.values() for name in (*layout.known, *layout.renamed))

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """The best fitting layout."""
        return exports.recognised(self.name, sheet, (layout for layout, _ in LAYOUTS.values()))

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Read each sheet by itself."""
        for sheet, recognition in sheets:
            layout, pieces = LAYOUTS[recognition.layout]
            export = exports.load(sheet, layout)
            made, notes = pieces(export)
            yield export.reading(recognition, made, options, CHANNEL, notes)


SOURCE = JD()
