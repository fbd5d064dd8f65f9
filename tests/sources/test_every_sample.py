"""All samples of all platforms in one folder: each is known without being named, and nobody takes another's."""

import pytest

from zhanggui import sources
from zhanggui.config import Config
from zhanggui.sources import all_sources, known_headers, reading
from zhanggui.store import Warehouse
from zhanggui.tables.loading import Options

from .conftest import SAMPLES

PLATFORM = {
    "access": "access_logs",
    "pdd": "pinduoduo",
    "plausible": "plausible",
    "google_ads": "google_ads",
    "google_merchant": "google_merchant",
    "meta_ads": "meta_ads",
    "search_console": "search_console",
}
"""The source of a sample where it is not the first word of its name."""


def source_of(name):
    return next(
        (source for start, source in PLATFORM.items() if name.startswith(start)), name.split("_")[0].split(".")[0]
    )


@pytest.fixture(scope="module")
def sheets():
    return [sheet for path in sorted(SAMPLES.iterdir()) for sheet in reading.sheets(path, known_headers())]


def test_every_sample_is_its_platforms_and_no_other_comes_near(sheets):
    wrong = []
    for sheet in sheets:
        claims = {
            source.name: claim.score
            for source in all_sources()
            if not getattr(source, "fallback", False) and (claim := source.recognise(sheet)) is not None
        }
        best = max(claims, key=lambda name: claims[name], default="")
        margin = sorted(claims.values())[-1] - sorted([0.0, *claims.values()])[-2] if claims else 0
        if best != source_of(sheet.path.name) or margin < sources.MARGIN:
            wrong.append((sheet.name, claims))
    assert wrong == []


def test_a_folder_of_everything_sorts_itself_and_lands_reconciled(tmp_path):
    config = Config(currency="USD", timezone="America/New_York")
    folder = tmp_path / "shop"
    Warehouse.create(folder, config)
    readings = sources.read([SAMPLES], Options(currency="USD", timezone="America/New_York", channel=None))
    with Warehouse.open(folder, config) as warehouse:
        done = warehouse.load(readings)
        again = warehouse.load(sources.read([SAMPLES], Options(currency="USD", timezone="America/New_York")))
    assert done.rejected == 0
    assert {file.source for file in done.files} >= {
        "alimama",
        "amazon",
        "douyin",
        "ga4",
        "google_ads",
        "jd",
        "meta_ads",
        "pinduoduo",
        "shopify",
        "sycm",
        "taobao",
        "woocommerce",
    }
    for table in done.tables:
        for check in table.money:
            assert abs(check.gap) < 0.01, (table.file, table.table)
    assert not again.changed
