"""Shopify's bulk operations: orders, their lines and refunds as JSON lines, children under ``__parentId`` anywhere in the file."""

from __future__ import annotations

from functools import cache

import polars as pl

from zhanggui.errors import BadFile
from zhanggui.sources import landing, reading
from zhanggui.sources.content_ids import among
from zhanggui.sources.non_goods import is_non_goods_title
from zhanggui.sources.people import identity
from zhanggui.sources.shopify_orders import SALES, product_ids, refunds
from zhanggui.tables.loading import LeftOut, Options, Piece, Sheet

CORE = ("id", "createdAt", "displayFinancialStatus")
ASKED = (
    "name",
    "processedAt",
    "totalPriceSet",
    "totalRefundedSet",
    "totalTaxSet",
    "subtotalPriceSet",
    "totalShippingPriceSet",
    "test",
    "customerJourneySummary",
)
"""What an order should be asked for; what was not asked for is unknown."""

_ID = r"gid://shopify/(\w+)/([\w-]+)"
SPECIAL = ("_row", "_time", "_identity")


@cache
def _schema() -> dict[str, pl.DataType]:
    amount = pl.Struct({"amount": pl.String, "currencyCode": pl.String})
    money = pl.Struct({"shopMoney": amount, "presentmentMoney": amount})
    node = pl.Struct({"id": pl.String})
    place = pl.Struct({"countryCodeV2": pl.String, "country": pl.String, "province": pl.String, "city": pl.String})
    text = pl.String()
    plain = dict.fromkeys(
        (
            *(
                "id",
                "__parentId",
                "name",
                "createdAt",
                "processedAt",
                "cancelledAt",
                "displayFinancialStatus",
                "sourceName",
            ),
            *(
                "displayFulfillmentStatus",
                "currencyCode",
                "email",
                "note",
                "sku",
                "title",
                "variantTitle",
                "quantity",
                "vendor",
            ),
            *("test", "taxesIncluded"),
        ),
        text,
    )
    sets = dict.fromkeys(
        (
            *(
                "totalPriceSet",
                "currentTotalPriceSet",
                "totalRefundedSet",
                "totalTaxSet",
                "totalDiscountsSet",
                "subtotalPriceSet",
            ),
            *("totalShippingPriceSet", "originalUnitPriceSet", "discountedTotalSet", "originalTotalSet"),
        ),
        money,
    )
    parameters = pl.Struct(dict.fromkeys(("source", "medium", "campaign"), text))
    visit = pl.Struct({"source": text, "landingPage": text, "utmParameters": parameters})
    allocations = pl.List(pl.Struct({"allocatedAmountSet": money}))
    return {
        **plain,
        **sets,
        "discountAllocations": allocations,
        "customer": pl.Struct({"id": pl.String, "email": pl.String}),
        "variant": node,
        "shippingAddress": place,
        "customerJourneySummary": pl.Struct({"lastVisit": visit}),
    }


def _amount(name: str) -> pl.Expr:
    return pl.col(name).struct.field("shopMoney").struct.field("amount").cast(pl.Float64, strict=False)


def _of(kind: str) -> pl.Expr:
    return pl.col("_kind") == kind


LAYOUT = 30
"""Lines with ids of their own go before those of the CSV export."""


def pieces(sheet: Sheet, options: Options) -> tuple[tuple[Piece, ...], tuple[LeftOut, ...], int]:
    """Pieces for orders, lines, products and refunds; records of other kinds (transactions, fulfilments), left out; all records' number."""
    rows = _records(sheet)
    lines = _lines(rows)
    orders = _with_goods(_orders(rows), lines)
    made = (
        (
            "orders",
            orders.select(name for name in orders.columns if not name.startswith("_") or name in SPECIAL),
            "order_total",
        ),
        ("order_lines", lines.drop("_vendor"), "line_total"),
        ("products", _products(lines), ""),
        ("refunds", refunds(orders), "amount"),
    )
    others = len(rows) - len(orders) - len(lines)
    return (
        tuple(
            Piece(
                table,
                some,
                sheet.name,
                LAYOUT,
                timezone="UTC",
                currency=options.currency,
                file_money=float(some[money].sum() or 0) if money else None,
                rows_read=len(rows),
            )
            for table, some, money in made
            if len(some)
        ),
        (LeftOut("other_records", others),) if others else (),
        len(rows),
    )


