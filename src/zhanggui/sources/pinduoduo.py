"""Pinduoduo: the order export, one row an order. See docs/sources/pinduoduo.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from zhanggui.sources import exports
from zhanggui.sources import values as v
from zhanggui.sources.exports import CURRENCY, Export, Notes
from zhanggui.sources.pinduoduo_columns import (
    COLUMNS,
    FREIGHT,
    LAYOUT,
    MAPPED,
    PLATFORM_DISCOUNTS,
    RENAMED,
    STATUS,
)
from zhanggui.tables.loading import Options, Piece, Reading, Recognition, Sheet

CHANNEL = "pinduoduo:main"


class Pinduoduo:
    """The source of Pinduoduo's files."""

    name = "pinduoduo"
    known = frozenset((*COLUMNS, *RENAMED))

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """The order export."""
        return exports.recognised(self.name, sheet, (LAYOUT,))

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Read each sheet by itself."""
        for sheet, recognition in sheets:
            export = exports.load(sheet, LAYOUT)
            pieces, notes = _pieces(export)
            yield export.reading(recognition, pieces, options, CHANNEL, notes)


def _pieces(export: Export) -> tuple[list[Piece], Notes]:
    plain = _plain(export)
    refunds = _refunds(plain)
    lines = _lines(plain)
    made = [
        export.piece("orders", _orders(plain), 20, _file_money(export)),
        export.piece("order_lines", lines.drop("item_code"), 20),
        export.piece("products", exports.products(lines, "item_code"), counted=False),
        export.piece("refunds", refunds, 10, counted=False),
    ]
    notes = exports.unknown_texts(plain["base"], STATUS, export.sheet.name)
    notes += exports.estimated(refunds, export.sheet.name)
    trials = int(plain["trial"].sum())
    if trials:
        notes.append(("lottery_orders", {"file": export.sheet.name, "orders": trials}))
    return made, notes


def _file_money(export: Export) -> float:
    """What the shop is due by the file: 商家实收, or the parts it is made of."""
    if export.has("商家实收金额(元)"):
        return v.total(export.frame, "商家实收金额(元)")
    taken = v.total(export.frame, "店铺优惠折扣(元)")
    freight = sum(v.total(export.frame, name) for name in FREIGHT)
    if export.has("商品总价(元)"):
        return v.total(export.frame, "商品总价(元)") - taken + freight
    return v.total(export.frame, "用户实付金额(元)") + sum(v.total(export.frame, name) for name in PLATFORM_DISCOUNTS)


def _plain(export: Export) -> pl.DataFrame:
    """The columns that matter. What is due to the shop is what the buyer paid and what the platform added; goods are that less
    freight."""
    text = export.text("订单状态").str.replace_all("，", ",").str.replace_all(r"\s", "")
    frame = export.frame.select(
        "_row",
        export.id("订单号").alias("order_id"),
        text.str.replace(r",?退款.*$", "").str.replace(r",?售后.*$", "").alias("base"),
        text.alias("text"),
        export.text("售后状态").alias("after"),
        export.amount("商品总价(元)").alias("listed"),
        export.amount("店铺优惠折扣(元)").alias("discount"),
        export.sum(*PLATFORM_DISCOUNTS).alias("platform"),
        export.sum(*FREIGHT).alias("freight"),
        export.amount("用户实付金额(元)").alias("paid"),
        export.amount("商家实收金额(元)").alias("received"),
        export.amount("商品数量(件)").alias("units"),
        export.instant("下单时间").alias("placed_at"),
        export.instant("支付时间", "订单成交时间").alias("paid_at"),
        export.instant("承诺发货时间").alias("ship_by"),
        export.instant("发货时间").alias("shipped_at"),
        export.instant("确认收货时间").alias("completed_at"),
        v.safe_text(export.text("商品")).alias("title"),
        export.id("商品id").alias("item"),
        export.text("商品规格").alias("variant"),
        export.text("商家编码-SKU维度").alias("code"),
        export.id("样式ID").alias("style"),
        export.text("商家编码-商品维度").alias("item_code"),
        (export.text("是否抽奖或0元试用") == "是").fill_null(False).alias("trial"),
        pl.when(export.text("是否直播间成交") == "是")
        .then(pl.lit("直播间"))
        .otherwise(export.text("订单来源"))
        .alias("source"),
        _place(export.text("省")).alias("region"),
        _place(export.text("市")).alias("city"),
        export.text("快递公司").alias("carrier"),
        v.safe_text(export.text("买家留言")).alias("buyer_note"),
        v.safe_text(export.text("商家备注")).alias("seller_note"),
        pl.coalesce(v.identity(export.text("用户购买手机号")), v.identity(export.text("手机"))).alias("_identity"),
        export.extra(MAPPED).alias("extra"),
    )
    due = pl.coalesce(
        "received",
        pl.col("listed") - pl.col("discount").fill_null(0) + pl.col("freight").fill_null(0),
        pl.col("paid") + pl.col("platform").fill_null(0),
    )
    frame = frame.with_columns(
        due.alias("due"),
        (due - pl.col("freight").fill_null(0)).alias("goods"),
        pl.coalesce("item", "code", "title").alias("product_id"),
        pl.coalesce("code", "style").alias("sku"),
        pl.coalesce("placed_at", pl.when(pl.col("paid_at").is_null()).then(_day_of("order_id"))).alias("created_at"),
        _returned().alias("returned"),
    )
    frame = frame.with_columns(_status().alias("status"))
    return frame.with_columns(
        exports.moment("status", "created_at", "paid_at", "shipped_at", "completed_at").alias("_time")
    )


def _day_of(order_id: str) -> pl.Expr:
    """The day an order's number begins with: ``260801-…`` is 1 August 2026."""
    day = pl.col(order_id).str.extract(r"^(\d{6})-\d{6,}$", 1).str.to_date("%y%m%d", strict=False)
    return day.dt.strftime("%Y-%m-%d 00:00:00")


