"""Offices for the tests of the guards: on the embedded server, and on the operating system's PostgreSQL."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from dombes_office.database import install
from dombes_office.database.engine import Database
from tests.builders import build_office
from tests.database.acts import PASSPHRASE, House

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.postgres import InstalledServer, MakeAgent, OfficeDatabase, Raw

TEMPLATE = "guards_template"
_numbers = itertools.count(1)


def drop_logins(superuser: Raw, logins: Sequence[str]) -> None:
    """Roles belong to the cluster: what a test made must not stay for the next one."""
    for login in logins:
        superuser.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(login)))


@pytest.fixture
def house(database: OfficeDatabase, make_agent: MakeAgent) -> Iterator[House]:
    """The office of this test, on the embedded server."""
    office = build_office(database.raw())
    house = House(database.raw, make_agent, office, office.add_authority("Baneins"), 18)
    yield house
    drop_logins(database.raw(), house.made)


@pytest.fixture(scope="session")
def template15(pg15: InstalledServer) -> str:
    """An office without rows on the operating system's PostgreSQL."""
    with pg15.connect() as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE)))
    with Database(pg15.target(TEMPLATE), pg15.password) as database:
        install.initialise(database)
    return TEMPLATE


@pytest.fixture
def house15(pg15: InstalledServer, template15: str) -> Iterator[House]:
    """The same office on the operating system's PostgreSQL, the oldest that is supported: over TCP, with passwords."""
    name = f"guards_{next(_numbers)}"
    made: list[str] = []
    with contextlib.ExitStack() as opened, pg15.connect() as admin:
        admin.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template15))
        )

        def raw(login: str = "postgres") -> Raw:
            target = pg15.target(name, login)
            connection = psycopg.connect(
                host=target.host,
                port=target.port,
                dbname=name,
                user=login,
                password=pg15.password if login == "postgres" else PASSPHRASE,
                sslmode="require",
                autocommit=True,
            )
            return opened.enter_context(contextlib.closing(connection))

        with Database(pg15.target(name), pg15.password) as owner:
            install.prepare_cluster(owner)
        superuser = raw()

        def make(word: str, *, groups: Sequence[str] = (), authorities: Sequence[int] = ()) -> str:
            login = f"{word}_{next(_numbers)}"
            superuser.execute(
                sql.SQL("create role {} login password {}").format(sql.Identifier(login), sql.Literal(PASSPHRASE))
            )
            made.append(login)
            for group in groups:
                superuser.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(login)))
            superuser.execute("insert into office.staff_member (login, display_name) values (%s, %s)", (login, word))
            for authority in authorities:
                superuser.execute("insert into office.agent_scope values (%s, %s)", (login, authority))
            return login

        office = build_office(superuser)
        house = House(raw, make, office, office.add_authority("Baneins"), superuser.info.server_version // 10000)
        yield house
    with pg15.connect() as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        drop_logins(admin, [*made, *house.made])


@pytest.fixture(params=["embedded", "installed"])
def either(request: pytest.FixtureRequest) -> House:
    """The same test on the embedded server and on the operating system's."""
    found: House = request.getfixturevalue("house" if request.param == "embedded" else "house15")
    return found
