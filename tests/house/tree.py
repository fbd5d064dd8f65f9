"""The package's files as the house tests look at them: modules, what they import, and what they define."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "zhanggui"


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name (a package under its own name)."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def room(module: str) -> str:
    """``zhanggui.store.facts`` is in the room ``store``; the package itself is the room ``zhanggui``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's syntax tree, in the order of :func:`ast.walk`."""
    return tuple(ast.walk(parsed(path)))


@cache
def imports(module: str) -> set[tuple[str, int]]:
    """What a module imports, with the line: at the top, inside functions, for type checkers, and by name in a text.

    A name imported from a package is that module where it is one (``from zhanggui import config``), else the package.
    """
    path, found = modules()[module], set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {(alias.name, node.lineno) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, path, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.add((inner if inner in modules() else base, node.lineno))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in modules():
            found.add((node.value, node.lineno))
    return found


def _absolute(module: str, path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
