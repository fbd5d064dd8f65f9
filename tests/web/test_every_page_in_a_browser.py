"""Every page and every form of the desk in a real Chromium: they work, fit, hinder nobody, and nothing stands on the console."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from drawn.desk_pages import (
    AGAIN,
    ELSEWHERE,
    FILES,
    FORMS,
    LAST,
    PARTS,
    PASSWORD,
    READ,
    WORKED,
    addresses,
    live_shop,
    made,
)
from drawn.sitting import PHONE, Sitting, chromium, served
from zhanggui.app.desk import Desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return made(tmp_path_factory.mktemp("pages") / "shop")


@pytest.fixture(scope="module")
def base(desk: Desk) -> Iterator[str]:
    with served(desk) as address:
        yield address


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    with live_shop() as address:
        yield address


@pytest.fixture(scope="module")
def names(browser: Browser, base: str, desk: Desk, live: str) -> dict[str, str]:
    """What the forms made, by the name that an address has for it; all of them are filled in for it, by the owner."""
    os.environ["ZHANGGUI_NOTIFY_OFFICE"] = "json://127.0.0.1:9/nobody-listens"
    sat = Sitting(browser, base, desk)
    with desk.reading() as shop:
        found = {"action": shop.actions.list()[0].id, "experiment": "new-picture"}
        found["woo"] = live
    sat.fill_all((*FORMS, AGAIN), found)
    assert sat.heard == []
    sat.context.close()
    return found


def test_every_form_is_filled_in_and_does_what_it_says(names):
    tried = {each.action for each in (*FORMS, *LAST)} | ELSEWHERE
    for name, kind in (
        ("{action}", "{name}"),
        ("{carried}", "{name}"),
        ("{experiment}", "{id}"),
        ("{parcel}", "{token}"),
    ):
        tried = {address.replace(name, kind) for address in tried}
    decided = {
        f"/actions/{{name}}/{verb}"
        for verb in ("snooze", "note", "assign", "dismiss", "undo", "approve", "done", "stop")
    }
    assert decided <= tried
    assert set(addresses("POST")) - (tried | {"/actions/{name}/{verb}"}) == set()


def test_every_page_is_opened():
    shapes = {re.sub(r"\{\w+(:path)?\}", "([^/]+)", address) for address in {*addresses("GET")} - {*FILES, *PARTS}}
    opened = [re.sub(r"[{}]", "", address.partition("?")[0]) for address in (*READ, *WORKED)]
    assert [shape for shape in shapes if not any(re.fullmatch(shape, address) for address in opened)] == []


def test_every_page_fits_and_hinders_nobody_and_the_console_is_silent(browser, base, desk, names):
    sat = Sitting(browser, base, desk)
    found = {}
    for address in (*READ, *WORKED, "/no-such-page", "/metrics?metric=nothing"):
        sat.open(address.format_map(names))
        found[address] = [
            said for said in sat.trouble() if not (said.startswith("heard: Failed to load") and "no" in address)
        ]
        sat.heard.clear()
    assert {address: trouble for address, trouble in found.items() if trouble} == {}
    sat.context.close()


def test_on_a_phone_in_the_dark_a_few_pages_fit_and_can_be_read(browser, base, desk, names):
    sat = Sitting(browser, base, desk, viewport=PHONE, color_scheme="dark")
    for address in ("/", "/why?metric=net_sales&by=product_id", "/actions/{action}", "/products/P00"):
        sat.open(address.format_map(names))
        assert sat.trouble() == [], address
    sat.context.close()


def test_without_script_every_page_that_tells_is_whole_and_forms_work(browser, base, desk, names):
    sat = Sitting(browser, base, desk, java_script_enabled=False)
    for address in READ:
        page = sat.open(address.format_map(names))
        assert page.locator("h1").count() == 1, address
        assert page.locator("main").inner_text().strip(), address
    page = sat.open("/metrics?metric=net_sales&by=product_id")
    assert page.locator("figure svg").count() == 1
    assert page.locator("tbody tr").count() == 12
    assert page.get_by_label("Find a metric").is_hidden()
    page = sat.open(f"/actions/{names['action']}")
    page.fill("#note", "written without script")
    page.click("button:has-text('Add note')")
    assert "written without script" in page.inner_text("main")
    sat.context.close()


def test_who_comes_by_password_changes_it_and_leaves(browser, base, desk, names):
    sat = Sitting(browser, base, desk)
    page = sat.page
    for name, password in (("Mei", PASSWORD + "!"), ("Mei", PASSWORD + "?")):
        page.click("text=Sign out")
        assert page.locator("h1").inner_text() == "Sign in"
        assert sat.trouble() == []
        page.fill("#name", name)
        page.fill("#password", password)
        page.click("button.main")
        assert "Mei" in page.locator(".bottom").inner_text()
        sat.open("/account")
        for box, typed in (("#old", password), ("#new", PASSWORD + "?"), ("#again", PASSWORD + "?")):
            page.fill(box, typed)
        page.click("main button.main")
    page.click("text=繁體中文")
    assert page.locator("html").get_attribute("lang") == "zh-Hant"
    assert sat.trouble() == []
    sat.context.close()


BROUGHT = "performance.getEntries().filter(e => e.name.startsWith('http')).map(e => [e.name, e.encodedBodySize])"


def test_the_first_page_is_light_and_brings_nothing_from_elsewhere(browser, base, desk, names):
    sat = Sitting(browser, base, desk)
    sat.page.goto(base + "/", wait_until="networkidle")
    brought = sat.page.evaluate(BROUGHT)
    assert len(brought) >= 3
    assert [name for name, _ in brought if not name.startswith(base)] == []
    assert sum(size for _, size in brought) < 60_000
    sat.context.close()


def test_a_chart_tells_its_numbers_to_the_pointer_and_the_policy_holds(browser, base, desk, names):
    sat = Sitting(browser, base, desk)
    page = sat.open("/metrics?metric=net_sales&by=product_id")
    bar = page.locator("figure .vega-embed .mark-rect path").first
    bar.wait_for()
    bar.hover()
    told = page.locator("#vg-tooltip-element.visible")
    told.wait_for()
    assert "£" in told.inner_text()
    page.emulate_media(color_scheme="dark")
    assert bar.evaluate("node => getComputedStyle(node).fill") == "rgb(139, 150, 163)"
    assert sat.heard == []
    sat.context.close()


def test_a_click_on_a_place_looks_inside_it_and_a_cross_comes_back(browser, base, desk, names):
    sat = Sitting(browser, base, desk)
    page = sat.open("/why?metric=net_sales&by=category")
    page.get_by_role("link", name="cups", exact=True).click()
    page.get_by_role("link", name="Take off cups").wait_for()
    assert "where=category%3Dcups" in page.url
    page.get_by_role("link", name="Take off cups").click()
    page.wait_for_url(lambda address: "where=" not in address)
    assert sat.heard == []
    sat.context.close()


def test_the_list_of_metrics_is_searched_as_one_types(browser, base, desk, names):
    sat = Sitting(browser, base, desk)
    page = sat.open("/metrics")
    page.locator("summary").first.click()
    page.get_by_label("Find a metric").fill("refund rate")
    shown = [label for label in page.locator(".choice:visible label").all_inner_texts() if "efund" in label]
    assert "Refund rate" in shown
    assert page.get_by_label("Chats", exact=True).is_hidden()
    assert page.get_by_label("Net sales", exact=True).is_visible()
    sat.context.close()


def test_what_was_made_is_removed_again(browser, base, desk, names):
    sat = Sitting(browser, base, desk)
    for filled in LAST:
        sat.fill(filled, names)
    assert sat.heard == []
    sat.context.close()
