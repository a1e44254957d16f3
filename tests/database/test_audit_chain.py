"""The chain of the trail: nobody rewrites it, and who switches the triggers off is found out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from dombes_office.database.schema import shipped_guards
from dombes_office.database.trail import seal_trail, verify_trail
from dombes_office.errors import Refusal
from tests.builders import build_office
from tests.database.acts import NO_RIGHT, answer, one, rows

if TYPE_CHECKING:
    from tests.database.acts import House
    from tests.postgres import MakeAgent, OfficeDatabase, Raw


def verified(raw: Raw) -> dict[str, Any]:
    """What the verification says."""
    cursor = raw.execute("select * from office.verify_audit()")
    assert cursor.description is not None
    row = cursor.fetchone()
    assert row is not None
    return dict(zip([column.name for column in cursor.description], row, strict=True))


WRITES = (
    "update office.audit_event set reason = 'x'",
    "update office.audit_event set old = null",
    "update office.audit_event set login = 'x'",
    "update office.audit_event set chain = null, position = null where position is not null",
    "update office.audit_event set position = position + 1 where position is not null",
    "delete from office.audit_event",
    "truncate office.audit_event",
)


def test_nobody_rewrites_the_trail(house: House) -> None:
    house.office.add_request()
    superuser = house.raw()
    assert one(superuser, "select office.seal_audit()") > 0
    house.office.add_request("Favre")
    agents = [house.as_(group) for group in ("reception", "reviewer", "admin", "mailer")]
    insert = (
        "insert into office.audit_event (table_name, row_key, verb, reason, digest) values ('x', 'y', 'insert', '', '')"
    )
    for statement in (*WRITES, insert):
        assert [answer(agent, statement) for agent in agents] == [NO_RIGHT] * 4, statement
    for statement in WRITES:
        assert answer(superuser, statement) == "OF024", statement
        with superuser.transaction(force_rollback=True):
            superuser.execute("set local role office_owner")
            assert answer(superuser, statement) == "OF024", statement


def test_even_the_owner_writes_events_under_her_own_name_and_time(house: House) -> None:
    superuser = house.raw()
    superuser.execute(
        "insert into office.audit_event (table_name, row_key, verb, login, at, digest, position, chain, xid)"
        " values ('decision', '1', 'delete', 'lea', '2020-01-01', 'x', 1, 'x', '3')"
    )
    ((login, recent, position),) = rows(
        superuser,
        "select login, at > now() - interval '1 minute', position from office.audit_event order by id desc limit 1",
    )
    assert (login, recent, position) == ("postgres", True, None)
    superuser.execute("select office.seal_audit()")
    assert verified(superuser)["broken_event"] is None


def test_the_chain_is_sealed_once_and_in_order(either: House) -> None:
    either.office.add_request()
    superuser, admin, mailer = either.raw(), either.as_("admin"), either.as_("mailer")
    total = one(superuser, "select count(*) from office.audit_event")
    assert one(mailer, "select office.seal_audit(3)") == 3
    assert one(mailer, "select office.seal_audit()") == total - 3
    assert one(mailer, "select office.seal_audit()") == 0
    report = verified(admin)
    assert (report["events"], report["sealed"]) == (total, total)
    assert (report["broken_position"], report["broken_event"], report["oldest_unsealed"]) == (None, None, None)
    assert report["head"] == one(superuser, "select chain from office.audit_event order by position desc limit 1")
    assert answer(either.as_("reviewer"), "select office.verify_audit()") == NO_RIGHT


def test_an_event_waits_for_older_transactions(house: House) -> None:
    """Ids are not in the order of commits: sealing what is visible would leave a hole behind."""
    superuser, slow, mailer = house.raw(), house.raw(), house.as_("mailer")
    superuser.execute("select office.seal_audit()")
    slow.execute("begin")
    slow.execute("insert into office.customer_group (name) values ('Lent')")
    superuser.execute("insert into office.customer_group (name) values ('Rapide')")
    assert one(mailer, "select office.seal_audit()") == 0
    slow.execute("commit")
    assert one(mailer, "select office.seal_audit()") == 2
    groups = rows(
        superuser, "select new ->> 'name' from office.audit_event where table_name = 'customer_group' order by position"
    )
    assert groups == [("Lent",), ("Rapide",)]


def test_two_sealers_do_not_meet(house: House) -> None:
    house.office.add_request()
    first, second = house.raw(), house.raw()
    with first.transaction():
        assert one(first, "select office.seal_audit(5)") == 5
        assert one(second, "select office.seal_audit()") == 0, "she goes away at once"
    assert one(second, "select office.seal_audit()") > 0
    assert verified(first)["broken_position"] is None


def test_a_desk_does_not_hold_the_seal(house: House) -> None:
    """Sealing in a transaction that stays open keeps everybody else from it: only who must seal may."""
    house.office.add_request()
    for group in ("reception", "reviewer", "planner", "animator", "finance", "admin", "portal"):
        assert answer(house.as_(group), "select office.seal_audit()") == NO_RIGHT, group
    mailer = house.as_("mailer")
    assert one(mailer, "select office.seal_audit(1)") == 1
    assert answer(mailer, "select office.seal_audit(everything => true)") == "OF008", "transactions of hers may run"


def test_who_is_suspended_neither_seals_nor_verifies(either: House) -> None:
    """Her connection lives on, and these functions read no table under her own rights."""
    mailer, admin = either.as_("mailer"), either.as_("admin")
    assert verified(admin)["events"] > 0
    either.raw().execute("update office.staff_member set suspended_at = now()")
    assert answer(mailer, "select office.seal_audit()") == "OF008"
    assert answer(admin, "select office.verify_audit()") == "OF008"


def test_the_first_link_does_not_depend_on_how_a_backslash_is_read(either: House) -> None:
    """An agent may set how literals are read, in the functions that she calls, too."""
    mailer, admin = either.as_("mailer"), either.as_("admin")
    either.office.add_request()
    mailer.execute("set standard_conforming_strings = off")
    assert one(mailer, "select office.seal_audit()") > 0
    assert verified(admin)["broken_position"] is None
    admin.execute("set standard_conforming_strings = off")
    assert verified(admin)["broken_position"] is None


def test_no_guard_has_a_backslash() -> None:
    """What it means is the session's to say, which is the agent's."""
    assert [name for name, text in shipped_guards().items() if "\\" in text] == []


def test_events_that_wait_too_long_are_told(database: OfficeDatabase, make_agent: MakeAgent) -> None:
    """Somebody keeps a transaction open, or the mailer has stopped: the trail holds, and its end is not protected."""
    superuser = database.raw()
    office = build_office(superuser)
    admin = database.open(make_agent("admin", groups=["office_admin"], authorities=[office.authority_id]))
    assert admin.transact(seal_trail) == 0, "she may not, and is not told off"
    assert admin.transact(verify_trail).sealed == 0
    superuser.execute("set session_replication_role = replica")
    superuser.execute(
        "update office.audit_event e set at = at - interval '61 minutes', digest = office.event_digest(row("
        "e.id, e.xid, e.at - interval '61 minutes', e.login, e.authority_id, e.table_name, e.row_key, e.verb, e.old,"
        " e.new, e.reason, e.digest, e.position, e.chain)::office.audit_event)"
        " where id = (select max(id) from office.audit_event)"
    )
    with pytest.raises(Refusal, match="depuis plus d’une heure"):
        admin.transact(verify_trail)
    assert database.open().transact(seal_trail) > 0
    report = admin.transact(verify_trail)
    assert report.sealed == report.events


def test_sealing_under_many_writers_leaves_no_gap(house: House) -> None:
    stop = threading.Event()
    writers = [house.raw() for _ in range(6)]
    sealer = house.as_("mailer")

    def write(raw: Raw, number: int) -> None:
        for turn in range(25):
            with raw.transaction():
                raw.execute("insert into office.customer_group (name) values (%s)", (f"{number}-{turn}",))
                raw.execute("select pg_sleep(random() * 0.01)")

    def seal() -> None:
        while not stop.is_set():
            sealer.execute("select office.seal_audit(7)")

    threads = [threading.Thread(target=write, args=(raw, number)) for number, raw in enumerate(writers)]
    sealing = threading.Thread(target=seal)
    for thread in (*threads, sealing):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    sealing.join()
    one(sealer, "select office.seal_audit()")
    report = verified(house.raw())
    assert (report["events"], report["broken_position"]) == (report["sealed"], None)
    assert one(house.raw(), "select count(*) from office.audit_event where table_name = 'customer_group'") == 150


TAMPER = {
    "a reason": "update office.audit_event set reason = 'autre' where position = 4",
    "a login": "update office.audit_event set login = 'autre' where position = 4",
    "a value": 'update office.audit_event set new = new || \'{"name": "Autre"}\' where position = 4',
    "a value, with its digest": "update office.audit_event e set new = null, digest = office.event_digest(row("
    "e.id, e.xid, e.at, e.login, e.authority_id, e.table_name, e.row_key, e.verb, e.old, null, e.reason, e.digest,"
    " e.position, e.chain)::office.audit_event) where position = 4",
    "a missing event": "delete from office.audit_event where position = 4",
    "two events in each other's place": "update office.audit_event set position = 9 - position + 1000000"
    " where position in (4, 5); update office.audit_event set position = position - 1000000 where position > 1000000",
    "an event that waits": "update office.audit_event set reason = 'autre' where position is null",
}


@pytest.mark.parametrize("what", TAMPER)
def test_a_rewritten_trail_is_found_out(house: House, what: str) -> None:
    """Rewritten by one who switches the triggers off, which only a superuser can."""
    house.office.add_request()
    superuser = house.raw()
    superuser.execute("select office.seal_audit()")
    house.office.add_request("Favre")
    superuser.execute("set session_replication_role = replica")
    superuser.execute(TAMPER[what].encode())
    report = verified(superuser)
    if what == "an event that waits":
        first = one(superuser, "select min(id) from office.audit_event where position is null")
        assert (report["broken_position"], report["broken_event"]) == (None, first)
    elif what in {"a reason", "a login", "a value"}:
        assert report["broken_event"] == one(superuser, "select id from office.audit_event where position = 4")
    else:
        assert report["broken_position"] == 4


def test_retention_may_erase_values_and_the_chain_still_holds(house: House) -> None:
    house.office.add_request()
    superuser = house.raw()
    superuser.execute("select office.seal_audit()")
    superuser.execute("set session_replication_role = replica")
    superuser.execute(
        "update office.audit_event set new = jsonb_build_object('erased', office.image_digest(new))"
        " where table_name = 'account'"
    )
    report = verified(superuser)
    assert (report["broken_position"], report["broken_event"]) == (None, None)
    assert "example.org" not in one(
        superuser, "select string_agg(new::text, '') from office.audit_event where table_name = 'account'"
    )
