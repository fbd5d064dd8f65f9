"""The brief: ranks what was found, keeps quiet where nothing is to be said."""

from __future__ import annotations

from zhanggui.brief.kinds import Brief, Coverage, Limits, MetricLine, Pace, Ranked, Said
from zhanggui.brief.make import make

__all__ = ["Brief", "Coverage", "Limits", "MetricLine", "Pace", "Ranked", "Said", "make"]
