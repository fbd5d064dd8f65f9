"""From a file on the disk to an action that is done, with nothing but keys; what has the focus is always seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from drawn.sitting import Sitting, chromium, served
from drawn.teashop import CONFIG, Watch, tables
from zhanggui.app import Shop
from zhanggui.app.desk import Desk

OUTLINE = (
    "(at => [getComputedStyle(at).outlineStyle, parseFloat(getComputedStyle(at).outlineWidth)])(document.activeElement)"
)


@pytest.fixture
def sat(tmp_path: Path) -> Iterator[Sitting]:
    with Shop.create(tmp_path / "shop", CONFIG) as shop:
        shop.set_cost("goods", "*", 0.4)
    desk = Desk(tmp_path / "shop", readers=2, clock=Watch().clock)
    with chromium() as browser, served(desk) as base:
        yield Sitting(browser, base, desk)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The tea shop's orders, lines and products as files on a disk."""
    made = []
    for name, rows in tables().items():
        made.append(tmp_path / f"{name}.csv")
        pl.DataFrame(rows).write_csv(made[-1])
    return made


def test_a_file_is_uploaded_its_brief_read_an_action_approved_and_done_by_keys_alone(sat, files):
    page = sat.page
    page.keyboard.press("Tab")
    assert sat.focus() == "Skip to content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    sat.press("Tab", "Upload files")
    page.keyboard.press("Enter")
    page.wait_for_url("**/data")
    sat.press("Tab", "Choose files")
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Space")
    chosen.value.set_files(files)
    sat.press("Tab", "See what is inside")
    page.keyboard.press("Enter")
    page.wait_for_url("**/data/upload/*")
    sat.ended()
    sat.press("Tab", "Import")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*")
    sat.ended()
    sat.press("Shift+Tab", "Today")
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    sat.ended()
    assert page.locator("ol.stack button.main").count(), page.inner_text("main")
    sat.press("Tab", "Approve")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Approved: Move the price")
    sat.press("Tab", "Done")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Done: Move the price")
    assert page.locator("li.card .badge").first.inner_text().startswith("done, read until")
    assert page.title().startswith("Today")  # what the product's title says in it was never run
    assert sat.heard == []


def test_what_has_the_focus_is_seen(sat):
    sat.open("/data")
    for _ in range(25):
        sat.page.keyboard.press("Tab")
        if sat.page.evaluate("document.activeElement === document.body"):
            break
        style, width = sat.page.evaluate(OUTLINE)
        assert style != "none", sat.focus()
        assert width >= 2, sat.focus()
