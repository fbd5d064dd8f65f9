"""Reads a workbook's cells in a process of its own: ``python workbook_cells.py FILE [SHEET]`` writes them to its output, pickled.

A spoilt or malicious workbook can say that its cells reach to the end of the world; the library then asks for more memory than there is
and ends the process, without an exception that could be caught. Imports nothing of the package, so that it starts fast.
"""

from __future__ import annotations

import datetime as dt
import pickle
import sys

import python_calamine

_EXACT = 2**53
MOST_BYTES = 8 * 2**30
"""What the reading may take at most, whatever the machine has."""


def cell_text(cell: object) -> str:
    """A cell as text. A whole number beyond 2^53 has lost digits already and is written ``6.9…E+18``, so that ids are refused.

    >>> cell_text(17850.0), cell_text(6.901234567890123e18), cell_text(dt.datetime(2019, 5, 1, 10, 2, 11))
    ('17850', '6.90123456789012E+18', '2019-05-01 10:02:11')
    """
    match cell:
        case None | "":
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            if cell != cell or abs(cell) >= _EXACT:
                return f"{cell:.14E}" if cell == cell else ""
            return str(int(cell)) if cell == int(cell) else repr(cell)
        case dt.datetime():
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        case dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell)


def cells(path: str, sheet: str | None) -> dict[str, list[list[str]]]:
    """The lines of every sheet of a workbook, or of one, as text."""
    book = python_calamine.load_workbook(path)
    names = book.sheet_names if sheet is None else [sheet or book.sheet_names[0]]
    return {
        name: [
            [cell_text(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        for name in names
    }


def _bounded() -> None:
    try:
        import resource
    except ImportError:  # no such limits on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """The cells, or ``("locked" | "spoilt", reason)`` where they cannot be read."""
    _bounded()
    told: object
    try:
        told = cells(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    except python_calamine.PasswordError:
        told = ("locked", "")
    except BaseException as error:
        told = ("spoilt", str(error)[:200])
    pickle.dump(told, sys.stdout.buffer, protocol=5)


if __name__ == "__main__":
    main()
