"""Live notices: heard within two seconds, gathered, found again after a loss, and stopped at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from dombes_office.database import engine, notices
from dombes_office.database.engine import connection_settings
from dombes_office.database.notices import EVERYTHING, Notices
from dombes_office.rules.connections import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.postgres import MakeAgent, OfficeDatabase


class Ear:
    """Keeps what was announced, and when."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, frozenset[str]]] = []
        self.news = threading.Condition()

    def __call__(self, subjects: frozenset[str]) -> None:
        with self.news:
            self.heard.append((time.monotonic(), subjects))
            self.news.notify_all()

    def wait(self, count: int, seconds: float = 10) -> list[frozenset[str]]:
        """What was announced, once there are so many; fails when they do not come."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.heard) >= count, seconds), self.heard
            return [subjects for _, subjects in self.heard]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def listen(database: OfficeDatabase, make_agent: MakeAgent, ear: Ear) -> Iterator[Callable[..., str]]:
    """Start to listen as an agent; her login."""
    started: list[Notices] = []

    def start(poll: float = notices.POLL) -> str:
        login = make_agent("anne", groups=["office_reception"])
        settings = connection_settings(database.target(login), database.server.password(login))
        started.append(Notices(settings, ear, poll=poll))
        started[-1].start()
        return login

    yield start
    for one in started:
        one.stop()


def add_family(database: OfficeDatabase, number: int = 1) -> None:
    """One insert that no guard announces, and notices by hand, as the guards send them."""
    database.raw().execute("select pg_notify('office', %s)", [f"table_{number}"])


def test_the_first_connection_announces_everything(listen: Callable[..., str], ear: Ear) -> None:
    listen()
    assert ear.wait(1) == [EVERYTHING]


def test_a_change_is_heard_within_two_seconds(database: OfficeDatabase, listen: Callable[..., str], ear: Ear) -> None:
    listen()
    ear.wait(1)
    began = time.monotonic()
    with database.raw().transaction():
        database.raw().execute("update office.access_request set by_debit = by_debit")
    assert ear.wait(2)[1] == frozenset({"access_request"})
    assert ear.heard[1][0] - began < 2


def test_what_the_filters_offer_is_announced(database: OfficeDatabase, listen: Callable[..., str], ear: Ear) -> None:
    listen()
    ear.wait(1)
    raw = database.raw()
    made = "insert into office.authority (kind, name, short_name) values ('commune', 'Baneins', 'Baneins') returning id"
    authority = raw.execute(made).fetchone()
    assert ear.wait(2)[1] == frozenset({"authority"})
    raw.execute("insert into office.service (authority_id, name) values (%s, 'SERVICE CANTINE')", authority)
    assert ear.wait(3)[2] == frozenset({"service"})
    raw.execute("update office.service set name = 'CANTINE'")
    assert ear.wait(4)[3] == frozenset({"service"})


def test_a_burst_is_one_announcement(database: OfficeDatabase, listen: Callable[..., str], ear: Ear) -> None:
    listen()
    ear.wait(1)
    raw = database.raw()
    for number in range(40):
        raw.execute("select pg_notify('office', %s)", [f"table_{number % 3}"])
    time.sleep(1)
    assert ear.wait(2)[1:] == [frozenset({"table_0", "table_1", "table_2"})]


def test_another_channel_and_another_database_are_not_heard(
    database: OfficeDatabase, listen: Callable[..., str], ear: Ear
) -> None:
    listen()
    ear.wait(1)
    database.raw().execute("select pg_notify('elsewhere', 'x')")
    with database.server.connect() as other:
        other.execute("select pg_notify('office', 'x')")
    time.sleep(1)
    assert len(ear.heard) == 1


def test_a_lost_connection_is_found_again_and_everything_announced(
    database: OfficeDatabase, listen: Callable[..., str], ear: Ear
) -> None:
    login = listen()
    ear.wait(1)
    database.raw().execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [login])
    assert ear.wait(2) == [EVERYTHING, EVERYTHING]
    add_family(database)
    assert ear.wait(3)[2] == frozenset({"table_1"})


def test_a_server_that_stands_still_is_left_for_another_line(
    database: OfficeDatabase, listen: Callable[..., str], ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "ANSWER", 0.5)
    monkeypatch.setattr(engine, "GRACE", 0.2)
    login = listen(poll=0.4)
    ear.wait(1)
    row = database.raw().execute("select pid from pg_stat_activity where usename = %s", [login]).fetchone()
    assert row is not None
    os.kill(row[0], signal.SIGSTOP)
    try:
        heard = len(ear.heard)
        ear.wait(heard + 3, seconds=6)
        others = "select count(*) from pg_stat_activity where usename = %s and pid <> %s"
        assert database.raw().execute(others, [login, row[0]]).fetchone() == (1,)
    finally:
        os.kill(row[0], signal.SIGCONT)


@pytest.mark.parametrize("kind", [psycopg.InterfaceError, psycopg.DatabaseError, psycopg.InternalError])
def test_whatever_the_driver_raises_it_connects_again(
    database: OfficeDatabase, make_agent: MakeAgent, ear: Ear, kind: type[psycopg.Error]
) -> None:
    class Stumbling(Notices):
        stumbled = False

        def _listen(self, connection: psycopg.Connection[Any]) -> None:
            if not self.stumbled:
                self.stumbled = True
                raise kind
            super()._listen(connection)

    login = make_agent("anne", groups=["office_reception"])
    with Stumbling(connection_settings(database.target(login), database.server.password(login)), ear):
        assert ear.wait(2) == [EVERYTHING, EVERYTHING]
        add_family(database)
        assert ear.wait(3)[2] == frozenset({"table_1"})


def test_without_any_notice_everything_is_announced_now_and_then(listen: Callable[..., str], ear: Ear) -> None:
    listen(poll=0.6)
    assert set(ear.wait(3)) == {EVERYTHING}
    moments = [moment for moment, _ in ear.heard]
    assert moments[2] - moments[1] > 0.5


def test_it_stops_within_a_second_and_says_no_more(database: OfficeDatabase, make_agent: MakeAgent, ear: Ear) -> None:
    login = make_agent("anne", groups=["office_reception"])
    one = Notices(connection_settings(database.target(login)), ear)
    one.start()
    ear.wait(1)
    began = time.monotonic()
    one.stop()
    assert time.monotonic() - began < 1
    add_family(database)
    time.sleep(0.5)
    assert len(ear.heard) == 1
    connected = database.raw().execute("select count(*) from pg_stat_activity where usename = %s", [login])
    assert connected.fetchone() == (0,)


def test_it_stops_while_no_server_answers(ear: Ear) -> None:
    with Notices(connection_settings(Target("localhost", "office", "anne", port=1)), ear):
        time.sleep(0.5)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert ear.heard == []
