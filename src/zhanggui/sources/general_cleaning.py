"""The cells of an order file as typed columns under canonical names, and the rows that cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from zhanggui.sources import values
from zhanggui.sources.content_ids import by_distinct
from zhanggui.sources.general_dates import instants
from zhanggui.sources.general_synonyms import DATES, NUMBERS
from zhanggui.tables.loading import LeftOut, Options, Sheet

Note = tuple[str, Mapping[str, object]]
Reject = tuple[int, str, str, str]

IDS = ("order_id", "line_id", "product_id", "sku")
_TOTALS = r"^\s*(?:合计|总计|小计|合計|總計|小計|(?:grand |sub)?total|summe|gesamt|totale?s?)\s*[:：]?\s*$"
_AMERICAN = ("usa", "us", "united states", "united states of america", "u.s.")
_SYMBOLS = (("R$", "BRL"), ("£", "GBP"), ("€", "EUR"), ("NT$", "TWD"), ("HK$", "HKD"), ("US$", "USD"))

STATUS: dict[str, str] = {
    word: status
    for status, words in {
        "placed": "placed|pending|unpaid|created|awaiting payment|open|new|待付款|等待买家付款|未付款|已下单|criado|offen|en attente",
        "paid": "paid|processing|confirmed|approved|invoiced|preparing|待发货|等待出库|已付款|等待卖家发货|买家已付款|已支付"
        "|pago|bezahlt|payé|pagado"
        "|refunded|partially refunded|returned|已退款|退款成功|未发货，退款成功|已发货，退款成功|已收货，退款成功",
        "shipped": "shipped|sent|dispatched|in transit|fulfilled"
        "|已发货|卖家已发货|已发货，待收货|已发货，待签收|等待确认收货|enviado|versandt|expédié",
        "delivered": "delivered|received|已签收|已收货|entregue|zugestellt|livré|entregado",
        "completed": "completed|complete|closed successfully|finished|done|success|交易成功|已完成|完成|concluído|abgeschlossen|terminé",
        "cancelled": "cancelled|canceled|cancelled by customer|void|voided|failed|expired"
        "|交易关闭|已取消|取消|已关闭|(删除)等待出库|(删除)等待确认收货"
        "|cancelado|storniert|annulé",
    }.items()
    for word in words.split("|")
}
"""What a general file's status words mean, lower case. A refunded order was a sale: its refund is a row of its own."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``rows`` has ``_row`` and one typed column per understood field: instants as datetimes, amounts as floats, the rest as text,
    ``_identity`` for the buyer. ``timezone`` is set where the times are known to be in UTC."""

    rows: pl.DataFrame
    notes: tuple[Note, ...]
    rejects: tuple[Reject, ...]
    left_out: tuple[LeftOut, ...]
    timezone: str | None
    currency: str | None


def cleaned(table: pl.DataFrame, fields: Mapping[str, str], sheet: Sheet, options: Options) -> Cleaned:
    """Clean every understood column of ``table`` (all text). ``fields`` is column by canonical field.

    Raises BadFile for ids a spreadsheet destroyed and for a column with day-first and month-first dates.
    """
    columns: dict[str, pl.Series] = {"_row": table["_row"]}
    notes: list[Note] = []
    bad: list[tuple[str, pl.Series, str]] = []
    values.check_ids(_suspects(table, fields), [fields[name] for name in IDS if name in fields], sheet)
    american = _american(table, fields)
    zoned: list[bool] = []
    for field, column in fields.items():
        text = table[column]
        if field in DATES:
            found = instants(text, table["_row"], file=sheet.name, american=american, timezone=options.timezone)
            columns[field] = found.values
            bad.append((column, _unread(text, found.values), "sources_general.reject.not_a_date"))
            zoned.append(found.zoned)
            if found.guessed:
                notes.append((f"date_order_{found.order}", {"column": column}))
        elif field in NUMBERS:
            columns[field] = _numbers(text)
            bad.append((column, _unread(text, columns[field]), "sources_general.reject.not_a_number"))
        else:
            columns.update(_texts(field, text))
    frame = pl.DataFrame({name: series.alias(name) for name, series in columns.items()})
    if "_status" in frame.columns:
        frame, unknown = _with_status(frame)
        if unknown:
            notes.append(("unknown_status", {"words": ", ".join(unknown)}))
    frame, timezone = _one_zone(frame, zoned, fields, options)
    good, rejects, totals = _sorted_out(table, frame, bad)
    left_out, differ = _of_totals(totals, table, fields, sheet.name)
    return Cleaned(good, (*notes, *differ), rejects, left_out, timezone, _currency(table, fields))


def _suspects(table: pl.DataFrame, fields: Mapping[str, str]) -> pl.DataFrame:
    """Only rows whose ids could be numbers a spreadsheet destroyed: the full check is dear on a large file."""
    ids = [
        fields[name] for name in IDS if name in fields and table[fields[name]].unique().str.contains(r"[eE]\+").any()
    ]
    if not ids:
        return table.head(0)
    return table.filter(pl.any_horizontal(pl.col(name).str.contains(r"[eE]\+").fill_null(value=False) for name in ids))


def _numbers(text: pl.Series) -> pl.Series:
    quick = text.cast(pl.Float64, strict=False)
    quick = quick.set(~quick.is_finite().fill_null(value=True), None)
    if quick.null_count() == text.null_count():
        return quick
    return by_distinct(text, values.number)


def _unread(text: pl.Series, parsed: pl.Series) -> pl.Series:
    """Rows with a text that did not become a value, other than the texts for "no data"."""
    if parsed.null_count() == text.null_count():
        return pl.Series([False]).new_from_index(0, len(text))
    said = by_distinct(text, lambda cell: values.missing(cell))
    return parsed.is_null() & said.is_not_null()


def _texts(field: str, text: pl.Series) -> dict[str, pl.Series]:
    if field == "customer":
        return {"_identity": _whole(by_distinct(text, values.identity))}
    if field in IDS:
        return {field: _whole(by_distinct(text, values.identifier))}
    if field == "status":
        return {"_status": by_distinct(text, lambda cell: values.missing(cell).str.to_lowercase())}
    if field == "region" and text.drop_nulls().head(1000).str.contains(r"\p{Han}").any():
        region, city = (_part(place) for place in (0, 1))
        found = {"region": by_distinct(text, region)}
        cities = by_distinct(text, city)
        return found | ({"city": cities} if cities.null_count() < len(cities) else {})
    if field == "currency":
        return {field: by_distinct(text, lambda cell: values.missing(cell).str.to_uppercase())}
    return {field: by_distinct(text, values.safe_text)}


def _part(place: int) -> Callable[[pl.Expr], pl.Expr]:
    return lambda cell: values.region_parts(cell)[place]


def _whole(ids: pl.Series) -> pl.Series:
    """Ids that another program wrote as ``17850.0`` without their ``.0``, when all of the column are so."""
    filled = ids.drop_nulls()
    if len(filled) and filled.head(100).str.ends_with(".0").all() and filled.str.contains(r"^\d+\.0$").all():
        return ids.str.strip_suffix(".0")
    return ids


def _with_status(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    known = frame["_status"].drop_nulls().unique()
    unknown = sorted(word for word in known.to_list() if word not in STATUS)
    mapped = pl.col("_status").replace_strict(STATUS, default=None, return_dtype=pl.String)
    refunded = pl.col("_status").is_in(["refunded", "returned", "已退款", "退款成功"]).fill_null(value=False)
    return frame.with_columns(mapped.alias("status"), refunded.alias("_refunded")).drop("_status"), unknown


def _one_zone(
    frame: pl.DataFrame, zoned: list[bool], fields: Mapping[str, str], options: Options
) -> tuple[pl.DataFrame, str | None]:
    """All times of the file in one zone: UTC where every column says so, else the shop's wall clock."""
    if not any(zoned):
        return frame, None
    if all(zoned):
        return frame, "UTC"
    dates = [name for name in fields if name in DATES]
    wall = [
        pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone(options.timezone).dt.replace_time_zone(None)
        for name, has_zone in zip(dates, zoned, strict=True)
        if has_zone
    ]
    return frame.with_columns(wall), None


