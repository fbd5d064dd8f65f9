"""``zhanggui scores``: what moves the scores that buyers give."""

from __future__ import annotations

import typer

from zhanggui.cli.options import AsJson, Folder, Since, Until, open_shop
from zhanggui.cli.speech import RUN, columns, echo_json, help_text


def add_to(app: typer.Typer) -> None:
    app.command("scores", help=help_text("scores"))(scores)


def scores(since: Since = None, until: Until = None, as_json: AsJson = False, shop: Folder = None) -> None:
    from zhanggui.app import scores as told
    from zhanggui.app.shop import day_of
    from zhanggui.report import scores as report

    with open_shop(shop) as there:
        both = told.scores(there, day_of(since), day_of(until))
        if as_json:
            echo_json(report.as_json(both.found, both.suspect, both.turned))
        else:
            names, currency = there.product_names(), there.config.currency
            said = report.scores_text(both.found, both.suspect, both.turned, names, RUN.locale, currency, columns())
            typer.echo(said, nl=False)
