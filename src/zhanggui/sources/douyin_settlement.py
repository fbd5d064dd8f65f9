"""Douyin's settlement: what came to the shop's account for which sub-order, what was kept back, what was given back."""

from __future__ import annotations

import polars as pl

from zhanggui.sources import values as v
from zhanggui.sources.exports import CURRENCY, Export, Layout, Notes
from zhanggui.sources.matching import words
from zhanggui.tables.loading import LeftOut, Piece

FEES = {"平台服务费": "platform", "佣金": "commission", "招商服务费": "recruiting", "站外推广费": "promotion"}
"""Column of a cost → kind of fee. Costs are negative in the file."""
_INCOME = words("订单实付应结 运费实付 实际平台补贴 订单退款")
_AMOUNTS = ("动账金额", *_INCOME, *FEES, "收入合计", "支出合计")

COLUMNS = (
    *words("动账时间 动帐流水号 动账方向 动账金额 动账账户 动账场景 计费类型 子订单号 订单号"),
    *_INCOME,
    *FEES,
    *words("备注 有结算前退款 下单时间 收入合计 支出合计"),
)
"""Both kinds of file, under one name each."""

LAYOUT = Layout(
    name="settlement",
    known=COLUMNS,
    marks=words(
        """
    动帐流水号 动账流水号 动账方向 动账金额 动账账户 动账场景 订单实付应结 实际平台补贴 招商服务费 站外推广费
    结算单类型 结算账户 有结算前退款 达人佣金
    """
    ),
    needs=(("订单号",), ("动账时间",), ("动账金额",)),
    ids=("订单号", "子订单号", "动帐流水号"),
    amounts=_AMOUNTS,
    labels=("订单号", "动账时间"),
    key=words("动帐流水号 订单号 子订单号 动账时间 动账场景 动账金额"),
    money="动账金额",
    renamed={
        "动账流水号": "动帐流水号",
        "动帐时间": "动账时间",
        "动帐方向": "动账方向",
        "动帐金额": "动账金额",
        "动帐账户": "动账账户",
        "动帐场景": "动账场景",
        "结算时间": "动账时间",
        "结算金额": "动账金额",
        "结算账户": "动账账户",
        "结算单类型": "动账场景",
        "达人佣金": "佣金",
        "主订单号": "订单号",
    },
    explained=words("动账时间 订单号 子订单号"),
)

_FIRST = "1990-01-01 00:00:00"
"""Before every order: what ranks so low holds only until any file states the order itself."""


def pieces(export: Export) -> tuple[list[Piece], Notes, list[LeftOut]]:
    """Fees, refunds and what each order brought in; bookings of no order are left out with their money."""
    plain = _plain(export)
    strangers = plain.filter(pl.col("order_id").is_null())
    rows = plain.filter(pl.col("order_id").is_not_null())
    fees, refunds = _fees(rows), _refunds(rows)
    made = [
        export.piece("order_fees", fees, 30, float(fees["amount"].sum() or 0), counted=False),
        export.piece("refunds", refunds, 30, float(refunds["amount"].sum() or 0), counted=False),
        export.piece("refunds", _so_far(refunds), 30, counted=False),
        export.piece("orders", _payouts(rows), 30, counted=False),
        export.piece("orders", _unseen(rows), 0, counted=False),
    ]
    booked = float(rows["booked"].sum() or 0)
    notes: Notes = [
        ("settled", {"file": export.sheet.name, "orders": rows["order_id"].n_unique(), "amount": f"{booked:,.2f}"})
    ]
    left_out = []
    if len(strangers):
        left_out.append(LeftOut("no_order", len(strangers), float(strangers["booked"].sum() or 0), CURRENCY))
    return made, notes, left_out


