"""JD: the order export, 商智's days of shop and SKU and its lists of search words, 京准通's advertising. See docs/sources/jd.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhanggui.sources import exports, jd_days, jd_orders, paid_reports
from zhanggui.tables.loading import Options, Reading, Recognition, Sheet

CHANNEL = "jd:main"
LAYOUTS = {
    layout.name: layout
    for layout in (
        jd_orders.LAYOUT,
        jd_days.SHOP_LAYOUT,
        jd_days.ITEM_LAYOUT,
        jd_days.WORD_LAYOUT,
        jd_days.ADS.layout,
    )
}


class JD:
    """The source of JD's files."""

    name = "jd"
    known = frozenset(name for layout in LAYOUTS.values() for name in (*layout.known, *layout.renamed))

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """The best fitting layout."""
        return exports.recognised(self.name, sheet, LAYOUTS.values())

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Read each sheet by itself."""
        for sheet, recognition in sheets:
            layout = LAYOUTS[recognition.layout]
            if layout is jd_orders.LAYOUT:
                export = exports.load(sheet, layout)
                pieces, notes = jd_orders.pieces(export)
                yield export.reading(recognition, pieces, options, CHANNEL, notes)
            elif layout is jd_days.ADS.layout:
                yield paid_reports.read(jd_days.ADS, sheet, recognition, options, CHANNEL)
            else:
                yield jd_days.read(layout, sheet, recognition, options, CHANNEL)


SOURCE = JD()
