"""What an attacker sends to the door for files, and that each is stopped with nothing kept and nothing changed."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn.browsers import ORDERS, Browser, desk, left_behind, rows
from zhanggui.app.uploads import Limits, Uploads, label
from zhanggui.config import rewrite
from zhanggui.errors import BadFile

SMALL = Limits(size=1 << 20, files=3, unpacked=64 << 20)
FORMS = (
    ("/data/upload/" + "0" * 32, {"do": "load"}),
    ("/data/undo", {"batch": "0001"}),
    ("/data/costs", {"cost:goods.*": "0.5"}),
    ("/data/target", {"month": "2026-09", "value": "1"}),
    ("/calendar/freeze", {"start": "2026-09-01", "end": "2026-09-02"}),
    ("/calendar/annotation", {"day": "2026-09-01", "text": "x"}),
    ("/calendar/promotion", {"name": "x", "start": "2026-09-01"}),
    ("/experiments/new", {"name": "x", "do": "note"}),
    ("/experiments/x/stop", {"why": "x"}),
    ("/outcomes/read", {}),
    ("/practice/days", {"days": "1"}),
    ("/practice/score", {}),
    ("/settings", {"set:ship_by_hours": "24"}),
    ("/settings/shop", {"name": "x", "locale": "en"}),
    ("/jobs/x/forget", {}),
    ("/calendar/members", {"start": "2026-09-01"}),
    ("/actions/new", {"kind": "audit_listing"}),
    ("/demo", {}),
    ("/settings/people/add", {"name": "Mallory", "password": "a long enough password 8", "role": "owner"}),
    ("/settings/people/role", {"name": "viewer", "role": "owner"}),
    ("/settings/people/password", {"name": "owner", "password": "a long enough password 8"}),
    ("/settings/people/remove", {"name": "owner"}),
    ("/settings/tokens/make", {"name": "x", "role": "owner"}),
    ("/settings/tokens/revoke", {"number": "1"}),
    ("/settings/notices/add", {"name": "x", "variable": "X"}),
    ("/settings/notices/remove", {"name": "x"}),
    ("/settings/notices/hour", {"daily_at": "08:30"}),
    ("/settings/notices/test", {}),
    ("/settings/backups/make", {}),
    ("/settings/backups/remove", {"name": "20260101T000000.zip"}),
    ("/settings/restore", {}),
)
OWNERS = tuple(form for form in FORMS if form[0].startswith("/settings") or form[0] in ("/data/costs", "/data/target"))


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Browser]:
    with desk(tmp_path / "shop") as opened:
        yield Browser(opened)


def workbook(entries: dict[str, bytes]) -> bytes:
    """A zip with the given entries, well compressed."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        for name, told in entries.items():
            book.writestr(name, told)
    return content.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../../warehouse.duckdb", "..\\..\\key", "/etc/cron.d/x.csv", "~/.ssh/id.csv", "a\x00b.csv", ".hidden", "…/key"],
)
def test_a_file_name_never_says_where_a_file_lies(tmp_path: Path, name: str) -> None:
    uploads = Uploads(tmp_path)
    parcel = uploads.receive([(name, io.BytesIO(ORDERS))], SMALL)
    (path,) = parcel.files
    assert path.resolve().is_relative_to((tmp_path / ".uploads").resolve())
    assert not path.name.startswith(".")
    assert "\x00" not in path.name
    assert [each.name for each in tmp_path.iterdir()] == [".uploads"]


def test_of_a_long_name_its_ending_is_kept() -> None:
    assert len(label("x" * 500 + ".csv")) <= 100
    assert label("x" * 500 + ".csv").endswith(".csv")


@pytest.mark.parametrize("token", ["..", "../shop", "0" * 31, "0" * 32 + "/..", "%2e%2e"])
def test_a_token_that_is_none_of_ours_finds_nothing(tmp_path: Path, token: str) -> None:
    uploads = Uploads(tmp_path)
    uploads.receive([("a.csv", io.BytesIO(ORDERS))], SMALL)
    assert uploads.find(token) is None
    uploads.throw_away(token)
    assert list(tmp_path.rglob("a.csv"))


