"""Why, Metrics and Products in a real browser: charts answer to the pointer under the strict policy, nothing of the shop's texts runs,
everybody can read them, on a phone too."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from drawn.attacked import attacked
from zhanggui.app.desk import Desk
from zhanggui.web import desk_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
PAGES = (
    "/why?metric=net_sales&by=product_id",
    "/why?metric=conversion_rate&by=source",
    "/rows?metric=gross_sales",
    "/metrics?metric=net_sales&by=category&grain=week",
    "/metrics?metric=visitors&by=product_id&against=previous",
    "/metrics/conversion_rate",
    "/products",
    "/products/P00",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Desk]]:
    folder = tmp_path_factory.mktemp("numbers") / "shop"
    attacked(folder).close()
    desk = Desk(folder, readers=2)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(desk_app(desk), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", desk
    server.should_exit = True
    thread.join()
    desk.close()


class Sat:
    """An owner at a browser; what the console says and what opens by itself is kept."""

    def __init__(self, browser: Browser, served: tuple[str, Desk], **how: Any) -> None:
        self.base, desk = served
        self.page: Page = browser.new_context(**{"locale": "en-GB", **how}).new_page()
        self.page.set_default_timeout(90_000)
        self.heard: list[str] = []
        self.page.on("console", lambda message: self.heard.append(message.text))
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("dialog", lambda dialog: self.heard.append(dialog.message))
        self.page.goto(f"{self.base}/enter?key={desk.door.link('owner')}")

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page


def test_a_chart_tells_its_numbers_to_the_pointer_and_the_policy_holds(browser, served):
    sat = Sat(browser, served)
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


def test_a_click_on_a_place_looks_inside_it_and_a_cross_comes_back(browser, served):
    sat = Sat(browser, served)
    page = sat.open("/why?metric=net_sales&by=category")
    page.get_by_role("link", name="cups", exact=True).click()
    page.get_by_role("link", name="Take off cups").wait_for()
    assert "where=category%3Dcups" in page.url
    page.get_by_role("link", name="Take off cups").click()
    page.wait_for_url(lambda address: "where=" not in address)
    assert sat.heard == []


def test_the_list_of_metrics_is_searched_as_one_types(browser, served):
    page = Sat(browser, served).open("/metrics")
    page.locator("summary").first.click()
    page.get_by_label("Find a metric").fill("refund rate")
    shown = [label for label in page.locator(".choice:visible label").all_inner_texts() if "efund" in label]
    assert "Refund rate" in shown
    assert page.get_by_label("Chats", exact=True).is_hidden()
    assert page.get_by_label("Net sales", exact=True).is_visible()


@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_read_it_in_the_light_on_a_laptop_and_in_the_dark_on_a_phone(browser, served, path):
    for how in (
        {"viewport": {"width": 1280, "height": 900}},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    ):
        sat = Sat(browser, served, **how)
        page = sat.open(path)
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert sat.heard == []


def test_without_script_a_page_has_its_pictures_and_tables(browser, served):
    page = Sat(browser, served, java_script_enabled=False).open("/metrics?metric=net_sales&by=product_id")
    assert page.locator("figure svg").count() == 1
    assert page.locator("tbody tr").count() == 12
    assert page.get_by_label("Find a metric").is_hidden()
