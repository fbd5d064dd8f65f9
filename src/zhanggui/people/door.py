"""The door: who stands there, coming in by password, one-time link or token, and going out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from zhanggui.errors import NotLetIn, Throttled
from zhanggui.people import log, tries
from zhanggui.people.kinds import Person
from zhanggui.people.register import key_of, person_of, role_of
from zhanggui.people.secrets import digest, fits, new_secret
from zhanggui.state.database import Database
from zhanggui.state.people import LinkRow, PersonRow, SigninRow, TokenRow
from zhanggui.units import Clock

STAYS = timedelta(days=14)
"""How long a browser stays signed in."""
LINK_HOLDS = timedelta(hours=1)
USED_NOTED = timedelta(minutes=1)
"""A token's last use is noted no more often than this: reading must not write."""


class Door:
    """Lets people and programs in. What it gives a browser or a link is told once and stored only as its SHA-256."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    # ---- who stands there

    def who(self, visitor: str) -> Person | None:
        """Who is signed in with that cookie; nobody once the time is over, or the person is gone."""
        if not visitor:
            return None
        with self.database.reading() as session:
            row = session.get(SigninRow, digest(visitor))
            if row is None or row.ends <= self._now():
                return None
            if row.person is None:
                return Person(row.name, "owner")
            person = session.get(PersonRow, row.person)
            return person_of(person) if person is not None else None

    def program(self, token: str, *, address: str = "") -> Person:
        """Who a program is. Raises NotLetIn for a token that is worth nothing, Throttled where too many were tried."""
        now = self._now()
        with self.database.reading() as session:
            row = session.scalar(select(TokenRow).where(TokenRow.digest == digest(token)))
            fresh = row is not None and row.used is not None and now - row.used < USED_NOTED
        if row is None:
            self._count(address=address)
            raise NotLetIn("people.no_token")
        if not fresh:
            with self.database.writing() as session:
                known = session.get(TokenRow, row.number)
                if known is not None:
                    known.used = now
        return Person(row.name, role_of(row.role))

    # ---- coming in and going out

    def sign_in(self, name: str, password: str, *, address: str = "") -> str:
        """Come in by name and password; gives what the browser's cookie must hold from now on: never what it held before, so that a
        cookie that somebody else planted is worth nothing.

        Raises NotLetIn without saying whether name or password was wrong, Throttled after too many tries.
        """
        person = self.proved(name, password, address=address)
        with self.database.writing() as session:
            if session.get(PersonRow, person.number) is None:  # removed while the password was looked at
                raise NotLetIn("people.not_let_in")
            tries.forget(session, name=key_of(name), address=address)
            return self._signed_in(session, person, address, "signed_in")

    def proved(self, name: str, password: str, *, address: str = "") -> Person:
        """Who has that name and password; nobody comes in by this. Raises what ``sign_in`` raises."""
        key = key_of(name)
        self._count(name=key, address=address)
        with self.database.reading() as session:
            row = session.scalar(select(PersonRow).where(PersonRow.key == key))
        if not fits(password, row.password if row else None) or row is None:
            raise NotLetIn("people.not_let_in")
        return person_of(row)

    def link(self, name: str) -> str:
        """A key that lets the owner in once, within the hour: for whoever sits at the machine."""
        secret = new_secret()
        now = self._now()
        with self.database.writing() as session:
            session.execute(delete(LinkRow).where(LinkRow.ends <= now))
            session.add(LinkRow(digest=digest(secret), name=name, ends=now + LINK_HOLDS))
        return secret

    def enter(self, key: str, *, address: str = "") -> str:
        """Come in by a one-time link; gives what the browser's cookie must hold. Raises NotLetIn for one that was used or is too old,
        Throttled after too many."""
        now = self._now()
        with self.database.writing() as session:
            row = session.get(LinkRow, digest(key))
            if row is not None and row.ends > now:
                session.delete(row)
                return self._signed_in(session, Person(row.name, "owner"), address, "entered")
        self._count(address=address)
        raise NotLetIn("people.no_link")

    def sign_out(self, visitor: str, *, address: str = "") -> None:
        """Go out: the cookie is worth nothing from now on."""
        person = self.who(visitor)
        with self.database.writing() as session:
            session.execute(delete(SigninRow).where(SigninRow.digest == digest(visitor)))
            if person is not None:
                log.note(session, self._now(), person, "signed_out", address=address)

    def only(self, visitor: str, name: str) -> None:
        """Sign every browser out but that of the owner ``name``, and make links worthless: after another ledger took this one's place,
        nobody is in who was only in by the other."""
        now = self._now()
        with self.database.writing() as session:
            session.execute(delete(SigninRow))
            session.execute(delete(LinkRow))
            if visitor:
                session.add(SigninRow(digest=digest(visitor), person=None, name=name, at=now, ends=now + STAYS))

    def _signed_in(self, session: Session, person: Person, address: str, what: str) -> str:
        now, visitor = self._now(), new_secret()
        session.execute(delete(SigninRow).where(SigninRow.ends <= now))
        signin = SigninRow(digest=digest(visitor), person=person.number, name=person.name, at=now, ends=now + STAYS)
        session.add(signin)
        log.note(session, now, person, what, address=address)
        return visitor

    def _count(self, **who: str) -> None:
        """Count a try before anything is looked at: many at once do not slip through."""
        with self.database.writing() as session:
            wait = tries.take(session, self._now(), **who)
        if wait:
            raise Throttled("people.throttled", seconds=wait)

    def _now(self) -> datetime:
        return self.clock.now().astimezone(UTC).replace(tzinfo=None)
