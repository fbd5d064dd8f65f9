"""``zhanggui actions``: the ledger. Every verb says what it did and what comes next; what one should know goes to standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhanggui.cli.options import AsJson, Folder, open_shop
from zhanggui.cli.speech import RUN, columns, echo, echo_json, help_text, say
from zhanggui.errors import BadValue
from zhanggui.units import Words

if TYPE_CHECKING:
    from zhanggui.app import Actions, Application, Decision, Shop

book = typer.Typer(help=help_text("actions"), invoke_without_command=True)

Id = Annotated[str, typer.Argument(metavar="ID", help=help_text("action_id"))]
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help=help_text("action_id"))]
Who = Annotated[str | None, typer.Option("--by", metavar="NAME", help=help_text("action_by"))]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help=help_text("action_text"))]
DoneOn = Annotated[str | None, typer.Option("--on", metavar="DAY", help=help_text("action_on_done"))]
Despite = Annotated[str, typer.Option("--despite", metavar="TEXT", help=help_text("action_despite"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=help_text("action_dry_run"))]
KeepShop = Annotated[bool, typer.Option("--keep-shop", help=help_text("action_keep_shop"))]
Everything = Annotated[bool, typer.Option("--all", help=help_text("actions_everything"))]


def add_to(app: typer.Typer) -> None:
    app.add_typer(book, name="actions")


@contextmanager
def opened(folder: Path | None, ctx: typer.Context | None = None) -> Iterator[Shop]:
    """The workspace; what ledger and warehouse noticed of each other is told at the end."""
    with open_shop(folder, ctx) as shop:
        yield shop
        _notes(shop, shop.notes)


@book.callback()
def actions(ctx: typer.Context, everything: Everything = False, as_json: AsJson = False, shop: Folder = None) -> None:
    if ctx.invoked_subcommand is None:
        with opened(shop) as there:
            _list(there, everything=everything, as_json=as_json)


@book.command("list", help=help_text("actions_list"))
def list_all(ctx: typer.Context, everything: Everything = False, as_json: AsJson = False, shop: Folder = None) -> None:
    with opened(shop, ctx) as there:
        _list(there, everything=everything, as_json=as_json)


def _list(shop: Shop, *, everything: bool, as_json: bool) -> None:
    entries = shop.actions.list(everything=everything)
    if as_json:
        echo_json({"actions": shop.actions.as_json(entries, RUN.locale)})
    else:
        typer.echo(shop.actions.text(entries, RUN.locale, columns()), nl=False)


@book.command("show", help=help_text("actions_show"))
def show(ctx: typer.Context, name: Id, as_json: AsJson = False, shop: Folder = None) -> None:
    with opened(shop, ctx) as there:
        entry = there.actions.show(name)
        if as_json:
            echo_json(there.actions.as_json([entry], RUN.locale)[0])
        else:
            typer.echo(there.actions.entry_text(entry, RUN.locale, columns()), nl=False)


@book.command("add", help=help_text("actions_add"))
def add(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=help_text("action_kind"))],
    target: Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE…", help=help_text("action_target"))] = None,
    text: Text = "",
    minutes: Annotated[
        int | None, typer.Option("--minutes", min=0, metavar="N", help=help_text("action_minutes"))
    ] = None,
    expected: Annotated[
        str | None, typer.Option("--expected", metavar="MONEY", help=help_text("action_expected"))
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help=help_text("action_set"))
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help=help_text("action_on"))] = None,
    despite: Despite = "",
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    where = dict(_pair(given) for given in target or ())
    worth = None if expected is None else _worth(expected)
    with opened(shop, ctx) as there:
        made = there.actions.add(
            kind,
            where,
            text,
            minutes=minutes,
            expected=worth,
            values=dict(_pair(given) for given in values or ()),
            on=on,
            despite=despite,
            by=by,
        )
        _told(there, made, "done" if on else "added", as_json)


@book.command("approve", help=help_text("actions_approve"))
def approve(
    ctx: typer.Context,
    names: Ids,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DAY", help=help_text("action_as_of"))] = None,
    despite: Despite = "",
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        for name in names:
            _told(there, there.actions.approve(name, as_of=as_of, despite=despite, by=by), "approved", as_json)


@book.command("dismiss", help=help_text("actions_dismiss"))
def dismiss(
    ctx: typer.Context, names: Ids, text: Text = "", by: Who = None, as_json: AsJson = False, shop: Folder = None
) -> None:
    with opened(shop, ctx) as there:
        for name in names:
            _told(there, there.actions.dismiss(name, text, by=by), "dismissed", as_json)


@book.command("snooze", help=help_text("actions_snooze"))
def snooze(
    ctx: typer.Context,
    name: Id,
    until: Annotated[str, typer.Argument(metavar="DAY", help=help_text("action_until"))],
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        _told(there, there.actions.snooze(name, until, by=by), "snoozed", as_json)


@book.command("done", help=help_text("actions_done"))
def done(
    ctx: typer.Context, names: Ids, on: DoneOn = None, by: Who = None, as_json: AsJson = False, shop: Folder = None
) -> None:
    with opened(shop, ctx) as there:
        for name in names:
            _told(there, there.actions.done(name, on=on, by=by), "done", as_json)


@book.command("undo", help=help_text("actions_undo"))
def undo(
    ctx: typer.Context,
    name: Id,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("action_undo_dry_run"))] = False,
    keep_shop: KeepShop = False,
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        if dry_run:
            _difference(there.actions.restorable(name), "difference", as_json)
            return
        _told(there, there.actions.undo(name, by=by, keep_shop=keep_shop), "undone", as_json)


@book.command("stop", help=help_text("actions_stop"))
def stop(
    ctx: typer.Context,
    name: Id,
    on: DoneOn = None,
    keep_shop: KeepShop = False,
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        _told(there, there.actions.stop(name, on=on, by=by, keep_shop=keep_shop), "stopped", as_json)


@book.command("assign", help=help_text("actions_assign"))
def assign(
    ctx: typer.Context,
    name: Id,
    owner: Annotated[str | None, typer.Argument(metavar="NAME", help=help_text("action_owner"))] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="DAY", help=help_text("action_due"))] = None,
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        _told(there, there.actions.assign(name, owner, due=due, by=by), "assigned", as_json)


@book.command("note", help=help_text("actions_note"))
def note(
    ctx: typer.Context,
    name: Id,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=help_text("action_text"))],
    by: Who = None,
    as_json: AsJson = False,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        _told(there, there.actions.note(name, text, by=by), "noted", as_json)


@book.command("apply", help=help_text("actions_apply"))
def apply(
    ctx: typer.Context, name: Id, dry_run: DryRun = False, by: Who = None, as_json: AsJson = False, shop: Folder = None
) -> None:
    with opened(shop, ctx) as there:
        made = there.actions.apply(name, dry_run=dry_run, by=by)
        _difference(made, "difference" if dry_run else "applied", as_json)
        if made.decision is not None and not as_json:
            _told(there, made.decision, "done", as_json)
        elif not (made.shop or as_json):
            echo(say("ledger.said.no_live_shop", id=made.id))


@book.command("export", help=help_text("actions_export"))
def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help=help_text("export_out"))] = None,
    format: Annotated[str, typer.Option("--format", metavar="csv|json", help=help_text("format"))] = "csv",
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        _put(there.actions.export(RUN.locale, format=format), file)


@book.command("file", help=help_text("actions_file"))
def file_of(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="shopify|taobao|budgets|audience", help=help_text("actions_file_name"))
    ],
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help=help_text("export_out"))] = None,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        _put(there.actions.file(name), file)


def _put(written: str, file: Path | None) -> None:
    """Write a text to a file, or on the terminal where none is named."""
    if file is None:
        typer.echo(written, nl=False)
        return
    try:
        file.write_text(written, encoding="utf-8", newline="")
    except OSError as error:
        raise BadValue("cli.not_written", file=str(file), reason=error.strerror or str(error)) from None
    echo(say("cli.written", file=str(file)))


@book.command("freeze", help=help_text("actions_freeze"))
def freeze(
    ctx: typer.Context,
    start: Annotated[str, typer.Argument(metavar="FROM", help=help_text("freeze_from"))],
    end: Annotated[str, typer.Argument(metavar="TO", help=help_text("freeze_to"))],
    target: Annotated[str, typer.Option("--target", metavar="TARGET", help=help_text("freeze_target"))] = "*",
    text: Text = "",
    lift: Annotated[bool, typer.Option("--lift", help=help_text("freeze_lift"))] = False,
    by: Who = None,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        if lift:
            held = there.actions.lift(start, end, target=target, by=by)
        else:
            held = there.actions.freeze(start, end, target=target, text=text, by=by)
        echo(say("ledger.said.frozen", n=len(held)))
        echo(*(f" {item.start} – {item.end}  {item.target}  {item.text}".rstrip() for item in held))


@book.command("handover", help=help_text("actions_handover"))
def handover(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=help_text("handover_text"))] = "",
    to: Annotated[str, typer.Option("--to", metavar="NAME", help=help_text("handover_duty"))] = "",
    by: Who = None,
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        if text or to:
            there.actions.hand_over(text, on_duty=to, by=by)
        last = there.actions.handover()
        on_duty = last.on_duty if last else say("ledger.said.nobody")
        echo(say("ledger.said.handed_over", on_duty=on_duty), *([last.text] if last and last.text else []))


@book.command("annotate", help=help_text("actions_annotate"))
def annotate(
    ctx: typer.Context,
    day: Annotated[str, typer.Argument(metavar="DAY", help=help_text("annotate_day"))],
    text: Annotated[str, typer.Argument(metavar="TEXT", help=help_text("annotate_text"))],
    target: Annotated[str, typer.Option("--target", metavar="TARGET", help=help_text("annotate_target"))] = "*",
    shop: Folder = None,
) -> None:
    with opened(shop, ctx) as there:
        there.actions.annotate(day, text, target=target)
        echo(say("ledger.said.annotated", day=day, text=text))


@book.command("adopt", help=help_text("actions_adopt"))
def adopt(ctx: typer.Context, shop: Folder = None) -> None:
    with opened(shop, ctx) as there:
        there.actions.adopt()
        echo(say("ledger.said.adopted"))


def _told(shop: Shop, decision: Decision, said: str, as_json: bool) -> None:
    """What was done, and what comes next."""
    entry = decision.entry
    if as_json:
        echo_json(shop.actions.as_json([entry], RUN.locale)[0])
    else:
        title = _title(shop.actions, entry)
        nobody = say("ledger.said.nobody")
        echo(
            say(
                f"ledger.said.{said}",
                shop.config.currency,
                id=entry.id,
                title=title,
                state=say(f"ledger.state.{entry.state}"),
                day=entry.snoozed_until,
                stop=entry.stop_on,
                read=entry.read_on,
                owner=entry.owner or nobody,
                due=entry.due_on,
            )
        )
        if said in ("approved", "added"):
            echo(say(f"ledger.said.next_{'done' if said == 'approved' else 'approve'}", id=entry.id))
        if said == "done":
            echo(say("ledger.said.reading", stop=entry.stop_on, read=entry.read_on))
    _notes(shop, [note for note in decision.notes if note not in shop.notes])


def _difference(made: Application, said: str, as_json: bool) -> None:
    """Value by value, what an action changes or changed."""
    from zhanggui.i18n.columns import table

    if as_json:
        echo_json({"dry_run": made.decision is None, **made.as_json()})
        return
    head = [say(f"ledger.said.column_{name}") for name in ("product", "what", "before", "after")]
    rows = [[item.named, item.what, _cell(item.before), _cell(item.after)] for item in made.changes]
    echo(say(f"ledger.said.{said}", id=made.id, shop=made.shop), *(table([head, *rows]) if rows else ()))


def _notes(shop: Shop, notes: Sequence[Words]) -> None:
    for note in notes:
        typer.echo(say("cli.import.note", words=say(note.key, shop.config.currency, **note.params)), err=True)


def _title(actions: Actions, entry: Any) -> str:
    title: str = actions.as_json([entry], RUN.locale)[0]["title"]
    return title


def _pair(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not (name and equals and value):
        raise BadValue("ledger.bad_target", value=given)
    return name.strip(), value.strip()


def _worth(given: str) -> float | tuple[float, float]:
    """``40``, ``-5``, ``5-80``, ``-5..80``: money a week, a value or a range."""
    parts = given.replace("…", "..").split("..") if ".." in given or "…" in given else _dashed(given)
    try:
        ends = [float(part) for part in parts]
    except ValueError:
        raise BadValue("ledger.bad_expected", value=given) from None
    if any(end != end or abs(end) == float("inf") for end in ends):
        raise BadValue("ledger.bad_expected", value=given)
    return ends[0] if len(ends) == 1 else (ends[0], ends[1])


def _dashed(given: str) -> list[str]:
    """``5-80`` as two parts; a minus at the front or behind the dash stays with its number."""
    at = given.find("-", 1)
    return [given[:at], given[at + 1 :]] if at > 0 else [given]


def _cell(value: Any) -> str:
    if value is None:
        return say("ledger.said.nobody")
    return f"{value:.10g}" if isinstance(value, float) else str(value)
