"""How far an administrator reaches: her scope, never herself, never the last one; and what suspending does at once."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.database.acts import (
    ALLOWED,
    CREATE,
    GROUPS,
    NO_RIGHT,
    PASSWORD,
    RESUME,
    SCOPE,
    SUSPEND,
    VERIFIER,
    answer,
    chief,
    one,
    opened,
    refusal,
    rows,
)

if TYPE_CHECKING:
    from tests.database.acts import House


def test_a_narrow_administrator_reaches_no_further_than_she_sees(either: House) -> None:
    admin, _ = chief(either, wide=False)
    here, elsewhere = either.office.authority_id, either.elsewhere
    near = either.hire("near", ["reception"], [here])
    far = either.hire("far", ["admin"], [elsewhere])
    both = either.hire("both", ["reception"], [here, elsewhere])
    for statement, values in (
        (CREATE, (either.name("neuf"), "X", VERIFIER, ["office_reviewer"], [here, elsewhere])),
        (SCOPE, (near, [here, elsewhere])),
        *[
            (statement, (victim, *more))
            for victim in (far, both)
            for statement, more in (
                (PASSWORD, [VERIFIER]),
                (SUSPEND, []),
                (RESUME, []),
                (GROUPS, [[]]),
                (SCOPE, [[here]]),
            )
        ],
    ):
        found = refusal(admin, statement, *values)
        assert (found.sqlstate, found.diag.message_primary) == ("OF008", "out_of_scope"), (statement, values)
    for authorities in ([10**9], [None], None, [-1]):
        assert answer(admin, SCOPE, near, authorities) == "OF010"
    for statement, more in (
        (PASSWORD, [VERIFIER]),
        (SCOPE, [[]]),
        (SCOPE, [[here, here]]),
        (GROUPS, [["office_admin"]]),
    ):
        assert answer(admin, statement, near, *more) == ALLOWED, statement
    assert rows(either.raw(), "select authority_id from office.agent_scope where login = %s", near) == [(here,)]


TECHNICAL = {
    "the mailer": "grant office_mailer to {}",
    "the portal": "grant office_portal to {}",
    "the owner": "grant office_owner to {}",
    "who reads everything": "grant pg_read_all_data to {}",
    "who runs programs": "grant pg_execute_server_program to {}",
    "who watches": "grant pg_monitor to {}",
    "who makes logins": "alter role {} createrole",
    "who makes databases": "alter role {} createdb",
    "who copies the server": "alter role {} replication",
    "who passes row security": "alter role {} bypassrls",
}


@pytest.mark.parametrize("who", TECHNICAL)
def test_a_login_with_more_than_an_agent_s_rights_is_nobody_s_to_change(either: House, who: str) -> None:
    """With its new password she would have those rights; her scope does not matter, for it has none."""
    admin, _ = chief(either)
    login = either.hire("service", [], [])
    assert answer(admin, PASSWORD, login, VERIFIER) == ALLOWED, "the negative control"
    either.raw().execute(TECHNICAL[who].format(login).encode())
    for statement, values in ((PASSWORD, [VERIFIER]), (SUSPEND, []), (RESUME, []), (GROUPS, [[]]), (SCOPE, [[]])):
        found = refusal(admin, statement, login, *values)
        assert (found.sqlstate, found.diag.message_primary) == ("OF008", "technical_login"), statement


def test_nobody_changes_her_own_rights(either: House) -> None:
    admin, boss = chief(either)
    for statement, values in (
        (GROUPS, [["office_admin", "office_reviewer"]]),
        (SCOPE, [[either.elsewhere]]),
        (SUSPEND, []),
        (RESUME, []),
    ):
        found = refusal(admin, statement, boss, *values)
        assert (found.sqlstate, found.diag.message_primary) == ("OF008", "own_rights"), statement
    assert answer(admin, PASSWORD, boss, VERIFIER) == ALLOWED
    for statement in (
        f"grant office_reviewer to {boss}",
        f"alter role {boss} createrole",
        f"alter role {boss} bypassrls",
        f"insert into office.agent_scope values ('{boss}', 1)",
        "update office.staff_member set suspended_at = null",
    ):
        assert answer(admin, statement) == NO_RIGHT, statement


def test_a_suspended_agent_s_open_connection_sees_nothing(either: House) -> None:
    admin, _ = chief(either)
    given = either.office.add_request()
    groups = ["reception", "reviewer", "planner", "finance", "admin"]
    login = either.hire("lea", groups, [either.office.authority_id])
    victim = either.hire("victim", ["reception"], [either.office.authority_id])
    lea = opened(either, login)
    assert one(lea, "select count(*) from office.access_request") == 1
    lea.execute("begin")
    assert one(lea, "select count(*) from office.household") == 1
    admin.execute(SUSPEND.encode(), (login,))
    assert one(lea, "select count(*) from office.household") == 0, "in the middle of her transaction"
    lea.execute("commit")
    tables = [name for (name,) in rows(either.raw(), "select tablename from pg_tables where schemaname = 'office'")]
    for table in set(tables) - {"alembic_version", "installed_guard"}:
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            assert one(lea, f"select count(*) from office.{table}") == 0, table
    assert answer(lea, "select * from office.read_document(%s)", given.documents["mandate"]) == "OF011"
    assert answer(lea, "select * from office.read_photo(%s)", given.beneficiary_id) == "OF008"
    decision = "insert into office.decision (request_id, kind, seen_version) values (%s, 'validate', 5)"
    assert answer(lea, decision, given.request_id) == "OF011"
    for statement, values in ((PASSWORD, (victim, VERIFIER)), (RESUME, (login,)), (GROUPS, (victim, []))):
        assert answer(lea, statement, *values) == "OF008", statement
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        either.raw(login)
    admin.execute(RESUME.encode(), (login,))
    assert one(lea, "select count(*) from office.access_request") == 1
    assert one(either.raw(login), "select count(*) from office.access_request") == 1


STALE = ("repeatable read", "serializable", "read uncommitted")
"""Levels whose transactions would go on seeing what was true when they began, and one that the desk does not use."""


@pytest.mark.parametrize("level", STALE)
def test_an_old_snapshot_keeps_nobody_in(either: House, level: str) -> None:
    """A transaction that began before she was suspended would not see that she is: such levels see nothing at all."""
    admin, _ = chief(either)
    given = either.office.add_request()
    here = [either.office.authority_id]
    login = either.hire("lea", ["reviewer", "admin"], here)
    victim = either.hire("victim", ["reception"], here)
    lea = opened(either, login)
    lea.execute(f"begin isolation level {level}".encode())
    counts = ("office.access_request", "office.household", "office.staff_member", "office.agent_scope")
    for after in (False, True):
        for table in counts:
            assert one(lea, f"select count(*) from {table}") == 0, (table, after)
        assert one(lea, "select office.visible_authorities()") == []
        assert not one(lea, "select office.is_active() or office.sees_everything()")
        for statement, values, code in (
            ("select * from office.read_document(%s)", (given.documents["mandate"],), "OF011"),
            ("insert into office.decision (request_id, kind, seen_version) values (%s, 'validate', 5)",
             (given.request_id,), "OF011"),
            (SCOPE, (victim, []), "OF008"),
        ):  # fmt: skip
            lea.execute("savepoint attempt")
            assert answer(lea, statement, *values) == code, (statement, after)
            lea.execute("rollback to attempt")
        for change in {"read committed", "repeatable read"} - {level}:
            lea.execute("savepoint attempt")
            assert answer(lea, f"set transaction isolation level {change}") == "25001", "too late"
            lea.execute("rollback to attempt")
        if not after:
            admin.execute(SUSPEND.encode(), (login,))
    lea.execute("rollback")


def test_without_the_level_an_old_snapshot_would_keep_her_in(house: House) -> None:
    """The negative control."""
    superuser = house.raw()
    for name in ("visible_authorities", "is_active"):
        ((text,),) = rows(superuser, "select pg_get_functiondef(%s::regproc)", f"office.{name}")
        assert "transaction_isolation" in text
        superuser.execute(text.replace("current_setting('transaction_isolation')", "'read committed'").encode())
    admin, _ = chief(house)
    house.office.add_request()
    login = house.hire("lea", ["reviewer"], [house.office.authority_id])
    lea = opened(house, login)
    lea.execute("begin isolation level repeatable read")
    assert one(lea, "select count(*) from office.access_request") == 1
    admin.execute(SUSPEND.encode(), (login,))
    assert one(lea, "select count(*) from office.access_request") == 1, "suspended, and still reading"
    lea.execute("rollback")


def test_a_copy_of_the_office_reaches_no_login_of_the_original(either: House) -> None:
    """Logins are the server's: who administers a copy on the same server would set the passwords of the real agents."""
    admin, boss = chief(either)
    superuser = either.raw()
    login = either.hire("lea", ["reception"], [either.office.authority_id])
    assert answer(admin, PASSWORD, login, VERIFIER) == ALLOWED
    # As in a copy: the same rows, in a database of another name. `template1` is there on every server.
    superuser.execute(f"comment on role {login} is 'dombes-office: template1'".encode())
    for statement, values in ((PASSWORD, [VERIFIER]), (SUSPEND, []), (RESUME, []), (GROUPS, [[]]), (SCOPE, [[]])):
        found = refusal(admin, statement, login, *values)
        assert (found.sqlstate, found.diag.message_primary) == ("OF008", "another_office"), statement
    superuser.execute(f"comment on role {login} is 'dombes-office: renamed since'".encode())
    assert answer(admin, PASSWORD, login, VERIFIER) == ALLOWED, "the database that made it is no more"
    superuser.execute(f"comment on role {login} is null".encode())
    assert refusal(admin, PASSWORD, login, VERIFIER).diag.message_primary == "another_office", "made by hand"
    assert answer(admin, f"comment on role {boss} is 'dombes-office: x'") == NO_RIGHT


