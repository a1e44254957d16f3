"""The demonstration's own server: made whole or not at all, found again as it was left, made anew when it is old."""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dombes_office.database.desk import check_desk
from dombes_office.demo.embedded import FRESH_DAYS, NAME, UNFINISHED, demo_server
from dombes_office.demo.plan import SIZES, Size, Trouble
from dombes_office.demo.staff import AGENTS
from tests.demo.conftest import SEED, TODAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from datetime import date

    from dombes_office.demo.embedded import Demo
    from tests.conftest import LogWatch

FAMILIES = 20
HAMLET = Size(FAMILIES, waiting=5, answered=1, awaited=1, refused=1, share_with_request=0.9)
LOADER = f"""
import sys
from datetime import date
from pathlib import Path
from dombes_office.demo.embedded import demo_server
from dombes_office.demo.plan import SIZES, Size
SIZES["hamlet"] = Size({FAMILIES}, 5, 1, 1, 1, 0.9)
today = date.fromisoformat("{TODAY}")
def say(words):
    print(words, flush=True)
with demo_server(Path(sys.argv[1]), size="hamlet", seed={SEED}, today=today, say=say):
    print("fini", flush=True)
"""


@pytest.fixture(autouse=True)
def hamlet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest demonstration: these tests load it several times."""
    monkeypatch.setitem(SIZES, "hamlet", HAMLET)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: the socket of PostgreSQL lies in it."""
    with tempfile.TemporaryDirectory(prefix="demo-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def start(folder: Path, said: list[str], today: date = TODAY, seed: int = SEED) -> AbstractContextManager[Demo]:
    return demo_server(folder, size="hamlet", seed=seed, today=today, say=said.append)


def families(demo: Demo) -> int:
    """How many there are, of those that nobody has renamed."""
    with closing(demo.server.connect(database=NAME)) as raw:
        row = raw.execute("select count(*) from office.household where name <> 'Renommée'").fetchone()
    assert row is not None
    return int(row[0])


def change(demo: Demo, statement: str) -> None:
    with closing(demo.server.connect(database=NAME)) as raw:
        raw.execute(statement.encode())


def databases(demo: Demo) -> set[str]:
    with closing(demo.server.connect()) as raw:
        return {name for (name,) in raw.execute("select datname from pg_database where datname like 'demo%'")}


def test_it_is_found_as_it_was_left_until_its_dates_have_aged(folder: Path) -> None:
    said: list[str] = []
    with start(folder, said) as demo:
        assert demo.open(AGENTS[0].login).transact(check_desk).display_name == AGENTS[0].display_name
        assert demo.requests
        change(demo, "update office.household set name = 'Renommée' where id = 1")
        made_with = demo.requests
    assert said
    said.clear()
    with start(folder, said, TODAY + timedelta(days=FRESH_DAYS)) as demo:
        assert (said, families(demo), demo.requests) == ([], FAMILIES - 1, made_with)
        change(demo, "update office.installed_guard set sha256 = 'old' where name = '10_identity.sql'")
    with start(folder, said) as demo:
        assert (said, families(demo)) == (["La démonstration est mise à jour…"], FAMILIES - 1)
        demo.open(AGENTS[0].login).transact(check_desk)
        change(demo, "update office.alembic_version set version_num = '9999'")
    said.clear()
    with start(folder, said) as demo:
        assert said[1] == "La démonstration est refaite\u00a0: elle vient d’une autre version de l’application."
        assert (families(demo), databases(demo)) == (FAMILIES, {NAME})
        change(demo, "update office.household set name = 'Renommée' where id = 1")
        demo.open(AGENTS[0].login).transact(check_desk)
        late = TODAY + timedelta(days=FRESH_DAYS + 1)
        with start(folder, [], late) as same:
            assert families(same) == FAMILIES - 1, "nobody takes it away from under an open window"
    said.clear()
    with start(folder, said, late) as demo:
        assert said[0] == "La démonstration est refaite\u00a0: ses dates ont vieilli."
        assert families(demo) == FAMILIES
    with start(folder, said, late, seed=SEED + 1) as demo:
        assert "La démonstration est refaite\u00a0: d’autres familles sont demandées." in said


@pytest.mark.parametrize("moment", ["Collectivités", "Décisions", "Statistiques"])
def test_killed_while_it_loads_it_begins_again(folder: Path, moment: str) -> None:
    loader = subprocess.Popen([sys.executable, "-c", LOADER, folder], stdout=subprocess.PIPE, text=True)
    assert loader.stdout is not None
    for line in loader.stdout:
        if line.startswith(moment):
            break
    loader.kill()
    with loader.stdout:
        assert "fini" not in loader.stdout.read()
    assert loader.wait(30) != 0
    with start(folder, []) as demo:
        assert (families(demo), databases(demo)) == (FAMILIES, {NAME})
        assert demo.requests.keys() <= set(Trouble)


def test_killed_while_the_cluster_is_created_it_is_created_anew(folder: Path, expect_log: LogWatch) -> None:
    """As a killed initdb leaves it: a folder with some files."""
    (folder / "pgdata" / "base").mkdir(parents=True)
    (folder / "pgdata" / "PG_VERSION").write_text("18\n", encoding="ascii")
    expect_log(logging.ERROR, "Failed postgres command")
    expect_log(logging.ERROR, "Failed to start server")
    expect_log(logging.WARNING, "does not start")
    with start(folder, []) as demo:
        assert families(demo) == FAMILIES


def test_a_load_that_fails_leaves_nothing_behind(folder: Path) -> None:
    def stop(words: str) -> None:
        if words.startswith("Demandes"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), demo_server(folder, size="hamlet", seed=SEED, today=TODAY, say=stop):
        raise AssertionError("not reached")
    said: list[str] = []
    with start(folder, said) as demo:
        assert (families(demo), databases(demo)) == (FAMILIES, {NAME})
        assert UNFINISHED not in databases(demo)
    assert said[0].startswith("Collectivités")
