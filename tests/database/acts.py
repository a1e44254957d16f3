"""What an agent can try by raw SQL, without the application, and what PostgreSQL answers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.builders import GivenRequest, Office
    from tests.postgres import Raw

VERIFIER = f"SCRAM-SHA-256$4096:{'A' * 22}==${'B' * 43}=:{'C' * 43}="
"""Well formed, and the password of nobody."""

ALLOWED = ""
_names = itertools.count(1)
NO_RIGHT = "42501"
"""No grant, or a row that a policy refuses."""


def answer(raw: Raw, statement: str, *values: object) -> str:
    """What PostgreSQL answers to one statement: "" when it obeys, otherwise the SQLSTATE."""
    try:
        raw.execute(statement.encode(), values or None)
    except psycopg.Error as error:
        return error.sqlstate or "lost"
    return ALLOWED


def refusal(raw: Raw, statement: str, *values: object) -> psycopg.Error:
    """The refusal itself; the statement must be refused."""
    try:
        raw.execute(statement.encode(), values or None)
    except psycopg.Error as error:
        return error
    raise AssertionError(f"obeyed: {statement}")


def rows(raw: Raw, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return raw.execute(statement.encode(), values or None).fetchall()


def one(raw: Raw, statement: str, *values: object) -> Any:  # noqa: ANN401 - whatever the column holds.
    """The first column of the only row."""
    ((value, *_),) = rows(raw, statement, *values)
    return value


@dataclass
class House:
    """One office on some PostgreSQL, with doors for any login and a way to make agents."""

    raw: Callable[..., Raw]
    """A connection in autocommit as a login; the superuser without one."""
    make: Callable[..., str]
    """make("lea", groups=[...], authorities=[...]) -> login, made by PostgreSQL's administrator."""
    office: Office
    elsewhere: int
    """Another authority, for who works or lives outside the office's own."""
    version: int
    """The server's major version."""
    made: list[str] = field(default_factory=list)
    """Logins that the test made by other ways, to be dropped after it."""
    _logins: dict[tuple[str, int], str] = field(default_factory=dict)

    def agent(self, group: str, authority: int = 0) -> str:
        """The login of the one agent of a group (without `office_`) in the office's authority, or another."""
        key = (group, authority or self.office.authority_id)
        if key not in self._logins:
            self._logins[key] = self.make(group, groups=[f"office_{group}"], authorities=[key[1]])
        return self._logins[key]

    def as_(self, group: str, authority: int = 0) -> Raw:
        """A connection of that agent."""
        return self.raw(self.agent(group, authority))

    def name(self, word: str) -> str:
        """A login that nobody has, dropped after the test should it come to exist."""
        self.made.append(f"{word}_{next(_names)}")
        return self.made[-1]

    def hire(self, word: str, groups: Sequence[str], authorities: Sequence[int]) -> str:
        """An agent made by the application's own function, called by PostgreSQL's administrator; her login."""
        login = self.name(word)
        self.raw().execute(
            "select office.create_agent(%s, %s, %s, %s, %s)",
            (login, word.capitalize(), VERIFIER, [f"office_{group}" for group in groups], list(authorities)),
        )
        return login


def verdicts_of(raw: Raw, request_id: int) -> list[tuple[int, int, bytes | None]]:
    """What stands in a request's current pieces: (requirement, document, SHA-256)."""
    return rows(
        raw,
        "select requirement_id, id, file_sha256 from office.supporting_document"
        " where request_id = %s and replaced_at is null order by requirement_id",
        request_id,
    )


def insert_decision(raw: Raw, request_id: int, kind: str, seen: int, reason: str | None = None, words: str = "") -> int:
    """The first statement of a decision; its id."""
    return int(
        one(
            raw,
            "insert into office.decision (request_id, kind, seen_version, reason_code, words)"
            " values (%s, %s, %s, %s, %s) returning id",
            request_id,
            kind,
            seen,
            reason,
            words,
        )
    )


