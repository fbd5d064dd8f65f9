"""Cleaned rows of an order file as orders, lines, products and refunds.

Rows are taken for order lines where they name products or repeat an order id, else each row is an order. Which lines
are goods, gifts, returns, write-offs or nothing of the kind is decided here; docs/sources/general.md says why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from zhanggui.sources import landing
from zhanggui.sources.content_ids import among, by_distinct, digests, number_text, numbered, text_of
from zhanggui.sources.non_goods import is_non_goods_code, is_non_goods_title
from zhanggui.tables.loading import LeftOut, Piece

ORDER_AMOUNTS = ("order_total", "goods_amount", "shipping_amount", "discount_amount", "tax_amount", "paid_amount")
ORDER_TEXTS = (
    "_identity",
    "status",
    "currency",
    "country",
    "region",
    "city",
    "source",
    "campaign",
    "landing_page",
    "device",
    "buyer_note",
    "seller_note",
)
ORDER_TIMES = ("paid_at", "shipped_at", "delivered_at", "completed_at", "updated_at")
LINE_TEXTS = ("product_id", "sku", "title", "variant", "line_discount", "unit_cost")
_CREDIT_ID = r"^(?i:c|cn|cr|cm|rma|ret)[-#]?\d+$"


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a file gave, what was left out on purpose, and what the owner should know."""

    pieces: tuple[Piece, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[tuple[str, Mapping[str, object]], ...]


def layout_of(fields: Collection[str]) -> str:
    """``lines`` where columns name products, else ``orders``."""
    return "lines" if set(fields) & {"product_id", "sku", "title", "line_id"} else "orders"


def pieces(rows: pl.DataFrame, *, origin: str, timezone: str | None, currency: str) -> Pieces:
    """Pieces for ``orders``, ``order_lines``, ``products`` and ``refunds``."""
    rows = _timed(rows)
    if "landing_page" in rows.columns:
        rows = rows.with_columns(landing.each(rows["landing_page"], landing.kept))
    of_lines = layout_of(rows.columns) == "lines" or (
        "order_id" in rows.columns and bool(rows["order_id"].is_duplicated().any())
    )
    rows = _priced(rows, of_lines=of_lines)
    named = "order_id" in rows.columns
    if not named:
        rows = rows.with_columns(order_id=_row_ids(rows))
    sorted_rows, left_out = _classified(rows, of_lines=of_lines and named)
    notes: list[tuple[str, Mapping[str, object]]] = [] if named else [("orders_without_id", {"orders": len(rows)})]
    made = _tables(sorted_rows, of_lines=of_lines)
    return Pieces(
        tuple(
            Piece(
                table,
                frame,
                origin,
                timezone=timezone,
                currency=currency,
                file_money=float(frame[money].sum() or 0) if money in frame.columns else None,
                rows_read=len(rows),
            )
            for table, frame, money in made
            if len(frame)
        ),
        left_out,
        tuple(notes),
    )


def _timed(rows: pl.DataFrame) -> pl.DataFrame:
    """``created_at`` for every row: where a file has payment times only, that is when the order is known to exist."""
    if "created_at" in rows.columns:
        return rows
    return rows.with_columns(pl.col("paid_at").alias("created_at"))


def _priced(rows: pl.DataFrame, *, of_lines: bool) -> pl.DataFrame:
    """With ``_amount``, what the row is worth: its own total, else price × quantity − discount."""
    columns = rows.columns
    if of_lines and "line_total" not in columns and "unit_price" not in columns:
        stated = next(name for name in ("order_total", "goods_amount", "paid_amount") if name in columns)
        rows = rows.rename({stated: "line_total"})
        columns = rows.columns
    parts: list[pl.Expr] = []
    if "line_total" in columns:
        parts.append(pl.col("line_total"))
    if "unit_price" in columns:
        pieces_ = pl.col("quantity").fill_null(1.0) if "quantity" in columns else pl.lit(1.0)
        discount = pl.col("line_discount").fill_null(0.0) if "line_discount" in columns else pl.lit(0.0)
        parts.append(pl.col("unit_price") * pieces_ - discount)
        if "quantity" not in columns:
            rows = rows.with_columns(quantity=pl.lit(1.0))
    if not of_lines:
        freight = [pl.col(name).fill_null(0.0) for name in ("shipping_amount", "tax_amount") if name in columns]
        goods = [pl.col("goods_amount")] if "goods_amount" in columns else []
        whole = (
            [pl.sum_horizontal(pl.col("order_total"), *(-part for part in freight))] if "order_total" in columns else []
        )
        parts = [*goods, *whole, *parts, *([pl.col("paid_amount")] if "paid_amount" in columns else [])]
    return rows.with_columns(pl.coalesce(parts).round(4).alias("_amount"))


def _row_ids(rows: pl.DataFrame) -> pl.Series:
    """An order id made of the row's content, for files that number no orders: equal rows are counted."""
    texts = [
        name
        for name in ("_identity", "product_id", "sku", "title", "variant", "country", "region", "city")
        if name in rows.columns
    ]
    numbers = [name for name in ("quantity", "unit_price", "_amount") if name in rows.columns]
    content = text_of(
        [pl.col("created_at").dt.epoch("s"), *map(pl.col, texts), *(number_text(pl.col(name)) for name in numbers)]
    )
    hashed = rows.select("_row", digests(rows.select(content.alias("text"))["text"]).alias("digest"))
    return numbered(hashed, "digest", None, ["_row"])


def _classified(rows: pl.DataFrame, *, of_lines: bool) -> tuple[pl.DataFrame, tuple[LeftOut, ...]]:
    """Rows with ``_kind``: goods, gift, non_goods, return (goods taken back on a sale's own invoice), credit (a line of a credit
    note); write-offs and lines without price in orders that sold nothing are left out."""
    rows = _signed(rows)
    credit_id = _credit_ids(rows)
    free = pl.col("_amount").fill_null(1.0) == 0
    written_off = pl.col("_negative") & free & ~credit_id
    rows = rows.with_columns((_credit_notes(rows, ~written_off) | credit_id).alias("_credit"))
    unsold = free & ~pl.col("_credit") & ~written_off & pl.lit(of_lines)
    suspects = rows.filter(unsold)["order_id"].unique()
    paid = (pl.col("_amount") > 0) & ~pl.col("_credit")
    selling = rows.filter(paid & pl.col("order_id").is_in(suspects.implode()))["order_id"].unique()
    given_away = unsold & ~pl.col("order_id").is_in(selling.implode())
    kind = (
        pl.when(written_off)
        .then(pl.lit("write_off"))
        .when(given_away)
        .then(pl.lit("zero_price"))
        .when(pl.col("_credit"))
        .then(pl.lit("credit"))
        .when(pl.col("_non_goods"))
        .then(pl.lit("non_goods"))
        .when(pl.col("_negative"))
        .then(pl.lit("return"))
        .when(unsold)
        .then(pl.lit("gift"))
        .otherwise(pl.lit("goods"))
    )
    rows = rows.with_columns(kind.alias("_kind"))
    out = pl.col("_kind").is_in(["write_off", "zero_price"])
    counts = rows.filter(out).group_by("_kind").agg(pl.len(), pl.col("_amount").sum()).sort("_kind")
    # Zero lines of negative quantity are worth −0.0: added to 0.0 it loses its sign.
    left_out = tuple(LeftOut(reason, many, 0.0 + money) for reason, many, money in counts.rows())
    return (rows.filter(~out) if left_out else rows), left_out


def _signed(rows: pl.DataFrame) -> pl.DataFrame:
    """With ``_non_goods`` and ``_negative``: a quantity below zero, or an amount below zero that no price below zero explains."""
    quantity = pl.col("quantity") if "quantity" in rows.columns else pl.lit(None, pl.Float64)
    below = (pl.col("unit_price") < 0).fill_null(value=False) if "unit_price" in rows.columns else pl.lit(value=False)
    negative = (quantity < 0) | ((pl.col("_amount") < 0) & ~below)
    return rows.with_columns(
        (pl.lit(_non_goods(rows)) | below).alias("_non_goods"), negative.fill_null(value=False).alias("_negative")
    )


def _credit_notes(rows: pl.DataFrame, considered: pl.Expr) -> pl.Expr:
    """Whether all ``considered`` lines of a row's order are negative. Few orders have a negative line: only those are looked at."""
    suspects = rows.filter(considered & pl.col("_negative"))["order_id"].unique()
    mixed = rows.filter(~pl.col("_negative") & pl.col("order_id").is_in(suspects.implode()))["order_id"].unique()
    whole = suspects.filter(~suspects.is_in(mixed.implode()))
    return pl.col("order_id").is_in(whole.implode())


def _non_goods(rows: pl.DataFrame) -> pl.Series:
    flag = pl.Series([False]).new_from_index(0, len(rows))
    code = next((name for name in ("product_id", "sku") if name in rows.columns), None)
    if code:
        flag = flag | among(rows[code], is_non_goods_code)
    if "title" in rows.columns:
        flag = flag | among(rows["title"], is_non_goods_title)
    return flag


def _credit_ids(rows: pl.DataFrame) -> pl.Expr:
    """Ids such as ``C536379`` in a file whose other ids are digits only name credit notes."""
    ids = rows["order_id"].unique()
    plain = ids.str.contains(r"^\d+$")
    if int(plain.sum()) * 2 < len(plain) or ids.is_empty():
        return pl.lit(value=False)
    marked = ids.filter(ids.str.contains(_CREDIT_ID))
    return pl.col("order_id").is_in(marked.implode()) if len(marked) else pl.lit(value=False)


def _tables(rows: pl.DataFrame, *, of_lines: bool) -> list[tuple[str, pl.DataFrame, str]]:
    """(table, rows, its money column)."""
    has_lines = of_lines or "quantity" in rows.columns
    if has_lines:
        rows = _with_products(rows)
        rows = rows.with_columns(line_id=_line_ids(rows))
    made = [("orders", _orders(rows, of_lines=of_lines), "order_total")]
    if has_lines:
        made.append(("order_lines", _lines(rows, of_lines=of_lines), "line_total"))
        if "product_id" in rows.columns:
            made.append(("products", _products(rows), ""))
    made.append(("refunds", _refunds(rows), "amount"))
    return made


def _with_products(rows: pl.DataFrame) -> pl.DataFrame:
    """``product_id`` for every line that can have one: its own, else its SKU, else a hash of its title; ``sku`` too."""
    if "product_id" in rows.columns:
        return rows if "sku" in rows.columns else rows.with_columns(sku=pl.col("product_id"))
    if "sku" in rows.columns:
        return rows.with_columns(product_id=pl.col("sku"))
    if "title" in rows.columns:
        made = by_distinct(rows["title"], lambda cell: cell.map_batches(digests, return_dtype=pl.String))
        return rows.with_columns(made.alias("product_id"))
    return rows


def _line_ids(rows: pl.DataFrame) -> pl.Series:
    if (
        "line_id" in rows.columns
        and not rows["line_id"].null_count()
        and not rows.select("order_id", "line_id").is_duplicated().any()
    ):
        return rows["line_id"]
    texts = [pl.col(name) for name in ("sku", "title", "variant") if name in rows.columns]
    price = number_text(pl.col("unit_price" if "unit_price" in rows.columns else "_amount"))
    hashed = rows.select(
        "order_id",
        *(["quantity"] if "quantity" in rows.columns else []),
        "_amount",
        digests(rows.select(text_of([*texts, price]).alias("text"))["text"]).alias("digest"),
    )
    return numbered(hashed, "digest", "order_id", [name for name in ("quantity", "_amount") if name in hashed.columns])


def _orders(rows: pl.DataFrame, *, of_lines: bool) -> pl.DataFrame:
    columns = rows.columns
    amounts = [name for name in ORDER_AMOUNTS if name in columns]
    if of_lines:
        firsts = [
            pl.col(name).drop_nulls().first() for name in ORDER_TEXTS if name in columns and rows[name].null_count()
        ]
        firsts += [pl.col(name).first() for name in ORDER_TEXTS if name in columns and not rows[name].null_count()]
        times = [pl.col(name).max() for name in ORDER_TIMES if name in columns]
        orders = rows.group_by("order_id", maintain_order=True).agg(
            pl.col("_row").first(),
            pl.col("created_at").min(),
            pl.col("_credit").first(),
            *firsts,
            *times,
            *_once(rows, amounts),
        )
    else:
        goods = [pl.col("_amount").alias("goods_amount")]
        wanted = [
            name
            for name in (*ORDER_TEXTS, *ORDER_TIMES, *amounts, "extra")
            if name in columns and name != "goods_amount"
        ]
        orders = rows.select("_row", "order_id", "created_at", "_credit", *wanted, *goods)
    latest = [name for name in ("created_at", *ORDER_TIMES) if name in orders.columns]
    return orders.with_columns(
        pl.max_horizontal(latest).alias("_time"),
        pl.when(pl.col("_credit")).then(pl.lit("credit")).otherwise(pl.lit("normal")).alias("kind"),
        pl.when(pl.col("_credit"))
        .then(pl.lit("cancelled"))
        .otherwise(pl.col("status") if "status" in orders.columns else pl.lit(None, pl.String))
        .alias("status"),
        # What a credit note takes back stands in its refunds.
        *(
            pl.when(~pl.col("_credit")).then(pl.col(name)).alias(name)
            for name in ORDER_AMOUNTS
            if name in orders.columns
        ),
    ).drop("_credit", *(["updated_at"] if "updated_at" in orders.columns else []))


def _once(rows: pl.DataFrame, amounts: Sequence[str]) -> list[pl.Expr]:
    """An order's amount from the lines it stands on: stated once or repeated on each line it counts once, else it is a line's own
    and is added up."""
    found = []
    for name in amounts:
        spread = rows.group_by("order_id").agg(pl.col(name).drop_nulls().n_unique().alias("n"))["n"].max()
        several = isinstance(spread, int) and spread > 1
        found.append(pl.col(name).sum() if several else pl.col(name).drop_nulls().first())
    return found


def _lines(rows: pl.DataFrame, *, of_lines: bool) -> pl.DataFrame:
    taken = rows.filter(pl.col("_kind").is_in(["goods", "gift", "non_goods"]))
    wanted = [name for name in (*LINE_TEXTS, "quantity", "unit_price") if name in rows.columns and name != "product_id"]
    product = [_goods_only("product_id")] if "product_id" in rows.columns else []
    extra = ["extra"] if of_lines and "extra" in rows.columns else []
    return taken.select(
        "_row",
        "order_id",
        "line_id",
        *product,
        *wanted,
        *extra,
        pl.col("_amount").alias("line_total"),
        pl.col("_kind").alias("kind"),
        pl.col("created_at").alias("_time"),
    )


def _goods_only(column: str) -> pl.Expr:
    """Postage and fees are no products: their code stays in ``sku``."""
    return pl.when(~pl.col("_non_goods")).then(pl.col(column)).alias(column)


def _products(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per product and title, dated by the last line that used it, so that the title last seen stands."""
    names = [name for name in ("product_id", "title", "category") if name in rows.columns]
    goods = rows.lazy().filter(~pl.col("_non_goods") & pl.col("product_id").is_not_null())
    return goods.group_by(names).agg(pl.col("created_at").max().alias("_time")).sort(names, nulls_last=True).collect()


def _refunds(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines of credit notes and goods taken back on an invoice, one refund each; amounts refunded so far, one per order."""
    found = [_taken_back(rows)]
    if "refunded_amount" in rows.columns or "_refunded" in rows.columns:
        found.append(_so_far(rows))
    return pl.concat([frame for frame in found if len(frame)] or found[:1], how="diagonal")


def _taken_back(rows: pl.DataFrame) -> pl.DataFrame:
    taken = rows.filter(pl.col("_kind").is_in(["credit", "return"]))
    if "line_id" not in taken.columns:
        taken = taken.with_columns(line_id=pl.lit("order"))
    product = [_goods_only("product_id")] if "product_id" in rows.columns else []
    pieces_ = [pl.col("quantity").abs()] if "quantity" in rows.columns else []
    return taken.select(
        "_row",
        pl.concat_str("order_id", pl.lit("#"), "line_id").alias("refund_id"),
        "order_id",
        *product,
        *(["sku"] if "sku" in rows.columns else []),
        *pieces_,
        pl.col("created_at").alias("finished_at"),
        # A line of a credit note that charges something again (a positive amount) lowers what is given back.
        (-pl.col("_amount")).alias("amount"),
        *(["currency"] if "currency" in rows.columns else []),
        pl.lit("finished").alias("status"),
        pl.lit("single").alias("scope"),
        pl.col("_non_goods").alias("non_goods"),
        pl.col("created_at").alias("_time"),
    )


def _so_far(rows: pl.DataFrame) -> pl.DataFrame:
    stated = pl.col("refunded_amount") if "refunded_amount" in rows.columns else pl.lit(None, pl.Float64)
    if "_refunded" in rows.columns:
        # Without an amount "refunded" means the goods, not freight and tax.
        stated = pl.coalesce(stated, pl.when(pl.col("_refunded")).then(pl.col("_amount")))
    rows = rows.filter(~pl.col("_credit")).with_columns(stated.alias("refunded_amount"))
    summed = _once(rows, ["refunded_amount"])[0] if "_refunded" not in rows.columns else pl.col("refunded_amount").sum()
    times = [name for name in ("created_at", *ORDER_TIMES) if name in rows.columns]
    orders = rows.group_by("order_id", maintain_order=True).agg(
        pl.col("_row").first(),
        summed.abs().alias("amount"),
        *([pl.col("currency").drop_nulls().first()] if "currency" in rows.columns else []),
        pl.max_horizontal(pl.col(name).max() for name in times).alias("_time"),
    )
    return orders.filter(pl.col("amount") > 0).with_columns(
        pl.concat_str("order_id", pl.lit("#order")).alias("refund_id"),
        pl.lit("finished").alias("status"),
        pl.lit("order_total").alias("scope"),
    )
