"""Photographs the demo's brief for the READMEs, as text and through a real Chromium: ``make picture``.

The workspace is made anew by ``zhanggui demo``, so text and picture are what a reader sees.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 860, 1180
PICTURES = {"en": "brief.png", "zh-Hant": "brief.zh-Hant.png"}
PAGES = {"en": "README.md", "zh-Hant": "README.zh-Hant.md"}
COLUMNS = "100"


def run(*arguments: str) -> str:
    """Run one command of the product and give what it prints; raises where it fails."""
    program = [sys.executable, "-c", "import sys; from zhanggui.cli import main; sys.exit(main())", *arguments]
    surroundings = os.environ | {"COLUMNS": COLUMNS, "NO_COLOR": "1"}
    return subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True, env=surroundings).stdout


def quote(page: Path, locale: str, said: str) -> None:
    """Put what the demo printed between the page's marks."""
    text = page.read_text(encoding="utf-8")
    block = f"<!-- demo:{locale} -->\n```\n{said.strip()}\n```\n<!-- /demo -->"
    page.write_text(
        re.sub(rf"<!-- demo:{locale} -->.*?<!-- /demo -->", lambda _: block, text, flags=re.DOTALL), encoding="utf-8"
    )


def photograph(page: Path, picture: Path, browser: str) -> None:
    """The top of a page as a picture of ``WIDTH`` × ``HEIGHT`` points."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        view = opened.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5)
        view.goto(page.as_uri())
        view.screenshot(path=str(picture))
        opened.close()


def main() -> None:
    """Make the demo in each language, quote what it prints, photograph its page."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("There is no Chromium here; see tools/browser.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for locale, picture in PICTURES.items():
            said = run("demo", "--dir", str(folder / locale), "--no-serve", "--lang", locale)
            quote(ROOT / PAGES[locale], locale, said.replace(str(folder / locale), "zhanggui-demo"))
            (folder / locale / "said.json").unlink()  # the page is a first brief too: nothing in it was said before
            page = folder / f"{locale}.html"
            run("brief", "--shop", str(folder / locale), "--html", str(page), "--lang", locale)
            photograph(page, IMAGES / picture, browser)
            print(f"wrote {(IMAGES / picture).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
