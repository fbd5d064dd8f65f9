"""Matomo's log of visits (``Live.getLastVisitsDetails``), as JSON, CSV or TSV. See docs/sources/matomo.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from zhanggui.sources import json_files, periods, reading, visits
from zhanggui.sources import values as v
from zhanggui.sources.matching import by_header, fit, words
from zhanggui.sources.reports import number
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "matomo:main"
CORE = words("idVisit visitorId serverDate")
COLUMNS = (
    *CORE,
    *words(
        """idSite userId visitIp actionDetails goalConversions siteCurrency serverTimestamp visitServerHour visitDuration referrerType
        referrerName referrerKeyword referrerUrl deviceType country countryCode region city actions visitCount visitorType fingerprint
        serverTimePretty serverDatePretty firstActionTimestamp lastActionTimestamp siteName operatingSystem browserName browser
        campaignName campaignSource campaignMedium experiments languageCode language totalEcommerceRevenue totalEcommerceConversions"""
    ),
)
_DEVICES = {
    "smartphone": "mobile",
    "phablet": "mobile",
    "feature phone": "mobile",
    "tablet": "tablet",
    "desktop": "desktop",
}
_ACTIONS = {"action": "view", "ecommerceAbandonedCart": "cart", "ecommerceOrder": "pay"}
_BATCH = 20_000
_NEVER = 4_102_444_800
"""The year 2100: a later time is damaged."""


class Matomo:
    """The source of Matomo's visits."""

    name = "matomo"
    known = frozenset({*COLUMNS} - {"country", "region", "city", "language", "browser", "actions"})

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """Visits with their number, visitor and day."""
        return fit(self.name, "visits", sheet, core=CORE, known=COLUMNS)

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """All files together: a visit that lies in two is one. Pages come in JSON with each visit, in CSV only as a number."""
        seen: set[str] = set()
        hits: list[pl.DataFrame] = []
        orders: list[dict[str, Any]] = []
        counts: list[tuple[int, int, reading.Rejects]] = []
        for sheet, _ in sheets:
            if sheet.kind in (json_files.LINES, json_files.LIST):
                counts.append(_of_json(sheet, seen, hits, orders))
            else:
                counts.append(_of_table(sheet, seen, hits))
        name = sheets[0][0].name
        count = sum(one[0] for one in counts)
        made = [
            Piece(
                "traffic_days", visits.traffic(pl.concat(hits)) if hits else pl.DataFrame(), name, 30, rows_read=count
            )
        ]
        if orders:
            made.append(
                Piece(
                    "events", pl.DataFrame(orders, infer_schema_length=None), name, 30, timezone="UTC", rows_read=count
                )
            )
        pieces = [piece for piece in made if isinstance(piece.rows, pl.DataFrame) and len(piece.rows)]
        for at, ((sheet, recognition), (read, again, rejects)) in enumerate(zip(sheets, counts, strict=True)):
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=pieces if at == 0 else (),
                channel=options.channel or CHANNEL,
                rows_read=read,
                left_out=(LeftOut("visit_again", again),) if again else (),
                rejects=rejects,
                notes=visits.notes(sheet.name, CHANNEL, options.channel) if at == 0 else (),
            )


def _of_json(
    sheet: Sheet, seen: set[str], hits: list[pl.DataFrame], orders: list[dict[str, Any]]
) -> tuple[int, int, reading.Rejects]:
    """Read visits one by one and their hits in batches; gives how many there were, how many were known, and broken lines."""
    rejects: reading.Rejects = []
    rows: list[tuple[Any, ...]] = []
    count = again = 0
    for row, visit in json_files.records(
        sheet, lambda row, text: rejects.append((row, "idVisit", text[:80], json_files.NOT_JSON))
    ):
        count += 1
        own, day = str(visit.get("idVisit")), periods.day(str(visit.get("serverDate")))
        if day is None:
            rejects.append((row, "serverDate", str(visit.get("serverDate"))[:80], "store.reject.not_a_day"))
            continue
        if own in seen:
            again += 1
            continue
        seen.add(own)
        rows += _hits(visit, day)
        orders += _orders(visit)
        if len(rows) >= _BATCH:
            hits.append(_frame(rows))
            rows = []
    if rows:
        hits.append(_frame(rows))
    return count + len([one for one in rejects if one[3] == json_files.NOT_JSON]), again, rejects


