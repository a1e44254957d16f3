"""The first administrator of a shared office: without one nobody could create the agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import text

from dombes_office.errors import InvalidEntry, Refusal
from dombes_office.rules.agents import ADMIN

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from dombes_office.database.engine import Database

SHORTEST_PASSWORD = 12
"""Signs: what the CNIL asks for where nothing but a password protects (deliberation 2022-100)."""

# One at a time: the second waits, then finds the first one's administrator.
TAKE_IN_HAND = text("select office.take_agents_in_hand()")
ADMINISTERED = text("select office.has_administrator()")
CREATE = text(
    "select office.create_agent(:login, :name, :verifier, array[:group]::text[],"
    " array(select id from office.authority order by id))"
)


def check_password(password: str) -> None:
    """Refuse a password that is too short.

    Raises:
        InvalidEntry: it has less than `SHORTEST_PASSWORD` signs.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidEntry(
            f"Ce mot de passe est trop court\u00a0: il faut {SHORTEST_PASSWORD} signes au moins.",
            "Choisissez une phrase que vous retiendrez.",
            field="password",
        )


def create_first_administrator(database: Database, login: str, password: str) -> str:
    """Create the login, its row and its scope of all authorities there are; the name that she bears.

    `database` is a superuser's, of an installed office. The password leaves this process as a SCRAM verifier only.

    Raises:
        Refusal: the office has an administrator.
        InvalidEntry: the password is too short, or the login is no name for an agent, or taken.
    """
    check_password(password)
    name = " ".join(part.capitalize() for part in login.replace("_", ".").split(".") if part)

    def create(db: Session) -> None:
        db.execute(TAKE_IN_HAND)
        if db.execute(ADMINISTERED).scalar_one():
            raise Refusal(
                "Cette base a déjà un administrateur\u00a0: personne n’a été créé.",
                "C’est à lui de créer les autres agents.",
            )
        db.execute(CREATE, {"login": login, "name": name, "verifier": _verifier(db, login, password), "group": ADMIN})

    database.transact(create)
    return name


def _verifier(db: Session, login: str, password: str) -> str:
    """What PostgreSQL keeps in the place of the password (RFC 5803)."""
    driver = db.connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(type(driver))
    return driver.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
