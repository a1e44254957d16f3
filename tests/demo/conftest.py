"""A loaded demonstration for the tests that look at it: the smallest one that holds every kind of trouble."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from dombes_office.database.engine import Database
from dombes_office.demo.loader import load
from dombes_office.demo.people import families
from dombes_office.demo.places import PLACES
from dombes_office.demo.plan import PlannedRequest, Size, plan_requests
from dombes_office.demo.staff import AGENTS
from tests.postgres import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dombes_office.database.embedded import EmbeddedServer
    from dombes_office.demo.loader import LoadReport
    from tests.postgres import Raw

TODAY = date(2026, 11, 24)
SEED = 3
REDUCED = Size(families=120, waiting=70, answered=3, awaited=3, refused=3, share_with_request=0.9)
_numbers = itertools.count(1)


@dataclass
class LoadedOffice:
    """An office that holds the demonstration, and the doors to it."""

    server: EmbeddedServer
    name: str
    report: LoadReport
    opened: contextlib.ExitStack

    def raw(self) -> Raw:
        """The superuser, in autocommit."""
        return self.opened.enter_context(contextlib.closing(self.server.connect(database=self.name)))

    def open(self, login: str) -> Database:
        """The application's own way in."""
        return self.opened.enter_context(Database(self.server.target(login, self.name), self.server.password(login)))


def planned(size: Size = REDUCED) -> tuple[PlannedRequest, ...]:
    """What the loader was to write."""
    return plan_requests(families(SEED, size.families, TODAY), size, PLACES, SEED, TODAY)


@contextlib.contextmanager
def loaded(server: EmbeddedServer, size: Size) -> Iterator[LoadedOffice]:
    """An office of its own with the demonstration in it; dropped after."""
    name = f"demo_{next(_numbers)}"
    identifier = sql.Identifier(name)
    with server.connect() as admin, contextlib.ExitStack() as opened:
        known = {login for (login,) in admin.execute("select rolname from pg_roles")}
        admin.execute(sql.SQL("create database {} template {}").format(identifier, sql.Identifier(TEMPLATE)))
        with server.connect(database=name) as connection:
            report = load(connection, size=size, seed=SEED, today=TODAY, say=lambda _: None)
        try:
            yield LoadedOffice(server, name, report, opened)
        finally:
            opened.close()
            admin.execute(sql.SQL("drop database {} with (force)").format(identifier))
            for agent in (agent for agent in AGENTS if agent.login not in known):
                admin.execute(sql.SQL("drop role {}").format(sql.Identifier(agent.login)))


@pytest.fixture(scope="module")
def office(server: EmbeddedServer, template: str) -> Iterator[LoadedOffice]:
    """The demonstration that the tests of a module read; those that change something take it back."""
    assert template == TEMPLATE
    with loaded(server, REDUCED) as found:
        yield found
