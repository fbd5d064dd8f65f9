"""The desk in a real browser: by keyboard alone, without script, readable by all, and nothing on the console."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from drawn.teashop import Watch
from zhanggui.app import morning_of
from zhanggui.app.desk import Desk
from zhanggui.web import desk_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(tea_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Desk]]:
    """The tea shop's desk on a free port."""
    folder = shutil.copytree(tea_once, tmp_path_factory.mktemp("served") / "shop")
    desk = Desk(folder, readers=2, clock=Watch().clock)
    desk.latest(("morning", None), morning_of, wait=True)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(desk_app(desk), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", desk
    server.should_exit = True
    thread.join()
    desk.close()


def address_of_the_action(desk: Desk) -> str:
    with desk.reading() as shop:
        return f"/actions/{shop.actions.list()[0].id}"


class Sat:
    """Somebody at a browser, signed in as the owner; what the console says is kept."""

    def __init__(self, browser: Browser, served: tuple[str, Desk], **how: Any) -> None:
        self.base, desk = served
        self.context = browser.new_context(**{"locale": "en-GB", **how})
        self.page: Page = self.context.new_page()
        self.console: list[str] = []
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.goto(f"{self.base}/enter?key={desk.door.link('Chen')}")

    def press(self, key: str, until: str, most: int = 60) -> None:
        """Press a key until what has the focus is called so."""
        for _ in range(most):
            self.page.keyboard.press(key)
            if self.page.evaluate("document.activeElement.innerText || ''").strip() == until:
                return
        raise AssertionError(f"{until} is not reached by {key}")


def test_by_keyboard_alone_from_the_day_to_approved_to_done(browser, served):
    sat = Sat(browser, served)
    sat.page.keyboard.press("Tab")
    assert sat.page.evaluate("document.activeElement.innerText") == "Skip to content"
    sat.page.keyboard.press("Enter")
    sat.press("Tab", "Approve")
    sat.page.keyboard.press("Enter")
    sat.page.wait_for_selector("text=Approved: Move the price")
    sat.press("Tab", "Done")
    sat.page.keyboard.press("Enter")
    sat.page.wait_for_selector("text=Done: Move the price")
    assert sat.page.locator("li.card .badge").first.inner_text().startswith("done, read until")
    assert sat.page.title().startswith("Today")  # what the product's title says in it was never run
    assert sat.console == []
    sat.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_pages_fit_and_hinder_nobody(browser, served, width, scheme):
    sat = Sat(browser, served, viewport={"width": width, "height": 800}, color_scheme=scheme)
    name = address_of_the_action(served[1])
    for address in ("/", "/actions", "/actions?view=list", name):
        sat.page.goto(sat.base + address)
        assert sat.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        found = Axe().run(sat.page, options=RULES).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], address
    assert sat.console == []
    sat.context.close()


def test_without_script_everything_is_there_and_forms_work(browser, served):
    sat = Sat(browser, served, java_script_enabled=False)
    name = address_of_the_action(served[1])
    sat.page.goto(sat.base + name)
    sat.page.fill("#note", "written without script")
    sat.page.click("button:has-text('Add note')")
    assert "written without script" in sat.page.inner_text("main")
    sat.page.click("text=Sign out")
    assert sat.page.locator("h1").inner_text() == "Sign in"
    sat.context.close()


BROUGHT = "performance.getEntries().filter(e => e.name.startsWith('http')).map(e => [e.name, e.encodedBodySize])"


def test_the_first_page_is_light_and_brings_nothing_from_elsewhere(browser, served):
    sat = Sat(browser, served)
    sat.page.goto(sat.base + "/", wait_until="networkidle")
    brought = sat.page.evaluate(BROUGHT)
    assert len(brought) >= 3
    assert [name for name, _ in brought if not name.startswith(sat.base)] == []
    assert sum(size for _, size in brought) < 200_000
    sat.context.close()
