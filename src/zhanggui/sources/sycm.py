"""生意参谋 (SYCM): item ranking, shop overview, traffic sources and search words, a row a day. See docs/sources/sycm.md.

Every cell is text; ``-`` means that nothing was measured and is NULL. Visitors are de-duplicated per day, so reports over 7 or 30 days
cannot be split into days and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from zhanggui.errors import BadFile
from zhanggui.sources import exports, reading, sycm_sources, sycm_words
from zhanggui.sources import values as v
from zhanggui.sources.matching import best, by_header, fit
from zhanggui.sources.sycm_columns import (
    AD_PLATFORMS,
    ADDITIVE,
    COMMISSION,
    DEVICES,
    ITEM_STATUS,
    ITEM_TRAFFIC,
    ITEMS,
    ITEMS_OTHER,
    RENAMED,
    SCORES,
    SEARCH,
    SEARCH_TRAFFIC,
    SHOP,
    SHOP_RENAMED,
    SHOP_TRAFFIC,
)
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "taobao:main"
CURRENCY = "CNY"
ZONE = "Asia/Shanghai"
_TOTALS = ("总计", "合计", "汇总", "全部商品")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:~|～|至|到|,|\s-\s|—)\s*(\d{4}-\d{2}-\d{2})")

_OTHERS = (sycm_sources.LAYOUT, sycm_words.LAYOUT, sycm_words.PAGES)
_READERS = {
    sycm_sources.LAYOUT.name: sycm_sources.read,
    sycm_words.LAYOUT.name: sycm_words.read,
    sycm_words.PAGES.name: sycm_words.not_used,
}

Notes = list[tuple[str, Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class _Report:
    """A sheet's rows with their day, the totals rows apart."""

    sheet: Sheet
    frame: pl.DataFrame
    left_out: list[LeftOut]
    rejects: reading.Rejects
    notes: Notes

    def piece(self, table: str, rows: pl.DataFrame, money: float | None = None) -> Piece:
        return Piece(table, rows, self.sheet.name, 30, None, ZONE, CURRENCY, file_money=money)


class Sycm:
    """The source of 生意参谋's files."""

    name = "sycm"
    known = frozenset(
        (*ITEMS, *ITEMS_OTHER, *SHOP, *RENAMED, *(name for one in _OTHERS for name in (*one.known, *one.renamed)))
    )

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """The item ranking (商品排行), the shop overview (店铺整体, 取数), traffic sources, search words or the page analysis."""
        return best(exports.recognised(self.name, sheet, _OTHERS), self._items_or_shop(sheet))

    def _items_or_shop(self, sheet: Sheet) -> Recognition | None:
        if exports.recognised(self.name, sheet, (sycm_sources.LAYOUT,)) is not None:
            return None
        items = replace(sheet, headers=_headers(sheet, RENAMED))
        shop = replace(sheet, headers=_headers(sheet, SHOP_RENAMED))
        devices = tuple(prefix + name for prefix in ("PC端", "无线端") for name in SHOP)
        claims = [fit(self.name, "items", items, core=("商品ID", "商品访客数"), known=(*ITEMS, *ITEMS_OTHER))]
        if "商品ID" not in items.headers:
            claims += [
                _without(fit(self.name, "shop", shop, core=core, known=(*SHOP, *devices)), devices)
                for core in (("统计日期", "访客数", "浏览量"), ("访客数", "支付买家数", "支付转化率"))
            ]
        return best(*claims)

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        for sheet, recognition in sheets:
            if recognition.layout in _READERS:
                yield _READERS[recognition.layout](sheet, recognition, options, CHANNEL)
                continue
            report = _report(sheet, recognition.layout)
            pieces = _item_pieces(report) if recognition.layout == "items" else _shop_pieces(report)
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=[
                    piece for piece in pieces if isinstance(piece.rows, pl.DataFrame) and not piece.rows.is_empty()
                ],
                channel=options.channel or CHANNEL,
                rows_read=len(report.frame) + sum(one.rows for one in report.left_out) + len(report.rejects),
                left_out=report.left_out,
                rejects=report.rejects,
                notes=report.notes,
            )


def _without(recognition: Recognition | None, optional: Sequence[str]) -> Recognition | None:
    """The recognition without ``optional`` columns among the missing ones."""
    if recognition is None:
        return None
    return replace(recognition, missing=tuple(name for name in recognition.missing if name not in optional))


def _headers(sheet: Sheet, names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names[name] if name in names and names[name] not in sheet.headers else name for name in sheet.headers)


