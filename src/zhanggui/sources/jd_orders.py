"""JD's order export: one row per order and SKU, the order's own amounts repeated on each of its rows."""

from __future__ import annotations

import polars as pl

from zhanggui.sources import exports
from zhanggui.sources import values as v
from zhanggui.sources.exports import CURRENCY, Export, Layout, Notes
from zhanggui.sources.matching import words
from zhanggui.tables.loading import Piece

COLUMNS = (
    *words(
        """
    订单号 商品ID 商品名称 订购数量 支付方式 下单时间 京东价 订单金额 结算金额 余额支付 应付金额 订单状态 订单类型
    下单帐号 客户姓名 客户地址 联系电话 订单备注 发票类型 发票抬头 发票内容 商家备注 商家备注等级(等级1-5为由高到低)
    运费金额 付款确认时间 增值税发票 货号 订单完成时间 订单来源 订单渠道
    """
    ),
    *words("送装服务 服务费 仓库id 仓库名称 普通发票纳税编号 商家SKUID"),
)
"""The 30 columns of 2016 and the six that came later."""

LAYOUT = Layout(
    name="orders",
    known=COLUMNS,
    marks=words("京东价 订购数量 下单帐号 余额支付 付款确认时间 商家SKUID 送装服务 增值税发票"),
    needs=(("订单号",), ("下单时间", "付款确认时间"), ("结算金额", "订单金额", "应付金额", "京东价")),
    ids=("订单号", "商品ID"),
    amounts=words("订购数量 京东价 订单金额 结算金额 余额支付 应付金额 运费金额 服务费"),
    labels=("订单号",),
    money="订单金额",
    renamed={
        "订单编号": "订单号",
        "商品编号": "商品ID",
        "下单账号": "下单帐号",
        "仓库ID": "仓库id",
        "商家SKUId": "商家SKUID",
        "商家skuid": "商家SKUID",
        "商家SKU": "商家SKUID",
    },
    never_extra=frozenset(
        words("下单帐号 客户姓名 客户地址 联系电话 发票抬头 发票内容 增值税发票 普通发票纳税编号 商家备注 订单备注")
    ),
)

STATUS = {
    "等待付款": "placed",
    "等待付款确认": "placed",
    "等待出库": "paid",
    "正在出库": "paid",
    "等待发货": "paid",
    "等待打印": "paid",
    "等待确认收货": "shipped",
    "已发货": "shipped",
    "完成": "completed",
    "已完成": "completed",
    "取消": "cancelled",
    "已取消": "cancelled",
}
"""State without its bracket → canonical status. What is paid on delivery is a sale when placed, as JD counts it too."""

_SPLIT = "订单拆分为"
_ORDER_COLUMNS = words(
    "订单号 下单时间 付款确认时间 订单完成时间 订单金额 结算金额 应付金额 余额支付 运费金额 订单状态 商家备注 订单备注"
)
_LINE_COLUMNS = words("商品ID 商品名称 订购数量 京东价 货号 商家SKUID")


def pieces(export: Export) -> tuple[list[Piece], Notes]:
    """Orders once each, their lines at JD's price, products."""
    plain = _plain(export)
    orders = _orders(plain)
    lines = _lines(plain)
    money = v.total(export.frame.unique("订单号", keep="first", maintain_order=True), "订单金额")
    made = [
        export.piece("orders", orders, 20, money if export.has("订单金额") else None, counted=False),
        export.piece("order_lines", lines, 20),
        export.piece("products", exports.products(lines), counted=False),
    ]
    return [piece for piece in made if isinstance(piece.rows, pl.DataFrame)], _notes(plain, export)


def _plain(export: Export) -> pl.DataFrame:
    region, city = v.region_parts(export.text("客户地址"))
    state = export.text("订单状态").str.replace_all(r"\s", "").str.replace_all("（", "(").str.replace_all("）", ")")
    origin = export.text("订单来源")
    frame = export.frame.select(
        "_row",
        export.id("订单号").alias("order_id"),
        export.id("商品ID").alias("item"),
        export.id("商家SKUID", "货号").alias("sku"),
        v.safe_text(export.text("商品名称")).alias("title"),
        export.amount("订购数量").alias("units"),
        export.amount("京东价").alias("price"),
        export.instant("下单时间").alias("created_at"),
        export.instant("付款确认时间").alias("paid_at"),
        export.instant("订单完成时间").alias("completed_at"),
        export.amount("订单金额").alias("listed"),
        export.amount("结算金额").alias("settled"),
        export.sum("应付金额", "余额支付").alias("paid"),
        export.amount("运费金额").alias("freight"),
        state.alias("text"),
        state.str.replace(r"^\([^)]*\)", "").alias("base"),
        state.str.contains(r"^\(删除\)").fill_null(False).alias("deleted"),
        v.safe_text(export.text("订单备注")).alias("buyer_note"),
        v.safe_text(export.text("商家备注")).alias("seller_note"),
        v.identity(export.text("下单帐号")).alias("_identity"),
        pl.when(origin.str.contains("移动|手机|APP|微信|手Q|小程序"))
        .then(pl.lit("mobile"))
        .when(origin.str.contains("PC|电脑"))
        .then(pl.lit("pc"))
        .alias("device"),
        pl.when(export.text("订单渠道") != "暂无来源").then(export.text("订单渠道")).alias("source"),
        region.alias("region"),
        city.alias("city"),
        export.extra({*_ORDER_COLUMNS, *_LINE_COLUMNS}).alias("extra"),
    )
    return frame.with_columns(
        pl.coalesce("item", "sku", "title").alias("product_id"),
        (pl.col("price") * pl.col("units")).cast(pl.Decimal(18, 4)).alias("worth"),
        _status().alias("status"),
    ).with_columns(exports.moment("status", "created_at", "paid_at", "completed_at").alias("_time"))


