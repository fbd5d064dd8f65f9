"""Douyin's order export: one row per sub-order, ids and titles with a tab inside their quotes."""

from __future__ import annotations

import polars as pl

from zhanggui.sources import exports
from zhanggui.sources import values as v
from zhanggui.sources.exports import CURRENCY, Export, Layout, Notes
from zhanggui.sources.matching import words
from zhanggui.tables.loading import Piece

COLUMNS = words(
    """
    主订单编号 子订单编号 选购商品 商品规格 商品数量 商品ID 商家编码 商品单价 商品金额 订单应付金额 运费 支付方式
    收件人 收件人手机号 详细地址 省 市 区 街道 订单提交时间 支付完成时间 商家备注 买家留言 订单完成时间 订单状态
    售后状态 取消原因 发货时间 快递信息 达人ID 达人昵称 平台实际承担优惠金额 商家实际承担优惠金额
    达人实际承担优惠金额 商家收入金额
    """
)
_AMOUNTS = words(
    """
    商品单价 商品金额 订单应付金额 运费 平台实际承担优惠金额 商家实际承担优惠金额 达人实际承担优惠金额 商家收入金额
    """
)

LAYOUT = Layout(
    name="orders",
    known=COLUMNS,
    marks=words(
        """
    选购商品 订单提交时间 平台实际承担优惠金额 商家实际承担优惠金额 达人实际承担优惠金额 订单应付金额 支付完成时间
    达人昵称 商家收入金额
    """
    ),
    needs=(
        ("主订单编号",),
        ("子订单编号",),
        ("订单提交时间", "支付完成时间"),
        ("商品金额", "订单应付金额", "商家收入金额"),
    ),
    ids=("主订单编号", "子订单编号", "商品ID", "达人ID"),
    amounts=_AMOUNTS,
    labels=("主订单编号",),
    money="订单应付金额",
    key=("主订单编号", "子订单编号"),
    guarded="快递信息",
    renamed={
        "主订单号": "主订单编号",
        "子订单号": "子订单编号",
        "商品id": "商品ID",
        "商品名称": "选购商品",
        "下单时间": "订单提交时间",
        "支付时间": "支付完成时间",
        "完成时间": "订单完成时间",
    },
    never_extra=frozenset(
        words("收件人 收件人手机号 详细地址 区 街道 快递信息 达人昵称 商家备注 买家留言 姓名 手机号")
    ),
)

STATUS = {
    "待支付": "placed",
    "待付款": "placed",
    "待确认": "placed",
    "备货中": "paid",
    "待发货": "paid",
    "部分发货": "paid",
    "已发货": "shipped",
    "已签收": "delivered",
    "已完成": "completed",
    "已收货": "completed",
    "已关闭": "closed",
    "已取消": "closed",
}
"""State → canonical status; ``closed`` depends on whether the sub-order was paid."""

_PROGRESS = {"placed": 1, "paid": 2, "shipped": 3, "delivered": 4, "completed": 5}
_BETWEEN = ";"
"""What sellers' merged files put between the sub-orders of one row."""
_MAPPED = frozenset(
    (
        *_AMOUNTS,
        *words(
            """
    主订单编号 子订单编号 选购商品 商品规格 商品数量 商品ID 商家编码 省 市 订单提交时间 支付完成时间 订单完成时间
    订单状态 发货时间 达人ID
    """
        ),
    )
)
_KEPT = words("商品ID 商家编码 选购商品 商品规格 达人ID")


def pieces(export: Export) -> tuple[list[Piece], Notes]:
    """Sub-orders as lines, the orders they make up, products, and refunds as an upper bound until a settlement says more."""
    split, joined = _split(export)
    plain = _plain(split)
    lines, refunds = _lines(plain), _refunds(plain)
    made = [
        split.piece("order_lines", lines, 30, _file_money(export)),
        split.piece("orders", _orders(plain), 20, counted=False),
        split.piece("products", exports.products(lines), counted=False),
        split.piece("refunds", refunds, 10, counted=False),
    ]
    notes = exports.unknown_texts(plain["text"], STATUS, export.sheet.name)
    notes += exports.estimated(refunds, export.sheet.name)
    if joined:
        notes.append(("joined_suborders", {"file": export.sheet.name, "rows": joined}))
    return made, notes


def _file_money(export: Export) -> float | None:
    """What goods came to after the shop's own discounts, from the file's columns as they stand."""
    if not export.has("商品金额"):
        return None
    return v.total(export.frame, "商品金额") - v.total(export.frame, "商家实际承担优惠金额")