def _report(sheet: Sheet, layout: str) -> _Report:
    """Read, date and tidy a sheet. Raises BadFile where a row covers more than a day or an id lost its digits."""
    rows, rejects = reading.rows(sheet)
    names = RENAMED if layout == "items" else SHOP_RENAMED
    frame = by_header(rows, replace(sheet, headers=_headers(sheet, names)))
    v.check_ids(frame, ["商品ID"], sheet)
    named = [pl.col(name) for name in ("统计日期", "商品ID", "商品名称") if name in frame.columns]
    is_total = pl.any_horizontal(pl.lit(False), *(v.missing(cell).is_in(_TOTALS).fill_null(False) for cell in named))
    totals, frame = frame.filter(is_total), frame.filter(~is_total)
    frame, unread = v.readable_amounts(
        frame, (*SHOP_TRAFFIC.values(), *ITEM_TRAFFIC.values(), *SCORES.values(), *AD_PLATFORMS.values())
    )
    rejects += unread
    notes = _checked(totals, frame, sheet)
    frame = _dated(frame, sheet)
    left_out = [LeftOut("totals", len(totals), v.total(totals, "支付金额"), CURRENCY)] if len(totals) else []
    if layout == "items":
        unnamed = v.missing(pl.col("商品ID")).is_null()
        if (nameless := frame.filter(unnamed)).height:
            left_out.append(LeftOut("unnamed", len(nameless), v.total(nameless, "支付金额"), CURRENCY))
        frame, copies = _one_row_a_product(frame.filter(~unnamed))
        if len(copies):
            left_out.append(LeftOut("child_items", len(copies), v.total(copies, "支付金额"), CURRENCY))
    return _Report(sheet, frame, left_out, rejects, notes)


def _checked(totals: pl.DataFrame, frame: pl.DataFrame, sheet: Sheet) -> Notes:
    """Compare a totals row with the sum of the rows, where a column adds up; a gap of over half a percent is noted."""
    notes: Notes = []
    if len(totals) != 1:
        return notes
    for name in ADDITIVE:
        if name not in frame.columns:
            continue
        stated, added = v.total(totals, name), v.total(frame, name)
        if stated and abs(stated - added) > 0.005 * stated:
            notes.append(
                ("totals_differ", {"file": sheet.name, "column": name, "stated": stated, "added": round(added, 2)})
            )
    return notes


