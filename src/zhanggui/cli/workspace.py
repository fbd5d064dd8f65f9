"""``zhanggui init`` and ``zhanggui demo``: making a workspace, empty or from the bundled shop."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from zhanggui.cli import progress, serve
from zhanggui.cli.speech import RUN, columns, echo, help_text, of_environment, say, speak_as
from zhanggui.config import Config

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
    no_serve: Annotated[bool, typer.Option("--no-serve", help=help_text("demo_no_serve"))] = False,
    port: serve.Port = serve.PORT,
) -> None:
    from zhanggui.app import Shop

    locale = RUN.lang or of_environment({"ZHANGGUI_LANG": _environment_lang()})
    with progress.shown(1) as step:
        step(say("cli.demo.making", folder=str(folder)))
        shop = Shop.demo(folder, locale)
    with speak_as(shop):
        echo(shop.brief_text(shop.brief(), RUN.locale, columns()), say("cli.demo.credit"))
        echo(say("cli.demo.next", folder=str(folder)))
    if sys.stdout.isatty() and not no_serve:
        with Shop.open(folder) as shop:
            serve.run(shop, serve.HOST, port, [])


def _environment_lang() -> str:
    import os

    return os.environ.get("ZHANGGUI_LANG", "")
