"""``zhanggui daily``: the day once, for a clock: brief, what is due, alerts. Safe to run twice: nothing is told twice."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, echo, echo_json, help_text, say
from zhanggui.errors import BadValue

if TYPE_CHECKING:
    from zhanggui.app import Told, Tried

NOT_TOLD = 2
Test = Annotated[bool, typer.Option("--test-notice", help=help_text("test_notice", "daily"))]


def add_to(app: typer.Typer) -> None:
    app.command("daily", help=help_text("daily", "daily"))(daily)


def daily(test_notice: Test = False, as_json: AsJson = False, shop: Folder = None) -> None:
    from zhanggui.app import daily as work
    from zhanggui.app import live_json
    from zhanggui.cli import trouble

    synced: list[Tried] = []
    with open_shop(shop) as opened:
        if test_notice:
            with RUN.alone():
                told = work.try_channels(opened)
            if not told:
                raise BadValue("notify.no_channels")
        else:
            synced = opened.live.sync_all(shelf=opened.live.shelf(RUN.alone))
            with RUN.alone():
                told = work.daily(opened)
        if as_json:
            tried = [live_json.tried_json(each, RUN.locale) for each in synced]
            echo_json({"told": [asdict(each) for each in told], "synced": tried})
        elif told:
            for each in told:
                _show(each)
        else:
            echo(say("daily.nothing_new"))
    for tried_shop in synced:
        if tried_shop.problem:
            typer.echo(say("live.said.failed", name=tried_shop.name, reason=trouble.line(tried_shop.problem)), err=True)
    if any(each.problem for each in told) or any(each.problem for each in synced):
        raise typer.Exit(NOT_TOLD)


def _show(told: Told) -> None:
    """What was told: the words themselves where this command is the only one who tells them."""
    from zhanggui.app import daily as work

    if told.problem:
        typer.echo(say("daily.not_told", channel=told.channel, reason=told.problem), err=True)
    elif told.channel == work.OUTPUT.name:
        echo(work.written(told, RUN.locale), "")
    elif told.kind == "test":
        echo(say("daily.tested", channel=told.channel))
    else:
        echo(say(f"daily.told_{told.kind}", channel=told.channel, n=len(told.items)))
