"""Photographs the desk's pages, by day and by night, on a laptop and on a phone: part of ``make picture``.

The shop is drawn: twelve products over 120 days, of which one sells half as well since its title was changed, and two others
otherwise than before since something was done to them.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import polars as pl
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "images" / "desk"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from drawn.desk_pages import FORMS  # noqa: E402
from drawn.sitting import CHROMIUM, LAPTOP, PHONE, Sitting, served  # noqa: E402
from drawn.visited import LAST, PRODUCTS, Planted, opened, tables  # noqa: E402
from zhanggui.app import morning_of  # noqa: E402
from zhanggui.app.desk import Desk  # noqa: E402

TITLES = (
    "Celadon cup",
    "White porcelain cup",
    "Lidded bowl",
    "Travel cup",
    "Double-walled glass",
    "Tasting cup, set of six",
    "Stoneware mug",
    "Child's cup",
    "Iron teapot",
    "Clay teapot",
    "Glass teapot",
    "Kettle with warmer",
)
LOOKED_AT = ("/calendar/promotion", "/calendar/freeze", "/experiments/new", "/data/target", "/settings/people/add")
"""The forms that are filled in before, so that their pages have something to show."""
PAGES: Mapping[str, str] = {
    "today": "/",
    "why": "/why?metric=net_sales&by=product_id",
    "metrics": "/metrics",
    "products": "/products",
    "product": "/products/{product}",
    "actions": "/actions",
    "action": "/actions/{action}",
    "outcomes": "/outcomes",
    "experiments": "/experiments/new-picture",
    "calendar": "/calendar",
    "data": "/data",
    "shops": "/data/shops",
    "suspects": "/suspects",
    "waterfall": "/waterfall",
    "payouts": "/payouts",
    "rules": "/rules",
    "settings": "/settings/people",
}
AGO = 40
DONE = (
    ("P03", "change_image", "Shown in use, by daylight"),
    ("P05", "change_image", "White background instead of wood"),
    ("P07", "change_title", "Shorter, the material first"),
    ("P09", "add_size_chart", "Volume and height of each size"),
)
"""What was done so many days ago: it made one product better, one worse, and nothing of two others."""
QUALITY = 72
SIDE_BY_SIDE = """<style>
body {{ margin: 0; display: flex; gap: 16px; padding: 16px; width: 1064px; align-items: flex-start; background: {back} }}
img {{ width: 768px; border-radius: 6px; outline: 1px solid {line} }} img + img {{ width: 248px; border-radius: 14px }}
</style><img src="{laptop}"><img src="{phone}">"""
LOOKS = {"light": ("#eceff2", "#d8dee4"), "dark": ("#05070a", "#2d3640")}


def shop_of(folder: Path) -> Desk:
    """The desk of the drawn shop, its brief made."""
    made = tables(
        3, Planted(factor=0.5, change="title"), [Planted("P03", 1.6, since=AGO), Planted("P07", 0.6, since=AGO)]
    )
    named = dict(zip(PRODUCTS, TITLES, strict=True))
    made["products"] = made["products"].with_columns(title=pl.col("product_id").replace_strict(named))
    with opened(folder, made) as shop:
        for product, kind, text in DONE:
            shop.actions.add(kind, {"product_id": product}, text, on=LAST - timedelta(days=AGO - 1), by="Mei")
        shop.outcomes()
        shop.live.add("tea", "woocommerce", "https://tea.example", options={"writes": "yes", "network": "public"})
    config = folder / "zhanggui.toml"
    config.write_text(config.read_text(encoding="utf-8").replace('"visited"', '"Cups & Pots"'), encoding="utf-8")
    desk = Desk(folder)
    desk.latest(("morning", None), morning_of, wait=True)
    return desk


def prepared(browser: Browser, base: str, desk: Desk) -> dict[str, str]:
    """The names that addresses need, after the forms were filled in."""
    with desk.reading() as shop:
        names = {"product": PRODUCTS[0], "action": shop.actions.list()[0].id, "experiment": "new-picture"}
    sat = Sitting(browser, base, desk)
    for filled in FORMS:
        if filled.action in LOOKED_AT:
            sat.fill(filled, names)
    sat.context.close()
    desk.latest(("morning", None), morning_of, wait=True)
    return names


def photographed(
    browser: Browser, base: str, desk: Desk, names: Mapping[str, str], look: str
) -> Iterator[tuple[str, bytes]]:
    """Each page's name and its picture: the laptop's window and the phone's beside each other."""
    views = [
        Sitting(browser, base, desk, viewport={**size, "height": 1180 if size is LAPTOP else 2200}, color_scheme=look)
        for size in (LAPTOP, PHONE)
    ]
    frame = browser.new_page(viewport={"width": 1096, "height": 740})
    for name, address in PAGES.items():
        shots = []
        for view, height in zip(views, (1180, 1180 * 390 * 768 // (1280 * 248)), strict=True):
            page = view.open(address.format_map(names))
            page.wait_for_timeout(700)  # pictures that come alive in the browser
            clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height}
            shots.append("data:image/png;base64," + base64.b64encode(page.screenshot(clip=clip)).decode())
        back, line = LOOKS[look]
        frame.set_content(SIDE_BY_SIDE.format(laptop=shots[0], phone=shots[1], back=back, line=line))
        taken = frame.context.new_cdp_session(frame).send(
            "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
        )
        yield name, base64.b64decode(taken["data"])
    frame.close()
    for view in views:
        view.context.close()


def main() -> None:
    """Make the shop, photograph it by day and by night."""
    if CHROMIUM is None:
        sys.exit("There is no Chromium here; see tools/browser.")
    os.environ |= {"ZHANGGUI_TEA_KEY": "as in a real shop", "ZHANGGUI_TEA_SECRET": "as in a real shop"}
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as started:
        desk = shop_of(Path(made) / "shop")
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(desk) as base:
            names = prepared(browser, base, desk)
            for look in LOOKS:
                for name, picture in photographed(browser, base, desk, names, look):
                    file = PICTURES / (f"{name}.webp" if look == "light" else f"{name}-dark.webp")
                    file.write_bytes(picture)
                    print(f"wrote {file.relative_to(ROOT)} ({len(picture) // 1024} kB)")
        browser.close()


if __name__ == "__main__":
    main()
