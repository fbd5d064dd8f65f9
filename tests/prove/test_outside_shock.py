"""A Tmall shop in February 2020: twenty-nine days, and in the middle of them the carriers stop. No fault of any product, no effect of
anything that was done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from drawn.published import data
from zhanggui.app import Shop
from zhanggui.app.outcomes import outcomes
from zhanggui.config import Config
from zhanggui.units import Clock

pytestmark = pytest.mark.prove

CHANGED = "2020-02-09"
"""The day before the shop all but stood still."""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    report = data("tmall_order_report") / "tmall_order_report.csv"
    Shop.create(tmp_path / "shop", Config(name="february", currency="CNY", timezone="Asia/Shanghai")).close()
    march = datetime(2020, 3, 1, 4, tzinfo=UTC)
    made = Shop.open(tmp_path / "shop", Clock("Asia/Shanghai", lambda: march))
    made.import_files([report])
    return made


def test_no_brief_of_the_month_claims_a_cause_or_proposes_anything(shop: Shop) -> None:
    for day in range(8, 30):
        brief = shop.brief(f"2020-02-{day:02d}", remember=False)
        assert [said.finding.rule for said in brief.findings if said.finding.kind == "claim"] == []
        assert [ranked.action.kind for ranked in brief.actions] == []


def test_what_was_done_the_day_before_is_not_blamed_and_not_praised(shop: Shop) -> None:
    for kind in ("change_image", "change_title"):
        shop.actions.add(kind, {"channel": "taobao:main"}, on=CHANGED)
    found = outcomes(shop)
    verdicts = {past.kind: past.outcome.verdict for past in found.read if past.outcome is not None}
    assert verdicts.get("change_image") == "unmeasurable"
    assert set(verdicts.values()) == {"unmeasurable"}


def test_the_fall_was_everywhere_which_no_product_does(shop: Shop) -> None:
    """Orders of the week from the tenth against the week before: every province that had any order lost most of them."""
    by = {"by": ["region"], "start": "2020-02-03", "end": "2020-02-09"}
    before = dict(shop.query(["orders"], **by).to_polars().select("region", "orders").iter_rows())
    by |= {"start": "2020-02-10", "end": "2020-02-16"}
    after = dict(shop.query(["orders"], **by).to_polars().select("region", "orders").iter_rows())
    large = {region: count for region, count in before.items() if count >= 20}
    assert len(large) >= 20
    assert all((after.get(region) or 0) < 0.2 * count for region, count in large.items())
