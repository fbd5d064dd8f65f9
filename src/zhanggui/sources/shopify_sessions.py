"""Shopify's report of sessions over time, by referrer or device: the columns' titles, or ShopifyQL's names."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from zhanggui.sources import reading
from zhanggui.sources import values as v
from zhanggui.sources.matching import best, by_header, fit, words
from zhanggui.sources.reports import Report, beside, count, named, opened
from zhanggui.tables.loading import Reading, Recognition, Sheet

SIGNS = words(
    """Onlinestorevisitors Sessionswithcartadditions Sessionsthatreachedcheckout Sessionsthatcompletedcheckout Referrersource
    online_store_visitors sessions_with_cart_additions sessions_that_reached_checkout sessions_that_completed_checkout referrer_source"""
)
_NAMES = {
    "day": "day",
    "date": "day",
    "sessions": "sessions",
    "onlinestorevisitors": "visitors",
    "visitors": "visitors",
    "pageviews": "page_views",
    "bouncerate": "bounce_rate",
    "referrersource": "source",
    "sessionreferrersource": "source",
    "trafficsource": "source",
    "sessiondevicetype": "device",
    "devicetype": "device",
    "device": "device",
}
_BESIDE = (
    "sessionswithcartadditions",
    "sessionsthatreachedcheckout",
    "sessionsthatcompletedcheckout",
    "sessionsthatreachedandcompletedcheckout",
    "conversionrate",
    "averagesessionduration",
    "pageviewspersession",
    "sessioncountry",
    "sessionregion",
    "landingpagepath",
    "landingpagetype",
)


def plain(sheet: Sheet) -> Sheet:
    """The sheet under short names: case, blanks and underscores set nothing apart."""
    bare = [header.lower().replace("_", "") for header in sheet.headers]
    return replace(sheet, headers=tuple(_NAMES.get(name, name) for name in bare))


def recognise(source: str, sheet: Sheet) -> Recognition | None:
    """Days with sessions, and one of the columns only Shopify has."""
    if not set(SIGNS) & set(sheet.headers):
        return None
    known = (*dict.fromkeys(_NAMES.values()), *_BESIDE)
    return best(fit(source, "sessions", plain(sheet), core=("day", "sessions"), known=known))


def read(sheet: Sheet, recognition: Recognition, channel: str) -> Reading:
    """``traffic_days`` of the shop, or by referrer and device. Rows that are finer still (by country, landing page) are added up:
    sessions and page views add up, visitors do not and are unknown then."""
    seen = plain(sheet)
    table, rejects = reading.rows(sheet)
    report = opened(seen, by_header(table, seen), rejects)
    report.without_totals(("sessions",), "", first=seen.headers[0], filled=("day",))
    report.readable(("sessions", "visitors", "page_views"))
    report.dated(day="day")
    rows = _traffic(report)
    piece = report.piece("traffic_days", rows, layout=30, currency=None, money=None)
    return report.reading(sheet, recognition, [piece] if len(rows) else [], channel)


def _traffic(report: Report) -> pl.DataFrame:
    frame = report.frame
    bounced = v.percent(pl.col("bounce_rate")) if "bounce_rate" in frame.columns else pl.lit(None, pl.Float64)
    rows = frame.select(
        "_row",
        pl.col("_first").alias("day"),
        named(frame, "source").alias("source"),
        pl.lit("*").alias("product_id"),
        named(frame, "device").str.to_lowercase().alias("device"),
        *(count(frame, name).alias(name) for name in ("sessions", "visitors", "page_views")),
        (bounced * count(frame, "sessions")).round(0).alias("bounces"),
        beside(frame, report.sheet, {*_NAMES.values()}).alias("extra"),
    )
    alone = pl.len() == 1
    sums = ("sessions", "page_views", "bounces")
    return rows.group_by("day", "source", "product_id", "device", maintain_order=True).agg(
        pl.col("_row").first(),
        *(pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in sums),
        pl.when(alone).then(pl.col("visitors").first()).alias("visitors"),
        pl.when(alone).then(pl.col("extra").first()).alias("extra"),
    )
