"""Creating an empty database for an office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    import psycopg

BUILTIN_LOCALE_SINCE = 170000


def create_database(connection: psycopg.Connection[Any], name: str) -> None:
    """Create the database through a superuser's connection in autocommit.

    From PostgreSQL 17 on its locale is the server's own C.UTF-8: the same order of letters and the same lower case on
    every operating system. Older servers keep the locale that they were installed with.
    """
    statement = sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(name))
    if connection.info.server_version >= BUILTIN_LOCALE_SINCE:
        statement += sql.SQL(" locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'")
    connection.execute(statement)
