"""``zhanggui practice``: new, do, day, score."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zhanggui.app import Shop
from zhanggui.cli import main


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("practised") / "shop"
    assert main(["practice", "new", str(folder), "--character", "tea", "--seed", "5", "--lang", "en"]) == 0
    return folder


@pytest.mark.prove
def test_a_week_goes_by_and_the_score_says_against_whom(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["practice", "do", "--shop", str(shop), "--lang", "en"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert main(["practice", "day", "7", "--shop", str(shop), "--json"]) == 0
    passed = json.loads(capsys.readouterr().out)
    assert passed["from"] < passed["to"]
    assert main(["practice", "score", "--shop", str(shop), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    for who in ("this shop", "doing nothing", "rules of thumb", "the oracle"):
        assert who in said
    assert main(["practice", "score", "--shop", str(shop), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["oracle"] >= told["nothing"] == told["yours"]


def test_an_unknown_character_is_a_users_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["practice", "new", str(tmp_path / "x"), "--character", "circus", "--lang", "en"]) == 2
    assert "circus" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_another_folder_is_no_practice_shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "plain"), "--lang", "en"]) == 0
    capsys.readouterr()
    assert main(["practice", "day", "--shop", str(tmp_path / "plain"), "--lang", "en"]) == 2
    assert "practice new" in capsys.readouterr().err


def told(shop: Shop) -> object:
    """The brief with its numbers to ten digits: the engine adds in whatever order its threads come."""
    said = json.dumps(shop.brief_json(shop.brief(remember=False), "en"))
    return json.loads(said, parse_float=lambda number: f"{float(number):.10g}")


@pytest.mark.prove
def test_a_backup_of_a_practice_shop_lives_on_from_its_own_day(shop: Path, tmp_path: Path) -> None:
    assert main(["backup", str(tmp_path / "kept.zip"), "--shop", str(shop), "--lang", "en"]) == 0
    assert main(["restore", str(tmp_path / "kept.zip"), "--shop", str(tmp_path / "back"), "--lang", "en"]) == 0
    with Shop.open(shop) as before, Shop.open(tmp_path / "back") as after:
        assert after.clock.today() == before.clock.today()
        assert told(after) == told(before)
    assert main(["practice", "day", "--shop", str(tmp_path / "back"), "--lang", "en"]) == 0
