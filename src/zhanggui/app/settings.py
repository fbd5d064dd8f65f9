"""The workspace's settings as a page shows and changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhanggui import config as settings
from zhanggui.errors import BadValue
from zhanggui.i18n import has, text

if TYPE_CHECKING:
    from zhanggui.app.shop import Shop

GROUPS: dict[str, tuple[str, ...]] = {
    "list": (
        "short_list_orders",
        "long_list_orders",
        "short_list_actions",
        "middle_list_actions",
        "long_list_actions",
        "short_list_minutes",
        "middle_list_minutes",
        "long_list_minutes",
        "dismissed_days",
    ),
    "proof": (
        "alarm_false_discovery",
        "claim_posterior",
        "normal_level",
        "action_chance",
        "cheap_action_chance",
        "worst_week_share",
        "money_floor_share",
        "spare_floor_share",
        "hourly_value_cny",
        "hourly_value_other",
    ),
    "rules": (
        "ship_by_hours",
        "late_compensation_share",
        "late_refund_points",
        "new_buyer_days",
        "concentration_share",
        "slow_stock_days",
        "zero_sale_days",
        "price_drift_share",
        "refund_ratio",
        "bulk_order_multiple",
        "small_shop_orders",
        "large_shop_orders",
    ),
}
"""Where each setting stands; what is in none of them stands among those of the machine."""
MACHINE = "machine"
AT_START = ("memory_limit_mb",)
"""What a running desk cannot change: its engine has it already."""


def cells(shop: Shop, locale: str) -> dict[str, list[dict[str, Any]]]:
    """Every setting by group: name, value, default, bounds, unit, and why it has its default."""
    home = {name: group for group, names in GROUPS.items() for name in names}
    found: dict[str, list[dict[str, Any]]] = {group: [] for group in (*GROUPS, MACHINE)}
    for setting in settings.SETTINGS:
        value = shop.config[setting.name]
        found[home.get(setting.name, MACHINE)].append(
            {
                "name": setting.name,
                "why": text(f"settings.{setting.name}", locale),
                "value": f"{value:.10g}",
                "default": f"{setting.default:.10g}",
                "own": value != setting.default,
                "low": f"{setting.low:.10g}",
                "high": f"{setting.high:.10g}",
                "unit": _unit(setting.unit, locale),
                "at_start": setting.name in AT_START,
            }
        )
    return found


def _unit(unit: str, locale: str) -> str:
    key = f"web_settings.unit.{unit.replace(' ', '_')}"
    return text(key, locale) if has(key, locale) else unit


def change(shop: Shop, told: Mapping[str, str]) -> list[str]:
    """Write the settings that were told and differ; an empty one goes back to its default. Gives which changed. Raises BadValue for
    the first that makes no sense; nothing is written then."""
    known = {setting.name: setting for setting in settings.SETTINGS if setting.name not in AT_START}
    values: dict[str, float | None] = {}
    for name, typed in told.items():
        if name not in known:
            raise BadValue("config.unknown_setting", name=name, known=", ".join(sorted(known)))
        value = known[name].default if not typed.strip() else _number(name, typed)
        if value != shop.config[name]:
            values[name] = None if value == known[name].default else value
    if values:
        settings.rewrite(shop.folder, {}, values)
    return list(values)


def _number(name: str, typed: str) -> float:
    try:
        return float(typed)
    except ValueError:
        setting = next(each for each in settings.SETTINGS if each.name == name)
        raise BadValue(
            "config.setting_out_of_bounds", name=name, value=typed[:40], low=setting.low, high=setting.high
        ) from None


def rename(shop: Shop, name: str, locale: str) -> None:
    """Give the shop another name and its pages another language. Raises BadValue for an empty name or an unknown language."""
    printable = "".join(character for character in name if character.isprintable()).strip()
    if not printable:
        raise BadValue("config.no_name")
    if locale not in settings.LOCALES:
        raise BadValue("config.unknown_locale", name=locale, known=", ".join(settings.LOCALES))
    settings.rewrite(shop.folder, {"name": printable, "locale": locale}, {})
