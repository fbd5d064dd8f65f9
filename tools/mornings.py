"""``make mornings``: runs the commands of docs/using/mornings.md in a folder of their own and writes what the last one of each prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "using" / "mornings.md"
MORNING = re.compile(r"(<!-- morning:(\w+) -->\n```\n(.*?)```\n\n```\n)(.*?)(```\n<!-- /morning -->)", re.DOTALL)
FILE = re.compile(r"<!-- file:([\w.]+) -->\n```\n(.*?)```", re.DOTALL)


def mornings(page: str) -> dict[str, tuple[list[str], str]]:
    """Each morning's commands, and what the page says that the last of them prints."""
    return {name: (commands.strip().splitlines(), quoted) for _, name, commands, quoted, _ in MORNING.findall(page)}


def printed(page: str, name: str, folder: Path) -> str:
    """What the last command of a morning prints, run in ``folder`` with the files that the page shows."""
    for file, content in FILE.findall(page):
        (folder / file).write_text(content, encoding="utf-8")
    said = ""
    for command in mornings(page)[name][0]:
        words = shlex.split(command)[1:]
        program = [sys.executable, "-c", "import sys; from zhanggui.cli import main; sys.exit(main())", *words]
        surroundings = os.environ | {"COLUMNS": "120", "NO_COLOR": "1"}
        said = subprocess.run(
            program, check=True, cwd=folder, stdout=subprocess.PIPE, text=True, env=surroundings
        ).stdout
    return said


def main() -> None:
    """Write the page anew."""
    page = PAGE.read_text(encoding="utf-8")
    for name in mornings(page):
        with tempfile.TemporaryDirectory() as folder:
            said = printed(page, name, Path(folder))
        page = MORNING.sub(lambda m, name=name, said=said: m[1] + said + m[5] if m[2] == name else m[0], page)
        print(f"ran the morning {name}")
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
