"""The command line on real servers: what it does, what it says in French, and with which exit status it ends."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from dombes_office import cli
from dombes_office.commands import database
from dombes_office.commands.connection import open_database
from dombes_office.credentials import SavedProfiles
from dombes_office.database.embedded import EmbeddedServer
from dombes_office.database.opening import first_agent, target_of_url
from dombes_office.database.schema import shipped_revisions
from dombes_office.errors import InvalidEntry
from dombes_office.rules.connections import PREFER, REQUIRE, VERIFY_FULL, Profile, Target
from dombes_office.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.postgres import InstalledServer


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    """The folder of an embedded office, its server kept running for all the tests here."""
    with tempfile.TemporaryDirectory(prefix="cli-", ignore_cleanup_errors=True) as name, EmbeddedServer(Path(name)):
        assert cli.main(["db", "init", "--local", name]) == 0
        yield Path(name)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command here; its status, what it printed, and its complaints."""

    def here(*words: object) -> tuple[int, str, str]:
        status = cli.main([str(word) for word in words])
        printed = capsys.readouterr()
        return status, printed.out.replace("\u00a0", " "), printed.err.replace("\u00a0", " ")

    return here


def test_the_version() -> None:
    """As people start it, so that the entry point itself is seen."""
    answer = subprocess.run(
        [sys.executable, "-m", "dombes_office", "--version"], capture_output=True, text=True, check=True
    )
    assert answer.stdout == f"dombes-office {VERSION}\n"


def test_nothing_heavy_is_loaded_to_read_the_command_line() -> None:
    code = "import sys, dombes_office.cli; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(answer.stdout.split())
    assert {"dombes_office.cli", "dombes_office.commands.database"} <= loaded
    heavy = {"sqlalchemy", "alembic", "psycopg", "PySide6", "keyring", "openpyxl", "reportlab", "lxml", "zoneinfo"}
    assert loaded & heavy == set()


def test_the_status_of_a_local_office(run: Callable[..., tuple[int, str, str]], base: Path) -> None:
    status, printed, complaints = run("db", "status", "--local", base)
    assert (status, complaints) == (0, "")
    assert "État : à jour\nServeur : PostgreSQL 18." in printed
    assert f"Schéma : {shipped_revisions()[0]} (application : {shipped_revisions()[0]})" in printed
    assert "Dernière sauvegarde : aucune" in printed


def test_initialising_and_upgrading_again(run: Callable[..., tuple[int, str, str]], base: Path) -> None:
    assert run("db", "init", "--local", base)[:1] == (0,)
    status, printed, _ = run("db", "upgrade", "--local", base)
    newest = shipped_revisions()[0]
    assert (status, printed) == (0, f"La base est à jour : version {newest} du schéma (avant : {newest}).\n")


def test_a_backup_and_its_restoration(run: Callable[..., tuple[int, str, str]], base: Path, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    status, printed, _ = run("db", "backup", file, "--local", base)
    assert status == 0
    assert re.search(r"relue : [0-9]+ lignes, [0-9]+ octets\.\nSHA-256 : [0-9a-f]{64}\n", printed)
    status, _, complaints = run("db", "restore", file, "--local", base)
    assert status == 1
    assert "déjà des données" in complaints
    assert run("db", "restore", file, "--replace", "--local", base)[0] == 0
    with tempfile.TemporaryDirectory(prefix="cli-", ignore_cleanup_errors=True) as fresh:
        status, printed, _ = run("db", "restore", file, "--local", fresh)
        assert status == 0
        assert "restaurée et comptée" in printed
        assert "à jour" in run("db", "status", "--local", fresh)[1]


def test_the_trail_is_verified(run: Callable[..., tuple[int, str, str]], base: Path) -> None:
    status, printed, _ = run("audit", "verify", "--local", base)
    assert status == 0
    assert re.search(r"intact : ([0-9]+) événements, dont \1 scellés\.\nEmpreinte .* : [0-9a-f]{64}\n", printed)


def test_a_changed_trail_is_told(run: Callable[..., tuple[int, str, str]]) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="cli-", ignore_cleanup_errors=True) as name,
        EmbeddedServer(Path(name)) as server,
    ):
        assert run("audit", "verify", "--local", name)[0] == 0
        with server.connect(database="office") as owner:
            owner.execute("alter table office.audit_event disable trigger user")
            owner.execute("update office.audit_event set login = 'somebody' where id = 2")
            owner.execute("alter table office.audit_event enable trigger user")
        status, _, complaints = run("audit", "verify", "--local", name)
    assert status == 1
    assert "modifié en dehors de l’application (événement 2)" in complaints


