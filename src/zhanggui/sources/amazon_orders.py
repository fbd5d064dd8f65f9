"""Amazon's All Orders file: a row a line, tab-separated, without quoting, times in UTC."""

from __future__ import annotations

import polars as pl

from zhanggui.sources import values as v
from zhanggui.sources.content_ids import digests, number_text, numbered, text_of
from zhanggui.sources.matching import words
from zhanggui.sources.reports import Report, beside, number
from zhanggui.tables.loading import LeftOut, Options, Piece

CORE = words("amazon-order-id purchase-date item-price quantity")
COLUMNS = words(
    """amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel sales-channel order-channel
    ship-service-level product-name sku asin item-status quantity currency item-price item-tax shipping-price shipping-tax
    gift-wrap-price gift-wrap-tax item-promotion-discount ship-promotion-discount ship-city ship-state ship-postal-code ship-country
    promotion-ids is-business-order purchase-order-number price-designation tax-collection-model tax-collection-responsible-party
    buyer-company-name buyer-tax-registration-country buyer-tax-registration-type is-sold-by-ab"""
)
_AMOUNTS = words(
    """quantity item-price item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount
    ship-promotion-discount"""
)
_BESIDE = words(
    "fulfillment-channel sales-channel ship-service-level promotion-ids is-business-order tax-collection-model"
)


def pieces(report: Report, options: Options) -> list[Piece]:
    """Orders, lines and products. Orders of other shops that Amazon only ships (``Non-Amazon``) are left out: their sale is the
    other shop's."""
    report.readable(_AMOUNTS)
    _without_others(report)
    rows = _lines(report)
    if rows.is_empty():
        return []
    lines, orders = _stated_lines(rows), _orders(rows, report)
    made = (
        ("orders", orders, float(orders["order_total"].sum() or 0)),
        ("order_lines", lines, float(lines["line_total"].sum() or 0)),
        ("products", _products(rows), None),
    )
    currency = None if "currency" in report.frame.columns else options.currency
    return [
        Piece(table, some, report.sheet.name, 30, None, "UTC", currency, file_money=money, rows_read=len(report.frame))
        for table, some, money in made
    ]


def _without_others(report: Report) -> None:
    if "sales-channel" not in report.frame.columns:
        return
    other = (
        pl.col("sales-channel")
        .str.strip_chars()
        .str.to_lowercase()
        .str.starts_with("non-amazon")
        .fill_null(value=False)
    )
    shipped = report.frame.filter(other)
    if len(shipped):
        report.left_out.append(LeftOut("shipped_for_others", len(shipped), v.total(shipped, "item-price")))
        report.frame = report.frame.filter(~other)


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    return v.safe_text(pl.col(name)) if name in frame.columns else pl.lit(None, pl.String)


def _lines(report: Report) -> pl.DataFrame:
    """The rows with their amounts. ``item-price`` is of the whole line; a blank price (pending, cancelled) is unknown."""
    frame = report.frame
    cancelled = pl.coalesce(_text(frame, "item-status"), _text(frame, "order-status")).str.to_lowercase() == "cancelled"
    rows = frame.select(
        "_row",
        v.identifier(pl.col("amazon-order-id")).alias("order_id"),
        v.instant(pl.col("purchase-date")).alias("created_at"),
        v.instant(pl.coalesce(_text(frame, "last-updated-date"), _text(frame, "purchase-date"))).alias("_time"),
        _text(frame, "order-status").str.to_lowercase().alias("_status"),
        cancelled.fill_null(value=False).alias("_cancelled"),
        _text(frame, "sku").alias("sku"),
        v.identifier(_text(frame, "asin")).alias("_asin"),
        _text(frame, "product-name").alias("title"),
        _text(frame, "currency").alias("currency"),
        *(number(frame, name).alias(name) for name in _AMOUNTS),
        *(_text(frame, f"ship-{name}").alias(field) for name, field in _PLACES.items()),
        beside(frame, report.sheet, set(frame.columns) - set(_BESIDE) - (set(frame.columns) - set(COLUMNS))).alias(
            "extra"
        ),
    ).filter(pl.col("order_id").is_not_null())
    discount = pl.col("item-promotion-discount").abs()
    return rows.with_columns(
        pl.coalesce("_asin", "sku").alias("product_id"),
        discount.alias("line_discount"),
        (pl.col("item-price") - discount.fill_null(0.0)).round(4).alias("line_total"),
    )


