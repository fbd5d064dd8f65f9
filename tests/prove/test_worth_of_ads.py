"""What one more unit of advertising brings, on three public files: no truth is known of them, so only the sums are proved, against least
squares written by hand; and counts of a real ad account with few sales."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drawn.published import data
from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.errors import NotUnderstood
from zhanggui.methods.marginal_return import MarginalReturn, marginal_return
from zhanggui.playbooks.plans import break_even_roas
from zhanggui.playbooks.promotion import added, saved
from zhanggui.playbooks.source_shift import shifted

pytestmark = pytest.mark.prove
Record = Callable[[str, object], None]
MARGIN, REFUNDS = 0.38, 0.24


def by_hand(y: np.ndarray, x: np.ndarray) -> float:
    """The slope of y on x beside level, trend and the weekday of daily rows (for weeks: the place in a run of seven)."""
    n = len(y)
    columns = [np.ones(n), np.arange(n) / (n - 1), *[(np.arange(n) % 7 == k).astype(float) for k in range(1, 7)]]
    return float(np.linalg.lstsq(np.column_stack([x, *columns]), y, rcond=None)[0][0])


def robyn() -> dict[str, np.ndarray]:
    with (data("robyn_simulated_weekly") / "dt_simulated_weekly.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    names = ("revenue", "tv_S", "ooh_S", "print_S", "search_S", "facebook_S")
    return {name: np.array([float(row[name]) for row in table]) for name in names}


def test_the_last_units_return_on_four_years_of_weeks_is_least_squares_drawn_to_what_was_believed(
    record_property: Record,
) -> None:
    weeks = robyn()
    kept = MARGIN * (1 - REFUNDS)
    for name in ("tv_S", "ooh_S", "print_S", "search_S", "facebook_S"):
        contribution = kept * weeks["revenue"]
        prior = (0.7 * float(contribution.sum() / weeks[name].sum()) * 0.1, 1.0)
        found = marginal_return(contribution, weeks[name], prior=prior)
        assert isinstance(found, MarginalReturn)
        assert found.data_mean == pytest.approx(by_hand(contribution, weeks[name]), rel=1e-6)
        assert found.weight == pytest.approx(prior[1] ** 2 / (prior[1] ** 2 + found.data_error**2))
        assert found.mean == pytest.approx(found.weight * found.data_mean + (1 - found.weight) * prior[0])
        assert found.error < prior[1]
        record_property(
            f"{name}: contribution of the last unit by its weeks", f"{found.data_mean:.2f} ± {found.data_error:.2f}"
        )
    assert break_even_roas(MARGIN, REFUNDS) == pytest.approx(1 / kept)


def test_money_moved_cut_and_added_is_the_sum_the_rules_write(record_property: Record) -> None:
    """C5 and A4 on Meridian's national weeks: what a quarter less, a fifth more and a fifth moved would bring, by their own formulas."""
    with (data("meridian_simulated") / "national_all_channels.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    revenue = np.array([float(row["conversions"]) * float(row["revenue_per_conversion"]) for row in table])
    g, weekly = {}, {}
    for channel in range(4):
        spend = np.array([float(row[f"Channel{channel}_spend"]) for row in table])
        found = marginal_return(MARGIN * (1 - REFUNDS) * revenue, spend, prior=(1.0, 0.5))
        if isinstance(found, MarginalReturn):
            g[channel], weekly[channel] = found.mean, float(spend.mean())
            assert found.data_mean == pytest.approx(by_hand(MARGIN * (1 - REFUNDS) * revenue, spend), rel=1e-6)
    assert len(g) >= 3
    best, worst = max(g, key=lambda c: g[c]), min(g, key=lambda c: g[c])
    cut, more, moved = 0.25 * weekly[worst], 0.2 * weekly[best], 0.2 * weekly[worst]
    assert saved(cut, g[worst]) == pytest.approx(cut * (1 - g[worst]))
    assert added(more, g[best]) == pytest.approx(more * (0.7 * g[best] - 1))
    assert shifted(moved, g[best], g[worst]) == pytest.approx(moved * (0.7 * g[best] - g[worst]))
    record_property("returns of the last unit by channel", ", ".join(f"{g[c]:.2f}" for c in sorted(g)))


# ---- a real account of 1,143 ads with few sales


@pytest.fixture(scope="module")
def account() -> list[dict[str, str]]:
    path = data("kag_facebook_ads") / "KAG_conversion_data.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_without_days_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    with Shop.create(tmp_path / "shop", Config()) as shop:
        with pytest.raises(NotUnderstood):
            shop.import_files([data("kag_facebook_ads") / "KAG_conversion_data.csv"])
        assert shop.imports() == []


def test_an_account_given_a_day_adds_up_by_campaign_and_age(
    account: list[dict[str, str]], tmp_path: Path, record_property: Record
) -> None:
    """The file's own columns under the canonical names, all on one day that it does not state: counts, cost and what a click and an order
    cost are plain sums, and more orders than clicks (218 ads) are no error."""
    file = tmp_path / "ad_days.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["day", "platform", "campaign", "ad_group", "creative", "impressions", "clicks", "cost", "orders"]
        )
        for row in account:
            numbers = (row["Impressions"], row["Clicks"], f"{float(row['Spent']):.4f}", row["Approved_Conversion"])
            writer.writerow(["2017-08-30", "meta", row["xyz_campaign_id"], row["age"], row["ad_id"], *numbers])
    with Shop.create(tmp_path / "shop", Config(currency="USD", timezone="Europe/Berlin")) as shop:
        assert shop.import_files([file]).rejected == 0
        by = ["campaign", "ad_group"]
        names = ["ad_impressions", "ad_clicks", "ad_cost", "ad_orders"]
        found = shop.query(names, by=by, start="2017-08-30", end="2017-08-30").to_polars()
        rates = shop.query(["cost_per_click"], by=["campaign"], start="2017-08-30", end="2017-08-30").to_polars()
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for row in account:
        numbers = (row["Impressions"], row["Clicks"], row["Spent"], row["Approved_Conversion"])
        for place, value in enumerate(numbers):
            sums[row["xyz_campaign_id"], row["age"]][place] += round(float(value), 4)
    assert {(r["campaign"], r["ad_group"]): [r[n] for n in names] for r in found.iter_rows(named=True)} == {
        key: pytest.approx(values, abs=0.01) for key, values in sums.items()
    }
    for row in rates.iter_rows(named=True):
        mine = [values for (campaign, _), values in sums.items() if campaign == row["campaign"]]
        assert row["cost_per_click"] == pytest.approx(sum(v[2] for v in mine) / sum(v[1] for v in mine))
    whole = [sum(values[place] for values in sums.values()) for place in range(4)]
    record_property("spent, clicks, sales", f"{whole[2]:,.2f}, {whole[1]:,.0f}, {whole[3]:,.0f}")
