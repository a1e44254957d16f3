"""Puts one database in the place of another, so that at each moment one of the two can be had under some name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from dombes_office.errors import Refusal
from dombes_office.rules.french import NBSP

if TYPE_CHECKING:
    import psycopg

    Admin = psycopg.Connection[Any]

SUFFIX = "_remplacee"
"""Follows the name of a database that is about to be replaced, for as long as that takes."""


def check_exchange(admin: Admin, name: str) -> None:
    """Make sure that nothing of an earlier exchange, broken off by a power cut, is still there: it may be all there is.

    Raises:
        Refusal: a database that was put aside is still there.
    """
    if exists(admin, name + SUFFIX):
        raise Refusal(
            f"Une restauration interrompue a laissé de côté la base «{NBSP}{name + SUFFIX}{NBSP}».",
            f"Renommez-la en «{NBSP}{name}{NBSP}» si celle-ci manque, ou supprimez-la, puis recommencez.",
        )


def exchange(admin: Admin, new: str, name: str) -> None:
    """Give `new` the name `name`. A database of that name is put aside first and dropped last, whoever is connected.

    Where `new` cannot be renamed, the old one gets its name back and the error goes on its way.
    """
    aside = name + SUFFIX
    replaced = exists(admin, name)
    if replaced:
        _put_aside(admin, name, aside)
    try:
        _rename(admin, new, name)
    except BaseException:
        if replaced:
            _rename(admin, aside, name)
            _allow(admin, name, allowed=True)
        raise
    if replaced:
        drop(admin, aside)


def exists(admin: Admin, name: str) -> bool:
    """Whether the server has a database of that name."""
    return admin.execute("select from pg_database where datname = %s", [name]).fetchone() is not None


def drop(admin: Admin, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _put_aside(admin: Admin, name: str, aside: str) -> None:
    """Rename a database from which everybody is sent away; the door is closed first, for desks come back at once."""
    _allow(admin, name, allowed=False)
    try:
        admin.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [name])
        _rename(admin, name, aside)
    except BaseException:
        _allow(admin, name, allowed=True)
        raise


def _rename(admin: Admin, old: str, new: str) -> None:
    admin.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new)))


def _allow(admin: Admin, name: str, *, allowed: bool) -> None:
    """Open or close the door of a database."""
    statement = sql.SQL("alter database {} with allow_connections {}")
    admin.execute(statement.format(sql.Identifier(name), sql.Literal(allowed)))
