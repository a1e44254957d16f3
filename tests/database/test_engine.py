"""The one transaction: commits whole or not at all, tries again after conflicts, and speaks French when it cannot."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from dombes_office.database import engine
from dombes_office.errors import InvalidEntry, NotAllowed, Refusal, ServerBusy, ServerUnreachable
from dombes_office.models.catalogue import Authority

if TYPE_CHECKING:
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