def _plain(export: Export) -> pl.DataFrame:
    """Bookings under short names. ``other`` is what was kept back and no column names, so that the parts add up to the booking.

    Outgoings may be written without a sign: the direction tells. Where the file only sums up (收入合计) that is the income.
    """
    outgoing = export.text("动账方向").str.contains("出").fill_null(False)
    booked = export.amount("动账金额")
    kept = [pl.col(kind).fill_null(0) for kind in FEES.values()]
    income = export.sum(*_INCOME) if export.has("订单实付应结") else export.amount("收入合计")
    frame = export.frame.select(
        "_row",
        export.id("订单号").alias("order_id"),
        export.id("子订单号").alias("line_id"),
        export.id("动帐流水号").alias("number"),
        export.instant("动账时间").alias("_time"),
        export.text("动账场景").alias("scene"),
        pl.when(outgoing & (booked > 0)).then(-booked).otherwise(booked).alias("booked"),
        income.alias("income"),
        export.amount("订单退款").alias("refunded"),
        *((-export.amount(column)).alias(kind) for column, kind in FEES.items()),
        export.text("备注").alias("remark"),
    )
    parts = ("order_id", "line_id", "_time", "scene", "booked")
    written = frame.with_columns(pl.col("booked").cast(pl.String))
    numbered = frame["number"].null_count() == 0
    numbers = pl.col("number") if numbered else v.occurrence_ids(written, "order_id", *parts)
    made = pl.col("income") - sum(kept, pl.lit(0)) - pl.col("booked")
    backward = pl.col("scene").str.contains("退款").fill_null(False) & (pl.col("booked") < 0)
    given_back = pl.coalesce(
        pl.when(pl.col("refunded") < 0).then(-pl.col("refunded")),
        pl.when(backward).then(-pl.coalesce("income", "booked")),
    )
    return frame.with_columns(
        numbers.alias("made_number"),
        made.cast(pl.Decimal(18, 4)).alias("other"),
        given_back.cast(pl.Decimal(18, 4)).alias("back"),
        backward.alias("backward"),
    ).with_columns(_event().alias("number"))


def _event() -> pl.Expr:
    """A booking's own number, and the sub-order's where one booking may cover several; a file without numbers gets made ones."""
    several = pl.col("line_id") != pl.col("order_id")
    number = pl.when(several).then(pl.concat_str("number", "line_id", separator="/")).otherwise("number")
    return pl.coalesce(number, "number", "made_number")


def _fees(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each fee of each booking: an order is settled several times, and a later booking adds to the earlier ones."""
    parts = [
        rows.select(
            "_row",
            "_time",
            "order_id",
            pl.concat_str(pl.lit(f"{kind}:"), "number").alias("kind"),
            pl.col(kind).cast(pl.Decimal(18, 4)).alias("amount"),
            pl.lit(CURRENCY).alias("currency"),
        )
        for kind in (*FEES.values(), "other")
    ]
    fees = pl.concat(parts).filter(pl.col("amount") != 0)
    return fees.group_by("order_id", "kind", "currency", maintain_order=True).agg(
        pl.col("_row").first(), pl.col("_time").max(), pl.col("amount").sum()
    )


def _refunds(rows: pl.DataFrame) -> pl.DataFrame:
    """What was given back. Only a booking of its own has a day; what was taken off a settlement was given back some day before."""
    refunds = rows.filter(pl.col("back") > 0).select(
        "_row",
        "_time",
        pl.concat_str("number", pl.lit("#refund")).alias("refund_id"),
        "order_id",
        "line_id",
        pl.when("backward").then("_time").alias("finished_at"),
        pl.col("back").alias("amount"),
        pl.lit(CURRENCY).alias("currency"),
        pl.lit("finished").alias("status"),
        pl.lit("single").alias("scope"),
        pl.lit('{"estimated":"false"}').alias("extra"),
    )
    same = [name for name in refunds.columns if name not in ("_row", "_time", "amount", "finished_at")]
    return refunds.group_by(same, maintain_order=True).agg(
        pl.col("_row").first(), pl.col("_time", "finished_at").max(), pl.col("amount").sum()
    )


def _so_far(refunds: pl.DataFrame) -> pl.DataFrame:
    """The same by sub-order, in place of what the order export could only estimate."""
    return (
        refunds.filter(pl.col("line_id").is_not_null())
        .group_by("order_id", "line_id", maintain_order=True)
        .agg(pl.col("_row").first(), pl.col("_time").max(), pl.col("amount").sum())
        .with_columns(
            pl.concat_str("line_id", pl.lit("#line")).alias("refund_id"),
            pl.lit(CURRENCY).alias("currency"),
            pl.lit("finished").alias("status"),
            pl.lit("line_total").alias("scope"),
            pl.lit('{"estimated":"false"}').alias("extra"),
        )
    )


def _payouts(rows: pl.DataFrame) -> pl.DataFrame:
    """What the orders of this file brought to the account."""
    return rows.group_by("order_id", maintain_order=True).agg(
        pl.col("_row").first(), pl.col("_time").max(), pl.col("booked").sum().alias("payout_amount")
    )


def _unseen(rows: pl.DataFrame) -> pl.DataFrame:
    """An order that no order export has stated yet is no sale: its day and its goods are not known."""
    return rows.unique("order_id", keep="first", maintain_order=True).select(
        "_row",
        pl.lit(_FIRST).alias("_time"),
        "order_id",
        pl.lit("test").alias("kind"),
        pl.lit(CURRENCY).alias("currency"),
    )
