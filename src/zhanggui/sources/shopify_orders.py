"""Shopify's order export: one row per line, the order's own fields on its first row only."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from zhanggui.sources import landing, values
from zhanggui.sources.content_ids import among, digests, number_text, numbered, text_of
from zhanggui.sources.general_dates import instants
from zhanggui.sources.non_goods import is_non_goods_title
from zhanggui.tables.loading import Options, Piece, Sheet

TIMES = {"Createdat": "created_at", "Paidat": "paid_at", "Fulfilledat": "shipped_at", "Cancelledat": "_cancelled_at"}
AMOUNTS = {
    "Subtotal": "_subtotal",
    "Shipping": "shipping_amount",
    "Taxes": "tax_amount",
    "Total": "order_total",
    "DiscountAmount": "discount_amount",
    "RefundedAmount": "_refunded",
}
TEXTS = {
    "FinancialStatus": "_financial",
    "FulfillmentStatus": "_fulfilment",
    "Currency": "currency",
    "Source": "source",
    "Notes": "buyer_note",
}
EXTRA = (
    "Id",
    "Tags",
    "DiscountCode",
    "ShippingMethod",
    "PaymentMethod",
    "RiskLevel",
    "Duties",
    "Location",
    "PaymentTermsName",
)
SALES = ("paid", "partially_refunded", "refunded")
"""Financial statuses of money received. ``partially_paid`` is a deposit: placed until the rest is there."""

_CENT = 0.011


def pieces(frame: pl.DataFrame, sheet: Sheet, options: Options) -> tuple[Piece, ...]:
    """Pieces for ``orders``, ``order_lines``, ``products`` and ``refunds``. Instants are in UTC."""
    values.check_ids(frame, ("Id",), sheet)
    rows = frame.with_columns(
        values.identifier(pl.col("Name")).alias("order_id"),
        *(_utc(frame, name, sheet, options).alias(f"{name}_utc") for name in TIMES if name in frame.columns),
    ).filter(pl.col("order_id").is_not_null())
    lines = _lines(rows)
    orders = _orders(rows, lines)
    stated = orders.drop(
        [name for name in orders.columns if name.startswith("_") and name not in ("_row", "_time", "_identity")]
    )
    made: list[tuple[str, pl.DataFrame, str]] = [
        ("orders", stated, "order_total"),
        ("order_lines", lines.drop("_brand"), "line_total"),
        ("products", _products(lines), ""),
        ("refunds", refunds(orders), "amount"),
    ]
    currency = options.currency if "Currency" not in frame.columns else None
    exported = exported_at(sheet) or _latest(orders)
    return tuple(
        Piece(
            table,
            some,
            sheet.name,
            exported_at=exported,
            timezone="UTC",
            currency=currency,
            file_money=float(some[money].sum() or 0) if money in some.columns else None,
            rows_read=len(frame),
        )
        for table, some, money in made
        if len(some)
    )


def exported_at(sheet: Sheet) -> str | None:
    """The day in the file's name, where there is one."""
    found = re.search(r"(20\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?!\d)", sheet.path.name)
    return f"{found[1]}-{found[2]}-{found[3]} 00:00:00" if found else None


def buyer(frame: pl.DataFrame, *columns: str) -> pl.Expr:
    """What names the buyer: the first of ``columns`` that is filled, e-mails without regard to case."""
    present = [values.identity(pl.col(name)).str.to_lowercase() for name in columns if name in frame.columns]
    return pl.coalesce(present or [pl.lit(None, pl.String)])


def _latest(orders: pl.DataFrame) -> str | None:
    """The newest instant in the file: an export is at least as young as what it tells."""
    newest = orders["_time"].max()
    return str(newest)[:19] if newest is not None else None


def _utc(frame: pl.DataFrame, name: str, sheet: Sheet, options: Options) -> pl.Series:
    """The instants of a column in UTC; without an offset (a file that was edited) they are the shop's wall clock."""
    found = instants(frame[name], frame["_row"], file=sheet.name, american=True, timezone=options.timezone)
    if found.zoned:
        return found.values
    local = pl.col(name).dt.replace_time_zone(options.timezone, ambiguous="earliest", non_existent="null")
    return found.values.to_frame(name).select(local.dt.convert_time_zone("UTC").dt.replace_time_zone(None))[name]


def _number(frame: pl.DataFrame, name: str) -> pl.Expr:
    return values.number(pl.col(name)) if name in frame.columns else pl.lit(None, pl.Float64)