def _records(sheet: Sheet) -> pl.DataFrame:
    """All records with ``_kind`` (Order, LineItem …), ``_own`` and ``_parent`` ids; only the columns that are used are kept."""
    try:
        rows = pl.scan_ndjson(
            reading.utf8_path(sheet), schema=_schema(), row_index_name="_row", row_index_offset=1
        ).collect()
    except pl.exceptions.PolarsError as error:
        raise BadFile("sources.truncated", file=sheet.path.name, reason=str(error)[:200]) from None
    return rows.with_columns(
        pl.col("_row").cast(pl.Int64),
        pl.col("id").str.extract(_ID, 1).alias("_kind"),
        pl.col("id").str.extract(_ID, 2).alias("_own"),
        pl.col("__parentId").str.extract(_ID, 2).alias("_parent"),
    )


def _utc(name: str) -> pl.Expr:
    return (
        pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%#z", strict=False, time_zone="UTC").dt.replace_time_zone(None)
    )


def _orders(rows: pl.DataFrame) -> pl.DataFrame:
    financial = pl.col("displayFinancialStatus").str.to_lowercase()
    received = financial.is_in(SALES)
    cancelled = pl.col("cancelledAt").is_not_null()
    refunded = _amount("totalRefundedSet").fill_null(0.0)
    place = pl.col("shippingAddress").struct
    happened = pl.coalesce(_utc("processedAt"), _utc("createdAt"))
    visit = pl.col("customerJourneySummary").struct.field("lastVisit").struct
    named = visit.field("utmParameters").struct
    orders = rows.filter(_of("Order")).select(
        "_row",
        pl.coalesce(pl.col("name"), pl.col("_own")).alias("order_id"),
        "_own",
        pl.max_horizontal(happened, _utc("cancelledAt")).alias("_time"),
        identity(pl.coalesce(pl.col("customer").struct.field("email"), pl.col("email")))
        .str.to_lowercase()
        .alias("_identity"),
        happened.alias("created_at"),
        pl.when(received).then(happened).alias("paid_at"),
        _utc("cancelledAt").alias("_cancelled_at"),
        pl.when(financial == "voided")
        .then(pl.lit("cancelled"))
        .when(cancelled & ~(received & (refunded > 0)))
        .then(pl.lit("cancelled"))
        .when(received & (pl.col("displayFulfillmentStatus").str.to_lowercase() == "fulfilled"))
        .then(pl.lit("shipped"))
        .when(received)
        .then(pl.lit("paid"))
        .when(financial.is_not_null())
        .then(pl.lit("placed"))
        .alias("status"),
        pl.when(pl.col("test").str.to_lowercase() == "true")
        .then(pl.lit("test"))
        .otherwise(pl.lit("normal"))
        .alias("kind"),
        pl.coalesce(
            pl.col("currencyCode"), pl.col("totalPriceSet").struct.field("shopMoney").struct.field("currencyCode")
        ).alias("currency"),
        _amount("subtotalPriceSet").alias("_subtotal"),
        _amount("totalDiscountsSet").alias("discount_amount"),
        _amount("totalShippingPriceSet").alias("shipping_amount"),
        _amount("totalTaxSet").alias("tax_amount"),
        _amount("totalPriceSet").alias("order_total"),
        (pl.col("taxesIncluded").str.to_lowercase() == "true").fill_null(value=False).alias("_inside"),
        refunded.alias("_refunded"),
        pl.col("sourceName").alias("source"),
        pl.concat_str(
            pl.coalesce(named.field("source"), visit.field("source")),
            named.field("medium"),
            separator=" / ",
            ignore_nulls=True,
        )
        .replace("", None)
        .alias("visit_source"),
        named.field("campaign").alias("visit_campaign"),
        visit.field("landingPage").alias("landing_page"),
        pl.coalesce(place.field("countryCodeV2"), place.field("country")).alias("country"),
        place.field("province").alias("region"),
        place.field("city").alias("city"),
        pl.col("note").alias("buyer_note"),
        pl.struct(pl.col("_own").alias("Id")).struct.json_encode().alias("extra"),
    )
    return orders.with_columns(landing.each(orders["landing_page"], landing.kept))


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines, those of a known order only; a product's title may be missing where nobody asked for it."""
    orders = rows.filter(_of("Order")).select(
        pl.col("_own").alias("_parent"), pl.coalesce("name", "_own").alias("order_id"), _utc("createdAt").alias("_time")
    )
    off = (
        pl.col("discountAllocations")
        .list.eval(
            pl.element()
            .struct.field("allocatedAmountSet")
            .struct.field("shopMoney")
            .struct.field("amount")
            .cast(pl.Float64, strict=False)
        )
        .list.sum()
    )
    quantity, price = pl.col("quantity").cast(pl.Float64, strict=False), _amount("originalUnitPriceSet")
    lines = (
        rows.filter(_of("LineItem"))
        .join(orders, on="_parent", how="inner", maintain_order="left")
        .select(
            "_row",
            "_time",
            "order_id",
            pl.col("_own").alias("line_id"),
            pl.col("sku").replace("", None),
            pl.concat_str([pl.col("title"), pl.col("variantTitle")], separator=" - ", ignore_nulls=True)
            .replace("", None)
            .alias("title"),
            quantity.alias("quantity"),
            price.alias("unit_price"),
            off.alias("line_discount"),
            pl.coalesce(_amount("discountedTotalSet"), price * quantity)
            .sub(off.fill_null(0.0))
            .round(4)
            .alias("line_total"),
            pl.col("vendor").alias("_vendor"),
        )
    )
    none = among(lines["title"], is_non_goods_title)
    return lines.with_columns(
        pl.when(none)
        .then(pl.lit("non_goods"))
        .when(pl.col("line_total") == 0)
        .then(pl.lit("gift"))
        .otherwise(pl.lit("goods"))
        .alias("kind"),
        pl.when(~none).then(product_ids(lines["sku"], lines["title"])).alias("product_id"),
    )


