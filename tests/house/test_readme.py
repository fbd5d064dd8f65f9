"""What the READMEs quote is what the demo prints. ``make picture`` writes it anew."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .tree import ROOT

PAGES = {"en": "README.md", "zh-Hant": "README.zh-Hant.md"}


@pytest.mark.prove
@pytest.mark.parametrize("locale", PAGES)
def test_the_readme_quotes_what_the_demo_prints(locale: str, tmp_path: Path) -> None:
    page = (ROOT / PAGES[locale]).read_text(encoding="utf-8")
    quoted = re.search(rf"<!-- demo:{locale} -->\n```\n(.*?)```", page, re.DOTALL)
    program = [sys.executable, "-c", "import sys; from zhanggui.cli import main; sys.exit(main())"]
    arguments = ["demo", "--no-serve", "--lang", locale]
    said = subprocess.run([*program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert quoted is not None
    assert quoted[1].strip() == said.strip()
