"""Taobao and Tmall: order list, item list, sub-order list and refund list of the seller's back office."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from zhanggui.sources import reading, taobao_lines, taobao_orders, taobao_refunds
from zhanggui.sources import values as v
from zhanggui.sources.matching import best, by_header, fit
from zhanggui.sources.taobao_columns import CORE, KNOWN, MONEY, RENAMED
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "taobao:main"
_IDS = ("订单编号", "子订单编号", "主订单编号", "退款编号", "商品ID")
_TOTALS = ("合计", "总计", "总计:", "合计:")

Notes = list[tuple[str, dict[str, object]]]


class Taobao:
    """The source of Taobao's and Tmall's files."""

    name = "taobao"
    known = frozenset({name for names in KNOWN.values() for name in names} | set(RENAMED))

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """The best fitting layout: orders, items, suborders or refunds."""
        renamed = _renamed(sheet)
        return best(
            *(
                fit(self.name, layout, renamed, core=core, known=KNOWN[layout])
                for layout, cores in CORE.items()
                for core in cores
            )
        )

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Read each sheet by itself: what belongs together is joined in the store, whenever it was imported."""
        for sheet, recognition in sheets:
            frame, left_out, rejects = _loaded(sheet)
            pieces, notes = _pieces(recognition.layout, frame, sheet)
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=pieces,
                channel=options.channel or CHANNEL,
                rows_read=len(frame) + sum(one.rows for one in left_out) + len(rejects),
                left_out=left_out,
                rejects=rejects,
                notes=notes,
                shop=taobao_orders.shop_of(frame),
            )


def _renamed(sheet: Sheet) -> Sheet:
    """The sheet with its headers under the names used here."""
    return replace(sheet, headers=_headers(sheet))


def _headers(sheet: Sheet) -> tuple[str, ...]:
    """Normalised headers, each later name brought to the one used here unless that one stands in the file too."""
    return tuple(
        RENAMED[name] if name in RENAMED and RENAMED[name] not in sheet.headers else name for name in sheet.headers
    )


def _loaded(sheet: Sheet) -> tuple[pl.DataFrame, list[LeftOut], reading.Rejects]:
    """The rows under normalised names with whole ids, and the totals rows taken out of them."""
    rows, rejects = reading.rows(sheet)
    frame = by_header(rows, _renamed(sheet))
    v.check_ids(frame, _IDS, sheet)
    first = next(name for name in _IDS if name in frame.columns)
    is_total = v.missing(pl.col(first)).is_in(_TOTALS).fill_null(False)
    totals = frame.filter(is_total)
    left_out = (
        [LeftOut("totals", len(totals), v.total(totals, "总金额"), taobao_orders.CURRENCY)] if len(totals) else []
    )
    good, unread = v.readable_amounts(frame.filter(~is_total), MONEY, *taobao_orders.NO_REFUND)
    return good, left_out, [*rejects, *unread]


def _pieces(layout: str, frame: pl.DataFrame, sheet: Sheet) -> tuple[list[Piece], Notes]:
    exported_at = exported(sheet.path.name)
    match layout:
        case "orders":
            return taobao_orders.pieces(frame, sheet, exported_at)
        case "items":
            return taobao_lines.item_pieces(frame, sheet, exported_at), []
        case "suborders":
            return taobao_lines.suborder_pieces(frame, sheet, exported_at), []
        case _:
            return taobao_refunds.pieces(frame, sheet, exported_at), []


def exported(name: str) -> str | None:
    """The export's time in a file name, to the minute.

    >>> exported("ExportOrderList201905151650.csv")
    '2019-05-15 16:50:00'
    >>> exported("ExportOrderList18446744.xlsx") is None
    True
    """
    found = re.search(r"(20\d{10})", name)
    if not found:
        return None
    try:
        return datetime.strptime(found.group(1), "%Y%m%d%H%M").isoformat(sep=" ")
    except ValueError:
        return None


SOURCE = Taobao()
