"""``zhanggui serve``: the desk in the browser."""

from __future__ import annotations

import signal
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhanggui.cli.options import Folder, open_shop
from zhanggui.cli.speech import echo, help_text, say
from zhanggui.errors import BadValue

if TYPE_CHECKING:
    from zhanggui.app import Shop

HOST, PORT = "127.0.0.1", 8600
Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help=help_text("host", "serve"))]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help=help_text("port", "serve"))]
Names = Annotated[list[str] | None, typer.Option("--name", metavar="HOST", help=help_text("name", "serve"))]


def add_to(app: typer.Typer) -> None:
    app.command("serve", help=help_text("serve", "serve"))(serve)


def serve(ctx: typer.Context, host: Host = HOST, port: Port = PORT, name: Names = None, shop: Folder = None) -> None:
    with open_shop(shop, ctx) as there:
        run(there, host, port, name or [])


def run(shop: Shop, host: str, port: int, names: list[str]) -> None:
    """Serve the desk of a workspace until Ctrl-C. Only with an owner's password is it opened to other machines."""
    inside = is_loopback(host)
    if not inside and not shop.people.has_owner():
        raise BadValue("serve.no_owner", host=host)
    listening = listen(host, port)
    try:
        serve_on(listening, shop.folder, host, names, inside=inside)
    finally:
        listening.close()


def serve_on(listening: socket.socket, folder: Path, host: str, names: list[str], *, inside: bool) -> None:
    import uvicorn

    from zhanggui.api import mounted
    from zhanggui.app import at_the_machine
    from zhanggui.app.desk import Desk
    from zhanggui.app.schedule import running
    from zhanggui.cli import run_handed
    from zhanggui.cli.receiving import receiving
    from zhanggui.web import desk_app
    from zhanggui.web.pages import ahead
    from zhanggui.web.safety import ANY_ADDRESS, OWN_HOSTS

    signal.signal(signal.SIGTERM, _stopped)
    desk = Desk(folder)
    try:
        others = () if inside else (host, socket.gethostname(), ANY_ADDRESS)
        app = desk_app(desk, hosts=(*OWN_HOSTS, *others, *names))
        app.router.routes.append(mounted(desk))
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else shown}:{listening.getsockname()[1]}"
        echo(say("serve.said.open", link=f"{address}/enter?key={desk.door.link(at_the_machine().name)}"))
        echo(say("serve.said.stop"))
        if desk.config["count_ahead"]:
            ahead(desk)  # the brief is on its way before anybody asks for it
        settings = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
        with receiving(desk.folder, run_handed, desk.alone), running(desk):
            uvicorn.Server(settings).run(sockets=[listening])
    except KeyboardInterrupt:  # Ctrl-C is how a desk is closed
        pass
    finally:
        desk.close()
    echo(say("serve.said.closed"))


def _stopped(*_: object) -> None:
    """Whoever ends the process ends it as Ctrl-C does: what is open is closed."""
    raise KeyboardInterrupt


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises BadValue where the address is not this machine's or the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)  # who follows the printed link at once waits instead of being turned away
    except OSError as error:
        listening.close()
        raise BadValue("serve.not_free", host=host, port=port, reason=error.strerror or str(error)) from None
    return listening


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
