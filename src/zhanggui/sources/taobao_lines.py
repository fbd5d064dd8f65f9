"""Taobao's lines: the item list (宝贝报表) and the sub-order list that replaced it."""

from __future__ import annotations

import polars as pl

from zhanggui.sources import values as v
from zhanggui.sources.matching import words
from zhanggui.sources.taobao_orders import (
    CURRENCY,
    NO_REFUND,
    ZONE,
    latest,
    rest,
    status,
    status_text,
    text,
    with_field,
)
from zhanggui.tables.loading import Piece, Sheet

_ITEM_MAPPED = frozenset(
    words(
        """
    订单编号 标题 价格 购买数量 外部系统编号 商品属性 商家编码 订单状态
    """
    )
)
_SUB_MAPPED = frozenset(
    words(
        """
    子订单编号 主订单编号 商品标题 商品价格 购买数量 外部系统编号 商品属性 订单状态 商家编码
    买家应付货款 买家实际支付金额 退款金额 订单创建时间 订单付款时间 发货时间 商品ID 订单备注
    """
    )
)


def item_pieces(frame: pl.DataFrame, sheet: Sheet, exported_at: str | None) -> list[Piece]:
    """Order lines at their list price: what the order really paid is spread over them later.

    The file names no product: the seller's code stands for it, else the title.
    """
    base = frame.select(
        "_row",
        v.identifier(text(frame, "订单编号")).alias("order_id"),
        pl.coalesce(v.identifier(text(frame, "商家编码")), v.identifier(text(frame, "外部系统编号"))).alias("sku"),
        v.safe_text(text(frame, "标题")).alias("title"),
        v.missing(text(frame, "商品属性")).alias("variant"),
        v.money(text(frame, "购买数量")).alias("quantity"),
        pl.coalesce(v.amount(text(frame, "价格")).cast(pl.String), v.money(text(frame, "价格"))).alias("unit_price"),
        status_text(text(frame, "订单状态")).alias("state"),
        v.extra(frame, rest(frame, _ITEM_MAPPED)).alias("extra"),
    )
    lines = base.select(
        "_row",
        "order_id",
        v.occurrence_ids(base, "order_id", "sku", "title", "variant", "unit_price").alias("line_id"),
        pl.coalesce("sku", "title").alias("product_id"),
        "sku",
        "title",
        "variant",
        "quantity",
        "unit_price",
        pl.lit("goods").alias("kind"),
        with_field(pl.col("extra"), "订单状态", pl.col("state")).alias("extra"),
    )
    return [
        Piece("order_lines", lines, sheet.name, 20, exported_at, ZONE, CURRENCY),
        _products(lines, sheet, exported_at),
    ]


def suborder_pieces(frame: pl.DataFrame, sheet: Sheet, exported_at: str | None) -> list[Piece]:
    """Order lines with their own ids, the orders they make up, refunds per line so far, and products."""
    plain = _suborders(frame)
    lines = plain.select(
        "_row",
        "_time",
        "order_id",
        "line_id",
        "product_id",
        "sku",
        "title",
        "variant",
        "quantity",
        "unit_price",
        pl.when(pl.col("discount") >= 0).then(pl.col("discount")).alias("line_discount"),
        pl.col("due").alias("line_total"),
        pl.lit("goods").alias("kind"),
        with_field(pl.col("extra"), "订单状态", pl.col("text")).alias("extra"),
    )
    made = [
        Piece(
            "order_lines", lines, sheet.name, 30, exported_at, ZONE, CURRENCY, file_money=v.total(frame, "买家应付货款")
        ),
        Piece("orders", _orders(plain), sheet.name, 20, exported_at, ZONE, CURRENCY, rows_read=len(plain)),
        _products(lines, sheet, exported_at),
    ]
    refunds = _line_refunds(plain)
    if not refunds.is_empty():
        made.append(Piece("refunds", refunds, sheet.name, 20, exported_at, ZONE, CURRENCY))
    return made


