"""``zhanggui user``: who may come in to the desk."""

from __future__ import annotations

import io
import json
import sys

import pytest


@pytest.fixture
def typed(monkeypatch):
    """What stands on standard input, as from a pipe."""

    def typing(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return typing


def test_people_are_added_listed_changed_and_removed(run, shop, typed):
    assert "Nobody has a password yet" in run("user", "list", "--shop", shop).out
    typed("three green kettles\n")
    added = run("user", "add", "Chen", "--role", "owner", "--shop", shop)
    assert (added.code, added.out.strip()) == (0, "Chen may come in as owner.")
    assert "kettles" not in added.out + added.err
    typed("four white saucers\n")
    assert run("user", "add", "Mei", "--shop", shop).code == 0
    people = json.loads(run("user", "list", "--json", "--shop", shop).out)["people"]
    assert [(person["name"], person["role"]) for person in people] == [("Chen", "owner"), ("Mei", "operator")]
    assert "viewer now" in run("user", "role", "Mei", "--role", "viewer", "--shop", shop).out
    typed("five blue teapots\n")
    assert "new password" in run("user", "password", "mei", "--shop", shop).out
    assert run("user", "remove", "Mei", "--shop", shop).code == 0
    listed = run("user", "list", "--shop", shop).out
    assert "Chen" in listed
    assert "Mei" not in listed


def test_a_mistake_is_said_in_one_line_and_changes_nothing(run, shop, typed):
    typed("short\n")
    poor = run("user", "add", "Chen", "--role", "owner", "--shop", shop)
    assert (poor.code, poor.out) == (2, "")
    assert "10 to 200 characters" in poor.err
    typed("three green kettles\n")
    assert "no role “boss”" in run("user", "add", "Chen", "--role", "boss", "--shop", shop).err
    assert "Nobody is called “Mei”" in run("user", "remove", "Mei", "--shop", shop).err
    assert json.loads(run("user", "list", "--json", "--shop", shop).out) == {"people": []}


def test_a_one_time_link_is_printed_for_whoever_sits_at_the_machine(run, shop):
    said = run("user", "link", "--address", "http://127.0.0.1:9000/", "--shop", shop)
    assert said.code == 0
    assert "http://127.0.0.1:9000/enter?key=" in said.out
