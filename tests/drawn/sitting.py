"""People in front of a real Chromium: a desk served on a free port, and somebody signed in who hears what the console says."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, sync_playwright

from drawn.desk_pages import Filled
from zhanggui.app.desk import Desk
from zhanggui.web import desk_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LAPTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The address of a desk on a free port; the desk is closed in the end."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(desk_app(desk), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        desk.close()


class Sitting:
    """Somebody at a browser, signed in as the owner; ``heard`` is what the console said and what opened by itself."""

    def __init__(self, browser: Browser, base: str, desk: Desk, **how: Any) -> None:
        self.base, self.script = base, how.get("java_script_enabled", True)
        self.context = browser.new_context(**{"locale": "en-GB", "viewport": LAPTOP, **how})
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.heard: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("dialog", self._answer)
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.enter(desk)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(message.text)

    def _answer(self, dialog: Dialog) -> None:
        if dialog.type == "confirm":
            dialog.accept()
        else:
            self.heard.append(dialog.message)
            dialog.dismiss()

    def enter(self, desk: Desk) -> None:
        """Come in by a one-time link."""
        self.page.goto(f"{self.base}/enter?key={desk.door.link('Chen')}")

    def open(self, path: str) -> Page:
        """A page of the desk, once its numbers are counted."""
        self._go(path)
        while self.page.locator("[data-await], [data-follow='/making']").count():
            self.page.wait_for_timeout(200)  # with script it comes by itself
            if not self.script:
                self._go(path)
        self.page.wait_for_load_state("load")
        return self.page

    def _go(self, path: str, tries: int = 4) -> None:
        """Go there; a page that comes anew by itself at this very moment breaks it off, then go again."""
        for left in reversed(range(tries)):
            try:
                self.page.goto(self.base + path)
                return
            except Error as broken:
                if "ERR_ABORTED" not in broken.message or not left:
                    raise

    def fill(self, filled: Filled, names: Mapping[str, str]) -> str:
        """Fill in a form and send it; gives what the next page says, once long work is over. A question whether one is sure is answered
        with yes."""
        self.open(filled.page.format_map(names))
        form = self.page.locator(f"form[action='{filled.action.format_map(names)}']")
        for name in filled.fields:
            form = form.filter(has=self.page.locator(f"[name='{name}']"))
        form = form.first
        self.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        for name, value in filled.fields.items():
            box = form.locator(f"[name='{name}']")
            if box.evaluate("at => at.tagName") == "SELECT":
                box.select_option(value)
            elif box.get_attribute("type") == "checkbox":
                box.check()
            else:
                box.fill(value.format_map(names))
        if filled.file:
            name, text = filled.file
            given: Any = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
            form.locator("input[type=file]").set_input_files(given)
        with self.page.expect_navigation(wait_until="load"):
            form.locator(f"button[value='{filled.button}']" if filled.button else "button").first.click()
        return self.ended()

    def fill_all(self, forms: Iterable[Filled], names: dict[str, str]) -> None:
        """Fill in forms one after another; what one makes gets a name for the next ones, and each next page says what it should."""
        for filled in forms:
            said = self.fill(filled, names)
            assert filled.said in said, (filled, said[:2000])
            path = urlsplit(self.page.url).path
            for name, part in (("parcel", "/data/upload/"), ("job", "/jobs/")):
                if path.startswith(part):
                    names[name] = path.rpartition("/")[2]
            if "set:price" in filled.fields:
                names["carried"] = path.rpartition("/")[2]

    def ended(self) -> str:
        """What the page says once the long work that it follows is over."""
        deadline = time.monotonic() + 90
        while self.page.locator("[data-follow], [data-await]").count() and time.monotonic() < deadline:
            self.page.wait_for_timeout(100)
        wrong = self.page.locator(".notice.wrong, .problem").all_inner_texts()
        assert wrong == [], (self.page.url, wrong)
        return self.page.text_content("body") or ""

    def press(self, key: str, until: str, most: int = 90) -> None:
        """Press a key until what has the focus is called so."""
        for _ in range(most):
            self.page.keyboard.press(key)
            if self.focus() == until:
                return
        raise AssertionError(f"{until} is not reached by {key}")

    def focus(self) -> str:
        """What has the focus: its words, or its label."""
        found: str = self.page.evaluate(
            "(at => (at.labels && at.labels[0] ? at.labels[0].innerText : at.innerText) || '')(document.activeElement)"
        )
        return found.strip()

    def trouble(self) -> list[str]:
        """What is wrong with the page that is open: rules of accessibility it breaks, what stands out of it, words that are missing."""
        try:
            looked = Axe().run(self.page, options=RULES)
        except Error as broken:
            if "navigation" not in broken.message:
                raise
            self.page.wait_for_load_state("load")  # it came anew by itself at this very moment
            looked = Axe().run(self.page, options=RULES)
        found = [
            f"{each['id']}: {each['nodes'][0]['html'][:200]} ({len(each['nodes'])} times)"
            for each in looked.response["violations"]
        ]
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("wider than the window")
        found += [f"a key instead of words: {key}" for key in self.page.evaluate(KEYS)]
        return found + [f"heard: {said}" for said in self.heard]


TOPICS = "web|web_\\w+|metrics|units|report|rules|jobs|people|actions"
KEYS = (
    rf"[...new Set((document.body.innerText + document.title).match(/(?<![\w./@-])({TOPICS})(\.[a-z_]+)+\b/g) || [])]"
)
"""What looks like the name of a text instead of its words."""
