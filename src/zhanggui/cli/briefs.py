"""``zhanggui brief`` and ``zhanggui check``: the day's brief, and what data stands behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, columns, echo, echo_json, help_text, say
from zhanggui.errors import BadValue


def add_to(app: typer.Typer) -> None:
    app.command("brief", help=help_text("brief"))(brief)
    app.command("check", help=help_text("check"))(check)


def brief(
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DAY", help=help_text("brief_as_of"))] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help=help_text("brief_days"))] = 7,
    minutes: Annotated[
        int | None, typer.Option("--minutes", min=0, metavar="N", help=help_text("brief_minutes"))
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", min=0, metavar="MONEY", help=help_text("brief_budget"))
    ] = None,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help=help_text("brief_html"))] = None,
    shop: Folder = None,
) -> None:
    if as_json and html:
        raise BadValue("cli.one_form")
    with open_shop(shop) as opened:
        made = opened.brief(as_of, days, minutes=minutes, budget=budget)
        if as_json:
            echo_json(opened.brief_json(made, RUN.locale))
        elif html:
            _write(html, opened.brief_html(made, RUN.locale))
            echo(say("cli.written", file=str(html)))
        else:
            typer.echo(opened.brief_text(made, RUN.locale, columns()), nl=False)


def _write(file: Path, page: str) -> None:
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadValue("cli.not_written", file=str(file), reason=error.strerror or str(error)) from None


def check(as_json: AsJson = False, shop: Folder = None) -> None:
    with open_shop(shop) as opened:
        made = opened.brief(remember=False)
        if as_json:
            whole = opened.brief_json(made, RUN.locale)
            kept = ("version", "shop", "as_of", "coverage", "missing", "quiet", "left_out")
            echo_json({name: whole[name] for name in kept})
        else:
            typer.echo(opened.check_text(made, RUN.locale, columns()), nl=False)
