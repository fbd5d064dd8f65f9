"""Shopify's product export, in the older and the newer template: product fields on a handle's first row only, and rows that
hold nothing but one more picture."""

from __future__ import annotations

import polars as pl

from zhanggui.sources import values
from zhanggui.sources.shopify_orders import exported_at, product_ids
from zhanggui.tables.loading import LeftOut, Options, Piece, Sheet

_DEFAULT = "default title"
_OF_THE_PRODUCT = (
    "Title",
    "Body(HTML)",
    "Vendor",
    "ProductCategory",
    "Type",
    "Tags",
    "Published",
    "Status",
    "Option1Name",
    "Option2Name",
    "Option3Name",
)


def pieces(frame: pl.DataFrame, sheet: Sheet, options: Options) -> tuple[tuple[Piece, ...], tuple[LeftOut, ...]]:
    """One product per variant, its ``item_key`` the handle; rows with only a picture are left out after their picture is taken."""
    rows = frame.with_columns(values.identifier(pl.col("Handle")).alias("item_key")).filter(
        pl.col("item_key").is_not_null()
    )
    spread = [name for name in _OF_THE_PRODUCT if name in rows.columns]
    rows = rows.with_columns(values.missing(pl.col(name)).alias(name) for name in spread)
    rows = rows.with_columns(pl.col(name).drop_nulls().first().over("item_key").alias(name) for name in spread)
    if "ImageSrc" in rows.columns:
        rows = rows.with_columns(values.missing(pl.col("ImageSrc")).alias("_picture"))
        several = pl.col("_picture").drop_nulls().unique(maintain_order=True)
        pictures = rows.group_by("item_key").agg(several.str.join(";").alias("image_urls"))
        pictures = pictures.with_columns(pl.col("image_urls").replace("", None))
        rows = rows.drop("_picture").join(pictures, on="item_key", how="left", maintain_order="left")
    of_variants = [name for name in ("VariantSKU", "VariantPrice", "Option1Value") if name in rows.columns]
    variants = rows.filter(pl.any_horizontal(values.missing(pl.col(name)).is_not_null() for name in of_variants))
    made = _variants(variants)
    only_pictures = len(rows) - len(variants)
    piece = Piece(
        "products", made, sheet.name, exported_at=exported_at(sheet), currency=options.currency, rows_read=len(frame)
    )
    return ((piece,) if len(made) else ()), ((LeftOut("image_only", only_pictures),) if only_pictures else ())


def _variants(rows: pl.DataFrame) -> pl.DataFrame:
    def text(name: str) -> pl.Expr:
        return values.safe_text(pl.col(name)) if name in rows.columns else pl.lit(None, pl.String)

    def money(name: str) -> pl.Expr:
        return values.number(pl.col(name)) if name in rows.columns else pl.lit(None, pl.Float64)

    options = [
        pl.when(text(f"Option{place}Value").str.to_lowercase() != _DEFAULT).then(text(f"Option{place}Value"))
        for place in (1, 2, 3)
    ]
    variant = pl.concat_str(options, separator=" / ", ignore_nulls=True)
    named = [pl.format("{}={}", text(f"Option{place}Name"), option) for place, option in enumerate(options, start=1)]
    status = text("Status").str.to_lowercase()
    published = text("Published").str.to_lowercase()
    sku = values.identifier(pl.col("VariantSKU")) if "VariantSKU" in rows.columns else pl.lit(None, pl.String)
    made = rows.select(
        "_row",
        "item_key",
        sku.alias("_sku"),
        pl.concat_str([text("Title"), pl.when(variant != "").then(variant)], separator=" - ", ignore_nulls=True).alias(
            "title"
        ),
        text("Title").alias("short_name"),
        pl.coalesce(text("Type"), text("ProductCategory").str.split(">").list.last().str.strip_chars()).alias(
            "category"
        ),
        text("Vendor").alias("brand"),
        money("VariantPrice").alias("price"),
        money("Costperitem").alias("cost"),
        pl.when(status.is_in(["active", "draft", "archived"]))
        .then(status)
        .when(published == "true")
        .then(pl.lit("active"))
        .when(published == "false")
        .then(pl.lit("draft"))
        .alias("status"),
        text("Body(HTML)")
        .str.replace_all(r"<[^>]*>", " ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .alias("description"),
        pl.concat_str(named, separator=";", ignore_nulls=True).replace("", None).alias("attributes"),
        *(["image_urls"] if "image_urls" in rows.columns else []),
        values.extra(
            rows,
            [
                name
                for name in ("Tags", "ProductCategory", "VariantInventoryQty", "VariantBarcode", "GiftCard")
                if name in rows.columns
            ],
        ).alias("extra"),
    )
    return made.with_columns(product_ids(made["_sku"], made["title"]).alias("product_id")).drop("_sku")


def listed(cell: pl.Expr) -> pl.Expr:
    """A list written with commas, in the way lists are kept: joined by ``;``."""
    return cell.str.split(",").list.eval(pl.element().str.strip_chars()).list.join(";")
