"""What several rooms' tests share."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings

from zhanggui.app import Shop
from zhanggui.config import Config
from zhanggui.demo import demo_file
from zhanggui.store import lock

# As many tests run at once as there are cores: an engine with threads of its own would only wait for the others.
lock.THREADS = 1

# A slow machine is no failure: speed is measured in benchmarks, never in a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


LONG = (
    "web/test_every_page_in_a_browser",
    "cli/test_handing",
    "web/test_killed_server",
    "cli/test_serving",
    "web/test_by_keyboard_alone",
)
"""Files of few tests that wait for servers and browsers: begun first, so that nobody waits for them in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(f"tests/{name}.py" in item.nodeid for name in LONG))


@pytest.fixture(scope="session")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The bundled real shop, imported once for all that test side by side; tests read it and leave it as it is."""
    own = tmp_path_factory.getbasetemp()
    common = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "retail"
    with (common.parent / "retail.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not common.is_dir():
            config = Config(name="Online Retail", currency="GBP", timezone="Europe/London", locale="en")
            with Shop.create(common.with_name("retail.part"), config) as shop:
                shop.import_files([demo_file()])
            common.with_name("retail.part").rename(common)
    with Shop.open(shutil.copytree(common, tmp_path_factory.mktemp("retail") / "shop")) as shop:
        yield shop
