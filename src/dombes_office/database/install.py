"""Installing and upgrading: group roles, tables, guards; and what `db status` tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy import text

from dombes_office.database.schema import guard_digests, migrate, shipped_guards, shipped_revisions
from dombes_office.errors import NotAllowed, SchemaTooNew, SchemaTooOld, ServerBusy, ServerTooOld
from dombes_office.rules.agents import GROUP_LABELS, MAILER, PORTAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from dombes_office.database.engine import Database

T = TypeVar("T")

OWNER = "office_owner"
KEEPER = "office_roles"
"""Creates the agents' logins, through functions that it owns; nobody is a member of it."""
GROUPS = (*GROUP_LABELS, MAILER, PORTAL)

MINIMUM_SERVER = 150000
"""PostgreSQL 15, as `server_version_num` tells it: the oldest that the guards were tested on."""
GRANT_OPTIONS_SINCE = 160000
"""From PostgreSQL 16 on, a role with CREATEROLE must hold a group with ADMIN to give it."""

NOT_PREPARED = ("Cette base n’est pas encore préparée.", "Lancez d’abord « db init ».")
"""What is said of a database that holds no office."""
LOCK_TIMEOUT = "5s"
CLEAN_SLATE = Path(__file__).with_name("clean_slate.sql")


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What stands in a database, for its administrator. Sizes in bytes; `revision` "" before the installation."""

    server_version: str
    revision: str
    shipped_revision: str
    guards_differ: tuple[str, ...]
    """Names of guard files that are missing, changed or left over."""
    agents: int
    requests: int
    byte_count: int
    last_backup: datetime | None
    connected: tuple[str, ...]
    """Logins with an open connection, this one left out."""

    @property
    def current(self) -> bool:
        """Whether this version of the application and the database fit."""
        return self.revision == self.shipped_revision and not self.guards_differ


def initialise(database: Database) -> None:
    """Make an existing database an office: roles, schema, tables, guards. Running it again changes nothing.

    Raises:
        NotAllowed: the login is no superuser.
        ServerTooOld: the server is older than PostgreSQL 15.
        SchemaTooNew: a newer version of the application was here.
        ServerBusy: other desks hold the tables.
    """
    _exclusively(database, _bring_up)


def upgrade(database: Database) -> str:
    """Bring an office to this version: the missing revisions, then all guards anew, in one transaction.

    The revision that it had before. Nothing is asked of the guards, which may be of any version.

    Raises:
        SchemaTooOld: the database holds no office yet.
        OfficeError: as `initialise`.
    """
    return _exclusively(database, _upgrade)


def status(database: Database) -> DatabaseStatus:
    """What stands in the database; for its administrator, or any superuser."""
    return database.transact(lambda session: _read_status(session.connection()))


def prepare_cluster(database: Database) -> None:
    """Only the roles, and the doors of this database: what a backup does not hold. Running it again changes nothing."""

    def prepare(connection: Connection) -> None:
        _make_roles(connection, _check_admin(connection))
        _close_doors(connection)

    database.transact(lambda session: prepare(session.connection()))


def check_server(version_number: int, version: str, *, minimum: int = MINIMUM_SERVER) -> None:
    """Refuse a server that is older than the guards were tested on."""
    if version_number < minimum:
        raise ServerTooOld(
            f"Ce serveur est PostgreSQL {version} : l’application demande la version {minimum // 10000} ou plus.",
            "Demandez à l’administrateur de mettre le serveur à jour.",
        )


def _exclusively(database: Database, work: Callable[[Connection], T]) -> T:
    """Run the work; where other desks hold the tables, say how many there are."""
    try:
        return database.transact(lambda session: work(session.connection()))
    except ServerBusy as error:
        count = len(database.transact(lambda session: _connected(session.connection())))
        desks = f"{count} connexion{'s' if count > 1 else ''}"
        raise ServerBusy(
            f"La base est en cours d’utilisation ({desks}) : rien n’a été modifié.",
            "Demandez aux agents de quitter l’application, puis recommencez. « db status » nomme les connexions.",
        ) from error


def _bring_up(connection: Connection) -> None:
    """Everything, in the order in which it stands on itself."""
    version = _check_admin(connection)
    revision = _installed_revision(connection)
    if revision and revision not in shipped_revisions():
        raise SchemaTooNew(
            "Cette base a été mise à jour par une version plus récente de l’application.",
            "Installez cette version plus récente.",
        )
    _make_roles(connection, version)
    _close_doors(connection)
    connection.execute(text(f"create schema if not exists office authorization {OWNER}"))
    connection.execute(text(f"set local role {OWNER}"))
    connection.execute(text(f"set local lock_timeout = '{LOCK_TIMEOUT}'"))
    migrate(connection)
    _apply_guards(connection)
    connection.execute(text("reset role"))


def _upgrade(connection: Connection) -> str:
    """The same, where there is an office already; its revision."""
    before = _installed_revision(connection)
    if not before:
        raise SchemaTooOld(*NOT_PREPARED)
    _bring_up(connection)
    return before


def _check_admin(connection: Connection) -> int:
    """Refuse early what would fail half-way; the server's version number."""
    row = connection.execute(
        text(
            "select current_setting('server_version_num')::int, current_setting('server_version'),"
            " rolsuper from pg_roles where rolname = session_user"
        )
    ).one()
    check_server(row[0], row[1].split(" ")[0])
    if not row[2]:
        raise NotAllowed(
            "Préparer la base demande un superutilisateur de PostgreSQL.",
            "Connectez-vous avec le compte d’administration du serveur, par exemple « postgres ».",
        )
    return int(row[0])


