"""Sentences for users live in ``i18n/`` and nowhere else, and every key that the code names is there in three languages."""

from __future__ import annotations

import ast
import re
import string

import pytest

from zhanggui.i18n import LOCALES, catalogue, topics

from .tree import modules, parsed, room

CHINESE = re.compile(r"[\u3400-\u9fff]")
SENTENCE = re.compile(r"^[A-Z][a-z]+(?: [\w“”'’,/()-]+){3,}[.!?]$")
NAMES_IN_CHINESE = {"i18n", "sources"}
"""Rooms with Chinese in their code: the words, and the column names and states of platforms' files."""
SPEAKS_CHINESE = {"zhanggui.store.personal", "zhanggui.report.naming", "zhanggui.numbers.festivals"}
"""Modules that know Chinese by necessity: what marks a phone number or a name, brackets around a list of names, festivals' names."""
SAYS = ("Words", "text", "say")
RAISES = re.compile(
    r"^(UserError|NotUnderstood|BadFile|BadValue|Unanswerable|WorkspaceError|Busy|Broken|ZhangguiError)$"
)


def constants(module: str) -> list[tuple[str, int]]:
    """The texts in a module's code, docstrings left out."""
    tree = parsed(modules()[module])
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    standing = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.value, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented | standing
    ]


def called(node: ast.Call) -> str:
    """The last name of what a call calls."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def named_keys() -> set[tuple[str, str]]:
    """Pairs (where, key) of every text that the code names outright."""
    found = set()
    for module, path in modules().items():
        for node in ast.walk(parsed(path)):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            key, name = node.args[0].value, called(node)
            if not isinstance(key, str) or not re.fullmatch(r"[a-z_]+(\.\w+)+", key):
                continue
            topic, _, rest = key.partition(".")
            if RAISES.match(name):
                found.add((f"{module}:{node.lineno}", f"{topic}.error.{rest}"))
            elif name in SAYS:
                found.add((f"{module}:{node.lineno}", key))
    return found


def placeholders(text: str) -> set[str]:
    """The names in a text's braces."""
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_key_the_code_names_has_its_words(locale: str) -> None:
    keys = named_keys()
    wanting = sorted(
        f"{where} {key}" for where, key in keys if key.partition(".")[2] not in catalogue(locale, key.partition(".")[0])
    )
    assert len(keys) > 100
    assert wanting == []


@pytest.mark.parametrize("topic", topics())
def test_the_three_languages_have_equal_keys_and_placeholders(topic: str) -> None:
    source = {key: placeholders(text) for key, text in catalogue("zh-Hant", topic).items()}
    for locale in LOCALES:
        assert {key: placeholders(text) for key, text in catalogue(locale, topic).items()} == source, locale


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
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and called(node) == "print" and isinstance(node.func, ast.Name)
    ]
    assert found == []
