"""Installing and upgrading an office: what it makes, what it closes, what it refuses."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql.base import ischema_names

from dombes_office.database import install, schema
from dombes_office.database.embedded import EmbeddedServer
from dombes_office.database.engine import Database
from dombes_office.errors import NotAllowed, SchemaTooNew, SchemaTooOld, ServerBusy, ServerTooOld
from dombes_office.models import Base
from dombes_office.models.base import Xid8
from tests.builders import build_office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from tests.postgres import InstalledServer, MakeAgent, OfficeDatabase, Raw


@pytest.fixture
def empty(server: EmbeddedServer) -> Iterator[Database]:
    """A database without an office."""
    server.ensure_database("empty")
    with Database(server.target(database="empty"), server.password()) as database:
        yield database
    with server.connect() as admin:
        admin.execute("drop database empty with (force)")


def test_a_fresh_office_is_current(database: OfficeDatabase) -> None:
    status = install.status(database.open())
    assert status.current
    assert (status.revision, status.agents, status.requests, status.last_backup) == ("0004", 0, 0, None)
    assert status.server_version.startswith("18.")
    assert status.byte_count > 5_000_000


def test_an_administrator_of_one_authority_reads_the_status(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    """She may not read the requests; how many there are she may know, and nobody else asks."""
    office = build_office(database.raw())
    office.add_request()
    office.add_request("Favre", service_id=office.add_service("CANTINE", office.add_authority("Baneins")))
    admin = make_agent("admin", groups=["office_admin"], authorities=[office.authority_id])
    reviewer = make_agent("anne", groups=["office_reviewer"], authorities=[office.authority_id])
    for login in (admin, "postgres"):
        status = install.status(database.open(login))
        assert (status.agents, status.requests, status.current) == (2, 2, True)
    with pytest.raises(NotAllowed):
        install.status(database.open(reviewer))
    database.raw().execute("update office.staff_member set suspended_at = now() where login = %s", (admin,))
    with pytest.raises(NotAllowed):
        install.status(database.open(admin))


def differences(connection: Connection) -> object:
    """What autogenerate would write into the next revision."""
    return compare_metadata(MigrationContext.configure(connection, opts=schema.comparison()), Base.metadata)


@pytest.fixture
def _known_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLAlchemy reads the columns back and does not know PostgreSQL's transaction numbers."""
    monkeypatch.setitem(ischema_names, "xid8", Xid8)


@pytest.mark.usefixtures("_known_types")
def test_the_migrated_schema_is_that_of_the_models(database: OfficeDatabase) -> None:
    assert database.open().transact(lambda db: differences(db.connection())) == []


@pytest.mark.usefixtures("_known_types")
def test_the_comparison_sees_a_lost_index_and_a_lost_column(database: OfficeDatabase) -> None:
    database.raw().execute("drop index office.ix_access_request_queue; alter table office.authority drop postcode")
    found = str(database.open().transact(lambda db: differences(db.connection())))
    assert "ix_access_request_queue" in found
    assert "postcode" in found


def rules(connection: Raw) -> dict[str, str]:
    """Every CHECK of the schema, as PostgreSQL writes it."""
    return dict(
        connection.execute(
            "select conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = 'office'::regnamespace and contype = 'c'"
        ).fetchall()
    )


def test_each_check_constraint_is_that_of_the_models(database: OfficeDatabase) -> None:
    """Alembic does not compare them: make those of the models beside, on tables of the same shape, and compare."""
    raw = database.raw()
    migrated = rules(raw)
    modelled: dict[str, str] = {}
    with raw.transaction(force_rollback=True):
        for table in Base.metadata.tables.values():
            for rule in (rule for rule in table.constraints if isinstance(rule, CheckConstraint)):
                name = f"{table.fullname}.{rule.name}"
                raw.execute(f"alter table {table.fullname} add constraint compared check ({rule.sqltext})".encode())
                modelled[name] = rules(raw)[f"{table.fullname}.compared"]
                raw.execute(f"alter table {table.fullname} drop constraint compared".encode())
    assert migrated == modelled
    assert len(migrated) > 30


