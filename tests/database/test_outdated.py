"""A desk that is open while its database is upgraded hears that, and not a bug; a real bug stays one."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dombes_office.database import install
from dombes_office.errors import SchemaTooNew
from tests.builders import build_office

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dombes_office.database.engine import Database
    from tests.postgres import MakeAgent, OfficeDatabase

GONE = {
    "a column": ("alter table office.service rename column name to label", "select name from office.service"),
    "a table": ("alter table office.service rename to offer", "select id from office.service"),
    "a function": (
        "alter function office.sees_everything() rename to sees_all",
        "select office.sees_everything()",
    ),
}
CHANGES = {
    "tables": "update office.alembic_version set version_num = '9999'",
    "guards": "update office.installed_guard set sha256 = 'other' where name = '20_rights.sql'",
}


@pytest.fixture
def desk(database: OfficeDatabase, make_agent: MakeAgent) -> Database:
    office = build_office(database.raw())
    office.add_request()
    return database.open(make_agent("lea", groups=["office_reviewer"], authorities=[office.authority_id]))


def ask(desk: Database, question: str) -> object:
    return desk.transact(lambda db: db.execute(text(question)).all())


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("what", GONE)
def test_a_name_that_is_no_more_tells_of_the_upgrade(
    database: OfficeDatabase, desk: Database, what: str, change: str
) -> None:
    rename, question = GONE[what]
    assert ask(desk, question)
    database.raw().execute(rename.encode())
    database.raw().execute(CHANGES[change].encode())
    with pytest.raises(SchemaTooNew, match="vient d’être mise à jour"):
        ask(desk, question)


@pytest.mark.parametrize("what", GONE)
def test_without_an_upgrade_it_is_a_bug(database: OfficeDatabase, desk: Database, what: str) -> None:
    rename, question = GONE[what]
    database.raw().execute(rename.encode())
    with pytest.raises(DBAPIError):
        ask(desk, question)


def test_in_a_database_without_an_office_it_is_a_bug(database: OfficeDatabase) -> None:
    database.raw().execute("drop schema office cascade")
    with pytest.raises(DBAPIError):
        ask(database.open(), "select 1 from office.service")


def test_a_statement_that_waited_for_the_upgrade_is_tried_again(
    database: OfficeDatabase, desk: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its plan names functions by numbers, which the guards' new ones do not have."""
    applied, whole = threading.Event(), install._apply_guards

    def slowly(connection: Connection) -> None:
        whole(connection)
        applied.set()
        time.sleep(0.7)

    monkeypatch.setattr(install, "_apply_guards", slowly)
    upgrading = threading.Thread(target=install.upgrade, args=(database.open(),))
    upgrading.start()
    assert applied.wait(20)
    question = (
        "select q.id from unnest(office.visible_authorities()) a(id),"
        " lateral (select r.id from office.access_request r where r.authority_id = a.id) q"
    )
    with database.raw(desk.target.login) as raw:
        try:
            raw.execute(question.encode())
        except psycopg.Error as error:
            lost = str(error)
        else:
            lost = ""
    assert "cache lookup failed" in lost, "the negative control: PostgreSQL itself does not try again"
    upgrading.join()
    applied.clear()
    upgrading = threading.Thread(target=install.upgrade, args=(database.open(),))
    upgrading.start()
    assert applied.wait(20)
    assert ask(desk, question) == [(1,)]
    upgrading.join()
