"""Imports written for programs."""

from __future__ import annotations

from zhanggui.report.imports_json import batch_json, reconciliation_json

__all__ = ["batch_json", "reconciliation_json"]
