"""The command line: parse, one call of the shop, print. Heavy rooms are imported inside commands, so that help is quick."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from zhanggui.cli import briefs, costs, imports, numbers, workspace
from zhanggui.cli.speech import RUN, help_text, say

app = typer.Typer(
    name="zhanggui",
    help=help_text("zhanggui"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help takes half the time of the decorated one
    context_settings={"help_option_names": ["-h", "--help"]},
)
workspace.add_to(app)
imports.add_to(app)
briefs.add_to(app)
numbers.add_to(app)
costs.add_to(app)

STOPPED = 130
_WITH_VALUE, _WITHOUT = ("--lang",), ("--debug",)


def _version(wanted: bool) -> None:
    if wanted:
        from zhanggui import __version__

        typer.echo(f"zhanggui {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    lang: Annotated[str | None, typer.Option("--lang", metavar="LANG", help=help_text("lang"))] = None,
    debug: Annotated[bool, typer.Option("--debug", help=help_text("debug"))] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=help_text("version"))
    ] = False,
) -> None:
    RUN.start(lang, debug=debug)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0 done, 3 some rows rejected, 2 the user's mistake, 1 ours, 130 stopped by Ctrl-C."""
    RUN.start(None, debug=False)
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        code = app(args=_own_first(given), prog_name="zhanggui", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:
        from zhanggui.cli import trouble

        return trouble.report(error, debug=RUN.debug or "--debug" in given)
    if code == STOPPED:
        typer.echo(say("cli.stopped"), err=True)
    return code if isinstance(code, int) else 0


def _own_first(args: list[str]) -> list[str]:
    """``--lang`` and ``--debug`` may stand anywhere; they are brought to the front, where the program looks for them."""
    front, rest, waiting = [], [], iter(args)
    for arg in waiting:
        if arg == "--":
            rest += [arg, *waiting]
        elif arg in _WITHOUT or arg.startswith(tuple(f"{name}=" for name in _WITH_VALUE)):
            front.append(arg)
        elif arg in _WITH_VALUE:
            front += [arg, *[value for value in [next(waiting, None)] if value is not None]]
        else:
            rest.append(arg)
    return front + rest


def _reader_left() -> int:
    """``zhanggui query … | head`` ends quietly when head has seen enough."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
