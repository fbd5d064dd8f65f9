"""JSON as sheets: records a line, a list, an object that holds them; what is broken; lists far longer than a block."""

import json

import pytest

from zhanggui.errors import BadFile, NotUnderstood
from zhanggui.sources import json_files, reading

LINE = '{"a": "1", "b": {"c": [2]}}\n'


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (LINE + '{"a": null, "d": true}\n', "jsonl"),
        ("[" + LINE + ',\n{"a": "", "d": true}]', "json"),
        (json.dumps({"total": 2, "orders": [{"a": "1", "b": {"c": [2]}}, {"d": True}]}, indent=1), "json"),
        ("\ufeff[\n " + LINE.strip() + ',{"d": true}]', "json"),
    ],
)
def test_records_are_rows_and_keys_are_columns(write, text, kind):
    (sheet,) = reading.sheets(write("x.json", text))
    assert (sheet.kind, sheet.columns, sheet.header_row) == (kind, ("a", "b", "d"), 0)
    rows = reading.frame(sheet).drop("_row").rows()
    assert rows == [("1", '{"c": [2]}', None), (None, None, "true")]


def test_a_line_that_is_no_record_is_rejected_and_the_others_are_read(write):
    (sheet,) = reading.sheets(write("x.jsonl", LINE + "{broken\n\n" + LINE + "[1]\n"))
    frame, rejects = reading.rows(sheet)
    assert (frame["_row"].to_list(), [row for row, *_ in rejects]) == ([1, 4], [2, 5])


def test_a_list_longer_than_a_block_is_read_record_by_record(write, monkeypatch):
    monkeypatch.setattr(json_files, "_BLOCK", 64)
    records = [{"n": n, "text": "é" * n} for n in range(60)]
    (sheet,) = reading.sheets(write("x.json", json.dumps(records, ensure_ascii=False)))
    assert [dict(record) for _, record in json_files.records(sheet)] == records


@pytest.mark.parametrize("text", ["[" + LINE + ",", "[{", "{", "[]", '{"a": '])
def test_what_is_cut_off_is_said(write, text):
    with pytest.raises(BadFile):
        reading.frame(reading.sheets(write("x.json", text))[0])


def test_settings_and_other_logs_in_a_folder_are_passed_over_and_named_ones_are_not(write, read, samples):
    write("folder/orders.json", (samples / "woocommerce_v3_orders.json").read_bytes())
    settings = write("folder/package.json", '{"name": "theme", "version": "1.0"}')
    write("folder/error.log", "PHP Warning: something in line 3\n")
    (reading_,) = read(settings.parent)
    assert [(key, params["file"]) for key, params in reading_.notes] == [
        ("passed_over", "error.log"),
        ("passed_over", "package.json"),
    ]
    with pytest.raises(NotUnderstood):
        read(settings)
    with pytest.raises(NotUnderstood, match="nothing_found"):
        read(write("other/package.json", settings.read_bytes()).parent)