def _split(export: Export) -> tuple[Export, int]:
    """Rows that hold several sub-orders, taken apart where as many pieces were bought as sub-orders are named; how many rows hold
    several and were left whole. Money is split evenly, the remainder on the first."""
    several = export.frame.filter(pl.col("子订单编号").str.contains(_BETWEEN, literal=True))
    if several.is_empty():
        return export, 0
    rest = export.frame.filter(~pl.col("_row").is_in(several["_row"].implode()))
    made: list[dict[str, object]] = []
    joined = 0
    for row in several.rows(named=True):
        parts = [part for part in str(row["子订单编号"]).strip('"\t ').split(_BETWEEN) if part.strip()]
        if str(row.get("商品数量") or "").strip() != str(len(parts)):
            made.append(row)
            joined += 1
        else:
            made += [_part(row, parts, at) for at in range(len(parts))]
    apart = pl.DataFrame(made, schema=export.frame.schema)
    frame = pl.concat([rest, apart]).sort("_row", maintain_order=True)
    return Export(export.sheet, export.layout, frame, export.left_out, export.rejects, export.rows_read), joined


def _part(row: dict[str, object], parts: list[str], at: int) -> dict[str, object]:
    """One of the sub-orders of a row: its own number, product and words, one piece, its share of the money."""
    one = {**row, "子订单编号": parts[at], "商品数量": "1"}
    for name in _KEPT:
        cells = str(row.get(name) or "").split(_BETWEEN)
        if len(cells) == len(parts):
            one[name] = cells[at]
    for name in set(_AMOUNTS) & set(row):
        cell = str(row[name] or "").strip()
        try:
            cents = round(float(cell) * 100)
        except ValueError:
            continue
        share = cents // len(parts)
        one[name] = f"{(share + cents - share * len(parts) if at == 0 else share) / 100:.2f}"
    return one


def _plain(export: Export) -> pl.DataFrame:
    """The columns that matter. Goods are the list amount less the shop's own discounts: what the platform and the influencer add is
    theirs and reaches the shop."""
    given = export.sum("平台实际承担优惠金额", "达人实际承担优惠金额").fill_null(0)
    frame = export.frame.select(
        "_row",
        export.id("主订单编号").alias("order_id"),
        export.id("子订单编号").alias("line_id"),
        export.id("商品ID").alias("item"),
        export.id("商家编码").alias("sku"),
        v.safe_text(export.text("选购商品")).alias("title"),
        export.text("商品规格").alias("variant"),
        export.amount("商品数量").alias("units"),
        export.amount("商品单价").alias("price"),
        export.amount("商品金额").alias("listed"),
        export.amount("商家实际承担优惠金额").alias("discount"),
        given.alias("given"),
        export.amount("订单应付金额").alias("due"),
        export.amount("运费").alias("freight"),
        export.amount("商家收入金额").alias("income"),
        export.instant("订单提交时间").alias("created_at"),
        export.instant("支付完成时间").alias("paid_at"),
        export.instant("发货时间").alias("shipped_at"),
        export.instant("订单完成时间").alias("completed_at"),
        export.text("订单状态").str.replace_all(r"\s", "").alias("text"),
        export.text("售后状态").alias("after"),
        export.id("达人ID").alias("campaign"),
        export.text("省").alias("region"),
        export.text("市").alias("city"),
        v.safe_text(export.text("买家留言")).alias("buyer_note"),
        v.safe_text(export.text("商家备注")).alias("seller_note"),
        export.extra(_MAPPED).alias("extra"),
    )
    goods = pl.coalesce(pl.col("listed") - pl.col("discount").fill_null(0), pl.col("due") + pl.col("given"), "income")
    pays = bool(frame["paid_at"].is_not_null().any())
    returned = pl.col("after").str.contains("退款成功").fill_null(False)
    frame = frame.with_columns(
        goods.cast(pl.Decimal(18, 4)).alias("goods"),
        pl.coalesce("item", "sku", "title").alias("product_id"),
        returned.alias("returned"),
        (pl.col("paid_at").is_not_null() if pays else returned | pl.col("shipped_at").is_not_null()).alias("was_paid"),
    )
    frame = frame.with_columns(_status().alias("status"))
    times = ("created_at", "paid_at", "shipped_at", "completed_at")
    return frame.with_columns(exports.moment("status", *times).alias("_time"))


