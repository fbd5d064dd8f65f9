"""A program that is killed in the middle of what people do at a desk: run as ``python -m drawn.killing WORK FOLDER…``.

What it needs is loaded once; each folder then has a process of its own that does the work there and is killed at its moment. A moment
is a share of the calls that the work makes into the rooms that keep things.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from drawn.teashop import Watch
from zhanggui.app.background import How
from zhanggui.app.desk import Desk

KEEPING = ("/ledger/", "/state/", "/store/")
LINES = 120_000
MORE = 2_000_000


def killed(work: str, folders: Mapping[Path, float], *, seconds: float = 1800) -> None:
    """Do ``work`` in every folder and have it killed at its moment (a share of the work, or seconds after its last step began)."""
    told = [f"{folder}={moment}" for folder, moment in folders.items()]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-m", "drawn.killing", work, *told], env=environment, capture_output=True, timeout=seconds
    )
    assert done.returncode == 0, done.stderr.decode()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# ---- the work


def decide(folder: Path, moment: float) -> None:
    """Approve the day's action and mark it done."""
    desk = Desk(folder, readers=1, clock=Watch().clock)
    calls, most = 0, int(os.environ.get("ZHANGGUI_CALLS", "0")) * moment

    def look(frame: object, event: str, _: object) -> None:
        nonlocal calls
        if event == "call" and any(room in frame.f_code.co_filename for room in KEEPING):  # type: ignore[attr-defined]
            calls += 1
            if most and calls >= most:
                die()

    sys.setprofile(look)
    with desk.writing() as shop:
        name = shop.actions.list()[0].id
        shop.actions.approve(name, by="Chen", seen=1)
    with desk.writing() as shop:
        shop.actions.done(name, by="Chen", seen=2)
    sys.setprofile(None)
    if moment:
        die()
    (folder / "calls").write_text(str(calls))


def load(folder: Path, moment: float, step: str = "loading") -> None:
    """Import a file that takes a while."""
    desk = Desk(folder)
    lines = ["order_id,order date,product,quantity,amount"]
    lines += [f"{n},2026-05-{n % 28 + 1:02d},Cup {n % 50},1,{n % 90 + 1}" for n in range(LINES)]
    job = desk.background.receive([("many.csv", io.BytesIO("\n".join(lines).encode()))], How(), "Li")
    while desk.background.jobs.running():
        wait()
    job = desk.background.load(job.before, How(), "Li")
    while (found := desk.background.jobs.find(job.id)) is not None and found.step_name != step:
        wait()
    wait(moment)
    die()


def read(folder: Path, moment: float) -> None:
    """The same, killed while the file is read."""
    load(folder, moment, "reading")


def look(folder: Path, moment: float) -> None:
    """Look into a file, and be killed before anybody said yes."""
    desk = Desk(folder)
    desk.background.receive([("many.csv", io.BytesIO(b"order_id,order date,amount\n1,2026-05-01,5\n"))], How(), "Li")
    while desk.background.jobs.running():
        wait()
    die()


def send(folder: Path, moment: float) -> None:
    """Send a file, and be killed when that share of it has arrived."""

    class Arriving(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= MORE * moment:
                die()
            return super().read(size)

    Desk(folder).background.receive([("many.csv", Arriving(b"a,b\n" * MORE))], How(), "Li")


def restore(folder: Path, moment: float) -> None:
    """Put a backup back, and be killed at that file operation of the exchange."""
    desk = Desk(folder)
    moved = 0

    def look(frame: object, event: str, called: object) -> None:
        nonlocal moved
        if event == "c_call" and called in (os.replace, os.rename):
            moved += 1
            if moved >= moment:
                die()

    sys.setprofile(look)
    desk.restore(folder.parent / "kept.zip")


def wait(seconds: float = 0.002) -> None:
    import time

    time.sleep(seconds)


WORK: Mapping[str, Callable[[Path, float], None]] = {
    "decide": decide,
    "load": load,
    "read": read,
    "look": look,
    "send": send,
    "restore": restore,
}


def main(work: str, *told: str) -> None:
    """Do the work in every folder, each in a process of its own."""
    for each in told:
        folder, _, moment = each.rpartition("=")
        child = os.fork()
        if not child:
            try:
                WORK[work](Path(folder), float(moment))
            finally:
                os._exit(3)
        status = os.waitpid(child, 0)[1]
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL) and float(moment):
            sys.exit(f"{each}: not killed ({status})")
        calls = Path(folder) / "calls"
        if calls.is_file():
            os.environ["ZHANGGUI_CALLS"] = calls.read_text()


if __name__ == "__main__":
    main(*sys.argv[1:])