def _installed_revision(connection: Connection) -> str:
    """The revision of the tables, "" where there are none."""
    known = connection.execute(
        text(
            "select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = 'office' and c.relname = 'alembic_version')"
        )
    ).scalar_one()
    if not known:
        return ""
    return str(connection.execute(text("select max(version_num) from office.alembic_version")).scalar_one() or "")


def _make_roles(connection: Connection, version: int) -> None:
    """The owner, the keeper of agents and the groups. Roles belong to the cluster, which may hold other offices."""
    present = set(connection.execute(text("select rolname from pg_roles where rolname like 'office_%'")).scalars())
    for name in (OWNER, KEEPER, *GROUPS):
        if name not in present:
            connection.execute(text(f"create role {name} nologin {'createrole' if name == KEEPER else ''}"))
    if version >= GRANT_OPTIONS_SINCE:
        connection.execute(text(f"grant {', '.join(GROUPS)} to {KEEPER} with admin true, inherit false, set false"))


def _close_doors(connection: Connection) -> None:
    """What PostgreSQL leaves open to everybody and an agent has no use for; on our server around this database, too."""
    driver = _driver(connection)
    name = sql.Identifier(driver.info.dbname)
    groups = sql.SQL(", ").join(map(sql.Identifier, GROUPS))
    owner = sql.Identifier(OWNER)
    for statement in (
        sql.SQL("revoke all on database {} from public").format(name),
        sql.SQL("grant connect on database {} to {}, {}").format(name, groups, owner),
        sql.SQL("revoke all on schema public from public"),
        sql.SQL(
            "revoke execute on function lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea),"
            " lo_put(oid, bigint, bytea) from public"
        ),
        # Who may change a view may lock it, and pg_dump would wait for her; SET does not need it.
        sql.SQL("revoke all on pg_catalog.pg_settings from public"),
        sql.SQL("grant select on pg_catalog.pg_settings to public"),
        # Without a language nobody writes DO blocks; triggers run all the same. The guards are the owner's.
        sql.SQL("revoke usage on language plpgsql from public"),
        sql.SQL("grant usage on language plpgsql to {}, {}").format(owner, sql.Identifier(KEEPER)),
        # A function is closed until a guard opens it: PostgreSQL would open each new one to everybody.
        sql.SQL("alter default privileges for role {}, {} revoke execute on functions from public").format(
            owner, sql.Identifier(KEEPER)
        ),
    ):
        driver.execute(statement)
    for function in _emitters(driver):
        driver.execute(f"revoke execute on function {function} from public".encode())
    if _is_ours_alone(driver):
        # Agents have no use for them, and might make temporary tables and large objects there.
        driver.execute("revoke all on database postgres, template1 from public")


def _emitters(driver: psycopg.Connection[Any]) -> list[str]:
    """PostgreSQL's functions by which anybody may fill the server's log of changes; how many depends on the version."""
    found = driver.execute(
        "select oid::regprocedure::text from pg_proc where proname = 'pg_logical_emit_message'"
        " and pronamespace = 'pg_catalog'::regnamespace"
    )
    return [name for (name,) in found]


def _is_ours_alone(driver: psycopg.Connection[Any]) -> bool:
    """Whether the server holds nothing but offices: on another's server we close no door of the house."""
    foreign = driver.execute(
        "select from pg_database d where d.datname not in ('postgres', 'template0', 'template1') and not exists ("
        "select from aclexplode(d.datacl) a where a.grantee = %s::regrole)",
        [OWNER],
    )
    return foreign.fetchone() is None


def _apply_guards(connection: Connection) -> None:
    """Drop what guards make, then make it from the files; remember which files they were."""
    driver = _driver(connection)
    driver.execute(CLEAN_SLATE.read_bytes())
    for guard in shipped_guards().values():
        driver.execute(guard.encode())
    driver.execute("delete from office.installed_guard")
    with driver.cursor() as cursor:
        cursor.executemany("insert into office.installed_guard (name, sha256) values (%s, %s)", guard_digests().items())
        cursor.executemany(
            "insert into office.assignable_group (name, label) values (%s, %s)"
            " on conflict (name) do update set label = excluded.label",
            GROUP_LABELS.items(),
        )


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection: neither `:name` nor `%` of a guard is then taken for a parameter."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(type(driver))
    return driver


def _read_status(connection: Connection) -> DatabaseStatus:
    """One look at everything."""
    revision = _installed_revision(connection)
    version, size = connection.execute(
        text("select current_setting('server_version'), pg_database_size(current_database())")
    ).one()
    guards: dict[str, str] = {}
    agents = requests = 0
    backup = None
    if revision:
        guards = {
            row.name: row.sha256 for row in connection.execute(text("select name, sha256 from office.installed_guard"))
        }
        backup = connection.execute(text("select max(finished_at) from office.backup_run")).scalar_one()
        # Another version's guards may lack the function: then the rest is told all the same.
        if connection.execute(text("select to_regprocedure('office.office_counts()') is not null")).scalar_one():
            agents, requests = connection.execute(text("select agents, requests from office.office_counts()")).one()
    return DatabaseStatus(
        server_version=version.split(" ")[0],
        revision=revision,
        shipped_revision=shipped_revisions()[0],
        guards_differ=differing_guards(guards),
        agents=agents,
        requests=requests,
        byte_count=size,
        last_backup=backup,
        connected=_connected(connection),
    )


def _connected(connection: Connection) -> tuple[str, ...]:
    """The logins with an open connection to this database, this one left out."""
    found = connection.execute(
        text(
            "select usename from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and usename is not null order by usename"
        )
    )
    return tuple(found.scalars())


def differing_guards(installed: dict[str, str]) -> tuple[str, ...]:
    """The guard files that are missing, changed or left over in the database."""
    shipped = guard_digests()
    return tuple(sorted(name for name in shipped.keys() | installed.keys() if shipped.get(name) != installed.get(name)))
