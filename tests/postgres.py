"""Real PostgreSQL for the tests: a pytest plugin, included by tests/conftest.py.

Fixtures
    server       (session) one embedded PostgreSQL 18 for each worker, without fsync: `server.connect(login, database)`
                 gives psycopg as any login, `postgres` being the superuser.
    template     (session) the name of a database that was migrated and guarded once.
    database     a clone of it for this test alone (about 0.1 s on a quiet machine), an `OfficeDatabase`:
                     database.raw(login)            psycopg connection in autocommit; no login is the superuser
                     database.open(login)           the application's `Database` (engine, `transact`)
                     database.target(login)         the address, for what opens connections itself
                 All that it opened is closed and the clone is dropped after the test.
    make_agent   make_agent("anne", groups=["office_reviewer"], authorities=[1, 2]) -> login. Creates a LOGIN role with
                 a name of its own (roles belong to the cluster), her staff_member and agent_scope rows; dropped after.
                 The authorities must exist. `display_name` is the word given, with a capital.
    pg15         (session) an `InstalledServer`: PostgreSQL 15 or newer of the operating system, over TCP with TLS and
                 passwords: host, port, password, certificate of its authority, and of a wrong one.

The superuser is bound neither by row security nor by grants; triggers bind it, and constraints too.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
import pytest
from psycopg import sql

from dombes_office.database import install
from dombes_office.database.embedded import SUPERUSER, EmbeddedServer
from dombes_office.database.engine import Database
from dombes_office.rules.connections import VERIFY_FULL, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Raw = psycopg.Connection[tuple[Any, ...]]

TEMPLATE = "office_template"
_numbers = itertools.count(1)


@dataclass
class OfficeDatabase:
    """One office for one test, and the doors to it."""

    server: EmbeddedServer
    name: str
    opened: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    logins: list[str] = field(default_factory=list)
    """The agents that were made for it; they are dropped after it, for they may own or hold something inside."""

    def target(self, login: str = SUPERUSER) -> Target:
        """Where it answers."""
        return self.server.target(login, self.name)

    def raw(self, login: str = SUPERUSER) -> Raw:
        """A plain connection in autocommit; use `with connection.transaction():` for more."""
        return self.opened.enter_context(contextlib.closing(self.server.connect(login, self.name)))

    def open(self, login: str = SUPERUSER) -> Database:
        """The application's own way in."""
        return self.opened.enter_context(Database(self.target(login), self.server.password(login)))


class MakeAgent(Protocol):
    """How the fixture `make_agent` is called."""

    def __call__(self, name: str, *, groups: Sequence[str] = (), authorities: Sequence[int] = ()) -> str:
        """Make an agent; her login."""


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The cluster of this worker. Its path is short: the socket of PostgreSQL allows 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        with EmbeddedServer(folder, durable=False) as running:
            yield running
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> str:
    """An office without rows."""
    server.ensure_database(TEMPLATE)
    with Database(server.target(database=TEMPLATE), server.password()) as database:
        install.initialise(database)
    return TEMPLATE


@pytest.fixture
def database(server: EmbeddedServer, template: str) -> Iterator[OfficeDatabase]:
    """A clone of the template for this test."""
    office = OfficeDatabase(server, f"office_{next(_numbers)}")
    name = sql.Identifier(office.name)
    with server.connect() as admin:
        admin.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(name, sql.Identifier(template))
        )
    # A clone has the grants inside the database, but not those on the database itself.
    with Database(office.target(), server.password()) as owner:
        install.prepare_cluster(owner)
    with office.opened:
        yield office
    with server.connect() as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(name))
        for login in office.logins:
            admin.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))


