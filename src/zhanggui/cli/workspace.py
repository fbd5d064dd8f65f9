"""``zhanggui init`` and ``zhanggui demo``: making a workspace, empty or from the bundled shop."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhanggui.cli import progress, serve
from zhanggui.cli.speech import RUN, columns, echo, help_text, of_environment, say, speak_as
from zhanggui.config import Config

if TYPE_CHECKING:
    from zhanggui.app import Shop

DEMO_FOLDER = "zhanggui-demo"


def add_to(app: typer.Typer) -> None:
    app.command("demo", help=help_text("demo"))(demo)
    app.command("init", help=help_text("init"))(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=help_text("init_dir"))],
    name: Annotated[str | None, typer.Option("--name", help=help_text("init_name"))] = None,
    currency: Annotated[str, typer.Option("--currency", help=help_text("init_currency"))] = "CNY",
    timezone: Annotated[str, typer.Option("--timezone", help=help_text("init_timezone"))] = "Asia/Shanghai",
    locale: Annotated[str | None, typer.Option("--locale", help=help_text("init_locale"))] = None,
) -> None:
    from zhanggui.app import Shop

    config = Config(
        name=name or folder.resolve().name,
        currency=currency.upper(),
        timezone=timezone,
        locale=locale or RUN.locale,
    )
    with Shop.create(folder, config):
        echo(say("cli.init.done", folder=str(folder), currency=config.currency, timezone=config.timezone))
        echo(say("cli.init.next", folder=str(folder)))


def demo(
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help=help_text("demo_dir"))] = Path(DEMO_FOLDER),
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help=help_text("demo_until"))] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help=help_text("demo_no_serve"))] = False,
    port: serve.Port = serve.PORT,
) -> None:
    from zhanggui.app import Shop

    locale = RUN.lang or of_environment({"ZHANGGUI_LANG": _environment_lang()})
    with progress.shown(1) as step:
        step(say("cli.demo.making", folder=str(folder)))
        shop = Shop.demo(folder, locale, until)
    with speak_as(shop):
        echo(shop.brief_text(shop.brief(), RUN.locale, columns()), say("cli.demo.credit"))
        echo(say("cli.demo.next", folder=str(folder)), *_held(folder, shop))
    if sys.stdout.isatty() and not no_serve:
        with Shop.open(folder) as shop:
            serve.run(shop, serve.HOST, port, [])


def _held(folder: Path, shop: Shop) -> list[str]:
    """That later days are held back, where they are."""
    from zhanggui.app.demo import days_of_file, lived_until

    until = lived_until(folder)
    if until is None or until == days_of_file().last:
        return []
    told = {name: day.isoformat() for name, day in (("until", until), ("today", shop.clock.today()))}
    return [say("demo.said.held", **told, folder=str(folder))]


def _environment_lang() -> str:
    import os

    return os.environ.get("ZHANGGUI_LANG", "")
