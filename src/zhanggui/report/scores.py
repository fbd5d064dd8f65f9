"""What moves the scores, written: for a terminal, for programs, and as cells of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zhanggui.i18n import text
from zhanggui.i18n.columns import shorten, table, wrap
from zhanggui.i18n.writing import days, joined, money, percent, printable, quantity, write
from zhanggui.numbers.score_drivers import FLAGS, LEAST, Driver, Effect, Scores
from zhanggui.report.naming import dimension
from zhanggui.units import Quantity

SHOWN = 12
NAME = 40


def cells(
    found: Scores,
    suspect: int,
    turned: Iterable[tuple[str, str]],
    names: Mapping[str, str],
    locale: str,
    currency: str,
) -> dict[str, Any]:
    """Everything as written cells."""
    lost = joined([_name(*one, names, locale) for one in sorted(turned)], locale)
    one: dict[str, Any] = {
        "title": _t("title", locale, days=days(found.period, locale, year=True)),
        "verdict": _verdict(found, locale),
        "about": _t("about", locale),
        "head": [_t("column.thing", locale), _t("column.usual", locale)],
        "factors": [],
        "places": [],
        "most": "",
        "together": "",
        "suspect": "",
    }
    if found.refusal:
        return one
    one["head"] += [_t(f"score.{name}", locale) for name in found.scores]
    one["factors"] = [_row(driver, names, locale, currency) for driver in found.factors]
    one["places"] = [_row(driver, names, locale, currency) for driver in found.places]
    one["most"] = _most(found, names, locale)
    one["together"] = _together(found, locale)
    one["places_about"] = _t("places_about", locale, least=LEAST)
    if suspect:
        key = "suspect_turned" if lost else "suspect_same"
        one["suspect"] = _t(key, locale, n=write(suspect, locale), names=lost)
    return one


def _verdict(found: Scores, locale: str) -> str:
    if found.refusal:
        key = "too_few" if found.refusal.code == "too_few" else "nothing"
        return _t(key, locale, needed=found.refusal.needed or 0, have=found.refusal.have or 0)
    return _t(
        "verdict",
        locale,
        reviews=write(found.reviews, locale),
        mean=_stars(found.means[0], locale),
        poor=percent(found.poor, locale),
        explained=percent(found.explained[0], locale),
    )


def _most(found: Scores, names: Mapping[str, str], locale: str) -> str:
    """The thing by which most is taken from the mean, where one is shown."""
    shown = [one for one in found.factors if one.shown and one.name in FLAGS and one.effects[0].value < 0]
    if not shown:
        return ""
    first = min(shown, key=lambda one: one.of_mean)
    taken = _stars(-first.of_mean, locale)
    return _t("most", locale, name=_name(first.name, first.value, names, locale), stars=taken)


def _row(driver: Driver, names: Mapping[str, str], locale: str, currency: str) -> dict[str, Any]:
    return {
        "name": _name(driver.name, driver.value, names, locale),
        "usual": _usual(driver, locale, currency),
        "effects": [_effect(effect, locale) for effect in driver.effects],
    }


def _usual(driver: Driver, locale: str, currency: str) -> str:
    """How usual it is: a share of reviews; of a number its mean, of money the middle of the logarithms."""
    if driver.name == "price" and not driver.value:
        return money(2**driver.usual, currency, locale)
    if driver.name == "weeks" and not driver.value:
        return _t("weeks", locale, n=_stars(driver.usual, locale))
    return percent(driver.usual, locale)


def _name(name: str, value: str, names: Mapping[str, str], locale: str) -> str:
    if not value:
        return _t(f"thing.{name}", locale)
    shown = names.get(value, value) if name == "product_id" else value
    return _t("place", locale, by=dimension(name, locale), value=shorten(printable(shown), NAME))


def _effect(effect: Effect, locale: str) -> str:
    written = str(quantity(Quantity(effect.value, "ratio", effect.low, effect.high, signed=True), locale, ""))
    return written if effect.shown else _t("unsure", locale, effect=written)


def _stars(value: float, locale: str) -> str:
    return str(quantity(Quantity(value, "ratio"), locale, ""))


def _together(found: Scores, locale: str) -> str:
    """How several scores go together before and after what the drivers explain."""
    size = len(found.scores)
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size)]
    if not pairs:
        return ""
    said = [
        _t(
            "pair",
            locale,
            first=_t(f"score.{found.scores[a]}", locale),
            second=_t(f"score.{found.scores[b]}", locale),
            raw=_stars(found.together[a][b], locale),
            left=_stars(found.left[a][b], locale),
        )
        for a, b in pairs
    ]
    return _t("together", locale, pairs=joined(said, locale))


def scores_text(
    found: Scores,
    suspect: int,
    turned: Iterable[tuple[str, str]],
    names: Mapping[str, str],
    locale: str,
    currency: str,
    width: int,
) -> str:
    """The same for a terminal."""
    one = cells(found, suspect, turned, names, locale, currency)
    lines = [one["title"], *wrap(one["verdict"], width)]
    lines += wrap(one["most"], width) if one["most"] else []
    for title, rows in (("factors", one["factors"]), ("places", one["places"][:SHOWN])):
        if rows:
            body = [[row["name"], row["usual"], *row["effects"]] for row in rows]
            lines += ["", _t(title, locale), *table([one["head"], *body], "<" + ">" * (len(one["head"]) - 1))]
    if len(one["places"]) > SHOWN:
        lines.append(" " + _t("more", locale, n=len(one["places"]) - SHOWN))
    if one["factors"]:
        lines.append("")
    for key in ("together", "suspect", "about"):
        lines += wrap(one[key], width) if one[key] else []
    return "\n".join(lines) + "\n"


def as_json(found: Scores, suspect: int, turned: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "period": {"from": found.period.start.isoformat(), "to": found.period.end.isoformat()},
        "reviews": found.reviews,
        "scores": list(found.scores),
        "means": list(found.means),
        "poor_share": found.poor,
        "explained": list(found.explained),
        "drivers": [_told(one) for one in found.factors],
        "places": [_told(one) for one in found.places],
        "spread_of_places": {name: list(values) for name, values in found.spreads.items()},
        "together": [list(row) for row in found.together],
        "together_left": [list(row) for row in found.left],
        "suspect": suspect,
        "not_without_suspects": [list(one) for one in sorted(turned)],
        "refusal": found.refusal.code if found.refusal else None,
    }


def _told(one: Driver) -> dict[str, Any]:
    effects = [{"effect": e.value, "low": e.low, "high": e.high, "shown": e.shown} for e in one.effects]
    return {"name": one.name, "value": one.value, "usual": one.usual, "reviews": one.reviews, "effects": effects}


def _t(key: str, locale: str, **params: object) -> str:
    return text(f"score_drivers.{key}", locale, **params)