def _orders(plain: pl.DataFrame) -> pl.DataFrame:
    """Each order once. Goods are what JD settles for them, after the shop's discounts; else the list amount; else what its lines cost."""
    columns = [name for name in plain.columns if name not in ("order_id", "_row", "_time", "worth")]
    grouped = plain.group_by("order_id", maintain_order=True).agg(
        pl.col("_row").first(),
        pl.col("_time").max(),
        pl.col("worth").sum(),
        *(pl.col(name).drop_nulls().first() for name in columns),
    )
    goods = pl.coalesce("settled", "listed", pl.col("paid") - pl.col("freight").fill_null(0))
    due = pl.col("settled") + pl.col("freight").fill_null(0)
    return grouped.select(
        "_row",
        "_time",
        "_identity",
        "order_id",
        "created_at",
        "paid_at",
        "completed_at",
        "status",
        pl.lit("normal").alias("kind"),
        pl.lit(CURRENCY).alias("currency"),
        goods.alias("goods_amount"),
        pl.when(pl.col("listed") >= pl.col("settled"))
        .then(pl.col("listed") - pl.col("settled"))
        .alias("discount_amount"),
        pl.when((pl.col("paid") > 0) & (due >= pl.col("paid"))).then(due - pl.col("paid")).alias("platform_discount"),
        pl.col("freight").alias("shipping_amount"),
        pl.col("listed").alias("order_total"),
        pl.col("paid").alias("paid_amount"),
        "source",
        "device",
        "region",
        "city",
        "buyer_note",
        "seller_note",
        "extra",
    )


def _status() -> pl.Expr:
    """A deleted order was cancelled or split into others that stand in the file themselves: never a sale. A state nobody knows gives
    what the times say."""
    known = pl.col("base").replace_strict(STATUS, default=None, return_dtype=pl.String)
    return (
        pl.when("deleted")
        .then(pl.lit("cancelled"))
        .when(known.is_not_null())
        .then(known)
        .when(pl.col("completed_at").is_not_null())
        .then(pl.lit("completed"))
        .when(pl.col("paid_at").is_not_null())
        .then(pl.lit("paid"))
    )


def _lines(plain: pl.DataFrame) -> pl.DataFrame:
    """Lines at JD's price: what the order really came to is spread over them. What costs nothing beside paid goods is a gift."""
    gift = (pl.col("price") == 0) & (pl.col("worth").sum().over("order_id") > 0)
    return plain.select(
        "_row",
        "_time",
        "order_id",
        v.occurrence_ids(plain, "order_id", "product_id").alias("line_id"),
        "product_id",
        "sku",
        "title",
        pl.col("units").alias("quantity"),
        pl.col("price").alias("unit_price"),
        pl.when(gift).then(pl.lit("gift")).otherwise(pl.lit("goods")).alias("kind"),
    )


def _notes(plain: pl.DataFrame, export: Export) -> Notes:
    notes = exports.unknown_texts(plain["base"], STATUS, export.sheet.name)
    first = plain.unique("order_id", keep="first", maintain_order=True)
    paid = first.filter(
        pl.col("deleted")
        & pl.col("paid_at").is_not_null()
        & ~pl.col("seller_note").str.contains(_SPLIT).fill_null(False)
    )
    if len(paid):
        amount = float(paid["paid"].sum() or 0)
        notes.append(("jd_deleted_paid", {"file": export.sheet.name, "orders": len(paid), "amount": f"{amount:,.2f}"}))
    differing = plain.group_by("order_id").agg(pl.col("listed", "settled", "paid").drop_nulls().n_unique())
    several = differing.filter(pl.max_horizontal("listed", "settled", "paid") > 1)
    if len(several):
        notes.append(("order_amounts_differ", {"file": export.sheet.name, "orders": len(several)}))
    return notes
