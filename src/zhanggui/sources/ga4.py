"""Google Analytics 4: its raw events as BigQuery exports them, JSON lines or Parquet. See docs/sources/ga4.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from zhanggui.errors import BadFile
from zhanggui.sources import json_files, reading, visits
from zhanggui.sources.matching import fit, words
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "ga4:main"
CORE = words("event_date event_name event_timestamp user_pseudo_id")
COLUMNS = (
    *CORE,
    *words(
        """event_previous_timestamp event_value_in_usd event_params user_id user_properties user_first_touch_timestamp user_ltv device geo
        platform stream_id traffic_source collected_traffic_source session_traffic_source_last_click ecommerce items
        event_bundle_sequence_id
        event_server_timestamp_offset app_info event_dimensions privacy_info is_active_user batch_event_index batch_page_id
        batch_ordering_id publisher"""
    ),
)
KINDS = {
    "page_view": "view",
    "screen_view": "view",
    "view_item": "view",
    "add_to_cart": "cart",
    "begin_checkout": "order",
    "purchase": "pay",
}
_NO_ID = ("", "(not set)", "(not provided)")

_TEXT = pl.String()
_VALUE = pl.Struct(dict.fromkeys(("string_value", "int_value", "double_value", "float_value"), _TEXT))
_CLICK = dict.fromkeys(("manual_source", "manual_medium", "manual_campaign_name"), _TEXT)
_SCHEMA: Mapping[str, Any] = {
    **dict.fromkeys(CORE, _TEXT),
    "event_params": pl.List(pl.Struct({"key": _TEXT, "value": _VALUE})),
    "device": pl.Struct({"category": _TEXT}),
    "collected_traffic_source": pl.Struct(_CLICK),
    "session_traffic_source_last_click": pl.Struct(
        {
            "manual_campaign": pl.Struct(dict.fromkeys(("source", "medium", "campaign_name"), _TEXT)),
            "cross_channel_campaign": pl.Struct(dict.fromkeys(("source", "medium", "campaign_name"), _TEXT)),
        }
    ),
    "ecommerce": pl.Struct(dict.fromkeys(("transaction_id", "purchase_revenue"), _TEXT)),
    "items": pl.List(pl.Struct(dict.fromkeys(("item_id", "item_name", "price", "quantity", "item_revenue"), _TEXT))),
}


class Ga4:
    """The source of Google Analytics' raw events."""

    name = "ga4"
    known = frozenset(COLUMNS)

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """Records or rows with the four columns every event has."""
        return fit(self.name, "events", sheet, core=CORE, known=COLUMNS)

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """All files together: the parts of one day lie in several. A day's intraday table gives way to its daily one."""
        events = [_events(sheet) for sheet, _ in sheets]
        closed = {
            day
            for (sheet, _), part in zip(sheets, events, strict=True)
            if not _intraday(sheet)
            for day in part["day"].unique()
        }
        left = [
            part.filter(~pl.col("day").is_in(list(closed))) if _intraday(sheet) else part
            for (sheet, _), part in zip(sheets, events, strict=True)
        ]
        whole, again = _without_copies(pl.concat(left))
        first = sheets[0][0]
        made = (
            Piece("traffic_days", visits.traffic(_hits(whole)), first.name, 30, rows_read=len(whole)),
            Piece("events", _purchases(whole), first.name, 30, timezone="UTC", rows_read=len(whole)),
        )
        pieces = tuple(piece for piece in made if isinstance(piece.rows, pl.DataFrame) and len(piece.rows))
        for at, (sheet, recognition) in enumerate(sheets):
            passed = len(events[at]) - len(left[at])
            left_out = [LeftOut("intraday", passed)] if passed else []
            left_out += [LeftOut("purchase_again", again)] if again and at == 0 else []
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=pieces if at == 0 else (),
                channel=options.channel or CHANNEL,
                rows_read=len(events[at]),
                left_out=left_out,
                notes=visits.notes(sheet.name, CHANNEL, options.channel) if at == 0 else (),
            )


def _intraday(sheet: Sheet) -> bool:
    return "intraday" in sheet.path.name


def _events(sheet: Sheet) -> pl.DataFrame:
    """The events of a file with what is used of them, read in a stream. Raises BadFile where it is broken."""
    try:
        if sheet.kind == "parquet":
            lazy = pl.scan_parquet(sheet.path, glob=False)
        elif sheet.kind == json_files.LIST:
            lazy = pl.LazyFrame(
                [dict(record) for _, record in json_files.records(sheet)], schema=dict(_SCHEMA), strict=False
            )
        else:
            lazy = pl.scan_ndjson(reading.utf8_path(sheet), schema=dict(_SCHEMA))
        return _used(lazy).collect(engine="streaming")
    except (pl.exceptions.PolarsError, TypeError) as error:
        raise BadFile("sources.truncated", file=sheet.path.name, reason=str(error)[:200]) from None


