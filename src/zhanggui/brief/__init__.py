"""The brief: ranks what was found, keeps quiet where nothing is to be said."""

from __future__ import annotations

from zhanggui.brief.kinds import Brief, Coverage, MetricLine, Pace, Said
from zhanggui.brief.make import make

__all__ = ["Brief", "Coverage", "MetricLine", "Pace", "Said", "make"]