def _frame(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Hits in batches of plain numbers and texts: visitors and visits are hashed, for no more than counting."""
    texts = {"visitor": pl.String(), "session": pl.String()}
    data = pl.DataFrame(rows, schema={**visits.SCHEMA, **texts}, orient="row", strict=False)
    return data.with_columns(pl.col("visitor", "session").hash(seed=7))


def _source(visit: json_files.Record) -> str | None:
    """The referrer's name, of a campaign the campaign's; direct visits have none."""
    kind = str(visit.get("referrerType") or "")
    return None if kind in ("", "direct") else str(visit.get("referrerName") or kind)


def _actions(visit: json_files.Record) -> Iterator[json_files.Record]:
    held = visit.get("actionDetails")
    yield from (one for one in held if isinstance(one, dict)) if isinstance(held, list) else ()


def _hits(visit: json_files.Record, day: Any) -> Iterator[tuple[Any, ...]]:
    device = str(visit.get("deviceType") or "").lower()
    who = (str(visit.get("visitorId") or visit.get("idVisit")), str(visit.get("idVisit")))
    where = (_source(visit), _DEVICES.get(device, device or None))
    start = _number(visit.get("serverTimestamp")) or 0
    for action in _actions(visit):
        kind = _ACTIONS.get(str(action.get("type")), "other")
        at = moment(_number(action.get("timestamp")) or start)
        amount = _number(action.get("revenue")) if kind == "pay" else None
        yield (day, at, *who, kind, int(kind == "view"), *where, None, amount)
        items = action.get("itemDetails")
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and item.get("itemSKU"):
                price, quantity = _number(item.get("price")), _number(item.get("quantity"))
                worth = price * quantity if kind == "pay" and price is not None and quantity is not None else None
                yield (day, at, *who, kind, 0, *where, str(item["itemSKU"]), worth)


def moment(seconds: float) -> datetime | None:
    """An instant from seconds since 1970, naive in UTC; None for what is no time of this era."""
    if not 0 <= seconds < _NEVER:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _orders(visit: json_files.Record) -> Iterator[dict[str, Any]]:
    """Orders as ``events`` of kind pay: what joins the visits' sources to the shop's orders."""
    for action in _actions(visit):
        number_ = action.get("orderId")
        at = _number(action.get("timestamp"))
        if action.get("type") == "ecommerceOrder" and number_ and at is not None:
            yield {
                "event_id": f"pay-{number_}",
                "order_id": str(number_),
                "at": moment(at),
                "kind": "pay",
                "source": _source(visit),
                "campaign": visit.get("campaignName") or None,
                "extra": json_files.as_text(
                    {
                        "transaction_id": str(number_),
                        "revenue": _number(action.get("revenue")),
                        "currency": visit.get("siteCurrency"),
                    }
                ),
            }


def _of_table(sheet: Sheet, seen: set[str], hits: list[pl.DataFrame]) -> tuple[int, int, reading.Rejects]:
    """Visits of a CSV or TSV: a row a visit, its pages a number."""
    table, rejects = reading.rows(sheet)
    frame = by_header(table, sheet)

    def text(name: str) -> pl.Expr:
        return v.missing(pl.col(name)) if name in frame.columns else pl.lit(None, pl.String)

    dated = frame.with_columns(periods.days(frame["serverDate"], sheet.name).alias("day"))
    undated = dated.filter(pl.col("day").is_null())
    rejects = [
        *rejects,
        *(
            (row, "serverDate", said or "", "store.reject.not_a_day")
            for row, said in undated.select("_row", "serverDate").rows()
        ),
    ]
    known = dated.filter(pl.col("day").is_not_null())
    fresh = known.filter(~pl.col("idVisit").is_in(list(seen))).unique("idVisit", keep="first", maintain_order=True)
    seen.update(fresh["idVisit"].drop_nulls().to_list())
    device, kind = text("deviceType").str.to_lowercase(), text("referrerType")
    whole = fresh.select(
        "day",
        (number(fresh, "serverTimestamp").cast(pl.Int64) * 1_000_000).cast(pl.Datetime("us")).alias("at"),
        pl.col("visitorId").hash(seed=7).alias("visitor"),
        pl.col("idVisit").hash(seed=7).alias("session"),
        pl.lit("view").alias("kind"),
        number(fresh, "actions").fill_null(0).cast(pl.UInt32, strict=False).alias("views"),
        pl.when(kind != "direct").then(pl.coalesce(text("referrerName"), kind)).alias("source"),
        device.replace(_DEVICES).alias("device"),
        pl.lit(None, pl.String).alias("product_id"),
        pl.lit(None, pl.Float64).alias("amount"),
    )
    hits.append(whole)
    paid = _paid(fresh)
    if len(paid):
        hits.append(
            whole.filter(paid["paid"]).with_columns(
                pl.lit("pay").alias("kind"), pl.lit(0, pl.UInt32).alias("views"), paid.filter("paid")["amount"]
            )
        )
    return len(frame) + len({row for row, *_ in rejects}) - len(undated), len(known) - len(fresh), rejects


def _paid(frame: pl.DataFrame) -> pl.DataFrame:
    if "totalEcommerceConversions" not in frame.columns:
        return pl.DataFrame()
    return frame.select(
        (number(frame, "totalEcommerceConversions") > 0).fill_null(value=False).alias("paid"),
        number(frame, "totalEcommerceRevenue").alias("amount"),
    )


SOURCE = Matomo()
