"""``zhanggui sync``: what changed in live shops since the last time; and which live shops there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, echo, echo_json, help_text, say
from zhanggui.errors import BadValue

if TYPE_CHECKING:
    from zhanggui.app import Shop, Tried

NOT_REACHED, SOME_REJECTED = 2, 3
RUN_NAME = "run"
Name = Annotated[str, typer.Argument(metavar="NAME", help=help_text("name", "live"))]


class _OrName(TyperGroup):
    """``sync`` and ``sync NAME`` read shops; ``sync add`` and its kin are commands of their own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        first = next((arg for arg in args if not arg.startswith("-")), "")
        if first not in self.commands and not {"-h", "--help"} & {*args}:
            args = [RUN_NAME, *args]
        return super().parse_args(ctx, args)


shops = typer.Typer(cls=_OrName, help=help_text("sync", "live"))


def add_to(app: typer.Typer) -> None:
    app.add_typer(shops, name="sync")


@shops.command(RUN_NAME, help=help_text("run", "live"))
def run(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=help_text("which", "live"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("dry_run", "live"))] = False,
    anew: Annotated[bool, typer.Option("--anew", help=help_text("anew", "live"))] = False,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app import live_json

    with open_shop(shop) as opened:
        if name is None and not opened.config.sync:
            raise BadValue("live.no_connections")
        tried = _tried(opened, name, dry_run=dry_run, anew=anew)
        if as_json:
            echo_json({"synced": [live_json.tried_json(each, RUN.locale) for each in tried]})
        else:
            for each in tried:
                show(each)
    if any(each.problem for each in tried):
        raise typer.Exit(NOT_REACHED)
    if any(each.done and each.done.rejected for each in tried):
        raise typer.Exit(SOME_REJECTED)


def _tried(opened: Shop, name: str | None, *, dry_run: bool, anew: bool) -> list[Tried]:
    names = [name] if name is not None else list(opened.config.sync)
    with told_of() as told:
        shelf = opened.live.shelf(RUN.alone)
        return [opened.live.tried(each, dry_run=dry_run, anew=anew, told=told, shelf=shelf) for each in names]


@contextmanager
def told_of() -> Iterator[Callable[[str, int], None]]:
    """What is read, page by page, on standard error."""
    from zhanggui.cli import progress

    read: dict[str, int] = {}
    with progress.shown(0) as step:

        def told(stream: str, records: int) -> None:
            read[stream] = read.get(stream, 0) + records
            step(say("live.said.reading", stream=stream, n=read[stream]))

        yield told


def show(tried: Tried) -> None:
    """What a sync did, for people."""
    from zhanggui.app import data
    from zhanggui.cli import trouble

    if tried.problem is not None:
        typer.echo(f"zhanggui: {trouble.line(tried.problem)}", err=True)
        return
    done = tried.done
    assert done is not None
    head, *rest = data.synced(done, RUN.locale)
    echo(head, *(f" {line}" for line in rest))
    if done.rejected:
        from zhanggui.cli.reconciled import rejected

        echo(*rejected(done.rejects, done.rejected))


@shops.command("list", help=help_text("list", "live"))
def listed(as_json: AsJson = False, shop: Folder = None) -> None:
    from zhanggui.app import live_json
    from zhanggui.i18n.columns import table

    with open_shop(shop) as opened:
        found = opened.live.connections()
        if as_json:
            echo_json({"connections": [live_json.standing_json(each) for each in found]})
        elif not found:
            echo(say("live.said.none"))
        else:
            head = [say(f"live.column.{name}") for name in ("name", "kind", "url", "channel", "at")]
            rows = live_json.cells(found, RUN.locale, opened.config.timezone)
            echo(*table([head, *rows]))


@shops.command("add", help=help_text("add", "live"))
def add(
    name: Name,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help=help_text("kind", "live"))],
    url: Annotated[str, typer.Option("--url", metavar="URL", help=help_text("url", "live"))],
    channel: Annotated[str, typer.Option("--channel", metavar="NAME", help=help_text("channel", "live"))] = "",
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help=help_text("option", "live"))
    ] = None,
    keyring: Annotated[bool, typer.Option("--keyring", help=help_text("keyring", "live"))] = False,
    shop: Folder = None,
) -> None:
    with open_shop(shop) as opened:
        added = opened.live.add(name, kind, url, channel=channel, options=_pairs(option))
        echo(say("live.said.added", name=added.name))
        for secret in opened.live.secrets(added):
            if keyring:
                typed = typer.prompt(say("live.said.ask", secret=secret.name), hide_input=True, err=True)
                opened.live.keep_secret(added.name, secret.name, typed)
            else:
                echo(" " + say("live.said.set", variable=secret.variable))


def _pairs(told: list[str] | None) -> dict[str, str]:
    found = {}
    for pair in told or ():
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise BadValue("cli.bad_pair", option="--option", value=pair, example="--option per_second=1")
        found[name.strip()] = value.strip()
    return found


@shops.command("test", help=help_text("test", "live"))
def try_one(name: Name, as_json: AsJson = False, shop: Folder = None) -> None:
    from zhanggui.app import live_json

    with open_shop(shop) as opened:
        answered = opened.live.test(name)
    if as_json:
        echo_json(live_json.answered_json(answered))
    else:
        echo(*live_json.answered_said(answered, RUN.locale))


@shops.command("remove", help=help_text("remove", "live"))
def remove(name: Name, shop: Folder = None) -> None:
    with open_shop(shop) as opened, RUN.alone():
        opened.live.remove(name)
    echo(say("live.said.removed", name=name))
