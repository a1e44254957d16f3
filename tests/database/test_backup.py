"""Backups: everything comes back, a damaged file is told, and what was there before is never lost."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from dombes_office.database import install
from dombes_office.database.backup import Archives, Restoration, count_rows
from dombes_office.database.engine import Database
from dombes_office.database.exchange import OURS
from dombes_office.database.programs import find_programs
from dombes_office.errors import (
    AgentUnknown,
    DiskFull,
    FileRefused,
    NotAllowed,
    Outage,
    Refusal,
    SchemaTooOld,
    ServerBusy,
    WrongPassword,
)
from tests.builders import build_office

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.postgres import InstalledServer, MakeAgent, OfficeDatabase, Raw


@pytest.fixture
def full(database: OfficeDatabase, make_agent: MakeAgent) -> OfficeDatabase:
    """An office with families, requests, files of every byte, and an agent."""
    office = build_office(database.raw())
    every_byte = bytes(range(256)) * 400
    for number, name in enumerate(("Berthollet", "Ștefănescu", "O'Brien", "Æbischer\\n")):
        office.add_request(name, files={"health_form": every_byte + bytes([number])})
    make_agent("anne", groups=["office_reviewer"], authorities=[office.authority_id])
    # A backup begins by sealing the trail; done now, so that nothing changes from here on.
    database.raw().execute("select office.seal_audit()")
    return database


@pytest.fixture
def archives(full: OfficeDatabase) -> Archives:
    return Archives(full.target(), full.server.password(), programs=full.server.programs)


@pytest.fixture
def elsewhere(full: OfficeDatabase) -> Iterator[Archives]:
    """The same server under a name that does not exist yet."""
    name = f"{full.name}_copy"
    yield Archives(full.server.target(database=name), full.server.password(), programs=full.server.programs)
    with full.server.connect() as admin:
        admin.execute(f"drop database if exists {name} with (force)".encode())


def contents(connection: Raw) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as text, in an order that does not depend on the disk."""
    return {
        table: connection.execute(f"select t::text from office.{table} t order by 1".encode()).fetchall()
        for table in count_rows(connection)
    }


def test_everything_comes_back(full: OfficeDatabase, archives: Archives, elsewhere: Archives, tmp_path: Path) -> None:
    before = contents(full.raw())
    made = archives.backup(tmp_path / "office.backup")
    restored = elsewhere.restore(made.file)
    with full.server.connect(database=elsewhere.target.database) as copy:
        after = contents(copy)
    assert after == before
    assert restored.rows == made.rows == {table: len(rows) for table, rows in before.items()}
    assert made.rows["supporting_document"] == 16
    assert restored.agents_without_login == 0


def test_a_restored_office_is_current_and_guarded(
    full: OfficeDatabase, archives: Archives, elsewhere: Archives, tmp_path: Path
) -> None:
    elsewhere.restore(archives.backup(tmp_path / "office.backup").file)
    with Database(elsewhere.target, elsewhere.password) as database:
        assert install.status(database).current

    def rights(name: str) -> list[tuple[object, ...]]:
        with full.server.connect(database=name) as connection:
            return connection.execute(RIGHTS).fetchall()

    assert rights(elsewhere.target.database) == rights(full.name)
    login = full.logins[0]
    with full.server.connect(login, elsewhere.target.database) as agent:
        assert agent.execute("select count(*) from office.access_request").fetchone() == (4,)


RIGHTS = """
    select 'relation', relname::text, (select array_agg(a::text order by a::text) from unnest(relacl) a)::text,
           relrowsecurity::text || relforcerowsecurity::text, relowner::regrole::text
      from pg_class where relnamespace = 'office'::regnamespace
    union all
    select 'function', proname, (select array_agg(a::text order by a::text) from unnest(proacl) a)::text, prosrc,
           proowner::regrole::text from pg_proc where pronamespace = 'office'::regnamespace
    union all
    select 'policy', polname, polrelid::regclass::text, pg_get_expr(polqual, polrelid),
           (select array_agg(r::regrole::text order by r::regrole::text) from unnest(polroles) r)::text
      from pg_policy
    union all
    select 'trigger', tgname, tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled::text
      from pg_trigger where not tgisinternal
    union all
    select 'database', '', (select array_agg(replace(a::text, datname, '') order by a::text) from unnest(datacl) a
           where a::text not like 'postgres=%')::text, '', '' from pg_database where datname = current_database()
    order by 1, 2, 3, 4
"""


