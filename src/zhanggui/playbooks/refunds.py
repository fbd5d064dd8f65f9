"""Refunds that rose, and where they come from.

Reads: refunded orders at equal age, last 28 days and the 28 before; their reasons, phases, sizes, places, sources, carriers; costs.
Says: whose refunds jumped, and in which reason or place most of the rise lies; of the whole shop where most products rose together.
Does: packing, size chart, holding a batch, another carrier, a truer description, pausing a source; never anything against a buyer.
Source: docs/rules.md, "Products" (退款異常); docs/methods.md, "Methods of the brief".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from zhanggui.methods.shrinkage import Beta, probability_below
from zhanggui.playbooks.kinds import Evidence, Finding, Rule, Situation, Verdict
from zhanggui.playbooks.odd_refunds import odd_refunds
from zhanggui.playbooks.refund_causes import FEWEST, WEEKS, Cause, Rise, cause_of
from zhanggui.playbooks.refund_repairs import repair
from zhanggui.playbooks.terms import asked, column_sum, count, money, name_of, rate_prior, reach, share
from zhanggui.units import Words

FEWEST_ORDERS = 20
MOST_REFUND_PRIOR = 100.0
CANDIDATE = 0.05
TOGETHER = 0.6
FEWEST_TOGETHER = 5
LIKELY = 0.8
"""How likely refunds must have risen at all for a cheap repair to be proposed without proof."""
CLEAR, CLEAR_OF_MANY = 0.9, 0.95
"""And how likely in the reason or place that it repairs: of many places one always looks worse."""
NAME = "refund_jump"


@dataclass(frozen=True, slots=True)
class Judged:
    """The products with enough orders in both windows, and the shop as their sum."""

    products: tuple[Rise, ...]
    shop: Rise

    @property
    def together(self) -> bool:
        """Whether most of them rose by the shop's own ratio: then it is no product's doing."""
        rose = sum(r.now.mean > r.before.mean for r in self.products)
        return len(self.products) >= FEWEST_TOGETHER and rose >= TOGETHER * len(self.products)


def refund_jump(situation: Situation) -> Verdict:
    """Refunds that rose by the settings' ratio, compared at equal age: of each product with enough orders, or of the shop where most of
    its products rose together. Repairs also where a rise is likely, not proved; they are worded so."""
    judged = _judged(situation)
    if judged is None or not situation.weekly:
        return Verdict()
    family = len(judged.products)
    if judged.together and _rose(judged.shop, situation) and (p := _p(judged.shop)) < CANDIDATE:
        return Verdict(findings=[_shop_finding(judged.shop, p, situation)], family=family)
    noted = _noted(situation)
    findings, actions = [], []
    for rise in judged.products:
        rose = _rose(rise, situation)
        if rise.product in noted or not (rose or rise.excess >= FEWEST):
            continue
        p = _p(rise)
        claimed = rose and p < CANDIDATE and rise.loss >= situation.floor
        if not claimed and (rise.excess < FEWEST or 1 - p < LIKELY):
            continue
        cause = cause_of(situation, rise)
        if claimed:
            finding = _finding(rise, cause, p, situation)
            findings.append(finding)
            actions += repair(situation, rise, cause, finding)
        elif cause.rose >= (CLEAR_OF_MANY if cause.by else CLEAR):
            actions += repair(situation, rise, cause, None)
    # A repair that is proposed already, or a shop in which all of them rose, leaves nothing for the comparison with siblings.
    known = {action.where.get("product_id", "") for action in actions}
    actions += odd_refunds(situation, noted | known)
    return Verdict(findings=findings, actions=actions, family=family)


def _rose(rise: Rise, situation: Situation) -> bool:
    """Whether refunds rose by the ratio of the settings."""
    return rise.now.mean > situation.config["refund_ratio"] * rise.before.mean


def _p(rise: Rise) -> float:
    """How likely refunds did not rise."""
    return 1 - probability_below(rise.before, rise.now)


def _judged(situation: Situation) -> Judged | None:
    rows = situation.frames["product_refunds"]
    sums = [
        pl.col(column)
        .filter(pl.col("window") == window)
        .fill_null(0)
        .sum()
        .cast(pl.Float64)
        .alias(f"{column}_{window}")
        for window in (0, 1)
        for column in ("orders", "gross", "refunded", "refunds")
    ]
    wide = rows.group_by("product_id").agg(*sums).sort("product_id")
    wide = wide.filter((pl.col("orders_0") >= FEWEST_ORDERS) & (pl.col("orders_1") >= FEWEST_ORDERS))
    if wide.is_empty():
        return None
    hits = np.minimum(wide["refunded_1"].to_numpy(), wide["orders_1"].to_numpy())
    prior = rate_prior(hits, wide["orders_1"].to_numpy(), MOST_REFUND_PRIOR)
    totals = {name: column_sum(wide, name) for name in wide.columns if name != "product_id"}
    return Judged(tuple(_rises(wide, prior)), _rise("", totals, Beta(0.5, 0.5)))


def _rises(wide: pl.DataFrame, prior: Beta) -> Iterator[Rise]:
    for row in wide.iter_rows(named=True):
        yield _rise(str(row["product_id"]), row, prior)


def _rise(product: str, row: dict[str, float], prior: Beta) -> Rise:
    refunded = [min(row[f"refunded_{w}"], row[f"orders_{w}"]) for w in (0, 1)]
    now, before = (prior.after(refunded[w], row[f"orders_{w}"]) for w in (0, 1))
    return Rise(product, now, before, row["orders_0"], row["orders_1"], refunded[0], refunded[1], row["gross_0"])


def _noted(situation: Situation) -> frozenset[str]:
    """The products of which a person noted something in the last five weeks."""
    notes = situation.frames["annotated_days"]
    return frozenset(notes.filter(pl.col("day") > situation.as_of - pl.duration(days=35))["target"].drop_nulls())


# ---- what is said


def _finding(rise: Rise, cause: Cause, p: float, situation: Situation) -> Finding:
    loss, spread = rise.loss, reach(rise.now, rise.before) * rise.gross / WEEKS
    words = Words(
        "rules.refund_jump.claim",
        {
            "product": name_of(situation, rise.product),
            **_said(rise),
            "money": money(-loss, -loss - spread, -loss + spread, signed=True),
        },
    )
    return Finding(
        "products",
        NAME,
        "claim",
        words,
        "refund_rate",
        {"product_id": rise.product},
        -loss,
        -loss - spread,
        -loss + spread,
        p=p,
        evidence=(
            Evidence(words, asked("refund_amount", situation, ("product_id",), product_id=rise.product)),
            *(
                [Evidence(cause.because, asked("refund_amount", situation, (cause.by,), product_id=rise.product))]
                if cause.by
                else []
            ),
        ),
        because=cause.because,
        cause=f"product:{rise.product}",
    )


def _shop_finding(rise: Rise, p: float, situation: Situation) -> Finding:
    loss, spread = rise.loss, reach(rise.now, rise.before) * rise.gross / WEEKS
    words = Words(
        "rules.refund_jump.shop", {**_said(rise), "money": money(-loss, -loss - spread, -loss + spread, signed=True)}
    )
    query = asked("refund_amount", situation)
    return Finding(
        "products", NAME, "claim", words, "refund_rate", {}, -loss, -loss - spread, -loss + spread, p=p, evidence=(Evidence(words, query),)
    )  # fmt: skip


def _said(rise: Rise) -> dict[str, object]:
    return {
        "now": share(rise.refunded / rise.orders),
        "before": share(rise.refunded_before / rise.orders_before),
        "refunded": count(rise.refunded),
        "orders": count(rise.orders),
    }


RULES = (
    Rule(
        NAME,
        "products",
        refund_jump,
        frames=(
            "product_refunds",
            "refund_places",
            "refund_ages",
            "product_names",
            "product_diary",
            "below_cash",
            "annotated_days",
            "happenings",
        ),
        needs=("refunds",),
        proposes=(
            "change_packing",
            "restore_change",
            "add_size_chart",
            "hold_batch",
            "correct_description",
            "change_carrier",
            "show_arrival_date",
            "pause_source",
            "audit_listing",
        ),
        reads=("refund_ratio", "money_floor_share"),
    ),
)
