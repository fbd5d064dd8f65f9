"""Taobao's order list: one row an order, from the 41 columns of 2016 to the workbooks of today."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from zhanggui.sources import values as v
from zhanggui.sources.matching import words
from zhanggui.sources.taobao_columns import NEVER_EXTRA, NO, STATUS
from zhanggui.tables.loading import Piece, Sheet

ZONE = "Asia/Shanghai"
CURRENCY = "CNY"
NO_REFUND = ("无退款申请", "没有申请退款")
_MAPPED = frozenset(
    words(
        """
    订单编号 买家应付货款 买家应付邮费 总金额 买家实际支付金额 订单状态 订单创建时间 订单付款时间
    发货时间 确认收货时间 宝贝标题 宝贝总数量 物流公司 订单备注 退款金额 打款商家金额
    """
    )
)


def text(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column that a layout may lack: NULL text then."""
    return pl.col(name) if name in frame.columns else pl.lit(None, dtype=pl.String)


def latest(*instants: str) -> pl.Expr:
    """The latest of ISO texts: the row's own status time."""
    return pl.max_horizontal(instants)


def status_text(cell: pl.Expr) -> pl.Expr:
    """A status as ``STATUS`` has it: the comma is full-width in old files and ASCII in new ones."""
    return v.missing(cell.str.replace_all("，", ",").str.replace_all(r"\s", ""))


def rest(frame: pl.DataFrame, mapped: frozenset[str]) -> list[str]:
    """The columns that go to ``extra``."""
    return [
        name for name in frame.columns if name not in mapped and name not in NEVER_EXTRA and not name.startswith("_")
    ]


def pieces(
    frame: pl.DataFrame, sheet: Sheet, exported_at: str | None
) -> tuple[list[Piece], list[tuple[str, dict[str, object]]]]:
    """Orders, order-level refunds so far, and one line an order (units only, outranked by any item list), with notes."""
    plain = _plain(frame)
    after_refund = pays_after_refund(plain)
    orders = _orders(plain, frame, after_refund=after_refund)
    money = v.total(frame, "总金额") if "总金额" in frame.columns else None
    made = [
        Piece("orders", orders, sheet.name, 30, exported_at, ZONE, CURRENCY, file_money=money),
        Piece("refunds", _refunds(orders, plain), sheet.name, 10, exported_at, ZONE, CURRENCY),
    ]
    lines = _lines(plain)
    if lines is not None:
        made.append(Piece("order_lines", lines, sheet.name, 10, exported_at, ZONE, CURRENCY))
    notes: list[tuple[str, dict[str, object]]] = []
    if after_refund:
        notes.append(("paid_after_refund", {"file": sheet.name}))
    unknown = plain.filter(pl.col("text").is_not_null() & ~pl.col("text").is_in(list(STATUS)))["text"].unique().sort()
    if len(unknown):
        notes.append(("unknown_status_texts", {"file": sheet.name, "values": "、".join(unknown.to_list()[:5])}))
    return [piece for piece in made if len(_frame(piece))], notes


