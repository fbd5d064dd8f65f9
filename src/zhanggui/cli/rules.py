"""``zhanggui rules``: the questions asked every morning, and everything about one of them."""

from __future__ import annotations

from typing import Annotated

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, columns, echo_json, help_text
from zhanggui.errors import BadValue


def add_to(app: typer.Typer) -> None:
    app.command("rules", help=help_text("rules"))(rules)


def rules(
    name: Annotated[str | None, typer.Argument(metavar="RULE", help=help_text("rules_name"))] = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app import rules as told
    from zhanggui.report.rules import rule_json, rule_text, rules_text

    with open_shop(shop) as there:
        if name is None:
            chapters = told.rule_chapters(there, RUN.locale)
            if as_json:
                echo_json({"chapters": chapters})
            else:
                typer.echo(rules_text(chapters, RUN.locale, columns()), nl=False)
            return
        rule = told.rule_sheet(there, name.rpartition(".")[2], RUN.locale)
        if rule is None:
            known = [each["name"] for chapter in told.rule_chapters(there, RUN.locale) for each in chapter["rules"]]
            raise BadValue("cli.unknown_rule", name=name, known=", ".join(known))
        if as_json:
            echo_json(rule_json(rule))
        else:
            typer.echo(rule_text(rule, RUN.locale, columns()), nl=False)
