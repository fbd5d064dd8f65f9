"""``zhanggui waterfall``: what is left of a price, which lever is worth most, and how many orders pay the fixed costs."""

from __future__ import annotations

from typing import Annotated

import typer

from zhanggui.cli.options import AsJson, Folder, Since, Until, open_shop
from zhanggui.cli.speech import RUN, columns, echo, echo_json, help_text, say


def add_to(app: typer.Typer) -> None:
    app.command("waterfall", help=help_text("waterfall"))(waterfall)


def waterfall(
    each: Annotated[
        str, typer.Option("--each", metavar="shop|product|sku|order", help=help_text("waterfall_each"))
    ] = "shop",
    product: Annotated[str | None, typer.Option("--product", metavar="ID", help=help_text("waterfall_product"))] = None,
    sku: Annotated[str | None, typer.Option("--sku", metavar="SKU", help=help_text("waterfall_sku"))] = None,
    order: Annotated[str | None, typer.Option("--order", metavar="ID", help=help_text("waterfall_order"))] = None,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app import waterfall as told
    from zhanggui.app.shop import day_of
    from zhanggui.report import waterfall as report

    where = {name: value for name, value in (("product_id", product), ("sku", sku), ("order_id", order)) if value}
    with open_shop(shop) as there:
        currency, locale = there.config.currency, RUN.locale
        period, found = told.waterfalls(there, each, start=day_of(since), end=day_of(until), where=where)
        even = told.break_even(there) if each == "shop" and not where else None
        if as_json:
            more = {"break_even": report.even_json(even)} if even else {}
            echo_json({**report.as_json(found, period), **more})
        elif not found:
            echo(say("waterfall.empty"))
        elif each == "shop":
            names = there.product_names() if product else {}
            what = " · ".join(names.get(value, value) for value in where.values())
            typer.echo(report.waterfall_text(found[0], period, locale, currency, what, columns()), nl=False)
            if even:
                typer.echo("\n" + report.even_text(even, locale, currency, columns()), nl=False)
        else:
            typer.echo(report.each_text(found, period, each, there.product_names(), locale, currency), nl=False)
