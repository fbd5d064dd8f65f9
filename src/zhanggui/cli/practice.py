"""``zhanggui practice``: a simulated shop with known truth, to practise on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhanggui.cli import progress
from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, echo, echo_json, help_text, of_environment, say
from zhanggui.i18n import text
from zhanggui.units import Quantity

if TYPE_CHECKING:
    from zhanggui.app.practice import Passed, Score

sheet = typer.Typer(help=help_text("practice", "practice"), no_args_is_help=True)
SHOWN = ("yours", "nothing", "thumb", "oracle")


def add_to(app: typer.Typer) -> None:
    app.add_typer(sheet, name="practice")


@sheet.command("new", help=help_text("new", "practice"))
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=help_text("dir", "practice"))],
    character: Annotated[
        str, typer.Option("--character", metavar="NAME", help=help_text("character", "practice"))
    ] = "kitchen",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help=help_text("seed", "practice"))] = 1,
    as_json: AsJson = False,
) -> None:
    from zhanggui.app.practice import Practice

    locale = RUN.lang or of_environment({"ZHANGGUI_LANG": _environment_lang()})
    with progress.shown(1) as step:
        step(say("practice.said.making", character=character))
        made = Practice.new(folder, character, seed, locale=locale)
    with made.shop as shop:
        told = {
            "character": character,
            "seed": seed,
            "folder": str(folder),
            "days": made.course.day,
            "today": shop.clock.today(),
        }
        if as_json:
            echo_json({**told, "today": shop.clock.today().isoformat()})
        else:
            echo(say("practice.said.made", **told), say("practice.said.next", folder=str(folder)))


@sheet.command("day", help=help_text("day", "practice"))
def day(
    days: Annotated[int, typer.Argument(metavar="N", help=help_text("days", "practice"))] = 1,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with open_shop(shop) as opened:
        passed = opened.practice.live(days)
        if as_json:
            echo_json(_passed(passed))
            return
        for kind, product, taken in passed.done:
            key = "practice.said.felt" if taken else "practice.said.not_felt"
            echo(say(key, kind=kind, target=product or say("practice.said.whole")))
        echo(say("practice.said.passed", start=passed.start, end=passed.end))


@sheet.command("do", help=help_text("do", "practice"))
def do(
    names: Annotated[list[str] | None, typer.Argument(metavar="ID…", help=help_text("ids", "practice"))] = None,
    shop: Folder = None,
) -> None:
    with open_shop(shop) as opened:
        done = opened.practice.do(names or ())
        echo(*(say("practice.said.did", id=entry.id) for entry in done) if done else (say("practice.said.nothing"),))


@sheet.command("score", help=help_text("score", "practice"))
def score(as_json: AsJson = False, shop: Folder = None) -> None:
    from zhanggui.i18n.columns import table

    with open_shop(shop) as opened:
        found = opened.practice.score()
        if as_json:
            echo_json(_score(found))
            return
        currency = opened.config.currency
        rows = [
            [
                text(f"practice.who.{who}", RUN.locale),
                _money(getattr(found, who), currency),
                _money(getattr(found, who) - found.nothing, currency, signed=True),
            ]
            for who in SHOWN
        ]
        head = [text(f"practice.column.{name}", RUN.locale) for name in ("who", "profit", "against")]
        echo(say("practice.said.score", start=found.start, end=found.end), *table([head, *rows], "<>>", indent=0))
        if found.share is None:
            echo(say("practice.said.no_share"))
        else:
            echo(say("practice.said.share", share=Quantity(found.share, "share")))


def _money(value: float, currency: str, *, signed: bool = False) -> str:
    from zhanggui.i18n.writing import quantity

    return quantity(Quantity(value, "money", signed=signed), RUN.locale, currency)


def _passed(passed: Passed) -> dict[str, Any]:
    done = [{"kind": kind, "product_id": product, "taken": taken} for kind, product, taken in passed.done]
    return {"from": passed.start.isoformat(), "to": passed.end.isoformat(), "done": done}


def _score(found: Score) -> dict[str, Any]:
    told: dict[str, Any] = {who: round(getattr(found, who), 2) for who in SHOWN}
    return {
        "from": found.start.isoformat(),
        "to": found.end.isoformat(),
        **told,
        "share": found.share,
        "lines": found.lines,
    }


def _environment_lang() -> str:
    import os

    return os.environ.get("ZHANGGUI_LANG", "")
