"""WooCommerce's product export, and the order export of a common plugin (an order a row, its items in columns)."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from zhanggui.sources import periods
from zhanggui.sources import values as v
from zhanggui.sources.general_dates import instants
from zhanggui.sources.matching import words
from zhanggui.sources.people import identity
from zhanggui.sources.reports import number
from zhanggui.sources.woocommerce_json import STATUSES
from zhanggui.tables.loading import LeftOut, Options, Piece, Sheet

PRODUCT_CORE = words("ID Type Name Published")
PRODUCTS = words(
    """ID Type SKU Name Published Isfeatured? Visibilityincatalog Shortdescription Description Datesalepricestarts Datesalepriceends
    Taxstatus Taxclass Instock? Stock Lowstockamount Backordersallowed? Soldindividually? Allowcustomerreviews? Purchasenote Saleprice
    Regularprice Categories Tags Shippingclass Images Downloadlimit Downloadexpirydays Parent Groupedproducts Upsells Cross-sells
    ExternalURL Buttontext Position GTIN,UPC,EAN,orISBN Brands"""
)
ORDER_CORE = words("order_id status order_total order_item_1")
ORDERS = words(
    """order_id order_number_formatted order_number date status order_shipping order_shipping_tax order_fees order_fee_tax order_tax
    cart_discount order_discount order_total payment_method shipping_method customer_user customer_note order_notes
    download_permissions_granted order_currency"""
)
SERIAL = re.compile(
    r"Attribute\d+(?:name|value\(s\)|visible|global|default)|Meta:.*|(?:Weight|Length|Width|Height)\(.*\)|Download\d+(?:name|URL|ID)"
    r"|order_item_\d+|(?:billing|shipping)_\w+"
)
_TAKEN = re.compile(r"-(\d{1,2})-(\d{1,2})-(20\d\d)-\d+")
_ITEM = r"^(?:product_id:)?(\d+)\|([\d.]+)\|([\d.]+)(?:\|(.*))?$"


def _text(frame: pl.DataFrame, *names: str) -> pl.Expr:
    return pl.coalesce(
        [v.safe_text(pl.col(name)) for name in names if name in frame.columns] or [pl.lit(None, pl.String)]
    )


def taken_on(sheet: Sheet) -> date | None:
    """The day an export was made, from the name WooCommerce gives it (``wc-product-export-22-11-2026-…``) or an ISO day in it."""
    found = _TAKEN.search(sheet.path.name)
    if found:
        return periods.day(f"{found[3]}-{found[2]}-{found[1]}")
    named = periods.in_name(sheet.path.name)
    return named[1] if named else None


def products(frame: pl.DataFrame, sheet: Sheet, options: Options) -> tuple[tuple[Piece, ...], tuple[LeftOut, ...]]:
    """Products, a variable one as one product: its variations lie in stock by their SKU and are no products of their own."""
    rows = frame.with_columns(
        v.identifier(pl.col("ID")).alias("_id"),
        pl.col("Type").str.to_lowercase().fill_null("").alias("_type"),
        _parent(frame).alias("_parent"),
    )
    variation = pl.col("_type").str.starts_with("variation")
    own = rows.filter(~variation & pl.col("_id").is_not_null())
    varied = rows.filter(variation)
    day = taken_on(sheet)
    pieces = [
        Piece(
            "products",
            _products(own),
            sheet.name,
            exported_at=f"{day} 00:00:00" if day else None,
            currency=options.currency,
            rows_read=len(frame),
        )
    ]
    stock = _stock(rows, day) if day and "Stock" in frame.columns else pl.DataFrame()
    if len(stock):
        pieces.append(Piece("stock_days", stock, sheet.name, rows_read=len(frame)))
    left_out = (LeftOut("variations", len(varied)),) if len(varied) else ()
    return tuple(piece for piece in pieces if isinstance(piece.rows, pl.DataFrame) and len(piece.rows)), left_out


def _parent(frame: pl.DataFrame) -> pl.Expr:
    """The product a variation is of: ``id:10``, or the SKU of the product."""
    parent = _text(frame, "Parent")
    skus = dict(frame.filter(pl.col("SKU").is_not_null()).select("SKU", "ID").rows()) if "SKU" in frame.columns else {}
    return pl.coalesce(
        parent.str.extract(r"^id:(\d+)$", 1), parent.replace_strict(skus, default=None, return_dtype=pl.String)
    )


def _products(rows: pl.DataFrame) -> pl.DataFrame:
    published = _text(rows, "Published")
    return rows.select(
        "_row",
        pl.col("_id").alias("product_id"),
        _text(rows, "SKU").alias("item_key"),
        _text(rows, "Name").alias("title"),
        _text(rows, "Categories").str.split(",").list.first().str.strip_chars().alias("category"),
        pl.coalesce(number(rows, "Saleprice"), number(rows, "Regularprice")).alias("price"),
        pl.when(published == "1")
        .then(pl.lit("active"))
        .when(published.is_in(["0", "-1"]))
        .then(pl.lit("draft"))
        .alias("status"),
        _text(rows, "Description", "Shortdescription")
        .str.replace_all(r"<[^>]*>|\\n", " ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .alias("description"),
        _text(rows, "Images").str.replace_all(r"\s*,\s*", ";").alias("image_urls"),
        _text(rows, "Brands").alias("brand"),
        v.extra(
            rows,
            [
                name
                for name in (
                    "Type",
                    "Tags",
                    "Stock",
                    "Lowstockamount",
                    "Saleprice",
                    "Regularprice",
                    "Datesalepricestarts",
                    "Datesalepriceends",
                )
                if name in rows.columns
            ],
        ).alias("extra"),
    )


def _stock(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    return (
        rows.with_columns(
            number(rows, "Stock").alias("on_hand"), _text(rows, "SKU").fill_null("(unknown)").alias("sku")
        )
        .filter(pl.col("on_hand").is_not_null())
        .select("_row", pl.lit(day).alias("day"), pl.coalesce("_parent", "_id").alias("product_id"), "sku", "on_hand")
        .filter(pl.col("product_id").is_not_null())
    )


def orders(frame: pl.DataFrame, sheet: Sheet, options: Options) -> tuple[tuple[Piece, ...], tuple[LeftOut, ...]]:
    """An order a row. Goods are the total without freight, fees and tax; items share them by price × quantity."""
    created = (
        instants(frame["date"], frame["_row"], file=sheet.name, american=True, timezone=options.timezone)
        if "date" in frame.columns
        else None
    )
    status = _text(frame, "status").str.to_lowercase().str.replace("^wc-", "")
    outside = [
        number(frame, f"order_{name}").fill_null(0.0) for name in ("shipping", "shipping_tax", "fees", "fee_tax", "tax")
    ]
    total = number(frame, "order_total")
    made = frame.select(
        "_row",
        v.identifier(_text(frame, "order_number", "order_number_formatted", "order_id")).alias("order_id"),
        identity(_text(frame, "billing_email")).str.to_lowercase().alias("_identity"),
        (pl.lit(created.values) if created else pl.lit(None, pl.Datetime("us"))).alias("created_at"),
        status.replace_strict(STATUSES, default=status).alias("status"),
        pl.lit("normal").alias("kind"),
        *([_text(frame, "order_currency").alias("currency")] if "order_currency" in frame.columns else []),
        (total - sum(outside, pl.lit(0.0))).round(4).alias("goods_amount"),
        (number(frame, "cart_discount").fill_null(0.0) + number(frame, "order_discount").fill_null(0.0)).alias(
            "discount_amount"
        ),
        number(frame, "order_shipping").alias("shipping_amount"),
        (outside[1] + outside[3] + outside[4]).alias("tax_amount"),
        total.alias("order_total"),
        _text(frame, "shipping_country", "billing_country").alias("country"),
        _text(frame, "shipping_state", "billing_state").alias("region"),
        _text(frame, "shipping_city", "billing_city").alias("city"),
        _text(frame, "customer_note").alias("buyer_note"),
        v.extra(
            frame, [name for name in ("order_id", "payment_method", "shipping_method") if name in frame.columns]
        ).alias("extra"),
    ).filter(pl.col("order_id").is_not_null())
    lines = _lines(frame, made)
    zone = "UTC" if created and created.zoned else None
    pieces = [
        Piece(
            "orders",
            made,
            sheet.name,
            10,
            timezone=zone,
            currency=options.currency,
            file_money=float(made["order_total"].sum() or 0),
            rows_read=len(frame),
        )
    ]
    if len(lines):
        pieces.append(Piece("order_lines", lines, sheet.name, 10, currency=options.currency, rows_read=len(frame)))
    return tuple(pieces), ()


def _lines(frame: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    items = sorted(
        (name for name in frame.columns if name.startswith("order_item_")), key=lambda name: int(name.rsplit("_", 1)[1])
    )
    part = {field: at for at, field in enumerate(("product_id", "quantity", "unit_price", "variant"), start=1)}
    return (
        frame.select("_row", *items)
        .unpivot(items, index="_row", variable_name="_item", value_name="_cell")
        .filter(pl.col("_cell").str.contains(_ITEM))
        .select(
            "_row",
            pl.col("_item").str.extract(r"(\d+)$", 1).alias("line_id"),
            *(pl.col("_cell").str.extract(_ITEM, at).alias(field) for field, at in part.items()),
            pl.lit("goods").alias("kind"),
        )
        .join(made.select("_row", "order_id"), on="_row", maintain_order="left")
    )
