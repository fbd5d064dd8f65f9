"""Real shops on this machine: django-oscar and Vendure as their registries give them, installed once and kept, started on loopback.

Where one cannot be had, whoever asked for it fails with the installer's own words: a proof without its shop proves nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

HERE = Path(__file__).parent
OSCAR = ("django-oscar[sorl-thumbnail]==4.2.1", "django-oscar-api==3.3.0")
PATIENCE_SECONDS = 180


def cache() -> Path:
    """Where what was installed is kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "zhanggui-live-shops"


@dataclass
class LiveShop:
    """A shop that stands on this machine: its database, how to let things happen in it, and, while it is open, its address."""

    file: Path
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    address: str = ""

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Counted in the shop's own database, by the test alone."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql, values)]

    def run(self, *deed: str) -> str:
        """Let the shop's own program do something; gives what it printed."""
        return run([*self.command, *deed], self.folder, self.environment)

    @contextmanager
    def opened(self, *deed: str, ready: str) -> Iterator[LiveShop]:
        """Open the shop on a free port of loopback until the block ends; it is ready when the page ``ready`` answers."""
        port = free_port()
        told = [part.format(port=port) for part in deed]
        log = self.file.with_suffix(".log")
        with log.open("wb") as out:
            started = subprocess.Popen(
                [*self.command, *told],
                cwd=self.folder,
                env=surroundings(self.environment),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            try:
                self.address = f"http://127.0.0.1:{port}"
                wait_for(f"{self.address}{ready}", started, log)
                yield self
            finally:
                started.terminate()
                started.wait(30)


def oscar(folder: Path, *, migrated: bool = True, orders: int = 40, **settings: str) -> LiveShop:
    """A django-oscar shop of its own, filled, in ``folder``. Its tables come from all its migrations, as in a shop that has stood for
    years, or, a quarter of the work, straight from its models. ``settings`` are for ``oscar_shop/settings.py``."""
    home = HERE / "oscar_shop"
    # Nothing of the surroundings this test runs in is seen by the shop: no site-packages but its own.
    command = [sys.executable, "-S", "-W", "ignore", "shop.py"]
    made = {"OSCAR_TABLES": "migrations" if migrated else "models", "OSCAR_ORDERS": str(orders)}
    own = {"PYTHONPATH": str(installed_oscar()), **made, **settings}
    kept = cache() / f"oscar-{mark(*made.values(), *OSCAR, *texts(home, 'settings.py', 'shop.py'))}.sqlite"
    if not kept.exists():
        part = kept.with_suffix(f".{os.getpid()}.part")
        LiveShop(part, command, home, {**own, "OSCAR_FILE": str(part)}).run("make")
        part.rename(kept)
    file = Path(shutil.copy(kept, folder / "oscar.sqlite"))
    return LiveShop(file, command, home, {**own, "OSCAR_FILE": str(file)})


def vendure(folder: Path) -> LiveShop:
    """A Vendure shop of its own with a catalogue and no orders, in ``folder``."""
    home = installed_vendure()
    own = HERE / "vendure_shop"
    for name in ("shop.js", "products.csv"):
        shutil.copy(own / name, home / name)
    kept = cache() / f"vendure-{mark(*texts(own, 'package.json', 'shop.js', 'products.csv'))}.sqlite"
    command = ["node", "shop.js"]
    if not kept.exists():
        draft = LiveShop(kept.with_suffix(".part"), command, home)
        draft.file.unlink(missing_ok=True)
        draft.run("fill", str(draft.file), str(free_port()))
        draft.file.rename(kept)
    return LiveShop(Path(shutil.copy(kept, folder / "vendure.sqlite")), command, home)


def installed_oscar() -> Path:
    """The folder with django-oscar and all it stands on, nothing else. Two who come at once each install, and one is kept."""
    home = cache() / f"oscar-{mark(sys.version, *OSCAR)}"
    if not home.exists():
        part = home.with_suffix(f".{os.getpid()}.part")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-input",
            "--disable-pip-version-check",
            "--no-compile",
        ]
        run([*pip, "--target", str(part), *OSCAR], HERE)
        with suppress(OSError):
            part.rename(home)
        shutil.rmtree(part, ignore_errors=True)
    return home


def installed_vendure() -> Path:
    packages = HERE / "vendure_shop" / "package.json"
    home = cache() / f"vendure-{mark(*texts(packages.parent, packages.name))}"
    if not (home / "whole").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        shutil.copy(packages, home)
        run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], home)
        (home / "whole").touch()
    return home


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a program to its end; gives what it printed. Raises AssertionError with its last words where it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=surroundings(environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, f"{' '.join(command[:4])} … gave {done.returncode}:\n{done.stdout[-3000:]}"
    return done.stdout


def surroundings(own: Mapping[str, str]) -> dict[str, str]:
    """The machine's own, without what steers this Python, with what keeps the shops from calling home."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**kept, "VENDURE_DISABLE_TELEMETRY": "true", **own}


def wait_for(page: str, started: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a page answers, whatever it says. Raises AssertionError with the shop's last words where it never does."""
    for _ in range(PATIENCE_SECONDS * 5):
        try:
            urlopen(page, timeout=10).close()
            return
        except HTTPError:
            return
        except (URLError, ConnectionError, TimeoutError):
            assert started.poll() is None, log.read_text(errors="replace")[-3000:]
            time.sleep(0.2)
    raise AssertionError(f"{page} does not answer: {log.read_text(errors='replace')[-3000:]}")


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def mark(*said: str) -> str:
    """Eight letters that change with what was said."""
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:8]


def texts(folder: Path, *names: str) -> list[str]:
    return [(folder / name).read_text(encoding="utf-8") for name in names]
