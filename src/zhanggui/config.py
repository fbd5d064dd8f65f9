"""Settings as rows, and the workspace's own file ``zhanggui.toml``.

A threshold of a rule is a setting too: name, default, unit, bounds. Why each has its default is text in ``i18n``
under ``settings.<name>``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhanggui.errors import BadValue, WorkspaceError

FILE = "zhanggui.toml"
LOCALES = ("zh-Hant", "zh-Hans", "en")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: ``low`` and ``high`` are inclusive bounds in ``unit``."""

    name: str
    default: float
    unit: str
    low: float
    high: float


SETTINGS: tuple[Setting, ...] = (
    Setting("alarm_false_discovery", 0.05, "share", 0.001, 0.2),
    Setting("claim_posterior", 0.975, "share", 0.9, 0.999),
    Setting("normal_level", 0.90, "share", 0.5, 0.99),
    Setting("money_floor_share", 0.005, "share", 0.0, 0.1),
    Setting("spare_floor_share", 0.0005, "share", 0.0, 0.1),
    Setting("hourly_value_cny", 50, "money", 0, 10000),
    Setting("hourly_value_other", 25, "money", 0, 10000),
    Setting("ship_by_hours", 48, "hours", 1, 720),
    Setting("late_compensation_share", 0.05, "share", 0, 1),
    Setting("late_refund_points", 0.06, "share", 0, 1),
    Setting("new_buyer_days", 365, "days", 30, 1500),
    Setting("concentration_share", 0.5, "share", 0.1, 1),
    Setting("slow_stock_days", 120, "days", 14, 720),
    Setting("zero_sale_days", 60, "days", 14, 365),
    Setting("price_drift_share", 0.03, "share", 0.005, 0.5),
    Setting("refund_ratio", 1.3, "ratio", 1, 10),
    Setting("bulk_order_multiple", 20, "ratio", 3, 1000),
    Setting("small_shop_orders", 20, "orders a day", 1, 1000),
    Setting("large_shop_orders", 200, "orders a day", 2, 100000),
    Setting("action_chance", 0.80, "share", 0.5, 0.999),
    Setting("cheap_action_chance", 0.65, "share", 0.5, 0.999),
    Setting("worst_week_share", 0.10, "share", 0, 1),
    Setting("dismissed_days", 28, "days", 0, 365),
    Setting("short_list_orders", 50, "orders a day", 1, 100000),
    Setting("long_list_orders", 300, "orders a day", 2, 1000000),
    Setting("short_list_actions", 3, "actions", 1, 50),
    Setting("middle_list_actions", 5, "actions", 1, 50),
    Setting("long_list_actions", 7, "actions", 1, 50),
    Setting("short_list_minutes", 30, "minutes", 0, 960),
    Setting("middle_list_minutes", 60, "minutes", 0, 960),
    Setting("long_list_minutes", 120, "minutes", 0, 960),
    Setting("suspect_chance", 0.9, "share", 0.5, 0.9999),
    Setting("suspect_weight", 0.02, "share", 0.0, 1.0),
    Setting("apply_price_share", 0.3, "share", 0.01, 5),
    Setting("apply_values", 50, "values", 1, 100_000),
    Setting("wait_seconds", 10, "seconds", 0, 600),
    Setting("count_ahead", 1, "pages", 0, 1),
    Setting("memory_limit_mb", 1500, "MB", 256, 1_000_000),
    Setting("upload_limit_mb", 500, "MB", 1, 100_000),
    Setting("upload_files", 50, "files", 1, 1000),
    Setting("upload_unpacked_mb", 4000, "MB", 10, 1_000_000),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Config:
    """What a workspace's ``zhanggui.toml`` says."""

    name: str = "shop"
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"
    locale: str = "zh-Hant"
    settings: Mapping[str, float] = field(default_factory=dict)
    notify: Mapping[str, Any] = field(default_factory=dict)
    """Who is told what, as it stands in the file (docs/using/daily.md)."""
    sync: Mapping[str, Any] = field(default_factory=dict)
    """The live shops that are read, by name, as they stand in the file (docs/using/sync.md). Never a secret."""

    def __getitem__(self, name: str) -> float:
        """The value of a setting, or its default."""
        return self.settings.get(name, _BY_NAME[name].default)


def load(folder: Path) -> Config:
    """Read ``zhanggui.toml`` of a workspace.

    Raises WorkspaceError where there is none, BadValue for an unknown name or a value out of bounds.
    """
    path = folder / FILE
    if not path.is_file():
        raise WorkspaceError("config.no_workspace", folder=str(folder))
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError("config.unreadable", file=str(path), reason=str(error)) from None
    return parse(raw)


def parse(raw: Mapping[str, Any]) -> Config:
    """Check a workspace's settings and give them as a Config."""
    values: dict[str, float] = {}
    for name, value in raw.get("settings", {}).items():
        setting = _BY_NAME.get(name)
        if setting is None:
            raise BadValue("config.unknown_setting", name=name, known=", ".join(sorted(_BY_NAME)))
        if not isinstance(value, int | float) or not setting.low <= value <= setting.high:
            raise BadValue("config.setting_out_of_bounds", name=name, value=value, low=setting.low, high=setting.high)
        values[name] = float(value)
    shop = raw.get("shop", {})
    locale = shop.get("locale", "zh-Hant")
    if locale not in LOCALES:
        raise BadValue("config.unknown_locale", name=locale, known=", ".join(LOCALES))
    return Config(
        name=str(shop.get("name", "shop")),
        currency=str(shop.get("currency", "CNY")),
        timezone=str(shop.get("timezone", "Asia/Shanghai")),
        locale=locale,
        settings=values,
        notify=raw.get("notify", {}),
        sync=raw.get("sync", {}),
    )


def check(config: Config) -> None:
    """Whether a new workspace's currency, time zone and language exist. Raises BadValue for the first that does not."""
    from zoneinfo import ZoneInfo

    from babel.numbers import is_currency

    if not is_currency(config.currency):
        raise BadValue("config.unknown_currency", value=config.currency)
    try:
        ZoneInfo(config.timezone)
    except (KeyError, ValueError, OSError):
        raise BadValue("config.unknown_timezone", value=config.timezone) from None
    if config.locale not in LOCALES:
        raise BadValue("config.unknown_locale", name=config.locale, known=", ".join(LOCALES))


def rewrite(folder: Path, shop: Mapping[str, str], values: Mapping[str, float | None]) -> Config:
    """Change some lines of ``zhanggui.toml`` and leave the others, comments too, as they stand. None takes a setting back to its default.

    Raises BadValue for an unknown name or a value out of bounds; the file is then as before. It is replaced in one step.
    """
    lines = _lines(folder)
    for name, text in shop.items():
        lines = _with_line(lines, ("shop",), name, _quoted(text))
    for name, value in values.items():
        lines = _with_line(lines, ("settings",), name, None if value is None else f"{value:.10g}")
    config, told = _checked(folder, lines)
    _replace(folder, told)
    return config


def rewrite_notify(folder: Path, daily_at: str, channels: Mapping[str, Mapping[str, str]]) -> Config:
    """Say anew who is told what: the hour of the day (empty for none) and the lines of every channel. What is not named is taken out; other
    lines stay as they stand.

    Raises BadValue where the file says it in a form of its own that cannot be changed line by line; it is then as before.
    """
    lines, known = _lines(folder), load(folder).notify
    if daily_at != str(known.get("daily_at", "")):
        lines = _with_line(lines, ("notify",), "daily_at", _quoted(daily_at) if daily_at else None)
    there = known.get("channels", {})
    for name in there:
        if name not in channels:
            lines = _without_section(lines, ("notify", "channels", name))
    for name, told_of in channels.items():
        for entry in CHANNEL_LINES:
            value = told_of.get(entry, "")
            if value != there.get(name, {}).get(entry, ""):
                lines = _with_line(lines, ("notify", "channels", name), entry, _quoted(value) if value else None)
    config, told = _checked(folder, lines)
    wanted = {name: {entry: value for entry, value in of.items() if value} for name, of in channels.items()}
    if (config.notify.get("channels", {}), str(config.notify.get("daily_at", ""))) != (wanted, daily_at):
        raise BadValue("config.own_form", file=str(folder / FILE), name="notify")
    _replace(folder, told)
    return config


def rewrite_sync(folder: Path, name: str, told: Mapping[str, str | float] | None) -> Config:
    """Say anew how a live shop is read, or with None that it no longer is. Other lines stay as they stand.

    Raises BadValue where the file says it in a form of its own that cannot be changed line by line; it is then as before.
    """
    lines = _without_section(_lines(folder), ("sync", name))
    for entry, value in (told or {}).items():
        lines = _with_line(lines, ("sync", name), entry, _quoted(value) if isinstance(value, str) else f"{value:.10g}")
    config, text = _checked(folder, lines)
    if dict(config.sync.get(name, {})) != dict(told or {}):
        raise BadValue("config.own_form", file=str(folder / FILE), name=f"sync.{name}")
    _replace(folder, text)
    return config


CHANNEL_LINES = ("url_from", "gets", "locale")


def _lines(folder: Path) -> list[str]:
    load(folder)
    return (folder / FILE).read_text(encoding="utf-8").splitlines()


def _checked(folder: Path, lines: list[str]) -> tuple[Config, str]:
    """The lines as settings and as text. Raises what ``parse`` raises, and WorkspaceError for what is no TOML."""
    told = "\n".join(lines) + "\n"
    try:
        return parse(tomllib.loads(told)), told
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError("config.unreadable", file=str(folder / FILE), reason=str(error)) from None


def _replace(folder: Path, told: str) -> None:
    """Write the file in one step."""
    draft = (folder / FILE).with_suffix(".tmp")
    draft.write_text(told, encoding="utf-8")
    draft.replace(folder / FILE)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _heads(lines: list[str]) -> dict[int, tuple[str, ...]]:
    """The lines that begin a section, and the section's name part by part."""
    return {number: _path(line) for number, line in enumerate(lines) if line.strip().startswith("[")}


def _path(line: str) -> tuple[str, ...]:
    try:
        found = tomllib.loads(line)
    except tomllib.TOMLDecodeError:  # a line of a list of several lines
        return ()
    parts: list[str] = []
    while isinstance(found, dict) and len(found) == 1:
        (name,) = found
        parts, found = [*parts, name], found[name]
    return tuple(parts)


def _without_section(lines: list[str], section: tuple[str, ...]) -> list[str]:
    heads = _heads(lines)
    start = next((number for number, path in heads.items() if path == section), None)
    if start is None:
        return lines
    end = next((number for number in heads if number > start), len(lines))
    return [*lines[:start], *lines[end:]]


def _with_line(lines: list[str], section: tuple[str, ...], name: str, value: str | None) -> list[str]:
    """The lines with one entry of a section set, or taken out where ``value`` is None."""
    heads = _heads(lines)
    start = next((number for number, path in heads.items() if path == section), None)
    if start is None:
        head = ".".join(part if part.isascii() and part.isidentifier() else _quoted(part) for part in section)
        return lines if value is None else [*lines, "", f"[{head}]", f"{name} = {value}"]
    end = next((number for number in heads if number > start), len(lines))
    at = next((n for n in range(start + 1, end) if lines[n].partition("=")[0].strip().strip('"') == name), None)
    new = [] if value is None else [f"{name} = {value}"]
    if at is not None:
        comment = lines[at].partition("#")[2] if '"' not in lines[at] else ""
        return [*lines[:at], *(f"{line}  #{comment}" if comment else line for line in new), *lines[at + 1 :]]
    last = max((n for n in range(start, end) if lines[n].strip()), default=start)
    return [*lines[: last + 1], *new, *lines[last + 1 :]]


def write(folder: Path, config: Config) -> None:
    """Write a new ``zhanggui.toml``."""
    lines = ["[shop]"]
    for name in ("name", "currency", "timezone", "locale"):
        text = str(getattr(config, name)).replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'{name} = "{text}"')
    lines += ["", "[settings]"]
    lines += [f"{name} = {value:g}" for name, value in sorted(config.settings.items())]
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