def _status() -> pl.Expr:
    """A closed sub-order is cancelled only where it was never paid; a state nobody knows gives what the times say."""
    known = pl.col("text").replace_strict(STATUS, default=None, return_dtype=pl.String)
    sold = pl.when(pl.col("shipped_at").is_not_null()).then(pl.lit("shipped")).otherwise(pl.lit("paid"))
    return (
        pl.when(known == "closed")
        .then(pl.when("was_paid").then(sold).otherwise(pl.lit("cancelled")))
        .when(known.is_not_null())
        .then(known)
        .when(pl.col("completed_at").is_not_null())
        .then(pl.lit("completed"))
        .when("was_paid")
        .then(sold)
    )


def _lines(plain: pl.DataFrame) -> pl.DataFrame:
    """Sub-orders. One at no price beside paid goods is a gift."""
    gift = (pl.col("goods") == 0) & (pl.col("goods").sum().over("order_id") > 0)
    each = (pl.col("listed").cast(pl.Float64) / pl.col("units").cast(pl.Float64)).round(4).cast(pl.Decimal(18, 4))
    return plain.select(
        "_row",
        "_time",
        "order_id",
        "line_id",
        "product_id",
        "sku",
        "title",
        "variant",
        pl.col("units").alias("quantity"),
        pl.coalesce("price", pl.when(pl.col("units") > 0).then(each)).alias("unit_price"),
        pl.col("discount").alias("line_discount"),
        pl.col("goods").alias("line_total"),
        pl.when(gift).then(pl.lit("gift")).otherwise(pl.lit("goods")).alias("kind"),
        "extra",
    )


def _orders(plain: pl.DataFrame) -> pl.DataFrame:
    """The orders behind the sub-orders: as far on as the sub-order least far on that still goes on. What an influencer brought has
    达人 as its source and the influencer's number as its campaign."""
    progress = pl.col("status").replace_strict(_PROGRESS, default=None, return_dtype=pl.Int64)
    closed = pl.col("text").replace_strict(STATUS, default="", return_dtype=pl.String) == "closed"
    ongoing = pl.when(~closed).then(progress)
    first = ("campaign", "region", "city", "buyer_note", "seller_note")
    grouped = plain.group_by("order_id", maintain_order=True).agg(
        pl.col("_row").first(),
        pl.col("_time").max(),
        pl.col("created_at").min(),
        pl.col("paid_at").min(),
        pl.col("shipped_at").max(),
        pl.col("completed_at").max(),
        pl.coalesce(ongoing.min(), progress.min()).alias("progress"),
        (pl.col("status") == "cancelled").all().alias("cancelled"),
        pl.col("goods").sum().alias("goods_amount"),
        pl.col("discount").sum().alias("discount_amount"),
        pl.col("given").sum().alias("platform_discount"),
        pl.when(pl.col("freight").is_not_null().any()).then(pl.col("freight").sum()).alias("shipping_amount"),
        pl.when(pl.col("due").is_not_null().any()).then(pl.col("due").sum()).alias("paid_amount"),
        *(pl.col(name).drop_nulls().first() for name in first),
    )
    names = {number: name for name, number in _PROGRESS.items()}
    stated = pl.col("progress").replace_strict(names, default=None, return_dtype=pl.String)
    return grouped.with_columns(
        pl.when("cancelled").then(pl.lit("cancelled")).otherwise(stated).alias("status"),
        pl.lit("normal").alias("kind"),
        pl.lit(CURRENCY).alias("currency"),
        (pl.col("goods_amount") + pl.col("shipping_amount").fill_null(0)).alias("order_total"),
        pl.when(pl.col("campaign").is_not_null()).then(pl.lit("达人")).alias("source"),
    ).drop("progress", "cancelled")


def _refunds(plain: pl.DataFrame) -> pl.DataFrame:
    """The export has no refunded money: a sub-order whose refund succeeded, or that was closed after payment, is taken to have given
    all its goods back. It is dated by the order's first hour among versions, so that any settlement outranks it."""
    closed = pl.col("text").replace_strict(STATUS, default="", return_dtype=pl.String) == "closed"
    back = (pl.col("returned") | closed) & pl.col("was_paid") & (pl.col("goods") > 0)
    shipped = pl.when(pl.col("shipped_at").is_not_null()).then(pl.lit("after_shipment"))
    return plain.filter(back).select(
        "_row",
        pl.col("created_at").alias("_time"),
        pl.concat_str("line_id", pl.lit("#line")).alias("refund_id"),
        "order_id",
        "line_id",
        "product_id",
        "sku",
        pl.col("goods").alias("amount"),
        pl.lit(CURRENCY).alias("currency"),
        shipped.otherwise(pl.lit("before_shipment")).alias("phase"),
        pl.lit("finished").alias("status"),
        pl.lit("line_total").alias("scope"),
        pl.lit('{"estimated":"true"}').alias("extra"),
    )
