"""A desk that was open while the database was upgraded: its questions may name what is no more, and that is no bug."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from dombes_office.database.translation import UPGRADED, driver_error, lost_its_plan
from dombes_office.errors import SchemaTooNew

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext

GONE = frozenset({"42703", "42883", "42P01"})
"""No such column, function, table: a bug, unless the database is another one than this program knows."""


def notice_upgrades(engine: Engine) -> None:
    """Have the engine's errors about missing names tell of an upgrade where there was one; otherwise they stay bugs."""

    def look(context: ExceptionContext) -> None:
        found = driver_error(context.original_exception)
        if found is not None and (found.sqlstate in GONE or lost_its_plan(found)) and _is_another(engine):
            raise SchemaTooNew(*UPGRADED)

    event.listen(engine, "handle_error", look)


def _is_another(engine: Engine) -> bool:
    """Whether the installed tables and guards are not this program's; asked beside the transaction that failed."""
    # Not needed to open the window, and slow to load.
    from dombes_office.database.install import differing_guards  # noqa: PLC0415
    from dombes_office.database.schema import shipped_revisions  # noqa: PLC0415

    try:
        with contextlib.closing(engine.raw_connection()) as beside:
            cursor = beside.cursor()
            cursor.execute("select max(version_num) from office.alembic_version")
            row = cursor.fetchone()
            cursor.execute("select name, sha256 from office.installed_guard")
            guards = dict(cursor.fetchall())
    except (psycopg.Error, SQLAlchemyError):
        return False
    known = shipped_revisions()
    revision = row[0] if row else None
    return revision not in known or (revision == known[0] and bool(differing_guards(guards)))
