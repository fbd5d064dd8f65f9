"""``zhanggui backup`` and ``zhanggui restore``: everything in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import echo, echo_json, help_text, say

Given = Annotated[Path, typer.Argument(metavar="FILE", help=help_text("backup_file"))]


def add_to(app: typer.Typer) -> None:
    app.command("backup", help=help_text("backup"))(backup)
    app.command("restore", help=help_text("restore"))(restore)


def backup(file: Given, as_json: AsJson = False, shop: Folder = None) -> None:
    with open_shop(shop) as opened:
        made = opened.back_up(file)
        if as_json:
            echo_json({"file": made.file, "shop": made.shop, "made_at": made.made_at, "bytes": made.size})
        else:
            echo(say("ledger.said.backed_up", file=str(file), mb=made.size / 1e6), say("ledger.said.key_inside"))


def restore(file: Given, as_json: AsJson = False, shop: Folder = None) -> None:
    from zhanggui.app import Shop

    folder = shop or Path(".")
    back = Shop.restore(file, folder)
    if as_json:
        echo_json({"file": back.file, "shop": back.shop, "made_at": back.made_at, "replaced": back.replaced})
        return
    echo(say("ledger.said.restored", shop=back.shop, at=f"{back.made_at:%Y-%m-%d %H:%M}", folder=str(folder)))
    if back.replaced:
        echo(say("ledger.said.replaced", folder=str(back.replaced)))