def test_a_backup_is_noted_and_private(full: OfficeDatabase, archives: Archives, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    made = archives.backup(file)
    assert made.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert made.byte_count == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    noted = full.raw().execute("select made_by, byte_count, sha256 from office.backup_run").fetchall()
    assert noted == [("postgres", made.byte_count, made.sha256)]
    assert install.status(full.open()).last_backup is not None
    assert list(tmp_path.glob("*backup*")) == [file]


def test_the_trail_is_sealed_before_it_leaves_its_server(
    full: OfficeDatabase, archives: Archives, elsewhere: Archives, tmp_path: Path
) -> None:
    """Another server counts its transactions anew: an event that was not sealed here might never be there."""
    full.raw().execute("update office.authority set phone = '0465710041'")
    elsewhere.restore(archives.backup(tmp_path / "office.backup").file)
    with full.server.connect(database=elsewhere.target.database) as copy:
        row = copy.execute(
            "select events - sealed, broken_position, broken_event from office.verify_audit()"
        ).fetchone()
    assert row == (0, None, None)


def test_what_could_not_be_sealed_is_sealed_where_it_is_restored(
    full: OfficeDatabase, archives: Archives, elsewhere: Archives, tmp_path: Path
) -> None:
    """A transaction that was open when the backup was made keeps events waiting for ever on another server."""
    slow = full.raw()
    slow.execute("begin")
    slow.execute("update office.authority set phone = '0465710042'")
    full.raw().execute("update office.service set max_age = 12")
    # The server of the copy has counted less far than the one where this was written.
    writer = full.raw()
    writer.execute("set session_replication_role = replica")
    writer.execute(
        "update office.audit_event e set xid = '900000000', digest = office.event_digest(row(e.id, '900000000'::xid8,"
        " e.at, e.login, e.authority_id, e.table_name, e.row_key, e.verb, e.old, e.new, e.reason, e.digest, e.position,"
        " e.chain)::office.audit_event) where id = (select max(id) from office.audit_event)"
    )
    made = archives.backup(tmp_path / "office.backup")
    waiting = "select events - sealed, broken_position, broken_event from office.verify_audit()"
    assert full.raw().execute(waiting).fetchone() == (2, None, None), "this one, and the note of the backup"
    elsewhere.restore(made.file)
    with full.server.connect(database=elsewhere.target.database) as copy:
        assert copy.execute(waiting).fetchone() == (0, None, None)
    slow.execute("rollback")


def test_a_second_backup_replaces_the_first(full: OfficeDatabase, archives: Archives, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    first = archives.backup(file)
    full.raw().execute("delete from office.agent_scope")
    assert archives.backup(file).sha256 != first.sha256


@pytest.mark.parametrize("damage", ["cut", "empty", "other", "middle"])
def test_a_damaged_file_is_told_before_anything_is_touched(
    full: OfficeDatabase, archives: Archives, elsewhere: Archives, tmp_path: Path, damage: str
) -> None:
    file = archives.backup(tmp_path / "office.backup").file
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {
            "cut": whole[: middle * 3 // 2],
            "empty": b"",
            "other": b"PK\x03\x04" + whole,
            "middle": whole[:middle] + bytes(2000) + whole[middle + 2000 :],
        }[damage]
    )
    with pytest.raises(FileRefused, match="pas une sauvegarde complète") as caught:
        elsewhere.restore(file)
    assert caught.value.code == "not_a_backup"
    names = full.raw().execute("select datname from pg_database where datname like %s", [full.name + "_%"])
    assert names.fetchall() == []


def test_a_missing_file_is_told(elsewhere: Archives, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="existe pas"):
        elsewhere.restore(tmp_path / "nothing")


def test_a_backup_of_something_else_is_refused(full: OfficeDatabase, elsewhere: Archives, tmp_path: Path) -> None:
    target = full.server.target()
    subprocess.run(
        [
            full.server.programs / "pg_dump",
            "-Fc",
            "-h",
            target.host,
            "-U",
            "postgres",
            "-f",
            tmp_path / "x",
            "postgres",
        ],
        check=True,
    )
    with pytest.raises(FileRefused):
        elsewhere.restore(tmp_path / "x")


def test_a_database_with_rows_is_not_covered_without_being_told(
    full: OfficeDatabase, archives: Archives, tmp_path: Path
) -> None:
    before = contents(full.raw())
    file = archives.backup(tmp_path / "office.backup").file
    full.raw().execute("delete from office.agent_scope")
    with pytest.raises(Refusal, match="déjà des données"):
        archives.restore(file)
    assert contents(full.raw())["agent_scope"] == []
    full.opened.close()
    archives.restore(file, replace=True)
    assert contents(full.raw()) == before


def test_an_empty_database_is_filled(
    full: OfficeDatabase, archives: Archives, elsewhere: Archives, tmp_path: Path
) -> None:
    file = archives.backup(tmp_path / "office.backup").file
    full.server.ensure_database(elsewhere.target.database)
    assert elsewhere.restore(file).rows["access_request"] == 4


def test_agents_without_a_login_are_counted(
    full: OfficeDatabase, archives: Archives, elsewhere: Archives, tmp_path: Path
) -> None:
    full.raw().execute("insert into office.staff_member (login, display_name) values ('gone', 'Partie')")
    assert elsewhere.restore(archives.backup(tmp_path / "office.backup").file).agents_without_login == 1


def test_a_restoration_that_fails_leaves_what_was_there(
    full: OfficeDatabase, archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archives.backup(tmp_path / "office.backup").file
    before = contents(full.raw())
    full.opened.close()
    monkeypatch.setattr("dombes_office.database.backup.count_rows", lambda _: {})
    with pytest.raises(Outage, match="pas toutes les lignes"):
        archives.restore(file, replace=True)
    monkeypatch.undo()
    assert contents(full.raw()) == before
    left = full.raw().execute("select count(*) from pg_database where datname like '%restauration'").fetchone()
    assert left == (0,)


def test_what_was_there_gets_its_name_back_where_the_new_one_cannot_have_it(
    full: OfficeDatabase, archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody looks into the new database just before it is renamed: PostgreSQL then refuses."""
    file = archives.backup(tmp_path / "office.backup").file
    full.raw().execute("delete from office.agent_scope")
    before = contents(full.raw())
    full.opened.close()
    guests: list[Raw] = []

    def filled(self: Archives, programs: Path, file: Path, name: str, expected: Mapping[str, int]) -> Restoration:
        report = fill(self, programs, file, name, expected)
        guests.append(full.server.connect(database=name))
        return report

    fill = Archives._fill
    monkeypatch.setattr(Archives, "_fill", filled)
    with pytest.raises(ServerBusy, match="utilisé"):
        archives.restore(file, replace=True)
    monkeypatch.undo()
    guests[0].close()
    assert contents(full.raw()) == before
    left = full.raw().execute("select datname from pg_database where datname like %s", [full.name + "_%"])
    assert left.fetchall() == []


def test_desks_that_are_connected_are_sent_away(full: OfficeDatabase, archives: Archives, tmp_path: Path) -> None:
    file = archives.backup(tmp_path / "office.backup").file
    desk = full.raw(full.logins[0])
    archives.restore(file, replace=True)
    with pytest.raises(psycopg.OperationalError):
        desk.execute("select 1")
    assert full.raw(full.logins[0]).execute("select count(*) from office.access_request").fetchone() == (4,)


def test_an_agent_does_not_get_into_what_is_being_restored(
    full: OfficeDatabase, archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Her desk connects again and again: a connection would keep the new database from getting its name."""
    file, agent = archives.backup(tmp_path / "office.backup").file, full.logins[0]
    full.opened.close()
    answers: list[str] = []

    def filled(self: Archives, programs: Path, file: Path, name: str, expected: Mapping[str, int]) -> Restoration:
        report = fill(self, programs, file, name, expected)
        with pytest.raises(psycopg.OperationalError) as refused:
            full.server.connect(agent, name)
        answers.append(str(refused.value))
        return report

    fill = Archives._fill
    monkeypatch.setattr(Archives, "_fill", filled)
    archives.restore(file, replace=True)
    assert "too many connections" in answers[0]
    assert full.raw(agent).execute("select count(*) from office.access_request").fetchone() == (4,)
    shown = (
        "select datconnlimit, datallowconn, shobj_description(oid, 'pg_database') from pg_database where datname = %s"
    )
    assert full.raw().execute(shown, [full.name]).fetchone() == (-1, True, None)


def test_a_foreign_base_of_the_name_that_we_need_is_left_alone(
    full: OfficeDatabase, archives: Archives, tmp_path: Path
) -> None:
    file, name = archives.backup(tmp_path / "office.backup").file, f"{full.name}_restauration"
    full.opened.close()
    full.server.ensure_database(name)
    try:
        with full.server.connect(database=name) as foreign:
            foreign.execute("create table precious as select 1 as one")
        with pytest.raises(Refusal, match="a besoin de ce nom"):
            archives.restore(file, replace=True)
        with full.server.connect(database=name) as foreign:
            assert foreign.execute("select one from precious").fetchone() == (1,)
            # Its like that an earlier restoration left behind is ours to drop.
            foreign.execute(f"comment on database {name} is '{OURS}'".encode())
        archives.restore(file, replace=True)
        with full.server.connect() as admin:
            assert admin.execute("select from pg_database where datname = %s", [name]).fetchone() is None
    finally:
        with full.server.connect() as admin:
            admin.execute(f"drop database if exists {name} with (force)".encode())


def test_the_instruction_after_an_interruption_brings_the_base_back(
    full: OfficeDatabase, archives: Archives, tmp_path: Path
) -> None:
    """As the last version of this program, or a hand, would have left it: put aside, and closed."""
    file = archives.backup(tmp_path / "office.backup").file
    before = contents(full.raw())
    full.opened.close()
    with full.server.connect() as admin:
        admin.execute(f"alter database {full.name} allow_connections false".encode())
        admin.execute(f"alter database {full.name} rename to {full.name}_remplacee".encode())
        with pytest.raises(Refusal, match="laissé de côté") as told:
            archives.restore(file, replace=True)
        way_out = told.value.way_out.replace("\u00a0", " ")
        for command in way_out.partition(" : ")[2].partition(" ; puis")[0].split("; "):
            admin.execute(command.encode())
    assert contents(full.raw()) == before


def test_the_instruction_drops_what_was_replaced(full: OfficeDatabase, archives: Archives, tmp_path: Path) -> None:
    file, aside = archives.backup(tmp_path / "office.backup").file, f"{full.name}_remplacee"
    full.opened.close()
    full.server.ensure_database(aside)
    with pytest.raises(Refusal, match="laissé de côté") as told:
        archives.restore(file, replace=True)
    assert f'drop database "{aside}"' in told.value.way_out
    with full.server.connect() as admin:
        admin.execute(f'drop database "{aside}"'.encode())
    archives.restore(file, replace=True)


def test_a_base_whose_door_was_left_closed_is_opened(full: OfficeDatabase, archives: Archives, tmp_path: Path) -> None:
    """The power went between closing it and exchanging it: to restore it anew must not fail for that."""
    file = archives.backup(tmp_path / "office.backup").file
    full.opened.close()
    with full.server.connect() as admin:
        admin.execute(f"alter database {full.name} allow_connections false".encode())
    with pytest.raises(Refusal, match="déjà des données"):
        archives.restore(file)
    assert contents(full.raw())["access_request"]


def test_a_name_that_postgresql_would_cut_is_refused(full: OfficeDatabase, archives: Archives, tmp_path: Path) -> None:
    file = archives.backup(tmp_path / "office.backup").file
    long = Archives(full.server.target(database="d" * 60), full.server.password(), programs=full.server.programs)
    with pytest.raises(Refusal, match="trop long"):
        long.restore(file)


def test_only_a_superuser_may(full: OfficeDatabase, tmp_path: Path) -> None:
    agent = Archives(full.target(full.logins[0]), programs=full.server.programs)
    with pytest.raises(NotAllowed, match="superutilisateur"):
        agent.backup(tmp_path / "office.backup")
    assert list(tmp_path.glob("*backup*")) == []
    # The maintenance database is open to every login where the server holds other things than offices.
    with pytest.raises((NotAllowed, AgentUnknown)):
        agent.restore(tmp_path / "office.backup")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder on a disk of 64 KiB where root may mount one; elsewhere a folder that this test may fill no further."""
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode == 0:
        yield folder
        subprocess.run(["umount", folder], check=True)
    else:
        import resource  # noqa: PLC0415 - Unix only.
        import signal  # noqa: PLC0415 - the same.

        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, before[1]))
        yield folder
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    shutil.rmtree(folder)


def test_a_full_disk_is_told_and_the_old_file_stays(full: OfficeDatabase, archives: Archives, small_disk: Path) -> None:
    full.raw().execute(
        "insert into office.file_content (sha256, content) select sha256(c), c from (select decode(string_agg("
        "md5(i::text), ''), 'hex') c from generate_series(1, 20000) i) random"
    )
    old = small_disk / "office.backup"
    old.write_bytes(b"yesterday")
    with pytest.raises(DiskFull):
        archives.backup(old)
    assert old.read_bytes() == b"yesterday"
    assert os.listdir(small_disk) == ["office.backup"]  # noqa: PTH208 - hidden files too.
    assert full.raw().execute("select count(*) from office.backup_run").fetchone() == (0,)


@pytest.mark.parametrize("what", ["nothing at all", "no seal"])
def test_a_database_without_a_whole_office_is_told(full: OfficeDatabase, tmp_path: Path, what: str) -> None:
    if what == "nothing at all":
        target = full.server.target()
    else:
        full.raw().execute("drop schema office cascade; create schema office")
        target = full.target()
    archives = Archives(target, full.server.password(), programs=full.server.programs)
    with pytest.raises(SchemaTooOld, match="pas encore préparée"):
        archives.backup(tmp_path / "office.backup")
    assert list(tmp_path.glob("*backup*")) == []


def test_a_folder_that_does_not_exist_is_told(archives: Archives, tmp_path: Path) -> None:
    with pytest.raises(Outage, match="ne peut pas être écrit"):
        archives.backup(tmp_path / "nowhere" / "office.backup")


def test_over_tls_with_the_programs_of_the_operating_system(pg15: InstalledServer, tmp_path: Path) -> None:
    for name in ("bureau_a", "bureau_b"):
        with pg15.connect() as admin:
            admin.execute(f"drop database if exists {name}".encode())
    with pg15.connect() as admin:
        admin.execute("create database bureau_a")
    with Database(pg15.target("bureau_a"), pg15.password) as database:
        install.initialise(database)
    with pg15.connect("bureau_a") as admin:
        build_office(admin).add_request()
    made = Archives(pg15.target("bureau_a"), pg15.password).backup(tmp_path / "office.backup")
    assert made.rows["access_request"] == 1
    restored = Archives(pg15.target("bureau_b"), pg15.password).restore(made.file)
    assert restored.rows == made.rows
    with pytest.raises(WrongPassword):
        Archives(pg15.target("bureau_a"), "wrong").backup(tmp_path / "x")
    with pg15.connect() as admin:
        admin.execute("drop database bureau_a with (force)")
        admin.execute("drop database bureau_b with (force)")


def test_programs_older_than_the_server_are_refused() -> None:
    assert (find_programs(150000) / "pg_dump").exists()
    with pytest.raises(Outage, match="pg_dump de PostgreSQL 99"):
        find_programs(990000)
