"""The walk of the documentation, typed again: every command of the page, and every line that the page says came back."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from zhanggui.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "using" / "walk.md"
SKIPPED = "…"


def steps() -> Iterator[tuple[str, list[str]]]:
    """Each command of the page, with the lines under it."""
    inside, command, shown = False, "", list[str]()
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line.removeprefix("$ "), []
        elif inside:
            shown.append(line)
    yield command, shown


def differs(shown: Sequence[str], came: Sequence[str]) -> str:
    """The first line of the page that did not come back where it stands, or the first that came and is not on the page; empty if none."""
    at, skipping = 0, False
    for line in shown:
        if line == SKIPPED:
            skipping = True
            continue
        places = (
            [n for n in range(at, len(came)) if came[n] == line] if skipping else [at] * (came[at : at + 1] == [line])
        )
        if not places:
            return f"{line!r} instead of {came[at : at + 1]}"
        at, skipping = places[0] + 1, False
    return "" if skipping or at == len(came) else f"{came[at]!r} is not on the page"


def test_a_line_that_did_not_come_back_is_noticed() -> None:
    assert differs(["a", SKIPPED, "c"], ["a", "b", "c"]) == ""
    assert differs(["a", "c"], ["a", "b", "c"])
    assert differs(["a"], ["a", "b"])
    assert differs(["a", SKIPPED, "d"], ["a", "b", "c"])


@pytest.mark.prove
def test_the_walk_comes_back_as_the_page_says(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("ZHANGGUI_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    for command, shown in steps():
        program, *words = shlex.split(command)
        if program == "cd":
            os.chdir(words[0])
            continue
        if program == "echo":
            subprocess.run(command, shell=True, check=True)
            continue
        assert program == "zhanggui"
        capfd.readouterr()
        assert main(words) == 0, command
        came = capfd.readouterr().out.rstrip("\n").splitlines()
        assert differs(shown, [line.rstrip() for line in came]) == "", command
