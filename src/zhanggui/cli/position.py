"""``zhanggui position``: what an owner asks before starting something, and the record that later actions cite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhanggui.cli.actions import opened
from zhanggui.cli.costs import value_of
from zhanggui.cli.options import AsJson, Folder
from zhanggui.cli.speech import RUN, echo, echo_json, help_text, say
from zhanggui.units import Words

if TYPE_CHECKING:
    from zhanggui.app import Shop


def _help(name: str) -> str:
    return help_text(name, "position")


book = typer.Typer(help=_help("position"), invoke_without_command=True)
Keep = Annotated[bool, typer.Option("--keep", help=_help("keep"))]


def add_to(app: typer.Typer) -> None:
    app.add_typer(book, name="position")


@book.callback()
def position(ctx: typer.Context, as_json: AsJson = False, shop: Folder = None) -> None:
    if ctx.invoked_subcommand is not None:
        return
    with opened(shop) as there:
        kept = there.positioning.record()
        if as_json:
            echo_json({"positions": there.actions.as_json(kept, RUN.locale)})
        elif not kept:
            echo(say("position.empty"))
        else:
            echo(*(_line(there, entry) for entry in kept))


def _line(there: Shop, entry: Any) -> str:
    return f"{entry.since.isoformat()}  {entry.id}  {_say(there, entry.action.words)}"


@book.command("weigh", help=_help("weigh"))
def weigh(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_help("name"))],
    price: Annotated[float | None, typer.Option("--price", min=0, metavar="MONEY", help=_help("price"))] = None,
    goods: Annotated[float | None, typer.Option("--goods", min=0, metavar="MONEY", help=_help("goods"))] = None,
    category: Annotated[str, typer.Option("--category", metavar="NAME", help=_help("category"))] = "",
    rate: Annotated[str | None, typer.Option("--rate", metavar="RANGE", help=_help("rate"))] = None,
    refunds: Annotated[str | None, typer.Option("--refunds", metavar="RANGE", help=_help("refunds"))] = None,
    click: Annotated[str | None, typer.Option("--click", metavar="RANGE", help=_help("click"))] = None,
    visitors: Annotated[float, typer.Option("--visitors", min=1, metavar="N", help=_help("visitors"))] = 500.0,
    units: Annotated[float, typer.Option("--units", min=0, metavar="N", help=_help("units"))] = 30.0,
    set_up: Annotated[float, typer.Option("--set-up", min=0, metavar="MONEY", help=_help("set_up"))] = 0.0,
    salvage: Annotated[float, typer.Option("--salvage", min=0, max=1, metavar="SHARE", help=_help("salvage"))] = 0.3,
    risk: Annotated[float | None, typer.Option("--risk", min=0, metavar="MONEY", help=_help("risk"))] = None,
    keep: Keep = False,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app.positioning import said_of

    with opened(shop, ctx) as there:
        candidate, found = there.positioning.weigh(
            name,
            price=price,
            goods=goods,
            category=category,
            rate=_range("rate", rate),
            refunds=_range("refunds", refunds),
            click=_range("click", click),
            visitors=visitors,
            units=units,
            set_up=set_up,
            salvage=salvage,
            risk=risk,
        )
        lines = [_say(there, words) for words in said_of(candidate, found)]
        if as_json:
            echo_json({"verdict": found.verdict, "chance": found.chance, "needed": found.needed, "order": found.order})
        else:
            echo(*lines)
        if keep:
            _kept(there, {"category": category} if category else {"segment": name}, lines[0], as_json)


@book.command("gate", help=_help("gate"))
def gate(
    ctx: typer.Context,
    category: Annotated[str, typer.Argument(metavar="CATEGORY", help=_help("new_category"))],
    beside: Annotated[str, typer.Option("--beside", metavar="CATEGORY", help=_help("beside"))],
    contribution: Annotated[float, typer.Option("--contribution", metavar="MONEY", help=_help("contribution"))],
    units: Annotated[float, typer.Option("--units", min=1, metavar="N", help=_help("units"))],
    stock: Annotated[float, typer.Option("--stock", min=0, metavar="MONEY", help=_help("stock"))],
    cash: Annotated[float, typer.Option("--cash", min=0, metavar="MONEY", help=_help("cash"))],
    hours: Annotated[float, typer.Option("--hours", min=0, metavar="N", help=_help("hours"))],
    free_hours: Annotated[float, typer.Option("--free-hours", min=0, metavar="N", help=_help("free_hours"))],
    keep: Keep = False,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app.positioning import said_of_gate

    with opened(shop, ctx) as there:
        plan = there.positioning.plan(
            contribution=contribution,
            units=units,
            stock_cash=stock,
            free_cash=cash,
            hours=hours,
            free_hours=free_hours,
        )
        found = there.positioning.gate(beside, plan)
        if as_json:
            echo_json({"open": found.fails is None, "fails": found.fails, "profit": list(found.profit)})
        else:
            echo(*(_say(there, words) for words in said_of_gate(category, found)))
        if keep and found.fails is None:
            decision = there.positioning.open(category, found)
            if not as_json:
                echo(say("position.entered", id=decision.entry.id))


@book.command("keep", help=_help("keep_one"))
def keep_one(
    ctx: typer.Context,
    target: Annotated[str, typer.Argument(metavar="NAME=VALUE", help=help_text("action_target"))],
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_help("text"))],
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    name, _, value = target.partition("=")
    with opened(shop, ctx) as there:
        _kept(there, {name: value}, text, as_json)


@book.command("audit", help=_help("audit"))
def audit(
    ctx: typer.Context,
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help=_help("product"))],
    no: Annotated[list[str], typer.Option("--no", metavar="STEP", help=_help("no"))],
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        entered = [decision.entry for decision in there.positioning.audited(product, no)]
        if as_json:
            echo_json({"actions": there.actions.as_json(entered, RUN.locale)})
        else:
            echo(*(f"{entry.id}  {_say(there, entry.action.words)}" for entry in entered))


def _kept(there: Shop, where: dict[str, str], text: str, as_json: bool) -> None:
    decision = there.positioning.keep(where, text)
    if not as_json:
        echo(say("position.kept", id=decision.entry.id))


def _range(name: str, typed: str | None) -> float | list[float] | None:
    return None if typed is None else value_of(f"position.{name}", typed)


def _say(there: Shop, words: Words) -> str:
    from zhanggui.i18n import writing

    return writing.say(words, RUN.locale, there.config.currency)
