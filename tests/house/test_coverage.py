"""The pages promise nothing that is not there: every command, option, metric and test that they name exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Any

import pytest
import typer

from zhanggui.cli import app
from zhanggui.metrics import METRICS

from .tree import ROOT

PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if line.startswith("| ")]
ROWS = [row for row in ROWS if row[-1].startswith("`tests/")]
CALLS = sorted({call for row in ROWS for call in re.findall(r"`zhanggui ([^`]+)`", row[-2])})
FENCED = re.compile(r"^(?:\.venv/bin/)?zhanggui ((?!demo:).*?)(?: +#.*| > .*)?$", re.MULTILINE)
"""A command in a page's block of commands, without its remark and where its output goes."""
SHOWN = sorted(
    {
        call
        for path in (*ROOT.glob("README*.md"), *(ROOT / "docs" / "using").glob("*.md"))
        for block in re.findall(r"^```\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for call in FENCED.findall(block)
    }
)
TESTS = sorted({test for row in ROWS for test in re.findall(r"`(tests/[^`]+)`", row[-1])})


@cache
def named_in(path: str) -> set[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_line_names_a_command_and_a_test() -> None:
    assert len(ROWS) > 25
    assert [row[0] for row in ROWS if "`zhanggui " not in row[-2]] == []


def test_every_capability_stands_once() -> None:
    ids = re.findall(r"^\| ([RP]\d+) \|", PAGE, re.MULTILINE)
    assert len(ids) == len(set(ids))


@cache
def commands() -> dict[str, Any]:
    """The commands of the program."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("call", sorted({*CALLS, *SHOWN}))
def test_a_command_on_a_page_exists_with_its_options_and_metrics(call: str) -> None:
    name, *rest = call.split()
    command = commands()[name]
    inner = getattr(command, "commands", {})
    if rest and rest[0] in inner:
        command = inner[rest.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts} | {"--lang"}
    named = [word for word in rest if word.startswith("--")]
    assert [option for option in named if option not in options] == []
    plain = rest[: rest.index(named[0])] if named else rest
    if name in {"query", "explain"}:
        assert [metric for metric in plain if metric not in METRICS] == []


def test_the_pages_show_enough_commands_to_be_worth_checking() -> None:
    assert len(SHOWN) > 25


@pytest.mark.parametrize("test", TESTS)
def test_a_test_named_there_exists(test: str) -> None:
    path, _, name = test.partition("::")
    assert name in named_in(path)
