"""``zhanggui import``, ``imports`` and ``export``: files in with their reconciliation, one import taken back, files out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, echo, echo_json, help_text, say
from zhanggui.errors import BadValue

if TYPE_CHECKING:
    from zhanggui.app import Batch

SOME_REJECTED = 3
list_of_imports = typer.Typer(help=help_text("imports"), invoke_without_command=True)


def add_to(app: typer.Typer) -> None:
    app.command("import", help=help_text("import"))(import_files)
    app.add_typer(list_of_imports, name="imports")
    app.command("export", help=help_text("export"))(export)


def import_files(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help=help_text("import_path"))],
    source: Annotated[str | None, typer.Option("--source", metavar="NAME", help=help_text("import_source"))] = None,
    channel: Annotated[str | None, typer.Option("--channel", metavar="NAME", help=help_text("import_channel"))] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help=help_text("import_map"))
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("import_dry_run"))] = False,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    from zhanggui.app import imports_json
    from zhanggui.cli import progress, reconciled

    with open_shop(shop) as opened:
        with progress.shown(2) as step:
            step(say("cli.import.reading", n=len(paths)))
            readings = opened.read_files(paths, source=source, channel=channel, mapping=_mapping(mapping))
            step(say("cli.import.loading"))
            done = opened.load(readings, dry_run=dry_run)
        if as_json:
            echo_json(imports_json.reconciliation_json(done, RUN.locale, readings if dry_run else ()))
        else:
            echo(*reconciled.guesses(readings) if dry_run else ())
            echo(*reconciled.lines(done, opened.config.currency))
        if done.rejected:
            raise typer.Exit(SOME_REJECTED)


def _mapping(pairs: list[str] | None) -> dict[str, str]:
    """``COLUMN=FIELD`` turned round to field ← column; the column's own name may hold an equals sign."""
    found: dict[str, str] = {}
    for pair in pairs or ():
        column, sign, field = pair.rpartition("=")
        if not sign or not column or not field:
            raise BadValue("cli.bad_pair", option="--map", value=pair, example="--map Amount=line_total")
        found[field.strip()] = column.strip()
    return found


@list_of_imports.callback()
def imports(ctx: typer.Context, as_json: AsJson = False, shop: Folder = None) -> None:
    if ctx.invoked_subcommand is not None:
        return
    with open_shop(shop) as opened:
        batches = opened.imports()
    if as_json:
        echo_json({"imports": [_dict(batch) for batch in batches]})
    elif batches:
        from zhanggui.cli.reconciled import list_of

        echo(*list_of(batches))
    else:
        echo(say("cli.imports.none"))


@list_of_imports.command("undo", help=help_text("undo"))
def undo(
    ctx: typer.Context,
    batch: Annotated[str, typer.Argument(metavar="BATCH", help=help_text("undo_batch"))],
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with open_shop(shop, ctx) as opened:
        undone = opened.undo(batch)
    if as_json:
        echo_json({"batch": undone.batch, "removed": undone.removed, "changed": undone.changed})
        return
    rows = sum(undone.removed.values())
    echo(say("cli.imports.undone", batch=undone.batch, rows=rows))


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=help_text("export_dir"))],
    format: Annotated[str, typer.Option("--format", metavar="csv|parquet", help=help_text("export_format"))] = "csv",
    shop: Folder = None,
) -> None:
    if format not in ("csv", "parquet"):
        raise BadValue("cli.unknown_choice", option="--format", value=format, known="csv, parquet")
    with open_shop(shop) as opened:
        files = opened.export(folder, format=format)
    echo(say("cli.export.done", n=len(files), folder=str(folder)))


def _dict(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "at": batch.at.isoformat(),
        "files": batch.files,
        "rows": batch.rows,
        "rejected": batch.rejected,
        "undone_at": batch.undone_at.isoformat() if batch.undone_at else None,
    }
