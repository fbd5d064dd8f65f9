"""The books of a practice shop: every line on its own day, in whole cents, and the expected worth of each day's orders."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from zhanggui.practice.chance import Floats, Ints
from zhanggui.practice.kinds import GAINS, LINES


@dataclass(slots=True)
class Books:
    """``booked`` is (days, lines) in cents and grows with the days; ``expected`` is by day and product, in money."""

    booked: Ints = field(default_factory=lambda: np.zeros((400, len(LINES)), dtype=np.int64))
    expected: list[Floats] = field(default_factory=list)  # (P) each day
    shop: list[float] = field(default_factory=list)  # what no product bears alone: holding, written-off stock

    def book(self, line: str, day: int, amount: int) -> None:
        """Add cents to a line on a day."""
        while day >= len(self.booked):
            self.booked = np.concatenate([self.booked, np.zeros_like(self.booked)])
        self.booked[day, LINES.index(line)] += amount

    def book_days(self, line: str, days: Ints, amounts: Ints) -> None:
        """Add cents to a line on several days."""
        if not len(days):
            return
        self.book(line, int(days.max()), 0)
        np.add.at(self.booked[:, LINES.index(line)], days, amounts)

    def lines(self, start: int, end: int) -> dict[str, float]:
        """Money by line over days ``start`` … ``end``, both included."""
        sums = self.booked[start : end + 1].sum(axis=0) / 100
        return {name: float(value) for name, value in zip(LINES, sums, strict=True)}

    def balance(self, start: int, end: int) -> float:
        """Contribution booked over the days."""
        return float(sum(value if name in GAINS else -value for name, value in self.lines(start, end).items()))

    def worth(self, start: int, end: int) -> float:
        """Expected contribution over the days, of all products and of the shop."""
        return float(sum(day.sum() for day in self.expected[start : end + 1]) + sum(self.shop[start : end + 1]))

    def copy(self) -> Books:
        """The same books, to go on from otherwise."""
        return Books(self.booked.copy(), list(self.expected), list(self.shop))
