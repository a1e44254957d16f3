"""Backups: one file, read back in full before it counts, and restored beside before it replaces anything."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from dombes_office.database.engine import Database, connection_settings, plain_connection
from dombes_office.database.exchange import check_exchange, create_beside, drop_beside, exchange, exists
from dombes_office.database.install import NOT_PREPARED, prepare_cluster
from dombes_office.database.programs import find_programs, running
from dombes_office.errors import DiskFull, FileRefused, NotAllowed, Outage, Refusal, SchemaTooOld
from dombes_office.rules.connections import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAINTENANCE = "postgres"
"""The database from which others are created and renamed."""
BLOCK = 1 << 20
ANOTHER_DISK_FULL = ("Le disque où va la sauvegarde est plein.", "Libérez de la place ou choisissez un autre dossier.")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and read back: where, how large, its SHA-256 in hexadecimal, and rows by table."""

    file: Path
    byte_count: int
    sha256: str
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Restoration:
    """What came back: rows by table, and how many agents have no login on this server."""

    rows: Mapping[str, int]
    agents_without_login: int


class Archives:
    """Makes and reads backups of one database, as its superuser.

    `programs` is the folder of pg_dump and pg_restore; None looks for programs that are not older than the server.
    """

    def __init__(self, target: Target, password: str = "", *, programs: Path | None = None) -> None:
        self.target = target
        self.password = password
        self._programs = programs

    def backup(self, file: Path) -> Backup:
        """Write the database to `file`, read it back, and note it in the database.

        An older file of that name is replaced at the very end, once the new one is known to be whole.

        Raises:
            NotAllowed: the login is no superuser.
            DiskFull: no room; the older file is untouched.
            OfficeError: any other outage, the older file untouched.
        """
        with self._connect(self.target.database) as connection, _partial(file) as partial:
            _check_superuser(connection)
            programs = self._programs or find_programs(connection.info.server_version)
            if not _value(connection, "select to_regprocedure('office.seal_audit(int,boolean)') is not null"):
                raise SchemaTooOld(*NOT_PREPARED)
            # What is sealed here keeps the place that it had; the rest is sealed where it is restored.
            while int(_value(connection, "select office.seal_audit()")) > 0:
                pass
            connection.execute("begin isolation level repeatable read read only")
            snapshot = str(_value(connection, "select pg_export_snapshot()"))
            rows = count_rows(connection)
            digest = self._dump(programs, snapshot, partial)
            connection.execute("commit")
            if count_archived(programs, partial) != rows:
                raise Outage("La sauvegarde relue n’est pas complète.", "Recommencez ; l’ancien fichier est gardé.")
            size = partial.stat().st_size
            with _disk_told():
                partial.replace(file)
            connection.execute("insert into office.backup_run (byte_count, sha256) values (%s, %s)", [size, digest])
        return Backup(file, size, digest, rows)

    def restore(self, file: Path, *, replace: bool = False) -> Restoration:
        """Make the database from a backup. It is built beside, compared row by row count, then put in its place.

        `replace` allows to take the place of a database that holds something; that one is dropped at the very end.

        Raises:
            FileRefused: the file is no backup of ours, or is not whole.
            Refusal: the database holds something, and `replace` is False.
            OfficeError: any other outage; what was there is untouched.
        """
        name = self.target.database
        with self._connect(MAINTENANCE) as admin:
            _check_superuser(admin)
            programs = self._programs or find_programs(admin.info.server_version)
            expected = count_archived(programs, file)
            check_exchange(admin, name)
            if exists(admin, name) and not replace and not self._is_empty():
                raise Refusal(
                    "Cette base contient déjà des données : rien n’a été restauré.",
                    "Restaurez dans une base neuve, ou demandez expressément à la remplacer (« --replace »).",
                )
            try:
                report = self._fill(programs, file, create_beside(admin, name), expected)
                exchange(admin, name)
            except BaseException:
                drop_beside(admin, name)
                raise
        return report

    def _fill(self, programs: Path, file: Path, name: str, expected: Mapping[str, int]) -> Restoration:
        """Restore into an empty database and compare what arrived with what the file holds."""
        target = _of(self.target, name)
        with Database(target, self.password) as database:
            prepare_cluster(database)
            command: list[str | Path] = [
                programs / "pg_restore",
                "--exit-on-error",
                "--single-transaction",
                "--dbname",
                name,
                file,
            ]
            with running(command, self._environment(), "La restauration a échoué.") as answers:
                answers.read()
            prepare_cluster(database)
        with self._connect(name) as connection:
            rows = count_rows(connection)
            if rows != expected:
                raise Outage("La base restaurée n’a pas toutes les lignes de la sauvegarde.", "Rien n’a été remplacé.")
            without = _value(
                connection,
                "select count(*) from office.staff_member m where m.suspended_at is null"
                " and not exists (select from pg_roles r where r.rolname = m.login and r.rolcanlogin)",
            )
            # Numbers of transactions are another server's here, and nothing runs yet: no event has to wait for any.
            while int(_value(connection, "select office.seal_audit(everything => true)")) > 0:
                pass
            connection.execute("analyze")
        return Restoration(rows, int(without))

    def _is_empty(self) -> bool:
        """Whether the database holds no table of anybody."""
        with self._connect(self.target.database) as connection:
            tables = _value(
                connection,
                "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in"
                " ('r', 'p', 'v', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')",
            )
        return bool(tables == 0)

    def _dump(self, programs: Path, snapshot: str, partial: Path) -> str:
        """Run pg_dump into the file; the SHA-256 of what was written. We write ourselves, to know a full disk."""
        command: list[str | Path] = [programs / "pg_dump", "--format=custom", "--no-password", f"--snapshot={snapshot}"]
        command += ["--dbname", self.target.database]
        digest = hashlib.sha256()
        with (
            running(command, self._environment(), "La sauvegarde a échoué.") as dump,
            _disk_told(),
            partial.open("wb") as out,
        ):
            while block := dump.read(BLOCK):
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        return digest.hexdigest()

    def _environment(self) -> dict[str, str]:
        """How libpq's programs reach the server; the password travels in the environment, never as an argument."""
        names = {
            "host": "PGHOST",
            "port": "PGPORT",
            "user": "PGUSER",
            "password": "PGPASSWORD",
            "sslmode": "PGSSLMODE",
            "sslrootcert": "PGSSLROOTCERT",
            "gssencmode": "PGGSSENCMODE",
            "connect_timeout": "PGCONNECT_TIMEOUT",
        }
        settings = connection_settings(self.target, self.password)
        given = {names[key]: str(value) for key, value in settings.items() if key in names}
        return os.environ | given | {"PGAPPNAME": "dombes-office backup"}

    def _connect(self, database: str) -> contextlib.AbstractContextManager[psycopg.Connection[Any]]:
        """A plain connection to a database of the server."""
        return plain_connection(_of(self.target, database), self.password)


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table of the office has, as this transaction sees it."""
    tables = connection.execute(
        "select c.relname from pg_class c where c.relnamespace = 'office'::regnamespace and c.relkind = 'r' order by 1"
    ).fetchall()
    return {
        name: int(_value(connection, sql.SQL("select count(*) from office.{}").format(sql.Identifier(name))))
        for (name,) in tables
    }


def count_archived(programs: Path, file: Path) -> dict[str, int]:
    """How many rows of each table a backup holds, by reading it from beginning to end.

    Raises:
        FileRefused: no backup of ours, or not whole.
    """
    if not file.is_file():
        raise FileRefused("Ce fichier de sauvegarde n’existe pas.", f"Vérifiez le chemin : {file}", code="missing")
    not_a_backup = FileRefused(
        "Ce fichier n’est pas une sauvegarde complète de l’application.",
        "Prenez-en une autre : celle-ci est abîmée, incomplète, ou d’un autre logiciel.",
        code="not_a_backup",
    )
    rows: Counter[str] = Counter()
    table = ""
    command: list[str | Path] = [programs / "pg_restore", "--data-only", "--schema=office", "--file=-", file]
    try:
        with running(command, os.environ, "") as lines:
            for line in lines:
                if table:
                    if line.rstrip(b"\r\n") == b"\\.":
                        table = ""
                    else:
                        rows[table] += 1
                elif begun := re.match(rb'COPY office\."?([a-z_0-9]+)"? ', line):
                    table = begun[1].decode()
                    rows[table] += 0
    except Outage as error:
        raise not_a_backup from error
    if table or not rows:
        raise not_a_backup
    return dict(rows)


@contextlib.contextmanager
def _partial(file: Path) -> Iterator[Path]:
    """A file beside the wanted one, for its owner only, gone unless it was renamed."""
    with _disk_told():
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextlib.contextmanager
def _disk_told() -> Iterator[None]:
    """Turn the operating system's complaint about a file into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise DiskFull(*ANOTHER_DISK_FULL) from error
        raise Outage(
            "Le fichier de sauvegarde ne peut pas être écrit.", "Vérifiez le dossier et vos droits sur lui."
        ) from error


def _check_superuser(connection: psycopg.Connection[Any]) -> None:
    """Row security would hide rows from anybody else: pg_dump refuses, and so do we, in French."""
    if not _value(connection, "select rolsuper from pg_roles where rolname = session_user"):
        raise NotAllowed(
            "Sauvegarder et restaurer demandent un superutilisateur de PostgreSQL.",
            "Connectez-vous avec le compte d’administration du serveur, par exemple « postgres ».",
        )


def _of(target: Target, database: str) -> Target:
    """The same server, another database."""
    return Target(target.host, database, target.login, target.port, target.encryption, target.root_certificate)


def _value(connection: psycopg.Connection[Any], query: str | sql.Composed, *parameters: object) -> Any:  # noqa: ANN401 - whatever the query says.
    """The first column of the only row."""
    row = connection.execute(query.encode() if isinstance(query, str) else query, parameters).fetchone()
    if row is None:
        raise LookupError(query)
    return row[0]