@pytest.fixture
def make_agent(database: OfficeDatabase) -> MakeAgent:
    """Makes agents of this test's office."""

    def make(name: str, *, groups: Sequence[str] = (), authorities: Sequence[int] = ()) -> str:
        login = f"{name}_{next(_numbers)}"
        with database.server.connect(database=database.name) as admin, admin.transaction():
            admin.execute(sql.SQL("create role {} login").format(sql.Identifier(login)))
            database.logins.append(login)
            for group in groups:
                admin.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(login)))
            admin.execute(
                "insert into office.staff_member (login, display_name) values (%s, %s)", [login, name.capitalize()]
            )
            admin.cursor().executemany(
                "insert into office.agent_scope (login, authority_id) values (%s, %s)",
                [(login, authority) for authority in authorities],
            )
        return login

    return make


@dataclass(frozen=True)
class InstalledServer:
    """A server of the operating system: TCP on the loopback, TLS and passwords only."""

    host: str
    port: int
    password: str
    authority: Path
    """The certificate that signed the server's."""
    wrong_authority: Path
    programs: Path

    def target(self, database: str = "postgres", login: str = SUPERUSER, **changes: str) -> Target:
        """Where it answers, checked against its authority unless `changes` say otherwise."""
        settings: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "encryption": VERIFY_FULL,
            "root_certificate": str(self.authority),
        }
        return Target(database=database, login=login, **{**settings, **changes})

    def connect(self, database: str = "postgres") -> Raw:
        """The superuser, in autocommit."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            dbname=database,
            user=SUPERUSER,
            password=self.password,
            sslmode=VERIFY_FULL,
            sslrootcert=str(self.authority),
            autocommit=True,
        )


@pytest.fixture(scope="session")
def pg15() -> Iterator[InstalledServer]:
    """A cluster of the newest PostgreSQL that the operating system has."""
    programs = _installed_programs()
    folder = Path(tempfile.mkdtemp(prefix="pg15-"))
    user = "postgres" if os.geteuid() == 0 else None
    authority, wrong = _certificate(folder, "authority"), _certificate(folder, "wrong")
    _signed_certificate(folder, authority)
    password, port = secrets.token_hex(16), _free_port()
    (folder / "password").write_text(password, encoding="ascii")
    if user:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, user, user)

    def run(*command: str | Path) -> None:
        subprocess.run(command, check=True, user=user, cwd=folder, capture_output=True, timeout=60)

    cluster = folder / "cluster"
    run(
        programs / "initdb",
        "-D",
        cluster,
        "-U",
        SUPERUSER,
        "--auth=scram-sha-256",
        f"--pwfile={folder / 'password'}",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    (cluster / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n", encoding="ascii")
    with (cluster / "postgresql.conf").open("a", encoding="ascii") as settings:
        settings.write(
            f"listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nfsync = off\njit = off\n"
            f"ssl = on\nssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n"
        )
    run(programs / "pg_ctl", "-w", "-D", cluster, "-l", folder / "log", "start")
    try:
        yield InstalledServer("localhost", port, password, authority, wrong, programs)
    finally:
        run(programs / "pg_ctl", "-w", "-m", "immediate", "-D", cluster, "stop")
        shutil.rmtree(folder)


def _installed_programs() -> Path:
    """The programs of the newest server here; without one the test fails, it is never left out."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail("No PostgreSQL of the operating system. Run: apt-get install postgresql", pytrace=False)
    return found[-1].parent


def _free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=30)


def _certificate(folder: Path, name: str) -> Path:
    """The certificate of an authority of our own."""
    _openssl(
        folder,
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
        "-keyout",
        f"{name}.key",
        "-out",
        f"{name}.crt",
    )
    return folder / f"{name}.crt"


def _signed_certificate(folder: Path, authority: Path) -> None:
    """The server's certificate for `localhost`, signed by the authority."""
    _openssl(
        folder,
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        "server.key",
        "-out",
        "server.csr",
    )
    _openssl(
        folder,
        "x509",
        "-req",
        "-in",
        "server.csr",
        "-CA",
        authority.name,
        "-CAkey",
        "authority.key",
        "-CAcreateserial",
        "-days",
        "2",
        "-copy_extensions",
        "copyall",
        "-out",
        "server.crt",
    )
    (folder / "server.key").chmod(0o600)
