"""Days on which trade is not ordinary: festivals, shopping events, the new-year stop of carriers.

Which calendar applies follows the shop's zone. Fixed dates are by rule; the lunar new year is a table (dates computed from the
Chinese calendar, 2010 to 2030), because the libraries that compute it may not be shipped with the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from zhanggui.units import Period

LUNAR_NEW_YEAR = {
    2010: date(2010, 2, 14),
    2011: date(2011, 2, 3),
    2012: date(2012, 1, 23),
    2013: date(2013, 2, 10),
    2014: date(2014, 1, 31),
    2015: date(2015, 2, 19),
    2016: date(2016, 2, 8),
    2017: date(2017, 1, 28),
    2018: date(2018, 2, 16),
    2019: date(2019, 2, 5),
    2020: date(2020, 1, 25),
    2021: date(2021, 2, 12),
    2022: date(2022, 2, 1),
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 3),
}
CHINESE_ZONES = ("Asia/Shanghai", "Asia/Chongqing", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Macau", "PRC")


def festivals(year: int, zone: str) -> Iterator[tuple[str, Period]]:
    """The festivals of a year where the shop is: name (key under ``brief.festival``) and the days that are not ordinary."""
    if zone in CHINESE_ZONES:
        if year in LUNAR_NEW_YEAR:
            eve = LUNAR_NEW_YEAR[year] - timedelta(days=1)
            yield "lunar_new_year", Period(eve - timedelta(days=6), eve + timedelta(days=8))
        yield "mid_year", Period(date(year, 6, 16), date(year, 6, 20))
        yield "singles_day", Period(date(year, 11, 10), date(year, 11, 12))
        yield "double_twelve", Period(date(year, 12, 11), date(year, 12, 12))
    else:
        yield "christmas", Period(date(year, 12, 23), date(year + 1, 1, 3))


def festival_in(period: Period, zone: str) -> str | None:
    """The festival that touches a period, if one does."""
    for year in range(period.start.year - 1, period.end.year + 1):
        for name, days in festivals(year, zone):
            if days.start <= period.end and days.end >= period.start:
                return name
    return None
