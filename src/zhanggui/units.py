"""Values with their units: Money, Share, Period, and the Clock that is handed in. Imports nothing of the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Share = float
"""A share of one: 0.123 is 12.3 %."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Amounts of different currencies do not add.

    >>> Money(Decimal("1.50"), "GBP") + Money(Decimal("2.25"), "GBP")
    Money(amount=Decimal('3.75'), currency='GBP')
    """

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add")
        return other.amount


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from ``start`` to ``end``, both included.

    >>> week = Period(date(2011, 12, 5), date(2011, 12, 11))
    >>> week.days
    7
    >>> week.before().start.isoformat()
    '2011-11-28'
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"{self.start} … {self.end} ends before it starts")

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @classmethod
    def ending(cls, end: date, days: int) -> Period:
        """The ``days`` days whose last is ``end``."""
        return cls(end - timedelta(days=days - 1), end)

    def before(self, days: int | None = None) -> Period:
        """The period of the same length (or of ``days`` days) that ends the day before this one starts."""
        return Period.ending(self.start - timedelta(days=1), days or self.days)

    def aligned_before(self) -> Period:
        """The nearest earlier, disjoint period of the same length that starts on the same weekday."""
        weeks = -(-self.days // 7)
        return self.shift(-7 * weeks)

    @property
    def months(self) -> int:
        """How many calendar months it is exactly, 0 where it is not whole ones.

        >>> Period(date(2011, 11, 1), date(2011, 12, 31)).months, Period(date(2011, 11, 1), date(2011, 12, 30)).months
        (2, 0)
        """
        after = self.end + timedelta(days=1)
        if self.start.day != 1 or after.day != 1:
            return 0
        return 12 * (after.year - self.start.year) + after.month - self.start.month

    def comparable_before(self) -> Period:
        """What it is held against where nothing else is asked: as many calendar months before whole ones, else the nearest earlier
        days that start on the same weekday.

        >>> Period(date(2012, 3, 1), date(2012, 3, 31)).comparable_before().start.isoformat()
        '2012-02-01'
        """
        if not self.months:
            return self.aligned_before()
        years, month = divmod(12 * self.start.year + self.start.month - 1 - self.months, 12)
        return Period(date(years, month + 1, 1), self.start - timedelta(days=1))

    def shift(self, days: int) -> Period:
        return Period(self.start + timedelta(days=days), self.end + timedelta(days=days))

    def each(self) -> Iterator[date]:
        return (self.start + timedelta(days=i) for i in range(self.days))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with an interval: ``low`` and ``high`` enclose it with probability ``level``."""

    value: float
    low: float
    high: float
    level: float = 0.9


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a method gives no estimate: ``code`` names the text, ``needed`` and ``have`` say how much is missing."""

    code: str
    needed: float | None = None
    have: float | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time in the shop's zone. Tests and replays hand in their own ``now``."""

    zone: str = "UTC"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number to be written by locale: ``unit`` as in the metric catalogue, ``low``…``high`` its interval if it has one.

    Money is in the workspace's currency unless ``currency`` names another; ``exact`` writes cents instead of two or three figures.
    """

    value: float
    unit: str = "money"  # money | count | share | ratio | days | hours | seconds | stars
    low: float | None = None
    high: float | None = None
    currency: str | None = None
    exact: bool = False
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence to be said in some language: the key of its text and what fills it (str, int, date, Quantity, Words)."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