def _suborders(frame: pl.DataFrame) -> pl.DataFrame:
    plain = frame.select(
        "_row",
        v.identifier(text(frame, "主订单编号")).alias("order_id"),
        v.identifier(text(frame, "子订单编号")).alias("line_id"),
        v.identifier(text(frame, "商品ID")).alias("product_id"),
        pl.coalesce(v.identifier(text(frame, "商家编码")), v.identifier(text(frame, "外部系统编号"))).alias("sku"),
        v.safe_text(text(frame, "商品标题")).alias("title"),
        v.missing(text(frame, "商品属性")).alias("variant"),
        v.money(text(frame, "购买数量")).alias("quantity"),
        v.amount(text(frame, "商品价格")).alias("unit_price"),
        v.amount(text(frame, "买家应付货款")).alias("due"),
        v.amount(text(frame, "买家实际支付金额")).alias("paid"),
        v.amount(text(frame, "退款金额"), *NO_REFUND).alias("refunded"),
        status_text(text(frame, "退款状态")).alias("refund_text"),
        status_text(text(frame, "订单状态")).alias("text"),
        v.instant(text(frame, "订单创建时间")).alias("created_at"),
        v.instant(text(frame, "订单付款时间")).alias("paid_at"),
        v.instant(text(frame, "发货时间")).alias("shipped_at"),
        v.safe_text(text(frame, "订单备注")).alias("seller_note"),
        v.identity(text(frame, "买家会员名")).alias("_identity"),
        v.extra(frame, rest(frame, _SUB_MAPPED)).alias("extra"),
    )
    listed = pl.col("unit_price").cast(pl.Float64) * pl.col("quantity").cast(pl.Float64, strict=False)
    return plain.with_columns(
        latest("created_at", "paid_at", "shipped_at").alias("_time"),
        (listed.round(4).cast(pl.Decimal(18, 4)) - pl.col("due")).alias("discount"),
        pl.coalesce("product_id", "sku", "title").alias("product_id"),
        pl.col("paid_at").is_not_null().alias("was_paid"),
        pl.col("shipped_at").is_not_null().alias("was_shipped"),
    ).with_columns(status(pl.col("was_paid"), pl.col("was_shipped"), pl.col("text")).alias("status"))


_PROGRESS = {"placed": 1, "paid": 2, "shipped": 3, "completed": 4}


def _orders(plain: pl.DataFrame) -> pl.DataFrame:
    """The orders behind the lines. Their status is that of the line least far on; lines closed after payment do not hold it
    back while another line goes on, and an order is cancelled when all its lines are."""
    progress = pl.col("status").replace_strict(_PROGRESS, default=None, return_dtype=pl.Int64)
    ongoing = pl.when(pl.col("text") != "交易关闭").then(progress)
    furthest = pl.coalesce(ongoing.min(), progress.min())
    whole = pl.col("due").is_not_null().all()
    grouped = plain.group_by("order_id", maintain_order=True).agg(
        pl.col("_row").first(),
        pl.col("_time").max(),
        pl.col("_identity").drop_nulls().first(),
        pl.col("created_at").min(),
        pl.col("paid_at").min(),
        pl.col("shipped_at").max(),
        furthest.alias("progress"),
        (pl.col("status") == "cancelled").all().alias("cancelled"),
        pl.when(whole).then(pl.col("due").sum()).alias("goods_amount"),
        pl.col("seller_note").drop_nulls().first(),
    )
    names = {number: name for name, number in _PROGRESS.items()}
    stated = pl.col("progress").replace_strict(names, default=None, return_dtype=pl.String)
    return grouped.with_columns(
        pl.when("cancelled").then(pl.lit("cancelled")).otherwise(stated).alias("status"),
        pl.lit(CURRENCY).alias("currency"),
    ).drop("progress", "cancelled")


def _line_refunds(plain: pl.DataFrame) -> pl.DataFrame:
    """What was refunded on each line so far. A line closed after payment that does not say how much gave back what it paid."""
    closed = pl.col("was_paid") & (pl.col("text") == "交易关闭")
    refund_status = (
        pl.when(pl.col("refund_text").str.contains("成功") | pl.col("refund_text").is_null() | closed)
        .then(pl.lit("finished"))
        .when(pl.col("refund_text").str.contains("关闭|取消|拒绝"))
        .then(pl.lit("refused"))
        .otherwise(pl.lit("requested"))
    )
    given_back = pl.when(closed).then(pl.coalesce("paid", "due"))
    amount = pl.coalesce(pl.when(pl.col("refunded") > 0).then(pl.col("refunded")), given_back)
    return plain.select(
        "_row",
        "_time",
        pl.concat_str("line_id", pl.lit("#line")).alias("refund_id"),
        "order_id",
        "line_id",
        "product_id",
        "sku",
        amount.alias("amount"),
        pl.lit(CURRENCY).alias("currency"),
        pl.when(closed & ~pl.col("was_shipped")).then(pl.lit("before_shipment")).alias("phase"),
        refund_status.alias("status"),
        pl.lit("line_total").alias("scope"),
    ).filter(pl.col("amount") > 0)


def _products(lines: pl.DataFrame, sheet: Sheet, exported_at: str | None) -> Piece:
    """The products the lines name; the seller's code is the item's own key where a product has only one."""
    code = pl.col("sku").drop_nulls()
    products = (
        lines.filter(pl.col("product_id").is_not_null())
        .group_by("product_id", maintain_order=True)
        .agg(
            pl.col("_row").first(),
            pl.col("title").drop_nulls().last(),
            pl.when(code.n_unique() == 1).then(code.first()).alias("item_key"),
        )
        .with_columns(pl.lit(CURRENCY).alias("currency"))
    )
    return Piece("products", products, sheet.name, 20, exported_at, ZONE, CURRENCY, rows_read=len(lines))
