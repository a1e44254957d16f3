"""The one transaction: commits whole or not at all, tries again after conflicts, and speaks French when it cannot."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from dombes_office.database import engine
from dombes_office.database.engine import UNLIMITED, Database, Limits
from dombes_office.errors import InvalidEntry, NotAllowed, Refusal, ServerBusy, ServerUnreachable, WorkCancelled
from dombes_office.models.catalogue import Authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import TextClause
    from sqlalchemy.orm import Session

    from tests.postgres import MakeAgent, OfficeDatabase

ADD = text("insert into office.authority (kind, name, short_name) values ('commune', :name, 'x')")
COUNT = text("select count(*) from office.authority")


def count(db: Session) -> int:
    return int(db.execute(COUNT).scalar_one())


def test_an_action_is_committed(database: OfficeDatabase) -> None:
    office = database.open()
    office.transact(lambda db: db.execute(ADD, {"name": "Villars"}).rowcount)  # type: ignore[attr-defined]
    assert office.transact(count) == 1


def test_a_refusal_leaves_nothing(database: OfficeDatabase) -> None:
    def refuse(db: Session) -> None:
        db.execute(ADD, {"name": "Villars"})
        raise Refusal("Non.")

    office = database.open()
    with pytest.raises(Refusal, match="Non"):
        office.transact(refuse)
    assert office.transact(count) == 0


def test_the_isolation_is_read_committed(database: OfficeDatabase) -> None:
    database.raw().execute(f"alter database {database.name} set default_transaction_isolation = serializable".encode())
    shown = database.open().transact(lambda db: db.execute(text("show transaction_isolation")).scalar_one())
    assert shown == "read committed"


def test_what_an_action_read_can_be_used_after_it(database: OfficeDatabase) -> None:
    def add(db: Session) -> Authority:
        authority = Authority(kind="commune", name="Villars", short_name="Villars")
        db.add(authority)
        db.flush()
        return authority

    assert database.open().transact(add).name == "Villars"


def two_rows(database: OfficeDatabase) -> None:
    for name in ("a", "b"):
        database.open().transact(lambda db, name=name: db.execute(ADD, {"name": name}) and None)  # type: ignore[misc]


def swap(database: OfficeDatabase, orders: list[tuple[str, str]], tries: list[int]) -> list[BaseException]:
    """Update two rows in each order at the same time; both wait for each other the first time round."""
    meeting = threading.Barrier(len(orders))
    failures: list[BaseException] = []

    def run(first: str, second: str) -> None:
        met = False

        def action(db: Session) -> None:
            nonlocal met
            tries.append(1)
            change = text("update office.authority set short_name = short_name || 'x' where name = :name")
            db.execute(change, {"name": first})
            if not met:
                met = True
                meeting.wait(10)
            db.execute(change, {"name": second})

        try:
            database.open().transact(action)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread.
            failures.append(error)

    threads = [threading.Thread(target=run, args=order) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return failures


def test_a_deadlock_is_tried_again(database: OfficeDatabase) -> None:
    two_rows(database)
    tries: list[int] = []
    assert swap(database, [("a", "b"), ("b", "a")], tries) == []
    assert len(tries) == 3
    names = database.raw().execute("select short_name from office.authority").fetchall()
    assert names == [("xxx",), ("xxx",)]


def test_without_new_tries_the_deadlock_is_told(database: OfficeDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PAUSES", ())
    two_rows(database)
    failures = swap(database, [("a", "b"), ("b", "a")], [])
    assert [type(failure) for failure in failures] == [ServerBusy]


def test_a_bug_is_left_alone(database: OfficeDatabase) -> None:
    with pytest.raises(ProgrammingError):
        database.open().transact(lambda db: db.execute(text("select nothing from nowhere")))
    with pytest.raises(IntegrityError):
        database.open().transact(lambda db: db.execute(text("insert into office.authority (kind) values ('moon')")))


def test_a_bug_does_not_tell_the_values(database: OfficeDatabase) -> None:
    with pytest.raises(ProgrammingError) as caught:
        database.open().transact(
            lambda db: db.execute(text("insert into office.household (nickname) values (:name)"), {"name": "Zampano"})
        )
    assert "Zampano" not in str(caught.value)


def test_what_the_rights_refuse_is_told(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    office = database.open(make_agent("anne", groups=["office_reception"]))
    with pytest.raises(NotAllowed, match="droits"):
        office.transact(lambda db: db.execute(text("select care_note from office.beneficiary")))


def test_a_null_character_is_told(database: OfficeDatabase) -> None:
    with pytest.raises(InvalidEntry, match="invisible"):
        database.open().transact(lambda db: db.execute(ADD, {"name": "a\0b"}))


def test_a_server_that_leaves_in_the_middle_is_told_and_found_again(
    database: OfficeDatabase, make_agent: MakeAgent
) -> None:
    login = make_agent("anne", groups=["office_reviewer"])
    office = database.open(login)
    kill = "select pg_terminate_backend(pid, 1000) from pg_stat_activity where usename = %s"

    def interrupted(db: Session) -> None:
        db.execute(COUNT)
        database.raw().execute(kill, [login])
        db.execute(COUNT)

    with pytest.raises(ServerUnreachable, match="coupée"):
        office.transact(interrupted)
    assert office.transact(count) == 0
    # A connection that died while it rested in the pool is replaced without a word.
    database.raw().execute(kill, [login])
    assert office.transact(count) == 0


def pings(office: engine.Database, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each connection that is asked whether it lives, as it happens."""
    seen: list[object] = []
    ping = office.engine.dialect.do_ping

    def asked(driver: Any) -> bool:  # noqa: ANN401 - SQLAlchemy's own type.
        seen.append(driver)
        return ping(driver)

    monkeypatch.setattr(office.engine.dialect, "do_ping", asked)
    return seen