def test_the_first_agent_of_a_group(base: Path, run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    settings = tmp_path / "mail.toml"
    settings.write_text('host = "localhost"\nsender = "bureau@example.org"\nsecurity = "none"\n', encoding="utf-8")
    send = ("mail", "send", "--once", "--smtp", settings, "--local", base)
    status, _, complaints = run(*send)
    assert status == 1
    assert "--as" in complaints
    with EmbeddedServer(base) as server:
        with server.connect(database="office") as owner:
            owner.execute("create role facteur login; grant office_mailer to facteur")
            owner.execute("insert into office.staff_member (login, display_name) values ('facteur', 'Facteur')")
        assert first_agent(server, "office_mailer") == "facteur"
        status, printed, _ = run(*send)
        assert (status, printed) == (0, "0 courriels partis, 0 remis à plus tard, 0 refusés.\n")
        with server.connect(database="office") as owner:
            owner.execute("delete from office.staff_member where login = 'facteur'; drop role facteur")


def test_mail_without_settings_is_refused(run: Callable[..., tuple[int, str, str]], base: Path) -> None:
    status, _, complaints = run("mail", "send", "--once", "--local", base)
    assert status == 1
    assert "mail.toml" in complaints


def test_a_server_by_its_address(
    run: Callable[..., tuple[int, str, str]], pg15: InstalledServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pg15.connect() as admin:
        admin.execute("create database by_url")
    url = f"postgresql://postgres@localhost:{pg15.port}/by_url?sslmode=verify-full&sslrootcert={pg15.authority}"
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    status, _, complaints = run("db", "init", "--url", url)
    assert (status, complaints.partition(".")[0]) == (1, "L’identifiant ou le mot de passe est faux")
    monkeypatch.setenv("PGPASSWORD", pg15.password)
    assert run("db", "status", "--url", url)[1].startswith("État : pas encore préparée")
    assert run("db", "upgrade", "--url", url)[0] == 1
    assert run("db", "init", "--url", url)[0] == 0
    SavedProfiles().save(Profile("Mairie", pg15.target("by_url")))
    status, printed, _ = run("db", "status", "--profile", "Mairie")
    assert (status, printed.split("\n")[0]) == (0, "État : à jour")
    assert run("db", "backup", tmp_path / "x", "--url", url)[0] == 0
    assert run("db", "status", "--url", url, "--as", "anne")[0] == 1
    with pg15.connect() as admin:
        admin.execute("drop database by_url with (force)")


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (["db", "status", "--url", "postgresql://anne@localhost:1/office"], 3, "Aucun serveur ne répond"),
        (["db", "status", "--url", "postgresql://anne@no-such-machine.invalid/office"], 3, "Aucune machine"),
        (["db", "status", "--url", "http://localhost/office"], 1, "pas valable"),
        (["db", "status", "--profile", "Nulle part"], 1, "« Nulle part »"),
        (["db", "status"], 1, "Indiquez la base"),
        (["db", "restore", "/nowhere", "--local", "{tmp}"], 1, "n’existe pas"),
        (["--demo", "--local", "{tmp}"], 1, "sa propre base"),
    ],
)
def test_refusals_and_outages_have_their_status(
    run: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    status: int,
    complaint: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with tempfile.TemporaryDirectory(prefix="cli-", ignore_cleanup_errors=True) as folder:
        answer = run(*(word.format(tmp=folder) for word in words))
    assert answer[0] == status
    assert complaint in answer[2]
    assert answer[1] == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["db"], "il manque ACTION"),
        (["db", "forget"], "ne peut pas valoir 'forget'"),
        (["db", "status", "--local", "x", "--url", "y"], "ne vont pas ensemble"),
        (["db", "status", "--local"], "--local attend une valeur"),
        (["tour"], "il manque --out"),
        (["demo-data", "--size", "village", "--today", "demain", "--local", "x"], "n’est pas un jour"),
        (["db", "status", "surprise"], "inconnu, surprise"),
        (["--demo=1"], "--demo n’attend pas de valeur"),
        (["db", "init", "--adm", "anne", "--local", "x"], "inconnu, --adm"),
        (["demo-data", "--size", "ville", "--local", "x"], "mais 'village', 'dombes', 'metropole'"),
        (["demo-data", "--size", "village", "--seed", "un", "--local", "x"], "--seed ne peut pas valoir"),
    ],
)
def test_wrong_usage_is_said_in_french(capsys: pytest.CaptureFixture[str], words: list[str], complaint: str) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2
    complaints = capsys.readouterr().err
    assert complaint in complaints
    assert "--help" in complaints