def test_a_workbook_that_unpacks_to_far_more_is_not_taken(tmp_path: Path) -> None:
    bomb = workbook({"xl/worksheets/sheet1.xml": b"\0" * (40 << 20)})
    assert len(bomb) < 100_000
    with pytest.raises(BadFile, match=r"uploads\.bomb"):
        Uploads(tmp_path).receive([("orders.xlsx", io.BytesIO(bomb))], SMALL)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_workbook_that_lies_about_its_size_is_not_taken(tmp_path: Path) -> None:
    told = b"<row r='1'/>" * 100_000
    honest = workbook({"xl/worksheets/sheet1.xml": told})
    lie = honest.replace(len(told).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lie != honest
    with pytest.raises(BadFile, match="truncated"):
        Uploads(tmp_path).receive([("orders.xlsx", io.BytesIO(lie))], SMALL)


def test_a_workbook_with_a_cell_at_the_far_end_is_not_taken(tmp_path: Path) -> None:
    sheet = b'<sheetData><row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row></sheetData>'
    with pytest.raises(BadFile, match="too_wide"):
        Uploads(tmp_path).receive([("o.xlsx", io.BytesIO(workbook({"xl/worksheets/sheet1.xml": sheet})))], SMALL)


def test_a_workbook_of_very_many_files_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="bomb"):
        Uploads(tmp_path).receive([("o.xlsx", io.BytesIO(workbook({f"{n}.xml": b"" for n in range(6000)})))], SMALL)


def test_a_compressed_text_that_unpacks_to_far_more_is_not_taken(tmp_path: Path) -> None:
    bomb = gzip.compress(b"0" * (80 << 20))
    with pytest.raises(BadFile, match="bomb"):
        Uploads(tmp_path).receive([("orders.csv.gz", io.BytesIO(bomb))], SMALL)


def test_more_than_the_limit_is_not_taken_and_leaves_nothing(owner: Browser) -> None:
    rewrite(owner.desk.folder, {}, {"upload_limit_mb": 1})
    page = owner.send(("big.csv", b"a,b\n" + b"1,2\n" * 300_000), status=400)
    assert "larger than 1 MB" in page
    assert left_behind(owner) == []
    owner.send(("huge.csv", b"1,2\n" * 800_000), status=413)
    assert left_behind(owner) == []


def test_a_body_without_a_length_is_cut_off_too(owner: Browser) -> None:
    def endless() -> Iterator[bytes]:
        yield b"csrf=" + owner.token.encode() + b"&value="
        for _ in range(64):
            yield b"0" * 65_536

    response = owner.client.post(
        "/data/costs", content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert response.status_code == 413


def test_too_many_files_and_none_are_not_taken(owner: Browser) -> None:
    rewrite(owner.desk.folder, {}, {"upload_files": 2})
    assert "No file was chosen" in owner.post("/data/upload", 400)
    page = owner.send(("a.csv", ORDERS), ("b.csv", ORDERS), ("c.csv", ORDERS), status=400)
    assert "2 is the most" in page


def test_script_and_formulas_in_files_stay_text(owner: Browser) -> None:
    evil = ORDERS + b'1004,2026-05-04,<script>alert(1)</script>,1,10\n1005,2026-05-04,"=HYPERLINK(""x"")",1,=1+1\n'
    page = owner.send(("<img src=x onerror=alert(1)>.csv", evil))
    assert "<script>alert" not in page
    assert "<img" not in page
    owner.post(owner.at, do="load")
    page = owner.wait()
    assert "=1+1" in page
    assert rows(owner) == 4
    with owner.desk.reading() as shop:
        titles = shop.product_names().values()
    assert "<script>alert(1)</script>" in titles


def test_script_in_a_column_or_a_cell_is_shown_as_text(owner: Browser) -> None:
    evil = ORDERS.replace(b"White cup", b"<b onclick=x()>cup</b>").replace(b"product,", b"product<script>,")
    page = owner.send(("orders.csv", evil))
    assert "<script>," not in page
    assert "product<script>" not in page
    assert "&lt;b onclick=x()&gt;" in page


@pytest.mark.parametrize(("path", "fields"), FORMS, ids=[path for path, _ in FORMS])
def test_a_viewer_may_change_nothing(viewer: Browser, path: str, fields: dict[str, str]) -> None:
    viewer.post(path, 403, **fields)


@pytest.mark.parametrize(("path", "fields"), OWNERS, ids=[path for path, _ in OWNERS])
def test_an_operator_may_not_do_what_is_the_owners(operator: Browser, path: str, fields: dict[str, str]) -> None:
    operator.post(path, 403, **fields)


def test_a_viewer_may_not_send_files_nor_see_others(viewer: Browser) -> None:
    viewer.send(("a.csv", ORDERS), status=403)
    viewer.get("/data/upload/" + "0" * 32, 403)


@pytest.mark.parametrize("path", sorted({path for path, _ in FORMS} | {"/data/upload"}))
def test_a_form_that_is_not_ours_changes_nothing(shared: Browser, path: str) -> None:
    response = shared.client.post(path, data={"csrf": "0" * 64})
    assert response.status_code == 403


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with desk(tmp_path_factory.mktemp("desk") / "shop") as opened:
        yield Browser(opened)


@pytest.fixture(scope="module")
def viewer(shared: Browser) -> Browser:
    return Browser(shared.desk, "viewer")


@pytest.fixture(scope="module")
def operator(shared: Browser) -> Browser:
    return Browser(shared.desk, "operator")
