"""``zhanggui costs``: the five-minute cost sheet, shown, set line by line or asked for; and monthly targets."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, echo, echo_json, help_text, say
from zhanggui.errors import BadValue
from zhanggui.i18n import text

if TYPE_CHECKING:
    from zhanggui.app import CostSheet, Shop

sheet = typer.Typer(help=help_text("costs"), invoke_without_command=True)
ASKED = (
    ("goods", "*"),
    ("per_order", "freight"),
    ("per_order", "packing"),
    ("share", "fees"),
    ("share", "commission"),
    ("refund", "freight"),
    ("refund", "handling"),
    ("refund", "unsellable"),
    ("lead_days", "*"),
)
_NUMBER = r"\d+(?:\.\d+)?%?"
_VALUE = re.compile(rf"\s*({_NUMBER})(?:\s*[-–~…]\s*({_NUMBER}))?\s*")


def add_to(app: typer.Typer) -> None:
    app.add_typer(sheet, name="costs")


@sheet.callback()
def costs(ctx: typer.Context, as_json: AsJson = False, shop: Folder = None) -> None:
    if ctx.invoked_subcommand is not None:
        return
    with open_shop(shop) as opened:
        if as_json:
            echo_json(_as_dict(opened.costs))
        elif not opened.costs and sys.stdin.isatty() and sys.stdout.isatty():
            _ask(opened)
        else:
            echo(*_written(opened.costs, opened.config.currency))


@sheet.command("ask", help=help_text("costs_ask"))
def ask(ctx: typer.Context, shop: Folder = None) -> None:
    with open_shop(shop, ctx) as opened:
        _ask(opened)


@sheet.command("set", help=help_text("costs_set"))
def set_one(
    ctx: typer.Context,
    section: Annotated[str, typer.Argument(metavar="SECTION", help=help_text("costs_section"))],
    name: Annotated[str, typer.Argument(metavar="NAME", help=help_text("costs_name"))],
    value: Annotated[str, typer.Argument(metavar="VALUE", help=help_text("costs_value"))],
    shop: Folder = None,
) -> None:
    with open_shop(shop, ctx) as opened:
        changed = opened.set_cost(section, name, value_of(f"{section}.{name}", value))
        echo(*_written(changed, opened.config.currency))


@sheet.command("target", help=help_text("costs_target"))
def target(
    ctx: typer.Context,
    month: Annotated[str, typer.Argument(metavar="MONTH", help=help_text("target_month"))],
    value: Annotated[float, typer.Argument(metavar="MONEY", min=0, help=help_text("target_value"))],
    shop: Folder = None,
) -> None:
    with open_shop(shop, ctx) as opened:
        opened.set_target(month, value)
        from zhanggui.units import Quantity

        echo(say("cli.costs.target", opened.config.currency, month=month, money=Quantity(value, exact=True)))


def value_of(entry: str, typed: str) -> float | list[float]:
    """``6.5``, ``0.45-0.5``, ``45%-50%``: a number or a range; 45 % is 0.45."""
    found = _VALUE.fullmatch(typed)
    if not found:
        raise BadValue("config.bad_cost", name=entry, value=typed)
    ends = [_number(end) for end in found.groups() if end]
    return ends if len(ends) > 1 else ends[0]


def _number(typed: str) -> float:
    return round(float(typed[:-1]) / 100, 10) if typed.endswith("%") else float(typed)


def _ask(opened: Shop) -> None:
    """Ask each line once. Enter leaves it as it is; what makes no sense is asked again."""
    echo(say("cli.costs.intro"))
    for section, name in ASKED:
        while True:
            known = opened.costs.get(section, name)
            shown = f" [{_range(known)}]" if known else ""
            typed = typer.prompt(
                text(f"cli.costs.ask_{section}_{_slot(name)}", RUN.locale) + shown, default="", show_default=False
            )
            if not typed.strip():
                break
            try:
                opened.set_cost(section, name, value_of(f"{section}.{name}", typed))
                break
            except BadValue as error:
                from zhanggui.cli.trouble import line

                echo(line(error))
    echo(*_written(opened.costs, opened.config.currency))


def _slot(name: str) -> str:
    return "all" if name == "*" else name


def _written(costs: CostSheet, currency: str) -> list[str]:
    from zhanggui.i18n.columns import table

    if not costs:
        return [say("cli.costs.none")]
    rows = [
        [text(f"cli.costs.section_{section}", RUN.locale), _name(name, alone=len(entries) == 1), _range(item)]
        for section, entries in costs.entries.items()
        for name, item in entries.items()
    ]
    head = [text(f"cli.column.{name}", RUN.locale) for name in ("section", "entry", "value")]
    key = "cli.costs.estimated" if costs.estimated else "cli.costs.currency"
    return [*table([head, *rows], "<<>", indent=0), say(key, n=costs.estimated, currency=currency)]


def _name(name: str, *, alone: bool) -> str:
    """What an entry is called; ``*`` is every category where it stands alone."""
    key = "cli.costs.entry_only" if name == "*" and alone else f"cli.costs.entry_{_slot(name)}"
    from zhanggui.i18n import has

    return text(key, RUN.locale) if has(key, RUN.locale) else name


def _range(item: Any) -> str:
    return f"{item.low:g}" if item.exact else f"{item.low:g}–{item.high:g}"


def _as_dict(costs: CostSheet) -> dict[str, Any]:
    return {
        "costs": {
            section: {name: [item.low, item.high] for name, item in entries.items()}
            for section, entries in costs.entries.items()
        }
    }
