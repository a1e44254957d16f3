"""The first administrator: made once, with every authority there is, by the one who installs; on both servers."""

from __future__ import annotations

import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from dombes_office.database import install
from dombes_office.database.desk import check_desk
from dombes_office.database.engine import Database
from dombes_office.database.first_administrator import create_first_administrator
from dombes_office.errors import InvalidEntry, Refusal, WrongPassword
from dombes_office.rules.agents import ADMIN
from tests.builders import build_office
from tests.database.conftest import drop_logins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dombes_office.rules.connections import Target
    from tests.postgres import InstalledServer, OfficeDatabase, Raw

PASSWORD = "un étang, deux hérons"
_numbers = itertools.count(1)


@dataclass
class Fresh:
    """An office that nobody administers yet."""

    owner: Database
    raw: Raw
    login: str
    by_password: bool
    target: Target

    def sign_in(self, password: str) -> Database:
        """As the administrator; to be closed."""
        return Database(self.target, password)


@pytest.fixture
def here(database: OfficeDatabase) -> Iterator[Fresh]:
    """On the embedded server, where the operating system vouches for the login."""
    login = f"paul.ravier{next(_numbers)}"
    yield Fresh(database.open(), database.raw(), login, by_password=False, target=database.target(login))
    drop_logins(database.raw(), [login, f"{login}.b"])


@pytest.fixture
def there(pg15: InstalledServer) -> Iterator[Fresh]:
    """On the operating system's server, over TLS and with passwords."""
    name, login = f"first_{next(_numbers)}", f"paul.ravier{next(_numbers)}"
    with pg15.connect() as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        with (
            Database(pg15.target(name), pg15.password) as owner,
            contextlib.closing(pg15.connect(name)) as raw,
        ):
            install.initialise(owner)
            yield Fresh(owner, raw, login, by_password=True, target=pg15.target(name, login))
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        drop_logins(admin, [login, f"{login}.b"])


@pytest.fixture(params=["embedded", "installed"])
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """The same test on both."""
    found: Fresh = request.getfixturevalue("here" if request.param == "embedded" else "there")
    return found


def test_she_signs_in_and_administers_an_empty_office(fresh: Fresh) -> None:
    name = create_first_administrator(fresh.owner, fresh.login, PASSWORD)
    assert name.startswith("Paul Ravier")
    with fresh.sign_in(PASSWORD) as desk:
        agent = desk.transact(check_desk)
    assert (agent.display_name, agent.groups) == (name, frozenset({ADMIN}))
    assert (agent.authorities, agent.sees_everything) == ((), True)


def test_she_has_every_authority_there_is(fresh: Fresh) -> None:
    office = build_office(fresh.raw)
    others = {office.authority_id, office.add_authority("Baneins"), office.add_authority("Marlanges")}
    create_first_administrator(fresh.owner, fresh.login, PASSWORD)
    with fresh.sign_in(PASSWORD) as desk:
        agent = desk.transact(check_desk)
    assert {number for number, _ in agent.authorities} == others
    assert agent.sees_everything


def test_she_may_make_agents_and_nothing_more(fresh: Fresh) -> None:
    create_first_administrator(fresh.owner, fresh.login, PASSWORD)
    row = fresh.raw.execute(
        "select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,"
        " pg_has_role(rolname, 'office_owner', 'MEMBER') from pg_roles where rolname = %s",
        [fresh.login],
    ).fetchone()
    assert row == (True, False, False, False, False, False, False)


def test_the_server_keeps_no_password(fresh: Fresh) -> None:
    create_first_administrator(fresh.owner, fresh.login, PASSWORD)
    row = fresh.raw.execute("select rolpassword from pg_authid where rolname = %s", [fresh.login]).fetchone()
    assert row is not None
    assert row[0].startswith("SCRAM-SHA-256$4096:")


def test_another_password_is_refused(there: Fresh) -> None:
    create_first_administrator(there.owner, there.login, PASSWORD)
    with there.sign_in(PASSWORD + "x") as desk, pytest.raises(WrongPassword):
        desk.transact(check_desk)


def test_there_is_a_first_one_only(fresh: Fresh) -> None:
    create_first_administrator(fresh.owner, fresh.login, PASSWORD)
    with pytest.raises(Refusal, match="déjà un administrateur"):
        create_first_administrator(fresh.owner, f"{fresh.login}.b", PASSWORD)
    assert fresh.raw.execute("select count(*) from office.staff_member").fetchone() == (1,)


def test_of_two_at_once_one_is_the_first(fresh: Fresh) -> None:
    def create(login: str) -> str:
        try:
            return create_first_administrator(fresh.owner, login, PASSWORD)
        except Refusal as refusal:
            return refusal.sentence

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(create, [fresh.login, f"{fresh.login}.b"]))
    assert answers[0].startswith("Cette base a déjà")
    assert answers[1].startswith("Paul")
    assert fresh.raw.execute("select count(*) from office.staff_member").fetchone() == (1,)


@pytest.mark.parametrize(
    ("login", "password"),
    [("paul.ravier", "trop court"), ("Paul Ravier", PASSWORD), ("postgres", PASSWORD), ("office_owner", PASSWORD)],
)
def test_what_is_no_login_or_no_password(here: Fresh, login: str, password: str) -> None:
    with pytest.raises(InvalidEntry):
        create_first_administrator(here.owner, login, password)
    assert here.raw.execute("select count(*) from office.staff_member").fetchone() == (0,)


def test_a_row_without_its_login_is_told(fresh: Fresh) -> None:
    """As after a backup was restored on another server: the rows came along, the logins did not."""
    fresh.raw.execute("insert into office.staff_member (login, display_name) values (%s, 'Paul')", [fresh.login])
    with pytest.raises(InvalidEntry, match="existe déjà"):
        create_first_administrator(fresh.owner, fresh.login, PASSWORD)
    create_first_administrator(fresh.owner, f"{fresh.login}.b", PASSWORD)


def test_only_who_installs_makes_her(there: Fresh) -> None:
    """An administrator who was suspended does not make herself a successor this way."""
    create_first_administrator(there.owner, there.login, PASSWORD)
    there.raw.execute("update office.staff_member set suspended_at = now()")
    with there.sign_in(PASSWORD) as desk, pytest.raises(Refusal):
        create_first_administrator(desk, f"{there.login}.b", PASSWORD)
    with pytest.raises(psycopg.errors.UndefinedObject):
        there.raw.execute(sql.SQL("drop role {}").format(sql.Identifier(f"{there.login}.b")))
