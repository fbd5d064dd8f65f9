"""The nine tables of the Brazilian marketplace Olist as their publisher gave them out. See docs/sources/olist.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from zhanggui.sources import reading, values
from zhanggui.sources.content_ids import text_of
from zhanggui.sources.matching import best, by_header, fit, words
from zhanggui.tables.loading import Options, Piece, Reading, Recognition, Sheet

CHANNEL = "olist:main"
TIMEZONE = "America/Sao_Paulo"
CURRENCY = "BRL"

_LAYOUTS: dict[str, tuple[str, ...]] = {
    "orders": words(
        """order_id customer_id order_status order_purchase_timestamp order_approved_at order_delivered_carrier_date
        order_delivered_customer_date order_estimated_delivery_date"""
    ),
    "items": words("order_id order_item_id product_id seller_id shipping_limit_date price freight_value"),
    "payments": words("order_id payment_sequential payment_type payment_installments payment_value"),
    "customers": words("customer_id customer_unique_id customer_zip_code_prefix customer_city customer_state"),
    "reviews": words(
        """review_id order_id review_score review_comment_title review_comment_message review_creation_date
        review_answer_timestamp"""
    ),
    "products": words(
        """product_id product_category_name product_name_lenght product_description_lenght product_photos_qty product_weight_g
        product_length_cm product_height_cm product_width_cm"""
    ),
    "translation": words("product_category_name product_category_name_english"),
    "sellers": words("seller_id seller_zip_code_prefix seller_city seller_state"),
    "geolocation": words(
        "geolocation_zip_code_prefix geolocation_lat geolocation_lng geolocation_city geolocation_state"
    ),
}
_CORE: dict[str, tuple[str, ...]] = {
    "orders": words("order_id customer_id order_status order_purchase_timestamp"),
    "items": words("order_id order_item_id product_id price freight_value"),
    "payments": words("order_id payment_sequential payment_value"),
    "customers": words("customer_id customer_unique_id"),
    "reviews": words("review_id order_id review_score"),
    "products": words("product_id product_category_name product_weight_g"),
    "translation": _LAYOUTS["translation"],
    "sellers": words("seller_id seller_zip_code_prefix"),
    "geolocation": words("geolocation_zip_code_prefix geolocation_lat"),
}
STATUS = {
    "created": "placed",
    "approved": "paid",
    "invoiced": "paid",
    "processing": "paid",
    "shipped": "shipped",
    "delivered": "delivered",
    "canceled": "cancelled",
    "unavailable": "cancelled",
}
"""``unavailable``: the marketplace could not deliver; the buyer gets the money back, so it is no sale."""

Frames = Mapping[str, pl.DataFrame]
Note = tuple[str, Mapping[str, object]]


class Olist:
    """The source of Olist's tables."""

    name = "olist"
    known = frozenset(name for names in _LAYOUTS.values() for name in names)

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """The table whose columns these are."""
        return best(
            *(fit(self.name, layout, sheet, core=_CORE[layout], known=known) for layout, known in _LAYOUTS.items())
        )

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Read the tables of one import together: customers name the buyers of its orders, the translation its categories.

        A table that comes alone states only what it knows; importing it again beside the missing one fills the rest in.
        """
        loaded = [(sheet, recognition, *reading.rows(sheet)) for sheet, recognition in sheets]
        tables = [by_header(table, sheet) for sheet, _, table, _ in loaded]
        layouts = [recognition.layout for _, recognition, _, _ in loaded]
        together = {
            layout: pl.concat(
                [table for table, name in zip(tables, layouts, strict=True) if name == layout], how="diagonal"
            )
            for layout in set(layouts)
        }
        for (sheet, recognition, _, rejects), table in zip(loaded, tables, strict=True):
            pieces, notes = _pieces(recognition.layout, table, together, sheet.name)
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=pieces,
                channel=options.channel or CHANNEL,
                rows_read=len(table) + len(rejects),
                rejects=rejects,
                notes=notes,
            )


def _pieces(
    layout: str, table: pl.DataFrame, together: Frames, origin: str
) -> tuple[tuple[Piece, ...], tuple[Note, ...]]:
    match layout:
        case "orders":
            notes = () if "customers" in together else (("olist_no_customers", {"orders": len(table)}),)
            return (_piece("orders", _orders(table, together), origin),), notes
        case "items":
            lines, sums = _lines(table), _sums(table)
            return (
                _piece("order_lines", lines, origin, "line_total"),
                _piece("orders", sums, origin, rows=len(table)),
            ), ()
        case "payments":
            return (_piece("orders", _paid(table), origin, rows=len(table)),), ()
        case "customers":
            return (_piece("customers", _customers(table), origin),), ()
        case "reviews":
            notes = () if "items" in together else (("olist_no_items", {"reviews": len(table)}),)
            return (_piece("reviews", _reviews(table, together), origin),), notes
        case "products":
            notes = () if "translation" in together else (("olist_no_translation", {"products": len(table)}),)
            return (_piece("products", _products(table, together), origin),), notes
        case "translation":
            return (), (() if "products" in together else (("olist_translation_alone", {"categories": len(table)}),))
        case _:
            return (), (("olist_not_used", {"table": layout, "rows": len(table)}),)


def _piece(table: str, frame: pl.DataFrame, origin: str, money: str = "", rows: int | None = None) -> Piece:
    return Piece(
        table,
        frame,
        origin,
        timezone=TIMEZONE,
        currency=CURRENCY if table == "orders" else None,
        file_money=float(frame[money].sum() or 0) if money else None,
        rows_read=rows,
    )


def _text(table: pl.DataFrame, name: str) -> pl.Expr:
    return values.missing(pl.col(name)) if name in table.columns else pl.lit(None, pl.String)


def _buyers(together: Frames) -> pl.DataFrame:
    """customer_id → who the buyer is and where. ``customer_id`` is new for every order; ``customer_unique_id`` is the person."""
    if "customers" not in together:
        return pl.DataFrame(
            schema={"customer_id": pl.String, "_identity": pl.String, "region": pl.String, "city": pl.String}
        )
    table = together["customers"]
    return table.select(
        _text(table, "customer_id").alias("customer_id"),
        _text(table, "customer_unique_id").alias("_identity"),
        _text(table, "customer_state").alias("region"),
        _text(table, "customer_city").alias("city"),
    ).unique("customer_id", keep="first", maintain_order=True)


def _orders(table: pl.DataFrame, together: Frames) -> pl.DataFrame:
    times = {
        "created_at": "order_purchase_timestamp",
        "paid_at": "order_approved_at",
        "shipped_at": "order_delivered_carrier_date",
        "delivered_at": "order_delivered_customer_date",
    }
    orders = table.select(
        "_row",
        _text(table, "order_id").alias("order_id"),
        _text(table, "customer_id").alias("customer_id"),
        *(_text(table, column).alias(field) for field, column in times.items()),
        _text(table, "order_status").replace_strict(STATUS, default=None, return_dtype=pl.String).alias("status"),
        pl.lit("normal").alias("kind"),
        pl.lit(CURRENCY).alias("currency"),
        pl.lit("Brazil").alias("country"),
        values.extra(table, ["order_estimated_delivery_date"]).alias("extra"),
    )
    # Times are ISO texts of one zone: the greatest text is the latest.
    orders = orders.with_columns(pl.max_horizontal(*times).alias("_time"))
    return orders.join(_buyers(together), on="customer_id", how="left", maintain_order="left").drop("customer_id")


def _lines(table: pl.DataFrame) -> pl.DataFrame:
    """Each item is one piece."""
    return table.select(
        "_row",
        _text(table, "order_id").alias("order_id"),
        _text(table, "order_item_id").alias("line_id"),
        _text(table, "product_id").alias("product_id"),
        _text(table, "product_id").alias("sku"),
        pl.lit(1.0).alias("quantity"),
        values.number(pl.col("price")).alias("unit_price"),
        values.number(pl.col("price")).alias("line_total"),
        pl.lit("goods").alias("kind"),
        values.extra(table, ["seller_id", "freight_value"]).alias("extra"),
    )


def _sums(table: pl.DataFrame) -> pl.DataFrame:
    """What items say of their orders: goods, freight of all items, and the earliest day by which a seller must ship."""
    price, freight = values.number(pl.col("price")), values.number(pl.col("freight_value"))
    return (
        table.select(
            "_row",
            _text(table, "order_id").alias("order_id"),
            _text(table, "shipping_limit_date").alias("ship_by"),
            price.alias("goods_amount"),
            freight.alias("shipping_amount"),
        )
        .group_by("order_id", maintain_order=True)
        .agg(pl.col("_row").first(), pl.col("ship_by").min(), pl.col("goods_amount", "shipping_amount").sum().round(2))
    )


def _paid(table: pl.DataFrame) -> pl.DataFrame:
    """What was paid for each order over all its payments: an amount of the order, never another order."""
    return (
        table.select(
            "_row",
            _text(table, "order_id").alias("order_id"),
            values.number(pl.col("payment_value")).alias("paid_amount"),
        )
        .group_by("order_id", maintain_order=True)
        .agg(pl.col("_row").first(), pl.col("paid_amount").sum().round(2))
    )


def _customers(table: pl.DataFrame) -> pl.DataFrame:
    """Persons, once each, where they were last seen in the file."""
    return (
        table.select(
            "_row",
            _text(table, "customer_unique_id").alias("_identity"),
            pl.lit("Brazil").alias("country"),
            _text(table, "customer_state").alias("region"),
            _text(table, "customer_city").alias("city"),
        )
        .sort("_identity", "region", "city", nulls_last=True)
        .unique("_identity", keep="first", maintain_order=True)
        .sort("_row")
    )


def _reviews(table: pl.DataFrame, together: Frames) -> pl.DataFrame:
    """Reviews; the publisher lets one review id stand for several orders, so the order is part of the id."""
    identity = text_of([_text(table, "review_id"), _text(table, "order_id")]).str.replace("\x1f", "-", literal=True)
    body = pl.concat_str(
        [_text(table, "review_comment_title"), _text(table, "review_comment_message")],
        separator="\n",
        ignore_nulls=True,
    )
    reviews = table.select(
        "_row",
        identity.alias("review_id"),
        _text(table, "order_id").alias("order_id"),
        values.number(pl.col("review_score")).alias("stars"),
        pl.when(body != "").then(body).alias("text"),
        _text(table, "review_creation_date").alias("created_at"),
        values.extra(table, ["review_answer_timestamp"]).alias("extra"),
        _text(table, "review_creation_date").alias("_time"),
    )
    if "items" in together:
        reviews = reviews.join(_only_product(together["items"]), on="order_id", how="left", maintain_order="left")
    return reviews


def _only_product(items: pl.DataFrame) -> pl.DataFrame:
    """order_id → its product, for orders of a single one: there a review of the order is one of the product."""
    return (
        items.group_by("order_id")
        .agg(pl.col("product_id").unique())
        .filter(pl.col("product_id").list.len() == 1)
        .with_columns(pl.col("product_id").list.first())
    )


def _products(table: pl.DataFrame, together: Frames) -> pl.DataFrame:
    products = table.select(
        "_row",
        _text(table, "product_id").alias("product_id"),
        _text(table, "product_category_name").alias("_category"),
        values.extra(
            table, [name for name in _LAYOUTS["products"] if name not in ("product_id", "product_category_name")]
        ).alias("extra"),
    )
    if "translation" not in together:
        return products.drop("_category")
    table = together["translation"]
    english = table.select(
        _text(table, "product_category_name").alias("_category"),
        _text(table, "product_category_name_english").alias("category"),
    ).unique("_category", keep="first", maintain_order=True)
    joined = products.join(english, on="_category", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("category", "_category").alias("category")).drop("_category")


SOURCE = Olist()
