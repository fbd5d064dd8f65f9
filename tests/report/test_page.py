"""The brief as a page: self-contained, escaped, readable on a phone, in the dark and on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from zhanggui.i18n import LOCALES
from zhanggui.report import as_html

CHROMIUM = Path("/usr/bin/chromium")
VOID = {"meta", "link", "br", "hr", "img", "input", "path", "rect", "circle", "line", "text"}


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    assert not parser.open
    return parser


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_is_whole_and_fetches_nothing(brief, locale):
    page = as_html(brief, locale)
    tags = outline(page).tags
    assert not [tag for tag, _ in tags if tag in ("script", "link", "img", "iframe", "image", "use")]
    assert not [attrs for _, attrs in tags if "src" in attrs or (attrs.get("href") or "#")[0] != "#"]
    assert "url(" not in page
    assert "@import" not in page


def test_titles_of_the_shop_are_text_and_never_markup(brief):
    page = as_html(brief, "en")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Tea &lt;b&gt;House&lt;/b&gt;" in page
    assert "<i>托" not in page


def test_every_table_has_a_caption_and_its_heads_a_scope(brief):
    tags = outline(as_html(brief, "zh-Hant")).tags
    names = [tag for tag, _ in tags]
    assert names.count("caption") == names.count("table") > 3
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in tags if tag == "th")


def test_every_drawing_is_named_and_its_numbers_stand_in_a_table(brief):
    page = as_html(brief, "en")
    drawings = [attrs for tag, attrs in outline(page).tags if tag == "svg"]
    assert len(drawings) == 4 + 1 + 2
    assert all(attrs.get("role") == "img" and attrs.get("aria-label") for attrs in drawings)
    figures = re.findall(r"<figure>.*?</figure>", page, re.DOTALL)
    assert all("<table>" in figure for figure in figures if "by week" in figure)


def test_colour_is_never_alone(brief):
    page = as_html(brief, "en")
    marks = re.findall(r'<span class="mark[^"]*">([^<]*)</span>', page)
    assert [mark.strip() for mark in marks] == ["● normal", "▼ LOW", "▼ LOW", "▲ HIGH"]


def test_a_change_that_several_dimensions_split_is_drawn_once(brief):
    again = as_html(replace(brief, drivers=brief.drivers * 2), "en")
    assert again.count("from the period before to this one") == as_html(brief, "en").count(
        "from the period before to this one"
    )


def test_empty_parts_vanish(quiet_brief):
    page = as_html(quiet_brief, "en")
    for name in ("due", "findings", "not-said", "left-out"):
        assert f'id="{name}"' not in page


def test_a_chart_of_two_points_is_not_drawn(brief):
    two = {"weeks": ["2026-09-07", "2026-09-14"], "metrics": {"net_sales": {"values": [1.0, 2.0]}}}
    assert 'id="series"' not in as_html(replace(brief, series=two), "en")


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.is_file():
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
  const texts = [...document.querySelectorAll('body *')].filter(e => !e.closest('svg') || e.tagName === 'text')
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  return texts.map(e => { const s = getComputedStyle(e); const own = e.tagName === 'text' ? s.fill : s.color;
    const [a, b] = [light(own), light(behind(e))].sort((x, y) => y - x); return [(a + 0.05) / (b + 0.05), e.textContent.slice(0, 40)]; });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
def test_it_is_readable_in_a_browser_on_phone_and_desk_by_day_and_night(
    brief, browser, tmp_path, scheme, width, height
):
    codes = {"A<1>": "bb50f2e236e5eea0100680137654686c", "N1": "PICNIC-BASKET-WICKER-SMALL-WITH-LID-AND-LINING"}
    written = as_html(replace(brief, names={**brief.names, **codes}), "zh-Hant")
    assert "prefers-color-scheme: dark" in written
    if browser is None:
        return
    file = tmp_path / "brief.html"
    file.write_text(written, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file://") else None)
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    weak = [found for found in page.evaluate(CONTRAST) if found[0] < 4.5]
    assert not weak
    assert not said
    page.close()
