"""The command line as people start it, each time a program of its own: an office, the demonstration, the tour."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dombes_office.database.embedded import EmbeddedServer
from dombes_office.settings import local_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres import InstalledServer, Raw

PASSWORD = "un étang, deux hérons"
PATIENCE = 180


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: the socket of PostgreSQL lies in it."""
    with tempfile.TemporaryDirectory(prefix="cli-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def run(*words: object, **environment: str) -> tuple[int, str, str]:
    """Run the program to its end; its status, what it printed, and its complaints."""
    answer = subprocess.run(
        [sys.executable, "-m", "dombes_office", *map(str, words)],
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return answer.returncode, answer.stdout.replace("\u00a0", " "), answer.stderr.replace("\u00a0", " ")


def test_demo_data_fills_a_local_office_once(folder: Path) -> None:
    words = ("demo-data", "--size", "village", "--seed", 5, "--today", "2026-11-24", "--local", folder)
    status, printed, complaints = run(*words)
    assert (status, complaints) == (0, "")
    assert printed.startswith("Collectivités, services et agents…\n")
    assert printed.splitlines()[-1].startswith("200 familles, ")
    assert printed.splitlines()[-1].endswith(" demandes dont 46 à examiner.")
    status, printed, complaints = run(*words)
    assert (status, printed) == (1, "")
    assert complaints.startswith("Cette base contient déjà des familles")


def test_a_bug_ends_in_a_number_that_leads_to_the_log(folder: Path) -> None:
    """No demonstration fits before the first year of the calendar: nobody foresaw that."""
    status, _, complaints = run("demo-data", "--size", "village", "--today", "0001-01-05", "--local", folder)
    assert status == 3
    assert "Traceback" not in complaints
    number = re.search(r"incident ([0-9A-F]{6})\.", complaints)
    assert number, complaints
    file = local_folder() / "log" / "dombes-office.log"
    assert str(file) in complaints
    line = file.read_text(encoding="utf-8")
    assert re.match(
        rf"20[0-9 :,-]+ CRITICAL dombes_office\.incidents incident {number[1]}: builtins\.OverflowError ", line
    )
    assert "date value out of range" not in line


def test_the_mailer_says_when_it_speaks(folder: Path) -> None:
    settings = folder / "mail.toml"
    settings.write_text('host = "localhost"\nsender = "bureau@example.org"\nsecurity = "none"\n', encoding="utf-8")
    words = ["mail", "send", "--smtp", str(settings), "--url", "postgresql://facteur@localhost:1/office"]
    program = subprocess.Popen(
        [sys.executable, "-m", "dombes_office", *words],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert program.stderr is not None
    told = program.stderr.readline()
    program.terminate()
    rest = program.communicate(timeout=30)[1]
    assert re.match(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8},[0-9]{3} WARNING .* Aucun serveur ne répond", told), told
    assert (program.returncode, rest) == (0, "")


def test_a_shared_office_begins_with_its_administrator(pg15: InstalledServer) -> None:
    url = f"postgresql://{{}}@localhost:{pg15.port}/begun?sslrootcert={pg15.authority}"
    hers = {"PGPASSWORD": pg15.password, "DOMBES_OFFICE_ADMIN_PASSWORD": PASSWORD}

    def initialise(login: str) -> tuple[int, str, str]:
        return run("db", "init", "--admin", login, "--url", url.format("postgres"), **hers)

    with closing(pg15.connect()) as admin:
        admin.execute("create database begun")
        try:
            status, printed, complaints = initialise("jeanne.roux")
            assert (status, complaints) == (0, "")
            assert printed.endswith("\nJeanne Roux administre cette base, sous l’identifiant jeanne.roux.\n")
            status, _, complaints = initialise("anne.roux")
            assert status == 1
            assert complaints.startswith("Cette base a déjà un administrateur : personne n’a été créé.")
            words = ("demo-data", "--size", "village", "--url", url.format("jeanne.roux"))
            status, printed, complaints = run(*words, PGPASSWORD=PASSWORD)
            assert (status, printed) == (1, "")
            assert complaints.startswith("Remplir une base demande un superutilisateur")
        finally:
            admin.execute("drop database begun with (force)")
            admin.execute('drop role if exists "jeanne.roux"')


def test_an_administrator_wants_a_password(folder: Path) -> None:
    init = ("db", "init", "--admin", "jeanne.roux", "--local", folder)
    status, _, complaints = run(*init)
    assert (status, complaints.partition(".")[0]) == (1, "Il manque le mot de passe de l’administrateur")
    status, _, complaints = run(*init, DOMBES_OFFICE_ADMIN_PASSWORD="court")
    assert (status, complaints.partition(" :")[0]) == (1, "Ce mot de passe est trop court")
    assert not (folder / "pgdata").exists(), "nothing was prepared for nobody"


def test_the_password_is_typed_twice(folder: Path) -> None:
    """On a terminal of its own, where nothing that is typed shows."""
    words = [sys.executable, "-m", "dombes_office", "db", "init", "--admin", "jeanne.roux", "--local", str(folder)]
    for second, status, said in (("un autre étang", 1, "ne sont pas les mêmes"), (PASSWORD, 0, "Jeanne Roux")):
        screen, terminal = os.openpty()
        program = subprocess.Popen(words, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
        os.close(terminal)
        shown = ""
        for answer in (PASSWORD, second):
            shown += read_until(screen, ":")
            os.write(screen, f"{answer}\n".encode())
        shown += read_until(screen, None)
        os.close(screen)
        assert program.wait(PATIENCE) == status
        assert said in shown
        assert PASSWORD not in shown


def read_until(screen: int, end: str | None) -> str:
    """What the terminal shows until a line ends so, or until the program has left it."""
    shown = b""
    with contextlib.suppress(OSError):  # The other side has closed it.
        while part := os.read(screen, 1024):
            shown += part
            if end is not None and shown.decode("utf-8", "replace").rstrip().endswith(end):
                time.sleep(0.2)  # The question is shown just before the terminal stops showing what is typed.
                break
    return shown.decode("utf-8", "replace")


def test_the_demonstration_opens_and_is_found_again() -> None:
    home = local_folder() / "demo"
    home.mkdir(parents=True)
    with EmbeddedServer(home, durable=False) as server, closing(server.connect()) as raw:
        assert "Familles…" in open_demonstration(raw, "lea.morandat")
        assert open_demonstration(raw, "odile.vernay") == ""
        status, printed, complaints = run("--demo", "--as", "personne")
    assert (status, printed) == (1, "")
    assert complaints.startswith("L’identifiant")


def open_demonstration(raw: Raw, login: str) -> str:
    """Open the window, close it once it listens to its colleagues; what it printed, but for Qt's own remarks."""
    window = subprocess.Popen(
        [sys.executable, "-m", "dombes_office", "--demo", "--as", login],
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    until = time.monotonic() + PATIENCE
    listening = "select exists (select from pg_stat_activity where usename = %s and query = 'listen office')"
    while raw.execute(listening, [login]).fetchone() == (False,) and window.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.1)
    window.terminate()
    printed = window.communicate(timeout=30)[0]
    assert window.returncode == -signal.SIGTERM or sys.platform == "win32", printed
    return "".join(line for line in printed.splitlines(keepends=True) if "This plugin" not in line)


def test_the_tour_keeps_its_pictures(folder: Path) -> None:
    status, printed, complaints = run("tour", "--out", folder / "images")
    assert (status, "Traceback" in complaints) == (0, False)
    assert f"images dans {folder / 'images'}" in printed
    sizes = [size_of(picture) for picture in (folder / "images").glob("*.png")]
    assert sizes.count((1366, 768)) > sizes.count((1920, 1080)) > 8


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height of a picture in a file."""
    with Image.open(picture) as opened:
        return opened.size
