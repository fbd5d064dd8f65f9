"""A folder of everybody's exports sorts itself out, and every row and cent of it is accounted for."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhanggui import sources
from zhanggui.config import Config
from zhanggui.errors import UserError
from zhanggui.store import Warehouse
from zhanggui.tables.loading import Options

from .conftest import SAMPLES

OTHER_NAMES = {"pdd": "pinduoduo"}
"""Samples are named after their platform, but for these."""


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """All samples read as one folder and loaded into one new shop: the readings, and what the import says."""
    folder = tmp_path_factory.mktemp("shop")
    readings = sources.read([SAMPLES], Options(currency="CNY"))
    config = Config(currency="CNY", timezone="Asia/Shanghai")
    Warehouse.create(folder, config)
    with Warehouse.open(folder, config) as warehouse:
        yield readings, warehouse.load(readings), warehouse


def test_every_file_is_read_by_its_own_platforms_source(imported):
    readings, *_ = imported
    for reading in readings:
        name = reading.sheet.path.name
        named = next((source for prefix, source in OTHER_NAMES.items() if name.startswith(prefix)), name)
        assert named.startswith(reading.recognition.source), (name, reading.recognition.source)
    assert {reading.sheet.path.name for reading in readings} == {path.name for path in SAMPLES.iterdir()}


def test_no_other_source_comes_near(imported):
    for reading in imported[0]:
        claims = [
            source.recognise(reading.sheet) for source in sources.all_sources() if not hasattr(source, "fallback")
        ]
        scores = sorted((claim.score for claim in claims if claim is not None), reverse=True)
        assert len(scores) == 1 or scores[0] - scores[1] >= 2 * sources.MARGIN, reading.sheet.path.name


def test_the_import_lands_reconciled(imported):
    _, said, _ = imported
    assert said.rejected == 0
    assert [(one.file, one.table, check.gap) for one in said.tables for check in one.money if check.gap] == []
    for one in said.tables:
        assert one.rows_read == one.new + one.replaced + one.already_there + one.rejected


def test_the_same_files_again_change_nothing(imported):
    readings, _, warehouse = imported
    again = warehouse.load([one for one in readings if one.recognition.source in ("jd", "pinduoduo", "douyin")])
    assert (again.changed, again.new, again.replaced) == (False, 0, 0)


PLAIN = "下单时间,商品名称,商品id,支付时间,数量,单价\n2026-08-01 10:00:00,水杯,7,2026-08-01 10:01:00,2,30.00\n"


def test_a_shops_own_list_with_everyday_names_is_no_platforms_file(read, write):
    (reading,) = read(write("own.csv", PLAIN))
    assert reading.recognition.source == "general"


CELLS = (
    "",
    "-",
    "1,234.56",
    "￥12",
    "合计",
    "2026-08-01 10:00:00",
    "2026-08-01",
    "'1234567",
    "1",
    "退款成功",
    "a;b",
    "完成",
)
CHINESE = ("alimama", "douyin", "jd", "pinduoduo")


@given(drawn=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_in_whichever_columns_is_read_or_refused_and_no_row_counts_twice(
    tmp_path_factory, drawn
):
    name = drawn.draw(st.sampled_from(CHINESE))
    source = next(one for one in sources.all_sources() if one.name == name)
    columns = drawn.draw(st.lists(st.sampled_from(sorted(source.known)), min_size=3, max_size=25, unique=True))
    rows = drawn.draw(
        st.lists(st.lists(st.sampled_from(CELLS), min_size=len(columns), max_size=len(columns)), min_size=1, max_size=4)
    )
    path = tmp_path_factory.mktemp("drawn") / "drawn.csv"
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in (columns, *rows)), encoding="utf-8")
    try:
        (reading,) = sources.read([path], Options(), name)
    except UserError:
        return
    filled = sum(any(cell for cell in line) for line in rows)
    assert reading.rows_read == filled
    kept = {row for piece in reading.pieces for row in piece.rows["_row"].to_list()}
    rejected = {row for row, *_ in reading.rejects}
    assert len(kept | rejected) + sum(one.rows for one in reading.left_out) <= filled
