"""The brief written for people and programs: text for a terminal, JSON for programs, one HTML page for phone and paper."""

from __future__ import annotations

from zhanggui.report.page import as_html
from zhanggui.report.shape import as_json, driver_json
from zhanggui.report.text import as_text, check_text, driver_text

__all__ = ["as_html", "as_json", "as_text", "check_text", "driver_json", "driver_text"]
