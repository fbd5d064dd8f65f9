"""Damaged files: cut, spoilt, with columns taken away or lines doubled. An import says so or reads them; it never breaks."""

import re
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhanggui import sources
from zhanggui.errors import BadFile, ZhangguiError
from zhanggui.tables.loading import Options

from .conftest import SAMPLES

PLATFORMS = ("access", "amazon", "ga4", "google", "matomo", "meta", "plausible", "search", "shopify", "woocommerce")
FILES = sorted(path for path in SAMPLES.iterdir() if path.name.startswith(PLATFORMS) and path.suffix != ".xlsx")
SPOILT = ['"', ",", "\n", "\t", "-", "€", "null", "[", "]", "{", "}", "\x00", "1e99", "2026-02-31", "%"]
WRONG = ["", "-", "abc", "99999999999999999999", "-1", "1.5", "null", "[]", "{}", "[null]"]


def lines_of(text):
    return text.split("\n")


def without_column(text, at):
    delimiter = "\t" if "\t" in text else ","
    rows = [line.split(delimiter) for line in lines_of(text)]
    gone = at % max(map(len, rows))
    return "\n".join(delimiter.join(cell for i, cell in enumerate(row) if i != gone) for row in rows)


def replaced(text, pattern, at, new):
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    hit = found[at % len(found)]
    return text[: hit.start()] + new + text[hit.end() :]


DAMAGE = st.one_of(
    st.tuples(st.just("insert"), st.integers(0, 9999), st.sampled_from(SPOILT)),
    st.tuples(st.just("cut"), st.integers(0, 9999), st.just("")),
    st.tuples(st.just("double"), st.integers(0, 99), st.just("")),
    st.tuples(st.just("column"), st.integers(0, 99), st.just("")),
    st.tuples(st.just("number"), st.integers(0, 999), st.sampled_from(WRONG)),
    st.tuples(st.just("word"), st.integers(0, 999), st.sampled_from(['"x"', '""', "null", "12", "[]", "{}"])),
    st.tuples(
        st.just("inside"), st.integers(0, 999), st.sampled_from(["null", "12", '"s"', "[]", "{}", "[1]", "[null]"])
    ),
)


def damaged(text, kind, at, new):
    match kind:
        case "insert":
            return text[: at % (len(text) + 1)] + new + text[at % (len(text) + 1) :]
        case "cut":
            return text[: at % (len(text) + 1)]
        case "double":
            lines = lines_of(text)
            return "\n".join([*lines, lines[at % len(lines)]])
        case "column":
            return without_column(text, at)
        case "number":
            return replaced(text, r"\d+", at, new)
        case "word":
            return replaced(text, r'"[A-Za-z_ ]+"', at, new)
        case _:
            return replaced(text, r"\[[^\[\]]*\]|\{[^{}]*\}", at, new)


def survives(folder, path, damages):
    raw = path.read_bytes()
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = raw.decode(encoding)
    for damage in damages:
        text = damaged(text, *damage)
    spoilt = folder / path.name
    spoilt.write_bytes(text.encode(encoding))
    try:
        readings = sources.read([spoilt], Options(currency="USD", timezone="America/New_York"))
    except ZhangguiError as error:
        return bool(error.code)
    return all(one.rows_read >= len({row for row, *_ in one.rejects}) for one in readings)


CASES = given(st.sampled_from(FILES), st.lists(DAMAGE, min_size=1, max_size=3))
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=60, deadline=None, suppress_health_check=SHARED)
@CASES
def test_a_damaged_file_is_refused_or_read_and_never_breaks_the_import(tmp_path, path, damages):
    assert survives(tmp_path, path, damages)


@pytest.mark.prove
@settings(max_examples=1000, deadline=None, suppress_health_check=SHARED)
@CASES
def test_thousands_of_damaged_files_break_nothing(tmp_path, path, damages):
    assert survives(tmp_path, path, damages)


def test_a_spoilt_sign_in_a_file_of_two_byte_signs_is_said(tmp_path):
    raw = bytearray((SAMPLES / "google_ads_campaigns.csv").read_bytes())
    raw[350:352] = b"\x00\xdc"  # the second half of a pair whose first half is not there
    (tmp_path / "campaigns.csv").write_bytes(raw)
    with pytest.raises(BadFile, match="encoding"):
        sources.read([tmp_path / "campaigns.csv"], Options(currency="USD", timezone="America/New_York"))


@pytest.mark.parametrize("cell", ["XFD1048576", "A1"])
def test_a_workbook_whose_cells_reach_to_the_end_of_the_world_is_refused(tmp_path, cell):
    """Its library would ask for more memory than there is, and end the process."""
    with ZipFile(SAMPLES / "taobao_orders_2026.xlsx") as book, ZipFile(tmp_path / "far.xlsx", "w") as far:
        for name in book.namelist():
            text = book.read(name)
            if name.endswith("sheet1.xml") and cell != "A1":
                text = text.replace(b'<row r="3"', b'<row r="1048576"').replace(b'r="P3"', f'r="{cell}"'.encode())
            far.writestr(name, text)
    options = Options(currency="CNY", timezone="Asia/Shanghai")
    if cell == "A1":
        assert sources.read([tmp_path / "far.xlsx"], options)
        return
    with pytest.raises(BadFile):
        sources.read([tmp_path / "far.xlsx"], options)
