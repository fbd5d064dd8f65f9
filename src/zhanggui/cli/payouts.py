"""``zhanggui payouts``: what the platform paid against what the orders say."""

from __future__ import annotations

import typer

from zhanggui.cli.options import AsJson, Folder, Since, Until, open_shop
from zhanggui.cli.speech import RUN, columns, echo_json, help_text


def add_to(app: typer.Typer) -> None:
    app.command("payouts", help=help_text("payouts"))(payouts)


def payouts(since: Since = None, until: Until = None, as_json: AsJson = False, shop: Folder = None) -> None:
    from zhanggui.app import payouts as told
    from zhanggui.app.shop import day_of
    from zhanggui.report import payouts as report

    with open_shop(shop) as there:
        found = told.payouts(there, day_of(since), day_of(until))
        if as_json:
            echo_json(report.as_json(found))
        else:
            typer.echo(report.payouts_text(found, RUN.locale, there.config.currency, columns()), nl=False)