_PLACES = {"country": "country", "state": "region", "city": "city"}


def _stated_lines(rows: pl.DataFrame) -> pl.DataFrame:
    gone = pl.col("_cancelled")
    content = text_of([pl.col("sku"), pl.col("title"), number_text(pl.col("item-price"))])
    hashed = rows.select("order_id", "quantity", digests(rows.select(content.alias("text"))["text"]).alias("digest"))
    lines = rows.with_columns(numbered(hashed, "digest", "order_id", ["quantity"]).alias("line_id")).select(
        "_row",
        "_time",
        "order_id",
        "line_id",
        "product_id",
        "sku",
        "title",
        pl.when(gone).then(0.0).otherwise(pl.col("quantity")).alias("quantity"),
        pl.when(pl.col("quantity") > 0).then((pl.col("item-price") / pl.col("quantity")).round(4)).alias("unit_price"),
        "line_discount",
        pl.when(gone).then(0.0).otherwise(pl.col("line_total")).alias("line_total"),
        pl.when((pl.col("line_total") == 0) & ~gone).then(pl.lit("gift")).otherwise(pl.lit("goods")).alias("kind"),
    )
    wrapped = (
        rows.filter(pl.col("gift-wrap-price") > 0)
        .group_by("order_id", maintain_order=True)
        .agg(
            pl.col("_row").first(),
            pl.col("_time").first(),
            pl.col("gift-wrap-price").sum().round(4).alias("line_total"),
        )
    )
    wraps = wrapped.with_columns(
        pl.lit("gift-wrap").alias("line_id"),
        pl.lit("gift-wrap").alias("title"),
        pl.lit(1.0).alias("quantity"),
        pl.lit("non_goods").alias("kind"),
    )
    return pl.concat([lines, wraps], how="diagonal") if len(wraps) else lines


def _orders(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    def total(*names: str) -> pl.Expr:
        known = pl.any_horizontal(pl.col(name).is_not_null().any() for name in names)
        return pl.when(known).then(sum((pl.col(name).sum() for name in names), pl.lit(0.0)).round(4))

    shipping = total("shipping-price") - pl.col("ship-promotion-discount").abs().sum()
    return (
        rows.group_by("order_id", maintain_order=True)
        .agg(
            pl.col("_row").first(),
            pl.col("_time").max(),
            pl.col("created_at").first(),
            pl.col("_status").drop_nulls().first(),
            pl.col("currency", "country", "region", "city", "extra").drop_nulls().first(),
            total("line_total").alias("goods_amount"),
            total("line_discount").alias("discount_amount"),
            shipping.round(4).alias("shipping_amount"),
            total("item-tax", "shipping-tax", "gift-wrap-tax").alias("tax_amount"),
            total("gift-wrap-price").alias("_wrapping"),
        )
        .with_columns(
            _status().alias("status"),
            pl.lit("normal").alias("kind"),
            pl.when(pl.col("goods_amount").is_not_null())
            .then(
                pl.sum_horizontal("goods_amount", "shipping_amount", "tax_amount", "_wrapping").round(4),
            )
            .alias("order_total"),
        )
        .drop("_status", "_wrapping")
    )


def _status() -> pl.Expr:
    """Pending → placed; unshipped → paid; shipped in any of its kinds → shipped, delivered where it says so."""
    status = pl.col("_status")
    return (
        pl.when(status.str.starts_with("cancel"))
        .then(pl.lit("cancelled"))
        .when(status.str.starts_with("pending"))
        .then(pl.lit("placed"))
        .when(status.str.contains("delivered"))
        .then(pl.lit("delivered"))
        .when(status.str.starts_with("shipped") | (status == "shipping"))
        .then(pl.lit("shipped"))
        .when(status.is_in(["unshipped", "partiallyshipped", "invoiceunconfirmed"]))
        .then(pl.lit("paid"))
    )


def _products(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.filter(pl.col("product_id").is_not_null())
        .sort("_time", "_row")
        .unique("product_id", keep="last", maintain_order=True)
        .select("_row", "_time", "product_id", pl.col("sku").alias("item_key"), "title")
    )