def _text(frame: pl.DataFrame, *names: str) -> pl.Expr:
    return pl.coalesce(
        [values.safe_text(pl.col(name)) for name in names if name in frame.columns] or [pl.lit(None, pl.String)]
    )


def product_ids(sku: pl.Series, name: pl.Series) -> pl.Series:
    """A variant is its SKU; without one, a hash of its full name, which orders and products files write alike."""
    hashed = digests(name.fill_null(""))
    made = pl.coalesce(sku, pl.concat_str(pl.lit("name-"), hashed))
    return pl.select(pl.when(name.is_null() & sku.is_null()).then(None).otherwise(made)).to_series()


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    price, pieces_ = _number(rows, "Lineitemprice"), _number(rows, "Lineitemquantity")
    discount = _number(rows, "Lineitemdiscount")
    lines = rows.select(
        "_row",
        "order_id",
        (values.identifier(pl.col("Lineitemsku")) if "Lineitemsku" in rows.columns else pl.lit(None, pl.String)).alias(
            "sku"
        ),
        _text(rows, "Lineitemname").alias("title"),
        pieces_.alias("quantity"),
        price.alias("unit_price"),
        discount.alias("line_discount"),
        (price * pieces_ - discount.fill_null(0.0)).round(4).alias("line_total"),
        _text(rows, "Vendor").alias("_brand"),
        pl.col("Createdat_utc").forward_fill().over("order_id").alias("_time"),
    ).filter(pl.col("title").is_not_null() | pl.col("sku").is_not_null())
    none = among(lines["title"], is_non_goods_title)
    gift = pl.col("line_total") == 0
    lines = lines.with_columns(
        pl.when(none)
        .then(pl.lit("non_goods"))
        .when(gift)
        .then(pl.lit("gift"))
        .otherwise(pl.lit("goods"))
        .alias("kind"),
        pl.when(~none).then(product_ids(lines["sku"], lines["title"])).alias("product_id"),
    )
    content = text_of([pl.col("sku"), pl.col("title"), number_text(pl.col("unit_price"))])
    hashed = lines.select("order_id", "quantity", digests(lines.select(content.alias("text"))["text"]).alias("digest"))
    return lines.with_columns(line_id=numbered(hashed, "digest", "order_id", ["quantity"]))


def _landing(rows: pl.DataFrame) -> pl.Series:
    """Where the visit began, out of the notes that a shop's own script left on the order."""
    if "NoteAttributes" not in rows.columns:
        return pl.Series([None] * len(rows), dtype=pl.String)
    return landing.each(rows["NoteAttributes"], landing.of_attributes)


