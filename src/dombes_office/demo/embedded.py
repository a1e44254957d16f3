"""The PostgreSQL of the demonstration: an embedded server in a folder, filled once; no other database is touched."""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from dombes_office.database import install
from dombes_office.database.embedded import EmbeddedServer
from dombes_office.database.engine import Database
from dombes_office.demo.loader import load
from dombes_office.demo.people import families
from dombes_office.demo.places import PLACES
from dombes_office.demo.plan import SIZES, Trouble, plan_requests
from dombes_office.rules.requests import RequestStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

LOG = logging.getLogger(__name__)
NAME = "demonstration"


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
    """The demonstration in `folder`, made on first use; later it is found as it was left."""
    with EmbeddedServer(folder, durable=False) as server, ExitStack() as opened:
        if server.ensure_database(NAME):
            with Database(server.target(database=NAME), server.password()) as database:
                install.initialise(database)
            with server.connect(database=NAME) as connection:
                load(connection, size=size, seed=seed, today=today, say=say)
        yield Demo(server, example_requests(size, seed, today), opened)


def example_requests(size: str, seed: int, today: date) -> dict[Trouble, int]:
    """The id of the oldest waiting request of each kind: the same plan gives the same ids."""
    planned = plan_requests(families(seed, SIZES[size].families, today), SIZES[size], PLACES, seed, today)
    found: dict[Trouble, int] = {}
    for number, request in enumerate(planned, 1):
        if request.status is RequestStatus.PENDING and (request.by_debit or request.trouble is not Trouble.NONE):
            found.setdefault(request.trouble, number)
    return found
