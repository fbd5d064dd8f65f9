"""The register: people with their roles, tokens for programs, and the log."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from zhanggui.errors import BadValue
from zhanggui.people import log
from zhanggui.people.kinds import ROLES, Deed, Person, Role, Token
from zhanggui.people.secrets import digest, hashed, new_secret
from zhanggui.state.database import Database
from zhanggui.state.people import PersonRow, SigninRow, TokenRow
from zhanggui.units import Clock

LONGEST_NAME = 60


class People:
    """The people of a workspace. ``by`` is who changes something: it stands in the log."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    # ---- people

    def everybody(self) -> list[Person]:
        """Everybody, in the order they came."""
        with self.database.reading() as session:
            return [person_of(row) for row in session.scalars(select(PersonRow).order_by(PersonRow.number))]

    def has_owner(self) -> bool:
        """Whether an owner has a password: only then may the desk be reached from other machines."""
        return any(person.role == "owner" for person in self.everybody())

    def add(self, name: str, password: str, role: str, *, by: Person) -> Person:
        """Let somebody in. Raises BadValue for a name that is taken or empty, an unknown role, a poor password."""
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise BadValue("people.bad_name", name=name, most=LONGEST_NAME)
        row = PersonRow(
            key=key_of(name), name=name, role=role_of(role), password=hashed(password, name), at=self._now()
        )
        with self.database.writing() as session:
            if session.scalar(select(PersonRow).where(PersonRow.key == row.key)) is not None:
                raise BadValue("people.name_taken", name=name)
            session.add(row)
            self._note(session, by, "person_added", f"{name} ({role})")
            session.flush()
            return person_of(row)

    def remove(self, name: str, *, by: Person) -> Person:
        """Let somebody in no more, from this moment on. Raises BadValue for an unknown name, or the last owner where others remain."""
        with self.database.writing() as session:
            row = self._row(session, name)
            self._keep_an_owner(session, row)
            gone = person_of(row)
            session.execute(delete(SigninRow).where(SigninRow.person == row.number))
            session.delete(row)
            self._note(session, by, "person_removed", gone.name)
            return gone

    def set_password(self, name: str, password: str, *, by: Person) -> Person:
        """Give a new password; every browser of that person is signed out."""
        with self.database.writing() as session:
            row = self._row(session, name)
            row.password = hashed(password, row.name)
            session.execute(delete(SigninRow).where(SigninRow.person == row.number))
            self._note(session, by, "password_set", row.name)
            return person_of(row)

    def set_role(self, name: str, role: str, *, by: Person) -> Person:
        """Change what somebody may do, from this moment on. Raises BadValue for the last owner where others remain."""
        with self.database.writing() as session:
            row = self._row(session, name)
            if role != "owner":
                self._keep_an_owner(session, row)
            row.role = role_of(role)
            self._note(session, by, "role_set", f"{row.name} ({role})")
            return person_of(row)

    def _row(self, session: Session, name: str) -> PersonRow:
        row = session.scalar(select(PersonRow).where(PersonRow.key == key_of(name)))
        if row is None:
            known = ", ".join(session.scalars(select(PersonRow.name).order_by(PersonRow.name))) or "–"
            raise BadValue("people.unknown", name=name, known=known)
        return row

    def _keep_an_owner(self, session: Session, row: PersonRow) -> None:
        owners = session.scalar(select(func.count()).where(PersonRow.role == "owner")) or 0
        everybody = session.scalar(select(func.count(PersonRow.number))) or 0
        if row.role == "owner" and owners == 1 and everybody > 1:
            raise BadValue("people.last_owner", name=row.name)

    # ---- programs

    def tokens(self) -> list[Token]:
        """Every token that is good, without the token itself."""
        with self.database.reading() as session:
            return [_token(row) for row in session.scalars(select(TokenRow).order_by(TokenRow.number))]

    def new_token(self, name: str, role: str, *, by: Person) -> str:
        """Make a token for a program; it is told once. Nobody gives a role above his own."""
        if not by.may(role_of(role)):
            raise BadValue("people.role_above", role=role)
        secret = f"zg_{new_secret()}"
        with self.database.writing() as session:
            session.add(
                TokenRow(
                    digest=digest(secret),
                    name=name.strip()[:LONGEST_NAME] or "?",
                    role=role,
                    by=by.name,
                    at=self._now(),
                )
            )
            self._note(session, by, "token_made", f"{name} ({role})")
        return secret

    def revoke(self, number: int, *, by: Person) -> None:
        """Make a token worthless, from this moment on. Raises BadValue where there is none of that number."""
        with self.database.writing() as session:
            row = session.get(TokenRow, number)
            if row is None:
                raise BadValue("people.unknown_token", number=number)
            session.delete(row)
            self._note(session, by, "token_revoked", row.name)

    # ---- the log

    def note(self, by: Person, what: str, target: str = "", *, address: str = "") -> None:
        """Note who did what."""
        with self.database.writing() as session:
            log.note(session, self._now(), by, what, target, address)

    def deeds(self, most: int = 100, before: int | None = None) -> list[Deed]:
        """The latest lines of the log, newest first."""
        with self.database.reading() as session:
            return log.deeds(session, most, before)

    def _note(self, session: Session, by: Person, what: str, target: str) -> None:
        log.note(session, self._now(), by, what, target)

    def _now(self) -> datetime:
        return self.clock.now().astimezone(UTC).replace(tzinfo=None)


def key_of(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.split()).casefold()


def role_of(role: str) -> Role:
    """A role by its name. Raises BadValue for an unknown one."""
    for known in ROLES:
        if role == known:
            return known
    raise BadValue("people.unknown_role", role=role, known=", ".join(ROLES))


def person_of(row: PersonRow) -> Person:
    """A person from its row."""
    return Person(row.name, role_of(row.role), row.number, row.at)


def _token(row: TokenRow) -> Token:
    return Token(row.number, row.name, role_of(row.role), row.by, row.at, row.used)
