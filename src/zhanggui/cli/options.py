"""Options that many commands share, and opening the workspace they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhanggui.cli.speech import help_text, speak_as

if TYPE_CHECKING:
    from zhanggui.app import Shop

Folder = Annotated[Path | None, typer.Option("--shop", metavar="DIR", help=help_text("shop"))]
AsJson = Annotated[bool, typer.Option("--json", help=help_text("json"))]
Since = Annotated[str | None, typer.Option("--from", metavar="DAY", help=help_text("from"))]
Until = Annotated[str | None, typer.Option("--to", metavar="DAY", help=help_text("to"))]
By = Annotated[list[str] | None, typer.Option("--by", metavar="DIM", help=help_text("by"))]


def open_shop(folder: Path | None, ctx: typer.Context | None = None) -> Shop:
    """The workspace of ``--shop``: of this command, of the group it stands in, or the current folder."""
    from zhanggui.app import Shop

    above = ctx.parent.params.get("shop") if ctx is not None and ctx.parent is not None else None
    return speak_as(Shop.open(Path(folder or above or ".")))


def split(values: list[str] | None) -> list[str]:
    """``--by a --by b`` and ``--by a,b`` say the same."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]