def _sorted_out(
    table: pl.DataFrame, frame: pl.DataFrame, bad: list[tuple[str, pl.Series, str]]
) -> tuple[pl.DataFrame, tuple[Reject, ...], pl.DataFrame]:
    """Usable rows; rejects for those with an unreadable value, no date or no order id; the totals rows."""
    date = "created_at" if "created_at" in frame.columns else "paid_at"
    undated = frame[date].is_null()
    nameless = frame["order_id"].is_null() if "order_id" in frame.columns else undated
    wrong = undated | nameless
    for _, mask, _ in bad:
        wrong = wrong | mask
    if not wrong.any():
        return frame, (), table.head(0)
    odd = table.filter(wrong)
    texts = [name for name in table.columns if name != "_row"]
    totals = odd.filter(pl.any_horizontal(pl.col(name).str.contains(f"(?i){_TOTALS}") for name in texts))
    totals = totals.filter(pl.col("_row").is_in(frame.filter(undated)["_row"].implode()))
    rejects: list[Reject] = []
    for column, mask, reason in bad:
        found = table.filter(mask & ~table["_row"].is_in(totals["_row"].implode()))
        rejects += [(row, column, value, reason) for row, value in found.select("_row", column).rows()]
    named = {row for row, *_ in rejects}
    for column, mask, reason in ((date, undated, "no_date"), ("order_id", nameless & ~undated, "no_order")):
        empty = frame.filter(mask & ~frame["_row"].is_in(totals["_row"].implode()))["_row"].to_list()
        rejects += [(row, column, "", f"sources_general.reject.{reason}") for row in empty if row not in named]
    return frame.filter(~wrong), tuple(sorted(rejects)), totals