def test_only_a_connection_that_rested_long_is_asked_whether_it_lives(
    database: OfficeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = database.open()
    asked = pings(office, monkeypatch)
    for _ in range(3):
        assert office.transact(count) == 0
    assert asked == []
    monkeypatch.setattr(engine, "RESTED", 0.0)
    assert office.transact(count) == 0
    assert len(asked) == 1


def test_a_connection_that_was_cut_while_it_rested_is_replaced(
    database: OfficeDatabase, make_agent: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = make_agent("anne", groups=["office_reviewer"])
    office = database.open(login)
    nest(office, 2)
    asked = pings(office, monkeypatch)
    database.raw().execute("select pg_terminate_backend(pid, 1000) from pg_stat_activity where usename = %s", [login])
    nest(office, 2)
    assert len(asked) == 1, "the first one that is found dead takes the others with it"


def test_a_crowded_pool_is_told(database: OfficeDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CONNECT_TIMEOUT", 1)
    office = database.open()
    with pytest.raises(ServerBusy):
        nest(office, 8)


def nest(office: engine.Database, depth: int) -> None:
    """One transaction inside another, each with its own connection."""

    def action(db: Session) -> None:
        db.execute(COUNT)
        if depth:
            nest(office, depth - 1)

    office.transact(action)


# How long one waits ---------------------------------------------------------------------------------------------------

SLEEP = text("select pg_sleep(30)")
TOO_SLOW = "La base met trop longtemps à répondre"


def pid_of(office: Database) -> int:
    """The server's process behind the one connection of a pool."""
    return int(office.transact(lambda db: db.execute(text("select pg_backend_pid()")).scalar_one()))


@pytest.fixture
def one_line(database: OfficeDatabase) -> Iterator[Database]:
    """A pool of one connection, whose statements may take two seconds."""
    with Database(database.target(), limits=Limits(statement=2, lock=0.3), pool_size=1) as office:
        yield office


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A server's process that does nothing any more and does not die either."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def limits_of(office: Database) -> tuple[object, ...]:
    shown = [text(f"show {name}_timeout") for name in ("statement", "lock")]
    return office.transact(lambda db: tuple(db.execute(one).scalar_one() for one in shown))


def run(statement: TextClause) -> Callable[[Session], None]:
    """An action of one statement."""

    def action(db: Session) -> None:
        db.execute(statement)

    return action


def test_a_desk_waits_half_a_minute_at_most_and_five_seconds_for_others(database: OfficeDatabase) -> None:
    assert limits_of(database.open()) == ("30s", "5s")
    with Database(database.target(), limits=UNLIMITED) as patient:
        assert limits_of(patient) == ("0", "0")


def test_a_row_that_somebody_holds_is_told_within_the_limit(database: OfficeDatabase, one_line: Database) -> None:
    two_rows(database)
    holder = database.raw()
    with holder.transaction():
        holder.execute("select from office.authority for update")
        began = time.monotonic()
        with pytest.raises(ServerBusy, match=TOO_SLOW) as caught:
            one_line.transact(run(text("update office.authority set short_name = 'y'")))
        assert time.monotonic() - began < 2
    assert "Réessayez" in caught.value.way_out


def test_a_statement_that_takes_too_long_is_told(one_line: Database) -> None:
    began = time.monotonic()
    with pytest.raises(ServerBusy, match=TOO_SLOW):
        one_line.transact(run(SLEEP))
    assert 1.5 < time.monotonic() - began < 4


def test_an_action_that_is_known_to_be_long_may_take_longer(one_line: Database) -> None:
    wait = text("select pg_sleep(2.5)")
    one_line.transact(run(wait), seconds=20)
    assert limits_of(one_line) == ("2s", "300ms"), "the next one is held to the usual limit again"


def test_what_nobody_wants_any_more_is_stopped_on_the_server(database: OfficeDatabase, one_line: Database) -> None:
    pid, stop = pid_of(one_line), threading.Event()
    threading.Timer(0.5, stop.set).start()
    began = time.monotonic()

    def add_and_sleep(db: Session) -> None:
        db.execute(ADD, {"name": "Villars"})
        db.execute(SLEEP)

    with pytest.raises(WorkCancelled):
        one_line.transact(add_and_sleep, stop=stop)
    assert time.monotonic() - began < 1.5
    assert database.raw().execute("select count(*) from office.authority").fetchone() == (0,)
    state = database.raw().execute("select state from pg_stat_activity where pid = %s", [pid]).fetchone()
    assert state == ("idle",)
    assert pid_of(one_line) == pid, "the connection itself is as good as before"


def test_it_is_stopped_between_two_quick_statements_too(database: OfficeDatabase, one_line: Database) -> None:
    stop = threading.Event()

    def add_twice(db: Session) -> None:
        db.execute(ADD, {"name": "Villars"})
        stop.set()
        db.execute(ADD, {"name": "Baneins"})
        pytest.fail("the second one was begun")

    with pytest.raises(WorkCancelled):
        one_line.transact(add_twice, stop=stop)

    def add_and_think(db: Session) -> None:
        db.execute(ADD, {"name": "Villars"})
        stop.set()

    stop.clear()
    with pytest.raises(WorkCancelled):
        one_line.transact(add_and_think, stop=stop)
    assert database.raw().execute("select count(*) from office.authority").fetchone() == (0,)


def test_a_stop_hits_nobody_else(one_line: Database) -> None:
    """However close to its end a statement is given up, the next one on the same connection is left alone."""
    for turn in range(40):
        stop = threading.Event()
        threading.Timer(0.09 + turn / 1000, stop.set).start()
        with contextlib.suppress(WorkCancelled):
            one_line.transact(run(text("select pg_sleep(0.11)")), stop=stop)
        assert one_line.transact(count) == 0


def test_a_server_that_stands_still_is_told_and_left(one_line: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "GRACE", 0.5)
    pid = pid_of(one_line)
    began = time.monotonic()
    with frozen(pid), pytest.raises(ServerUnreachable, match=TOO_SLOW) as caught:
        one_line.transact(count)
    assert 2 < time.monotonic() - began < 4
    assert "Votre saisie est gardée" in caught.value.way_out
    assert one_line.transact(count) == 0
    assert pid_of(one_line) != pid


def test_nobody_waits_for_a_server_that_stands_still_after_giving_up(
    one_line: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "GRACE", 0.5)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with frozen(pid_of(one_line)), pytest.raises(WorkCancelled):
        one_line.transact(count, stop=stop)
    assert time.monotonic() - began < 1.5
