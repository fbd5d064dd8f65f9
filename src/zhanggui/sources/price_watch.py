"""Snapshots of item pages, one row an item and day: what others asked for it. See docs/sources/price_watch.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from zhanggui.sources import reading, values
from zhanggui.sources.matching import by_header, words
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "shop:main"
NAMES: Mapping[str, tuple[str, ...]] = {
    "day": words(
        "update_time snapshot_date crawl_date captured_at 抓取日期 采集日期 采集时间 抓取时间 更新时间 快照日期"
    ),
    "item": words("id item_id itemid 商品id 宝贝id 商品ID 宝贝ID 竞品ID 竞品id"),
    "price": words("price 价格 售价 到手价 标价"),
    "shop": words("店名 店铺 店铺名 店铺名称 shop shop_name seller 卖家"),
    "title": words("title 标题 商品标题 宝贝标题 商品名称"),
    "sales": words("sale_count sales_shown 销量 月销量 累计销量"),
    "comments": words("comment_count 评论数 累计评价 评价数"),
}
NEEDED = ("day", "item", "price", "shop")
_COUNTED = ("sales", "comments")
"""One of these running counts must stand beside the price: it is what a page of somebody else's shows, and no file of an own shop."""


class PriceWatch:
    """The source of snapshots of rivals' pages."""

    name = "price_watch"
    known = frozenset((*NAMES["day"], *NAMES["sales"], *NAMES["comments"]))

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """A day, an item, a price, a shop, and the sales or comments that the page shows; hardly anything else."""
        found = _columns(sheet)
        if not set(NEEDED) <= set(found) or not set(_COUNTED) & set(found):
            return None
        used = set(found.values())
        return Recognition(
            self.name,
            "pages",
            0.5 + 0.5 * len(used) / len(sheet.headers),
            known=tuple(name for name in sheet.headers if name in used),
            unknown=tuple(name for name in sheet.headers if name not in used),
        )

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """The lowest price of each item and day. A page without a price says nothing and is left out."""
        for sheet, recognition in sheets:
            table, rejects = reading.rows(sheet)
            found = _columns(sheet)
            rows = by_header(table, sheet).select("_row", *(pl.col(name).alias(role) for role, name in found.items()))
            order = values.date_order(rows["day"], sheet.name)
            stated = rows.select(
                "_row",
                day=values.day(pl.col("day"), order),
                rival_item=values.identifier(pl.col("item")),
                price=values.money(pl.col("price")),
                source=values.missing(pl.col("shop")),
                extra=values.extra(rows, [name for name in ("title", *_COUNTED) if name in rows.columns]),
            )
            priced = stated.filter(pl.col("price").cast(pl.Float64, strict=False) > 0)
            kept = priced.sort(pl.col("price").cast(pl.Float64), maintain_order=True).unique(
                ["day", "rival_item"], keep="first", maintain_order=True
            )
            left = (("no_price", len(stated) - len(priced)), ("repeated_rows", len(priced) - len(kept)))
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=(Piece("rival_prices", kept.sort("_row"), sheet.name, 20, rows_read=len(kept)),),
                channel=options.channel or CHANNEL,
                rows_read=len(table) + len(rejects),
                left_out=[LeftOut(reason, count) for reason, count in left if count],
                rejects=rejects,
                notes=(("rivals_unmatched", {"items": kept["rival_item"].n_unique()}),),
            )


def _columns(sheet: Sheet) -> dict[str, str]:
    """The column of each role, by its normalised name."""
    return {
        role: name
        for role, names in NAMES.items()
        if (name := next((header for header in names if header in sheet.headers), None))
    }


SOURCE = PriceWatch()
