"""What each part must reach, by the figure it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of a part (dots lead into tables of figures), and the least and most it may be."""

    part: str
    figure: str
    says: str
    least: float | None = None
    most: float | None = None

    def value(self, found: Mapping[str, Any]) -> float | None:
        """The figure among those of the part; None where it is not there."""
        here: Any = found
        for step in self.figure.split("."):
            if not isinstance(here, Mapping) or step not in here:
                return None
            here = here[step]
        return float(here)

    def holds(self, found: Mapping[str, Any]) -> bool:
        """Whether the figure is there and within its bounds."""
        value = self.value(found)
        low = self.least is None or (value is not None and value >= self.least)
        high = self.most is None or (value is not None and value <= self.most)
        return value is not None and low and high

    @property
    def bounds(self) -> str:
        """``≥ 0.8``, ``≤ 0.05``, ``0.93–0.97``."""
        if self.least is None or self.most is None:
            return f"≤ {self.most:g}" if self.least is None else f"≥ {self.least:g}"
        return f"{self.least:g}–{self.most:g}"


BARS = (
    Bar("null_actions", "worked", "measured actions that did nothing, called worked", most=0.025),
    Bar("true_effects", "worked", "true effects of 1.5 times the smallest visible, called worked", least=0.80),
    Bar("true_effects", "unmeasurable", "the same, unmeasurable", most=0.30),
    Bar(
        "effect_coverage",
        "synthetic_control.coverage",
        "intervals against donors hold the truth",
        least=0.93,
        most=0.97,
    ),
    Bar(
        "effect_coverage", "regression.coverage", "intervals against few controls hold the truth", least=0.93, most=0.97
    ),
    Bar(
        "effect_coverage",
        "before_after.coverage",
        "intervals of before and after hold the truth",
        least=0.93,
        most=0.97,
    ),
    Bar("effect_coverage", "synthetic_control.false_worked", "drawn nulls against donors, called worked", most=0.025),
    Bar("effect_coverage", "regression.false_worked", "drawn nulls against few controls, called worked", most=0.025),
    Bar("effect_coverage", "fit_of_40_donors_over_90_days_seconds", "a fit with its placebos, seconds", most=0.3),
    Bar("placebo_dates", "most_worked", "dates of real shops without a change, called worked", most=0.025),
    Bar("planted_causes", "named", "planted cause among the first three findings, where it can be seen", least=0.95),
    Bar("quiet_weeks", "share", "weeks of quiet shops with a claim", most=0.05),
    Bar("shop_weeks", "better_than_nothing", "shops better than doing nothing", least=0.90),
    Bar("shop_weeks", "better_than_thumb", "shops better than rules of thumb", least=0.75),
    Bar("shop_weeks", "median_share_of_oracle", "median share of the oracle's gain", least=0.60),
    Bar("ab_looks", "worst_false_always_valid", "daily looks for 28 days: false positives", most=0.05),
)
