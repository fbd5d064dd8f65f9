"""Product terms: whether the largest products are paid less a unit, or bought in smaller numbers, than half a year of their own lines.

Reads: lines of the four largest products by day, paid price and units.
Says: what is paid for a unit now and before; how many units a line holds at the same price.
Does: names the product, the money a week and the query that shows it.
Source: docs/rules.md, "Analysis", "What orders alone can tell". Rank tests: see ``methods.line_shift``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from zhanggui.methods.line_shift import LineShift, line_shift
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.terms import asked, count, exact, margin_per_sale, money, name_of
from zhanggui.units import Words

Floats = npt.NDArray[np.float64]
BUDGET_SHARE = 0.3
"""The largest products are the ones whose terms an owner must not miss: their tests have a share of the error budget of their own."""
MOST_LINES = 20_000
CANDIDATE = 0.05
LEAST_CHANGE = 0.02
USUAL_MARGIN = 0.4
"""Of sales, where the shop's own costs are unknown; used only to compare a price's money with the floor."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one product: paid unit price, units, age in days of the brief."""

    price: Floats
    units: Floats
    age: Floats

    def where(self, chosen: npt.NDArray[np.bool_]) -> Lines:
        return Lines(self.price[chosen], self.units[chosen], self.age[chosen])


def product_terms(situation: Situation) -> Verdict:
    """Price a unit, and units a line within the same price, of the last block against the half year before, product by product."""
    frame = situation.frames["hero_lines"]
    if frame.is_empty():
        return Verdict()
    worth = dict(
        frame.group_by("product_id").agg((pl.col("price") * pl.col("units") * pl.col("lines")).sum()).iter_rows()
    )
    mean = sum(worth.values()) / len(worth)
    tests, findings = 0, []
    for product in sorted(worth, key=lambda name: -worth[name]):
        lines = _lines(frame.filter(pl.col("product_id") == product))
        now, before = lines.where(lines.age < situation.period.days), lines.where(lines.age >= situation.period.days)
        for kind, shift in (("price", _price(now, before)), ("units", _units(now, before))):
            if not isinstance(shift, LineShift):
                continue
            tests += 1
            finding = _finding(product, kind, shift, now, before, situation, worth[product] / max(mean, 1e-9))
            if finding is not None:
                findings.append(finding)
    return Verdict(findings=findings, family=tests, share=BUDGET_SHARE)


def _lines(frame: pl.DataFrame) -> Lines:
    """The histogram as lines; where there are very many, each cell in proportion."""
    counts = frame["lines"].to_numpy().astype(np.float64)
    if counts.sum() > MOST_LINES:
        counts = np.maximum(np.round(counts * MOST_LINES / counts.sum()), 1)
    times = counts.astype(np.int64)
    price, units, age = (
        np.repeat(frame[name].to_numpy().astype(np.float64), times) for name in ("price", "units", "age")
    )
    return Lines(price, units, age)


def _price(now: Lines, before: Lines) -> object:
    return line_shift(now.price, before.price, recent_days=now.age, earlier_days=before.age)


def _units(now: Lines, before: Lines) -> object:
    return line_shift(now.units, before.units, now.price, before.price)


def _finding(
    product: str, kind: str, shift: LineShift, now: Lines, before: Lines, situation: Situation, weight: float
) -> Finding | None:
    p = min(1.0, 2 * min(shift.p_lower, shift.p_higher))
    was, came = _compared(kind, now, before)
    if p >= CANDIDATE or was <= 0 or abs(came / was - 1) < LEAST_CHANGE:
        return None
    weekly = float((now.price * now.units).sum()) * 7 / situation.period.days
    size = weekly * (1 - was / came) if came > 0 else -weekly
    falls = came < was
    # A cheaper price is lost contribution to the penny; the floor is a share of sales where costs are unknown, of contribution elsewhere.
    worth = size / USUAL_MARGIN if kind == "price" and margin_per_sale(situation.costs) is None else size
    if abs(worth) < situation.floor or falls != (shift.p_lower < shift.p_higher):
        return None
    from scipy.special import ndtri

    reach = abs(size) * 1.645 / max(abs(float(ndtri(max(p / 2, 1e-300)))), 1e-9)
    written = exact if kind == "price" else count
    words = Words(
        f"rules.product_terms.{kind}_{'down' if falls else 'up'}",
        {
            "product": name_of(situation, product),
            "now": written(came),
            "before": written(was),
            "lines": count(shift.lines),
            "money": money(size, size - reach, size + reach, signed=True),
        },
    )
    metric = "unit_price" if kind == "price" else "units_per_order"
    return Finding(
        "analysis",
        "product_terms",
        "claim",
        words,
        metric,
        {"product_id": product},
        size,
        size - reach,
        size + reach,
        p=p,
        weight=weight,
        worth=worth,
        evidence=(Evidence(words, asked(metric, situation, ("product_id",), product_id=product)),),
        cause=f"terms:{product}",
    )


def _compared(kind: str, now: Lines, before: Lines) -> tuple[float, float]:
    """What was paid for a unit (the middle line), or how many units a line held, before and now; units at the prices of now."""
    if kind == "price":
        return float(np.median(before.price)), float(np.median(now.price))
    shared = np.intersect1d(now.price, before.price)
    usual = {
        p: float(np.mean(np.minimum(before.units[before.price == p], np.quantile(before.units, 0.99)))) for p in shared
    }
    kept = np.isin(now.price, shared)
    if not kept.any():
        return 0.0, 0.0
    return float(np.mean([usual[p] for p in now.price[kept]])), float(np.mean(now.units[kept]))


RULES = (
    Rule(
        "product_terms",
        "analysis",
        product_terms,
        frames=("hero_lines",),
        needs=("order_lines",),
        reads=("money_floor_share",),
    ),
)
