"""The PostgreSQL of the demonstration: an embedded server in a folder, filled whole or not at all; nothing else there.

The demonstration is loaded into a database of another name, which takes its own only once it is complete: who was
interrupted begins again. Its dates are laid around the day of its creation, so it is made anew when they have aged.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import psutil  # type: ignore[import-untyped]
from psycopg import sql

from dombes_office.database import install
from dombes_office.database.embedded import EmbeddedServer
from dombes_office.database.engine import UNLIMITED, Database
from dombes_office.demo.loader import load
from dombes_office.demo.people import families
from dombes_office.demo.places import PLACES
from dombes_office.demo.plan import SIZES, Trouble, plan_requests
from dombes_office.errors import Outage, SchemaTooNew, SchemaTooOld
from dombes_office.rules.requests import RequestStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import psycopg

    Connection = psycopg.Connection[Any]

LOG = logging.getLogger(__name__)
NAME = "demonstration"
UNFINISHED = "demonstration_en_cours"
FRESH_DAYS = 20
"""Waiting requests of an older demonstration would all be weeks old."""

_NBSP = "\u00a0"


@dataclass(frozen=True)
class Laid:
    """What a demonstration was made of: the same three give the same rows. It stands in the database's comment."""

    size: str
    seed: int
    day: str
    """As ISO 8601 writes it."""


@dataclass(frozen=True)
class Demo:
    """A running demonstration. `requests` holds the id of one waiting request of each kind of trouble."""

    server: EmbeddedServer
    requests: dict[Trouble, int]
    _open: ExitStack

    def open(self, login: str, name: str = NAME) -> Database:
        """The database as one of the demonstration's agents."""
        return self._open.enter_context(Database(self.server.target(login, name), self.server.password(login)))

    def copy(self, name: str) -> str:
        """A second database like the first, as long as nobody has opened that one; its name."""
        with self.server.connect() as connection:
            connection.execute(
                sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(NAME))
            )
            connection.execute(sql.SQL("revoke temporary on database {} from public").format(sql.Identifier(name)))
        return name


@contextmanager
def demo_server(folder: Path, *, size: str, seed: int, today: date, say: Callable[[str], None]) -> Iterator[Demo]:
    """The demonstration in `folder`, made on first use; later it is found as it was left, until its dates have aged.

    One that an older version of the application made is upgraded. `say` is told in French what takes time.

    Raises:
        Outage: the server does not start.
    """
    with _started(folder) as server, ExitStack() as opened:
        with server.connect() as keeper:
            # Two windows opened at once: the second one waits for the first to load.
            keeper.execute("select pg_advisory_lock(hashtext(%s))", [NAME])
            laid = _prepare(server, keeper, Laid(size, seed, today.isoformat()), say)
        yield Demo(server, example_requests(laid.size, laid.seed, date.fromisoformat(laid.day)), opened)


@contextmanager
def _started(folder: Path) -> Iterator[EmbeddedServer]:
    """The server; a cluster that was interrupted while it was created, or broken by a power cut, is created anew."""
    server = EmbeddedServer(folder, durable=False)
    try:
        server.start()
    except (Outage, subprocess.SubprocessError):
        cluster = server.folder / "pgdata"
        if not cluster.exists() or _is_running(cluster):
            raise
        LOG.warning("The cluster of the demonstration does not start: it is created anew")
        for path in cluster.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        server.start()
    try:
        yield server
    finally:
        server.stop()


def _is_running(cluster: Path) -> bool:
    """Whether the server that wrote its number there lives."""
    try:
        number = int((cluster / "postmaster.pid").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return False
    return bool(psutil.pid_exists(number))


def _prepare(server: EmbeddedServer, keeper: Connection, wanted: Laid, say: Callable[[str], None]) -> Laid:
    """Make the demonstration where there is none that will do; what the one at hand was made of."""
    laid = _laid(keeper)
    if laid is not None:
        reason = _why_anew(laid, wanted) or _upgraded(server, say)
        if not reason or _is_in_use(keeper):
            return laid
        say(f"La démonstration est refaite{_NBSP}: {reason}.")
    keeper.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(UNFINISHED)))
    server.ensure_database(UNFINISHED)
    with Database(server.target(database=UNFINISHED), server.password(), limits=UNLIMITED) as database:
        install.initialise(database)
    with server.connect(database=UNFINISHED) as connection:
        load(connection, size=SIZES[wanted.size], seed=wanted.seed, today=date.fromisoformat(wanted.day), say=say)
    name, unfinished = sql.Identifier(NAME), sql.Identifier(UNFINISHED)
    keeper.execute(sql.SQL("comment on database {} is {}").format(unfinished, json.dumps(asdict(wanted))))
    keeper.execute(sql.SQL("drop database if exists {}").format(name))
    keeper.execute(sql.SQL("alter database {} rename to {}").format(unfinished, name))
    return wanted


def _laid(keeper: Connection) -> Laid | None:
    """What the demonstration at hand was made of; None where there is none."""
    row = keeper.execute(
        "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = %s", [NAME]
    ).fetchone()
    if row is None:
        return None
    return Laid(**json.loads(row[0])) if row[0] else Laid("", 0, date.min.isoformat())


def _why_anew(laid: Laid, wanted: Laid) -> str:
    """Why the demonstration at hand will not do; "" where it will."""
    if not 0 <= (date.fromisoformat(wanted.day) - date.fromisoformat(laid.day)).days <= FRESH_DAYS:
        return "ses dates ont vieilli"
    if (laid.size, laid.seed) != (wanted.size, wanted.seed):
        return "d’autres familles sont demandées"
    return ""


def _upgraded(server: EmbeddedServer, say: Callable[[str], None]) -> str:
    """Bring the demonstration of an older version to this one; why that cannot be, or ""."""
    with Database(server.target(database=NAME), server.password(), limits=UNLIMITED) as database:
        if not install.status(database).current:
            say("La démonstration est mise à jour…")
            try:
                install.upgrade(database)
            except (SchemaTooNew, SchemaTooOld):
                return "elle vient d’une autre version de l’application"
    return ""


def _is_in_use(keeper: Connection) -> bool:
    """Whether another window has it open: it is not taken away from under somebody."""
    row = keeper.execute("select count(*) from pg_stat_activity where datname = %s", [NAME]).fetchone()
    return row is not None and row[0] > 0


def example_requests(size: str, seed: int, today: date) -> dict[Trouble, int]:
    """The number of the oldest waiting request of each kind: the same plan gives the same ones."""
    planned = plan_requests(families(seed, SIZES[size].families, today), SIZES[size], PLACES, seed, today)
    found: dict[Trouble, int] = {}
    for request in planned:
        if request.status is RequestStatus.PENDING and (request.by_debit or request.trouble is not Trouble.NONE):
            found.setdefault(request.trouble, request.number)
    return found
