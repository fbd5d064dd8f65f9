"""From paths to readings: which files are taken, which source reads each, what stops an import."""

import shutil

import pytest

from zhanggui import i18n, presence, sources
from zhanggui.errors import BadFile, BadValue, NotUnderstood
from zhanggui.sources import all_sources, find_files, known_headers, reading, recognise
from zhanggui.sources.kinds import Source
from zhanggui.tables.loading import Recognition

ORDERS = "订单编号,总金额,买家实际支付金额,订单创建时间,店铺名称\n{id},10.00,10.00,2019-05-01 10:02:11,{shop}\n"
NONSENSE = "alpha,beta\nred,green\nblue,white\n"


def said(error):
    topic, name = error.code.split(".")
    return {i18n.text(f"{topic}.error.{name}", locale, **error.params) for locale in i18n.LOCALES}


def test_sources_are_found_by_presence():
    names = [source.name for source in all_sources()]
    assert {"canonical", "sycm", "taobao"} <= set(names)
    assert names == sorted(names)
    assert all(isinstance(source, Source) for source in all_sources())


def test_all_known_headers_are_normalised():
    from zhanggui.sources.headers import normalised

    assert "买家应付货款" in known_headers()
    for source in all_sources():
        if source.name in ("canonical", "sycm", "taobao"):
            assert all(normalised(name) == name for name in source.known)


def test_another_package_may_bring_a_source(monkeypatch):
    class Entry:
        name = "kiosk"

        @staticmethod
        def load():
            return Claims("kiosk", 0.9)

    monkeypatch.setattr(presence, "entry_points", lambda group: [Entry] if group == "zhanggui.sources" else [])
    all_sources.cache_clear()
    try:
        assert "kiosk" in [source.name for source in all_sources()]
    finally:
        all_sources.cache_clear()


class Claims:
    """A source that claims every sheet with one score."""

    def __init__(self, name, score, *, fallback=False):
        self.name, self.score, self.fallback = name, score, fallback

    def recognise(self, sheet):
        return Recognition(self.name, "all", self.score)

    def read(self, sheets, options):
        return []


@pytest.fixture
def claimed(monkeypatch, write):
    """Who wins a sheet among sources with given scores."""
    (sheet,) = reading.sheets(write("table.csv", NONSENSE))

    def _claimed(*claims, only=None):
        monkeypatch.setattr(sources, "all_sources", lambda: claims)
        return recognise([sheet], only)[0][1].source

    return _claimed


def test_the_best_source_wins_by_a_clear_margin(claimed):
    assert claimed(Claims("a", 0.9), Claims("b", 0.7)) == "a"


def test_two_sources_too_close_are_named_and_asked_about(claimed):
    with pytest.raises(NotUnderstood) as caught:
        claimed(Claims("a", 0.9), Claims("b", 0.8), Claims("c", 0.6))
    assert (caught.value.code, caught.value.params["candidates"]) == ("sources.ambiguous_file", "a, b")
    assert all("--source" in sentence for sentence in said(caught.value))


def test_naming_the_source_settles_it(claimed):
    assert claimed(Claims("a", 0.9), Claims("b", 0.8), only="b") == "b"
    with pytest.raises(BadValue, match="unknown_source"):
        claimed(Claims("a", 0.9), only="z")


def test_below_one_half_nothing_is_understood(claimed):
    with pytest.raises(NotUnderstood) as caught:
        claimed(Claims("a", 0.4))
    assert caught.value.code == "sources.unknown_file"
    assert all("alpha, beta" in sentence and "table.csv" in sentence for sentence in said(caught.value))


def test_a_fallback_stands_back_for_any_other(claimed):
    general = Claims("general", 0.95, fallback=True)
    assert claimed(Claims("a", 0.6), general) == "a"
    assert claimed(Claims("a", 0.4), general) == "general"


def test_a_folder_is_searched_to_the_bottom_without_hidden_files_and_rejects(write, tmp_path):
    wanted = {write("a.csv", NONSENSE), write("deep/er/b.tsv", NONSENSE)}
    write(".hidden.csv", NONSENSE)
    write("~$book.xlsx", b"lock")
    write("rejects/7/orders.csv", NONSENSE)
    write(".git/c.csv", NONSENSE)
    page = write("README.md", "# page")
    files, passed_over = find_files([tmp_path])
    assert (set(files), passed_over) == ({path.resolve() for path in wanted}, [page])


def test_one_file_nobody_knows_stops_the_whole_folder(write, read, tmp_path):
    write("orders.csv", ORDERS.format(id=1, shop="甲"))
    write("strange.csv", NONSENSE)
    with pytest.raises(NotUnderstood) as caught:
        read(tmp_path)
    assert caught.value.params["file"] == "strange.csv"


def test_a_file_of_another_source_is_refused_when_a_source_is_named(write, read):
    with pytest.raises(NotUnderstood) as caught:
        read(write("strange.csv", NONSENSE), source="taobao")
    assert caught.value.code == "sources.not_of_source"
    assert len(said(caught.value)) == 3


@pytest.mark.parametrize("name", ["absent.csv", "picture.png"])
def test_paths_that_lead_nowhere_are_said(write, read, tmp_path, name):
    if name.endswith("png"):
        write(name, b"\x89PNG")
    with pytest.raises(NotUnderstood) as caught:
        read(tmp_path / name)
    assert all(name in sentence for sentence in said(caught.value))


def test_an_empty_folder_is_said(read, tmp_path):
    with pytest.raises(NotUnderstood, match="nothing_found"):
        read(tmp_path)


def test_equal_files_are_read_once_and_said(write, read, tmp_path):
    first = write("a.csv", ORDERS.format(id=1, shop="甲"))
    shutil.copy(first, tmp_path / "copy.csv")
    write("b.csv", ORDERS.format(id=2, shop="甲"))
    readings = read(tmp_path)
    assert [r.sheet.name for r in readings] == ["a.csv", "b.csv"]
    assert ("same_file", {"file": "copy.csv", "same_as": "a.csv"}) in readings[0].notes


def test_files_of_two_shops_are_not_mixed_unless_told(write, read, tmp_path):
    write("a.csv", ORDERS.format(id=1, shop="甲店"))
    write("b.csv", ORDERS.format(id=2, shop="乙店"))
    with pytest.raises(BadFile) as caught:
        read(tmp_path)
    assert caught.value.code == "sources.two_shops"
    assert all("甲店 (a.csv)" in sentence and "乙店 (b.csv)" in sentence for sentence in said(caught.value))
    assert {r.channel for r in read(tmp_path, channel="tmall:both")} == {"tmall:both"}


def test_what_holds_no_table_is_passed_over_with_a_note(write, read, tmp_path):
    write("a.csv", ORDERS.format(id=1, shop="甲"))
    write("photo.jpg", b"x")
    assert ("passed_over", {"file": "photo.jpg"}) in read(tmp_path)[0].notes


def test_the_words_of_this_room_are_the_same_in_three_languages():
    words = [i18n.catalogue(locale, "sources") for locale in i18n.LOCALES]
    assert set(words[0]) == set(words[1]) == set(words[2])
    import string

    for key in words[0]:
        fields = [{field for _, field, _, _ in string.Formatter().parse(one[key]) if field} for one in words]
        assert fields[0] == fields[1] == fields[2], key
