"""The trail: every change is in it, sensitive values are not, nobody rewrites it, and a rewritten one is found out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.database.acts import ALLOWED, NO_RIGHT, UNDO, answer, decide, one, rows

if TYPE_CHECKING:
    from tests.database.acts import House
    from tests.postgres import Raw

CARE = "Asthme d’effort, inhalateur dans le sac"


def events(raw: Raw, table: str) -> list[tuple[str, str, str, dict[str, Any] | None, dict[str, Any] | None]]:
    """(verb, key, login, old, new) of a table's events, in their order."""
    return rows(
        raw,
        "select verb, row_key, login, old, new from office.audit_event where table_name = %s order by id",
        table,
    )


def verified(raw: Raw) -> dict[str, Any]:
    """What the verification says."""
    cursor = raw.execute("select * from office.verify_audit()")
    assert cursor.description is not None
    row = cursor.fetchone()
    assert row is not None
    return dict(zip([column.name for column in cursor.description], row, strict=True))


def test_a_decision_leaves_its_whole_story(either: House) -> None:
    given, superuser = either.office.add_request(), either.raw()
    reviewer, login = either.as_("reviewer"), either.agent("reviewer")
    before = one(superuser, "select max(id) from office.audit_event")
    with reviewer.transaction():
        reviewer.execute("set local office.reason = 'Vu avec la famille au guichet'")
        decision = decide(reviewer, given, "refuse")
    reviewer.execute(UNDO.encode(), (decision,))
    story = rows(
        superuser,
        "select table_name, verb, count(*)::int, bool_and(login = %s), min(reason), min(authority_id)::int"
        " from office.audit_event where id > %s group by table_name, verb, reason order by min(id)",
        login,
        before,
    )
    here, reason = either.office.authority_id, "Vu avec la famille au guichet"
    assert sorted(story) == sorted(
        [
            ("access_request", "update", 1, True, reason, here),
            ("decision", "insert", 1, True, reason, here),
            ("document_verdict", "insert", 4, True, reason, here),
            ("outbox_mail", "insert", 1, True, reason, here),
            ("outbox_mail", "update", 1, True, "", here),
            ("access_request", "update", 1, True, "", here),
            ("decision", "update", 1, True, "", here),
        ]
    )
    status = [
        (old["status"], new["status"])
        for verb, _, _, old, new in events(superuser, "access_request")[1:]
        if verb == "update" and old and new and "status" in new
    ]
    assert status == [("pending", "refused"), ("refused", "pending")]


def test_only_what_changed_is_kept_and_nothing_for_no_change(house: House) -> None:
    given, superuser = house.office.add_request(), house.raw()
    superuser.execute("update office.account set phone = '0600000000' where id = %s", (given.account_id,))
    superuser.execute("update office.account set phone = phone")
    ((_, key, _, old, new),) = [event for event in events(superuser, "account") if event[0] == "update"]
    assert (key, old, new) == (str(given.account_id), {"phone": "0639984127"}, {"phone": "0600000000"})


def test_deleting_and_composite_keys_are_told(house: House) -> None:
    superuser = house.raw()
    login = house.make("lea", groups=[], authorities=[house.office.authority_id])
    superuser.execute("delete from office.agent_scope where login = %s", (login,))
    mine = [event for event in events(superuser, "agent_scope") if event[1].startswith(f"{login}/")]
    assert [(verb, old is None, new is None) for verb, _, _, old, new in mine] == [
        ("insert", True, False),
        ("delete", False, True),
    ]
    assert mine[0][1] == f"{login}/{house.office.authority_id}"


def test_what_the_checks_copy_is_no_event(house: House) -> None:
    house.office.add_request()
    superuser = house.raw()
    before = len(events(superuser, "access_request"))
    house.as_("reviewer").execute(
        "insert into office.request_check (request_id, version, failures, warnings, results)"
        " select id, version, 1, 0, '[]' from office.access_request"
    )
    assert one(superuser, "select check_rank from office.access_request") == 0
    assert len(events(superuser, "access_request")) == before


