"""``zhanggui query``, ``explain`` and ``metrics``: the catalogue asked straight, and why a number moved."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhanggui.cli.options import AsJson, By, Folder, Since, Until, open_shop, split
from zhanggui.cli.speech import RUN, columns, echo, echo_json, help_text, say
from zhanggui.errors import BadValue
from zhanggui.units import Period

if TYPE_CHECKING:
    from zhanggui.app import Answer

GRAINS = ("day", "week", "month")
FORMATS = ("table", "csv", "json", "parquet")


def add_to(app: typer.Typer) -> None:
    app.command("explain", help=help_text("explain"))(explain)
    app.command("query", help=help_text("query"))(query)
    app.command("metrics", help=help_text("metrics"))(metrics)


def query(
    names: Annotated[list[str], typer.Argument(metavar="METRIC...", help=help_text("query_metric"))],
    by: By = None,
    where: Annotated[list[str] | None, typer.Option("--where", metavar="COL=VALUE", help=help_text("where"))] = None,
    grain: Annotated[str | None, typer.Option("--grain", metavar="day|week|month", help=help_text("grain"))] = None,
    since: Since = None,
    until: Until = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="previous|year", help=help_text("query_against"))
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help=help_text("limit"))] = None,
    without: Annotated[bool, typer.Option("--without-suspects", help=help_text("without_suspects"))] = False,
    form: Annotated[str, typer.Option("--format", metavar="|".join(FORMATS), help=help_text("format"))] = "table",
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    form = "json" if as_json else form
    _one_of("--format", form, FORMATS)
    if grain is not None:
        _one_of("--grain", grain, GRAINS)
    dimensions = split(by)
    dimensions += [grain] if grain and grain not in dimensions else []
    if form == "parquet" and sys.stdout.isatty():
        raise BadValue("cli.parquet_terminal")
    with open_shop(shop) as opened:
        answer = opened.query(
            split(names),
            dimensions,
            where=_where(where),
            start=since,
            end=until,
            against=against,
            limit=limit,
            without_suspects=without,
        )
        _print(answer, form, opened.config.currency)


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadValue("cli.unknown_choice", option=option, value=value, known=", ".join(known))


def _where(pairs: list[str] | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs or ():
        column, sign, value = pair.partition("=")
        if not sign or not column.strip():
            raise BadValue("cli.bad_pair", option="--where", value=pair, example="--where country=France")
        found.setdefault(column.strip(), []).append(value.strip())
    return found


def _print(answer: Answer, form: str, currency: str) -> None:
    if form == "json":
        echo_json(answer.to_dict())
    elif form == "csv":
        typer.echo(as_csv(answer), nl=False)
    elif form == "parquet":
        answer.rows.write_parquet(sys.stdout.buffer)
    else:
        echo(*_table(answer, currency))


def as_csv(answer: Answer) -> str:
    """The rows as CSV. A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    from zhanggui.report import files

    return files.as_csv(answer.rows, {name for name in answer.rows.columns if _unit(name) == "count"})


def _table(answer: Answer, currency: str) -> list[str]:
    from zhanggui.i18n import writing
    from zhanggui.i18n.columns import shorten, table

    by = list(answer.question.by)
    units = {name: _unit(name) for name in answer.rows.columns if name not in by}
    rows = [
        [
            shorten(writing.printable(str(cell)), 44)
            if name in by and cell is not None
            else _cell(cell, units.get(name), currency)
            for name, cell in row.items()
        ]
        for row in answer.rows.iter_rows(named=True)
    ]
    found = table([list(answer.rows.columns), *rows], "<" * len(by) + ">" * len(units), indent=0)
    if not rows:
        where = ", ".join(f"{name}={value}" for name, values in answer.question.where.items() for value in values)
        found.append(say("cli.query.nothing_has", where=where) if where else say("cli.query.empty"))
    return found + [say("cli.query.flag", metric=flag.metric, words=flag.caveat) for flag in _said(answer, currency)]


def _said(answer: Answer, currency: str) -> list[Any]:
    """The caveats, in words."""
    from dataclasses import replace

    from zhanggui.app import caveat_text

    return [replace(flag, caveat=caveat_text(flag, RUN.locale, currency)) for flag in answer.flags]


def _unit(column: str) -> str:
    from zhanggui.app import catalogue

    known = catalogue()
    metric = known.get(column) or known.get(column.removesuffix("_previous"))
    return metric.unit if metric else "ratio"


def _cell(value: Any, unit: str | None, currency: str) -> str:
    from zhanggui.i18n import writing
    from zhanggui.units import Quantity

    if value is None or unit is None:
        return "" if unit is None else writing.UNKNOWN
    if unit == "money":
        return writing.money(float(value), currency, RUN.locale, exact=True)
    if unit in ("share", "count"):
        return writing.quantity(Quantity(float(value), unit, exact=True), RUN.locale, currency)
    return writing.write(round(float(value), 4), RUN.locale)


def explain(
    metric: Annotated[str, typer.Argument(metavar="METRIC", help=help_text("explain_metric"))],
    by: By = None,
    since: Since = None,
    until: Until = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="previous|year|DAY:DAY", help=help_text("explain_against"))
    ] = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with open_shop(shop) as opened:
        driver = opened.explain(metric, split(by), start=since, end=until, against=_against(against, since, until))
        if as_json:
            echo_json(opened.driver_json(driver))
        else:
            typer.echo(opened.driver_text(driver, RUN.locale, columns()), nl=False)


def _against(value: str | None, since: str | None, until: str | None) -> Period | None:
    """``DAY:DAY``; ``previous`` is the default of the shop; ``year`` are the same weekdays 52 weeks before."""
    if value is None or value == "previous":
        return None
    if value == "year":
        if since is None or until is None:
            raise BadValue("cli.year_needs_days")
        return Period(_day(since), _day(until)).shift(-364)
    first, sign, last = value.replace("..", ":").partition(":")
    if not sign:
        raise BadValue("cli.bad_pair", option="--against", value=value, example="--against 2011-11-21:2011-11-27")
    return _period(_day(first.strip()), _day(last.strip()))


def _day(value: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue("config.bad_day", value=value) from None


def _period(first: Any, last: Any) -> Period:
    if last < first:
        raise BadValue("cli.ends_before", start=first.isoformat(), end=last.isoformat())
    return Period(first, last)


def metrics(as_json: AsJson = False) -> None:
    from zhanggui.app import catalogue
    from zhanggui.i18n import has, text
    from zhanggui.i18n.columns import table

    known = catalogue().values()
    names = {
        m.name: text(f"metrics.name.{m.name}", RUN.locale) if has(f"metrics.name.{m.name}", RUN.locale) else ""
        for m in known
    }
    if as_json:
        echo_json({"metrics": [_declared(m, names[m.name]) for m in known]})
        return
    head = [text(f"cli.column.{name}", RUN.locale) for name in ("metric", "name", "unit", "formula", "needs")]
    rows = [
        [m.name, names[m.name], text(f"cli.unit.{m.unit}", RUN.locale), m.formula, ", ".join(m.needs)] for m in known
    ]
    echo(*table([head, *rows], indent=0))


def _declared(m: Any, name: str) -> dict[str, Any]:
    return {
        "name": m.name,
        "text": name,
        "unit": m.unit,
        "formula": m.formula,
        "good": m.good,
        "caveats": list(m.caveats),
        "instead": m.substitute,
        "needs": list(m.needs),
    }
