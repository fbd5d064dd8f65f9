"""``zhanggui origins``: where orders came from, and what ad platforms claim beside it."""

from __future__ import annotations

from typing import Annotated

import typer

from zhanggui.cli.options import AsJson, Folder, Since, Until, open_shop
from zhanggui.cli.speech import RUN, columns, echo_json, help_text


def add_to(app: typer.Typer) -> None:
    app.command("origins", help=help_text("origins"))(origins)


def origins(
    order: Annotated[str | None, typer.Option("--order", metavar="ID", help=help_text("origins_order"))] = None,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app import origins as told
    from zhanggui.app.shop import day_of
    from zhanggui.report import origins as report

    with open_shop(shop) as there:
        if order is not None:
            heard = told.heard(there, order)
            if as_json:
                echo_json({"heard": heard})
            else:
                typer.echo(report.heard_text(heard, RUN.locale), nl=False)
            return
        found = told.origins(there, day_of(since), day_of(until))
        if as_json:
            echo_json(report.as_json(found))
        else:
            typer.echo(report.origins_text(found, RUN.locale, there.config.currency, columns()), nl=False)
