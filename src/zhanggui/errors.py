"""The tree of errors. Every error carries a code ``topic.name`` and parameters; its words are the text ``topic.error.name``."""

from __future__ import annotations

from typing import Any


class ZhangguiError(Exception):
    """Base of every error this package raises on purpose.

    ``code`` is ``topic.name`` and its words are the text ``topic.error.name``; ``params`` fill the placeholders, and
    ``exit_code`` is what the command line returns: 2 where the user can mend it, 1 where we must.
    """

    exit_code = 1

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        if not self.params:
            return self.code
        return f"{self.code}: " + ", ".join(f"{name}={value!r}" for name, value in self.params.items())


class UserError(ZhangguiError):
    """Something the user can mend: a wrong path, name, value or file."""

    exit_code = 2


class NotUnderstood(UserError):
    """A file that no source reads, or that two sources claim with too small a margin. Nothing was changed."""


class BadFile(UserError):
    """A file that is recognised but broken: truncated, binary, ids destroyed by a spreadsheet, two shops in one."""


class BadValue(UserError):
    """A value given on the command line or in the settings that is out of bounds or unknown."""


class Unanswerable(UserError):
    """A question the tables at hand cannot answer; ``params`` say which table would."""


class WorkspaceError(UserError):
    """The workspace is missing, of a newer version, read-only, out of disk, or its key does not fit."""


class Refused(UserError):
    """An action, or a text in it, that law or the shop's own policy forbids; its words say why and what is offered instead."""


class Busy(WorkspaceError):
    """Another process holds the warehouse."""


class Decided(UserError):
    """An action does not stand where that could be decided about it; ``params`` say who did what and when. Nothing was changed."""


class Unreached(UserError):
    """A live shop that gives no answer, does not let us in, or answers with something else; what was read before stays."""


class NotLetIn(UserError):
    """A wrong name or password, or a link or token that is worth nothing (any more)."""


class Throttled(UserError):
    """Too many tries to come in; ``params["seconds"]`` says how long to wait."""


class Broken(ZhangguiError):
    """A promise inside the program did not hold: ours to mend."""
