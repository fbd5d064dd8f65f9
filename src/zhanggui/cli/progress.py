"""Long work seen: a moving bar on a terminal, plain lines elsewhere. All of it goes to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


@contextmanager
def shown(steps: int) -> Iterator[Callable[[str], None]]:
    """Gives a function to call with the title of each of the ``steps``."""
    if not sys.stderr.isatty():
        yield lambda title: typer.echo(title, err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    layout = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*layout, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        begun = 0

        def step(title: str) -> None:
            nonlocal begun
            begun += 1
            # The last step is the longest and its length is not known: the bar then only shows that work goes on.
            total = None if begun == steps else steps
            bar.update(task, description=title.replace("[", r"\["), total=total, completed=begun - 1)

        yield step
