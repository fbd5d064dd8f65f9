"""Talking to a Vendure shop: its Admin API is GraphQL; a token opens it, or a user's name and password that give one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from zhanggui.errors import Unreached
from zhanggui.live.calling import Caller, check_line
from zhanggui.live.kinds import Visit

PATH = "admin-api"
SECRETS = ("user", "password")
TOKEN = "token"
"""Will do in their place."""
TOKEN_HEADER = "vendure-auth-token"
MINOR_UNITS = 100
"""Money is a whole number of hundredths, whatever the currency, unless the shop was given another precision."""
_LOGIN = """mutation($user: String!, $password: String!) { login(username: $user, password: $password) {
  __typename ... on ErrorResult { errorCode message } } }"""
_NOT_LET_IN = frozenset({"FORBIDDEN", "UNAUTHORIZED", "UNAUTHENTICATED"})


class Vendure:
    """A Vendure shop that has let us in."""

    def __init__(self, caller: Caller, name: str) -> None:
        self._caller, self._name = caller, name

    def ask(self, query: str, **variables: Any) -> Any:
        """What a question that changes nothing gives. Raises Unreached."""
        return self._told(self._caller.ask("", {"query": query, "variables": variables}).value)

    def change(self, mutation: str, **variables: Any) -> Any:
        """What a mutation gives. Raises Unreached, also for what the shop says it did not do."""
        return self._told(self._caller.write("POST", "", {"query": mutation, "variables": variables}).value)

    def done(self, mutation: str, **variables: Any) -> None:
        """Change something of which the shop says whether it did it. Raises Unreached where it did not."""
        for made in self.change(mutation, **variables).values():
            if made.get("message"):
                raise Unreached("live_vendure.refused", connection=self._name, said=str(made["message"])[:160])

    def _told(self, value: Any) -> Any:
        return data_of(value, self._name)


@contextmanager
def opened(visit: Visit) -> Iterator[Vendure]:
    """Come in to the shop. Raises Unreached where it does not let us, BadValue where there is no secret."""
    check_line(visit)
    with Caller(visit, _address(visit), headers={"authorization": f"Bearer {_token(visit)}"}) as caller:
        yield Vendure(caller, visit.connection.name)


def _address(visit: Visit) -> str:
    base = visit.connection.url.rstrip("/")
    return base if base.endswith(PATH) else f"{base}/{PATH}"


def _token(visit: Visit) -> str:
    """The token that the owner gave, or the one that a name and a password give."""
    token = visit.keys.find(TOKEN)
    if token is not None:
        return token
    name = visit.connection.name
    said = {"user": visit.keys["user"], "password": visit.keys["password"]}
    with Caller(visit, _address(visit)) as caller:
        answer = caller.ask("", {"query": _LOGIN, "variables": said})
    login = data_of(answer.value, name)["login"]
    found = answer.headers.get(TOKEN_HEADER, "")
    if not found:
        raise Unreached("live.key_refused", connection=name, said=str(login.get("message", "–")))
    return found


def data_of(value: Any, name: str) -> Any:
    """The data of a GraphQL answer. Raises Unreached with the shop's words where it holds an error."""
    if not isinstance(value, Mapping):
        raise Unreached("live_vendure.refused", connection=name, said=str(value)[:160])
    errors = value.get("errors")
    if errors:
        first = errors[0]
        code = str(first.get("extensions", {}).get("code", ""))
        trouble = "live.key_refused" if code in _NOT_LET_IN else "live_vendure.refused"
        raise Unreached(trouble, connection=name, said=str(first.get("message", "–"))[:160])
    return value.get("data") or {}


def major(amount: Any) -> Decimal | None:
    """Money of the shop in units of its currency.

    >>> major(5058)
    Decimal('50.58')
    """
    return None if amount is None else (Decimal(int(amount)) / MINOR_UNITS).quantize(Decimal("0.01"))


def minor(amount: str) -> int:
    """Money in the shop's whole numbers.

    >>> minor("50.58")
    5058
    """
    return int((Decimal(amount) * MINOR_UNITS).to_integral_value())
