"""Files as sheets: encodings, delimiters, headers, and what is wrong with a broken file."""

import codecs
import gzip
import random
import re
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhanggui import i18n
from zhanggui.errors import BadFile
from zhanggui.i18n import catalogue, topics
from zhanggui.sources import reading
from zhanggui.sources.encoding import encoding_of

KNOWN = frozenset({"订单编号", "总金额", "统计日期", "访客数"})
TABLE = "订单编号,总金额\n1,2.50\n2,3.50\n"


def one(path, known=frozenset()):
    (sheet,) = reading.sheets(path, known)
    return sheet


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TABLE.encode(), "utf-8-sig"),
        (TABLE.encode("gb18030"), "gb18030"),
        (TABLE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "utf-16"),
    ],
)
def test_each_encoding_gives_the_same_rows(write, raw, encoding):
    sheet = one(write("orders.csv", raw))
    assert (sheet.encoding, sheet.headers) == (encoding, ("订单编号", "总金额"))
    assert reading.frame(sheet).rows() == [(2, "1", "2.50"), (3, "2", "3.50")]


BIG5 = "訂單編號,商品名稱,總金額\n1,陶瓷馬克杯,2.50\n2,茶葉禮盒,3.50\n"


def test_a_big5_file_of_taiwan_is_read(write):
    sheet = one(write("訂單.csv", BIG5, "cp950"))
    assert (sheet.encoding, sheet.headers) == ("cp950", ("訂單編號", "商品名稱", "總金額"))
    assert reading.frame(sheet)["商品名稱"].to_list() == ["陶瓷馬克杯", "茶葉禮盒"]
    assert reading.utf8_path(sheet).read_text(encoding="utf-8") == BIG5


def test_signs_of_hong_kong_far_below_make_it_the_big5_of_hong_kong(write):
    text = BIG5 + "".join(f"{n},茶葉禮盒,1\n" for n in range(3, 200_000)) + "200000,啲嘢好嘥,1\n"
    sheet = one(write("orders.csv", text, "big5hkscs"))
    assert sheet.encoding == "cp950"
    assert reading.frame(sheet).row(-1)[2] == "啲嘢好嘥"


def test_big5_far_below_an_ascii_head_is_read_as_such(write):
    lines = ["id,note", *(f"{number},ok" for number in range(300_000)), "300000,缺貨已補發給客人"]
    sheet = one(write("notes.csv", "\n".join(lines) + "\n", "cp950"))
    assert sheet.encoding == "utf-8"
    assert reading.frame(sheet).row(-1) == (300_002, "300000", "缺貨已補發給客人")


def test_traditional_text_in_gb18030_stays_that(write):
    sheet = one(write("訂單.csv", BIG5, "gb18030"))
    assert (sheet.encoding, sheet.headers) == ("gb18030", ("訂單編號", "商品名稱", "總金額"))


def phrases(locale: str, encoding: str) -> list[str]:
    """Runs of Chinese signs as the product itself writes them, which the encoding can hold (Big5 has no 简)."""
    texts = (text for topic in topics() for text in catalogue(locale, topic).values())
    runs = sorted({run for text in texts for run in re.findall("[\u4e00-\u9fff]{2,}", text)})
    return [run for run in runs if run.encode(encoding, "ignore").decode(encoding) == run]


@pytest.mark.parametrize(("locale", "encoding"), [("zh-Hans", "gb18030"), ("zh-Hant", "gb18030"), ("zh-Hant", "cp950")])
def test_eight_words_tell_each_chinese_encoding(tmp_path, locale, encoding):
    words, chance = phrases(locale, encoding), random.Random(4)
    path = tmp_path / "x.csv"
    path.write_bytes(b"-")
    wrong = []
    for _ in range(400):
        raw = (",".join(chance.sample(words, 8)) + "\n1,2,3\n").encode(encoding)
        if encoding_of(path, raw, whole=True) != encoding:
            wrong.append(raw.decode(encoding))
    assert wrong == []


@pytest.mark.parametrize(
    "text", ["prix,été\n20°C,à côté\n", "size,Größe\n½ £5 ©,«Ä»\n", "ação,São João\nçãõ,1\n", "Ñandú,ÆØÅ\nÅse,1\n"]
)
def test_western_accents_are_not_big5(write, text):
    assert one(write("x.csv", text, "cp1252")).encoding == "cp1252"


def test_a_western_file_is_not_read_as_rare_chinese_signs(write):
    sheet = one(write("noms.csv", "nom,ville\nJosée,Orléans\nGrößer,Köln\n", "cp1252"))
    assert sheet.encoding == "cp1252"
    assert reading.frame(sheet)["ville"].to_list() == ["Orléans", "Köln"]


def test_chinese_far_below_an_ascii_head_is_still_read(write):
    lines = ["id,note", *(f"{number},ok" for number in range(300_000)), "300000,补发"]
    sheet = one(write("notes.csv", "\n".join(lines) + "\n", "gb18030"))
    assert sheet.encoding == "utf-8"
    assert reading.frame(sheet).row(-1) == (300_002, "300000", "补发")


