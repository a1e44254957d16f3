"""Puts one database in the place of another, so that at each moment one of the two can be had under some name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from dombes_office.database.creation import create_database
from dombes_office.errors import Refusal
from dombes_office.rules.french import NBSP

if TYPE_CHECKING:
    import psycopg

    Admin = psycopg.Connection[Any]

ASIDE = "_remplacee"
"""Follows the name of a database that was replaced, until it is dropped."""
BESIDE = "_restauration"
"""Follows the name of a database that is being restored."""
OURS = "dombes-office: restauration en cours"
"""The comment by which we know a database that we may drop."""
LONGEST_NAME = 63 - len(BESIDE)
"""Bytes; PostgreSQL would cut a longer one without a word."""


def check_exchange(admin: Admin, name: str) -> None:
    """Make sure that nothing stands in the way; open a database whose exchange was broken off before it began.

    Raises:
        Refusal: a database of the names that we need is there and may be all that there is, or the name is too long.
    """
    if len(name.encode()) > LONGEST_NAME:
        raise Refusal(
            f"Le nom de la base est trop long{NBSP}: {LONGEST_NAME} octets au plus.", "Choisissez-en un plus court."
        )
    aside, beside = name + ASIDE, name + BESIDE
    if exists(admin, aside):
        command = f'drop database "{aside}"'
        if not exists(admin, name):
            command = f'alter database "{aside}" rename to "{name}"; alter database "{name}" allow_connections true'
        raise Refusal(
            f"Une restauration interrompue a laissé de côté la base «{NBSP}{aside}{NBSP}».",
            f"Dans psql, en superutilisateur{NBSP}: {command}{NBSP}; puis recommencez.",
        )
    if exists(admin, beside) and not _is_ours(admin, beside):
        raise Refusal(
            f"Une base «{NBSP}{beside}{NBSP}» existe, et la restauration a besoin de ce nom.",
            "Renommez-la, ou supprimez-la si elle ne sert plus, puis recommencez.",
        )
    if exists(admin, name):
        _allow(admin, name, allowed=True)


def create_beside(admin: Admin, name: str) -> str:
    """An empty database beside the one of that name, into which nobody but a superuser can look; its name.

    What an earlier restoration left there is dropped.
    """
    beside = name + BESIDE
    drop_beside(admin, name)
    create_database(admin, beside)
    admin.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(beside), sql.Literal(OURS)))
    admin.execute(sql.SQL("alter database {} connection limit 0").format(sql.Identifier(beside)))
    return beside


def drop_beside(admin: Admin, name: str) -> None:
    """Drop what `create_beside` made."""
    _drop(admin, name + BESIDE)


def exchange(admin: Admin, name: str) -> None:
    """Give what was created beside the name `name`, in one transaction, and open it.

    A database of that name is put aside and dropped last, whoever is connected. Where the new one cannot be renamed,
    the old one stays in its place.
    """
    aside, replaced = name + ASIDE, exists(admin, name)
    if replaced:
        # The door is closed first, for desks come back at once.
        _allow(admin, name, allowed=False)
    try:
        admin.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [name])
        with admin.transaction():
            if replaced:
                _rename(admin, name, aside)
            _rename(admin, name + BESIDE, name)
            admin.execute(sql.SQL("alter database {} connection limit -1").format(sql.Identifier(name)))
            admin.execute(sql.SQL("comment on database {} is null").format(sql.Identifier(name)))
    except BaseException:
        if replaced:
            _allow(admin, name, allowed=True)
        raise
    if replaced:
        _drop(admin, aside)


def exists(admin: Admin, name: str) -> bool:
    """Whether the server has a database of that name."""
    return admin.execute("select from pg_database where datname = %s", [name]).fetchone() is not None


def _is_ours(admin: Admin, name: str) -> bool:
    """Whether a restoration made the database."""
    ours = "select from pg_database where datname = %s and shobj_description(oid, 'pg_database') = %s"
    return admin.execute(ours, [name, OURS]).fetchone() is not None


def _drop(admin: Admin, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _rename(admin: Admin, old: str, new: str) -> None:
    admin.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new)))


def _allow(admin: Admin, name: str, *, allowed: bool) -> None:
    """Open or close the door of a database."""
    statement = sql.SQL("alter database {} with allow_connections {}")
    admin.execute(statement.format(sql.Identifier(name), sql.Literal(allowed)))
