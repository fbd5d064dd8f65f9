"""What the OpenAPI promises holds whatever is sent: no fault of ours, no answer that is not described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette

from drawn.sold import order_lines
from zhanggui.api import PATH, mounted
from zhanggui.app.desk import Desk

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LONG = {"/brief": 12}
"""Addresses whose answers take longer, and how many times fewer examples of them are drawn."""
Calls = Callable[..., TestClient]


def known_names(client: TestClient) -> dict[str, str]:
    """The beginning of an address, and what of it is there: a drawn name never is."""
    action = client.post("/actions", json={"kind": "audit_listing", "target": {"product_id": "Cup"}}).json()["action"]
    planned = {"name": "Red button", "change": "page", "a_day": 400, "mean": 0.2, "anyway": True}
    experiment = client.post("/experiments", json=planned).json()["plan"]
    sent = [("files", ("orders.csv", order_lines(3).encode()))]
    job = client.post("/imports", files=sent, data={"background": "true"}).json()
    return {"/actions": action["id"], "/experiments": experiment["id"], "/jobs": job["id"]}


def tried(desk: Desk, client: TestClient, examples: int) -> Counter[str]:
    """Draw requests for every verb, right ones and wrong ones, and hold each answer against the description; gives how many were answered
    with which kind of status."""
    answers: Counter[str] = Counter()
    names = known_names(client)
    server = Starlette(routes=[mounted(desk)])
    described = schemathesis.openapi.from_asgi(f"{PATH}/openapi.json", server)
    for found in described.get_all_operations():
        operation = found.ok()
        drawn = st.one_of([operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode])

        @seed(20_111_209)
        @settings(
            max_examples=max(2, examples // LONG.get(operation.path, 1)),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=drawn, there=st.booleans())
        def one(case: Any, there: bool) -> None:
            if there and "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = names["/" + case.path.split("/")[1]]
            answer = case.call_and_validate(headers={"Authorization": client.headers["Authorization"]}, checks=CHECKS)
            answers[f"{answer.status_code // 100}xx"] += 1

        one()
    return answers


def test_a_few_drawn_requests_keep_the_contract(call: Calls, desk: Desk) -> None:
    answers = tried(desk, call("owner"), 2)
    assert answers["2xx"] > 25
    assert answers["4xx"] > 25


@pytest.mark.prove
def test_many_drawn_requests_keep_the_contract(call: Calls, desk: Desk) -> None:
    answers = tried(desk, call("owner"), 120)
    assert min(answers["2xx"], answers["4xx"]) > 500
