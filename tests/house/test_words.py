"""Sentences for users live in ``i18n/`` and nowhere else."""

from __future__ import annotations

import ast
import re
from functools import cache

from .tree import modules, nodes, room

CHINESE = re.compile(r"[\u3400-\u9fff]")
SENTENCE = re.compile(r"^[A-Z][a-z]+(?: [\w“”'’,/()-]+){3,}[.!?]$")
NAMES_IN_CHINESE = {"i18n", "sources"}
"""Rooms with Chinese in their code: the words, and the column names and states of platforms' files."""
SPEAKS_CHINESE = {
    "zhanggui.store.personal",
    "zhanggui.report.naming",
    "zhanggui.numbers.festivals",
    "zhanggui.numbers.frames.suspects",
    "zhanggui.app.story",
    "zhanggui.doing.files.taobao",
}
"""Modules that know Chinese by necessity: what marks a phone number or a name, brackets around a list of names, festivals' names, what a
shop notes on orders that nobody made, names of sources, the columns of a platform's table."""


@cache
def constants(module: str) -> list[tuple[str, int]]:
    """The texts in a module's code, docstrings left out."""
    tree = nodes(modules()[module])
    documented = {
        id(node.body[0].value)
        for node in tree
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    standing = {id(node.value) for node in tree if isinstance(node, ast.Expr)}
    return [
        (node.value, node.lineno)
        for node in tree
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented | standing
    ]


def called(node: ast.Call) -> str:
    """The last name of what a call calls."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_no_chinese_stands_in_code_outside_the_words_and_the_sources() -> None:
    found = [
        f"{module}:{line} {text!r}"
        for module in modules()
        if room(module) not in NAMES_IN_CHINESE and module not in SPEAKS_CHINESE
        for text, line in constants(module)
        if CHINESE.search(text)
    ]
    assert found == []


def test_no_sentence_for_people_stands_in_code() -> None:
    found = [
        f"{module}:{line} {text!r}"
        for module in modules()
        if room(module) != "i18n"
        for text, line in constants(module)
        if SENTENCE.match(text)
    ]
    assert found == []


def test_only_the_command_line_prints() -> None:
    found = [
        f"{module}:{node.lineno}"
        for module, path in modules().items()
        if room(module) != "cli"
        for node in nodes(path)
        if isinstance(node, ast.Call) and called(node) == "print" and isinstance(node.func, ast.Name)
    ]
    assert found == []