def test_utf8_path_is_the_file_itself_only_when_it_is_utf8(write):
    plain, chinese = write("plain.csv", TABLE), write("gbk.csv", TABLE, "gb18030")
    assert reading.utf8_path(one(plain)) == plain
    copy = reading.utf8_path(one(chinese))
    assert copy != chinese
    assert copy.read_text(encoding="utf-8") == TABLE
    assert copy.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(write, delimiter):
    text = "\n".join(delimiter.join(row) for row in [("sku", "price", "note"), ("A", "1,5", "x"), ("B", "2,5", "y")])
    if delimiter == ",":
        text = text.replace("1,5", '"1,5"').replace("2,5", '"2,5"')
    sheet = one(write("prices.txt", text))
    assert sheet.delimiter == delimiter
    assert reading.frame(sheet)["price"].to_list() == ["1,5", "2,5"]


def test_columns_aligned_by_blanks_need_no_header(write):
    sheet = one(write("cd.txt", " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n"))
    assert (sheet.kind, sheet.delimiter, sheet.header_row) == ("csv", " ", 0)
    assert sheet.columns == ("column_1", "column_2", "column_3", "column_4")
    assert reading.frame(sheet).row(2) == (3, "00002", "19970112", "5", "77.00")


def test_columns_aligned_by_blanks_may_have_a_header(write):
    sheet = one(write("cd.txt", "customer day cds paid\n00001 19970101  1   11.77\n00002 19970112  1   12.00\n"))
    assert (sheet.header_row, sheet.columns) == (1, ("customer", "day", "cds", "paid"))
    assert reading.frame(sheet)["paid"].to_list() == ["11.77", "12.00"]


def test_the_header_is_the_row_with_most_known_names(write):
    text = "报表,店铺\n说明,每日,导出\n\n统计日期,访客数,别的\n2026-08-01,5,x\n"
    sheet = one(write("report.csv", text), KNOWN)
    assert (sheet.header_row, sheet.above) == (4, ("报表,店铺", "说明,每日,导出", ""))
    assert reading.frame(sheet).rows() == [(5, "2026-08-01", "5", "x")]


def test_a_quoted_line_break_above_the_header_does_not_shift_the_rows(write):
    sheet = one(write("report.csv", '"说明\n第二行",\n统计日期,访客数\n2026-08-01,5\n'), KNOWN)
    assert (sheet.header_row, reading.frame(sheet).rows()) == (2, [(3, "2026-08-01", "5")])


def test_headers_are_normalised_and_the_original_kept(write):
    sheet = one(write("orders.csv", "\ufeff订单编号,收货地址 ,金额（元）\n1,x,2\n"))
    assert sheet.headers == ("订单编号", "收货地址", "金额(元)")
    assert sheet.columns == ("订单编号", "收货地址 ", "金额（元）")


def test_unnamed_and_repeated_columns_get_names(write):
    sheet = one(write("export.csv", ",name,price,name,colour\n1,a,2,b,c\n"))
    assert sheet.columns == ("column_1", "name", "price", "name (2)", "colour")


def test_gzip_is_unpacked(tmp_path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode("gb18030")))
    assert reading.frame(one(path))["总金额"].to_list() == ["2.50", "3.50"]


def test_a_stray_quote_inside_a_cell_swallows_nothing(write):
    sheet = one(write("tape.csv", 'sku,title,price\nA,2" tape,3\nB,"5,""x""\n y",6\nC,plain,9\n'))
    assert reading.frame(sheet)["title"].to_list() == ['2" tape', '5,"x"\n y', "plain"]


def test_a_row_with_too_many_cells_is_a_reject_and_a_short_one_is_filled_up(write):
    table, rejects = reading.rows(one(write("notes.csv", "id,a,note\n1,x,fine\n2,x,one, two\n3,y\n\n4,z,ok\n")))
    assert table.rows() == [(2, "1", "x", "fine"), (4, "3", "y", None), (6, "4", "z", "ok")]
    assert rejects == [(3, "note", "one, two", "sources.reject.too_many_cells")]


def test_a_megabyte_of_text_in_a_cell_passes(write):
    text = "长" * 400_000
    sheet = one(write("notes.csv", f'id,note\n1,"{text}"\n2,short\n'))
    assert reading.frame(sheet)["note"].to_list() == [text, "short"]


def test_looking_reads_only_the_head_of_a_huge_file(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"order_id,created_at,order_total\n" + b"1,2026-01-01,2.50\n" * 100_000)
        file.truncate(3 << 30)
    sheet = one(path)
    assert (sheet.byte_size, len(sheet.head)) == (3 << 30, reading.HEAD_ROWS)


def test_a_legacy_xls_is_read(samples):
    sheet = one(samples / "sycm_item_rank_2026-08-01.xls", KNOWN | {"商品ID", "商品访客数"})
    assert (sheet.kind, sheet.header_row) == ("xls", 5)
    assert reading.frame(sheet)["商品访客数"].to_list() == ["12,345", "9"]


