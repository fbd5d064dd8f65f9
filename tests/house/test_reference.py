"""The generated pages say what the code says. ``make docs`` writes them."""

from __future__ import annotations

import importlib.util
from functools import cache
from types import ModuleType

import pytest

from zhanggui.config import SETTINGS

from .tree import ROOT

MADE = ("metrics", "tables", "commands", "settings", "rules", "sources", "methods")


@cache
def writer() -> ModuleType:
    """``tools/reference.py`` as a module."""
    spec = importlib.util.spec_from_file_location("reference_pages", ROOT / "tools" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", MADE)
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    written = (ROOT / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")
    assert getattr(writer(), f"{name}_page")() == written, "run `make docs`"


def test_the_glossary_is_what_the_code_says() -> None:
    assert writer().glossary() == (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), "run `make docs`"


def test_every_setting_is_read_by_something() -> None:
    readers = writer()._readers()
    assert [setting.name for setting in SETTINGS if not readers[setting.name]] == []