def _of_totals(
    totals: pl.DataFrame, table: pl.DataFrame, fields: Mapping[str, str], file: str
) -> tuple[tuple[LeftOut, ...], list[Note]]:
    """Totals rows as left out, with the money of the last; a note where it is not the sum of the rows above, read or not."""
    if totals.is_empty():
        return (), []
    money = 0.0
    notes: list[Note] = []
    for field in ("line_total", "order_total", "goods_amount", "paid_amount"):
        if field not in fields:
            continue
        stated = _numbers(totals[fields[field]]).drop_nulls()
        if stated.is_empty():
            continue
        money = money or float(stated[-1])
        rest = table.filter(~pl.col("_row").is_in(totals["_row"].implode()))
        added = float(_numbers(rest[fields[field]]).sum() or 0)
        if len(stated) == 1 and abs(stated[0] - added) > 0.005 * abs(stated[0]):
            words = {"file": file, "column": fields[field], "stated": float(stated[0]), "added": round(added, 2)}
            notes.append(("totals_differ", words))
    return (LeftOut("totals", len(totals), money),), notes


def _american(table: pl.DataFrame, fields: Mapping[str, str]) -> bool:
    """Whether the file looks American: its country or currency says so, or its clock has AM and PM."""
    if "country" in fields:
        named = table[fields["country"]].drop_nulls().unique().str.to_lowercase()
        return len(named) > 0 and bool(named.is_in(_AMERICAN).all())
    if "currency" in fields:
        return bool((table[fields["currency"]].drop_nulls().unique().str.to_uppercase() == "USD").all())
    column = fields.get("created_at") or fields.get("paid_at") or ""
    return column in table.columns and bool(
        table[column].drop_nulls().head(1000).str.contains(r"(?i)\d\s*[ap]m$").any()
    )


def _currency(table: pl.DataFrame, fields: Mapping[str, str]) -> str | None:
    """The currency whose sign stands in the first amounts, where there is one."""
    for field in ("unit_price", "line_total", "order_total", "goods_amount", "paid_amount"):
        if field in fields:
            text = table[fields[field]].drop_nulls().head(200)
            for sign, code in _SYMBOLS:
                if len(text) and text.str.contains(sign, literal=True).all():
                    return code
    return None
