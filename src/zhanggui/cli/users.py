"""``zhanggui user``: people of the desk and their roles."""

from __future__ import annotations

from typing import Annotated

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import echo, echo_json, help_text, say
from zhanggui.errors import BadValue

book = typer.Typer(help=help_text("user", "people"), no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help=help_text("name", "people"))]
Role = Annotated[str, typer.Option("--role", metavar="owner|operator|viewer", help=help_text("role", "people"))]


def add_to(app: typer.Typer) -> None:
    app.add_typer(book, name="user")


@book.command("add", help=help_text("add", "people"))
def add(ctx: typer.Context, name: Name, role: Role = "operator", shop: Folder = None) -> None:
    from zhanggui.app import at_the_machine

    with open_shop(shop, ctx) as there:
        person = there.people.add(name, asked_twice(), role, by=at_the_machine())
        echo(say("people.said.added", name=person.name, role=say(f"people.role.{person.role}")))


@book.command("list", help=help_text("list", "people"))
def listed(ctx: typer.Context, as_json: AsJson = False, shop: Folder = None) -> None:
    from zhanggui.i18n.columns import table

    with open_shop(shop, ctx) as there:
        found = there.people.everybody()
        if as_json:
            rows = [{"name": p.name, "role": p.role, "since": p.at.isoformat() if p.at else None} for p in found]
            echo_json({"people": rows})
        elif not found:
            echo(say("people.said.nobody"))
        else:
            head = [say("people.said.column_name"), say("people.said.column_role"), say("people.said.column_since")]
            rows_text = [[p.name, say(f"people.role.{p.role}"), f"{p.at:%Y-%m-%d}" if p.at else ""] for p in found]
            echo(*table([head, *rows_text]))


@book.command("remove", help=help_text("remove", "people"))
def remove(ctx: typer.Context, name: Name, shop: Folder = None) -> None:
    from zhanggui.app import at_the_machine

    with open_shop(shop, ctx) as there:
        gone = there.people.remove(name, by=at_the_machine())
        echo(say("people.said.removed", name=gone.name))


@book.command("password", help=help_text("password", "people"))
def password(ctx: typer.Context, name: Name, shop: Folder = None) -> None:
    from zhanggui.app import at_the_machine

    with open_shop(shop, ctx) as there:
        person = there.people.set_password(name, asked_twice(), by=at_the_machine())
        echo(say("people.said.password_set", name=person.name))


@book.command("role", help=help_text("set_role", "people"))
def role(ctx: typer.Context, name: Name, role: Role, shop: Folder = None) -> None:
    from zhanggui.app import at_the_machine

    with open_shop(shop, ctx) as there:
        person = there.people.set_role(name, role, by=at_the_machine())
        echo(say("people.said.role_set", name=person.name, role=say(f"people.role.{person.role}")))


@book.command("link", help=help_text("link", "people"))
def link(
    ctx: typer.Context,
    address: Annotated[
        str, typer.Option("--address", metavar="URL", help=help_text("address", "people"))
    ] = "http://127.0.0.1:8600",
    shop: Folder = None,
) -> None:
    from zhanggui.app import at_the_machine

    with open_shop(shop, ctx) as there:
        echo(say("people.said.link", link=f"{address.rstrip('/')}/enter?key={there.door.link(at_the_machine().name)}"))


def asked_twice() -> str:
    """A new password, typed twice and not shown; from a pipe, its first line."""
    import sys

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    given: str = typer.prompt(say("people.ask.password"), hide_input=True)
    again: str = typer.prompt(say("people.ask.again"), hide_input=True)
    if given != again:
        raise BadValue("people.not_the_same")
    return given
