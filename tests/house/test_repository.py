"""What may lie in the repository and what may not, and that its pages hold together."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

from .tree import PACKAGE, ROOT, modules, parsed, room

REGISTRIES = re.compile(
    "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.(org|com)", "index" + "-url", "Py" + "PI mirror"])
)
MACHINES = re.compile(
    r"(?<![\w.}~])/(?:" + "|".join(["ho" + "me", "ro" + "ot", "wo" + "rk", "Us" + "ers", "var" + "/folders"]) + r")/\w"
)
UNFINISHED = re.compile(
    r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error"]) + r")\b"
)
PASSED_OVER = re.compile(r"pytest\.(?:mark\.)?(?:" + "|".join(["sk" + "ip", "xf" + "ail", "import" + "orskip"]) + r")")
LARGEST = 5_000_000
MEASURED = {"docs/benchmarks.md", "docs/proof.md"}
"""Pages that ``make bench`` and ``make prove`` write."""
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file in the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@cache
def texts() -> dict[Path, str]:
    """Every file that is text, with its text."""
    found = {}
    for path in tracked():
        try:
            found[path.relative_to(ROOT)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def lines_with(pattern: re.Pattern[str], files: dict[Path, str]) -> list[str]:
    """``file:line`` of every line that the pattern finds."""
    return [
        f"{path}:{number} {line.strip()[:100]}"
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def python(*folders: str) -> dict[Path, str]:
    """The Python files of some folders."""
    return {path: text for path, text in texts().items() if path.suffix == ".py" and path.parts[0] in folders}


def test_no_address_of_a_package_registry_is_written_down() -> None:
    assert lines_with(REGISTRIES, texts()) == []


def test_no_path_of_somebodys_machine_is_written_down() -> None:
    assert lines_with(MACHINES, texts()) == []


def test_no_file_is_larger_than_five_megabytes() -> None:
    assert [path.name for path in tracked() if path.stat().st_size > LARGEST] == []


def test_no_front_end_of_others_is_carried_along() -> None:
    front = [path for path in texts() if path.suffix in {".js", ".mjs", ".css", ".html", ".svg"}]
    foreign = [
        str(path) for path in front if ".min." in path.name or "vendor" in path.parts or "node_modules" in path.parts
    ]
    packed = [str(path) for path in front if max(map(len, texts()[path].splitlines()), default=0) > 1000]
    assert foreign == []
    assert packed == []


def test_nothing_is_left_for_later_and_no_test_is_passed_over() -> None:
    code = python("src", "tests", "benchmarks", "tools")
    assert lines_with(UNFINISHED, code) == []
    assert lines_with(PASSED_OVER, code) == []


def test_every_public_function_and_class_says_what_it_is() -> None:
    silent = [
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
        for module, path in modules().items()
        if room(module) != "cli"  # a command's words are its help
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_module_says_what_it_is_for() -> None:
    assert [module for module, path in modules().items() if not ast.get_docstring(parsed(path))] == []


def checks(node: ast.AST, checking: set[str]) -> bool:
    """Whether code asserts something: itself, by expecting an error, or through a function that does."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert):
            return True
        if isinstance(inner, ast.Call):
            name = inner.func.attr if isinstance(inner.func, ast.Attribute) else getattr(inner.func, "id", "")
            if name in {"raises", "warns"} or name in checking or name.startswith("assert_"):
                return True
    return False


def test_every_test_can_fail() -> None:
    trees = {path: ast.parse(text) for path, text in python("tests").items()}
    functions = [
        (path, node) for path, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    ]
    checking: set[str] = set()
    for _ in range(3):  # a function that calls one that asserts
        checking |= {node.name for _, node in functions if not node.name.startswith("test_") and checks(node, checking)}
    idle = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in functions
        if node.name.startswith("test_") and not checks(node, checking)
    ]
    assert idle == []


def test_no_two_test_files_share_a_name() -> None:
    names = [path.name for path in python("tests") if path.name.startswith("test_")]
    assert sorted(names) == sorted(set(names))


def test_links_in_the_pages_lead_somewhere() -> None:
    dead = []
    for path, text in texts().items():
        if path.suffix != ".md":
            continue
        for plain, picture in LINK.findall(text):
            target = (plain or picture).split("#")[0]
            if target and not re.match(r"[a-z]+:", target) and not (ROOT / path.parent / target).exists():
                dead.append(f"{path}: {target}")
    assert dead == []


def test_pages_that_the_code_names_exist() -> None:
    dead = [
        f"{path}: {page}"
        for path, text in python("src", "benchmarks", "tools").items()
        for page in re.findall(r"\bdocs/[\w/.-]+\.md\b", text)
        if page not in MEASURED and not (ROOT / page).exists()
    ]
    assert dead == []


def test_both_readmes_name_the_two_commands() -> None:
    for name in ("README.md", "README.zh-Hant.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "make demo" in text, name
        assert "make test" in text, name


def test_the_licence_is_apache_2_and_the_demo_data_is_credited() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in licence
    assert len(licence) > 10_000
    assert "Daqing Chen" in notice
    assert "CC BY 4.0" in notice


def test_every_pin_is_exact_and_the_product_is_not_among_them() -> None:
    pins = [
        line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", pin)] == []
    assert not any(pin.startswith("zhanggui") for pin in pins)