def _with_goods(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Goods: the subtotal where it was asked for, else what the lines add up to; less the tax inside prices that include it."""
    sums = lines.group_by("order_id").agg(
        pl.when(pl.col("kind") != "non_goods").then(pl.col("line_total")).sum().alias("_lines"),
        pl.when(pl.col("kind") == "non_goods").then(pl.col("line_total")).sum().alias("_apart"),
    )
    orders = orders.join(sums, on="order_id", how="left", maintain_order="left")
    before = pl.coalesce(
        pl.col("_subtotal") - pl.col("_apart").fill_null(0.0), pl.min_horizontal("_lines", "order_total")
    )
    whole = before + pl.col("shipping_amount").fill_null(0.0)
    inside = (
        pl.when(pl.col("_inside") & (whole > 0))
        .then(pl.col("tax_amount").fill_null(0.0) * before / whole)
        .otherwise(0.0)
    )
    return orders.with_columns((before - inside).round(2).alias("goods_amount"))


def _products(lines: pl.DataFrame) -> pl.DataFrame:
    return (
        lines.filter(pl.col("product_id").is_not_null() & pl.col("title").is_not_null())
        .sort("_time", "_row")
        .unique("product_id", keep="last", maintain_order=True)
        .select("_row", "_time", "product_id", "title", pl.col("_vendor").alias("brand"))
    )
