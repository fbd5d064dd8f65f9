"""Which language this run speaks, and how it writes to the terminal."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from zhanggui.config import LOCALES
from zhanggui.errors import BadValue
from zhanggui.i18n import text
from zhanggui.units import Words

if TYPE_CHECKING:
    from zhanggui.app import Shop

WIDTH = 120


@dataclass
class Run(threading.local):
    """What was asked of the whole run, which is a thread's own: a desk runs commands that were handed over to it beside its own work.
    ``lang`` beats the workspace's language, which beats the terminal's. ``terminal`` is the one of a command that was handed over: its
    language and width."""

    lang: str | None = None
    workspace: str | None = None
    debug: bool = False
    terminal: tuple[str, int] | None = None
    alone: Callable[[], AbstractContextManager[Any]] = nullcontext
    """What keeps others of the desk from writing, for a handed command that does not need them kept from it all the time."""

    def start(self, lang: str | None, *, debug: bool) -> None:
        if lang is not None and lang not in LOCALES:
            raise BadValue("config.unknown_locale", name=lang, known=", ".join(LOCALES))
        self.lang, self.debug, self.workspace = lang, debug, None

    @property
    def locale(self) -> str:
        return self.lang or self.workspace or (self.terminal[0] if self.terminal else of_environment(os.environ))


RUN = Run()


def of_environment(environment: Mapping[str, str]) -> str:
    """The language of the terminal: ``ZHANGGUI_LANG`` if it names one of ours, else what ``LANG`` and its kin say.

    >>> of_environment({"LANG": "zh_TW.UTF-8"}), of_environment({"LANG": "zh_CN.UTF-8"}), of_environment({"LANG": "C"})
    ('zh-Hant', 'zh-Hans', 'en')
    """
    if environment.get("ZHANGGUI_LANG") in LOCALES:
        return environment["ZHANGGUI_LANG"]
    said = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    tag = said.replace("_", "-").casefold()
    if not tag.startswith("zh"):
        return "en"
    return "zh-Hant" if any(part in tag for part in ("hant", "-tw", "-hk", "-mo")) else "zh-Hans"


def _of_help() -> str:
    """The language of help texts, which are made before the options are read."""
    for at, arg in enumerate(sys.argv):
        value = arg.partition("=")[2] if arg.startswith("--lang=") else "".join(sys.argv[at + 1 : at + 2])
        if arg.startswith("--lang") and value in LOCALES:
            return value
    return of_environment(os.environ)


_HELP_LOCALE = _of_help()


def help_text(name: str, topic: str = "cli") -> str:
    """The help text ``<topic>.help.<name>``."""
    return text(f"{topic}.help.{name}", _HELP_LOCALE)


def say(key: str, currency: str = "", /, **params: Any) -> str:
    """The sentence of ``key`` in the run's language, its values written by locale."""
    from zhanggui.i18n import writing

    return writing.say(Words(key, params), RUN.locale, currency)


def echo(*lines: str) -> None:
    """Write to standard output."""
    for line in lines:
        typer.echo(line)


def columns() -> int:
    """How wide text may be: the terminal's width up to 120, and 120 where there is no terminal."""
    if RUN.terminal:
        return RUN.terminal[1]
    return min(WIDTH, max(40, shutil.get_terminal_size((WIDTH, 40)).columns)) if sys.stdout.isatty() else WIDTH


def echo_json(value: Any) -> None:
    """Write JSON: UTF-8 as it is, days as ISO text, what is no number as null."""
    echo(json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False, default=str))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Mapping):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_finite(item) for item in value]
    return value


def speak_as(shop: Shop) -> Shop:
    """From here on the run speaks the language of this workspace, unless ``--lang`` says another."""
    RUN.workspace = shop.config.locale
    return shop
