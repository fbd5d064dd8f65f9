"""Amazon's business reports: detail page sales and traffic by child item, and by date."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from zhanggui.sources import values as v
from zhanggui.sources.matching import words
from zhanggui.sources.reports import Report, beside, count, number, renamed, synonyms
from zhanggui.tables.loading import Options, Piece, Sheet

CORES = (words("(Child)ASIN Sessions"), words("(Child)ASIN PageViews"), words("Date Sessions OrderedProductSales"))
COLUMNS = words(
    """(Parent)ASIN (Child)ASIN Title SKU Date Sessions SessionPercentage PageViews PageViewsPercentage
    FeaturedOfferPercentage UnitsOrdered UnitSessionPercentage OrderedProductSales TotalOrderItems
    AverageOfferCount AverageParentItems UnitsRefunded RefundRate OrderItemSessionPercentage AverageSalesperOrderItem
    AverageUnitsperOrderItem AverageSellingPrice FeedbackReceived NegativeFeedbackReceived"""
)
_OTHER = synonyms(
    {
        "Featured Offer Percentage": "Featured Offer (Buy Box) Percentage|Buy Box Percentage",
        "(Child) ASIN": "ASIN|Child ASIN",
        "(Parent) ASIN": "Parent ASIN",
        "Units Ordered": "Units ordered",
        "Ordered Product Sales": "Ordered product sales|Gross Product Sales",
    }
)
_NUMBERS = words("Sessions PageViews OrderedProductSales UnitsOrdered")
_DEVICES = {"-Browser": "pc", "-MobileApp": "app"}


def plain(sheet: Sheet) -> Sheet:
    """The sheet with ``Sessions - Total`` and its older name ``Sessions`` as one; figures of business buyers keep ``-B2B``."""
    headers = tuple(re.sub(r"[-–—]Total(?=$|[-–—]B2B$)", "", header) for header in sheet.headers)
    return renamed(replace(sheet, headers=headers), _OTHER)


def pieces(report: Report, options: Options) -> list[Piece]:
    """Visits by product and day (or of the shop by day), and the products. The report by item has no date in it: the day stands in
    the file's name or the visits are left out."""
    frame = report.frame
    by_item = "(Child)ASIN" in frame.columns
    money = [name for name in frame.columns if name.startswith("OrderedProductSales")]
    report.frame = frame = frame.with_columns(pl.col(name).str.replace(r"^(-?)[A-Z]{1,3}\$", "$1") for name in money)
    report.without_totals(
        ("PageViews", "OrderedProductSales"),
        "OrderedProductSales",
        first="(Child)ASIN" if by_item else "Date",
        filled=("(Child)ASIN",) if by_item else ("Date",),
    )
    report.readable(_NUMBERS)
    made = [_products(report)] if by_item else []
    report.dated(money="OrderedProductSales", day="Date")
    report.only_days("OrderedProductSales")
    if report.frame.is_empty():
        return made
    rows = _traffic(report, by_item=by_item)
    devices = [
        part for suffix, device in _DEVICES.items() if (part := _of_device(report, suffix, device, by_item)) is not None
    ]
    total = float(rows["pay_amount"].sum() or 0)
    return [
        *made,
        report.piece("traffic_days", rows, layout=30, currency=options.currency, money=total),
        *(report.piece("traffic_days", part, layout=30, currency=None, money=None) for part in devices),
    ]


def _product(frame: pl.DataFrame, *, by_item: bool) -> pl.Expr:
    return v.identifier(pl.col("(Child)ASIN")) if by_item else pl.lit("*")


def _traffic(report: Report, *, by_item: bool) -> pl.DataFrame:
    """A row a product and day. A product with several SKUs has a row each: its sales are added, its visits are the same ones."""
    frame = report.frame
    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        _product(frame, by_item=by_item).alias("product_id"),
        count(frame, "Sessions").alias("sessions"),
        count(frame, "PageViews").alias("page_views"),
        number(frame, "OrderedProductSales").alias("pay_amount"),
        beside(frame, report.sheet, {"(Child)ASIN", "Title", "SKU", "Date", *_NUMBERS} - {"UnitsOrdered"}).alias(
            "extra"
        ),
    )
    return (
        rows.group_by("day", "product_id", maintain_order=True)
        .agg(
            pl.col("_row").first(),
            pl.col("sessions", "page_views").max(),
            pl.when(pl.col("pay_amount").count() > 0).then(pl.col("pay_amount").sum().round(4)),
            pl.when(pl.len() == 1).then(pl.col("extra").first()).alias("extra"),
        )
        .with_columns(pl.lit("*").alias("source"), pl.lit("*").alias("device"))
    )


def _of_device(report: Report, suffix: str, device: str, by_item: bool) -> pl.DataFrame | None:
    """Visits by browser or by app, where the report tells them apart."""
    frame = report.frame
    names = {measure: f"{name}{suffix}" for measure, name in (("sessions", "Sessions"), ("page_views", "PageViews"))}
    if names["sessions"] not in frame.columns:
        return None
    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        _product(frame, by_item=by_item).alias("product_id"),
        *(count(frame, name).alias(measure) for measure, name in names.items()),
    )
    return rows.unique(["day", "product_id"], keep="first", maintain_order=True).with_columns(
        pl.lit("*").alias("source"), pl.lit(device).alias("device")
    )


def _products(report: Report) -> Piece:
    frame = report.frame
    rows = frame.select(
        "_row",
        v.identifier(pl.col("(Child)ASIN")).alias("product_id"),
        (v.identifier(pl.col("SKU")) if "SKU" in frame.columns else pl.lit(None, pl.String)).alias("item_key"),
        (v.safe_text(pl.col("Title")) if "Title" in frame.columns else pl.lit(None, pl.String)).alias("title"),
    ).unique("product_id", keep="first", maintain_order=True)
    return report.piece("products", rows, layout=20, currency=None, money=None)