def _place(cell: pl.Expr) -> pl.Expr:
    return pl.when(~v.is_masked(cell)).then(cell)


def _returned() -> pl.Expr:
    """Whether the money went back. What is still being decided has neither an amount nor a time of its own."""
    return pl.any_horizontal(pl.col(name).str.contains("退款成功").fill_null(False) for name in ("text", "after"))


def _status() -> pl.Expr:
    """A cancelled order that was paid and refunded is a sale with a refund. A state nobody knows gives what the times say."""
    known = pl.col("base").replace_strict(STATUS, default=None, return_dtype=pl.String)
    shipped = pl.when(pl.col("shipped_at").is_not_null()).then(pl.lit("shipped")).otherwise(pl.lit("paid"))
    refunded = pl.col("paid_at").is_not_null() & pl.col("returned")
    return (
        pl.when((known == "cancelled") & refunded)
        .then(shipped)
        .when(known.is_not_null())
        .then(known)
        .when(pl.col("completed_at").is_not_null())
        .then(pl.lit("completed"))
        .when(pl.col("paid_at").is_not_null())
        .then(shipped)
    )


def _orders(plain: pl.DataFrame) -> pl.DataFrame:
    """Orders. A lottery or a trial for nothing is no sale."""
    return plain.select(
        "_row",
        "_time",
        "_identity",
        "order_id",
        "created_at",
        "paid_at",
        "ship_by",
        "shipped_at",
        "completed_at",
        "status",
        pl.when("trial").then(pl.lit("test")).otherwise(pl.lit("normal")).alias("kind"),
        pl.lit(CURRENCY).alias("currency"),
        pl.col("goods").alias("goods_amount"),
        pl.col("discount").alias("discount_amount"),
        pl.col("platform").alias("platform_discount"),
        pl.col("freight").alias("shipping_amount"),
        pl.col("due").alias("order_total"),
        pl.col("paid").alias("paid_amount"),
        pl.col("received").alias("payout_amount"),
        "source",
        "region",
        "city",
        "carrier",
        "buyer_note",
        "seller_note",
        "extra",
    )


def _lines(plain: pl.DataFrame) -> pl.DataFrame:
    """One line an order: it has one SKU."""
    price = (pl.col("listed").cast(pl.Float64) / pl.col("units").cast(pl.Float64)).round(4)
    return plain.select(
        "_row",
        "_time",
        "order_id",
        pl.col("order_id").alias("line_id"),
        "product_id",
        "sku",
        "title",
        "variant",
        pl.col("units").alias("quantity"),
        pl.when(pl.col("units") > 0).then(price.cast(pl.Decimal(18, 4))).alias("unit_price"),
        pl.col("discount").alias("line_discount"),
        pl.col("goods").alias("line_total"),
        pl.lit("goods").alias("kind"),
        "item_code",
    )


def _refunds(plain: pl.DataFrame) -> pl.DataFrame:
    """The export has no column of refunded money: an order whose refund succeeded is taken to have given all its goods back."""
    return plain.filter(pl.col("returned") & (pl.col("goods") > 0)).select(
        "_row",
        "_time",
        pl.concat_str("order_id", pl.lit("#order")).alias("refund_id"),
        "order_id",
        "product_id",
        "sku",
        pl.col("goods").alias("amount"),
        pl.lit(CURRENCY).alias("currency"),
        pl.when(pl.col("shipped_at").is_not_null())
        .then(pl.lit("after_shipment"))
        .otherwise(pl.lit("before_shipment"))
        .alias("phase"),
        pl.lit("finished").alias("status"),
        pl.lit("order_total").alias("scope"),
        pl.lit('{"estimated":"true"}').alias("extra"),
    )


SOURCE = Pinduoduo()
