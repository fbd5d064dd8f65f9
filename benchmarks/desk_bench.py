"""How fast the desk answers twenty people who think one to three seconds between two pages.

A drawn shop of a million orders and five million rows of visits is served by ``zhanggui serve`` in a process of its own; locust on the
same machine plays the people: a minute of it is counted, after a quarter of a minute that is not. Nothing is asked beforehand but what
the desk itself counts ahead. Then a small file is imported by the command line while the desk runs, and each page is opened once: the
first view after an import. Bars: the slowest twentieth of every page begins at 0.3 s, the first view takes at most 1.5 s, no error,
no page that is not ready, and the memory at the end is at most a tenth above that after the first quarter of a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.desk_shop import PRODUCTS, VISITS_PER_ORDER, folder_of
from zhanggui.app.desk import Desk

ORDERS = 1_000_000
PEOPLE, SECONDS, WARM_SECONDS = 20, 60, 15
ROOT = Path(__file__).parents[1]
SERVE = "import sys; from zhanggui.cli import main; sys.exit(main())"
FIRST_VIEWS = (
    "/",
    "/why",
    "/metrics",
    "/products",
    "/products/P0",
    "/rows",
    "/actions",
    "/data",
    "/calendar",
    "/outcomes",
)
P95_BAR, FIRST_BAR, MEMORY_BAR = 0.3, 1.5, 1.1


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str, int]]:
    """The desk of a workspace on a free port: its address, its owner's link, its process."""
    program = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--shop", str(folder), "--lang", "en"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "200"}) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not (found := re.search(r"(http://[\d.:]+)(/enter\?key=\S+)", said)):
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"the desk did not open: {said}")
                said += line
            yield found[1], found[2], process.pid
        finally:
            process.terminate()


def people(base: str, links: list[str], seconds: int, folder: Path) -> dict[str, Any]:
    """What locust tells of ``seconds`` of people reading: by page, seconds and counts. Raises RuntimeError where it broke."""
    surroundings = os.environ | {"DESK_LINKS": " ".join(links), "DESK_PRODUCTS": str(PRODUCTS)}
    program = [
        sys.executable,
        "-m",
        "locust",
        "-f",
        "benchmarks/desk_people.py",
        "--headless",
        "--json-file",
        str(folder / "told"),
    ]
    program += [
        "-u",
        str(len(links)),
        "-r",
        str(len(links)),
        "-t",
        f"{seconds}s",
        "-H",
        base,
        "--exit-code-on-error",
        "0",
    ]
    done = subprocess.run(program, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return {each["name"]: each for each in told if each["name"] != "enter"}


def slowest_twentieth(told: dict[str, Any]) -> float:
    """Seconds within which nineteen of twenty answers were there. Locust counts milliseconds, above 100 in steps of ten."""
    times = sorted((float(ms), int(n)) for ms, n in told["response_times"].items())
    enough = 0.95 * sum(n for _, n in times)
    for ms, n in times:
        enough -= n
        if enough <= 0:
            return ms / 1000
    return 0.0


def memory_mb(process: int) -> float:
    """What a process holds in memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def first_views(base: str, link: str, folder: Path) -> dict[str, float]:
    """Seconds of each page when it is first opened after an import."""
    with (
        httpx.Client(base_url=base, follow_redirects=True, timeout=60) as browser,
        tempfile.TemporaryDirectory() as made,
    ):
        browser.get(link)
        for address in FIRST_VIEWS:
            browser.get(address)
        file = Path(made) / "orders.csv"
        stamp = time.time_ns()
        file.write_text(
            "channel,order_id,created_at,status,currency,goods_amount\n"
            f"shop:main,late {stamp},2011-12-20T10:00:00Z,paid,GBP,20.00\n",
            encoding="utf-8",
        )
        program = [sys.executable, "-c", SERVE, "import", str(file), "--shop", str(folder)]
        subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
        taken = {}
        for address in FIRST_VIEWS:
            start = time.perf_counter()
            answer = browser.get(address)
            taken[address] = time.perf_counter() - start
            if answer.status_code != 200:
                raise AssertionError(f"{address} answered {answer.status_code} after the import")
    return taken


def wait_until_ready(base: str, link: str) -> float:
    """Seconds until the first page of a desk that was just opened is there."""
    start = time.perf_counter()
    with httpx.Client(base_url=base, follow_redirects=True, timeout=60) as browser:
        browser.get(link)
        while "data-follow" in browser.get("/").text:
            time.sleep(0.5)
    return time.perf_counter() - start


def measure(orders: int, *, seconds: int = SECONDS, warm: int = WARM_SECONDS) -> dict[str, Any]:
    """One shop and its twenty people."""
    folder = folder_of(orders)
    desk = Desk(folder, readers=1)
    names = ["load", *(f"person {number}" for number in range(2 * PEOPLE))]
    links = [f"/enter?key={desk.door.link(name)}" for name in names]
    desk.close()
    with served(folder) as (base, link, process), tempfile.TemporaryDirectory() as made:
        ready = wait_until_ready(base, link)
        people(base, links[1 : PEOPLE + 1], warm, Path(made))
        before = memory_mb(process)
        told = people(base, links[PEOPLE + 1 :], seconds, Path(made))
        after = memory_mb(process)
        views = first_views(base, links[0], folder)
    pages = {name: slowest_twentieth(each) for name, each in sorted(told.items())}
    asked = sum(each["num_requests"] for each in told.values())
    return {
        "orders": orders,
        "visits": orders * VISITS_PER_ORDER,
        "people": PEOPLE,
        "load": f"{os.getloadavg()[0]:.1f}",
        "ready_seconds": ready,
        "requests": asked,
        "errors": sum(each["num_failures"] for each in told.values()),
        "p95_seconds": pages,
        "slowest_p95_of_bar": max(pages.values()) / P95_BAR,
        "first_view_seconds": views,
        "slowest_first_view_of_bar": max(views.values()) / FIRST_BAR,
        "memory_mb": after,
        "memory_growth_of_bar": after / before / MEMORY_BAR,
    }


def run(scale: float = 1.0) -> dict[str, Any]:
    """A million orders at scale 1."""
    return measure(int(ORDERS * scale))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    asked = parser.parse_args()
    print(json.dumps(measure(int(ORDERS * asked.scale), seconds=asked.seconds), indent=2))