def _orders(rows: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    columns = rows.columns
    filled = rows.with_columns(
        *(_number(rows, name).alias(field) for name, field in AMOUNTS.items()),
        *(_text(rows, name).alias(field) for name, field in TEXTS.items()),
        _landing(rows).alias("landing_page"),
        buyer(rows, "Email", "Phone", "BillingPhone", "ShippingPhone").alias("_identity"),
        _text(rows, "ShippingCountry", "BillingCountry").alias("country"),
        _text(rows, "ShippingProvinceName", "ShippingProvince", "BillingProvinceName", "BillingProvince").alias(
            "region"
        ),
        _text(rows, "ShippingCity", "BillingCity").alias("city"),
        values.extra(rows, [name for name in EXTRA if name in columns]).alias("extra"),
    )
    fields = [*AMOUNTS.values(), *TEXTS.values(), "landing_page", "_identity", "country", "region", "city", "extra"]
    times = [
        pl.col(f"{name}_utc").drop_nulls().first().alias(field)
        for name, field in TIMES.items()
        if f"{name}_utc" in columns
    ]
    orders = filled.group_by("order_id", maintain_order=True).agg(
        pl.col("_row").first(), *times, *(pl.col(name).drop_nulls().first() for name in fields)
    )
    absent = [field for name, field in TIMES.items() if f"{name}_utc" not in columns]
    orders = orders.with_columns(pl.lit(None, pl.Datetime("us")).alias(field) for field in absent)
    set_apart = (
        lines.filter(pl.col("kind") == "non_goods").group_by("order_id").agg(pl.col("line_total").sum().alias("_apart"))
    )
    orders = orders.join(set_apart, on="order_id", how="left", maintain_order="left")
    return orders.with_columns(
        _goods(orders).alias("goods_amount"),
        _status().alias("status"),
        pl.lit("normal").alias("kind"),
        pl.max_horizontal(TIMES.values()).alias("_time"),
    )


def _goods(orders: pl.DataFrame) -> pl.Series:
    """Goods after discounts without tax: the subtotal, less lines that are no goods, less the tax inside it where prices include tax.

    Prices include tax where subtotal + shipping is the total although there is tax. Orders whose sums fit neither way (tips, duties)
    follow the majority of the file. The tax inside is shared between goods and shipping by amount.
    """
    shipping, tax = pl.col("shipping_amount").fill_null(0.0), pl.col("tax_amount").fill_null(0.0)
    before = pl.col("_subtotal") + shipping
    inside = ((before - pl.col("order_total")).abs() < _CENT) & (tax > 0)
    outside = ((before + tax - pl.col("order_total")).abs() < _CENT) & (tax > 0)
    counts = orders.select(inside.sum().alias("inside"), outside.sum().alias("outside")).row(0)
    usual = pl.lit(counts[0] > counts[1]) & (tax > 0)
    included = pl.when(inside).then(pl.lit(value=True)).when(outside).then(pl.lit(value=False)).otherwise(usual)
    goods = pl.col("_subtotal") - pl.col("_apart").fill_null(0.0)
    share = pl.when(before > 0).then(goods / before).otherwise(0.0)
    net = (goods - pl.when(included).then(tax * share).otherwise(0.0)).round(2)
    return orders.select(net.alias("goods_amount"))["goods_amount"]


def _status() -> pl.Expr:
    """paid … refunded are sales (a refund is a row of its own); cancelled without a refund of a payment never was one."""
    received = pl.col("_financial").str.to_lowercase().is_in(SALES)
    cancelled = pl.col("_cancelled_at").is_not_null()
    refunded = pl.col("_refunded").fill_null(0.0) > 0
    sent = pl.col("_fulfilment").str.to_lowercase() == "fulfilled"
    return (
        pl.when(pl.col("_financial").str.to_lowercase() == "voided")
        .then(pl.lit("cancelled"))
        .when(cancelled & ~(received & refunded).fill_null(value=False))
        .then(pl.lit("cancelled"))
        .when(received & sent)
        .then(pl.lit("shipped"))
        .when(received)
        .then(pl.lit("paid"))
        .when(pl.col("_financial").is_not_null())
        .then(pl.lit("placed"))
    )


def refunds(orders: pl.DataFrame) -> pl.DataFrame:
    """What was refunded so far, one row per order: goods only. A full refund is all of the goods; of a partial one the tax on the
    goods is taken out by their share. It has a day of its own only where the order was cancelled.

    Refunds only ever grow and change no time in the file, so the rank grows with the amount: a later export is the one that
    states more.
    """
    goods, tax = pl.col("goods_amount").fill_null(0.0), pl.col("tax_amount").fill_null(0.0)
    full = pl.col("_refunded") >= pl.col("order_total") - _CENT
    part = pl.min_horizontal(
        goods, (pl.col("_refunded") * pl.when(goods > 0).then(goods / (goods + tax)).otherwise(0.0)).round(2)
    )
    cents = (pl.col("_refunded") * 100).round(0).clip(0, _MOST_CENTS).cast(pl.Int64)
    return orders.filter((pl.col("_refunded") > 0) & (pl.col("status") != "cancelled")).select(
        "_row",
        pl.concat_str("order_id", pl.lit("#order")).alias("refund_id"),
        "order_id",
        pl.col("_cancelled_at").alias("finished_at"),
        pl.when(full).then(goods).otherwise(part).alias("amount"),
        "currency",
        pl.lit("finished").alias("status"),
        pl.lit("order_total").alias("scope"),
        (pl.col("created_at") + pl.duration(seconds=cents)).alias("_time"),
    )


_MOST_CENTS = 300_000_000


def _products(lines: pl.DataFrame) -> pl.DataFrame:
    """What the lines say of products: the latest title; prices and costs come from the products file."""
    known = lines.filter(pl.col("product_id").is_not_null())
    names: Sequence[str] = ("product_id", "title", "_brand")
    return (
        known.group_by(names)
        .agg(pl.col("_time").max())
        .rename({"_brand": "brand"})
        .sort("product_id", "title", nulls_last=True)
    )
