"""``zhanggui outcomes``: what came of what was done, and each rule's scorecard."""

from __future__ import annotations

from typing import Annotated

import typer

from zhanggui.cli.actions import opened
from zhanggui.cli.options import AsJson, Folder
from zhanggui.cli.speech import RUN, columns, echo_json, help_text


def add_to(app: typer.Typer) -> None:
    app.command("outcomes", help=help_text("outcomes"))(outcomes)


def outcomes(
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DAY", help=help_text("brief_as_of"))] = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with opened(shop) as there:
        found = there.outcomes(as_of)
        if as_json:
            echo_json(there.outcomes_json(found, RUN.locale))
        else:
            typer.echo(there.outcomes_text(found, RUN.locale, columns()), nl=False)