@pytest.mark.parametrize("words", [[], ["db"], ["db", "init"], ["demo-data"], ["tour"], ["mail", "send"], ["audit"]])
def test_the_help_is_in_french(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([*words, "--help"])
    assert caught.value.code == 0
    help_text = capsys.readouterr().out
    assert help_text.startswith("Usage\u00a0: dombes-office")
    assert not re.search(r"usage:|\bshow|\bexit|message|optional|positional|[^\u00a0]:$", help_text, re.MULTILINE)


def test_the_connection_may_stand_before_or_after_the_command() -> None:
    parser = cli.command_line()
    before = parser.parse_args(["--local", "x", "db", "status"])
    after = parser.parse_args(["db", "status", "--local", "x"])
    assert before.local == after.local == Path("x")
    assert before.run is after.run is database.show_status


def test_a_console_that_is_not_utf8_prints_what_it_can() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "dombes_office", "db", "status", "--profile", "Łódź"],
        env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "?ód?" in answer.stderr.decode("cp1252")


def test_without_a_console_at_all_it_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    try:
        assert cli.main(["db", "status", "--url", "http://localhost/office"]) == 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.close()


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("postgresql://anne@base.mairie.invalid/office", Target("base.mairie.invalid", "office", "anne")),
        (
            "postgres://an%40ne@base:6432/b?sslmode=require",
            Target("base", "b", "an@ne", 6432, REQUIRE),
        ),
        ("postgresql://anne@localhost/office", Target("localhost", "office", "anne", 5432, PREFER)),
        ("postgresql://anne@/office?host=/run/socket&port=7", Target("/run/socket", "office", "anne", 7, PREFER)),
        (
            "postgresql://anne@base/office?sslrootcert=C:/ca.crt",
            Target("base", "office", "anne", 5432, VERIFY_FULL, "C:/ca.crt"),
        ),
    ],
)
def test_an_address_is_read(url: str, target: Target) -> None:
    assert target_of_url(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://base/office",
        "postgresql://anne@base",
        "postgresql://anne@/office",
        "postgresql://anne@base:port/office",
        "postgresql://anne@base/office?port=x",
        "postgresql://anne@base/office?options=-c",
        "postgresql://anne@base/office?sslmode=disable",
        "postgresql://anne@base/office?sslmode=prefer",
        "postgresql://anne@127.example.org/office?sslmode=prefer",
        "postgresql://anne@/office?host=/run/socket,base&sslmode=prefer",
        "mysql://anne@base/office",
        "",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(InvalidEntry):
        target_of_url(url)


@pytest.mark.parametrize("url", ["postgresql://anne:secret@base/office", "postgresql://anne@base/o?password=secret"])
def test_a_password_in_the_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidEntry, match="mot de passe") as caught:
        target_of_url(url)
    assert "PGPASSWORD" in caught.value.way_out
    assert "secret" not in str(caught.value)


def test_a_command_takes_its_time_and_a_window_does_not(base: Path) -> None:
    def limit(*words: str, at_desk: bool = False) -> object:
        wanted = cli.command_line().parse_args(["--local", str(base), *words])
        with open_database(wanted, at_desk=at_desk) as database:
            return database.transact(lambda db: db.execute(text("show statement_timeout")).scalar_one())

    assert limit() == "0"
    with EmbeddedServer(base) as server, server.connect(database="office") as owner:
        owner.execute("create role veilleur login; grant office_reviewer to veilleur")
        assert limit("--as", "veilleur", at_desk=True) == "30s"
        owner.execute("drop role veilleur")