def _frame(piece: Piece) -> pl.DataFrame:
    assert isinstance(piece.rows, pl.DataFrame)
    return piece.rows


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that matter, cleaned, under short names; money as DECIMAL."""
    region, city = v.region_parts(text(frame, "收货地址"))
    kinds = v.number(text(frame, "宝贝种类"))
    money = {
        "due": "买家应付货款",
        "freight": "买家应付邮费",
        "total": "总金额",
        "paid": "买家实际支付金额",
        "payout": "打款商家金额",
    }
    times = {
        "created_at": "订单创建时间",
        "paid_at": "订单付款时间",
        "shipped_at": "发货时间",
        "completed_at": "确认收货时间",
    }
    shape = frame.select(
        "_row",
        v.identifier(text(frame, "订单编号")).alias("order_id"),
        *(v.amount(text(frame, name)).alias(short) for short, name in money.items()),
        v.amount(text(frame, "退款金额"), *NO_REFUND).alias("refunded"),
        *(v.instant(text(frame, name)).alias(short) for short, name in times.items()),
        status_text(text(frame, "订单状态")).alias("text"),
        v.missing(text(frame, "物流单号")).alias("tracking"),
        v.safe_text(text(frame, "宝贝标题")).alias("title"),
        kinds.alias("kinds"),
        v.money(text(frame, "宝贝总数量")).alias("units"),
        region.alias("region"),
        city.alias("city"),
        v.identity(text(frame, "买家会员名")).alias("_identity"),
        _presale(frame).alias("presale"),
        pl.when(text(frame, "是否手机订单").str.contains("手机")).then(pl.lit("mobile")).alias("device"),
        v.missing(text(frame, "物流公司")).alias("carrier"),
        v.safe_text(text(frame, "买家留言")).alias("buyer_note"),
        v.safe_text(text(frame, "订单备注")).alias("seller_note"),
    )
    has_payment_times = "订单付款时间" in frame.columns
    was_paid = pl.col("paid_at").is_not_null() if has_payment_times else pl.col("paid").fill_null(0) > 0
    was_shipped = pl.col("tracking").is_not_null() | pl.col("shipped_at").is_not_null()
    stated = pl.col("text")
    if "订单状态" not in frame.columns:
        stated = pl.when(was_paid).then(pl.lit("买家已付款")).otherwise(pl.lit("等待买家付款"))
    has_refunds = "退款金额" in frame.columns
    return shape.with_columns(
        was_paid.alias("was_paid"),
        was_shipped.alias("was_shipped"),
        pl.lit(has_refunds).alias("has_refunds"),
        stated.alias("text"),
        pl.coalesce("total", pl.col("due") + pl.col("freight").fill_null(0)).alias("total"),
        pl.coalesce("due", pl.col("total") - pl.col("freight").fill_null(0)).alias("goods"),
    )


def _presale(frame: pl.DataFrame) -> pl.Expr:
    """Whether a presale, by either of the columns that tell; NULL where the file has neither."""
    told = [name for name in ("预售订单", "分阶段订单信息") if name in frame.columns]
    if not told:
        return pl.lit(None, dtype=pl.Boolean)
    return pl.any_horizontal(v.missing(pl.col(name), *NO).is_not_null() for name in told)


def pays_after_refund(plain: pl.DataFrame) -> bool:
    """Whether this file's paid amount is what was left after refunds: in every paid row with a refund, paid + refund = total.

    The real order list gives what the buyer paid; reports cut from it may give the rest.
    """
    refunded = plain.filter(pl.col("was_paid") & (pl.col("refunded") > 0))
    if refunded.is_empty():
        return False
    fits = (pl.col("paid") + pl.col("refunded") - pl.col("total")).abs() < 0.005
    return bool(refunded.select(fits.fill_null(False).all()).item())


def status(was_paid: pl.Expr, was_shipped: pl.Expr, stated: pl.Expr) -> pl.Expr:
    """The canonical status. 交易关闭 is cancelled only where nothing was paid: a paid order that was closed is a sale with a
    refund. A text nobody knows gives what the times say."""
    known = stated.replace_strict(STATUS, default=None, return_dtype=pl.String)
    sold = pl.when(was_shipped).then(pl.lit("shipped")).otherwise(pl.lit("paid"))
    return (
        pl.when(known == "closed")
        .then(pl.when(was_paid).then(sold).otherwise(pl.lit("cancelled")))
        .when(known.is_not_null())
        .then(known)
        .when(was_paid & stated.is_not_null())
        .then(sold)
    )


def _orders(plain: pl.DataFrame, frame: pl.DataFrame, *, after_refund: bool) -> pl.DataFrame:
    paid = pl.col("paid") + pl.col("refunded").fill_null(0) if after_refund else pl.col("paid")
    gap = pl.col("goods") + pl.col("freight").fill_null(0) - paid
    extra = v.extra(frame, rest(frame, _MAPPED))
    texted = frame.select("_row", extra.alias("extra"))["extra"]
    return plain.with_columns(texted).select(
        "_row",
        "_identity",
        latest("created_at", "paid_at", "shipped_at", "completed_at").alias("_time"),
        "order_id",
        "created_at",
        "paid_at",
        "shipped_at",
        "completed_at",
        status(pl.col("was_paid"), pl.col("was_shipped"), pl.col("text")).alias("status"),
        pl.when("presale").then(pl.lit("presale")).when(~pl.col("presale")).then(pl.lit("normal")).alias("kind"),
        pl.lit(CURRENCY).alias("currency"),
        pl.col("goods").alias("goods_amount"),
        pl.when(pl.col("was_paid") & (paid > 0) & (gap >= 0)).then(gap).alias("platform_discount"),
        pl.col("freight").alias("shipping_amount"),
        pl.col("total").alias("order_total"),
        paid.alias("paid_amount"),
        pl.col("payout").alias("payout_amount"),
        "device",
        "region",
        "city",
        "carrier",
        "buyer_note",
        "seller_note",
        (
            with_field(pl.col("extra"), "订单状态", pl.col("text")) if "订单状态" in frame.columns else pl.col("extra")
        ).alias("extra"),
    )


def with_field(extra: pl.Expr, name: str, value: pl.Expr) -> pl.Expr:
    """The JSON object ``extra`` with one more field at its start, where ``value`` is not NULL."""
    pair = pl.concat_str(pl.lit(f'"{name}":"'), value.str.replace_all('["\\\\]', ""), pl.lit('"'))
    joined = pl.concat_str(pl.lit("{"), pair, pl.lit(","), extra.str.slice(1))
    alone = pl.concat_str(pl.lit("{"), pair, pl.lit("}"))
    return pl.coalesce(joined, alone, extra)


def _refunds(orders: pl.DataFrame, plain: pl.DataFrame) -> pl.DataFrame:
    """What was refunded on each order so far. A paid order that was closed without saying how much gave everything back; where
    the file has no refund column, a completed order was refunded what the buyer paid and the seller did not get."""
    closed = pl.col("text") == "交易关闭"
    everything = pl.when(pl.col("paid_amount") > 0).then(pl.col("paid_amount")).otherwise(pl.col("total"))
    kept_back = pl.col("paid_amount") - pl.col("payout")
    stated = pl.when(pl.col("refunded") > 0).then(pl.col("refunded"))
    derived = (
        pl.when(closed)
        .then(everything)
        .when(~pl.col("has_refunds") & (pl.col("text") == "交易成功") & (pl.col("payout") > 0) & (kept_back > 0))
        .then(kept_back)
    )
    joined = plain.with_columns(orders["paid_amount"], orders["_time"])
    return (
        joined.filter("was_paid")
        .select(
            "_row",
            "_time",
            pl.concat_str("order_id", pl.lit("#order")).alias("refund_id"),
            "order_id",
            pl.coalesce(stated, derived).alias("amount"),
            pl.lit(CURRENCY).alias("currency"),
            pl.when(closed & ~pl.col("was_shipped")).then(pl.lit("before_shipment")).alias("phase"),
            pl.lit("finished").alias("status"),
            pl.lit("order_total").alias("scope"),
        )
        .filter(pl.col("amount") > 0)
    )


def _lines(plain: pl.DataFrame) -> pl.DataFrame | None:
    """One line an order with its units; it names the item only where the order has one kind of item."""
    if plain["units"].is_null().all():
        return None
    single = pl.when(pl.col("kinds") == 1).then(pl.col("title"))
    named = plain.with_columns(single.alias("title"))
    return named.select(
        "_row",
        "order_id",
        pl.concat_str(v.occurrence_ids(named, "order_id", "title")).alias("line_id"),
        pl.col("title").alias("product_id"),
        "title",
        pl.col("units").alias("quantity"),
        pl.col("goods").alias("line_total"),
        pl.lit("goods").alias("kind"),
    )


def shop_of(frame: pl.DataFrame) -> str:
    """The one shop the file names, empty where it names none or several."""
    if "店铺名称" not in frame.columns:
        return ""
    names: Sequence[str] = frame.select(v.missing(pl.col("店铺名称")).drop_nulls().unique()).to_series().to_list()
    return names[0] if len(names) == 1 else ""
