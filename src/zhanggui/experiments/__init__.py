"""Experiments: planned before they start, dealt out by a keyed hash, read without being fooled by looking early."""

from __future__ import annotations

from zhanggui.experiments.kinds import Baseline, Experiment, Happened, Need, Outlook, Plan, State, Variant
from zhanggui.experiments.register import Register

__all__ = ["Baseline", "Experiment", "Happened", "Need", "Outlook", "Plan", "Register", "State", "Variant"]