def insert_verdicts(raw: Raw, decision: int, pieces: Sequence[tuple[int, int, bytes | None]], kind: str) -> None:
    """The same verdict on each piece."""
    for requirement, document, sha256 in pieces:
        raw.execute(
            "insert into office.document_verdict (decision_id, requirement_id, document_id, seen_sha256, kind,"
            " reason_code) values (%s, %s, %s, %s, %s, %s)",
            (decision, requirement, document, sha256, kind, None if kind == "compliant" else "unreadable"),
        )


def insert_mail(raw: Raw, decision: int) -> int:
    """The e-mail of a decision; its id."""
    return int(
        one(
            raw,
            "insert into office.outbox_mail (decision_id, subject, body) values (%s, 'Votre demande', 'Bonjour')"
            " returning id",
            decision,
        )
    )


def version_of(raw: Raw, given: GivenRequest) -> int:
    """The version that a desk would show now."""
    return int(one(raw, "select version from office.access_request where id = %s", given.request_id))


def decide(raw: Raw, given: GivenRequest, kind: str = "validate", *, seen: int | None = None) -> int:
    """A whole decision in one transaction, as the application would write it; its id."""
    with raw.transaction():
        version = version_of(raw, given) if seen is None else seen
        pieces = verdicts_of(raw, given.request_id)
        decision = insert_decision(
            raw, given.request_id, kind, version, "incomplete_file" if kind == "refuse" else None
        )
        insert_verdicts(raw, decision, pieces, "compliant" if kind == "validate" else "non_compliant")
        insert_mail(raw, decision)
    return decision


def let_the_delay_pass(superuser: Raw, decision: int) -> None:
    """The twelve seconds are over: the e-mail of the decision may leave."""
    superuser.execute("set session_replication_role = replica")
    superuser.execute(
        "update office.outbox_mail set send_after = now() - interval '1 second' where decision_id = %s", (decision,)
    )
    superuser.execute("set session_replication_role = origin")


CLAIM = (
    "update office.outbox_mail set state = 'sending', leased_by = 'test', leased_until = now() + interval '5 minutes',"
    " attempts = attempts + 1 where decision_id = %s returning id"
)
"""What a mailer sends to take one e-mail."""
UNDO = "update office.decision set undone_at = now() where id = %s returning id"

PASSPHRASE = "un mot de passe assez long"
CREATE = "select office.create_agent(%s, %s, %s, %s, %s)"
GROUPS = "select office.change_agent_groups(%s, %s)"
SCOPE = "select office.change_agent_scope(%s, %s)"
SUSPEND = "select office.suspend_agent(%s)"
RESUME = "select office.resume_agent(%s)"
PASSWORD = "select office.set_agent_password(%s, %s)"


def chief(house: House, *, wide: bool = True) -> tuple[Raw, str]:
    """An administrator of everything, or of the office's own authority; her connection and login."""
    authorities = [house.office.authority_id, house.elsewhere] if wide else [house.office.authority_id]
    login = house.hire("chief", ["admin"], authorities)
    return opened(house, login), login


def opened(house: House, login: str) -> Raw:
    """A connection of an agent whose password is nobody's: where passwords are asked for she is given one."""
    if house.version < 18:
        house.raw().execute(f"alter role {login} password '{PASSPHRASE}'".encode())
    return house.raw(login)


def left_behind(house: House, given: GivenRequest) -> tuple[str, int, int, int]:
    """(status, standing decisions, verdicts, e-mails) of a request."""
    ((status, *counts),) = rows(
        house.raw(),
        "select r.status, (select count(*) from office.decision d where d.request_id = r.id and d.undone_at is null),"
        " (select count(*) from office.document_verdict), (select count(*) from office.outbox_mail)"
        " from office.access_request r where id = %s",
        given.request_id,
    )
    return status, counts[0], counts[1], counts[2]