def test_numbers_of_a_workbook_become_plain_text_and_long_ids_show_that_they_are_lost(book):
    import datetime

    day = datetime.datetime(2019, 5, 1, 10, 2)
    path = book("o.xlsx", [["id", "n", "at", "x"], [6901234567890123401, 17850, day, 0.5]])
    assert reading.frame(one(path)).row(0) == (2, "6.90123456789012E+18", "17850", "2019-05-01 10:02:00", "0.5")


def test_a_parquet_file_gives_ids_without_decimals(tmp_path):
    path = tmp_path / "lines.parquet"
    pl.DataFrame({"customer": [17850.0, None], "price": [2.5, 3.0]}).write_parquet(path)
    assert reading.frame(one(path)).rows() == [(2, "17850", "2.5"), (3, None, "3.0")]


def truncated_book(book, tmp_path):
    whole = book("whole.xlsx", [["订单编号", "总金额"], ["1", "2"]]).read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    return path


def zipped(tmp_path):
    path = tmp_path / "orders.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    return path


BROKEN = {
    "sources.empty": lambda write, book, folder: write("empty.csv", ""),
    "sources.header_only": lambda write, book, folder: write("header.csv", "订单编号,总金额\n"),
    "sources.binary": lambda write, book, folder: zipped(folder),
    "sources.truncated": lambda write, book, folder: truncated_book(book, folder),
    "sources.encoding": lambda write, book, folder: write("x.csv", b"a,b\n\x81\x8d,\xff\xff\x81\n\xff\x81,\x8d\n"),
    "sources.delimiter": lambda write, book, folder: write("x.csv", "a;b;c\n1,2,3\n4,5,6\n"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_file_is_refused_in_three_languages(write, book, tmp_path, code):
    path = BROKEN[code](write, book, tmp_path)
    with pytest.raises(BadFile) as caught:
        reading.sheets(path)
    assert caught.value.code == code
    topic, name = code.split(".")
    said = {i18n.text(f"{topic}.error.{name}", locale, **caught.value.params) for locale in i18n.LOCALES}
    assert len(said) == 3
    assert all(path.name in sentence for sentence in said)


def test_null_bytes_are_not_text(write):
    with pytest.raises(BadFile, match="binary"):
        reading.sheets(write("x.csv", b"a,b\n\x00\x01,2\n"))


def test_an_odd_separator_is_named(write):
    with pytest.raises(BadFile, match="delimiter"):
        reading.sheets(write("x.csv", "a^b^c\n1^2^3\n"))


def test_an_empty_and_a_header_only_workbook_are_refused(book):
    with pytest.raises(BadFile, match="empty"):
        reading.sheets(book("empty.xlsx", []))
    with pytest.raises(BadFile, match="header_only"):
        reading.sheets(book("header.xlsx", [["订单编号", "总金额"]]))


def test_a_gzip_file_cut_short_is_refused(tmp_path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode() * 1000)[:40])
    with pytest.raises(BadFile, match="truncated"):
        reading.sheets(path)


def test_text_under_an_old_spreadsheet_ending_is_read_as_text(write):
    assert reading.frame(one(write("orders.xls", TABLE.replace(",", "\t"))))["总金额"].to_list() == ["2.50", "3.50"]


def test_a_legacy_xls_cut_short_is_refused(samples, tmp_path):
    path = tmp_path / "cut.xls"
    path.write_bytes((samples / "sycm_item_rank_2026-08-01.xls").read_bytes()[:3000])
    with pytest.raises(BadFile, match="truncated"):
        reading.sheets(path)


def test_each_filled_sheet_of_a_workbook_is_a_table(tmp_path):
    workbook = openpyxl.Workbook()
    for row in (["订单编号", "总金额"], ["1", "2.50"]):
        workbook.active.append(row)
    workbook.create_sheet("空")
    second = workbook.create_sheet("二月")
    for row in (["订单编号", "总金额"], ["2", "3.50"]):
        second.append(row)
    workbook.save(tmp_path / "two.xlsx")
    found = reading.sheets(tmp_path / "two.xlsx")
    assert [sheet.name for sheet in found] == ["two.xlsx[Sheet]", "two.xlsx[二月]"]
    assert [reading.frame(sheet)["订单编号"].to_list() for sheet in found] == [["1"], ["2"]]


@given(st.lists(st.lists(st.text(max_size=8), min_size=3, max_size=3), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_text_written_as_csv_is_read_back(cells):
    import csv
    import io
    import tempfile

    lines = [[cell.replace("\x00", "").replace("\r", "") for cell in line] for line in cells]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["编号", "标题", "备注"], *lines])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.csv"
        path.write_bytes(text.getvalue().encode("utf-8", errors="replace"))
        expected = [line for line in lines if any(cell.strip() for cell in line)]
        if not expected:
            return
        frame = reading.frame(one(path, frozenset({"编号", "标题", "备注"})))
    kept = [[cell or "" for cell in row[1:]] for row in frame.rows()]
    wanted = [[cell.encode("utf-8", errors="replace").decode() for cell in line] for line in lines if any(line)]
    assert kept == wanted