SHAPE = """
    select polname::text, polrelid::regclass::text, pg_get_expr(polqual, polrelid) from pg_policy
    union all
    select tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all
    select proname, proacl::text, pg_get_functiondef(oid) from pg_proc where pronamespace = 'office'::regnamespace
    union all
    select relname, coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner))::text,
           relowner::regrole::text from pg_class where relnamespace = 'office'::regnamespace
    order by 1, 2, 3
"""


def test_installing_again_changes_nothing(database: OfficeDatabase) -> None:
    def shape() -> list[tuple[object, ...]]:
        return database.raw().execute(SHAPE).fetchall()

    before = shape()
    install.initialise(database.open())
    install.upgrade(database.open())
    assert shape() == before
    assert len(before) > 100


def test_an_upgrade_removes_what_no_file_says(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    """Somebody opened a door by hand: the next upgrade closes it."""
    raw = database.raw()
    login = make_agent("anne", groups=["office_reviewer"])
    raw.execute(
        sql.SQL(
            "grant select on office.audit_secret to public; grant update (status) on office.access_request to {0};"
            "create policy everyone on office.audit_secret using (true);"
            "create function office.back_door() returns int language sql as 'select 1';"
            "create view office.window as select 1 as one; grant select on office.window to {0}"
        ).format(sql.Identifier(login))
    )
    assert database.raw(login).execute("select count(*) from office.audit_secret").fetchone() is not None
    install.upgrade(database.open())
    agent = database.raw(login)
    for refused in ("select from office.audit_secret", "update office.access_request set status = 'refused'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            agent.execute(refused)
    assert raw.execute("select to_regproc('office.back_door'), to_regclass('office.window')").fetchone() == (None, None)


def test_a_changed_guard_shows_until_the_upgrade(database: OfficeDatabase) -> None:
    database.raw().execute("update office.installed_guard set sha256 = 'other' where name = '20_rights.sql'")
    database.raw().execute("insert into office.installed_guard (name, sha256) values ('99_gone.sql', 'x')")
    assert install.status(database.open()).guards_differ == ("20_rights.sql", "99_gone.sql")
    install.upgrade(database.open())
    assert install.status(database.open()).current


def test_an_upgrade_asks_nothing_of_the_guards_that_it_replaces(database: OfficeDatabase) -> None:
    """An older office has other functions; a half-way broken one may have none."""
    database.raw().execute("drop function office.office_counts()")
    status = install.status(database.open())
    assert (status.current, status.agents, status.requests) == (True, 0, 0)
    assert install.upgrade(database.open()) == "0004"
    database.raw().execute("drop function office.is_active() cascade")
    assert install.upgrade(database.open()) == "0004"
    assert install.status(database.open()).current


def test_a_blocked_upgrade_says_so_without_the_guards(
    database: OfficeDatabase, make_agent: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "LOCK_TIMEOUT", "200ms")
    reader = database.raw(make_agent("anne", groups=["office_reviewer"]))
    database.raw().execute("drop function office.office_counts()")
    with reader.transaction():
        reader.execute("select from office.access_request")
        with pytest.raises(ServerBusy, match=r"\([1-9] connexion"):
            install.upgrade(database.open())


def test_upgrading_nothing_is_refused_and_leaves_nothing(empty: Database) -> None:
    with pytest.raises(SchemaTooOld, match="pas encore préparée"):
        install.upgrade(empty)
    assert install.status(empty).revision == ""


def test_a_newer_office_is_left_alone(database: OfficeDatabase) -> None:
    database.raw().execute("update office.alembic_version set version_num = '9999'")
    with pytest.raises(SchemaTooNew):
        install.upgrade(database.open())
    assert install.status(database.open()).revision == "9999"


def test_only_a_superuser_installs(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    login = make_agent("admin", groups=["office_admin"])
    with pytest.raises(NotAllowed, match="superutilisateur"):
        install.upgrade(database.open(login))


def test_an_open_reader_stops_the_upgrade_with_a_count(
    database: OfficeDatabase, make_agent: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "LOCK_TIMEOUT", "200ms")
    reader = database.raw(make_agent("anne", groups=["office_reviewer"]))
    with reader.transaction():
        reader.execute("select from office.access_request")
        with pytest.raises(ServerBusy, match=r"\(1 connexion\)"):
            install.upgrade(database.open())
    install.upgrade(database.open())


@pytest.mark.parametrize(
    "attempt",
    [
        "create temporary table rights (x int)",
        "do $$ begin end $$",
        "select lo_create(0)",
        "create table public.mine (x int)",
        "create function public.mine() returns int language sql as 'select 1'",
        "create schema mine",
        "select office.index_households(array[1])",
        "set role office_owner",
        "set role office_roles",
        "set session_replication_role = replica",
    ],
)
def test_an_agent_finds_the_doors_closed(database: OfficeDatabase, make_agent: MakeAgent, attempt: str) -> None:
    login = make_agent("anne", groups=["office_reviewer", "office_admin"])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.raw(login).execute(attempt.encode())


AROUND = ("postgres", "template1")


@pytest.mark.parametrize("shared", [False, True], ids=["ours", "shared"])
def test_the_databases_around_are_closed_where_the_server_is_ours(*, shared: bool) -> None:
    """There an agent might make temporary tables and large objects; on a server of others it is for them to say."""
    with (
        tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder,
        EmbeddedServer(Path(folder), durable=False) as server,
    ):
        if shared:
            server.ensure_database("payroll")
        server.ensure_database("office")
        with Database(server.target(database="office"), server.password()) as database:
            install.initialise(database)
        with server.connect() as admin:
            admin.execute("create role lea login in role office_reviewer")
        for name in AROUND:
            if shared:
                server.connect("lea", name).close()
            else:
                with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                    server.connect("lea", name)
        with server.connect("lea", "office") as lea, pytest.raises(psycopg.errors.InsufficientPrivilege):
            lea.execute("select pg_logical_emit_message(false, 'x', repeat('x', 1000000))")


def test_a_stranger_of_the_cluster_cannot_even_connect(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        database.raw(make_agent("nobody"))


def test_nobody_is_a_member_of_the_keeper_or_the_owner(database: OfficeDatabase) -> None:
    members = database.raw().execute(
        "select m.roleid::regrole::text, m.member::regrole::text from pg_auth_members m"
        " where m.roleid in ('office_owner'::regrole, 'office_roles'::regrole)"
    )
    assert members.fetchall() == []


def test_the_keeper_may_give_the_groups_and_not_use_them(database: OfficeDatabase) -> None:
    """From PostgreSQL 16 on; `pg_auth_members` has no such columns before."""
    given = database.raw().execute(
        "select roleid::regrole::text from pg_auth_members where member = 'office_roles'::regrole"
        " and admin_option and not inherit_option and not set_option order by 1"
    )
    assert [row[0] for row in given] == sorted(install.GROUPS)


def test_the_oldest_server_is_fifteen() -> None:
    install.check_server(150000, "15.0")
    install.check_server(180004, "18.4")
    with pytest.raises(ServerTooOld, match=re.escape("PostgreSQL 14.21")):
        install.check_server(140021, "14.21")
    with pytest.raises(ServerTooOld, match="demande la version 19 ou plus"):
        install.check_server(180004, "18.4", minimum=190000)


def test_a_server_of_the_operating_system_becomes_an_office(pg15: InstalledServer) -> None:
    with pg15.connect() as admin:
        admin.execute("create database bureau")
    target = pg15.target("bureau")
    with Database(target, pg15.password) as database:
        install.initialise(database)
        install.upgrade(database)
        status = install.status(database)
        assert status.current
        encrypted = database.transact(
            lambda db: db.execute(text("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).scalar_one()
        )
        assert encrypted
    with pg15.connect() as admin:
        admin.execute("drop database bureau with (force)")
