"""The one sentence of verdict, what is not said and why, and what the data holds that no metric counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from zhanggui.brief.choose import Chosen
from zhanggui.brief.kinds import MetricLine, Said
from zhanggui.numbers.kinds import Driver
from zhanggui.playbooks.kinds import Due, Situation
from zhanggui.playbooks.terms import column_sum, count, exact, money, name_of, share
from zhanggui.units import Quantity, Words

LEAK = "sells_below_cash"
MOST_SAID = 3
NOTABLE = 0.1
MASKED = 0.05


def verdict(
    lines: Sequence[MetricLine],
    said: Sequence[Said],
    due: Sequence[Due],
    drivers: Sequence[Driver],
    situation: Situation,
) -> list[Words]:
    """One sentence: how the period was against normal, and what needs the owner today."""
    words = [_period(lines, drivers, situation)]
    fresh = [s for s in said if s.state != "open" and s.finding.kind != "state"]
    leaks = [s for s in fresh if s.finding.rule == LEAK]
    new = [s for s in fresh if s.finding.rule != LEAK]
    if leaks:
        loss = -sum(s.finding.size for s in leaks)
        words.append(Words("rules.verdict.leaks", {"places": count(len(leaks)), "loss": money(loss)}))
    if new:
        words.append(Words("rules.verdict.look", {"findings": count(len(new))}))
    if due:
        words.append(Words("rules.verdict.due", {"due": count(len(due))}))
    return words


def _period(lines: Sequence[MetricLine], drivers: Sequence[Driver], situation: Situation) -> Words:
    sales = next((line for line in lines if line.name == "gross_sales"), None)
    odd = [line for line in lines if line.unusual]
    if sales is None or sales.value is None:
        return Words("rules.verdict.no_sales" if situation.tables.get("orders") else "rules.verdict.no_orders")
    if sales.expected is None:
        return Words("rules.verdict.too_short", {"value": money(sales.value)})
    gap = money(sales.value - sales.expected, signed=True)
    if sales.unusual:
        key = "rules.verdict.low" if sales.value < sales.expected else "rules.verdict.high"
        return Words(key, {"gap": gap, "value": money(sales.value)})
    if sales.doubtful:
        return Words("rules.verdict.doubtful", {"gap": gap, "value": money(sales.value)})
    if odd:
        names = Words("rules.verdict.metric", {"metric": Words(f"metrics.name.{odd[0].name}")})
        return Words("rules.verdict.partly", {"what": names})
    return Words("rules.verdict.normal", {"value": money(sales.value)})


def not_said(lines: Sequence[MetricLine], chosen: Chosen, situation: Situation) -> list[Words]:
    """Changes that look like something and may be chance, and numbers that this data cannot give."""
    words: list[Words] = []
    for line in lines:
        if (
            line.unusual
            or line.doubtful
            or line.value is None
            or not line.previous
            or line.low is None
            or line.p is None
        ):
            continue
        change = line.value / line.previous - 1
        if abs(change) >= NOTABLE and len(words) < MOST_SAID:
            words.append(
                Words(
                    "rules.not_said.chance",
                    {
                        "metric": Words(f"metrics.name.{line.name}"),
                        "value": Quantity(line.value, line.unit),
                        "previous": Quantity(line.previous, line.unit),
                        "change": share(change, signed=True),
                    },
                )
            )
    products = list(dict.fromkeys(f.where["product_id"] for f in chosen.held_back if f.where.get("product_id")))
    if products:
        names = " · ".join(dict.fromkeys(name_of(situation, product) for product in products[:3]))
        words.append(Words("rules.not_said.products", {"products": count(len(products)), "names": names}))
    return words + _masked(situation) + _festive(lines)


def _masked(situation: Situation) -> list[Words]:
    orders = situation.frames["set_apart"].filter(pl.col("counted"))
    total, unknown = column_sum(orders, "orders"), column_sum(orders, "no_buyer")
    if not total or unknown / total < MASKED:
        return []
    money_unknown = column_sum(orders, "no_buyer_goods")
    return [Words("rules.not_said.no_buyer", {"share": share(unknown / total), "money": money(money_unknown)})]


def _festive(lines: Sequence[MetricLine]) -> list[Words]:
    if any(line.refusal == "unknown_event" for line in lines):
        return [Words("rules.not_said.festival")]
    if any(line.refusal == "too_short" for line in lines):
        return [Words("rules.not_said.short")]
    return []


def left_out(frames: Mapping[str, pl.DataFrame], situation: Situation) -> list[Words]:
    """Money in the data that no sales metric counts, with its sum to the cent."""
    words = []
    lines = frames["non_goods"]
    if lines.height:
        amount = column_sum(lines, "amount") - column_sum(lines, "refunds")
        rows = column_sum(lines, "rows") + column_sum(lines, "refund_rows")
        now = column_sum(lines, "amount_now") - column_sum(lines, "refunds_now")
        largest = lines.with_columns(net=pl.col("amount").fill_null(0) - pl.col("refunds").fill_null(0))
        largest = largest.sort(pl.col("net").abs(), descending=True).head(4)
        names = " · ".join(code or "–" for code in largest["sku"].to_list())
        words.append(
            Words(
                "rules.left_out.non_goods",
                {"rows": count(rows), "money": exact(amount), "now": exact(now), "names": names},
            )
        )
    apart = frames["set_apart"].filter(~pl.col("counted") & (pl.col("kind") != "credit"))
    if apart.height and column_sum(apart, "orders"):
        words.append(
            Words(
                "rules.left_out.orders",
                {
                    "orders": count(column_sum(apart, "orders")),
                    "money": exact(column_sum(apart, "goods")),
                    "now": count(column_sum(apart, "orders_now")),
                },
            )
        )
    rates = column_sum(frames["set_apart"], "no_rate")
    if rates:
        words.append(Words("rules.left_out.no_rate", {"orders": count(rates)}))
    return words