def test_the_last_administrator_stays(either: House) -> None:
    """Only PostgreSQL's own administrator could try: the others would be another administrator."""
    superuser = either.raw()
    _, boss = chief(either)
    assert answer(superuser, SUSPEND, boss) == "OF009"
    assert answer(superuser, GROUPS, boss, ["office_reviewer"]) == "OF009"
    other = either.hire("deputy", ["admin"], [either.office.authority_id])
    assert answer(superuser, SUSPEND, boss) == ALLOWED
    assert answer(superuser, SUSPEND, other) == "OF009", "a suspended one does not count"
    assert one(superuser, "select rolcanlogin from pg_roles where rolname = %s", other)
    assert answer(superuser, RESUME, boss) == ALLOWED
    assert answer(superuser, GROUPS, other, []) == ALLOWED


def test_two_administrators_who_suspend_each_other_leave_one(either: House) -> None:
    """The second waits for the first, and is then no administrator any more."""
    first, one_login = chief(either)
    second, other_login = chief(either)
    with first.transaction():
        second.execute("begin")
        assert one(second, "select office.is_member('office_admin')")
        first.execute(SUSPEND.encode(), (other_login,))
        second.execute("set local lock_timeout = '300ms'")
        waiting = answer(second, SUSPEND, one_login)
        assert waiting == "55P03", "she waits"
        second.execute("rollback")
        second.execute("begin")
        assert one(second, "select office.is_member('office_admin')")
    assert answer(second, SUSPEND, one_login) == "OF008"
    second.execute("rollback")
    active = "select count(*) from office.staff_member where suspended_at is null and login = any(%s)"
    assert one(either.raw(), active, [one_login, other_login]) == 1


def test_an_agent_cannot_hold_the_administrators_up(either: House) -> None:
    """The lock is a row that no agent may lock, not an advisory key that anybody may hold."""
    admin, _ = chief(either)
    known = either.hire("lea", ["reception"], [either.office.authority_id])
    animator = either.as_("animator")
    animator.execute("begin")
    assert answer(animator, "select * from office.assignable_group for update") == NO_RIGHT
    animator.execute("rollback")
    animator.execute(
        "begin; select pg_advisory_lock(k) from generate_series(1, 100) k; select * from office.assignable_group"
    )
    admin.execute("set lock_timeout = '1s'")
    assert answer(admin, SUSPEND, known) == ALLOWED


def test_what_another_granted_is_named_and_not_passed_over(house: House) -> None:
    """From PostgreSQL 16 on a keeper revokes only what it granted itself, and PostgreSQL merely warns."""
    admin, _ = chief(house)
    login = house.hire("lea", ["reception"], [house.office.authority_id])
    house.raw().execute(f"grant office_reviewer to {login}".encode())
    found = refusal(admin, GROUPS, login, ["office_reception"])
    assert (found.sqlstate, found.diag.message_primary) == ("OF008", "granted_by_another")
