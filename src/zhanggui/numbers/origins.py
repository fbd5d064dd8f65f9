"""Where the orders of some days came from, how much of them nobody knows, and what ad platforms claim to have sold beside what the shop's
own orders say. The two are laid side by side and never added: two platforms may claim one order, and the shop counts it once."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from zhanggui.config import Config
from zhanggui.numbers.kinds import Answer, Question
from zhanggui.numbers.query import ask, coverage
from zhanggui.units import Clock, Period

if TYPE_CHECKING:
    from zhanggui.store import Warehouse

OF_PLATFORM: dict[str, tuple[str, ...]] = {
    "google": ("google", "googleads", "adwords", "youtube", "gads"),
    "meta": ("meta", "facebook", "fb", "instagram", "ig", "messenger"),
    "microsoft": ("bing", "microsoft", "msn"),
    "tiktok": ("tiktok",),
}
"""Words by which orders name an ad platform as their source; any other platform is named by its own name."""

PAID = re.compile(r"cp[acmv]|ppc|paid|retargeting|remarketing|display|banner|shopping|^ads?$")
"""Mediums of paid visits, as campaign parameters name them: ``cpc``, ``paid_social``."""

SOURCES = {"source": pl.String, "orders": pl.Float64, "gross": pl.Float64, "net": pl.Float64}
CLAIMS = {
    "platform": pl.String,
    "cost": pl.Float64,
    "claimed_orders": pl.Float64,
    "claimed": pl.Float64,
    "own_orders": pl.Float64,
    "own": pl.Float64,
}
_WHO = ("source", "source_by", "campaign")


@dataclass(frozen=True, slots=True)
class Origins:
    """The counted orders of ``period``, money in the workspace's currency.

    ``sources``: source · orders · gross · net, the largest first; an empty source is unknown. ``witnesses``: source_by · orders · gross ·
    net, what the sources were told by. ``platforms``: platform · first · last (the days its reports cover) · cost · claimed_orders ·
    claimed · own_orders · own (gross sales of the orders that name it as their paid source on those days) · unknown (gross sales of
    those days that name no source) · gap (claimed − own) · beyond (claimed − own − unknown, 0 at least). ``campaigns``: the same by
    platform and campaign, without days and unknown; an empty campaign is that of paid orders which name none of the report's.
    """

    period: Period
    sources: pl.DataFrame
    witnesses: pl.DataFrame
    platforms: pl.DataFrame
    campaigns: pl.DataFrame

    @property
    def gross(self) -> float:
        return float(self.sources["gross"].sum())

    @property
    def unknown(self) -> float | None:
        """The share of gross sales that nobody knows the source of; None where nothing was sold."""
        lost = float(self.sources.filter(pl.col("source") == "")["gross"].sum())
        return lost / self.gross if self.gross else None


def origins(warehouse: Warehouse, period: Period, *, config: Config, clock: Clock) -> Origins:
    """Sources and claims of some days, by at most three questions to the catalogue. Raises Unanswerable where there is no data."""

    def asked(metrics: Sequence[str], *by: str) -> Answer:
        question = Question(tuple(metrics), by, start=period.start, end=period.end)
        return ask(warehouse, question, config=config, clock=clock)

    money = ("orders", "gross_sales", "net_sales")
    sold = asked(money, "day", *_WHO).rows.rename({"gross_sales": "gross", "net_sales": "net"})
    sold = sold.with_columns(pl.col(_WHO).fill_null(""), pl.col("orders", "gross", "net").fill_null(0.0))
    held = coverage(warehouse, config.currency, ("ad_days",))
    claims = ("ad_cost", "ad_orders", "ad_revenue")
    if held.rows("ad_days"):
        spent = _claims(asked(claims, "day", "platform").rows)
        named = _claims(asked(claims, "day", "platform", "campaign").rows)
    else:
        spent = named = pl.DataFrame(schema={"day": pl.String, "campaign": pl.String, **CLAIMS})
    platforms, campaigns = _beside(sold, spent, named)
    return Origins(period, _summed(sold, "source"), _summed(sold, "source_by"), platforms, campaigns)


def _summed(sold: pl.DataFrame, by: str) -> pl.DataFrame:
    sums = sold.group_by(by).agg(pl.col("orders", "gross", "net").sum())
    sums = sums.filter((pl.col("orders") != 0) | (pl.col("gross") != 0) | (pl.col("net") != 0))
    return sums.sort("gross", by, descending=[True, False])


def _claims(rows: pl.DataFrame) -> pl.DataFrame:
    named = {"ad_cost": "cost", "ad_orders": "claimed_orders", "ad_revenue": "claimed"}
    return rows.rename(named).with_columns(pl.col(*named.values()).fill_null(0.0))


def _beside(sold: pl.DataFrame, spent: pl.DataFrame, named: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each platform's claims beside the orders of the days that its reports cover."""
    whole: list[dict[str, Any]] = []
    single: list[dict[str, Any]] = []
    for platform in spent["platform"].unique().sort():
        report = spent.filter(pl.col("platform") == platform)
        plans = named.filter(pl.col("platform") == platform)
        first, last = str(report["day"].min()), str(report["day"].max())
        days = sold.filter(pl.col("day").is_between(pl.lit(first), pl.lit(last)))
        own = _paid(days, str(platform), set(plans["campaign"]))
        unknown = float(days.filter(pl.col("source") == "")["gross"].sum())
        row = _row(report, own)
        beyond = max(row["claimed"] - row["own"] - unknown, 0.0)
        span = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
        whole.append({"platform": platform, **span, **row, "unknown": unknown, "beyond": beyond})
        single += [{"platform": platform, **row} for row in _by_campaign(plans, own)]
    numbers = {name: kind for name, kind in CLAIMS.items() if name != "platform"} | {"gap": pl.Float64}
    days_of = {"first": pl.Date, "last": pl.Date}
    platforms = pl.DataFrame(
        whole, {"platform": pl.String, **days_of, **numbers, "unknown": pl.Float64, "beyond": pl.Float64}
    )
    campaigns = pl.DataFrame(single, {"platform": pl.String, "campaign": pl.String, **numbers})
    return platforms, campaigns


