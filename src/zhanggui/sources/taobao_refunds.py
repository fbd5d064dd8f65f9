"""Taobao's refund list: one row a refund."""

from __future__ import annotations

import polars as pl

from zhanggui.sources import values as v
from zhanggui.sources.matching import words
from zhanggui.sources.taobao_columns import REFUND_KIND, REFUND_STATUS
from zhanggui.sources.taobao_orders import CURRENCY, ZONE, latest, rest, status_text, text
from zhanggui.tables.loading import Piece, Sheet

_MAPPED = frozenset(
    words(
        """
    订单编号 退款编号 订单付款时间 商品ID 商品编码 退款完结时间 买家实际支付金额 宝贝标题 买家退款金额
    售后类型 退款的申请时间 退款状态 买家退款原因
    """
    )
)
_SHIPPED = "已收到|已发货|已退|寄回"


def pieces(frame: pl.DataFrame, sheet: Sheet, exported_at: str | None) -> list[Piece]:
    """Refunds. The column 订单编号 holds the order's number or the sub-order's; it is kept as it stands, and the lines tell
    which it is once both are in the store, in whatever order they were imported."""
    plain = frame.select(
        "_row",
        v.identifier(text(frame, "退款编号")).alias("refund_id"),
        v.identifier(text(frame, "订单编号")).alias("order_id"),
        v.identifier(text(frame, "商品ID")).alias("product_id"),
        v.identifier(text(frame, "商品编码")).alias("sku"),
        v.instant(text(frame, "退款的申请时间")).alias("requested_at"),
        v.instant(text(frame, "退款完结时间")).alias("finished_at"),
        v.money(text(frame, "买家退款金额")).alias("amount"),
        pl.lit(CURRENCY).alias("currency"),
        v.safe_text(text(frame, "买家退款原因")).alias("reason"),
        _kind(text(frame, "售后类型")).alias("kind"),
        _phase(frame).alias("phase"),
        _status(status_text(text(frame, "退款状态"))).alias("state"),
        pl.lit("single").alias("scope"),
        v.extra(frame, rest(frame, _MAPPED)).alias("extra"),
    )
    finished = pl.when(pl.col("finished_at").is_not_null()).then(pl.lit("finished")).otherwise(pl.lit("requested"))
    refunds = plain.with_columns(
        pl.coalesce("state", finished).alias("status"),
        latest("requested_at", "finished_at").alias("_time"),
        pl.when(pl.col("state").is_null() | (pl.col("state") == "finished"))
        .then(pl.col("finished_at"))
        .alias("finished_at"),
    ).drop("state")
    money = v.total(frame, "买家退款金额")
    return [Piece("refunds", refunds, sheet.name, 30, exported_at, ZONE, CURRENCY, file_money=money)]


def _kind(cell: pl.Expr) -> pl.Expr:
    return v.missing(cell).replace_strict(REFUND_KIND, default=None, return_dtype=pl.String)


def _status(cell: pl.Expr) -> pl.Expr:
    """Unknown texts are steps of a refund that goes on (等待卖家同意 …); no text leaves it to the times."""
    known = cell.replace_strict(REFUND_STATUS, default="requested", return_dtype=pl.String)
    return pl.when(cell.is_not_null()).then(known)


def _phase(frame: pl.DataFrame) -> pl.Expr:
    """售后 is after receipt and so after shipment. 售中 may be either: a shipment on record, or goods that the buyer has,
    say after; goods not sent say before; else it is not known."""
    phase, goods = v.missing(text(frame, "售中或售后")), v.missing(text(frame, "货物状态"))
    shipment = v.missing(text(frame, "发货物流信息"))
    after, before = pl.lit("after_shipment"), pl.lit("before_shipment")
    return (
        pl.when(phase.str.contains("售后") | shipment.is_not_null())
        .then(after)
        .when(goods.str.contains("未发货|还未发"))
        .then(before)
        .when(goods.str.contains(_SHIPPED))
        .then(after)
        .when(phase.str.contains("售中") & goods.str.contains("未收到"))
        .then(before)
    )
