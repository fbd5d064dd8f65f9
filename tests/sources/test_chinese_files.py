"""What holds for the files of all Chinese platforms: they are told by their own names, and nothing in them breaks the reading."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhanggui import sources
from zhanggui.errors import UserError
from zhanggui.tables.loading import Options

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
def test_whatever_stands_in_whichever_columns_is_read_or_refused_and_no_row_counts_twice(tmp_path_factory, drawn):
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
