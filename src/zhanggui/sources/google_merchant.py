"""Google Merchant Center's product feed as text. See docs/sources/google_merchant.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from zhanggui.sources import reading
from zhanggui.sources import values as v
from zhanggui.sources.matching import best, by_header, fit, words
from zhanggui.sources.reports import opened
from zhanggui.tables.loading import Options, Piece, Reading, Recognition, Sheet

CHANNEL = "google_merchant:main"
COLUMNS = words(
    """id title description link image_link additional_image_link mobile_link availability availability_date price sale_price
    sale_price_effective_date brand gtin mpn identifier_exists condition item_group_id color size gender age_group material pattern
    google_product_category product_type shipping shipping_weight shipping_label tax custom_label_0 custom_label_1 custom_label_2
    custom_label_3 custom_label_4 cost_of_goods_sold adult multipack is_bundle unit_pricing_measure unit_pricing_base_measure
    energy_efficiency_class min_energy_efficiency_class ads_redirect promotion_id expiration_date product_highlight product_detail
    size_type size_system installment loyalty_points quantity sell_on_google_quantity"""
)
_OPTIONS = words("color size material pattern gender age_group")
_BESIDE = words(
    """availability sale_price sale_price_effective_date gtin mpn condition item_group_id google_product_category custom_label_0
    custom_label_1 custom_label_2 custom_label_3 custom_label_4 identifier_exists"""
)
_PRICE = r"^\s*(?:([A-Z]{3})\s*)?([\d.,\s]+?)\s*([A-Z]{3})?\s*$"


class GoogleMerchant:
    """The source of product feeds."""

    name = "google_merchant"
    known = frozenset(
        {*COLUMNS} - {"id", "title", "description", "link", "price", "quantity", "size", "color", "brand", "condition"}
    )

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """Products with a link, a price and whether they can be had."""
        shown = [
            fit(self.name, "feed", sheet, core=("id", "title", "price", "availability", by), known=COLUMNS)
            for by in ("link", "image_link")
        ]
        return best(*shown)

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """One product an offer; the price is the usual one, the sale's stands beside it."""
        for sheet, recognition in sheets:
            table, rejects = reading.rows(sheet)
            report = opened(sheet, by_header(table, sheet), rejects)
            v.check_ids(report.frame, ("id",), sheet)
            rows = _products(report.frame)
            bare = rows.filter(pl.col("product_id").is_null())
            report.rejects += [(row, "id", "", "store.reject.missing") for row in bare["_row"]]
            made = rows.filter(pl.col("product_id").is_not_null())
            piece = Piece("products", made, sheet.name, 20, currency=options.currency, rows_read=len(rows))
            yield report.reading(sheet, recognition, [piece], options.channel or CHANNEL)


def _products(frame: pl.DataFrame) -> pl.DataFrame:
    def text(name: str) -> pl.Expr:
        return v.safe_text(pl.col(name)) if name in frame.columns else pl.lit(None, pl.String)

    def amount(name: str) -> pl.Expr:
        return v.number(text(name).str.extract(_PRICE, 2))

    chosen = [pl.format("{}={}", pl.lit(name), text(name)) for name in _OPTIONS if name in frame.columns]
    category = text("product_type").str.split(">").list.last().str.strip_chars()
    pictures = [text(name) for name in ("image_link", "additional_image_link")]
    return frame.select(
        "_row",
        v.identifier(pl.col("id")).alias("product_id"),
        v.identifier(pl.coalesce(text("mpn"), text("id"))).alias("item_key"),
        text("title").alias("title"),
        pl.coalesce(category, text("google_product_category").str.split(">").list.last().str.strip_chars()).alias(
            "category"
        ),
        text("brand").alias("brand"),
        amount("price").alias("price"),
        amount("cost_of_goods_sold").alias("cost"),
        pl.coalesce(text("price").str.extract(_PRICE, 3), text("price").str.extract(_PRICE, 1)).alias("currency"),
        text("link").alias("url"),
        pl.concat_str(pictures, separator=";", ignore_nulls=True)
        .str.replace_all(",http", ";http", literal=True)
        .replace("", None)
        .alias("image_urls"),
        text("description").alias("description"),
        (
            pl.concat_str(chosen, separator=";", ignore_nulls=True).replace("", None)
            if chosen
            else pl.lit(None, pl.String)
        ).alias("attributes"),
        v.extra(frame, [name for name in _BESIDE if name in frame.columns]).alias("extra"),
    )


SOURCE = GoogleMerchant()
