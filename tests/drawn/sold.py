"""Orders of a small shop as a plain file, and whoever owns it."""

from __future__ import annotations

from datetime import date, timedelta

from zhanggui.app import Person

OWNER = Person("Chen", "owner")
LINES = "Invoice,Date,Item,Qty,Price,Customer,Country\n"


def order_lines(days: int = 70, per_day: int = 4) -> str:
    """Orders of ten weeks, dearer at the end."""
    rows = []
    for day in range(days):
        on = date(2026, 6, 1) + timedelta(days=day)
        for n in range(per_day + (3 if day > 60 else 0)):
            item, price = (("Cup", "5.00"), ("Pot", "12.50"), ("Tray", "8.00"))[(day + n) % 3]
            country = ("France", "Spain")[n % 2]
            rows.append(f"A{day:03}{n},{on} 10:{n:02}:00,{item},{1 + n % 2},{price},c{(day * n) % 23},{country}\n")
    return LINES + "".join(rows)