def _dated(frame: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """The frame with ``_day``: from 统计日期, else from the lines above the header."""
    cells = frame["统计日期"] if "统计日期" in frame.columns else None
    if cells is None:
        above = next((found for line in sheet.above if (found := _RANGE.search(line))), None)
        if above is None:
            raise BadFile("sources.no_day", file=sheet.name, column="统计日期")
        return frame.with_columns(pl.lit(_one_day(above, sheet, row=1, column="")).alias("_day"))
    for row, text in zip(frame["_row"], cells, strict=True):
        found = _RANGE.search(text or "")
        if found:
            _one_day(found, sheet, row=int(row), column="统计日期")
    first = pl.col("统计日期").str.replace(r"^\s*(\d{4}-\d{2}-\d{2})\s*(?:~|～|至|到|,|\s-\s|—).*$", "$1")
    return frame.with_columns(v.day(first).alias("_day"))


def _one_day(found: re.Match[str], sheet: Sheet, *, row: int, column: str) -> str:
    """The day of a range that begins and ends on it. Visitors of several days are not the sum of the days': refused."""
    if found.group(1) != found.group(2):
        raise BadFile("sources.several_days", file=sheet.name, row=row, column=column or "-", value=found.group(0))
    return found.group(1)


def _one_row_a_product(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Child items and pre-sales repeat a product's number: the row with most visitors stands, the others are left out, for
    their visitors are among its own."""
    ranked = frame.with_columns(
        v.number(pl.col("商品访客数")).fill_null(-1).alias("_visitors"), v.identifier(pl.col("商品ID")).alias("_id")
    ).sort("_visitors", "_row", descending=[True, False])
    stays = ranked.select(pl.struct("_day", "_id").is_first_distinct()).to_series()
    tidy = ranked.drop("_visitors", "_id")
    return tidy.filter(stays).sort("_row"), tidy.filter(~stays)


def _device(sheet: Sheet) -> str:
    """The device the lines above the header name, ``*`` for all."""
    for line in sheet.above:
        found = re.search(r"终端[:：]\s*(\S+)", line)
        if found:
            return DEVICES.get(found.group(1), "*")
    return "*"


def _traffic(frame: pl.DataFrame, columns: Mapping[str, str], bounce: str) -> list[pl.Expr]:
    """The measures of ``traffic_days``. Bounces are visitors × bounce rate where the report gives both; ``-`` stays NULL."""
    measures = [v.money(pl.col(name)).alias(measure) for measure, name in columns.items() if name in frame.columns]
    visitors = columns["visitors"]
    if bounce in frame.columns and visitors in frame.columns:
        left = (v.percent(pl.col(bounce)) * v.number(pl.col(visitors))).round(0).cast(pl.Int64)
        measures.append(left.alias("bounces"))
    return measures


def _key(source: str, product: pl.Expr, device: str) -> list[pl.Expr]:
    return [
        pl.col("_row"),
        pl.col("_day").alias("day"),
        pl.lit(source).alias("source"),
        product.alias("product_id"),
        pl.lit(device).alias("device"),
    ]


def _item_pieces(report: _Report) -> list[Piece]:
    """Traffic per product, the part of it that came by search, and the products themselves."""
    frame, device = report.frame, _device(report.sheet)
    product = v.identifier(pl.col("商品ID"))
    mapped = {*ITEM_TRAFFIC.values(), "统计日期", "商品ID", "商品名称", "货号", "商品状态", "终端"}
    extra = v.extra(frame, [name for name in frame.columns if name not in mapped and not name.startswith("_")])
    traffic = frame.select(
        *_key("*", product, device), *_traffic(frame, ITEM_TRAFFIC, "商品详情页跳出率"), extra.alias("extra")
    )
    made = [
        report.piece("traffic_days", traffic, v.total(frame, "支付金额")),
        report.piece("products", _products(frame)),
    ]
    if SEARCH_TRAFFIC["visitors"] in frame.columns:
        searched = frame.select(*_key(SEARCH, product, device), *_traffic(frame, SEARCH_TRAFFIC, ""))
        searched = searched.filter(pl.col("visitors").is_not_null())
        made.append(report.piece("traffic_days", searched))
    return made


def _products(frame: pl.DataFrame) -> pl.DataFrame:
    def optional(name: str) -> pl.Expr:
        return pl.col(name) if name in frame.columns else pl.lit(None, dtype=pl.String)

    return (
        frame.select(
            "_row",
            pl.concat_str("_day", pl.lit(" 00:00:00")).alias("_time"),
            v.identifier(pl.col("商品ID")).alias("product_id"),
            v.safe_text(optional("商品名称")).alias("title"),
            v.identifier(optional("货号")).alias("item_key"),
            v.missing(optional("商品状态"))
            .replace_strict(ITEM_STATUS, default=None, return_dtype=pl.String)
            .alias("status"),
            pl.lit(CURRENCY).alias("currency"),
        )
        .sort("_time", "_row")
        .unique("product_id", keep="last", maintain_order=True)
    )


def _shop_pieces(report: _Report) -> list[Piece]:
    """The shop's traffic in all and by device, its three scores, its spending on advertising, its commission."""
    frame = report.frame
    whole = pl.lit("*")
    mapped = {
        *SHOP_TRAFFIC.values(),
        *SCORES.values(),
        *AD_PLATFORMS.values(),
        "统计日期",
        COMMISSION,
    }
    extra = v.extra(frame, [name for name in frame.columns if name not in mapped and not name.startswith("_")])
    total = frame.select(
        *_key("*", whole, _device(report.sheet)), *_traffic(frame, SHOP_TRAFFIC, "跳失率"), extra.alias("extra")
    )
    made = [report.piece("traffic_days", total, v.total(frame, "支付金额"))]
    for prefix in ("PC端", "无线端"):
        columns = {measure: prefix + name for measure, name in SHOP_TRAFFIC.items()}
        if columns["visitors"] in frame.columns:
            rows = frame.select(*_key("*", whole, DEVICES[prefix]), *_traffic(frame, columns, prefix + "跳失率"))
            made.append(report.piece("traffic_days", rows))
    return [*made, *_side_pieces(report)]


def _side_pieces(report: _Report) -> list[Piece]:
    """Scores, ad spend, commission: each a column of the overview, NULL left out."""
    frame = report.frame
    day = [pl.col("_row"), pl.col("_day").alias("day")]
    scores = [
        frame.select(
            *day,
            pl.lit("dsr").alias("system"),
            pl.lit("*").alias("object"),
            pl.lit(name).alias("name"),
            v.money(pl.col(column)).alias("value"),
            pl.lit(False).alias("composite"),
        )
        for name, column in SCORES.items()
        if column in frame.columns
    ]
    wildcards = [pl.lit("*").alias(name) for name in ("campaign", "ad_group", "keyword", "creative", "product_id")]
    spend = [
        frame.select(
            *day,
            pl.lit(platform).alias("platform"),
            *wildcards,
            v.money(pl.col(column)).alias("cost"),
            pl.lit(CURRENCY).alias("currency"),
        )
        for platform, column in AD_PLATFORMS.items()
        if column in frame.columns
    ]
    paid = [pl.lit("commission").alias("kind"), v.money(pl.col(COMMISSION)).alias("amount")]
    commission = [frame.select(*day, *paid, pl.lit(CURRENCY).alias("currency"))] if COMMISSION in frame.columns else []
    made = (("scores", "value", scores), ("ad_days", "cost", spend), ("costs", "amount", commission))
    return [
        report.piece(table, pl.concat(frames).filter(pl.col(value).is_not_null()))
        for table, value, frames in made
        if frames
    ]


SOURCE = Sycm()