def test_sensitive_values_are_masked_and_their_change_is_visible(house: House) -> None:
    given, superuser = house.office.add_request(), house.raw()
    reviewer = house.as_("reviewer")
    for note in ("Autre note", CARE, "", None):
        superuser.execute("update office.beneficiary set care_note = %s", (note,))
    reviewer.execute(
        "insert into office.request_check (request_id, version, failures, warnings, results)"
        ' select id, version, 1, 0, \'[{"why": "FR7630006000011234567890189"}]\' from office.access_request'
    )
    with reviewer.transaction():
        decide(reviewer, given)
    everything = one(superuser, "select string_agg(concat(old, new), ' ') from office.audit_event")
    for value in (CARE, "Autre note", "FR7630006000011234567890189", "AGRIFRPP", "Bonjour"):
        assert value not in everything
    masks = [new["care_note"] for _, _, _, _, new in events(superuser, "beneficiary") if new]
    assert masks[0] == masks[2], "the same value of the same row has the same mask"
    assert len({*masks[:4]}) == 3
    assert masks[4] is None
    assert all(mask.startswith("masked:") and len(mask) == 71 for mask in masks[:4])


def test_equal_values_of_two_rows_cannot_be_linked_nor_guessed(house: House) -> None:
    house.office.add_request("Favre")
    house.office.add_request("Martin")
    masks = [new["care_note"] for _, _, _, _, new in events(house.raw(), "beneficiary") if new]
    assert len(masks) == len(set(masks)) == 2
    for digest in (
        "sha256(convert_to(%s, 'UTF8'))",
        "sha256(convert_to('beneficiary/care_note/1' || chr(31) || %s, 'UTF8'))",
    ):
        guess = one(house.raw(), f"select 'masked:' || encode({digest}, 'hex')", CARE)
        assert guess not in masks


def test_an_administrator_reads_the_trail_of_her_authorities(house: House) -> None:
    given = house.office.add_request()
    admin, wide = (
        house.as_("admin"),
        house.raw(
            house.make("anne", groups=["office_admin"], authorities=[house.office.authority_id, house.elsewhere])
        ),
    )
    count = "select count(*) from office.audit_event where table_name = %s"
    assert one(house.as_("admin", house.elsewhere), count, "access_request") == 0
    assert one(admin, count, "access_request") > 0
    assert one(admin, count, "account") == 0, "a family belongs to no authority: only who sees everything reads it"
    assert one(wide, count, "account") == 1
    assert one(wide, "select row_key from office.audit_event where table_name = 'account'") == str(given.account_id)


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
    superuser, admin = either.raw(), either.as_("admin")
    total = one(superuser, "select count(*) from office.audit_event")
    assert one(admin, "select office.seal_audit(3)") == 3
    assert one(admin, "select office.seal_audit()") == total - 3
    assert one(admin, "select office.seal_audit()") == 0
    report = verified(admin)
    assert (report["events"], report["sealed"]) == (total, total)
    assert (report["broken_position"], report["broken_event"], report["oldest_unsealed"]) == (None, None, None)
    assert report["head"] == one(superuser, "select chain from office.audit_event order by position desc limit 1")
    assert answer(either.as_("animator"), "select office.seal_audit()") == NO_RIGHT
    assert answer(either.as_("reviewer"), "select office.verify_audit()") == NO_RIGHT


def test_an_event_waits_for_older_transactions(house: House) -> None:
    """Ids are not in the order of commits: sealing what is visible would leave a hole behind."""
    superuser, slow, admin = house.raw(), house.raw(), house.as_("admin")
    superuser.execute("select office.seal_audit()")
    slow.execute("begin")
    slow.execute("insert into office.customer_group (name) values ('Lent')")
    superuser.execute("insert into office.customer_group (name) values ('Rapide')")
    assert one(admin, "select office.seal_audit()") == 0
    slow.execute("commit")
    assert one(admin, "select office.seal_audit()") == 2
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


def test_sealing_under_many_writers_leaves_no_gap(house: House) -> None:
    stop = threading.Event()
    writers = [house.raw() for _ in range(6)]
    sealer = house.as_("admin")

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
    report = verified(sealer)
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


def test_the_key_of_the_masks_is_made_once_and_is_nobody_s(house: House) -> None:
    superuser = house.raw()
    assert one(superuser, "select octet_length(secret) from office.audit_secret") == 32
    for group in ("reception", "reviewer", "admin", "mailer"):
        assert answer(house.as_(group), "select 1 from office.audit_secret") == NO_RIGHT
    assert answer(superuser, "insert into office.audit_secret (secret) values ('x')") == "23505"


def test_the_reason_is_cut_not_refused(house: House) -> None:
    reviewer, given = house.as_("reviewer"), house.office.add_request()
    with reviewer.transaction():
        reviewer.execute("select set_config('office.reason', repeat('é', 5000), true)")
        decide(reviewer, given)
    assert one(house.raw(), "select max(length(reason)) from office.audit_event") == 500
    assert answer(reviewer, "select office.seal_audit(-1)") == ALLOWED
