"""The command line: parse, one call of the shop, print. Heavy rooms are imported inside commands, so that help is quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from typing import Annotated, Any

import typer

from zhanggui import __version__
from zhanggui.cli import (
    actions,
    backups,
    briefs,
    costs,
    daily,
    experiments,
    imports,
    numbers,
    origins,
    outcomes,
    payouts,
    plans,
    position,
    practice,
    rules,
    scores,
    serve,
    suspects,
    sync,
    users,
    waterfall,
    workspace,
)
from zhanggui.cli.speech import RUN, WIDTH, Run, columns, help_text, of_environment, say

app = typer.Typer(
    name="zhanggui",
    help=help_text("zhanggui"),
    epilog=help_text("lang"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help takes half the time of the decorated one
    # A value for ``help`` spares the parser's type machinery, whose import takes longer than all the rest of a small command.
    context_settings={
        "help_option_names": ["-h", "--help"],
        "default_map": {"help": False, "metrics": {"help": False}},
    },
)
workspace.add_to(app)
imports.add_to(app)
briefs.add_to(app)
numbers.add_to(app)
costs.add_to(app)
actions.add_to(app)
outcomes.add_to(app)
suspects.add_to(app)
scores.add_to(app)
rules.add_to(app)
waterfall.add_to(app)
payouts.add_to(app)
origins.add_to(app)
position.add_to(app)
plans.add_to(position.book)
backups.add_to(app)
experiments.add_to(app)
practice.add_to(app)
daily.add_to(app)
sync.add_to(app)
serve.add_to(app)
users.add_to(app)

STOPPED = 130


@app.callback()
def everywhere(
    debug: Annotated[bool, typer.Option("--debug", help=help_text("debug"))] = False,
    version: Annotated[bool, typer.Option("--version", help=help_text("version"))] = False,
) -> None:
    RUN.debug = RUN.debug or debug


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0 done, 3 some rows rejected, 2 the user's mistake, 1 ours, 130 stopped by Ctrl-C."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        RUN.start(None, debug="--debug" in given)
        own, rest = _own_apart(given)
        RUN.start(own.lang, debug=own.debug)
        if not rest:
            rest = ["--help"]
        if rest[0] == "--version":
            typer.echo(f"zhanggui {__version__}")
            return 0
        if RUN.terminal is None and (handed := _handed(rest, given)) is not None:
            return handed
        code = _commands()(args=rest, prog_name="zhanggui", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except (BrokenPipeError, SystemExit):  # the parser turns the former into the latter
        return _reader_left()
    except Exception as error:
        from zhanggui.cli import trouble

        return trouble.report(error, debug=RUN.debug)
    if code == STOPPED:
        typer.echo(say("cli.stopped"), err=True)
    return code if isinstance(code, int) else 0


@cache
def _commands() -> Callable[..., Any]:
    """The parser of all commands. Making it takes longer than a small command: a desk that runs many makes it once."""
    return typer.main.get_command(app)


def _handed(rest: list[str], given: list[str]) -> int | None:
    """The exit code of a command that the desk ran, None where no desk has the workspace open."""
    from zhanggui.cli import handing

    if not handing.is_handed(rest) or not (handing.folder_of(rest) / handing.NOTE).is_file():
        return None
    terminal = {"language": of_environment(os.environ), "width": columns(), "terminal": sys.stdout.isatty()}
    return handing.hand_over(rest, given, terminal)


def run_handed(given: list[str], terminal: Mapping[str, Any]) -> int:
    """Run a command that was handed over, as its own terminal would show it."""
    RUN.terminal = (str(terminal.get("language", "en")), int(terminal.get("width", WIDTH)))
    RUN.alone = terminal.get("alone", nullcontext)
    return main(given)


def _own_apart(args: list[str]) -> tuple[Run, list[str]]:
    """``--lang`` and ``--debug`` may stand anywhere. They are taken out here, since the parser's typed options double the start-up time."""
    own, rest, waiting = Run(), [], iter(args)
    for arg in waiting:
        if arg == "--":
            rest += [arg, *waiting]
        elif arg == "--debug":
            own.debug = True
        elif arg == "--lang":
            own.lang = next(waiting, "")
        elif arg.startswith("--lang="):
            own.lang = arg.partition("=")[2]
        else:
            rest.append(arg)
    return own, rest


def _reader_left() -> int:
    """``zhanggui query … | head`` ends quietly when head has seen enough."""
    if RUN.terminal is not None:
        return 1
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
