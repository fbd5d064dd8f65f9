"""The register of people and the door: what is kept, what is refused, what is noted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from drawn.teashop import Watch
from zhanggui.errors import BadValue, NotLetIn, Throttled
from zhanggui.people import Door, People, Person
from zhanggui.state.database import FILE, Database

CHEN = Person("Chen", "owner")
WORDS = "three green kettles"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def people(database: Database, watch: Watch) -> People:
    return People(database, watch.clock)


@pytest.fixture
def door(database: Database, watch: Watch) -> Door:
    return Door(database, watch.clock)


def test_no_secret_is_stored_that_could_be_used(people, door, tmp_path):
    people.add("Mei", WORDS, "operator", by=CHEN)
    token = people.new_token("cash desk", "viewer", by=CHEN)
    link = door.link("Chen")
    visitor = door.sign_in("Mei", WORDS)
    with sqlite3.connect(tmp_path / FILE) as raw:
        stored = "\n".join(raw.iterdump())
    assert "$argon2id$" in stored
    for secret in (WORDS, token, token.removeprefix("zg_"), link, visitor):
        assert secret not in stored


def test_each_sign_in_has_a_cookie_of_its_own_and_nobody_elses(people, door):
    people.add("Mei", WORDS, "operator", by=CHEN)
    phone, laptop = door.sign_in("Mei", WORDS), door.sign_in("MEI ", WORDS)
    assert phone != laptop
    assert door.who(phone) == door.who(laptop)
    assert door.who(phone).role == "operator"
    door.sign_out(phone)
    assert door.who(phone) is None
    assert door.who(laptop).name == "Mei"
    assert door.who("") is None
    assert door.who("made up") is None


def test_a_name_is_the_same_however_it_is_spelt(people):
    people.add("Mei Lin", WORDS, "viewer", by=CHEN)
    with pytest.raises(BadValue, match="name_taken"):
        people.add("  mei   LIN", WORDS, "owner", by=CHEN)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "tab\tinside", "line\nbreak"])
def test_a_name_that_cannot_be_seen_is_refused(people, name):
    with pytest.raises(BadValue, match="bad_name"):
        people.add(name, WORDS, "viewer", by=CHEN)


@pytest.mark.parametrize(("password", "why"), [("short", "length"), ("x" * 201, "length"), ("Mei-Lin-2026", "is_name")])
def test_a_poor_password_is_refused(people, password, why):
    with pytest.raises(BadValue, match=why):
        people.add("Mei-Lin", password, "viewer", by=CHEN)
    assert people.everybody() == []


def test_the_last_owner_stays_as_long_as_others_do(people):
    people.add("Chen", WORDS, "owner", by=CHEN)
    people.add("Mei", WORDS, "operator", by=CHEN)
    with pytest.raises(BadValue, match="last_owner"):
        people.remove("Chen", by=CHEN)
    with pytest.raises(BadValue, match="last_owner"):
        people.set_role("Chen", "viewer", by=CHEN)
    people.set_role("Mei", "owner", by=CHEN)
    people.remove("Chen", by=CHEN)
    people.remove("Mei", by=CHEN)
    assert people.everybody() == []


def test_nobody_gives_a_program_more_than_he_has(people):
    with pytest.raises(BadValue, match="role_above"):
        people.new_token("cash desk", "owner", by=Person("Mei", "operator"))


def test_a_program_comes_in_by_its_token_until_it_is_revoked(people, door, watch):
    token = people.new_token("cash desk", "operator", by=CHEN)
    assert door.program(token) == Person("cash desk", "operator")
    first = people.tokens()[0]
    assert first.used == watch.now.astimezone(UTC).replace(tzinfo=None)
    people.revoke(first.number, by=CHEN)
    with pytest.raises(NotLetIn):
        door.program(token)
    with pytest.raises(BadValue, match="unknown_token"):
        people.revoke(first.number, by=CHEN)


def test_guessing_tokens_is_stopped(door, watch):
    for n in range(20):
        with pytest.raises(NotLetIn):
            door.program(f"zg_guess{n}", address="10.0.0.1")
    with pytest.raises(Throttled) as stopped:
        door.program("zg_guess", address="10.0.0.1")
    assert 0 < stopped.value.params["seconds"] <= 15 * 60 + 1
    watch.on(minutes=16)
    with pytest.raises(NotLetIn):
        door.program("zg_guess", address="10.0.0.1")


def test_who_gets_in_has_his_tries_forgotten(people, door):
    people.add("Mei", WORDS, "operator", by=CHEN)
    for _ in range(4):
        for n in range(5):
            with pytest.raises(NotLetIn):
                door.sign_in("Mei", f"wrong {n}", address="10.0.0.1")
        door.sign_in("Mei", WORDS, address="10.0.0.1")
    assert [deed.what for deed in people.deeds(4)] == ["signed_in"] * 4


def test_the_log_cannot_be_changed_even_by_hand(people, tmp_path):
    people.add("Mei", WORDS, "operator", by=CHEN)
    with sqlite3.connect(tmp_path / FILE) as raw:
        for statement in ("DELETE FROM deeds", "UPDATE deeds SET by = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                raw.execute(statement)
    assert [(deed.by, deed.what, deed.target) for deed in people.deeds()] == [
        ("Chen", "person_added", "Mei (operator)")
    ]


def test_the_log_is_read_page_by_page(people):
    for n in range(5):
        people.note(CHEN, "note", f"a{n}")
    first = people.deeds(2)
    assert [deed.target for deed in first] == ["a4", "a3"]
    assert [deed.target for deed in people.deeds(2, before=first[-1].number)] == ["a2", "a1"]
