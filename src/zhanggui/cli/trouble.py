"""An error in one line: what is wrong, where, what to do. A traceback only where it was asked for."""

from __future__ import annotations

import errno
import traceback
from typing import Any

import typer

from zhanggui.cli.speech import RUN, say
from zhanggui.errors import ZhangguiError
from zhanggui.i18n.columns import shorten
from zhanggui.i18n.trouble import LONGEST_VALUE, said_error

USER, OURS = 2, 1
_OF_PLACE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What the system says of a folder that may not be written or has no room: the user can mend it."""


def report(error: Exception, *, debug: bool) -> int:
    """Write ``error`` to standard error and give the exit code."""
    if debug:
        traceback.print_exception(error)
    typer.echo(f"zhanggui: {line(error)}", err=True)
    return exit_code(error)


def exit_code(error: Exception) -> int:
    """2 where the user can mend it, 1 where we must."""
    if isinstance(error, ZhangguiError):
        return error.exit_code
    return USER if _of_usage(error) or _of_place(error) else OURS


def line(error: Exception) -> str:
    """The error's words in one line."""
    if isinstance(error, ZhangguiError):
        said = said_error(error, RUN.locale)
    elif _of_usage(error):
        said = _usage(error)
    elif isinstance(error, OSError) and _of_place(error):
        said = say("cli.error.no_place", file=str(error.filename or ""), reason=str(error.strerror))
    else:
        said = say("cli.error.unexpected", kind=type(error).__name__, reason=shorten(str(error), LONGEST_VALUE))
    return " ".join(said.split())


def _of_place(error: Exception) -> bool:
    """Whether a place could not be written."""
    return isinstance(error, OSError) and error.errno in _OF_PLACE


def _of_usage(error: Exception) -> bool:
    """Whether the command line itself was wrong. The parser has its own exceptions, told by what they can say."""
    return hasattr(error, "format_message")


def _usage(error: Any) -> str:
    """A wrong command line, in the run's language for the usual mistakes."""
    kind = type(error).__name__
    name = getattr(error, "option_name", None) or getattr(error, "param_hint", None) or _param(error)
    key = {"NoSuchOption": "no_such_option", "MissingParameter": "missing", "BadParameter": "bad_parameter"}.get(kind)
    if key is None or not name:
        return say("cli.error.usage", reason=error.format_message())
    near = ", ".join(getattr(error, "possibilities", None) or ())
    if near:
        return say("cli.error.no_such_option_near", name=str(name), near=near)
    return say(f"cli.error.{key}", name=str(name), reason=str(getattr(error, "message", "")))


def _param(error: Any) -> str:
    param = getattr(error, "param", None)
    if param is None:
        return ""
    return (
        param.opts[0] if param.opts and param.opts[0].startswith("-") else (param.metavar or param.name or "").upper()
    )
