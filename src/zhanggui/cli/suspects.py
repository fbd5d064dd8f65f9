"""``zhanggui suspects``: orders and reviews that may not be real, with the signs that say so."""

from __future__ import annotations

from typing import Annotated

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, columns, echo_json, help_text


def add_to(app: typer.Typer) -> None:
    app.command("suspects", help=help_text("suspects"))(suspects)


def suspects(
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DAY", help=help_text("brief_as_of"))] = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app import suspects as looking
    from zhanggui.app.shop import day_of

    with open_shop(shop) as there:
        day = day_of(as_of)
        if as_json:
            echo_json(looking.suspects_json(there, day))
        else:
            typer.echo(looking.suspects_text(there, day, RUN.locale, columns()), nl=False)