def _paid(sold: pl.DataFrame, platform: str, campaigns: Collection[str]) -> pl.DataFrame:
    """The sales that name the platform as their paid source, each with the campaign of the report that it names, else none."""
    plans = {_folded(name): name for name in campaigns}
    pairs = sold.select("source", "campaign").unique().iter_rows()
    ours = {(source, named) for source, named in pairs if is_paid(source, platform, named=_folded(named) in plans)}
    kept = pl.DataFrame(sorted(ours), {"source": pl.String, "campaign": pl.String}, orient="row")
    kept = kept.with_columns(
        pl.Series("plan", [plans.get(_folded(name), "") for name in kept["campaign"]], dtype=pl.String)
    )
    return sold.join(kept, on=["source", "campaign"], how="inner")


def is_paid(source: str, platform: str, *, named: bool) -> bool:
    """Whether an order of this source came by the platform's advertising; ``named``: its campaign is one of the platform's report.

    >>> is_paid("google / cpc", "google", named=False), is_paid("google / organic", "google", named=False)
    (True, False)
    >>> is_paid("fb", "meta", named=True), is_paid("万相台", "万相台", named=False)
    (True, True)
    """
    if source == platform:
        return True
    site, _, medium = source.lower().partition(" / ")
    words = set(re.split(r"[.\s_\-]+", site))
    of_it = OF_PLATFORM.get(platform, (platform.lower(),))
    return bool(words & set(of_it)) and (named or bool(PAID.search(medium)))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _row(report: pl.DataFrame, own: pl.DataFrame) -> dict[str, Any]:
    claimed = {name: float(report[name].sum()) for name in ("cost", "claimed_orders", "claimed")}
    mine = {"own_orders": float(own["orders"].sum()), "own": float(own["gross"].sum())}
    return {**claimed, **mine, "gap": claimed["claimed"] - mine["own"]}


def _by_campaign(report: pl.DataFrame, own: pl.DataFrame) -> list[dict[str, Any]]:
    """A row for each campaign of the report, the largest claim first, and one for paid orders that name none of them."""
    names = [str(name) for name in report["campaign"].unique().sort()]
    rows = [
        {"campaign": name, **_row(report.filter(pl.col("campaign") == name), own.filter(pl.col("plan") == name))}
        for name in names
    ]
    rest = own.filter(~pl.col("plan").is_in(names))
    if rest.height:
        rows.append({"campaign": "", **_row(report.clear(), rest)})
    return sorted(rows, key=lambda row: (row["campaign"] == "", -row["claimed"], row["campaign"]))
