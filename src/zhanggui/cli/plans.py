"""``zhanggui position buy``, ``pitch``, ``story-plan`` and ``story-read``: what is weighed before money or weeks go into it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhanggui.cli.actions import opened
from zhanggui.cli.options import AsJson, Folder
from zhanggui.cli.speech import RUN, echo, echo_json, help_text
from zhanggui.units import Refusal, Words

if TYPE_CHECKING:
    from zhanggui.app import Shop


def _help(name: str) -> str:
    return help_text(name, "plans")


def add_to(book: typer.Typer) -> None:
    for name, command in (("buy", buy), ("pitch", pitch), ("story-plan", story_plan), ("story-read", story_read)):
        book.command(name, help=_help(name.replace("-", "_")))(command)


Sources = Annotated[list[str] | None, typer.Option("--source", metavar="NAME", help=_help("source"))]
StoryName = Annotated[str, typer.Argument(metavar="NAME", help=_help("story_name"))]


def buy(
    ctx: typer.Context,
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help=help_text("product", "position"))],
    offer: Annotated[list[str], typer.Option("--offer", metavar="UNITS@COST", help=_help("offer"))],
    present: Annotated[float | None, typer.Option("--present", min=0, metavar="MONEY", help=_help("present"))] = None,
    days: Annotated[float, typer.Option("--days", min=7, max=730, metavar="N", help=_help("days"))] = 180.0,
    salvage: Annotated[float, typer.Option("--salvage", min=0, max=1, metavar="SHARE", help=_help("salvage"))] = 0.3,
    interest: Annotated[
        float, typer.Option("--interest", min=0, max=1, metavar="SHARE", help=_help("interest"))
    ] = 0.12,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app.buying import bought, lot_of, said_of

    with opened(shop, ctx) as there:
        lots = [lot_of(typed) for typed in offer]
        found = bought(there, product, lots, present=present, days=days, salvage=salvage, interest=interest)
        _out(there, asdict(found), said_of(found), as_json)


def pitch(
    ctx: typer.Context,
    event: Annotated[str, typer.Argument(metavar="EVENT", help=_help("event"))],
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app.pitch import pitch as made

    with opened(shop, ctx) as there:
        found = made(there, event)
        lines = [Words("plans.pitch.proposal"), *found.proposal, Words("plans.pitch.sheet"), *found.sheet]
        parts = {name: [_say(there, words) for words in getattr(found, name)] for name in ("proposal", "sheet")}
        gain = None if found.gain is None else {"profit": found.gain[0], "chance": found.gain[1]}
        _out(there, {"event": event, "expected": gain, **parts}, lines, as_json)


def story_plan(
    ctx: typer.Context,
    name: StoryName,
    weeks: Annotated[int, typer.Option("--weeks", metavar="N", help=_help("weeks"))] = 12,
    start: Annotated[str | None, typer.Option("--from", metavar="DAY", help=_help("start"))] = None,
    source: Sources = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app.shop import day_of
    from zhanggui.app.story import plan, said_of_plan
    from zhanggui.i18n import text

    with opened(shop, ctx) as there:
        made = plan(there, name, weeks=weeks, start=day_of(start), sources=source or ())
        told = {"name": name, "sources": list(made.sources), "visitors": made.visitors}
        smallest = None if isinstance(made.smallest, Refusal) else made.smallest
        by_week = [{"monday": monday.isoformat(), "told": on} for monday, on in made.weeks]
        _out(there, {**told, "smallest": smallest, "weeks": by_week}, said_of_plan(made), as_json)
        if not as_json:
            said = {on: text(f"plans.story.{name}", RUN.locale) for on, name in ((True, "on"), (False, "off"))}
            echo(*(f" {monday.isoformat()}  {said[on]}" for monday, on in made.weeks))


def story_read(
    ctx: typer.Context, name: StoryName, source: Sources = None, as_json: AsJson = False, shop: Folder = None
) -> None:
    from zhanggui.app.story import read, said_of

    with opened(shop, ctx) as there:
        found = read(there, name, sources=source or ())
        _out(there, asdict(found), said_of(found), as_json)


def _out(there: Shop, told: dict[str, Any], lines: list[Words], as_json: bool) -> None:
    if as_json:
        echo_json({name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()})
    else:
        echo(*(_say(there, words) for words in lines))


def _say(there: Shop, words: Words) -> str:
    from zhanggui.i18n import writing

    return writing.say(words, RUN.locale, there.config.currency)