def _used(lazy: pl.LazyFrame) -> pl.LazyFrame:
    schema = lazy.collect_schema()

    def field(path: str) -> pl.Expr:
        """A nested field as text, NULL where this file has none."""
        kind: Any = schema
        expression: pl.Expr | None = None
        for name in path.split("."):
            fields = (
                kind
                if expression is None
                else {one.name: one.dtype for one in kind.fields}
                if isinstance(kind, pl.Struct)
                else {}
            )
            if name not in fields:
                return pl.lit(None, pl.String)
            kind = fields[name]
            expression = pl.col(name) if expression is None else expression.struct.field(name)
        return pl.lit(None, pl.String) if expression is None else expression.cast(pl.String)

    def param(key: str) -> pl.Expr:
        """A parameter, whichever type it was sent as."""
        inner: Any = getattr(getattr(schema.get("event_params"), "inner", None), "fields", ())
        value = next((one.dtype for one in inner if one.name == "value"), None)
        if value is None:
            return pl.lit(None, pl.String)
        one = pl.element().struct.field("value").struct
        kinds = [one.field(kind.name).cast(pl.String) for kind in value.fields if kind.name in _VALUE.to_schema()]
        chosen = pl.when(pl.element().struct.field("key") == key).then(pl.coalesce(kinds))
        return pl.col("event_params").list.eval(chosen).list.drop_nulls().list.first()

    day = field("event_date").str.replace_all("-", "").str.to_date("%Y%m%d", strict=False)
    source, medium = (
        pl.coalesce(
            field(f"session_traffic_source_last_click.cross_channel_campaign.{name}"),
            field(f"session_traffic_source_last_click.manual_campaign.{name}"),
            field(f"collected_traffic_source.manual_{name}"),
            param(name),
        )
        for name in ("source", "medium")
    )
    campaign = pl.coalesce(
        field("session_traffic_source_last_click.manual_campaign.campaign_name"),
        field("collected_traffic_source.manual_campaign_name"),
        param("campaign"),
    )
    visitor = field("user_pseudo_id")
    session = pl.concat_str([visitor, param("ga_session_id")], separator="/")
    transaction = pl.coalesce(field("ecommerce.transaction_id").replace("(not set)", None), param("transaction_id"))
    return lazy.select(
        day.alias("day"),
        (field("event_timestamp").cast(pl.Int64, strict=False)).cast(pl.Datetime("us")).alias("at"),
        field("event_name").alias("name"),
        _hashed(visitor).alias("visitor"),
        _hashed(session).alias("session"),
        pl.concat_str([source, medium], separator=" / ", ignore_nulls=True).replace("", None).alias("source"),
        campaign.alias("campaign"),
        field("device.category").alias("device"),
        pl.when(~transaction.is_in(_NO_ID)).then(transaction).alias("transaction"),
        pl.coalesce(field("ecommerce.purchase_revenue"), param("value")).cast(pl.Float64, strict=False).alias("amount"),
        param("currency").alias("currency"),
        _items(schema).alias("items"),
    )


def _hashed(text: pl.Expr) -> pl.Expr:
    """Whose an event is, as a number without meaning; NULL without consent."""
    return pl.when(text.is_not_null() & (text != "")).then(text.hash(seed=7))


def _items(schema: Mapping[str, Any]) -> pl.Expr:
    inner = getattr(schema.get("items"), "inner", None)
    names = {one.name for one in inner.fields} if isinstance(inner, pl.Struct) else set()
    if "item_id" not in names:
        return pl.lit(None, pl.List(pl.Struct({"item_id": pl.String, "revenue": pl.Float64})))

    def told(name: str) -> pl.Expr:
        field = pl.element().struct.field(name) if name in names else pl.lit(None, pl.String)
        return field.cast(pl.String).cast(pl.Float64, strict=False)

    revenue = pl.coalesce(told("item_revenue"), told("price") * told("quantity"))
    item = pl.struct(pl.element().struct.field("item_id").cast(pl.String).alias("item_id"), revenue.alias("revenue"))
    return pl.col("items").list.eval(item)


def _without_copies(events: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Purchases once each: a page of thanks that is loaded again sends them again. Those without a number stay."""
    again = (
        (pl.col("name") == "purchase")
        & pl.col("transaction").is_not_null()
        & ~pl.struct("name", "transaction").is_first_distinct()
    )
    kept = events.sort("at", maintain_order=True).filter(~again)
    return kept, len(events) - len(kept)


def _hits(events: pl.DataFrame) -> pl.DataFrame:
    """Events as hits, those with items also once for each item."""
    kind = pl.col("name").replace_strict(KINDS, default="other")
    page = pl.col("name").is_in(["page_view", "screen_view"])
    paid = pl.col("name") == "purchase"
    used = events.filter(pl.col("day").is_not_null()).with_columns(kind.alias("kind"))
    whole = used.with_columns(
        pl.when(page).then(1).otherwise(0).cast(pl.UInt32).alias("views"),
        pl.lit(None, pl.String).alias("product_id"),
        pl.when(paid).then(pl.col("amount")).alias("amount"),
        pl.when((pl.col("kind") == "view") & ~page).then(pl.lit("other")).otherwise(pl.col("kind")).alias("kind"),
    )
    items = (
        used.filter(
            pl.col("name").is_in(["view_item", "add_to_cart", "begin_checkout", "purchase"])
            & (pl.col("items").list.len() > 0)
        )
        .explode("items")
        .with_columns(
            pl.lit(0, pl.UInt32).alias("views"),
            pl.col("items").struct.field("item_id").alias("product_id"),
            pl.when(paid).then(pl.col("items").struct.field("revenue")).alias("amount"),
        )
        .filter(pl.col("product_id").is_not_null())
    )
    return pl.concat([part.select(list(visits.SCHEMA)) for part in (whole, items)])


def _purchases(events: pl.DataFrame) -> pl.DataFrame:
    """Purchases with a number as ``events`` of kind pay: what joins the visits' sources to the shop's orders."""
    paid = events.filter(
        (pl.col("name") == "purchase") & pl.col("transaction").is_not_null() & pl.col("at").is_not_null()
    )
    return paid.select(
        pl.format("pay-{}", "transaction").alias("event_id"),
        "at",
        pl.lit("pay").alias("kind"),
        pl.col("transaction").alias("order_id"),
        "source",
        "campaign",
        pl.struct(pl.col("transaction").alias("transaction_id"), pl.col("amount").alias("revenue"), "currency")
        .struct.json_encode()
        .alias("extra"),
    )


SOURCE = Ga4()
