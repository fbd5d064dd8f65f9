"""``zhanggui experiment``: plan a test, deal its units out, read it at any time, stop it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, columns, echo, echo_json, help_text, say
from zhanggui.errors import BadValue

if TYPE_CHECKING:
    from zhanggui.app import Shop

TOPIC = "experiments"

book = typer.Typer(help=help_text("experiment", TOPIC), no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help=help_text("id", TOPIC))]
Who = Annotated[str | None, typer.Option("--by", metavar="NAME", help=help_text("by", TOPIC))]


def add_to(app: typer.Typer) -> None:
    app.add_typer(book, name="experiment")


@book.command("new", help=help_text("new", TOPIC))
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help=help_text("name", TOPIC))],
    change: Annotated[str, typer.Option("--change", metavar="WHAT", help=help_text("change", TOPIC))],
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT", help=help_text("unit", TOPIC))] = "visitor",
    metric: Annotated[
        str, typer.Option("--metric", metavar="conversion|value", help=help_text("metric", TOPIC))
    ] = "conversion",
    variant: Annotated[
        list[str] | None, typer.Option("--variant", metavar="NAME[=SHARE]", help=help_text("variant", TOPIC))
    ] = None,
    effect: Annotated[str, typer.Option("--effect", metavar="SHARE", help=help_text("effect", TOPIC))] = "0.1",
    since: Annotated[str | None, typer.Option("--from", metavar="DAY", help=help_text("from", TOPIC))] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DAY", help=help_text("to", TOPIC))] = None,
    size: Annotated[int | None, typer.Option("--size", metavar="N", min=1, help=help_text("size", TOPIC))] = None,
    per_day: Annotated[
        float | None, typer.Option("--per-day", metavar="NUMBER", help=help_text("per_day", TOPIC))
    ] = None,
    mean: Annotated[float | None, typer.Option("--mean", metavar="NUMBER", help=help_text("mean", TOPIC))] = None,
    spread: Annotated[float | None, typer.Option("--spread", metavar="NUMBER", help=help_text("spread", TOPIC))] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=help_text("note", TOPIC))] = "",
    action: Annotated[str, typer.Option("--for", metavar="ACTION", help=help_text("action", TOPIC))] = "",
    own_id: Annotated[str | None, typer.Option("--id", metavar="ID", help=help_text("own_id", TOPIC))] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help=help_text("anyway", TOPIC))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("dry_run", TOPIC))] = False,
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with open_shop(shop) as opened:
        plan, outlook = opened.experiments.plan(
            name,
            change=change,
            unit=unit,
            metric=metric,
            variants=[_variant(each) for each in variant or ("control", "treatment")],
            start=since,
            end=until,
            smallest=_share(effect),
            planned=size,
            a_day=per_day,
            mean=mean,
            spread=spread,
            note=note,
            action=action,
            id=own_id,
        )
        if not as_json:
            typer.echo(opened.experiments.plan_text(plan, outlook, RUN.locale, columns()), nl=False)
        made = None if dry_run else opened.experiments.new(plan, outlook, anyway=anyway, by=by)
        if as_json:
            echo_json(opened.experiments.plan_json(plan, outlook) | {"made": made is not None})
        else:
            echo("", say("experiments.made", id=plan.id) if made else say("experiments.not_made"))


def _variant(text: str) -> tuple[str, float | None]:
    """``NAME`` or ``NAME=SHARE``."""
    name, sign, share = text.partition("=")
    return name.strip(), _share(share, text) if sign else None


def _share(text: str, whole: str = "") -> float:
    """A share as ``0.1`` or ``10%``."""
    try:
        number = float(text.strip().removesuffix("%"))
    except ValueError:
        raise BadValue("experiments.not_a_share", value=whole or text) from None
    return number / 100 if text.strip().endswith("%") else number


@book.command("assign", help=help_text("assign", TOPIC))
def assign(
    id: Id,
    units: Annotated[list[str], typer.Argument(metavar="FILE|UNIT…", help=help_text("units", TOPIC))],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=help_text("out", TOPIC))] = None,
    column: Annotated[str | None, typer.Option("--column", metavar="COL", help=help_text("column", TOPIC))] = None,
    remember: Annotated[bool, typer.Option("--remember", help=help_text("remember", TOPIC))] = False,
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with open_shop(shop) as opened:
        dealt = opened.experiments.assign(id, _units(units), to=out, column=column, remember=remember, by=by)
        if as_json:
            echo_json(opened.experiments.assignments_json(id, dealt))
            return
        if out is None:
            echo(*(f"{unit},{variant}" for unit, variant in dealt.variants))
        counts = [say("experiments.assigned_count", variant=variant, n=n) for variant, n in dealt.counts.items()]
        told = [say("experiments.assigned", id=id, units=len(dealt.variants), counts=counts)]
        if dealt.repeated or dealt.blank or dealt.masked:
            told.append(
                say(
                    "experiments.assigned_not",
                    repeated=dealt.repeated,
                    blank=dealt.blank,
                    masked=dealt.masked,
                )
            )
        told += [say("experiments.remembered")] if remember else []
        told += [say("experiments.written", file=str(out))] if out else []
        for line in told:  # the assignments themselves are what goes to standard output
            typer.echo(line, err=out is None)


def _units(given: list[str]) -> Any:
    """One argument that looks like a file is one; anything else are ids."""
    looks_like_file = len(given) == 1 and (Path(given[0]).suffix != "" or Path(given[0]).exists())
    return Path(given[0]) if looks_like_file and "@" not in given[0] else given


@book.command("list", help=help_text("list", TOPIC))
def list_all(as_json: AsJson = False, shop: Folder = None) -> None:
    with open_shop(shop) as opened:
        found = opened.experiments.list()
        if as_json:
            echo_json(opened.experiments.list_json(found))
        else:
            typer.echo(opened.experiments.list_text(found, RUN.locale), nl=False)


@book.command("show", help=help_text("show", TOPIC))
def show(id: Id, as_json: AsJson = False, shop: Folder = None) -> None:
    with open_shop(shop) as opened:
        _show(opened, opened.experiments.show(id), as_json=as_json)


@book.command("stop", help=help_text("stop", TOPIC))
def stop(
    id: Id,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help=help_text("why", TOPIC))],
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with open_shop(shop) as opened:
        _show(opened, opened.experiments.stop(id, why, by=by), as_json=as_json)


def _show(opened: Shop, reading: Any, *, as_json: bool) -> None:
    if as_json:
        echo_json(opened.experiments.reading_json(reading))
    else:
        typer.echo(opened.experiments.reading_text(reading, RUN.locale, columns()), nl=False)
